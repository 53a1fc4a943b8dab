use std::{fmt, time::Duration};

use aws_lc_rs::{
    constant_time::verify_slices_are_equal,
    digest::{SHA256, digest},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::super::{ChangeEmail, Purpose, Reset, VerifyEmail};
use crate::password::PasswordHash;

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
    /// For the account of `subject`, as long as the hash of its password is this one.
    pub fn new(subject: impl Into<String>, hash: Option<&PasswordHash>) -> Self {
        Self {
            subject: subject.into(),
            hash: hash.map(fingerprint).unwrap_or_default(),
        }
    }

    /// Whether the account still has the password that it had then. Compared in constant time.
    #[must_use]
    pub fn is_due(&self, current: Option<&PasswordHash>) -> bool {
        let current = current.map(fingerprint).unwrap_or_default();
        verify_slices_are_equal(self.hash.as_bytes(), current.as_bytes()).is_ok()
    }
}

/// What a hash is known by, without being it: SHA-256, base64url.
pub(crate) fn fingerprint(hash: &PasswordHash) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, hash.expose().as_bytes()))
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
        let claims = ResetClaims::new("ada", Some(&first));
        assert!(claims.is_due(Some(&first)));
        assert!(!claims.is_due(Some(&second)));
        assert!(!claims.is_due(None));
        assert!(!claims.hash.contains("argon2id"));

        let without = ResetClaims::new("ada", None);
        assert!(without.is_due(None));
        assert!(!without.is_due(Some(&first)));
    }

    /// By `printf '$argon2id$one' | openssl dgst -sha256 -binary | base64`.
    #[test]
    fn a_fingerprint_is_the_sha_256() {
        let hash = PasswordHash::from_stored("$argon2id$one");
        assert_eq!(
            fingerprint(&hash),
            "Ih1dYXiMVqsTG6ogD9hGZ5_PnQMhkPJM_k4pIYsgcYE"
        );
    }

    #[test]
    fn debug_says_nothing_personal() {
        let reset = ResetClaims {
            subject: "7".to_owned(),
            hash: "f1n9".to_owned(),
        };
        assert_eq!(format!("{reset:?}"), "ResetClaims { subject: \"7\", .. }");
        let verify = VerifyEmailClaims {
            address: "ada@example.com".to_owned(),
            details: Value::from("Ada"),
        };
        assert_eq!(format!("{verify:?}"), "VerifyEmailClaims { .. }");
        let change = ChangeEmailClaims {
            subject: "7".to_owned(),
            from: "ada@example.com".to_owned(),
            to: "ada@example.org".to_owned(),
        };
        assert_eq!(
            format!("{change:?}"),
            "ChangeEmailClaims { subject: \"7\", .. }"
        );
    }
}
