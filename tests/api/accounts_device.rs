//! A device that has signed in before has a counter of its own (B6): nobody who guesses elsewhere can lock
//! the owner out.

use std::time::Duration;

use actix_web::{HttpResponse, Responder, http::StatusCode, web::Json};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secure_runtime::{
    Profile, ServerSecret,
    account::SignIn,
    crypto::Signable,
    prelude::*,
    test::TestResponse,
    token::{Grant, Hs256Key},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::support::{Login, all, assert_issued, seen};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Name and value of the one cookie that an answer sets.
fn cookie(answer: &TestResponse) -> String {
    let cookies = all(answer, "set-cookie");
    let [cookie] = cookies.as_slice() else {
        panic!("{cookies:?}");
    };
    let (pair, _) = cookie.split_once(';').expect("attributes");
    pair.to_owned()
}

/// The value alone.
fn value(cookie: &str) -> &str {
    cookie.split_once('=').expect("a value").1
}

/// The cookie of a device on which `ada` has signed in.
async fn known(login: &Login) -> String {
    let answer = login.right().await;
    assert_issued("signed in", &answer);
    cookie(&answer)
}

async fn with(login: &Login, cookie: &str, password: &str) -> TestResponse {
    let request = login.request("ada", password).header("cookie", cookie);
    request.send().await
}

/// A hundred strangers guess until nobody looks at the account any more.
async fn lock(login: &Login) {
    for number in 0..100 {
        assert_eq!(login.guess_from(number).await, 401);
    }
    assert_eq!(login.right().await.status(), 429);
}

#[actix_web::test]
async fn a_success_sets_the_cookie_and_nothing_else_does() {
    let login = Login::new().await;
    let answer = login.right().await;
    let cookies = all(&answer, "set-cookie");
    let value = value(&cookie(&answer)).to_owned();
    let attributes = "Path=/; Max-Age=34560000; Secure; HttpOnly; SameSite=Strict";
    assert_eq!(cookies, [format!("__Host-device={value}; {attributes}")]);
    assert!(!format!("{cookies:?}").contains("ada"));
    for _ in 0..7 {
        let answer = login.wrong().await;
        assert_eq!(all(&answer, "set-cookie"), [""; 0]);
        let answer = with(&login, &format!("__Host-device={value}"), "x").await;
        assert_eq!(all(&answer, "set-cookie"), [""; 0]);
    }
    login.owners.is_down(true);
    login.clock.advance(DAY);
    let answer = login.right().await;
    assert_eq!(answer.status(), 500);
    assert_eq!(all(&answer, "set-cookie"), [""; 0]);
}

/// Browsers take `Secure` from no plain HTTP, and a developer has nothing else.
#[actix_web::test]
async fn in_development_the_cookie_is_a_plain_one() {
    let login = Login::with(|settings| settings.profile(Profile::Development)).await;
    let answer = login.right().await;
    let cookies = all(&answer, "set-cookie");
    let value = value(&cookie(&answer)).to_owned();
    let attributes = "Path=/; Max-Age=34560000; HttpOnly; SameSite=Strict";
    assert_eq!(cookies, [format!("device={value}; {attributes}")]);
    lock(&login).await;
    let plain = with(&login, &format!("device={value}"), "ada's password").await;
    assert_issued("known", &plain);
    let other = with(&login, &format!("__Host-device={value}"), "ada's password").await;
    assert_eq!(other.status(), 429, "it is not the one of HTTPS");
}

#[actix_web::test]
async fn the_owner_gets_in_while_strangers_guess() {
    let login = Login::new().await;
    let device = known(&login).await;
    lock(&login).await;
    for _ in 0..20 {
        assert_issued("known", &with(&login, &device, "ada's password").await);
        assert_eq!(login.right().await.status(), 429, "nobody else");
    }
    // From wherever that device is.
    let request = login.request("ada", "ada's password");
    let request = request.header("cookie", &device).from_address("198.51.0.1");
    assert_issued("at a stranger's address", &request.send().await);
    // In production the plain name is none of ours.
    let plain = device.replace("__Host-", "");
    assert_eq!(with(&login, &plain, "ada's password").await.status(), 429);
}

#[actix_web::test]
async fn a_device_has_its_own_limit() {
    let login = Login::new().await;
    let device = known(&login).await;
    for _ in 0..5 {
        assert_eq!(with(&login, &device, "a guess").await.status(), 401);
    }
    let hashes = login.hashes();
    for wait in [60, 120, 240] {
        let refused = with(&login, &device, "ada's password").await;
        assert_eq!(refused.status(), 429);
        assert_eq!(all(&refused, "retry-after"), [wait.to_string()]);
        login.clock.advance(Duration::from_secs(wait));
        assert_eq!(with(&login, &device, "a guess").await.status(), 401);
    }
    assert_eq!(login.hashes(), hashes + 3);
    // It has cost the others nothing: four more may fail here, and the fifth is the last.
    for _ in 0..5 {
        assert_eq!(login.wrong().await.status(), 401);
    }
    assert_eq!(login.wrong().await.status(), 429);
    login.clock.advance(Duration::from_secs(480));
    assert_issued(
        "after the pause",
        &with(&login, &device, "ada's password").await,
    );
    for _ in 0..5 {
        assert_eq!(with(&login, &device, "a guess").await.status(), 401);
    }
}

/// Whoever once knew the password may have collected cookies for the day on which it is another one.
#[actix_web::test]
async fn cookies_that_were_collected_are_worth_a_hundred_guesses_in_all() {
    let login = Login::new().await;
    let mut devices = Vec::new();
    for _ in 0..30 {
        devices.push(known(&login).await);
    }
    let hashes = login.hashes();
    for device in &devices {
        for _ in 0..5 {
            with(&login, device, "a guess").await;
        }
    }
    assert_eq!(login.hashes(), hashes + 100);
    let refused = with(&login, &devices[29], "ada's password").await;
    assert_eq!(refused.status(), 429);
    assert_eq!(all(&refused, "retry-after"), ["60"]);
    // What was done on devices keeps nobody out who comes without one.
    assert_issued("without a cookie", &login.right().await);
    login.clock.advance(Duration::from_secs(60));
    assert_issued(
        "after the pause",
        &with(&login, &devices[29], "ada's password").await,
    );
}

#[actix_web::test]
async fn at_once_on_a_device_no_more_than_five_are_looked_at() {
    let login = Login::new().await;
    let device = known(&login).await;
    let hashes = login.hashes();
    let guesses = (0..300).map(|_| with(&login, &device, "a guess"));
    let answers = futures_util::future::join_all(guesses).await;
    let verdicts = answers.iter().filter(|answer| answer.status() == 401);
    assert_eq!(verdicts.count(), 5);
    assert_eq!(login.hashes(), hashes + 5);
}

#[actix_web::test]
async fn it_is_renewed_and_stays_the_same_device() {
    let login = Login::new().await;
    let old = known(&login).await;
    login.clock.advance(300 * DAY);
    let answer = with(&login, &old, "ada's password").await;
    let new = cookie(&answer);
    assert_ne!(old, new);
    // Both count as one device.
    for device in [&old, &new, &old, &new, &old] {
        assert_eq!(with(&login, device, "a guess").await.status(), 401);
    }
    for device in [&old, &new] {
        assert_eq!(with(&login, device, "a guess").await.status(), 429);
    }
    // The old one ends after 400 days, the new one 300 days later.
    login.clock.advance(100 * DAY);
    lock(&login).await;
    let refused = with(&login, &old, "ada's password").await;
    assert_eq!(refused.status(), 429);
    assert_issued("renewed", &with(&login, &new, "ada's password").await);
}

#[actix_web::test]
async fn a_cookie_that_is_no_good_is_as_good_as_none() {
    let login = Login::new().await;
    login.owners.set("eve", Grant::new("eve"));
    let eves = login.try_with("eve", "eve's password").await;
    let eves = cookie(&eves);
    let device = known(&login).await;
    lock(&login).await;
    let mut forged = device.clone().into_bytes();
    let last = forged.last_mut().expect("a value");
    *last = if *last == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).expect("a text");
    let cut = &device[..device.len() - 4];
    let doubled = format!("{device}{}", value(&device));
    for cookie in [
        eves.as_str(),
        forged.as_str(),
        cut,
        doubled.as_str(),
        "__Host-device=",
        "__Host-device",
        "__Host-device=x",
        "__Host-device=v1.x.y",
        "=",
        ";;;",
        "",
        &format!("other={}", value(&device)),
        &format!("__host-device={}", value(&device)),
    ] {
        let answer = with(&login, cookie, "ada's password").await;
        assert_eq!(answer.status(), 429, "{cookie}");
    }
    assert_issued(
        "the real one",
        &with(&login, &device, "ada's password").await,
    );
    // Nor is it any harm where it is not needed.
    login.clock.advance(DAY * 2);
    let answer = with(&login, &forged, "ada's password").await;
    assert_issued("a stranger", &answer);
    assert_issued(
        "now known",
        &with(&login, &cookie(&answer), "ada's password").await,
    );
}

