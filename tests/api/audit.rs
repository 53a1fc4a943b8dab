//! What happened to somebody's access is on the record, with the request in which it did (I3).

use std::{net::IpAddr, time::Duration};

use actix_web::{Responder, web::Path};
use futures_util::{FutureExt as _, future::join_all};
use secure_runtime::{
    Routes,
    audit::{AuditEvent, AuditKind},
    oauth,
    prelude::*,
    test::{TestClock, TestResponse},
    token::{Grant, IssuedTokens},
};

use crate::support::{Complete, OAuthApp, Recorder, SharedStore, SignIns, all};

/// Where requests come from, where nothing else is said.
const HERE: &str = "192.0.2.1";
const MOMENT: Duration = Duration::from_millis(1);

/// Signs somebody in, whom nobody asks who it is.
#[post("/sign-in/{name}")]
#[public(unlimited = "the tests alone call it")]
async fn sign_in(
    security: Security,
    #[unvalidated = "the tests choose it"] name: Path<String>,
) -> Result<String, Problem> {
    let issued = security.tokens().sign_in(&Grant::new(&*name)).await?;
    Ok(issued.access().expose().to_owned())
}

#[post("/panic")]
#[public(unlimited = "the tests alone call it")]
async fn panics() -> impl Responder {
    tokio::task::yield_now().await;
    if true {
        panic!("after it has waited");
    }
    "never"
}

fn listing(routes: &mut Routes) {
    routes.service(sign_in).service(panics);
    routes.service(oauth::token).service(oauth::revoke);
    routes
        .service(oauth::logout)
        .service(oauth::logout_everywhere);
}

fn with(audit: &Recorder) -> impl FnOnce(Complete) -> Complete + use<> {
    let audit = audit.clone();
    |settings| settings.audit(audit).trusted_proxies(["10.0.0.0/8"])
}

async fn app(audit: &Recorder) -> OAuthApp {
    OAuthApp::with(with(audit), listing).await
}

/// Its store lets others run before each of its answers.
async fn app_on_a_network(audit: &Recorder) -> OAuthApp {
    let store = SharedStore::new(&TestClock::default());
    let change = with(audit);
    OAuthApp::with(|settings| change(settings.store(store)), listing).await
}

fn origin(event: &AuditEvent) -> (Option<String>, Option<IpAddr>) {
    (event.request_id.clone(), event.address)
}

/// Asserts that there is one event, and that it happened in the request that was answered so.
fn assert_event(audit: &Recorder, kind: AuditKind, answer: &TestResponse, address: &str) {
    let events = audit.events();
    let kinds: Vec<_> = events.iter().map(|event| event.kind).collect();
    assert_eq!(kinds, [kind]);
    let [id] = &all(answer, "x-request-id")[..] else {
        panic!("one id")
    };
    let address = address.parse().expect("an address");
    assert_eq!(
        origin(&events[0]),
        (Some(id.clone()), Some(address)),
        "{kind:?}"
    );
    assert_eq!(events[0].subject.as_deref(), Some("ada"), "{kind:?}");
}

fn bearer(issued: &IssuedTokens) -> String {
    format!("Bearer {}", issued.access().expose())
}

#[actix_web::test]
async fn each_event_knows_its_request() {
    let audit = Recorder::default();
    let oauth = app(&audit).await;
    let app = &oauth.app;
    let post = |path: &str, issued: &IssuedTokens| {
        let request = app.post(path).header("authorization", &bearer(issued));
        request.from_address("192.0.2.7")
    };

    let answer = app.post("/sign-in/ada").send().await;
    assert_event(&audit, AuditKind::TokenCreated, &answer, HERE);

    let issued = oauth.sign_in().await;
    audit.events();
    let answer = post("/logout", &issued).send().await;
    assert_event(&audit, AuditKind::SignedOut, &answer, "192.0.2.7");

    let token = app.token(&Grant::new("ada"));
    let answer = app.post("/logout");
    let answer = answer.header("authorization", &format!("Bearer {token}"));
    let answer = answer.send().await;
    assert_event(&audit, AuditKind::SignedOut, &answer, HERE);

    let issued = oauth.sign_in().await;
    audit.events();
    let body = format!("token={}", issued.refresh().expose());
    let answer = oauth.form("/revoke", &body).send().await;
    assert_event(&audit, AuditKind::TokenRevoked, &answer, HERE);

    let issued = oauth.sign_in().await;
    audit.events();
    let body = format!("token={}", issued.access().expose());
    let answer = oauth.form("/revoke", &body).send().await;
    assert_event(&audit, AuditKind::TokenRevoked, &answer, HERE);

    let issued = oauth.sign_in().await;
    audit.events();
    let answer = post("/logout-everywhere", &issued).send().await;
    assert_event(&audit, AuditKind::SignedOutEverywhere, &answer, "192.0.2.7");
}

