//! How sessions begin (G1, G2): always anew, whatever the browser had before.

use secure_runtime::{
    audit::AuditKind,
    session::SessionSettings,
    store::{Space, Store as _},
    test::TestSession,
};
use serde_json::json;

use crate::support::{Browsers, Operation, all, problem_with, seen};

const SESSIONS: Space<'static> = Space::new("session");
const WRONG: &str = "The name or the password is wrong.";

/// The name of a session, and its secret.
fn parts(session: &TestSession) -> (String, String) {
    let (_, value) = session.cookie().split_once('=').expect("a pair");
    let (id, secret) = value.split_once('.').expect("two parts");
    (id.to_owned(), secret.to_owned())
}

/// A cookie of the right shape that nobody has made.
fn made_up() -> String {
    format!("__Host-session={}.{}", "A".repeat(22), "A".repeat(43))
}

#[actix_web::test]
async fn the_cookie_is_for_this_host_alone_and_out_of_reach_of_scripts() {
    let browsers = Browsers::new().await;
    let answer = browsers.sign_in_with("ada", None).await;
    let session = answer.session().expect("a session");
    let (id, secret) = parts(&session);
    assert_eq!((id.len(), secret.len()), (22, 43), "128 and 256 bits");
    let set = all(&answer, "set-cookie");
    let expected = format!("__Host-session={id}.{secret}; Path=/; Secure; HttpOnly; SameSite=Lax");
    assert!(set.contains(&expected), "{set:?}");
    assert_eq!(
        set.len(),
        2,
        "and the one by which the device is known: {set:?}"
    );
    assert_eq!(answer.json(), json!({"subject": "ada", "session": id}));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("clear-site-data"), None);
    assert_eq!(
        browsers.audit.kinds(),
        [AuditKind::SessionStarted, AuditKind::SignedIn]
    );
    assert_eq!(browsers.get(&session, "/me").await.text(), "ada by session");
}

#[actix_web::test]
async fn each_sign_in_has_a_session_of_its_own() {
    let browsers = Browsers::new().await;
    let (first, second) = (browsers.sign_in("ada").await, browsers.sign_in("ada").await);
    assert_ne!(parts(&first).0, parts(&second).0);
    assert_ne!(parts(&first).1, parts(&second).1);
    assert_eq!(browsers.status(&first).await, 200);
    assert_eq!(browsers.status(&second).await, 200);
}

/// Fixation: what somebody plants before the sign-in opens nothing afterwards.
#[actix_web::test]
async fn a_cookie_that_was_there_before_is_worthless_afterwards() {
    let browsers = Browsers::new().await;
    let planted = made_up();
    let request = browsers.app.post("/sign-in").header("cookie", &planted);
    let body = json!({"username": "ada", "password": "ada's password"});
    let answer = request
        .header("sec-fetch-site", "same-origin")
        .json(&body)
        .send()
        .await;
    let session = answer.session().expect("a session");
    assert_ne!(session.cookie(), planted);
    let answer = browsers.app.get("/me").header("cookie", &planted).send();
    assert_eq!(answer.await.status(), 401);
    assert_eq!(browsers.status(&session).await, 200);
}

/// The attacker plants a session of his own: whoever signs in over it gets another one, and his ends.
#[actix_web::test]
async fn a_session_that_was_planted_ends() {
    let browsers = Browsers::new().await;
    let planted = browsers.sign_in("bob").await;
    let answer = browsers.sign_in_with("ada", Some(&planted)).await;
    let session = answer.session().expect("a session");
    assert_ne!(parts(&session).0, parts(&planted).0);
    assert_eq!(browsers.get(&session, "/who").await.text(), "ada");
    assert_eq!(browsers.status(&planted).await, 401);
    assert!(browsers.list("bob").await.is_empty());
}

