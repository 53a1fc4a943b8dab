use std::time::Duration;

use actix_web::{
    HttpResponse, Responder,
    web::{Json, Path},
};
use secure_runtime::{
    account::{SessionSignIn, SignIn},
    prelude::*,
    session::{self, SessionInfo, SessionSettings},
    test::{TestApp, TestClock, TestResponse, TestSession, cheap_passwords},
    token::{Hs256Key, IssuedTokens},
};
use serde_json::json;

use super::{Complete, Owners, Recorder, Role, Scope, SharedStore};

#[validated]
struct Credentials {
    #[validate(length(max = 10_000))]
    username: String,
    #[validate(length(max = 10_000))]
    password: Secret<String>,
}

#[validated]
struct Named {
    #[validate(length(max = 100))]
    id: String,
}

#[post("/sign-in")]
#[public(unlimited = "a test signs in as often as it likes")]
#[validated]
async fn signs_in(
    sign_in: SessionSignIn,
    sent: Json<Credentials>,
) -> Result<impl Responder, Problem> {
    let Credentials { username, password } = sent.into_inner();
    let signed_in = sign_in.with_password(&username, password).await?;
    let (subject, id) = (signed_in.subject(), signed_in.session_id());
    Ok(Json(json!({"subject": subject, "session": id})))
}

#[post("/token")]
#[public(unlimited = "a test signs in as often as it likes")]
#[validated]
async fn gets_tokens(sign_in: SignIn, sent: Json<Credentials>) -> Result<IssuedTokens, Problem> {
    let Credentials { username, password } = sent.into_inner();
    sign_in.with_password(&username, password).await
}

#[get("/me")]
#[protected]
async fn me(caller: CurrentUser) -> impl Responder {
    format!("{} by {}", caller.subject(), caller.via().word())
}

#[get("/who")]
#[public]
async fn who(caller: Option<CurrentUser>) -> impl Responder {
    caller.map_or_else(|| "nobody".to_owned(), |caller| caller.subject().to_owned())
}

#[get("/everyone")]
#[public]
async fn everyone() -> impl Responder {
    "everyone"
}

#[get("/by-token")]
#[protected(via = "bearer")]
async fn by_token(caller: CurrentUser) -> impl Responder {
    caller.subject().to_owned()
}

#[get("/by-session")]
#[protected(via = "session")]
async fn by_session(caller: CurrentUser) -> impl Responder {
    caller.subject().to_owned()
}

#[get("/by-key")]
#[protected(scopes = "notes:read", via = "api_key")]
async fn by_key(caller: CurrentUser) -> impl Responder {
    caller.subject().to_owned()
}

#[get("/admin")]
#[protected(roles = "admin")]
async fn admin(caller: CurrentUser) -> impl Responder {
    caller.subject().to_owned()
}

#[get("/notes")]
#[protected(scopes = "notes:read")]
async fn notes(caller: CurrentUser) -> impl Responder {
    caller.subject().to_owned()
}

#[post("/token-logout")]
#[protected]
async fn leaves(caller: CurrentUser, security: Security) -> Result<impl Responder, Problem> {
    security.tokens().sign_out(&caller).await?;
    Ok(HttpResponse::NoContent())
}

#[post("/everywhere")]
#[protected]
async fn everywhere(caller: CurrentUser, security: Security) -> Result<impl Responder, Problem> {
    let tokens = security.tokens();
    tokens.sign_out_everywhere(caller.subject()).await?;
    Ok(HttpResponse::NoContent())
}

#[post("/elsewhere")]
#[protected]
async fn elsewhere(caller: CurrentUser, security: Security) -> Result<impl Responder, Problem> {
    security.tokens().sign_out_elsewhere(&caller).await?;
    Ok(HttpResponse::NoContent())
}

#[post("/others")]
#[protected]
async fn others(caller: CurrentUser, security: Security) -> Result<impl Responder, Problem> {
    let ended = security.sessions().end_others(&caller).await?;
    Ok(ended.to_string())
}

#[get("/sessions")]
#[protected]
async fn lists(caller: CurrentUser, security: Security) -> Result<impl Responder, Problem> {
    let sessions = security.sessions().of_subject(caller.subject()).await?;
    Ok(Json(sessions))
}

