//! What was wished for beside what is measured, for all sections in one table.

use std::fmt;

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
}