#[actix_web::test]
async fn the_reuse_of_a_token_knows_the_thiefs_request() {
    let audit = Recorder::default();
    let oauth = app(&audit).await;
    let issued = oauth.sign_in().await;
    let used = format!(
        "grant_type=refresh_token&refresh_token={}",
        issued.refresh().expose()
    );
    assert_eq!(oauth.token(&used).await.status(), 200);
    oauth.app.clock().advance(Duration::from_secs(11));
    audit.events();
    // Behind a proxy, and with an address that it has made up.
    let thief = oauth.form("/token", &used).from_address("10.0.0.1");
    let answer = thief.header("x-forwarded-for", "203.0.113.9, 192.0.2.66");
    let answer = answer.send().await;
    assert_eq!(answer.status(), 400);
    assert_event(&audit, AuditKind::TokenReuse, &answer, "192.0.2.66");
}

#[actix_web::test]
async fn what_happens_in_no_request_says_so() {
    let app = SignIns::new();
    let issued = app.sign_in("ada").await;
    let tokens = app.security.tokens();
    tokens
        .revoke(issued.refresh().expose())
        .await
        .expect("done");
    tokens.sign_out_everywhere("ada").await.expect("done");
    let events = app.audit.events();
    assert_eq!(events.len(), 3);
    for event in events {
        assert_eq!(origin(&event), (None, None), "{:?}", event.kind);
    }
}

#[actix_web::test]
async fn requests_at_once_do_not_mix() {
    let audit = Recorder::default();
    let app = app_on_a_network(&audit).await.app;
    let call = async |number: u8| {
        let address = format!("192.0.2.{number}");
        let name = format!("user-{number}");
        let request = app.post(&format!("/sign-in/{name}"));
        let signed_in = request.from_address(&address).send().await;
        let authorization = format!("Bearer {}", signed_in.text());
        let request = app.post("/logout-everywhere");
        let request = request.header("authorization", &authorization);
        let signed_out = request.from_address(&address).send().await;
        assert_eq!((signed_in.status(), signed_out.status()), (200, 204));
        let ids = [&signed_in, &signed_out].map(|answer| all(answer, "x-request-id").join(" "));
        let address: IpAddr = address.parse().expect("an address");
        [
            (AuditKind::TokenCreated, &ids[0]),
            (AuditKind::SignedOutEverywhere, &ids[1]),
        ]
        .map(|(kind, id)| (kind, name.clone(), id.clone(), address))
    };
    let expected = join_all((1..=20).map(call)).await.concat();
    let seen: Vec<_> = audit
        .events()
        .into_iter()
        .map(|event| {
            let (id, address) = origin(&event);
            let (subject, id) = (event.subject.expect("a subject"), id.expect("an id"));
            (event.kind, subject, id, address.expect("an address"))
        })
        .collect();
    assert_eq!(seen.len(), 40);
    assert!(expected.iter().all(|event| seen.contains(event)));
    // It was no test if they had come one after the other.
    let in_turn = |pair: &[(AuditKind, String, String, IpAddr)]| pair[0].1 == pair[1].1;
    assert!(!seen.chunks(2).all(in_turn));
}

#[actix_web::test]
async fn neither_a_panic_nor_an_end_leaves_its_request_behind() {
    let audit = Recorder::default();
    let app = app_on_a_network(&audit).await.app;
    let tokens = app.security().tokens();
    let assert_outside = async |name: &str| {
        let _ = tokens.sign_in(&Grant::new("eve")).await.expect("tokens");
        let [event] = &audit.events()[..] else {
            panic!("one event")
        };
        assert_eq!(origin(event), (None, None), "{name}");
    };

    assert_eq!(app.post("/panic").send().await.status(), 500);
    assert_outside("a panic").await;

    assert_eq!(app.post("/nowhere").send().await.status(), 404);
    assert_outside("an answer of ours").await;

    // The connection ends while the store is asked.
    let mut request = Box::pin(app.post("/sign-in/ada").send());
    assert!((&mut request).now_or_never().is_none(), "it waits");
    assert_outside("a request that waits").await;
    drop(request);
    assert_outside("a request that has ended").await;
}

/// Signing out runs to its end, whatever becomes of the request; it is still the one that asked for it.
#[actix_web::test]
async fn what_outlives_its_request_still_knows_it() {
    let audit = Recorder::default();
    let app = app_on_a_network(&audit).await.app;
    let issued = app.security().tokens().sign_in(&Grant::new("ada")).await;
    let issued = issued.expect("tokens");
    app.clock().advance(MOMENT);
    audit.events();
    let request = app.post("/logout-everywhere").from_address("192.0.2.7");
    let mut request = Box::pin(request.header("authorization", &bearer(&issued)).send());
    // Until the task is on its way, which has then not come to its end yet.
    for _ in 0..3 {
        assert!((&mut request).now_or_never().is_none(), "it waits");
        tokio::task::yield_now().await;
    }
    assert_eq!(audit.kinds(), []);
    drop(request);
    let event = loop {
        tokio::task::yield_now().await;
        if let Some(event) = audit.events().pop() {
            break event;
        }
    };
    assert_eq!(event.kind, AuditKind::SignedOutEverywhere);
    assert_eq!(
        event.address,
        Some("192.0.2.7".parse().expect("an address"))
    );
    assert_eq!(event.request_id.map(|id| id.len()), Some(32));
}
