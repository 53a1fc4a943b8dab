//! `secure-benches [stack|tokens|stores|all] [--quick] [--rounds N]`

use std::{env, process::ExitCode};

use secure_benches::{
    Failure,
    harness::Settings,
    stack, stores,
    summary::{self, Finding},
    tokens,
};

type Section = (&'static str, fn(&Settings) -> Result<Vec<Finding>, Failure>);

const SECTIONS: [Section; 3] = [
    ("stack", stack::run),
    ("tokens", |settings| without_targets(tokens::run(settings))),
    ("stores", |settings| without_targets(stores::run(settings))),
];

/// Enough to see whether it works.
const QUICK: usize = 11;

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
            "--quick" => settings.rounds = QUICK,
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
    let mut findings = Vec::new();
    for (name, section) in SECTIONS {
        if wanted == "all" || wanted == name {
            findings.extend(section(&settings)?);
        }
    }
    summary::print(&findings);
    Ok(())
}

fn without_targets(section: Result<(), Failure>) -> Result<Vec<Finding>, Failure> {
    section.map(|()| Vec::new())
}
