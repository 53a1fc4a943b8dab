//! Where the caller is signed in.

use std::time::Duration;

use actix_web::{
    HttpResponse, Responder,
    web::{Json, Path},
};
use secure_runtime::{prelude::*, token::Family};
use serde::Serialize;
use time::OffsetDateTime;

use crate::domain::{Scope, accounts::Account};

/// A sign-in as its owner sees it.
#[derive(Serialize)]
struct SessionView {
    id: String,
    /// The client that was signed in.
    client_id: String,
    #[serde(with = "time::serde::rfc3339")]
    started_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    refreshed_at: OffsetDateTime,
    /// Whether it is the one that asks.
    current: bool,
}

/// The sign-ins that can be refreshed, the last refreshed first.
#[derive(Serialize)]
struct SessionList {
    items: Vec<SessionView>,
}

/// Which of them.
#[validated]
pub(crate) struct SessionId {
    #[validate(length(max = 64))]
    id: String,
}

#[get("/me/sessions")]
#[protected(scopes = "profile:read")]
pub(crate) async fn list(
    user: CurrentUser<Account>,
    security: Security,
) -> Result<impl Responder, Problem> {
    let sign_ins = security.tokens().sign_ins(user.subject()).await?;
    let views = sign_ins.into_iter().map(|sign_in| {
        let current = user.family() == Some(&sign_in.id);
        SessionView::new(sign_in, current)
    });
    Ok(Json(SessionList {
        items: views.collect(),
    }))
}

#[delete("/me/sessions/{id}")]
#[protected(scopes = "profile:write")]
#[validated]
pub(crate) async fn end(
    user: CurrentUser<Account>,
    security: Security,
    session: Path<SessionId>,
) -> Result<impl Responder, Problem> {
    let tokens = security.tokens();
    match tokens.end_sign_in(user.subject(), &session.id).await? {
        true => Ok(HttpResponse::NoContent()),
        false => Err(Problem::not_found()),
    }
}

impl SessionView {
    fn new(sign_in: Family, current: bool) -> Self {
        Self {
            id: sign_in.id,
            client_id: sign_in.client_id,
            started_at: moment(sign_in.started_at),
            refreshed_at: moment(sign_in.refreshed_at),
            current,
        }
    }
}

fn moment(since_1970: Duration) -> OffsetDateTime {
    OffsetDateTime::UNIX_EPOCH + since_1970
}
