//! Keys that come and go while requests are under way (A9).

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use actix_web::Responder;
use futures_util::future::join_all;
use secure_runtime::{
    ServerSecret,
    prelude::*,
    test::TestApp,
    token::{EdDsaKey, Es256Key, Family, Grant, Hs256Key, Hs512Key, KeyRing, keys::RotationError},
};

use crate::support::{Server, assert_accepted, assert_refused};

const MAX_AGE: Duration = Duration::from_secs(300);
const MOMENT: Duration = Duration::from_millis(1);

#[get("/me")]
#[protected]
async fn who(user: CurrentUser) -> impl Responder {
    user.subject().to_owned()
}

async fn app(keys: impl Into<KeyRing>) -> TestApp {
    TestApp::with(
        |settings| {
            let settings = settings.signing_key(keys);
            settings
                .secret(ServerSecret::random())
                .jwks_max_age(MAX_AGE)
        },
        |routes| {
            routes.service(who);
        },
        |_| {},
    )
    .await
}

fn es256() -> Es256Key {
    Es256Key::generate().expect("a key")
}

fn wait(refused: Result<(), RotationError>) -> Duration {
    match refused {
        Err(RotationError::TooEarly { wait }) => wait,
        other => panic!("{other:?}"),
    }
}

#[actix_web::test]
async fn a_key_that_others_verify_is_published_before_it_signs() {
    let [old, new] = [es256(), es256()];
    let app = app(old.clone()).await;
    let tokens = app.security().tokens();
    let before = app.token(&Grant::new("ada"));
    let gone_over = || {
        KeyRing::new(new.clone())
            .with_previous(old.clone())
            .expect("a ring")
    };
    assert_eq!(
        wait(tokens.rotate_keys(gone_over())),
        MAX_AGE,
        "never published"
    );
    app.clock().advance(MAX_AGE * 2);
    assert_eq!(
        wait(tokens.rotate_keys(gone_over())),
        MAX_AGE,
        "it is not waiting that counts"
    );

    let published = KeyRing::new(old.clone())
        .with_next(new.clone())
        .expect("a ring");
    tokens
        .rotate_keys(published.clone())
        .expect("nothing new signs");
    app.clock().advance(MAX_AGE - MOMENT);
    assert_eq!(wait(tokens.rotate_keys(gone_over())), MOMENT);
    // To publish it again does not begin anew.
    tokens.rotate_keys(published).expect("nothing new signs");
    assert_eq!(wait(tokens.rotate_keys(gone_over())), MOMENT);
    app.clock().advance(MOMENT);
    tokens
        .rotate_keys(gone_over())
        .expect("published long enough");
    let after = app.token(&Grant::new("ada"));
    assert!(kid(&after) == new.kid() && kid(&before) == old.kid());
    let early = app.token(&Grant::new("ada"));
    assert_accepted(&app, "of the new key", &early).await;
    // And back, since the old one has been published all the time.
    let back = KeyRing::new(old)
        .with_previous(new.clone())
        .expect("a ring");
    tokens.rotate_keys(back).expect("known to all");
    assert_accepted(&app, "of the key that has gone back", &after).await;
}

/// The key id in a token's header.
fn kid(token: &str) -> String {
    let (header, _) = token.split_once('.').expect("three parts");
    let header = base64::Engine::decode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, header);
    let header: serde_json::Value = serde_json::from_slice(&header.expect("base64")).expect("JSON");
    header["kid"].as_str().expect("a key id").to_owned()
}

#[actix_web::test]
async fn a_key_that_leaves_and_comes_again_is_published_anew() {
    let [old, new] = [es256(), es256()];
    let app = app(old.clone()).await;
    let tokens = app.security().tokens();
    let published = || {
        KeyRing::new(old.clone())
            .with_next(new.clone())
            .expect("a ring")
    };
    tokens.rotate_keys(published()).expect("nothing new signs");
    app.clock().advance(MAX_AGE);
    tokens.rotate_keys(old.clone()).expect("nothing new signs");
    tokens.rotate_keys(published()).expect("nothing new signs");
    assert_eq!(wait(tokens.rotate_keys(new.clone())), MAX_AGE);
    // What was there when the app started may have been published by another instance.
    let other = self::app(published()).await;
    other
        .security()
        .tokens()
        .rotate_keys(new)
        .expect("as old as can be");
}

#[actix_web::test]
async fn a_leaked_key_is_replaced_at_once() {
    let [old, new] = [es256(), es256()];
    let app = app(old.clone()).await;
    let tokens = app.security().tokens();
    let leaked = app.token(&Grant::new("ada"));
    for _ in 0..2 {
        assert_accepted(&app, "before, and remembered", &leaked).await;
    }
    tokens.replace_keys_at_once(new);
    assert_refused(&app, "of the leaked key", &leaked).await;
    assert_accepted(&app, "of the new one", &app.token(&Grant::new("ada"))).await;
    // Even if it comes again, nothing was kept of the time in between.
    tokens.replace_keys_at_once(old);
    assert_accepted(&app, "it is there again", &leaked).await;
}

