use std::{error::Error, fmt, sync::Arc};

/// Why a store did not do what it was asked.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum StoreError {
    /// It does not answer, or not in time. It may do so later.
    Unavailable(Arc<dyn Error + Send + Sync>),
    /// It holds as much as it may, and drops nothing to make room.
    Full,
    /// A part of the key, the owner or the value cannot be stored: empty, too long, or with a NUL.
    Invalid(&'static str),
    /// What is stored is not what was written.
    Corrupt(&'static str),
}

impl StoreError {
    /// The store could not be asked, because of `cause`.
    pub fn unavailable(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Unavailable(Arc::from(cause.into()))
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(cause) => write!(f, "the store does not answer: {cause}"),
            Self::Full => f.write_str("the store is full"),
            Self::Invalid(what) => write!(f, "the {what} cannot be stored"),
            Self::Corrupt(what) => write!(f, "the store holds {what} that it was never given"),
        }
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unavailable(cause) => Some(&**cause),
            _ => None,
        }
    }
}
