//! `oauth::legacy::token` with a password (A2, RFC 6749 §4.3).

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use actix_web::Responder;
use secure_runtime::{
    Problem, Security,
    account::{AccountRecord, AccountRecords},
    oauth::{self, ResourceOwners},
    password::PasswordHash,
    prelude::*,
    test::{TestApp, TestClock, cheap_hash, cheap_passwords, hashes_computed},
    token::Grant,
};

use crate::support::{
    OAuthApp, Question, Role, Scope, SharedStore, all, assert_accepted, assert_error,
    assert_issued, problem, seen,
};

#[get("/me")]
#[protected(roles = "user", scopes = "notes:read")]
async fn who(user: CurrentUser) -> impl Responder {
    user.subject().to_owned()
}

async fn app() -> OAuthApp {
    OAuthApp::new(|routes| {
        routes.service(oauth::legacy::token).service(who);
    })
    .await
}

const ADA: &str = "grant_type=password&username=ada&password=ada%27s+password";

/// As `OAuthApp::token`, at a pace that no limit minds.
async fn ask(oauth: &OAuthApp, body: &str) -> secure_runtime::test::TestResponse {
    oauth.app.clock().advance(Duration::from_secs(7));
    oauth.token(body).await
}

#[actix_web::test]
async fn a_password_gets_tokens_and_those_get_more() {
    let oauth = app().await;
    let answer = assert_issued("signed in", &ask(&oauth, ADA).await);
    assert_eq!(answer["scope"], "notes:read notes:write");
    let access = answer["access_token"].as_str().expect("a text");
    assert_accepted(&oauth.app, "its access token", access).await;
    let token = answer["refresh_token"].as_str().expect("a text");
    let refresh = format!("grant_type=refresh_token&refresh_token={token}");
    assert_issued("refreshed", &ask(&oauth, &refresh).await);
}

#[actix_web::test]
async fn scopes_are_narrowed_for_good() {
    let oauth = app().await;
    let body = format!("{ADA}&scope=notes:write");
    let answer = assert_issued("narrow", &ask(&oauth, &body).await);
    assert_eq!(answer["scope"], "notes:write");
    // The sign-in itself was granted no more.
    let token = answer["refresh_token"].as_str().expect("a text");
    let refresh = format!("grant_type=refresh_token&refresh_token={token}");
    let wider = format!("{refresh}&scope=notes:read");
    assert_error("wider", &ask(&oauth, &wider).await, 400, "invalid_scope");
    let again = assert_issued("the same", &ask(&oauth, &refresh).await);
    assert_eq!(again["scope"], "notes:write");
    for scope in ["notes:erase", "notes:read+notes:erase", "*"] {
        let body = format!("{ADA}&scope={scope}");
        assert_error(scope, &ask(&oauth, &body).await, 400, "invalid_scope");
    }
}

#[actix_web::test]
async fn what_is_wrong_with_the_credentials_is_not_said() {
    let oauth = app().await;
    let unknown = "grant_type=password&username=eve&password=ada%27s+password";
    let wrong = "grant_type=password&username=ada&password=x";
    let refused = [
        unknown,
        wrong,
        "grant_type=password&username=a+da&password=ada%27s+password",
        "grant_type=password&username=ada%00&password=ada%27s+password",
        &format!("{ADA}%00"),
        &format!("{ADA}+"),
    ];
    for body in refused {
        assert_error(body, &ask(&oauth, body).await, 400, "invalid_grant");
    }
    let asked = oauth.owners.questions();
    assert_eq!(asked, [Question::ByIdentifier; 6], "each was asked about");
    assert_eq!(hashes_computed(&oauth.passwords), 6, "and looked at");
    let (unknown, wrong) = (ask(&oauth, unknown).await, ask(&oauth, wrong).await);
    assert_eq!(unknown.text(), wrong.text());
    // A name is the same however it is written.
    for body in [
        "grant_type=password&username=ADA&password=ada%27s+password",
        "grant_type=password&username=ada+&password=ada%27s+password",
    ] {
        assert_issued(body, &ask(&oauth, body).await);
    }
    for body in [
        "grant_type=password&username=ada",
        "grant_type=password&password=x",
        "grant_type=password&username=&password=x",
        "grant_type=password&username=ada&password=",
        &format!("{ADA}&password=x"),
        &format!("{ADA}&username=eve"),
        &format!(
            "grant_type=password&username=ada&password={}",
            "x".repeat(1025)
        ),
        &format!(
            "grant_type=password&username={}&password=x",
            "x".repeat(321)
        ),
        "grant_type=password&username=ada&password=%FF",
    ] {
        assert_error(body, &ask(&oauth, body).await, 400, "invalid_request");
    }
    for body in [
        &format!("{ADA}&client_secret=x"),
        &format!("{ADA}&client_id=%7f"),
    ] {
        assert_error(body, &ask(&oauth, body).await, 401, "invalid_client");
    }
    let other = ask(&oauth, "grant_type=implicit").await;
    assert_error("another grant", &other, 400, "unsupported_grant_type");
}