#[actix_web::test]
async fn secrets_are_rotated_at_once_and_verify_as_long_as_they_are_there() {
    let [first, second, third] = [(); 3].map(|()| Hs256Key::random());
    let app = app(first.clone()).await;
    let tokens = app.security().tokens();
    let one = app.token(&Grant::new("ada"));
    let ring = KeyRing::new(second.clone())
        .with_previous(first)
        .expect("a ring");
    tokens.rotate_keys(ring).expect("nobody else verifies it");
    let two = app.token(&Grant::new("ada"));
    for (name, token) in [("one", &one), ("two", &two)] {
        for _ in 0..2 {
            assert_accepted(&app, name, token).await;
        }
    }
    let ring = KeyRing::new(third).with_previous(second).expect("a ring");
    tokens.rotate_keys(ring).expect("nobody else verifies it");
    assert_refused(&app, "one, whose key is gone", &one).await;
    assert_accepted(&app, "two", &two).await;
    // A key of another algorithm, beside the old one.
    let sha512 = Hs512Key::random();
    tokens.rotate_keys(sha512).expect("nobody else verifies it");
    assert_refused(&app, "two, whose key is gone", &two).await;
    assert_accepted(&app, "HS512", &app.token(&Grant::new("ada"))).await;
}

/// Refresh tokens are none of the signing keys' business.
#[actix_web::test]
async fn a_rotation_ends_no_sign_in() {
    let app = app(EdDsaKey::generate().expect("a key")).await;
    let tokens = app.security().tokens();
    let issued = tokens.sign_in(&Grant::new("ada")).await.expect("tokens");
    tokens.replace_keys_at_once(es256());
    assert_refused(&app, "its access token", issued.access().expose()).await;
    let renew = async |_: &Family| Ok(Some(Grant::new("ada")));
    let refreshed = tokens.refresh(issued.refresh(), None, None, renew).await;
    let refreshed = refreshed.expect("tokens");
    assert_accepted(&app, "refreshed", refreshed.access().expose()).await;
}

/// The two keys that are always there, in either order.
fn either_ring(keys: &[Hs256Key; 2], turn: usize) -> KeyRing {
    let ring = KeyRing::new(keys[turn % 2].clone());
    let other = keys[(turn + 1) % 2].clone();
    ring.with_previous(other).expect("a ring")
}

#[test]
fn no_token_is_lost_while_keys_are_rotated() {
    let keys = [(); 2].map(|()| Hs256Key::random());
    let clock = secure_runtime::test::TestClock::default();
    let settings = crate::support::settings(&clock).signing_key(either_ring(&keys, 0));
    let security = settings.build().expect("settings");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .build()
        .expect("a runtime");
    let (stop, verified) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicUsize::new(0)),
    );
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let (security, stop, verified) = (security.clone(), stop.clone(), verified.clone());
            runtime.spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let tokens = security.access_tokens();
                    let token = tokens.issue(&Grant::new("ada")).expect("a token");
                    for _ in 0..3 {
                        let principal = tokens.verify(&token).await;
                        assert_eq!(principal.expect("good").subject(), "ada");
                        verified.fetch_add(1, Ordering::Relaxed);
                    }
                }
            })
        })
        .collect();
    let mut turn = 0;
    let is_under_way = |turn| turn < 100 || verified.load(Ordering::Relaxed) < 3000;
    while is_under_way(turn) && !tasks.iter().any(|task| task.is_finished()) {
        turn += 1;
        let rotated = security.tokens().rotate_keys(either_ring(&keys, turn));
        rotated.expect("nobody else verifies these");
        std::thread::yield_now();
    }
    stop.store(true, Ordering::Relaxed);
    for task in tasks {
        runtime.block_on(task).expect("no task failed");
    }
}

/// The same over a real server with its cache, whose workers see the rotation in the middle of requests.
#[actix_web::test]
async fn no_request_is_lost_while_keys_are_rotated() {
    let keys = [(); 2].map(|()| Hs256Key::random());
    let ring = either_ring(&keys, 0);
    let listing = |routes: &mut secure_runtime::Routes| {
        routes.service(who);
    };
    let server = Server::start(2, |settings| settings.signing_key(ring), listing, |_| {}).await;
    let tokens = server.security.tokens();
    for turn in 1..=20 {
        let token = server.token("ada", &[]);
        let requests = (0..10).map(|number| {
            let request = server.get("/me").bearer_auth(&token).send();
            let keys = &keys;
            async move {
                if number % 3 == 0 {
                    let rotated = tokens.rotate_keys(either_ring(keys, turn + number));
                    rotated.expect("nobody else verifies these");
                }
                request.await.expect("an answer").status().as_u16()
            }
        });
        assert_eq!(join_all(requests).await, [200; 10], "turn {turn}");
    }
    let last = server.token("ada", &[]);
    tokens.replace_keys_at_once(Hs256Key::random());
    let answer = server
        .get("/me")
        .bearer_auth(&last)
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 401, "every worker knows at once");
}
