use std::{fmt, time::Duration};

use aws_lc_rs::{
    constant_time::verify_slices_are_equal,
    digest::{SHA256, digest},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::super::{ChangeEmail, Purpose, Reset, VerifyEmail};
use crate::{account::normalized, password::PasswordHash};

/// A purpose whose tokens are mailed and used once. Sealed, as [`Purpose`] is.
pub trait OneTime: Purpose {
    /// What a token says once it is redeemed.
    type Claims: Serialize + DeserializeOwned;

    /// How long a token is good.
    const LIFETIME: Duration;
}

/// Whoever redeems it sets the password of an account.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResetClaims {
    /// Whose password it is.
    pub subject: String,
    /// What the hash of the password was when the token was issued, as a fingerprint: the token is good
    /// for nothing once the password is another one. Empty for an account without a password.
    pub hash: String,
    /// Where the token was mailed to, as a fingerprint: it is good for nothing once the account has another
    /// address.
    pub address: String,
}

/// Whoever redeems it reads what is mailed to an address.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyEmailClaims {
    /// The address.
    pub address: String,
    /// What else was given, such as at a sign-up.
    pub details: Value,
}

/// Whoever redeems it reads what is mailed to the address that an account is to have.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeEmailClaims {
    /// Whose account it is.
    pub subject: String,
    /// What the hash of its password was when the change was asked for, as a fingerprint: the token is good
    /// for nothing once the password is another one. Empty for an account without a password.
    pub hash: String,
    /// The address that it has.
    pub from: String,
    /// The address that it is to have.
    pub to: String,
}

/// 15 minutes: the token opens the account.
impl OneTime for Reset {
    type Claims = ResetClaims;

    const LIFETIME: Duration = Duration::from_secs(15 * 60);
}

/// 24 hours: mail may be read the next day, and there is nothing to open yet.
impl OneTime for VerifyEmail {
    type Claims = VerifyEmailClaims;

    const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);
}

/// 1 hour.
impl OneTime for ChangeEmail {
    type Claims = ChangeEmailClaims;

    const LIFETIME: Duration = Duration::from_secs(60 * 60);
}

impl ResetClaims {
    /// For the account of `subject`, as long as the hash of its password is this one and its mail goes to
    /// this address.
    pub fn new(subject: impl Into<String>, hash: Option<&PasswordHash>, address: &str) -> Self {
        Self {
            subject: subject.into(),
            hash: fingerprint(hash),
            address: fingerprint_of(&normalized(address)),
        }
    }

    /// Whether the account still has the password and the address that it had then. Compared in constant
    /// time.
    #[must_use]
    pub fn is_due(&self, hash: Option<&PasswordHash>, address: Option<&str>) -> bool {
        let address = address.map(|address| fingerprint_of(&normalized(address)));
        is_same(&self.hash, &fingerprint(hash))
            && address.is_some_and(|address| is_same(&self.address, &address))
    }
}

impl ChangeEmailClaims {
    /// For the account of `subject`, as long as the hash of its password is this one: it has the address
    /// `from`, and is to have `to`.
    pub fn new(
        subject: impl Into<String>,
        hash: Option<&PasswordHash>,
        from: impl Into<String>,
        to: impl Into<String>,
    ) -> Self {
        Self {
            subject: subject.into(),
            hash: fingerprint(hash),
            from: from.into(),
            to: to.into(),
        }
    }

    /// Whether the account still has the password and the address that it had then. Compared in constant
    /// time.
    #[must_use]
    pub fn is_due(&self, hash: Option<&PasswordHash>, address: Option<&str>) -> bool {
        is_same(&self.hash, &fingerprint(hash))
            && address.is_some_and(|address| normalized(address) == normalized(&self.from))
    }
}

/// What the hash of a password is known by, without being it: SHA-256, base64url. Empty for none.
pub(crate) fn fingerprint(hash: Option<&PasswordHash>) -> String {
    hash.map(|hash| fingerprint_of(hash.expose()))
        .unwrap_or_default()
}

fn fingerprint_of(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes()))
}

fn is_same(one: &str, other: &str) -> bool {
    verify_slices_are_equal(one.as_bytes(), other.as_bytes()).is_ok()
}

impl fmt::Debug for ResetClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResetClaims")
            .field("subject", &self.subject)
            .finish_non_exhaustive()
    }
}

/// Without the address, which is personal, and without the details.
impl fmt::Debug for VerifyEmailClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyEmailClaims").finish_non_exhaustive()
    }
}

/// Without the addresses, which are personal.
impl fmt::Debug for ChangeEmailClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChangeEmailClaims")
            .field("subject", &self.subject)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reset_is_due_while_the_password_is_the_same() {
        let [first, second] = ["$argon2id$one", "$argon2id$two"].map(PasswordHash::from_stored);
        let address = Some("ada@example.com");
        let claims = ResetClaims::new("ada", Some(&first), " Ada@example.com");
        assert!(claims.is_due(Some(&first), address));
        assert!(!claims.is_due(Some(&second), address));
        assert!(!claims.is_due(None, address));
        assert!(!claims.hash.contains("argon2id"));

        let without = ResetClaims::new("ada", None, "ada@example.com");
        assert!(without.is_due(None, address));
        assert!(!without.is_due(Some(&first), address));
    }

    #[test]
    fn a_reset_is_due_while_the_address_is_the_same() {
        let claims = ResetClaims::new("ada", None, "ada@example.com");
        assert!(claims.is_due(None, Some("ADA@example.com ")));
        assert!(!claims.is_due(None, Some("ada@example.org")));
        assert!(!claims.is_due(None, None));
        assert!(!claims.address.contains('@'));
    }

    #[test]
    fn a_change_of_address_is_due_while_password_and_address_are_the_same() {
        let [first, second] = ["$argon2id$one", "$argon2id$two"].map(PasswordHash::from_stored);
        let (from, to) = ("ada@example.com", "ada@example.org");
        let claims = ChangeEmailClaims::new("ada", Some(&first), from, to);
        assert!(claims.is_due(Some(&first), Some("ADA@example.com ")));
        assert!(!claims.is_due(Some(&second), Some(from)));
        assert!(!claims.is_due(None, Some(from)));
        assert!(!claims.is_due(Some(&first), Some(to)));
        assert!(!claims.is_due(Some(&first), None));
        assert!(!claims.hash.contains("argon2id"));
    }

    /// By `printf '$argon2id$one' | openssl dgst -sha256 -binary | base64`.
    #[test]
    fn a_fingerprint_is_the_sha_256() {
        let hash = PasswordHash::from_stored("$argon2id$one");
        assert_eq!(
            fingerprint(Some(&hash)),
            "Ih1dYXiMVqsTG6ogD9hGZ5_PnQMhkPJM_k4pIYsgcYE"
        );
    }

    #[test]
    fn debug_says_nothing_personal() {
        let reset = ResetClaims {
            subject: "7".to_owned(),
            hash: "f1n9".to_owned(),
            address: "f1n9".to_owned(),
        };
        assert_eq!(format!("{reset:?}"), "ResetClaims { subject: \"7\", .. }");
        let verify = VerifyEmailClaims {
            address: "ada@example.com".to_owned(),
            details: Value::from("Ada"),
        };
        assert_eq!(format!("{verify:?}"), "VerifyEmailClaims { .. }");
        let change = ChangeEmailClaims::new("7", None, "ada@example.com", "ada@example.org");
        assert_eq!(
            format!("{change:?}"),
            "ChangeEmailClaims { subject: \"7\", .. }"
        );
    }
}
