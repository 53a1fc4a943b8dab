use std::{collections::BTreeSet, time::Duration};

use serde::{Deserialize, Serialize};

use super::SessionSettings;
use crate::{clock::millis, crypto::SecretHash, store::StoreError, token::Grant};

/// For how long the secret before is good, once there is another one: requests that are under way bring it.
pub(super) const GRACE: Duration = Duration::from_secs(10);

/// What the store holds of a session. Times are milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) subject: String,
    /// SHA-256, as base64url.
    pub(super) secret: String,
    /// The secret that this one has taken the place of.
    #[serde(default)]
    pub(super) previous: Option<Previous>,
    /// What the subject might do when that was last written down.
    pub(super) roles: Vec<String>,
    pub(super) scopes: Vec<String>,
    /// Whether that is less than the subject may have.
    #[serde(default)]
    pub(super) restricted: bool,
    /// When the subject proved who it is.
    pub(super) signed_in_at: u64,
    pub(super) started_at: u64,
    pub(super) last_used_at: u64,
    /// What the browser said of itself at the sign-in.
    #[serde(default)]
    pub(super) user_agent: Option<String>,
    /// From where the sign-in came.
    #[serde(default)]
    pub(super) address: Option<std::net::IpAddr>,
}

/// A secret that another one has taken the place of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Previous {
    pub(super) secret: String,
    /// From when on it is no longer good.
    pub(super) until: u64,
}

/// The secrets of a session.
#[derive(Debug, Clone)]
pub(super) struct Secrets {
    present: SecretHash,
    previous: Option<(SecretHash, Duration)>,
}

impl Record {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        // Texts and numbers always serialize.
        serde_json::to_vec(self).unwrap_or_default()
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, StoreError> {
        serde_json::from_slice(bytes).map_err(|_| corrupt())
    }

    /// When it ends, unless it is used again.
    pub(super) fn expires_at(&self, settings: &SessionSettings) -> Duration {
        let idle = Duration::from_millis(self.last_used_at) + settings.idle;
        let absolute = Duration::from_millis(self.started_at) + settings.absolute;
        idle.min(absolute)
    }

    /// How long it may still be used; `None` once it may not.
    pub(super) fn lifetime(&self, settings: &SessionSettings, now: Duration) -> Option<Duration> {
        let left = self.expires_at(settings).checked_sub(now);
        left.filter(|left| !left.is_zero())
    }

    /// Whether so much time has passed since its last use was written down that this one should be.
    pub(super) fn is_to_be_touched(&self, settings: &SessionSettings, now: Duration) -> bool {
        let age = now.saturating_sub(Duration::from_millis(self.last_used_at));
        age >= settings.touch_every()
    }

    /// # Errors
    /// When they were not written by us.
    pub(super) fn secrets(&self) -> Result<Secrets, StoreError> {
        let hash = |text: &str| SecretHash::from_text(text).ok_or_else(corrupt);
        let previous = self.previous.as_ref().map(|previous| {
            let until = Duration::from_millis(previous.until);
            Ok::<_, StoreError>((hash(&previous.secret)?, until))
        });
        Ok(Secrets {
            present: hash(&self.secret)?,
            previous: previous.transpose()?,
        })
    }

    /// What the session may do of what its subject may do now: no more than was granted at the sign-in, where
    /// that was less than there was.
    pub(super) fn narrowed(&self, may: Grant) -> Grant {
        match self.restricted {
            true => may.narrowed_to(&self.scopes),
            false => may,
        }
    }

    /// Whether the session may do something else than is written down.
    pub(super) fn differs_from(&self, may: &Grant) -> bool {
        let differ = |a: &[String], b: &[String]| {
            a.iter().collect::<BTreeSet<_>>() != b.iter().collect::<BTreeSet<_>>()
        };
        differ(&self.roles, may.roles()) || differ(&self.scopes, may.scopes())
    }

    /// The record with another secret, for somebody who may do something else now.
    pub(super) fn renewed(&self, secret: &SecretHash, may: &Grant, now: Duration) -> Self {
        Self {
            roles: may.roles().to_vec(),
            scopes: may.scopes().to_vec(),
            ..self.with_secret(secret, now)
        }
    }

    /// The record with another secret.
    pub(super) fn with_secret(&self, secret: &SecretHash, now: Duration) -> Self {
        Self {
            secret: secret.to_text(),
            previous: Some(Previous {
                secret: self.secret.clone(),
                until: millis(now + GRACE),
            }),
            last_used_at: millis(now),
            ..self.clone()
        }
    }

    /// The record of a session that is used now. A secret before that is not good any more is forgotten, so
    /// that no clock that is put back makes it good again.
    pub(super) fn touched(&self, now: Duration) -> Self {
        let previous = self.previous.clone();
        Self {
            previous: previous.filter(|previous| now < Duration::from_millis(previous.until)),
            last_used_at: millis(now),
            ..self.clone()
        }
    }
}

