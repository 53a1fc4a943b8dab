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
    /// All tokens that a subject got up to a moment.
    Subject {
        id: String,
        not_after: u64,
        until: u64,
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
            Self::Subject { id, not_after, .. } => format!("subject:{}:{not_after}", hash(id)),
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
