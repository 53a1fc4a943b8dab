use std::{error::Error, fmt};

/// A value cannot be written as JSON, and so neither be signed nor sealed.
#[derive(Debug)]
pub struct SerializeError(Option<serde_json::Error>);

impl SerializeError {
    /// The cipher refused it, which it does with nothing that fits into memory.
    pub(super) const CIPHER: Self = Self(None);
}

impl From<serde_json::Error> for SerializeError {
    fn from(error: serde_json::Error) -> Self {
        Self(Some(error))
    }
}

impl fmt::Display for SerializeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(_) => f.write_str("the value cannot be written as JSON"),
            None => f.write_str("the value cannot be sealed"),
        }
    }
}

impl Error for SerializeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.as_ref().map(|error| error as _)
    }
}

/// Why a signed value is not taken. With `?` it is answered as 400.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureError {
    /// It is no signed value, or what was signed is no longer of this type.
    Malformed,
    /// It was changed, it was made for another purpose, or with a secret that is not known (any more).
    Forged,
    /// It is older than its type allows.
    Expired,
    /// It was signed more than a minute from now: the clock of whoever did it is ahead.
    Early,
}

impl fmt::Display for SignatureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "this is no signed value of that type",
            Self::Forged => "the signature is wrong",
            Self::Expired => "the signed value is too old",
            Self::Early => "the value was signed in the future",
        })
    }
}

impl Error for SignatureError {}

/// Why a sealed value does not open. With `?` it is answered as 500: what is stored is not what was
/// sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SealError {
    /// It is no sealed value, or what was sealed is no longer of this type.
    Malformed,
    /// It was changed, it was sealed for another purpose or context, or with a secret that is not known
    /// (any more).
    Forged,
}

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "this is no sealed value of that type",
            Self::Forged => "the sealed value does not open here",
        })
    }
}

impl Error for SealError {}
