//! Access tokens under our own signature: each claim must be there, of its type, and true (A5).

use std::time::Duration;

use actix_web::Responder;
use secure_runtime::{
    prelude::*,
    test::{TestApp, TestClock},
};
use serde_json::{Value, json};

use crate::support::{
    Forge, Role, START, Scope, assert_accepted, assert_refused, claims, settings,
};

#[get("/me")]
#[protected(roles = "user", scopes = "notes:read")]
async fn me(user: CurrentUser) -> impl Responder {
    user.subject().to_owned()
}

async fn app() -> TestApp {
    Forge::app(|routes| {
        routes.service(me);
    })
    .await
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

#[actix_web::test]
async fn a_forged_token_with_nothing_changed_is_good() {
    assert_accepted(&app().await, "unchanged", &Forge::new().token(&claims())).await;
}

#[actix_web::test]
async fn each_claim_of_ours_is_required() {
    let (app, forge) = (app().await, Forge::new());
    for name in [
        "iss",
        "aud",
        "sub",
        "client_id",
        "exp",
        "iat",
        "nbf",
        "jti",
        "auth_time",
    ] {
        let mut claims = claims();
        let removed = claims.as_object_mut().expect("an object").remove(name);
        assert!(removed.is_some(), "{name}");
        assert_refused(&app, name, &forge.token(&claims)).await;
    }
}

#[actix_web::test]
async fn each_claim_has_its_type() {
    let (app, forge) = (app().await, Forge::new());
    for name in ["iss", "sub", "client_id", "jti"] {
        let text = claims()[name].clone();
        for value in [json!(null), json!(1), json!(true), json!({}), json!([text])] {
            let case = format!("{name}: {value}");
            assert_refused(&app, &case, &forge.token(&with(name, value))).await;
        }
    }
    for name in ["exp", "iat", "nbf", "auth_time"] {
        let good = claims()[name].as_u64().expect("a number");
        for value in [
            json!(null),
            json!(good.to_string()),
            json!(-1),
            json!(-1.5),
            json!(true),
            json!([good]),
            json!({"value": good}),
            json!(1e300),
            json!(u64::MAX),
            json!(i64::MIN),
            json!(253_402_300_800_u64),
            json!("2031-01-01T00:00:00Z"),
        ] {
            let case = format!("{name}: {value}");
            assert_refused(&app, &case, &forge.token(&with(name, value))).await;
        }
    }
    for value in [
        json!(null),
        json!(1),
        json!({}),
        json!([]),
        json!([1]),
        json!(["https://api.test", 1]),
        json!([["https://api.test"]]),
    ] {
        let case = format!("aud: {value}");
        assert_refused(&app, &case, &forge.token(&with("aud", value))).await;
    }
    for (name, value) in [
        ("roles", json!("user")),
        ("roles", json!(null)),
        ("roles", json!([1])),
        ("scope", json!(["notes:read"])),
        ("scope", json!(null)),
        ("scope", json!(1)),
    ] {
        let case = format!("{name}: {value}");
        assert_refused(&app, &case, &forge.token(&with(name, value))).await;
    }
}

#[actix_web::test]
async fn what_the_standards_allow_is_accepted() {
    let (app, forge) = (app().await, Forge::new());
    for (name, value) in [
        ("exp", json!(START as f64 + 600.5)),
        ("exp", json!(253_402_300_799_u64)),
        ("iat", json!(START as f64 - 0.25)),
        ("aud", json!(["https://other.test", "https://api.test"])),
        ("aud", json!(["https://api.test"])),
        ("unknown", json!({"anything": [1, 2, 3]})),
        ("amr", json!(["pwd"])),
        ("roles", json!(["user", "a role nobody knows"])),
        ("scope", json!("openid notes:read")),
    ] {
        let case = format!("{name}: {value}");
        assert_accepted(&app, &case, &forge.token(&with(name, value))).await;
    }
}

#[actix_web::test]
async fn values_of_others_are_refused() {
    let (app, forge) = (app().await, Forge::new());
    for (name, value) in [
        ("iss", json!("https://other.test")),
        ("iss", json!("https://auth.test/")),
        ("iss", json!("HTTPS://auth.test")),
        ("iss", json!("https://auth.test\u{0}")),
        ("iss", json!("")),
        ("aud", json!("https://other.test")),
        ("aud", json!("https://api.test/")),
        ("aud", json!("https://api.tes")),
        ("aud", json!(["https://other.test", ""])),
        ("sub", json!("")),
        ("jti", json!("")),
    ] {
        let case = format!("{name}: {value}");
        assert_refused(&app, &case, &forge.token(&with(name, value))).await;
    }
}

#[actix_web::test]
async fn the_leeway_is_thirty_seconds_to_either_side() {
    let forge = Forge::new();
    for name in ["iat", "nbf", "auth_time"] {
        let app = app().await;
        let early = forge.token(&with(name, json!(START + 30)));
        assert_accepted(&app, &format!("{name} in 30 s"), &early).await;
        for value in [json!(START + 31), json!(START as f64 + 30.5)] {
            let token = forge.token(&with(name, value.clone()));
            assert_refused(&app, &format!("{name} at {value}"), &token).await;
        }
        let future = forge.token(&with(name, json!(START + 100)));
        app.clock().advance(Duration::from_secs(69));
        assert_refused(&app, &format!("{name} a second too early"), &future).await;
        app.clock().advance(Duration::from_secs(1));
        assert_accepted(&app, &format!("{name} in time"), &future).await;
    }
}

#[actix_web::test]
async fn a_token_ends_thirty_seconds_after_its_exp_and_not_before() {
    let app = app().await;
    let own = app.token(
        &secure_runtime::token::Grant::new("ada")
            .with_roles(["user"])
            .with_scopes(["notes:read"]),
    );
    let fraction = Forge::new().token(&with("exp", json!(START as f64 + 600.5)));
    app.clock().advance(Duration::from_millis(629_999));
    assert_accepted(&app, "a millisecond before", &own).await;
    app.clock().advance(Duration::from_millis(1));
    assert_refused(&app, "at exp and 30 s", &own).await;
    assert_accepted(&app, "half a second before", &fraction).await;
    app.clock().advance(Duration::from_millis(500));
    assert_refused(&app, "at the fraction and 30 s", &fraction).await;
    app.clock().advance(Duration::from_secs(86_400));
    assert_refused(&app, "a day later", &own).await;
}

#[actix_web::test]
async fn the_leeway_has_a_bound() {
    let clock = TestClock::default();
    for seconds in [0, 1, 60] {
        let built = settings(&clock)
            .leeway(Duration::from_secs(seconds))
            .build();
        assert!(built.is_ok(), "{seconds} s");
    }
    for leeway in [
        Duration::from_millis(60_001),
        Duration::from_secs(61),
        Duration::MAX,
    ] {
        let refused = settings(&clock).leeway(leeway).build().map(drop);
        let refused = refused.expect_err("too much");
        assert_eq!(refused.findings(), ["the leeway is at most 60 seconds"]);
    }
}

/// The exact edges of the two leeways that are as small and as large as can be.
#[actix_web::test]
async fn the_leeway_is_what_was_set() {
    for leeway in [0, 60] {
        let app = TestApp::with(
            |settings| {
                let key = Forge::key();
                let settings = settings.signing_key(key);
                settings.leeway(Duration::from_secs(leeway))
            },
            |routes| {
                routes.service(me);
            },
            |_| {},
        )
        .await;
        let forge = Forge::new();
        let early = forge.token(&with("nbf", json!(START + leeway)));
        assert_accepted(&app, &format!("nbf in {leeway} s"), &early).await;
        let too_early = forge.token(&with("nbf", json!((START + leeway) as f64 + 0.001)));
        assert_refused(&app, &format!("nbf in more than {leeway} s"), &too_early).await;
        let token = forge.token(&claims());
        app.clock()
            .advance(Duration::from_secs(600 + leeway) - Duration::from_millis(1));
        assert_accepted(&app, &format!("{leeway} s after exp, nearly"), &token).await;
        app.clock().advance(Duration::from_millis(1));
        assert_refused(&app, &format!("{leeway} s after exp"), &token).await;
    }
}

/// Milliseconds of `iat`, by which a revocation tells what came before it from what came after.
#[actix_web::test]
async fn iat_has_milliseconds() {
    let app = app().await;
    app.clock().advance(Duration::from_micros(123_999));
    let grant = secure_runtime::token::Grant::new("ada");
    let token = secure_runtime::token::Token::from_untrusted(app.token(&grant));
    let payload = token
        .expose()
        .split('.')
        .nth(1)
        .expect("a payload")
        .to_owned();
    let payload = base64::Engine::decode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, payload);
    let claims: Value = serde_json::from_slice(&payload.expect("base64")).expect("JSON");
    assert_eq!(claims["iat"], json!(START as f64 + 0.123));
    assert_eq!(claims["nbf"], json!(START));
    assert_eq!(claims["exp"], json!(START + 600));
    let principal = app.security().access_tokens().verify(&token).await;
    let issued_at = principal.expect("a principal").issued_at();
    assert_eq!(issued_at, Duration::from_millis(START * 1000 + 123));
}

