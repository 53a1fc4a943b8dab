use std::fmt;

use crate::Secret;

/// A password that the policy took: what can be hashed. Only a
/// [`PasswordPolicy`](super::PasswordPolicy) makes one.
///
/// It does not print, serialize or compare.
#[derive(Clone)]
pub struct NewPassword(Secret<String>);

impl NewPassword {
    /// A text that is normalised already.
    pub(super) fn taken(normal: String) -> Self {
        Self(Secret::new(normal))
    }

    pub(super) fn text(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword([redacted])")
    }
}
