//! `verify` of a token that is remembered: worth no more than the first time (A12).

use std::time::Duration;

use actix_web::Responder;
use secure_runtime::{
    prelude::*,
    test::TestApp,
    token::{Access, Grant, Hs256Key, Token},
};

use crate::support::Role;

#[get("/me")]
#[protected(roles = "user")]
async fn me(user: CurrentUser) -> impl Responder {
    user.subject().to_owned()
}

/// An app, and a token of it that was verified twice.
async fn remembered() -> (TestApp, Token<Access>) {
    let app = TestApp::new(|routes| {
        routes.service(me);
    })
    .await;
    let grant = Grant::new("ada").with_roles(["admin"]);
    let token = app.security().access_tokens().issue(&grant);
    let token = token.expect("a token");
    for _ in 0..2 {
        let tokens = app.security().access_tokens();
        let principal = tokens.verify(&token).await.expect("a principal");
        assert_eq!(principal.subject(), "ada");
        assert!(principal.has_role(&Role::User));
    }
    (app, token)
}

async fn is_good(app: &TestApp, token: &Token<Access>) -> bool {
    app.security().access_tokens().verify(token).await.is_ok()
}

#[actix_web::test]
async fn it_means_the_same_to_a_route() {
    let (app, token) = remembered().await;
    let authorization = format!("Bearer {}", token.expose());
    let response = app.get("/me").header("authorization", &authorization);
    let response = response.send().await;
    assert_eq!((response.status(), response.text()), (200, "ada".into()));
}

#[actix_web::test]
async fn it_ends_when_it_expires() {
    let (app, token) = remembered().await;
    // 10 minutes, and 30 seconds for clocks that differ.
    app.clock().advance(Duration::from_secs(10 * 60 + 29));
    assert!(is_good(&app, &token).await);
    app.clock().advance(Duration::from_secs(1));
    assert!(!is_good(&app, &token).await);
}

#[actix_web::test]
async fn it_ends_when_it_is_revoked() {
    let (app, token) = remembered().await;
    let tokens = app.security().tokens();
    tokens.revoke(token.expose()).await.expect("revoked");
    assert!(!is_good(&app, &token).await);
}

#[actix_web::test]
async fn it_ends_when_its_subject_is_signed_out_everywhere() {
    let (app, token) = remembered().await;
    let tokens = app.security().tokens();
    tokens.sign_out_everywhere("ada").await.expect("signed out");
    assert!(!is_good(&app, &token).await);
}

#[actix_web::test]
async fn it_ends_with_its_key() {
    let (app, token) = remembered().await;
    let tokens = app.security().tokens();
    tokens.replace_keys_at_once(Hs256Key::random());
    assert!(!is_good(&app, &token).await);
}

#[actix_web::test]
async fn another_token_with_the_same_end_is_another_token() {
    let (app, token) = remembered().await;
    let text = token.expose();
    let (header, rest) = text.split_once('.').expect("three parts");
    for other in [
        format!("{header}A.{rest}"),
        format!("{header}.A{rest}"),
        text[1..].to_owned(),
    ] {
        assert!(!is_good(&app, &Token::from_untrusted(other)).await);
    }
}
