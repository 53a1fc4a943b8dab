use std::{net::IpAddr, time::Duration};

use serde::Serialize;

use super::{SessionSettings, record::Record, text::SessionId};
use crate::clock::moment;

/// A session as its owner sees it. Moments are since 1970-01-01T00:00:00Z; as JSON they are RFC 3339.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SessionInfo {
    /// Its name in the store and in the audit log: [`Principal::family`](crate::Principal::family) of who
    /// calls with it. It opens nothing.
    pub id: String,
    /// When it began.
    #[serde(serialize_with = "moment::serialize")]
    pub started_at: Duration,
    /// When it was last used, to the minute.
    #[serde(serialize_with = "moment::serialize")]
    pub last_used_at: Duration,
    /// When it ends, unless it is used again.
    #[serde(serialize_with = "moment::serialize")]
    pub expires_at: Duration,
    /// What the browser said of itself at the sign-in: at most 256 printable characters, which anybody can
    /// make up.
    pub user_agent: Option<String>,
    /// From where the sign-in came.
    pub address: Option<IpAddr>,
}

impl SessionInfo {
    pub(super) fn new(id: SessionId, record: Record, settings: &SessionSettings) -> Self {
        Self {
            id: id.to_text(),
            started_at: Duration::from_millis(record.started_at),
            last_used_at: Duration::from_millis(record.last_used_at),
            expires_at: record.expires_at(settings),
            user_agent: record.user_agent,
            address: record.address,
        }
    }
}