#[delete("/sessions/{id}")]
#[protected]
#[validated]
async fn ends(
    caller: CurrentUser,
    named: Path<Named>,
    security: Security,
) -> Result<impl Responder, Problem> {
    let sessions = security.sessions();
    match sessions.end(caller.subject(), &named.id).await? {
        true => Ok(HttpResponse::NoContent()),
        false => Err(Problem::not_found()),
    }
}

fn routes(routes: &mut Routes) {
    routes.service(signs_in).service(gets_tokens);
    routes.service(me).service(who).service(everyone);
    routes.service(by_token).service(by_session).service(by_key);
    routes.service(admin).service(notes);
    routes.service(leaves).service(session::sign_out);
    routes
        .service(everywhere)
        .service(elsewhere)
        .service(others);
    routes.service(lists).service(ends);
}

/// An app whose callers come with a session, on a store that others may share.
#[derive(Clone)]
pub(crate) struct Browsers {
    pub(crate) app: TestApp,
    pub(crate) clock: TestClock,
    pub(crate) store: SharedStore,
    pub(crate) owners: Owners,
    pub(crate) audit: Recorder,
}

impl Browsers {
    /// With `ada` and `bob`.
    pub(crate) async fn new() -> Self {
        Self::with(SessionSettings::new()).await
    }

    pub(crate) async fn with(sessions: SessionSettings) -> Self {
        let clock = TestClock::default();
        let store = SharedStore::new(&clock);
        Self::on(&clock, &store, &Self::people(), sessions, |settings| {
            settings
        })
        .await
    }

    /// Two instances on one store, with the same accounts.
    pub(crate) async fn two() -> (Self, Self) {
        let (clock, owners) = (TestClock::default(), Self::people());
        let store = SharedStore::new(&clock);
        let key = Hs256Key::random();
        let instance = || {
            let key = key.clone();
            Self::on(
                &clock,
                &store,
                &owners,
                SessionSettings::new(),
                |settings| settings.signing_key(key),
            )
        };
        (instance().await, instance().await)
    }

    pub(crate) async fn on(
        clock: &TestClock,
        store: &SharedStore,
        owners: &Owners,
        sessions: SessionSettings,
        more: impl FnOnce(Complete) -> Complete,
    ) -> Self {
        let audit = Recorder::default();
        let settings = |settings: Complete| {
            more(
                settings
                    .clock(clock.clone())
                    .store(store.clone())
                    .audit(audit.clone())
                    .accounts(owners.clone(), cheap_passwords())
                    .sessions(sessions),
            )
        };
        Self {
            app: TestApp::with(settings, routes, |_| {}).await,
            clock: clock.clone(),
            store: store.clone(),
            owners: owners.clone(),
            audit,
        }
    }

    fn people() -> Owners {
        let owners = Owners::with_ada();
        let grant = secure_runtime::token::Grant::new("bob");
        owners.set("bob", grant.with_roles(["user"]));
        owners
    }

    pub(crate) fn pass(&self, time: Duration) {
        self.clock.advance(time);
    }

    /// Signs in as a browser does, from a page of the app.
    pub(crate) async fn sign_in(&self, username: &str) -> TestSession {
        let answer = self.sign_in_with(username, None).await;
        assert_eq!(answer.status(), 200, "{}", answer.text());
        answer.session().expect("a session")
    }

    /// The same, for a browser that has a cookie.
    pub(crate) async fn sign_in_with(
        &self,
        username: &str,
        has: Option<&TestSession>,
    ) -> TestResponse {
        let password = format!("{username}'s password");
        let request = self.app.post("/sign-in");
        let request = request.header("sec-fetch-site", "same-origin");
        let request = match has {
            Some(session) => request.header("cookie", session.cookie()),
            None => request,
        };
        let body = json!({"username": username, "password": password});
        request.json(&body).send().await
    }

    pub(crate) async fn get(&self, session: &TestSession, path: &str) -> TestResponse {
        self.app.get(path).with_session(session).send().await
    }

    pub(crate) async fn post(&self, session: &TestSession, path: &str) -> TestResponse {
        self.app.post(path).with_session(session).send().await
    }

    pub(crate) async fn status(&self, session: &TestSession) -> u16 {
        self.get(session, "/me").await.status()
    }

    /// The sessions of a subject.
    pub(crate) async fn list(&self, subject: &str) -> Vec<SessionInfo> {
        let sessions = self.app.security().sessions();
        sessions.of_subject(subject).await.expect("a list")
    }
}
