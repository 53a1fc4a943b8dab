//! Which cookie counts (G1), and beside what.

use std::time::Duration;

use secure_runtime::{
    Profile,
    session::SessionSettings,
    store::{Entry, Space, Store as _},
    test::{TestApp, TestClock, TestResponse, TestSession},
    token::Grant,
};
use serde_json::json;

use crate::support::{Browsers, CHALLENGE, Operation, Owners, SharedStore, all};

const REMOVED: &str = "__Host-session=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax";

fn value(session: &TestSession) -> &str {
    session.cookie().split_once('=').expect("a pair").1
}

async fn who(app: &TestApp, cookie: &str) -> TestResponse {
    let request = app.get("/who").header("cookie", cookie);
    request.send().await
}

#[actix_web::test]
async fn a_cookie_that_is_none_of_ours_is_nobodys() {
    let browsers = Browsers::new().await;
    let session = browsers.sign_in("ada").await;
    let good = value(&session);
    let (id, secret) = good.split_once('.').expect("two parts");
    let other = browsers.sign_in("bob").await;
    let (other_id, other_secret) = value(&other).split_once('.').expect("two parts");
    let last = good.len() - 1;
    for bad in [
        String::new(),
        ".".to_owned(),
        "x".to_owned(),
        id.to_owned(),
        format!("{id}."),
        format!(".{secret}"),
        format!("{id}{secret}"),
        format!("{secret}.{id}"),
        format!("{id}.{other_secret}"),
        format!("{other_id}.{secret}"),
        format!("{good}A"),
        format!("{good}="),
        good[..last].to_owned(),
        format!("\"{good}\""),
        good.to_lowercase(),
        good.replace('.', "%2E"),
        format!("{}.{}", "A".repeat(22), "A".repeat(43)),
        format!("{}.{}", "../../../../../etc/pass", "A".repeat(42)),
        "A".repeat(5000),
        "eyJhbGciOiJub25lIn0.e30.".to_owned(),
    ] {
        let cookie = format!("__Host-session={bad}");
        let answer = who(&browsers.app, &cookie).await;
        assert_eq!(
            (answer.status(), answer.text().as_str()),
            (200, "nobody"),
            "{bad}"
        );
        assert_eq!(all(&answer, "set-cookie"), [REMOVED], "{bad}");
        let answer = browsers.app.get("/me").header("cookie", &cookie);
        let answer = answer.send().await;
        assert_eq!(answer.status(), 401, "{bad}");
        assert_eq!(all(&answer, "www-authenticate"), [CHALLENGE], "{bad}");
        assert_eq!(all(&answer, "set-cookie"), [REMOVED], "{bad}");
        assert_eq!(answer.header("clear-site-data"), None, "{bad}");
    }
    assert_eq!(browsers.status(&session).await, 200);
}

#[actix_web::test]
async fn bytes_that_are_no_text_are_nobodys_too() {
    let browsers = Browsers::new().await;
    let session = browsers.sign_in("ada").await;
    let cookie = format!("a=\u{fc}; =; ;; b; {}; c=\u{1f36a}", session.cookie());
    assert_eq!(who(&browsers.app, &cookie).await.text(), "ada");
}

/// Which of two counts, nobody can say: a cookie from elsewhere must not stand in for one of ours.
#[actix_web::test]
async fn of_two_sessions_in_one_request_none_counts() {
    let browsers = Browsers::new().await;
    let (ada, bob) = (browsers.sign_in("ada").await, browsers.sign_in("bob").await);
    let (ada, bob) = (ada.cookie(), bob.cookie());
    for cookies in [
        format!("{ada}; {bob}"),
        format!("{bob}; {ada}"),
        format!("__Host-session=x; {ada}"),
        format!("{ada}; __Host-session="),
    ] {
        let answer = who(&browsers.app, &cookies).await;
        assert_eq!(answer.text(), "nobody", "{cookies}");
        assert_eq!(all(&answer, "set-cookie"), [REMOVED], "{cookies}");
    }
    let in_two_lines = browsers.app.get("/who").header("cookie", ada);
    let answer = in_two_lines.header("cookie", bob).send().await;
    assert_eq!(answer.text(), "nobody");
    let twice = who(&browsers.app, &format!("{ada}; x=y; {ada}")).await;
    assert_eq!(twice.text(), "ada", "the same twice is one");
}

