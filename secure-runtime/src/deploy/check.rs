use std::fmt;

use super::Finding;

/// One thing that is looked for, under a code that stays the same.
///
/// ```
/// use secure_runtime::deploy::{Check, Level};
///
/// const MAIL_FOLDER: Check = Check::new(
///     "mail-folder",
///     Level::Warning,
///     "nobody reads letters that lie in a folder",
///     "name a mail server in `MAIL_URL`",
/// );
/// let finding = MAIL_FOLDER.found("mail goes into ./data/outbox");
/// assert_eq!(finding.code(), "mail-folder");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    code: &'static str,
    level: Level,
    reason: &'static str,
    fix: &'static str,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Level {
    /// Production does not start with it, or must not. It cannot be accepted.
    Error,
    /// It works, and is less safe than it could be. It fails the check, unless it is accepted with a reason.
    Warning,
    /// Worth knowing. It does not fail the check.
    Notice,
}

impl Check {
    /// A check: its code, why it is made, and how what it finds is mended. Both are parts of a sentence, in
    /// lower case and without a full stop.
    pub const fn new(
        code: &'static str,
        level: Level,
        reason: &'static str,
        fix: &'static str,
    ) -> Self {
        Self {
            code,
            level,
            reason,
            fix,
        }
    }

    /// It was found: `what` and where.
    pub fn found(self, what: impl Into<String>) -> Finding {
        Finding::new(self, what.into())
    }

    /// The code.
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// How bad it is.
    pub const fn level(&self) -> Level {
        self.level
    }

    /// Why it is made.
    pub const fn reason(&self) -> &'static str {
        self.reason
    }

    /// How what it finds is mended.
    pub const fn fix(&self) -> &'static str {
        self.fix
    }
}

impl Level {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
