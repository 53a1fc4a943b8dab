use std::fmt;

use crate::Secret;

/// The hash of a password, to be stored: a PHC string.
///
/// It does not print, serialize or compare: it is worth guessing at, and belongs into no log and no
/// answer.
#[derive(Clone)]
pub struct PasswordHash(Secret<String>);

impl PasswordHash {
    pub(super) fn new(text: String) -> Self {
        Self(Secret::new(text))
    }

    /// A hash as it was stored. It is read when a password is verified.
    pub fn from_stored(text: impl Into<String>) -> Self {
        Self::new(text.into())
    }

    /// The text to store, `$argon2id$…`. At most 128 ASCII characters.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash([redacted])")
    }
}

/// As [`PasswordHash::from_stored`], for a column of a row.
impl From<String> for PasswordHash {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<PasswordHash> for Secret<String> {
    fn from(hash: PasswordHash) -> Self {
        hash.0
    }
}
