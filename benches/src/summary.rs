//! What was wished for beside what is measured, for all sections in one table. Programs of this package that are
//! not the first one hand their findings over in a file.

use std::{
    env,
    fmt::{self, Write as _},
    fs,
    path::PathBuf,
    process::Command,
};

use crate::{Failure, folder::Folder};

/// Names the file, for who is asked for findings.
const FILE: &str = "SECURE_BENCHES_FINDINGS";

/// A figure that has a target.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// What is measured.
    pub what: String,
    /// What was measured.
    pub measured: f64,
    /// What it should be.
    pub target: Target,
}

/// What a figure should be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Target {
    /// This or less.
    AtMost(f64),
    /// This or more.
    AtLeast(f64),
}

impl Finding {
    /// Whether it is as it should be. What could not be measured is not.
    pub fn is_met(&self) -> bool {
        match self.target {
            Target::AtMost(most) => self.measured <= most,
            Target::AtLeast(least) => self.measured >= least,
        }
    }
}

/// Prints them all.
pub fn print(findings: &[Finding]) {
    if findings.is_empty() {
        return;
    }
    let widest = findings.iter().map(|finding| finding.what.chars().count());
    let width = widest.max().unwrap_or_default();
    println!("\n{:<width$}{:>10}{:>10}", "targets", "measured", "target");
    for finding in findings {
        let verdict = match finding.is_met() {
            true => "met",
            false => "NOT MET",
        };
        println!(
            "{:<width$}{:>10.2}{:>10}  {verdict}",
            finding.what,
            finding.measured,
            finding.target.to_string()
        );
    }
}

/// Builds and runs another program of this package, and takes its findings. Its tables are printed as they come.
///
/// # Errors
/// When it does not build, fails, or hands over what cannot be read.
pub fn of_program(name: &str, arguments: &[&str]) -> Result<Vec<Finding>, Failure> {
    let folder = Folder::new(name)?;
    let file = folder.path().join("findings");
    let mut program = Command::new(build(name)?);
    program.args(arguments).env(FILE, &file);
    if !program.status()?.success() {
        return Err(format!("`{name}` fails").into());
    }
    fs::read_to_string(&file)?.lines().map(read).collect()
}

/// Hands findings over to who asked for them; prints them where nobody did.
///
/// # Errors
/// When the file cannot be written.
pub fn hand_over(findings: &[Finding]) -> Result<(), Failure> {
    let Some(file) = env::var_os(FILE) else {
        print(findings);
        return Ok(());
    };
    let mut text = String::new();
    for finding in findings {
        writeln!(
            text,
            "{}\t{}\t{}",
            finding.what, finding.measured, finding.target
        )?;
    }
    fs::write(file, text)?;
    Ok(())
}

fn read(line: &str) -> Result<Finding, Failure> {
    let unreadable = || format!("no finding: {line}");
    let [what, measured, target] = line.split('\t').collect::<Vec<_>>()[..] else {
        return Err(unreadable().into());
    };
    let (sign, bound) = target.split_once(' ').ok_or_else(unreadable)?;
    let target = match sign {
        "≤" => Target::AtMost(bound.parse()?),
        "≥" => Target::AtLeast(bound.parse()?),
        _ => return Err(unreadable().into()),
    };
    Ok(Finding {
        what: what.to_owned(),
        measured: measured.parse()?,
        target,
    })
}

/// Builds it beside this one, which counts on what was built already.
fn build(name: &str) -> Result<PathBuf, Failure> {
    let this = env::current_exe()?;
    let profile = this.parent().ok_or("no folder")?;
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut cargo = Command::new(cargo);
    cargo.args(["build", "--quiet", "--package", "secure-benches"]);
    cargo.args(["--bin", name, "--target-dir"]);
    cargo.arg(profile.parent().ok_or("no target folder")?);
    if profile.ends_with("release") {
        cargo.arg("--release");
    }
    match cargo.status()?.success() {
        true => Ok(profile.join(name)),
        false => Err(format!("`{name}` does not build").into()),
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtMost(most) => write!(f, "≤ {most}"),
            Self::AtLeast(least) => write!(f, "≥ {least}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_met(measured: f64, target: Target) -> bool {
        let what = String::new();
        Finding {
            what,
            measured,
            target,
        }
        .is_met()
    }

    #[test]
    fn a_target_is_met_on_its_line_and_on_the_right_side_of_it() {
        assert!(is_met(0.25, Target::AtMost(0.25)));
        assert!(!is_met(0.26, Target::AtMost(0.25)));
        assert!(is_met(0.85, Target::AtLeast(0.85)));
        assert!(!is_met(0.84, Target::AtLeast(0.85)));
    }

    #[test]
    fn what_could_not_be_measured_meets_nothing() {
        assert!(!is_met(f64::NAN, Target::AtMost(1.0)));
        assert!(!is_met(f64::NAN, Target::AtLeast(1.0)));
    }

    #[test]
    fn findings_are_handed_over_as_they_are() -> Result<(), Failure> {
        for target in [Target::AtMost(0.25), Target::AtLeast(25.0)] {
            let finding = Finding {
                what: "GET: ours ÷ bare".to_owned(),
                measured: 0.8531,
                target,
            };
            let Finding { what, measured, .. } = &finding;
            assert_eq!(read(&format!("{what}\t{measured}\t{target}"))?, finding);
        }
        assert!(read("allocations 3").is_err() && read("a\t1\t< 3").is_err());
        Ok(())
    }
}
