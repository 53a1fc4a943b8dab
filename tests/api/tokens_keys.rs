//! Which key verifies an access token: the one of ours that it names, and no other (A4, A6, A9).

use actix_web::Responder;
use secure_runtime::{
    ServerSecret,
    prelude::*,
    test::TestApp,
    token::{Grant, Hs256Key, Hs512Key, KeyRing},
};
use serde_json::json;

use crate::support::{Forge, assert_accepted, assert_refused, claims};

#[get("/me")]
#[protected]
async fn who(user: CurrentUser) -> impl Responder {
    user.subject().to_owned()
}

async fn app_with(keys: impl Into<KeyRing>) -> TestApp {
    let settings = |settings: secure_runtime::CompleteBuilder| settings.signing_key(keys);
    let listing = |routes: &mut secure_runtime::Routes| {
        routes.service(who);
    };
    TestApp::with(settings, listing, |_| {}).await
}

#[actix_web::test]
async fn a_key_id_is_looked_up_and_nothing_else_is_done_with_it() {
    let (app, forge) = (app_with(Forge::key()).await, Forge::new());
    let payload = claims().to_string();
    let kid = forge.kid();
    let unchanged = forge.with_header(&forge.header_with("kid", json!(kid)), &payload);
    assert_accepted(&app, "unchanged", &unchanged).await;
    for kid in [
        json!(""),
        json!("0"),
        json!("../../../../dev/null"),
        json!("/dev/null"),
        json!("file:///dev/null"),
        json!("' OR '1'='1"),
        json!("x' UNION SELECT 'k' --"),
        json!("x; cat /etc/passwd |"),
        json!("https://evil.test/keys"),
        json!("*"),
        json!(format!("{kid} ")),
        json!(format!(" {kid}")),
        json!(format!("{kid}\u{0}")),
        json!(format!("{kid}=")),
        json!(kid.to_uppercase()),
        json!(kid.to_lowercase()),
        json!(&kid[1..]),
        json!("k".repeat(5000)),
        json!(0),
        json!(1e9),
        json!(true),
        json!(null),
        json!([kid]),
        json!({"kid": kid}),
    ] {
        let header = forge.header_with("kid", kid);
        assert_refused(&app, &header, &forge.with_header(&header, &payload)).await;
    }
    let header = forge.header_without("kid");
    assert_refused(&app, &header, &forge.with_header(&header, &payload)).await;
}

#[actix_web::test]
async fn each_key_of_the_ring_verifies_what_names_it() {
    let [previous, next] = [Hs256Key::random(), Hs256Key::random()];
    let ring = KeyRing::new(Forge::key())
        .with_next(next.clone())
        .and_then(|ring| ring.with_previous(previous.clone()))
        .expect("a ring");
    let (app, forge) = (app_with(ring).await, Forge::new());
    for (name, key) in [("previous", &previous), ("next", &next)] {
        let signs = app_with(key.clone()).await;
        let token = signs.token(&Grant::new("ada"));
        assert_accepted(&app, name, &token).await;
        // The signature of one under the id of the other.
        let header = forge.header_with("kid", json!(key.kid()));
        let swapped = forge.with_header(&header, &claims().to_string());
        assert_refused(&app, &format!("ours as {name}"), &swapped).await;
        let (_, rest) = token.split_once('.').expect("three parts");
        let ours = crate::support::encode(forge.header().to_string());
        assert_refused(&app, &format!("{name} as ours"), &format!("{ours}.{rest}")).await;
    }
    assert_accepted(&app, "current", &forge.token(&claims())).await;
}

#[actix_web::test]
async fn a_signature_by_another_key_is_refused() {
    let app = app_with(Forge::key()).await;
    let other = app_with(Hs256Key::random()).await;
    assert_refused(&app, "of another app", &other.token(&Grant::new("ada"))).await;
    // The same key id, so that it is the signature that is looked at.
    let named = Hs256Key::random().with_kid(Forge::new().kid());
    let other = app_with(named.expect("an id")).await;
    assert_refused(&app, "by its name", &other.token(&Grant::new("ada"))).await;
    let named = Hs512Key::random().with_kid(Forge::new().kid());
    let other = app_with(named.expect("an id")).await;
    assert_refused(&app, "HS512, by its name", &other.token(&Grant::new("ada"))).await;
    for secret in [&b""[..], &[0; 32], b"secret", Forge::new().kid().as_bytes()] {
        let token = Forge::with_key(secret).token(&claims());
        assert_refused(&app, &format!("the secret {secret:?}"), &token).await;
    }
}

/// One secret stands behind all purposes, and none of their keys is that of another.
#[actix_web::test]
async fn what_is_signed_for_another_purpose_is_no_access_token() {
    let app = app_with(Forge::key()).await;
    let good = Forge::for_purpose("access token").token(&claims());
    assert_accepted(&app, "for access", &good).await;
    for purpose in ["refresh token", "reset token", "access", "key id HS256", ""] {
        let token = Forge::for_purpose(purpose).token(&claims());
        assert_refused(&app, &format!("derived for {purpose:?}"), &token).await;
    }
    let token = Forge::underived().token(&claims());
    assert_refused(&app, "the secret itself as key", &token).await;
    let twice = Forge::from_secret(b"secret").token(&claims());
    assert_refused(&app, "derived from another secret", &twice).await;
}

#[actix_web::test]
async fn a_refresh_token_is_no_access_token_nor_the_other_way_round() {
    let settings = |settings: secure_runtime::CompleteBuilder| {
        settings
            .secret(ServerSecret::random())
            .signing_key(Forge::key())
    };
    let listing = |routes: &mut secure_runtime::Routes| {
        routes.service(who);
    };
    let app = TestApp::with(settings, listing, |_| {}).await;
    let tokens = app.security().tokens();
    let issued = tokens.sign_in(&Grant::new("ada")).await.expect("tokens");
    assert_accepted(&app, "the access token", issued.access().expose()).await;
    assert_refused(&app, "the refresh token", issued.refresh().expose()).await;
    let access = secure_runtime::token::Token::from_untrusted(issued.access().expose());
    let renew = async |_: &secure_runtime::token::Family| Ok(Some(Grant::new("ada")));
    let refused = tokens.refresh(&access, None, None, renew).await;
    let invalid = matches!(refused, Err(secure_runtime::token::RefreshError::Invalid));
    assert!(invalid, "an access token refreshes nothing: {refused:?}");
}
