use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::RefreshSettings;
use crate::store::StoreError;

/// What the store holds of a family. Times are milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) subject: String,
    pub(super) client_id: String,
    pub(super) scopes: Vec<String>,
    /// When the caller proved who it is.
    pub(super) signed_in_at: u64,
    /// When the family began.
    pub(super) started_at: u64,
    /// When the newest token was made.
    pub(super) rotated_at: u64,
    /// Which token is the newest.
    pub(super) generation: u32,
    /// Under which key the newest token was made.
    pub(super) key: String,
    /// Whether fewer scopes were granted than the subject may have.
    #[serde(default)]
    pub(super) restricted: bool,
    /// Whether the family has ended. It stays known for as long as its access tokens could live, so that
    /// an end which was broken off half way can be gone on with.
    #[serde(default)]
    pub(super) ended: bool,
}

impl Record {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        // Texts and numbers always serialize.
        serde_json::to_vec(self).unwrap_or_default()
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, StoreError> {
        serde_json::from_slice(bytes).map_err(|_| StoreError::Corrupt("a refresh family"))
    }

    /// How long the newest token may still be used; `None` once it may not.
    pub(super) fn lifetime(&self, settings: &RefreshSettings, now: Duration) -> Option<Duration> {
        let idle = Duration::from_millis(self.rotated_at) + settings.idle;
        let absolute = Duration::from_millis(self.started_at) + settings.absolute;
        idle.min(absolute)
            .checked_sub(now)
            .filter(|left| !left.is_zero())
    }

    /// Whether the newest token was made so recently that its predecessor may still be on its way.
    pub(super) fn is_in_grace(&self, settings: &RefreshSettings, now: Duration) -> bool {
        let age = now.saturating_sub(Duration::from_millis(self.rotated_at));
        !settings.grace.is_zero() && age <= settings.grace
    }
}