#[actix_web::test]
async fn beside_another_credential_the_cookie_is_not_looked_at() {
    let browsers = Browsers::new().await;
    let session = browsers.sign_in("ada").await;
    let token = browsers.app.token(&Grant::new("bob"));
    browsers.store.asked();
    for (name, sent, expected) in [
        ("authorization", "Bearer rubbish", 401),
        ("authorization", "Bearer ", 401),
        ("authorization", "Basic YWRhOmFkYQ==", 401),
        ("authorization", "", 401),
        ("x-api-key", "rubbish", 401),
    ] {
        for path in ["/me", "/who"] {
            let request = browsers.app.get(path).with_session(&session);
            let answer = request.header(name, sent).send().await;
            assert_eq!(answer.status(), expected, "{name}: {sent} {path}");
            assert_eq!(all(&answer, "set-cookie"), [""; 0], "{name}: {sent}");
        }
    }
    assert!(
        !browsers
            .store
            .asked()
            .iter()
            .any(|(asked, _)| *asked == Operation::List)
    );
    let request = browsers.app.get("/me").with_session(&session);
    let bearer = format!("Bearer {token}");
    let answer = request.header("authorization", &bearer).send().await;
    assert_eq!(answer.text(), "bob by bearer");
}

#[actix_web::test]
async fn a_route_takes_what_it_names() {
    let browsers = Browsers::new().await;
    let session = browsers.sign_in("ada").await;
    assert_eq!(browsers.get(&session, "/by-session").await.text(), "ada");
    for path in ["/by-token", "/by-key"] {
        let answer = browsers.get(&session, path).await;
        assert_eq!(answer.status(), 401, "{path}");
        assert_eq!(all(&answer, "set-cookie"), [""; 0], "it is good elsewhere");
    }
    let by_token = browsers.app.get("/by-session").as_user("ada").send().await;
    assert_eq!(by_token.status(), 401);
    let by_token = browsers.app.get("/me").as_user("ada").send().await;
    assert_eq!(by_token.text(), "ada by bearer");
}

#[actix_web::test]
async fn who_asks_for_nobody_looks_at_no_cookie() {
    let browsers = Browsers::new().await;
    browsers.store.fails();
    let request = browsers.app.get("/everyone");
    let cookie = format!("__Host-session={}.{}", "A".repeat(22), "A".repeat(43));
    let answer = request.header("cookie", &cookie).send().await;
    assert_eq!(answer.text(), "everyone");
    assert_eq!(all(&answer, "set-cookie"), [""; 0]);
}

#[actix_web::test]
async fn roles_and_scopes_are_those_of_the_account() {
    let browsers = Browsers::new().await;
    let (ada, bob) = (browsers.sign_in("ada").await, browsers.sign_in("bob").await);
    assert_eq!(browsers.get(&ada, "/notes").await.status(), 200);
    assert_eq!(browsers.get(&bob, "/notes").await.status(), 403);
    assert_eq!(browsers.get(&ada, "/admin").await.status(), 403);
}

/// In development over plain HTTP, where browsers drop what is for HTTPS alone.
#[actix_web::test]
async fn in_development_the_cookie_has_a_plain_name() {
    let clock = TestClock::default();
    let (store, owners) = (SharedStore::new(&clock), Owners::with_ada());
    let settings = SessionSettings::new();
    let browsers = Browsers::on(&clock, &store, &owners, settings, |settings| {
        settings.profile(Profile::Development)
    });
    let browsers = browsers.await;
    let answer = browsers.sign_in_with("ada", None).await;
    let session = answer.session().expect("a session");
    let expected = format!("{}; Path=/; HttpOnly; SameSite=Lax", session.cookie());
    assert!(session.cookie().starts_with("session="));
    assert!(all(&answer, "set-cookie").contains(&expected));
    assert_eq!(browsers.status(&session).await, 200);
    let other_name = format!("__Host-session={}", value(&session));
    let answer = who(&browsers.app, &other_name).await;
    assert_eq!(answer.text(), "nobody");
    assert_eq!(all(&answer, "set-cookie"), [""; 0]);
    let in_one_line = browsers.app.get("/me").in_session_of("ada").send().await;
    assert_eq!(in_one_line.status(), 200);
    let answer = browsers.post(&session, "/logout").await;
    let removed = "session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax";
    assert_eq!(all(&answer, "set-cookie"), [removed]);
}

