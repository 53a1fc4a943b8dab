use std::fmt;

/// Why the app does not start: everything that is wrong, each with the route that it is about and
/// what would mend it.
#[derive(Clone, PartialEq, Eq)]
pub struct LaunchError {
    findings: Vec<String>,
}

impl LaunchError {
    pub(crate) fn new(findings: Vec<String>) -> Self {
        Self { findings }
    }

    pub(crate) fn one(finding: impl Into<String>) -> Self {
        Self::new(vec![finding.into()])
    }

    /// What is wrong, one sentence each.
    pub fn findings(&self) -> &[String] {
        &self.findings
    }
}

impl fmt::Display for LaunchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.findings.as_slice() {
            [one] => f.write_str(one),
            several => {
                write!(f, "{} things keep the app from starting:", several.len())?;
                for finding in several {
                    write!(f, "\n  - {finding}")?;
                }
                Ok(())
            }
        }
    }
}

/// The same as `Display`: what `main` returns is printed with `Debug`.
impl fmt::Debug for LaunchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for LaunchError {}