#[actix_web::test]
async fn of_several_cookies_the_first_good_one_counts() {
    let login = Login::new().await;
    login.owners.set("eve", Grant::new("eve"));
    let eves = cookie(&login.try_with("eve", "eve's password").await);
    let device = known(&login).await;
    lock(&login).await;
    for cookies in [
        format!("a=1; {device}; b=2"),
        format!("{eves}; __Host-device=x; {device}"),
        format!("{device}; {eves}"),
        format!("  {device}  ;"),
    ] {
        let answer = with(&login, &cookies, "ada's password").await;
        assert_issued(&cookies, &answer);
    }
    // In two headers, as HTTP/2 may send them.
    let request = login.request("ada", "ada's password");
    let request = request.header("cookie", &eves).header("cookie", &device);
    assert_issued("two headers", &request.send().await);
    // Whoever sends hundreds has not everything looked at.
    let many = format!("{}{device}", "__Host-device=x; ".repeat(300));
    let answer = with(&login, &many, "ada's password").await;
    assert_eq!(answer.status(), 429);
}

/// Signed by the same server for something else, of the same content.
#[derive(Serialize, Deserialize)]
struct Lookalike(Value);

impl Signable for Lookalike {
    const PURPOSE: &'static str = "download link";
    const MAX_AGE: Duration = DAY;
}

