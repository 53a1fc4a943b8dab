use std::fmt;

use super::{Check, Level};

/// What a check has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    check: Check,
    what: String,
    accepted: Option<String>,
}

impl Finding {
    pub(super) fn new(check: Check, what: String) -> Self {
        Self {
            check,
            what,
            accepted: None,
        }
    }

    /// The code of the check.
    pub fn code(&self) -> &'static str {
        self.check.code()
    }

    /// How bad it is: a warning that is accepted is a notice.
    pub fn level(&self) -> Level {
        match self.accepted {
            Some(_) => Level::Notice,
            None => self.check.level(),
        }
    }

    /// What was found.
    pub fn what(&self) -> &str {
        &self.what
    }

    /// Why that is no good.
    pub fn reason(&self) -> &'static str {
        self.check.reason()
    }

    /// How it is mended.
    pub fn fix(&self) -> &'static str {
        self.check.fix()
    }

    /// Why it is meant, where somebody has said so.
    pub fn accepted_because(&self) -> Option<&str> {
        self.accepted.as_deref()
    }
}

/// Everything that was found, the worst first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct DeployReport {
    findings: Vec<Finding>,
    /// Codes that are accepted, each with its reason.
    accepted: Vec<(String, String)>,
}

impl DeployReport {
    pub(crate) fn accepting(accepted: Vec<(String, String)>) -> Self {
        Self {
            findings: Vec::new(),
            accepted,
        }
    }

    /// Adds a finding, such as one about a setting of the app's own. What is accepted is accepted here too.
    pub fn add(&mut self, mut finding: Finding) {
        let entry = self
            .accepted
            .iter()
            .find(|(code, _)| code == finding.code());
        if let Some((_, because)) = entry
            && finding.check.level() == Level::Warning
            && !because.trim().is_empty()
        {
            finding.accepted = Some(because.clone());
        }
        let at = self
            .findings
            .partition_point(|known| known.level() <= finding.level());
        self.findings.insert(at, finding);
    }

    /// What was found, the worst first.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Whether nothing is in the way of a deployment: there are notices at most.
    pub fn passes(&self) -> bool {
        self.count(Level::Error) + self.count(Level::Warning) == 0
    }

    fn count(&self, level: Level) -> usize {
        let findings = self.findings.iter();
        findings.filter(|finding| finding.level() == level).count()
    }
}

impl Extend<Finding> for DeployReport {
    fn extend<I: IntoIterator<Item = Finding>>(&mut self, findings: I) {
        for finding in findings {
            self.add(finding);
        }
    }
}

/// A line with level, code and what was found; below it why, and how it is mended.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (level, code) = (self.level(), self.code());
        writeln!(f, "{level}[{code}]: {}", self.what)?;
        writeln!(f, "  why: {}", self.reason())?;
        match self.accepted_because() {
            Some(because) => writeln!(f, "  accepted: {because}"),
            None => writeln!(f, "  fix: {}", self.fix()),
        }
    }
}

impl fmt::Display for DeployReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        let counted = |level: Level| match self.count(level) {
            1 => format!("1 {level}"),
            count => format!("{count} {level}s"),
        };
        let all = [Level::Error, Level::Warning, Level::Notice].map(counted);
        let verdict = match self.passes() {
            true => "ready to be deployed",
            false => "not ready to be deployed",
        };
        write!(f, "{verdict}: {}", all.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ERROR: Check = Check::new("bad", Level::Error, "it breaks", "mend it");
    const WARNING: Check = Check::new("weak", Level::Warning, "it bends", "stiffen it");
    const NOTICE: Check = Check::new("note", Level::Notice, "it is so", "nothing");

    fn report(accepted: &[(&str, &str)], checks: &[Check]) -> DeployReport {
        let accepted = accepted
            .iter()
            .map(|(code, because)| ((*code).to_owned(), (*because).to_owned()));
        let mut report = DeployReport::accepting(accepted.collect());
        report.extend(checks.iter().map(|check| check.found("here")));
        report
    }

    #[test]
    fn errors_and_warnings_fail_and_notices_do_not() {
        assert!(report(&[], &[]).passes());
        assert!(report(&[], &[NOTICE]).passes());
        assert!(!report(&[], &[NOTICE, WARNING]).passes());
        assert!(!report(&[], &[ERROR]).passes());
    }

    #[test]
    fn a_warning_is_accepted_with_a_reason_and_an_error_is_not() {
        assert!(report(&[("weak", "because it is old")], &[WARNING]).passes());
        assert!(!report(&[("weak", " ")], &[WARNING]).passes());
        assert!(!report(&[("other", "because")], &[WARNING]).passes());
        assert!(!report(&[("bad", "because")], &[ERROR]).passes());
    }

    #[test]
    fn the_worst_comes_first_and_each_says_what_why_and_how() {
        let report = report(&[("old", "because")], &[NOTICE, WARNING, ERROR, WARNING]);
        assert_eq!(
            report.to_string(),
            "error[bad]: here\n  why: it breaks\n  fix: mend it\n\n\
             warning[weak]: here\n  why: it bends\n  fix: stiffen it\n\n\
             warning[weak]: here\n  why: it bends\n  fix: stiffen it\n\n\
             notice[note]: here\n  why: it is so\n  fix: nothing\n\n\
             not ready to be deployed: 1 error, 2 warnings, 1 notice"
        );
    }

    #[test]
    fn what_is_accepted_says_so() {
        let report = report(&[("weak", "because it is old")], &[WARNING]);
        assert_eq!(
            report.to_string(),
            "notice[weak]: here\n  why: it bends\n  accepted: because it is old\n\n\
             ready to be deployed: 0 errors, 0 warnings, 1 notice"
        );
        let finding = &report.findings()[0];
        assert_eq!(finding.accepted_because(), Some("because it is old"));
    }
}
