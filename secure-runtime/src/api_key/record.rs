use std::{borrow::Cow, time::Duration};

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use super::addresses::Addresses;
use crate::{
    crypto::SecretHash,
    store::{Entry, StoreError},
};

/// Subjects own entries of the store, and that is how long an owner may be there, in bytes.
const LONGEST_OWNER: usize = 255;
/// How many secrets before the present one may still be good.
const MOST_PREVIOUS: usize = 4;

/// What the store holds of a key. Times are milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) subject: String,
    /// Sealed.
    pub(super) name: String,
    pub(super) scopes: Vec<String>,
    pub(super) created_at: u64,
    /// When the present secret was made.
    pub(super) rotated_at: u64,
    /// `None`: it never ends by itself.
    #[serde(default)]
    pub(super) expires_at: Option<u64>,
    #[serde(default)]
    pub(super) allowed_addresses: Vec<String>,
    /// SHA-256, as base64url.
    pub(super) secret: String,
    /// Secrets before that are good for a while yet.
    #[serde(default)]
    pub(super) previous: Vec<Previous>,
}

/// A secret that another one has taken the place of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Previous {
    pub(super) secret: String,
    /// From when on it is no longer good.
    pub(super) until: u64,
}

/// The secrets of a key, the present one first, with the end of each.
#[derive(Debug, Clone, Default)]
pub(super) struct Secrets(Vec<(SecretHash, Option<Duration>)>);

impl Record {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        // Texts and numbers always serialize.
        serde_json::to_vec(self).unwrap_or_default()
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, StoreError> {
        serde_json::from_slice(bytes).map_err(|_| corrupt())
    }

    /// How long the store has to keep it; `None` once it has expired.
    pub(super) fn lifetime(&self, now: Duration) -> Option<Duration> {
        lifetime(self.expires_at.map(Duration::from_millis), now)
    }

    /// The record with another secret. Those before it are good until `until` at the latest, and where that
    /// is now, not at all.
    pub(super) fn rotated(&self, secret: &SecretHash, now: u64, until: u64) -> Self {
        let mut previous = vec![Previous {
            secret: self.secret.clone(),
            until,
        }];
        previous.extend(self.previous.iter().map(|older| Previous {
            secret: older.secret.clone(),
            until: older.until.min(until),
        }));
        previous.retain(|older| older.until > now);
        previous.truncate(MOST_PREVIOUS);
        Self {
            secret: secret.to_text(),
            previous,
            rotated_at: now,
            ..self.clone()
        }
    }

    /// # Errors
    /// When they were not written by us.
    pub(super) fn secrets(&self) -> Result<Secrets, StoreError> {
        let present = (&self.secret, None);
        let previous = self.previous.iter();
        let previous = previous.map(|older| (&older.secret, Some(older.until)));
        let secrets = std::iter::once(present).chain(previous);
        let secrets: Option<Vec<_>> = secrets
            .map(|(text, until)| {
                Some((
                    SecretHash::from_text(text)?,
                    until.map(Duration::from_millis),
                ))
            })
            .collect();
        secrets.map(Secrets).ok_or_else(corrupt)
    }

    /// # Errors
    /// When they were not written by us.
    pub(super) fn addresses(&self) -> Result<Addresses, StoreError> {
        Addresses::parse(&self.allowed_addresses).map_err(|_| corrupt())
    }
}

impl Secrets {
    /// Whether `secret` is one of them, and good now.
    pub(super) fn include(&self, secret: &SecretHash, now: Duration) -> bool {
        let is_it = |(known, until): &(SecretHash, Option<Duration>)| {
            known.is(secret) && until.is_none_or(|until| now < until)
        };
        self.0.iter().any(is_it)
    }
}

/// An entry for a key's record or its use, so that both end together.
pub(super) fn entry<'a>(value: &'a [u8], owner: &'a str, lifetime: Duration) -> Entry<'a> {
    Entry {
        value,
        owner: Some(owner),
        lifetime,
    }
}

