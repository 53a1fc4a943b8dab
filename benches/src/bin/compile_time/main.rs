//! `cargo run --release -p secure-benches --bin compile_time [-- check build size --rounds 5]`
//!
//! What the attributes cost whoever compiles: the same 300 handlers, plain and annotated. Only the program's own
//! crate is compiled each time; all that it depends on is ready. Plain and annotated take turns.

mod crates;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use crates::{PROGRAMS, Program};
use secure_benches::{
    Failure,
    summary::{self, Finding, Target},
};

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let rounds = arguments.iter().position(|argument| argument == "--rounds");
    let rounds = match rounds.and_then(|at| arguments.get(at + 1)) {
        Some(rounds) => rounds.parse()?,
        None => 5,
    };
    let sections = ["check", "build", "size"];
    let named: Vec<_> = arguments
        .iter()
        .filter(|argument| sections.contains(&argument.as_str()))
        .collect();
    let is_asked = |section: &str| named.is_empty() || named.iter().any(|name| *name == section);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/compile_time");
    crates::write_all(&root)?;
    let root = root.canonicalize()?;
    let bench = Bench { root };
    let handlers = PROGRAMS.map(|program| program.handlers());
    println!(
        "\n{} plain and {} annotated handlers; least processor time of {rounds} rounds",
        handlers[0], handlers[1]
    );
    println!(
        "{:<34}{:>12}{:>12}{:>8}",
        "", "plain", "annotated", "÷ plain"
    );
    let mut findings = Vec::new();
    for action in [Action::Check, Action::Build] {
        if is_asked(action.name()) {
            findings.push(bench.table(action, rounds)?);
        }
    }
    if !is_asked("size") {
        return summary::hand_over(&findings);
    }
    let sizes = PROGRAMS.map(|program| bench.size(&program));
    let [plain, annotated] = sizes;
    let (plain, annotated) = (plain?, annotated?);
    println!(
        "{:<34}{:>8.2} MiB{:>8.2} MiB{:>8.2}",
        "program, release, stripped",
        mebibytes(plain),
        mebibytes(annotated),
        mebibytes(annotated) / mebibytes(plain),
    );
    summary::hand_over(&findings)
}

#[derive(Clone, Copy)]
enum Action {
    Check,
    Build,
}

impl Action {
    fn name(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Build => "build",
        }
    }

    fn target(self) -> Target {
        match self {
            Self::Build => Target::AtMost(1.5),
            Self::Check => Target::AtMost(1.8),
        }
    }
}

struct Bench {
    root: PathBuf,
}

impl Bench {
    /// Two lines: from nothing, which has a target, and after one handler was edited.
    fn table(&self, action: Action, rounds: u32) -> Result<Finding, Failure> {
        for program in &PROGRAMS {
            self.cargo(action, program)?;
        }
        let mut whole = [Duration::MAX; PROGRAMS.len()];
        let mut edited = whole;
        for round in 0..rounds {
            for (at, program) in PROGRAMS.iter().enumerate() {
                self.forget(program)?;
                whole[at] = whole[at].min(self.cargo(action, program)?);
                program.edit(&self.root, round)?;
                edited[at] = edited[at].min(self.cargo(action, program)?);
            }
        }
        print_line(&format!("cargo {}", action.name()), whole);
        print_line(
            &format!("cargo {}, one handler edited", action.name()),
            edited,
        );
        let [plain, annotated] = whole.map(|time| time.as_secs_f64());
        Ok(Finding {
            what: format!("cargo {}, 300 handlers: annotated ÷ plain", action.name()),
            measured: annotated / plain,
            target: action.target(),
        })
    }

    /// Runs cargo, and says how much processor time it took with all that it started.
    fn cargo(&self, action: Action, program: &Program) -> Result<Duration, Failure> {
        let before = time_of_children()?;
        self.run(&[action.name(), "--package", program.name])?;
        Ok(time_of_children()?.saturating_sub(before))
    }

    /// The size of the program that one would ship, in bytes.
    fn size(&self, program: &Program) -> Result<u64, Failure> {
        self.run(&["build", "--release", "--package", program.name])?;
        let binary = self.root.join("target/release").join(program.name);
        Ok(fs::metadata(binary)?.len())
    }

    fn run(&self, arguments: &[&str]) -> Result<(), Failure> {
        let cargo = option_env!("CARGO").unwrap_or("cargo");
        let status = Command::new(cargo)
            .args(arguments)
            .args(["--offline", "--quiet"])
            .arg("--target-dir")
            .arg(self.root.join("target"))
            .current_dir(&self.root)
            .stdin(Stdio::null())
            .status()?;
        match status.success() {
            true => Ok(()),
            false => Err(format!("`cargo {}` failed", arguments.join(" ")).into()),
        }
    }

    /// Has the program's crate compiled from nothing the next time.
    fn forget(&self, program: &Program) -> Result<(), Failure> {
        let prefix = format!("{}-", program.name);
        for entry in fs::read_dir(self.root.join("target/debug/incremental"))? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(&prefix) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        let main = self.root.join(program.name).join("src/main.rs");
        let text = fs::read(&main)?;
        Ok(fs::write(main, text)?)
    }
}

/// The processor time of all children that have ended: `cutime` and `cstime` of proc(5). Nearly alone of all
/// times, it is the same whatever else the machine does.
fn time_of_children() -> Result<Duration, Failure> {
    // Of what Linux shows, one second has a hundred.
    const TICK: Duration = Duration::from_millis(10);
    let text = fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = text
        .rsplit_once(") ")
        .ok_or("unknown form of /proc/self/stat")?;
    let ticks = fields.split(' ').skip(13).take(2).map(str::parse::<u32>);
    let ticks = ticks.sum::<Result<u32, _>>()?;
    Ok(TICK * ticks)
}

fn print_line(what: &str, [plain, annotated]: [Duration; 2]) {
    println!(
        "{what:<34}{:>10.2} s{:>10.2} s{:>8.2}",
        plain.as_secs_f64(),
        annotated.as_secs_f64(),
        annotated.as_secs_f64() / plain.as_secs_f64(),
    );
}

fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / 1_048_576.0
}