#[actix_web::test]
async fn the_client_that_signs_in_is_the_one_that_refreshes() {
    let oauth = app().await;
    let body = format!("{ADA}&client_id=phone");
    let answer = assert_issued("signed in", &ask(&oauth, &body).await);
    let token = answer["refresh_token"].as_str().expect("a text");
    let refresh = format!("grant_type=refresh_token&refresh_token={token}");
    let other = ask(&oauth, &format!("{refresh}&client_id=laptop")).await;
    assert_error("another one", &other, 400, "invalid_grant");
    let same = ask(&oauth, &format!("{refresh}&client_id=phone")).await;
    assert_issued("the same", &same);
}

#[actix_web::test]
async fn one_address_asks_ten_times_a_minute() {
    let oauth = app().await;
    for number in 0..10 {
        let body = format!("grant_type=password&username=eve{number}&password=x");
        let answer = oauth.token(&body).await;
        assert_error(&body, &answer, 400, "invalid_grant");
    }
    oauth.owners.asked();
    let answer = oauth.token(ADA).await;
    assert_eq!(seen(&answer), (429, problem(429, "Too Many Requests")));
    assert_eq!(oauth.owners.asked(), 0, "no password was looked at");
}

/// What a token endpoint cannot say in OAuth's words it says in ours (RFC 6749 §5.2 knows neither).
#[actix_web::test]
async fn whoever_guesses_is_throttled_and_a_store_that_is_down_is_a_problem() {
    let clock = TestClock::default();
    let store = SharedStore::new(&clock);
    let oauth = OAuthApp::with(
        |settings| settings.store(store.clone()),
        |routes| {
            routes.service(oauth::legacy::token);
        },
    )
    .await;
    let wrong = "grant_type=password&username=ada&password=x";
    for _ in 0..5 {
        let answer = oauth.token(wrong).await;
        assert_error("a guess", &answer, 400, "invalid_grant");
    }
    let hashes = hashes_computed(&oauth.passwords);
    oauth.owners.asked();
    let answer = oauth.token(ADA).await;
    assert_eq!(seen(&answer), (429, problem(429, "Too Many Requests")));
    assert_eq!(all(&answer, "retry-after"), ["60"]);
    store.fails();
    let answer = oauth.token(ADA).await;
    assert_eq!(seen(&answer), (503, problem(503, "Service Unavailable")));
    assert_eq!(all(&answer, "retry-after"), ["1"]);
    assert_eq!(oauth.owners.asked(), 0);
    assert_eq!(hashes_computed(&oauth.passwords), hashes);
}

#[actix_web::test]
async fn a_scope_that_was_not_granted_is_neither_a_failure_nor_a_sign_in() {
    let oauth = app().await;
    let body = format!("{ADA}&scope=notes:erase");
    for _ in 0..8 {
        assert_error("scope", &ask(&oauth, &body).await, 400, "invalid_scope");
    }
    assert_issued("not throttled", &ask(&oauth, ADA).await);
}

#[actix_web::test]
async fn accounts_that_cannot_be_asked_are_no_fault_of_the_client() {
    let oauth = app().await;
    oauth.owners.is_down(true);
    let answer = ask(&oauth, ADA).await;
    assert_eq!(seen(&answer), (500, problem(500, "Internal Server Error")));
}

/// The account is told to sign out everywhere while the password is being verified.
struct SignsOutMeanwhile(Arc<OnceLock<(Security, TestClock)>>);

impl ResourceOwners for SignsOutMeanwhile {
    async fn renew(&self, subject: &str) -> Result<Option<Grant>, Problem> {
        Ok(Some(Grant::new(subject)))
    }
}

impl AccountRecords for SignsOutMeanwhile {
    async fn by_identifier(&self, identifier: &str) -> Result<Option<AccountRecord>, Problem> {
        let (security, clock) = self.0.get().expect("an app");
        clock.advance(Duration::from_millis(200));
        security.tokens().sign_out_everywhere(identifier).await?;
        clock.advance(Duration::from_millis(200));
        let record = AccountRecord::new(identifier);
        Ok(Some(
            record.with_password_hash(cheap_hash("ada's password")),
        ))
    }

    async fn by_subject(&self, _: &str) -> Result<Option<AccountRecord>, Problem> {
        Ok(None)
    }

    async fn replace_hash(
        &self,
        _: &str,
        _: Option<&PasswordHash>,
        _: &PasswordHash,
    ) -> Result<bool, Problem> {
        Ok(false)
    }
}

#[actix_web::test]
async fn a_sign_in_that_is_overtaken_by_a_sign_out_gets_nothing() {
    let handle = Arc::new(OnceLock::new());
    let owners = SignsOutMeanwhile(handle.clone());
    let app = TestApp::with(
        |settings| settings.accounts(owners, cheap_passwords()),
        |routes| {
            routes.service(oauth::legacy::token);
        },
        |_| {},
    )
    .await;
    let parts = (app.security().clone(), app.clock().clone());
    assert!(handle.set(parts).is_ok());
    let request = app
        .post("/token")
        .body("application/x-www-form-urlencoded", ADA);
    let answer = request.send().await;
    assert_error("overtaken", &answer, 400, "invalid_grant");
    let sign_ins = app.security().tokens().sign_ins("ada").await;
    assert_eq!(sign_ins.expect("a list"), []);
}
