use std::{fmt, time::Duration};

/// Why no answer was found about a password. That a password is wrong is an answer
/// ([`Verdict::Invalid`](super::Verdict::Invalid)), and no error.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PasswordError {
    /// As many are hashed and wait as may, or there is no memory for another. Later there may be.
    Overloaded,
    /// The stored hash is none, or not whole.
    Malformed(&'static str),
    /// The stored hash asks for more work than [`VerifyLimits`](super::VerifyLimits) allow.
    Excessive(&'static str),
    /// The stored hash is of a kind that is not verified here.
    Unsupported(&'static str),
    /// The stored hash was made with a pepper that is not known.
    UnknownPepper,
    /// The work was begun and did not end.
    Aborted,
}

impl PasswordError {
    /// When to come back, where that helps.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Overloaded => Some(Duration::from_secs(1)),
            _ => None,
        }
    }
}

impl fmt::Display for PasswordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Overloaded => f.write_str("too many passwords wait to be hashed"),
            Self::Malformed(what) => write!(f, "a stored password hash is malformed: {what}"),
            Self::Excessive(what) => {
                write!(f, "a stored password hash asks for too much work: {what}")
            }
            Self::Unsupported(what) => {
                write!(f, "a stored password hash cannot be verified: {what}")
            }
            Self::UnknownPepper => {
                f.write_str("a stored password hash was made with a pepper that is not configured")
            }
            Self::Aborted => f.write_str("hashing a password did not end"),
        }
    }
}

impl std::error::Error for PasswordError {}