#[actix_web::test]
async fn a_name_of_the_apps_own() {
    let cookie =
        secure_runtime::cookie!("__Secure-app; Path=/app; Secure; HttpOnly; SameSite=Strict");
    let browsers = Browsers::with(SessionSettings::new().cookie(cookie)).await;
    let answer = browsers.sign_in_with("ada", None).await;
    let session = answer.session().expect("a session");
    let expected = format!(
        "{}; Path=/app; Secure; HttpOnly; SameSite=Strict",
        session.cookie()
    );
    assert!(session.cookie().starts_with("__Secure-app="));
    assert!(all(&answer, "set-cookie").contains(&expected));
    assert_eq!(browsers.status(&session).await, 200);
    let usual = format!("__Host-session={}", value(&session));
    assert_eq!(who(&browsers.app, &usual).await.text(), "nobody");
    let removed = "__Secure-app=; Path=/app; Max-Age=0; Secure; HttpOnly; SameSite=Strict";
    let answer = who(&browsers.app, "__Secure-app=x").await;
    assert_eq!(all(&answer, "set-cookie"), [removed]);
}

/// However many cookies somebody plants from a neighbouring host, the real one is still among those that
/// are compared.
#[actix_web::test]
async fn copies_of_one_that_was_planted_do_not_hide_the_real_one() {
    let browsers = Browsers::new().await;
    let (planted, real) = (browsers.sign_in("bob").await, browsers.sign_in("ada").await);
    let copies = [planted.cookie(); 8].join("; ");
    let answer = who(&browsers.app, &format!("{copies}; {}", real.cookie())).await;
    assert_eq!(answer.text(), "nobody");
}

/// In development a proxy may speak HTTPS: what is removed is called as what was set.
#[actix_web::test]
async fn behind_a_proxy_in_development_the_same_cookie_is_removed() {
    let clock = TestClock::default();
    let (store, owners) = (SharedStore::new(&clock), Owners::with_ada());
    let browsers = Browsers::on(
        &clock,
        &store,
        &owners,
        SessionSettings::new(),
        |settings| {
            let settings = settings.profile(Profile::Development);
            settings.trusted_proxies(["10.0.0.0/8"])
        },
    );
    let browsers = browsers.await;
    let by_proxy = |path: &str, session: &TestSession| {
        let request = browsers.app.post(path).with_session(session);
        let request = request.from_address("10.0.0.1");
        request.header("x-forwarded-proto", "https")
    };
    let session = browsers.sign_in("ada").await;
    let body = json!({"username": "ada", "password": "ada's password"});
    let again = by_proxy("/sign-in", &session).json(&body).send().await;
    assert_eq!(again.header("clear-site-data"), None, "it is set anew");
    assert!(
        all(&again, "set-cookie")
            .iter()
            .all(|cookie| !cookie.contains("Max-Age=0"))
    );
    let session = again.session().expect("a session");
    assert!(session.cookie().starts_with("session="));
    let answer = by_proxy("/logout", &session).send().await;
    let removed = "session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax";
    assert_eq!(all(&answer, "set-cookie"), [removed]);
}

/// Otherwise its holder could neither sign in nor out, and would be answered 503 until it expires.
#[actix_web::test]
async fn a_record_that_cannot_be_read_is_nobodys() {
    let browsers = Browsers::new().await;
    let session = browsers.sign_in("ada").await;
    let id = value(&session).split_once('.').expect("two parts").0;
    let readable = r#"{"subject":"ada","secret":"x","roles":[],"scopes":[],"signed_in_at":0,"started_at":0,"last_used_at":0}"#;
    for record in ["", "{}", readable] {
        let entry = Entry {
            value: record.as_bytes(),
            owner: Some("ada"),
            lifetime: Duration::from_secs(60),
        };
        let put = browsers.store.put(Space::new("session").key(id), entry);
        put.await.expect("it is put");
        browsers.pass(Duration::from_secs(1));
        assert_eq!(browsers.status(&session).await, 401, "{record}");
        let answer = browsers.post(&session, "/logout").await;
        assert_eq!(answer.status(), 303, "{record}");
        let again = browsers.sign_in_with("ada", Some(&session)).await;
        assert_eq!(again.status(), 200, "{record}");
    }
}
