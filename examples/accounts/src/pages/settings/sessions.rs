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

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;

    fn name(client_id: Option<&str>, user_agent: Option<&str>) -> String {
        let view = SessionView {
            id: String::new(),
            client_id: client_id.map(str::to_owned),
            user_agent: user_agent.map(str::to_owned),
            address: None,
            started_at: OffsetDateTime::UNIX_EPOCH,
            refreshed_at: OffsetDateTime::UNIX_EPOCH,
            current: false,
        };
        view.name()
    }

    #[test]
    fn browsers_by_the_name_that_is_theirs_alone() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                    Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0";
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 \
                     (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1";
        let android = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0";
        assert_eq!(name(None, Some(edge)), "Edge on Windows");
        assert_eq!(name(None, Some(phone)), "Safari on an iPhone");
        assert_eq!(name(None, Some(android)), "Firefox on Android");
        assert_eq!(name(None, Some("curl/8.14.1")), "curl");
        assert_eq!(name(None, Some("<script>")), "A browser");
        assert_eq!(name(None, None), "A browser");
        assert_eq!(name(Some("tablet"), None), "A program (tablet)");
    }
}
