use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    http::header::{CACHE_CONTROL, PRAGMA},
};
use serde::Serialize;

use super::{record::Record, text::KeyId, usage::Use};
use crate::{Secret, clock::moment};

/// A key as its owner sees it. Moments are since 1970-01-01T00:00:00Z; as JSON they are RFC 3339.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ApiKeyInfo {
    /// Its name in the store and in the audit log, and the start of its text. It opens nothing.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// What it may do, as long as its owner may.
    pub scopes: Vec<String>,
    /// From where it may be used; from anywhere where none is named.
    pub allowed_addresses: Vec<String>,
    /// When it was made.
    #[serde(serialize_with = "moment::serialize")]
    pub created_at: Duration,
    /// When its present secret was made.
    #[serde(serialize_with = "moment::serialize")]
    pub rotated_at: Duration,
    /// Until when a secret from before is good.
    #[serde(serialize_with = "moment::optional::serialize")]
    pub overlap_ends_at: Option<Duration>,
    /// When it ends by itself.
    #[serde(serialize_with = "moment::optional::serialize")]
    pub expires_at: Option<Duration>,
    /// When it was last used. Other instances may know of a later use that they have not written yet.
    #[serde(serialize_with = "moment::optional::serialize")]
    pub last_used_at: Option<Duration>,
    /// How often it was used.
    pub uses: u64,
}

/// A key that has just been made, with its text.
///
/// As an answer of a handler it is JSON with the text as `key` beside the members of [`ApiKeyInfo`],
/// and `Cache-Control: no-store`.
#[derive(Debug, Clone)]
#[must_use = "the text of the key is shown once"]
#[non_exhaustive]
pub struct IssuedApiKey {
    /// What its owner keeps, and nobody can show again.
    pub key: Secret<String>,
    /// What can be shown again.
    pub info: ApiKeyInfo,
}

impl ApiKeyInfo {
    pub(super) fn new(id: &KeyId, name: String, record: Record, used: Use, now: Duration) -> Self {
        let ends = record.previous.iter().map(|older| older.until).max();
        let overlap = ends.map(Duration::from_millis).filter(|end| *end > now);
        let last_used_at = Duration::from_millis(used.last_used_at);
        Self {
            id: id.as_str().to_owned(),
            name,
            scopes: record.scopes,
            allowed_addresses: record.allowed_addresses,
            created_at: Duration::from_millis(record.created_at),
            rotated_at: Duration::from_millis(record.rotated_at),
            overlap_ends_at: overlap,
            expires_at: record.expires_at.map(Duration::from_millis),
            last_used_at: (used.uses > 0).then_some(last_used_at),
            uses: used.uses,
        }
    }
}

impl IssuedApiKey {
    pub(super) fn new(key: Secret<String>, info: ApiKeyInfo) -> Self {
        Self { key, info }
    }
}

impl Responder for IssuedApiKey {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        #[derive(Serialize)]
        struct Body<'a> {
            key: &'a str,
            #[serde(flatten)]
            info: &'a ApiKeyInfo,
        }
        HttpResponse::Ok()
            .insert_header((CACHE_CONTROL, "no-store"))
            .insert_header((PRAGMA, "no-cache"))
            .json(Body {
                key: self.key.expose(),
                info: &self.info,
            })
    }
}
