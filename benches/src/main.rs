//! `secure-benches [tokens|stores|limiters|all] [--rounds N]`

use std::{env, process::ExitCode};

use secure_benches::{Failure, harness::Settings, limiters, stores, tokens};

type Section = (&'static str, fn(&Settings) -> Result<(), Failure>);

const SECTIONS: [Section; 3] = [
    ("tokens", tokens::run),
    ("stores", stores::run),
    ("limiters", limiters::run),
];

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Failure> {
    let (mut settings, mut wanted) = (Settings::default(), "all".to_owned());
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--rounds" => {
                let rounds = arguments.next().ok_or("`--rounds` needs a number")?;
                settings.rounds = rounds.parse()?;
            }
            _ => wanted = argument,
        }
    }
    if wanted != "all" && !SECTIONS.iter().any(|(name, _)| *name == wanted) {
        let names: Vec<_> = SECTIONS.iter().map(|(name, _)| *name).collect();
        return Err(format!(
            "no section `{wanted}`; there are {} and all",
            names.join(", ")
        )
        .into());
    }
    for (name, section) in SECTIONS {
        if wanted == "all" || wanted == name {
            section(&settings)?;
        }
    }
    Ok(())
}
