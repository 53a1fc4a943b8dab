//! Switches that make an app less safe, each named for what it does. There is a reason for each; none
//! is a default.

#[cfg(feature = "password-legacy")]
use crate::password::Builder;

/// Verifies a bcrypt hash by the first 72 bytes of a longer password, as the library did that made it.
///
/// For accounts that come from a program whose bcrypt cut passwords off: their owners have typed more than
/// 72 bytes ever since, and could not sign in otherwise. Such a password is as strong as its first 72
/// bytes; the next sign-in hashes it whole.
#[cfg(feature = "password-legacy")]
pub fn bcrypt_truncating(passwords: Builder) -> Builder {
    passwords.truncate_bcrypt()
}