#[actix_web::test]
async fn a_second_sign_in_in_a_browser_ends_the_first() {
    let browsers = Browsers::new().await;
    let first = browsers.sign_in("ada").await;
    let elsewhere = browsers.sign_in("ada").await;
    browsers.audit.kinds();
    let answer = browsers.sign_in_with("ada", Some(&first)).await;
    let second = answer.session().expect("a session");
    assert_eq!(browsers.status(&first).await, 401);
    assert_eq!(browsers.status(&second).await, 200);
    assert_eq!(browsers.status(&elsewhere).await, 200);
    let kinds = browsers.audit.kinds();
    let expected = [
        AuditKind::SessionEnded,
        AuditKind::SessionStarted,
        AuditKind::SignedIn,
    ];
    assert_eq!(kinds, expected);
}

/// Who knows the name of a session, which lists show, cannot end it.
#[actix_web::test]
async fn the_name_of_a_session_ends_nothing() {
    let browsers = Browsers::new().await;
    let (ada, bob) = (browsers.sign_in("ada").await, browsers.sign_in("bob").await);
    let forged = format!("__Host-session={}.{}", parts(&ada).0, parts(&bob).1);
    let request = browsers.app.post("/sign-in").header("cookie", &forged);
    let body = json!({"username": "bob", "password": "bob's password"});
    let answer = request
        .header("sec-fetch-site", "same-origin")
        .json(&body)
        .send()
        .await;
    assert_eq!(answer.status(), 200);
    assert_eq!(browsers.status(&ada).await, 200);
    assert_eq!(browsers.status(&bob).await, 200);
}

#[actix_web::test]
async fn whoever_is_not_the_one_gets_no_session_and_loses_none() {
    let browsers = Browsers::new().await;
    let session = browsers.sign_in("ada").await;
    browsers.owners.change("bob", |bob| bob.disabled = true);
    for (username, password) in [
        ("ada", "a guess"),
        ("bob", "bob's password"),
        ("nobody", "nobody's password"),
        ("", ""),
    ] {
        let request = browsers.app.post("/sign-in").with_session(&session);
        let answer = request
            .json(&json!({"username": username, "password": password}))
            .send()
            .await;
        let expected = (401, problem_with(401, "Unauthorized", WRONG));
        assert_eq!(seen(&answer), expected, "{username}");
        assert_eq!(all(&answer, "set-cookie"), [""; 0], "{username}");
    }
    assert_eq!(browsers.status(&session).await, 200);
    assert!(browsers.list("bob").await.is_empty());
}

#[actix_web::test]
async fn guesses_are_counted_as_they_are_for_tokens() {
    let browsers = Browsers::new().await;
    let guess = async |path: &str| {
        let body = json!({"username": "ada", "password": "a guess"});
        let request = browsers.app.post(path);
        let request = request.header("sec-fetch-site", "same-origin");
        request.json(&body).send().await.status()
    };
    for path in ["/sign-in", "/token", "/sign-in", "/token", "/sign-in"] {
        assert_eq!(guess(path).await, 401);
    }
    assert_eq!(guess("/sign-in").await, 429);
    assert_eq!(guess("/token").await, 429);
    assert_eq!(browsers.sign_in_with("ada", None).await.status(), 429);
}

#[actix_web::test]
async fn the_store_holds_no_secret() {
    let browsers = Browsers::new().await;
    let session = browsers.sign_in("ada").await;
    let (id, secret) = parts(&session);
    browsers
        .owners
        .set("ada", secure_runtime::token::Grant::new("ada"));
    browsers.pass(std::time::Duration::from_secs(1));
    let renewed = browsers.get(&session, "/me").await;
    let renewed = renewed.session().expect("a new secret");
    let stored = browsers.store.list(SESSIONS, "ada").await.expect("a list");
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0].id, id);
    let text = String::from_utf8(stored[0].value.clone()).expect("a text");
    for secret in [secret, parts(&renewed).1] {
        assert!(!text.contains(&secret), "{text}");
    }
    let printed = format!("{session:?} {:?}", browsers.app.security().sessions());
    assert!(!printed.contains(&parts(&session).1), "{printed}");
}

