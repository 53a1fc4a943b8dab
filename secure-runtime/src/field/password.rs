use std::fmt;

use validator::ValidateLength;

use super::{
    FieldRefusal,
    text::{Parse, read_as_text},
};
use crate::{Secret, crypto::IsSecret};

const REFUSAL: FieldRefusal = FieldRefusal::new("password", "must be 1 to 1024 bytes of text");

/// A password that was typed: 1 to 1024 bytes, which do not print, serialize or compare, and are overwritten
/// when it is dropped.
///
/// Whether it is a good one for a new account is for the
/// [policy of passwords](crate::password::PasswordPolicy) to say. It is no column: what is stored is its hash.
///
/// ```
/// use secure_runtime::{Secret, field::Password};
///
/// let password: Password = "correct horse battery staple".parse()?;
/// assert_eq!(format!("{password:?}"), "Password([redacted])");
/// let secret: Secret<String> = password.into_secret();
/// # Ok::<(), secure_runtime::field::FieldRefusal>(())
/// ```
#[derive(Clone)]
pub struct Password(Secret<String>);

impl Password {
    /// It is never longer, in bytes: as long as a password can be that is hashed.
    pub const MAX_BYTES: usize = crate::password::MAX_BYTES;

    /// The password, as the functions of [`account`](crate::account) and
    /// [`password`](crate::password) take it.
    pub fn into_secret(self) -> Secret<String> {
        self.0
    }

    /// The password, borrowed.
    pub fn secret(&self) -> &Secret<String> {
        &self.0
    }
}

impl Parse for Password {
    fn parse(text: String) -> Result<Self, FieldRefusal> {
        // From here on it is overwritten, refused or not.
        let secret = Secret::new(text);
        let text = secret.expose();
        match (1..=Self::MAX_BYTES).contains(&text.len()) && !text.contains('\0') {
            true => Ok(Self(secret)),
            false => Err(REFUSAL),
        }
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password([redacted])")
    }
}

impl From<Password> for Secret<String> {
    fn from(password: Password) -> Self {
        password.into_secret()
    }
}

impl IsSecret for Password {}

impl ValidateLength<u64> for Password {
    fn length(&self) -> Option<u64> {
        self.0.length()
    }
}

read_as_text!([] Password, "correct horse battery staple");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_bytes_and_not_too_many() {
        let (longest, too_long) = ("é".repeat(512), "é".repeat(513));
        for good in ["x", " ", "pass\nword", &longest] {
            let password: Password = good.parse().expect("a password");
            assert_eq!(password.secret().expose(), good);
        }
        for bad in ["", "a\0b", &too_long] {
            assert_eq!(bad.parse::<Password>().expect_err("none"), REFUSAL);
        }
    }

    #[test]
    fn it_does_not_print() {
        let password: Password = serde_json::from_str("\"hunter2\"").expect("a password");
        assert!(!format!("{password:?}").contains("hunter2"));
    }
}
