use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use super::super::millis;
use crate::store::StoreError;

/// One revocation. Times are milliseconds since 1970; `until` is when nothing is left to refuse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Fact {
    /// One token, by its `jti`.
    Token { id: String, until: u64 },
    /// All tokens of one sign-in, by their `sid`.
    Family { id: String, until: u64 },
    /// All tokens that a subject got up to a moment, but those of one sign-in if it is named. Whoever does
    /// not know of such names, as earlier versions did not, refuses these too.
    Subject {
        id: String,
        not_after: u64,
        until: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        except: Option<String>,
    },
}

impl Fact {
    /// `expires_at` is the token's own, with the leeway.
    pub(crate) fn token(id: &str, expires_at: Duration) -> Self {
        Self::Token {
            id: id.to_owned(),
            until: millis(expires_at),
        }
    }

    pub(crate) fn family(id: &str, now: Duration, horizon: Duration) -> Self {
        Self::Family {
            id: id.to_owned(),
            until: millis(now + horizon),
        }
    }

    pub(crate) fn subject(id: &str, now: Duration, horizon: Duration) -> Self {
        Self::Subject {
            id: id.to_owned(),
            not_after: millis(now),
            until: millis(now + horizon),
            except: None,
        }
    }

    /// The sign-in `family` is not meant.
    pub(crate) fn subject_elsewhere(
        id: &str,
        family: &str,
        now: Duration,
        horizon: Duration,
    ) -> Self {
        Self::Subject {
            id: id.to_owned(),
            not_after: millis(now),
            until: millis(now + horizon),
            except: Some(family.to_owned()),
        }
    }

    /// Since 1970.
    pub(super) fn until(&self) -> Duration {
        match self {
            Self::Token { until, .. }
            | Self::Family { until, .. }
            | Self::Subject { until, .. } => Duration::from_millis(*until),
        }
    }

    /// Under which id the store holds it: of any length, whatever a subject is.
    pub(super) fn id(&self) -> String {
        let hash = |id: &str| URL_SAFE_NO_PAD.encode(digest(&SHA256, id.as_bytes()));
        match self {
            Self::Token { id, .. } => format!("token:{}", hash(id)),
            Self::Family { id, .. } => format!("family:{}", hash(id)),
            // Each moment is a fact of its own: an instance whose clock is behind writes another one, and
            // takes nothing back.
            Self::Subject {
                id,
                not_after,
                except: None,
                ..
            } => format!("subject:{}:{not_after}", hash(id)),
            Self::Subject {
                id,
                not_after,
                except: Some(family),
                ..
            } => format!("elsewhere:{}:{not_after}:{}", hash(id), hash(family)),
        }
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        // Texts and numbers always serialize.
        serde_json::to_vec(self).unwrap_or_default()
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, StoreError> {
        serde_json::from_slice(bytes).map_err(|_| StoreError::Corrupt("a revocation"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1000);
    const HORIZON: Duration = Duration::from_secs(60);

    /// What is in the store was written by an earlier version, or is read by one.
    #[test]
    fn a_fact_of_before_there_were_exceptions_still_reads() {
        let text = r#"{"Subject":{"id":"ada","not_after":1000000,"until":1060000}}"#;
        let fact = Fact::subject("ada", NOW, HORIZON);
        assert_eq!(Fact::from_bytes(text.as_bytes()).expect("a fact"), fact);
        assert_eq!(fact.to_bytes(), text.as_bytes());
    }

    #[test]
    fn each_fact_has_an_entry_of_its_own() {
        let elsewhere = |family| Fact::subject_elsewhere("ada", family, NOW, HORIZON);
        let later = NOW + Duration::from_millis(1);
        let facts = [
            Fact::subject("ada", NOW, HORIZON),
            Fact::subject("ada", later, HORIZON),
            Fact::subject("eve", NOW, HORIZON),
            elsewhere("f1"),
            elsewhere("f2"),
            Fact::subject_elsewhere("ada", "f1", later, HORIZON),
            Fact::subject_elsewhere("eve", "f1", NOW, HORIZON),
            Fact::family("f1", NOW, HORIZON),
            Fact::token("f1", NOW + HORIZON),
        ];
        let ids: std::collections::HashSet<_> = facts.iter().map(Fact::id).collect();
        assert_eq!(ids.len(), facts.len());
        assert!(ids.iter().all(|id| id.len() <= 255));
    }
}
