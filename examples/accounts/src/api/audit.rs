//! What happened to people's access, mounted under `/admin`.

use actix_web::{
    Responder,
    web::{Data, Json, Query},
};
use secure_runtime::prelude::*;
use serde::Serialize;
use time::OffsetDateTime;

use super::admin::ListPage;
use crate::domain::{
    PageNumber, Role, Scope,
    accounts::Account,
    audit::{AuditLog, Entry},
};

/// An event as an admin sees it.
#[derive(Serialize)]
struct EventView {
    id: i64,
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    event: String,
    alarming: bool,
    subject: Option<String>,
    session: Option<String>,
    api_key: Option<String>,
    request_id: Option<String>,
    address: Option<String>,
}

#[get("/audit")]
#[protected(roles = "admin", scopes = "admin:users")]
#[validated]
pub(crate) async fn list(
    _admin: CurrentUser<Account>,
    log: Data<AuditLog>,
    query: Query<ListPage>,
) -> Result<impl Responder, Problem> {
    let events = log.list(PageNumber::new(query.page)).await?;
    Ok(Json(events.map(EventView::from)))
}

impl From<Entry> for EventView {
    fn from(entry: Entry) -> Self {
        Self {
            id: entry.id,
            at: entry.at.0,
            event: entry.event,
            alarming: entry.alarming,
            subject: entry.subject,
            session: entry.session,
            api_key: entry.api_key,
            request_id: entry.request_id,
            address: entry.address,
        }
    }
}
