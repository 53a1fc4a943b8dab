//! Where somebody is signed in.

use actix_web::{
    Responder,
    web::{Path, Query},
};
use askama::Template;
use secure_runtime::{csrf::CsrfToken, edge::CspNonce, prelude::*};

use crate::{
    api::sessions::{SessionId, SessionView, end_one, sign_ins},
    domain::{
        Role, Scope,
        accounts::{Account, Moment},
    },
    pages::{
        assets,
        frame::{Frame, page, see_other},
        notice::{Notice, Told},
    },
};

/// What browsers and systems say in their names; the first that is found counts, since most also name others.
const BROWSERS: [(&str, &str); 6] = [
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];
const SYSTEMS: [(&str, &str); 6] = [
    ("Android", "Android"),
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "a Mac"),
    ("Linux", "Linux"),
];

#[derive(Template)]
#[template(path = "settings/sessions.html")]
struct Sessions {
    frame: Frame,
    sessions: Vec<SessionView>,
}

#[get("/settings/sessions")]
#[protected(scopes = "profile:read")]
#[validated]
pub(crate) async fn show(
    nonce: CspNonce,
    csrf: CsrfToken,
    user: CurrentUser<Account>,
    security: Security,
    told: Query<Told>,
) -> Result<impl Responder, Problem> {
    page(&Sessions {
        frame: Frame::of(nonce, csrf, user.account()).saying(told.notice()),
        sessions: sign_ins(&user, &security).await?,
    })
}

#[post("/settings/sessions/{id}/end")]
#[protected(scopes = "profile:write")]
#[validated]
pub(crate) async fn end(
    user: CurrentUser<Account>,
    security: Security,
    session: Path<SessionId>,
) -> Result<impl Responder, Problem> {
    match end_one(&user, &security, &session.id).await? {
        true => Ok(see_other(&Notice::SessionEnded.at("/settings/sessions"))),
        false => Err(Problem::not_found()),
    }
}

#[post("/settings/sessions/end-others")]
#[protected(scopes = "profile:write")]
pub(crate) async fn end_others(
    user: CurrentUser<Account>,
    security: Security,
) -> Result<impl Responder, Problem> {
    security.tokens().sign_out_elsewhere(&user).await?;
    Ok(see_other(&Notice::SessionsEnded.at("/settings/sessions")))
}

impl SessionView {
    /// What it is called, as far as one can believe it.
    fn name(&self) -> String {
        if let Some(client) = &self.client_id {
            return format!("A program ({client})");
        }
        let agent = self.user_agent.as_deref().unwrap_or_default();
        let named = |names: &[(&str, &'static str)]| {
            let found = names.iter().find(|(part, _)| agent.contains(part));
            found.map(|(_, name)| *name)
        };
        match (named(&BROWSERS), named(&SYSTEMS)) {
            (Some(browser), Some(system)) => format!("{browser} on {system}"),
            (Some(browser), None) => browser.to_owned(),
            (None, Some(system)) => format!("A browser on {system}"),
            (None, None) => "A browser".to_owned(),
        }
    }

    fn started(&self) -> String {
        Moment(self.started_at).minute()
    }

    fn last_used(&self) -> String {
        Moment(self.refreshed_at).minute()
    }
}
