use actix_web::{
    Responder,
    web::{Data, Query},
};
use askama::Template;
use secure_runtime::{csrf::CsrfToken, edge::CspNonce, prelude::*};

use crate::{
    api::admin::ListPage,
    domain::{
        Page, PageNumber, Role, Scope,
        accounts::Account,
        audit::{AuditLog, Entry},
    },
    pages::{
        assets,
        frame::{Frame, page},
    },
};

#[derive(Template)]
#[template(path = "admin/events.html")]
struct Events {
    frame: Frame,
    events: Page<Entry>,
}

/// `/admin/audit` is the list that programs read.
#[get("/events")]
#[protected(roles = "admin", scopes = "admin:users")]
#[validated]
pub(crate) async fn list(
    nonce: CspNonce,
    csrf: CsrfToken,
    admin: CurrentUser<Account>,
    log: Data<AuditLog>,
    query: Query<ListPage>,
) -> Result<impl Responder, Problem> {
    page(&Events {
        frame: Frame::of(nonce, csrf, admin.account()),
        events: log.list(PageNumber::new(query.page)).await?,
    })
}