#[actix_web::test]
async fn claims_that_stand_twice_are_refused() {
    let (app, forge) = (app().await, Forge::new());
    let header = forge.header().to_string();
    let text = claims().to_string();
    for (name, value) in claims().as_object().expect("an object") {
        let twice = text.replacen('{', &format!("{{\"{name}\":{value},"), 1);
        assert_refused(&app, name, &forge.with_header(&header, &twice)).await;
        let escaped = format!("\\u{:04x}{}", name.as_bytes()[0], &name[1..]);
        let twice = text.replacen('{', &format!("{{\"{escaped}\":{value},"), 1);
        assert_refused(&app, &escaped, &forge.with_header(&header, &twice)).await;
    }
    let sid = text.replacen('{', r#"{"sid":"a","sid":"a","#, 1);
    assert_refused(&app, "sid", &forge.with_header(&header, &sid)).await;
    // What is not ours is not read, whatever it says and however often.
    let unknown = text.replacen('{', r#"{"x":1,"x":2,"#, 1);
    assert_accepted(&app, "x", &forge.with_header(&header, &unknown)).await;
}

#[actix_web::test]
async fn a_payload_that_is_no_object_is_refused() {
    let (app, forge) = (app().await, Forge::new());
    let header = forge.header().to_string();
    let text = claims().to_string();
    for payload in [
        String::new(),
        "null".to_owned(),
        "\"ada\"".to_owned(),
        "{}".to_owned(),
        format!("[{text}]"),
        format!("{text}{text}"),
        format!("{text}x"),
        text[..text.len() - 1].to_owned(),
    ] {
        assert_refused(&app, &payload, &forge.with_header(&header, &payload)).await;
    }
}

/// RFC 7519 §7.2: the claims are an object. Serde takes a list for a struct too.
#[actix_web::test]
async fn claims_without_their_names_are_refused() {
    let (app, forge) = (app().await, Forge::new());
    let header = forge.header().to_string();
    let list = json!([
        "https://auth.test",
        "https://api.test",
        "ada",
        "https://auth.test",
        START + 600,
        START,
        START,
        "6b1d0b4e5d7c4f0a",
        START,
        ["user"],
        "notes:read"
    ]);
    let token = forge.with_header(&header, &list.to_string());
    assert_refused(&app, "a list", &token).await;
}
