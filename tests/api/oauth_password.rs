//! `oauth::legacy::token` with a password (A2, RFC 6749 §4.3).

use std::time::Duration;

use actix_web::Responder;
use secure_runtime::{
    Problem, Secret, Security,
    oauth::{self, ResourceOwners},
    prelude::*,
    test::TestApp,
    token::Grant,
};

use crate::support::{
    OAuthApp, Role, Scope, assert_accepted, assert_error, assert_issued, problem, seen,
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
    for body in [
        unknown,
        wrong,
        "grant_type=password&username=ADA&password=ada%27s+password",
        "grant_type=password&username=ada+&password=ada%27s+password",
        "grant_type=password&username=ada%00&password=ada%27s+password",
        &format!("{ADA}%00"),
        &format!("{ADA}+"),
    ] {
        assert_error(body, &ask(&oauth, body).await, 400, "invalid_grant");
    }
    assert_eq!(oauth.owners.asked(), 7, "each of them was asked about");
    let (unknown, wrong) = (ask(&oauth, unknown).await, ask(&oauth, wrong).await);
    assert_eq!(unknown.text(), wrong.text());
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
    for _ in 0..10 {
        oauth
            .token("grant_type=password&username=ada&password=x")
            .await;
    }
    oauth.owners.asked();
    let answer = oauth.token(ADA).await;
    assert_eq!(seen(&answer), (429, problem(429, "Too Many Requests")));
    assert_eq!(oauth.owners.asked(), 0, "no password was looked at");
}

#[actix_web::test]
async fn accounts_that_cannot_be_asked_are_no_fault_of_the_client() {
    let oauth = app().await;
    oauth.owners.is_down(true);
    let answer = ask(&oauth, ADA).await;
    assert_eq!(seen(&answer), (500, problem(500, "Internal Server Error")));
}

/// The account is told to sign out everywhere while the password is being verified.
struct SignsOutMeanwhile(
    std::sync::Arc<std::sync::OnceLock<(Security, secure_runtime::test::TestClock)>>,
);

impl ResourceOwners for SignsOutMeanwhile {
    async fn sign_in(&self, username: &str, _: Secret<String>) -> Result<Option<Grant>, Problem> {
        let (security, clock) = self.0.get().expect("an app");
        clock.advance(Duration::from_millis(200));
        security.tokens().sign_out_everywhere(username).await?;
        clock.advance(Duration::from_millis(200));
        Ok(Some(Grant::new(username)))
    }

    async fn renew(&self, subject: &str) -> Result<Option<Grant>, Problem> {
        Ok(Some(Grant::new(subject)))
    }
}

#[actix_web::test]
async fn a_sign_in_that_is_overtaken_by_a_sign_out_gets_nothing() {
    let handle = std::sync::Arc::new(std::sync::OnceLock::new());
    let owners = SignsOutMeanwhile(handle.clone());
    let app = TestApp::with(
        |settings| settings.resource_owners(owners),
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