#[actix_web::test]
async fn where_the_store_fails_there_is_no_session() {
    for operation in [Operation::PutIfAbsent, Operation::List, Operation::Get] {
        let browsers = Browsers::new().await;
        browsers.store.fails_to(&[operation]);
        let answer = browsers.sign_in_with("ada", None).await;
        assert_eq!(answer.status(), 503, "{operation:?}");
        assert_eq!(answer.session(), None, "{operation:?}");
        browsers.store.works();
        assert!(browsers.list("ada").await.is_empty(), "{operation:?}");
        // What was asked for in vain is asked for again.
        browsers.pass(std::time::Duration::from_secs(1));
        assert_eq!(browsers.sign_in_with("ada", None).await.status(), 200);
    }
}

/// Otherwise there would be two in one browser, and one of them nobody could end.
#[actix_web::test]
async fn where_the_session_before_cannot_be_ended_there_is_none() {
    let browsers = Browsers::new().await;
    let session = browsers.sign_in("ada").await;
    browsers.store.fails_to(&[Operation::Take]);
    let answer = browsers.sign_in_with("ada", Some(&session)).await;
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.session(), None);
    browsers.store.works();
    assert_eq!(browsers.list("ada").await.len(), 1);
    assert_eq!(browsers.status(&session).await, 200, "it goes on");
}

#[actix_web::test]
async fn the_list_says_where_a_session_comes_from() {
    let browsers = Browsers::new().await;
    let body = json!({"username": "ada", "password": "ada's password"});
    let request = browsers.app.post("/sign-in").from_address("2001:db8::7");
    let answer = request
        .header("sec-fetch-site", "same-origin")
        .header("user-agent", "Mozilla/5.0 (X11; Linux) \u{e4}<script>")
        .json(&body)
        .send()
        .await;
    let session = answer.session().expect("a session");
    let listed = browsers.get(&session, "/sessions").await.json();
    let expected = json!([{
        "id": parts(&session).0,
        "started_at": "2030-01-01T00:00:00Z",
        "last_used_at": "2030-01-01T00:00:00Z",
        "expires_at": "2030-01-01T00:30:00Z",
        "user_agent": "Mozilla/5.0 (X11; Linux) <script>",
        "address": "2001:db8::7",
    }]);
    assert_eq!(listed, expected);
}

/// Of more sessions than there may be, those end that were used longest ago.
#[actix_web::test]
async fn there_are_no_more_than_there_may_be() {
    let browsers = Browsers::with(SessionSettings::new().most(3)).await;
    let minute = std::time::Duration::from_secs(60);
    let mut sessions = Vec::new();
    for _ in 0..3 {
        sessions.push(browsers.sign_in("ada").await);
        browsers.pass(minute);
    }
    let other = browsers.sign_in("bob").await;
    // The oldest is used again, so that the second is the one that was used longest ago.
    assert_eq!(browsers.status(&sessions[0]).await, 200);
    browsers.pass(minute);
    sessions.push(browsers.sign_in("ada").await);
    let mut statuses = Vec::new();
    for session in &sessions {
        statuses.push(browsers.status(session).await);
    }
    assert_eq!(statuses, [200, 401, 200, 200]);
    assert_eq!(browsers.list("ada").await.len(), 3);
    assert_eq!(browsers.status(&other).await, 200);
}

#[actix_web::test]
async fn of_many_that_begin_at_once_as_many_are_left_as_there_may_be() {
    let browsers = Browsers::with(SessionSettings::new().most(3)).await;
    let sign_ins = (0..12).map(|_| browsers.app.session("ada"));
    let sessions = futures_util::future::join_all(sign_ins).await;
    let listed = browsers.list("ada").await.len();
    assert_eq!(listed, 3);
    let mut good = 0;
    for session in &sessions {
        good += usize::from(browsers.status(session).await == 200);
    }
    assert_eq!(good, listed);
}