#[actix_web::test]
async fn what_is_signed_for_something_else_makes_no_device_known() {
    let login = Login::new().await;
    let device = known(&login).await;
    let parts: Vec<_> = value(&device).split('.').collect();
    let body = URL_SAFE_NO_PAD.decode(parts.last().expect("a body"));
    let body = body.expect("base64");
    // Behind a time and a tag, which are any bytes.
    let mut ends = (0..body.len()).map(|start| &body[start..]);
    let content = ends.find_map(|end| serde_json::from_slice::<Map<_, _>>(end).ok());
    let content = Value::Object(content.expect("an object at the end"));
    let signer = login.app.security().signer();
    let signed = signer.sign(&Lookalike(content)).expect("signed");
    lock(&login).await;
    let lookalike = format!("__Host-device={signed}");
    let answer = with(&login, &lookalike, "ada's password").await;
    assert_eq!(answer.status(), 429);
    assert_issued(
        "the real one",
        &with(&login, &device, "ada's password").await,
    );
}

#[actix_web::test]
async fn a_device_stays_known_when_the_secret_changes() {
    let (old, new) = (ServerSecret::random(), ServerSecret::random());
    let (key, clock) = (Hs256Key::random(), Default::default());
    let store = crate::support::SharedStore::new(&clock);
    let owners = crate::support::Owners::with_ada();
    let instance = |secret: &ServerSecret, previous: Option<&ServerSecret>| {
        let (secret, previous) = (secret.clone(), previous.cloned());
        let key = key.clone();
        Login::on(
            store.clone(),
            clock.clone(),
            owners.clone(),
            move |settings| {
                let settings = settings.signing_key(key).secret(secret);
                match previous {
                    Some(previous) => settings.previous_secret(previous),
                    None => settings,
                }
            },
            |routes| {
                routes.service(crate::support::password_login);
            },
        )
    };
    let before = instance(&old, None).await;
    let device = known(&before).await;
    lock(&before).await;
    let after = instance(&new, Some(&old)).await;
    assert_issued("known", &with(&after, &device, "ada's password").await);
    let stranger = instance(&ServerSecret::random(), None).await;
    let answer = with(&stranger, &device, "ada's password").await;
    assert_eq!(answer.status(), 429);
}

#[validated]
struct Typed {
    #[validate(length(max = 100))]
    password: Secret<String>,
    answer: u16,
}

/// Signs somebody in and answers something else, in each of the ways in which a handler may.
#[post("/other")]
#[public(unlimited = "how often somebody may fail is what is tested")]
#[validated]
async fn answers_otherwise(sign_in: SignIn, typed: Json<Typed>) -> Result<impl Responder, Problem> {
    let Typed { password, answer } = typed.into_inner();
    let _ = sign_in.with_password("ada", password).await?;
    match answer {
        200 => Ok(HttpResponse::Ok().body("in")),
        409 => Err(Problem::conflict()),
        500 => Ok(HttpResponse::InternalServerError().body("inside")),
        _ => Ok(HttpResponse::build(StatusCode::IM_A_TEAPOT).finish()),
    }
}

#[actix_web::test]
async fn whatever_the_handler_answers_the_device_is_known_and_nobody_keeps_it() {
    let login = Login::mounting(
        |settings| settings,
        |routes| {
            routes.service(answers_otherwise);
        },
    )
    .await;
    for status in [200, 409, 418, 500] {
        let typed = |password: &str| {
            let body = json!({"password": password, "answer": status});
            login.app.post("/other").json(&body).send()
        };
        let answer = typed("ada's password").await;
        assert_eq!(answer.status(), status);
        assert!(cookie(&answer).starts_with("__Host-device="), "{status}");
        assert_eq!(all(&answer, "cache-control"), ["no-store"], "{status}");
        let answer = typed("x").await;
        assert_eq!(seen(&answer).0, 401);
        assert_eq!(all(&answer, "set-cookie"), [""; 0]);
    }
}