/// How long something has to be kept that ends at `expires_at`; `None` once it has ended.
pub(super) fn lifetime(expires_at: Option<Duration>, now: Duration) -> Option<Duration> {
    match expires_at {
        None => Some(Duration::MAX),
        Some(end) => end.checked_sub(now).filter(|left| !left.is_zero()),
    }
}

/// By whom the store lists the keys of a subject: by itself, or by its hash where it cannot be an owner.
/// Who reads a list looks at the subject that stands in each record.
pub(super) fn owner_of(subject: &str) -> Cow<'_, str> {
    let fits = (1..=LONGEST_OWNER).contains(&subject.len()) && !subject.contains('\0');
    match fits {
        true => Cow::Borrowed(subject),
        false => {
            let hash = digest(&SHA256, subject.as_bytes());
            Cow::Owned(format!("sha256:{}", URL_SAFE_NO_PAD.encode(hash)))
        }
    }
}

fn corrupt() -> StoreError {
    StoreError::Corrupt("an API key")
}

#[cfg(test)]
mod tests {
    use super::{super::text::Prefix, *};

    fn hash() -> SecretHash {
        Prefix::default().draw().secret
    }

    fn record(secret: &SecretHash) -> Record {
        Record {
            subject: "ada".to_owned(),
            name: "a name".to_owned(),
            scopes: vec!["notes:read".to_owned()],
            created_at: 1000,
            rotated_at: 1000,
            expires_at: None,
            allowed_addresses: Vec::new(),
            secret: secret.to_text(),
            previous: Vec::new(),
        }
    }

    fn is_good(record: &Record, secret: &SecretHash, now: u64) -> bool {
        let secrets = record.secrets().expect("secrets");
        secrets.include(secret, Duration::from_millis(now))
    }

    #[test]
    fn a_record_comes_back_as_it_was() {
        let secret = hash();
        let record = record(&secret).rotated(&hash(), 2000, 3000);
        let again = Record::from_bytes(&record.to_bytes()).expect("a record");
        assert_eq!(again, record);
        assert!(Record::from_bytes(b"[]").is_err());
    }

    #[test]
    fn a_secret_before_is_good_until_its_end() {
        let [first, second] = [hash(), hash()];
        let record = record(&first).rotated(&second, 2000, 3000);
        assert!(is_good(&record, &second, u64::MAX));
        assert!(is_good(&record, &first, 2999));
        assert!(!is_good(&record, &first, 3000));
        assert!(!is_good(&record, &hash(), 2000));
    }

    #[test]
    fn without_an_overlap_none_before_is_good() {
        let [first, second, third] = [hash(), hash(), hash()];
        let record = record(&first).rotated(&second, 2000, 9000);
        let record = record.rotated(&third, 3000, 3000);
        assert!(record.previous.is_empty());
        for old in [first, second] {
            assert!(!is_good(&record, &old, 3000));
        }
        assert!(is_good(&record, &third, 3000));
    }

    #[test]
    fn a_second_rotation_takes_nothing_away_but_what_lasts_longer() {
        let [first, second, third] = [hash(), hash(), hash()];
        let record = record(&first).rotated(&second, 2000, 9000);
        let record = record.rotated(&third, 2000, 5000);
        for old in [first, second] {
            assert!(is_good(&record, &old, 4999));
            assert!(!is_good(&record, &old, 5000));
        }
    }

    #[test]
    fn only_some_before_are_kept() {
        let mut record = record(&hash());
        for _ in 0..20 {
            record = record.rotated(&hash(), 2000, 9000);
        }
        assert_eq!(record.previous.len(), MOST_PREVIOUS);
    }

    #[test]
    fn any_subject_owns_its_keys() {
        assert_eq!(owner_of("ada"), "ada");
        let long = "a".repeat(256);
        for subject in ["", "a\0b", long.as_str()] {
            let owner = owner_of(subject);
            assert!(owner.starts_with("sha256:") && owner.len() < 255, "{owner}");
        }
        assert_ne!(owner_of(&"a".repeat(256)), owner_of(&"a".repeat(257)));
    }
}