impl Secrets {
    /// Whether `secret` is one of them, and good now.
    pub(super) fn include(&self, secret: &SecretHash, now: Duration) -> bool {
        let previous = self.previous.as_ref();
        self.is_present(secret)
            || previous.is_some_and(|(known, until)| known.is(secret) && now < *until)
    }

    /// Whether `secret` is the present one.
    pub(super) fn is_present(&self, secret: &SecretHash) -> bool {
        self.present.is(secret)
    }
}

fn corrupt() -> StoreError {
    StoreError::Corrupt("a session")
}

#[cfg(test)]
mod tests {
    use super::{
        super::text::{NewSecret, SessionId},
        *,
    };

    const NOW: Duration = Duration::from_secs(1000);
    const SECOND: Duration = Duration::from_secs(1);

    fn hash() -> SecretHash {
        NewSecret::draw(SessionId::random()).hash
    }

    fn record(secret: &SecretHash) -> Record {
        Record {
            subject: "ada".to_owned(),
            secret: secret.to_text(),
            previous: None,
            roles: vec!["user".to_owned()],
            scopes: vec!["notes:read".to_owned()],
            restricted: false,
            signed_in_at: millis(NOW),
            started_at: millis(NOW),
            last_used_at: millis(NOW),
            user_agent: Some("A browser".to_owned()),
            address: Some([192, 0, 2, 1].into()),
        }
    }

    fn grant() -> Grant {
        Grant::new("ada")
            .with_roles(["user"])
            .with_scopes(["notes:read"])
    }

    #[test]
    fn a_record_comes_back_as_it_was() {
        let record = record(&hash()).renewed(&hash(), &grant(), NOW);
        let again = Record::from_bytes(&record.to_bytes()).expect("a record");
        assert_eq!(again, record);
        assert!(Record::from_bytes(b"[]").is_err());
    }

    #[test]
    fn it_ends_when_it_was_not_used_and_however_much_it_was() {
        let settings = SessionSettings::new()
            .idle(SECOND * 60)
            .absolute(SECOND * 100);
        let record = record(&hash());
        assert_eq!(record.lifetime(&settings, NOW), Some(SECOND * 60));
        assert_eq!(record.lifetime(&settings, NOW + SECOND * 60), None);
        let used = record.touched(NOW + SECOND * 59);
        assert_eq!(
            used.lifetime(&settings, NOW + SECOND * 60),
            Some(SECOND * 40)
        );
        assert_eq!(used.lifetime(&settings, NOW + SECOND * 100), None);
    }

    #[test]
    fn the_secret_before_is_good_for_a_moment() {
        let [first, second, third] = [hash(), hash(), hash()];
        let renewed = record(&first).renewed(&second, &grant(), NOW);
        let secrets = renewed.secrets().expect("secrets");
        assert!(secrets.include(&second, NOW + GRACE));
        assert!(secrets.include(&first, NOW + GRACE - SECOND / 1000));
        assert!(!secrets.include(&first, NOW + GRACE));
        assert!(secrets.is_present(&second) && !secrets.is_present(&first));
        assert!(!secrets.include(&hash(), NOW));
        let again = renewed.renewed(&third, &grant(), NOW);
        let secrets = again.secrets().expect("secrets");
        assert!(secrets.include(&second, NOW) && !secrets.include(&first, NOW));
    }

    #[test]
    fn a_clock_that_is_put_back_makes_no_secret_good_again() {
        let [first, second] = [hash(), hash()];
        let renewed = record(&first).renewed(&second, &grant(), NOW);
        let includes_first = |record: Record| {
            let secrets = record.secrets().expect("secrets");
            assert!(secrets.is_present(&second));
            secrets.include(&first, NOW)
        };
        assert!(includes_first(renewed.touched(NOW + GRACE - SECOND / 1000)));
        assert!(!includes_first(renewed.touched(NOW + GRACE)));
    }

    #[test]
    fn what_somebody_may_do_differs_whatever_its_order() {
        let mut record = record(&hash());
        record.roles = vec!["user".to_owned(), "admin".to_owned()];
        let same = Grant::new("ada")
            .with_roles(["admin", "user", "user"])
            .with_scopes(["notes:read"]);
        assert!(!record.differs_from(&same));
        assert!(record.differs_from(&grant()));
        assert!(record.differs_from(&same.with_scopes(["notes:write"])));
    }

    #[test]
    fn what_was_granted_in_part_does_not_grow() {
        let narrow = Record {
            restricted: true,
            ..record(&hash())
        };
        let more = grant().with_scopes(["notes:write"]);
        let narrowed = narrow.narrowed(more.clone());
        assert_eq!(narrowed.scopes(), ["notes:read"]);
        assert!(narrowed.is_restricted());
        assert_eq!(
            record(&hash()).narrowed(more).scopes(),
            ["notes:read", "notes:write"]
        );
    }
}
