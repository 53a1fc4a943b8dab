//! Where the caller is signed in: with tokens, and in browsers.

use std::{cmp::Reverse, net::IpAddr, time::Duration};

use actix_web::{
    HttpResponse, Responder,
    web::{Json, Path},
};
use secure_runtime::{Principal, prelude::*, session::SessionInfo, token::Family};
use serde::Serialize;
use time::OffsetDateTime;

use crate::domain::{Scope, accounts::Account};

/// A sign-in as its owner sees it.
#[derive(Serialize)]
pub(crate) struct SessionView {
    pub(crate) id: String,
    /// The client that has its tokens; a browser has a cookie in their place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) client_id: Option<String>,
    /// What the browser says of itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user_agent: Option<String>,
    /// From where the browser came to sign in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<IpAddr>,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) started_at: OffsetDateTime,
    /// When its tokens were last made anew, or when the browser last came.
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) refreshed_at: OffsetDateTime,
    /// Whether it is the one that asks.
    pub(crate) current: bool,
}

/// The sign-ins that can go on, the last refreshed first.
#[derive(Serialize)]
struct SessionList {
    items: Vec<SessionView>,
}

/// Which of them.
#[validated]
pub(crate) struct SessionId {
    #[validate(length(max = 64))]
    pub(crate) id: String,
}

#[get("/me/sessions")]
#[protected(scopes = "profile:read")]
pub(crate) async fn list(
    user: CurrentUser<Account>,
    security: Security,
) -> Result<impl Responder, Problem> {
    let items = sign_ins(&user, &security).await?;
    Ok(Json(SessionList { items }))
}

#[delete("/me/sessions/{id}")]
#[protected(scopes = "profile:write")]
#[validated]
pub(crate) async fn end(
    user: CurrentUser<Account>,
    security: Security,
    session: Path<SessionId>,
) -> Result<impl Responder, Problem> {
    match end_one(&user, &security, &session.id).await? {
        true => Ok(HttpResponse::NoContent()),
        false => Err(Problem::not_found()),
    }
}

/// The caller's sign-ins, the last refreshed first.
pub(crate) async fn sign_ins(
    caller: &Principal,
    security: &Security,
) -> Result<Vec<SessionView>, Problem> {
    let by_token = security.tokens().sign_ins(caller.subject()).await?;
    let in_browsers = security.sessions().of_subject(caller.subject()).await?;
    let by_token = by_token.into_iter().map(SessionView::from);
    let in_browsers = in_browsers.into_iter().map(SessionView::from);
    let mut views: Vec<_> = by_token.chain(in_browsers).collect();
    for view in &mut views {
        view.current = caller.family() == Some(&view.id);
    }
    views.sort_by_key(|view| Reverse(view.refreshed_at));
    Ok(views)
}

/// Ends one of the caller's sign-ins; `false` where there is none of that id.
pub(crate) async fn end_one(
    caller: &Principal,
    security: &Security,
    id: &str,
) -> Result<bool, Problem> {
    let tokens = security.tokens();
    Ok(tokens.end_sign_in(caller.subject(), id).await?)
}

impl From<Family> for SessionView {
    fn from(sign_in: Family) -> Self {
        Self {
            id: sign_in.id,
            client_id: Some(sign_in.client_id),
            user_agent: None,
            address: None,
            started_at: moment(sign_in.started_at),
            refreshed_at: moment(sign_in.refreshed_at),
            current: false,
        }
    }
}

impl From<SessionInfo> for SessionView {
    fn from(session: SessionInfo) -> Self {
        Self {
            id: session.id,
            client_id: None,
            user_agent: session.user_agent,
            address: session.address,
            started_at: moment(session.started_at),
            refreshed_at: moment(session.last_used_at),
            current: false,
        }
    }
}

fn moment(since_1970: Duration) -> OffsetDateTime {
    OffsetDateTime::UNIX_EPOCH + since_1970
}
