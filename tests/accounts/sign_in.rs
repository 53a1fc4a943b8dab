//! `/auth/login`

use std::time::{Duration, Instant};

use serde_json::json;

use crate::{Answer, PASSWORD, Server};

#[actix_rt::test]
async fn a_token_for_a_password() {
    let server = Server::start();
    server.sign_up("ada@example.com").await;
    let answer = server.login("ada@example.com", PASSWORD).await;
    let body = answer.json();
    assert_eq!(body["token_type"], "bearer");
    assert_eq!(body["expires_in"], 600);
    assert_eq!(
        body["scope"],
        "articles:read articles:write profile:read profile:write"
    );
    assert!(body["access_token"].is_string() && body["refresh_token"].is_string());
    assert_eq!(body.as_object().expect("an object").len(), 5);
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[actix_rt::test]
async fn whatever_is_wrong_the_answer_is_one() {
    let server = Server::start();
    server.sign_up("ada@example.com").await;
    let token = server.sign_up("eve@example.com").await;
    let admin = server.admin("admin@example.com").await;
    let eve = server.id_of(&token).await;
    assert_eq!(
        server
            .set(&admin, &eve, json!({ "disabled": true }))
            .await
            .status,
        200
    );

    let unknown = server.login("nobody@example.com", PASSWORD).await;
    let wrong = server.login("ada@example.com", "not her password").await;
    let disabled = server.login("eve@example.com", PASSWORD).await;
    let strange = server.login("' OR 1=1 --", PASSWORD).await;
    for answer in [&unknown, &wrong, &disabled, &strange] {
        assert_eq!(answer.status, 401);
        assert_eq!(answer.text, unknown.text);
        assert_eq!(steady_headers(answer), steady_headers(&unknown));
        assert!(
            answer
                .header("www-authenticate")
                .starts_with("Bearer realm=")
        );
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

/// As much work for an address that nobody has: a hash is always computed. The bound is loose, since
/// other tests run beside; without the hash the ratio is about a hundred.
#[actix_rt::test]
async fn an_unknown_address_takes_as_long_as_a_wrong_password() {
    let server = Server::start();
    server.sign_up("ada@example.com").await;
    let (mut unknown, mut wrong) = (Vec::new(), Vec::new());
    for _ in 0..4 {
        unknown.push(time(server.login("nobody@example.com", "not a password")).await);
        wrong.push(time(server.login("ada@example.com", "not her password")).await);
    }
    let (unknown, wrong) = (fastest(unknown), fastest(wrong));
    assert!(
        unknown < wrong * 3 && wrong < unknown * 3,
        "{unknown:?} and {wrong:?}"
    );
}

#[actix_rt::test]
async fn ten_a_minute() {
    let server = Server::start();
    for number in 0..10 {
        let email = format!("nobody-{number}@example.com");
        assert_eq!(server.login(&email, "x").await.status, 401);
    }
    let answer = server.login("ada@example.com", "x").await;
    assert_eq!(answer.status, 429);
    assert!(!answer.header("retry-after").is_empty());
}

#[actix_rt::test]
async fn bodies_that_are_wrong() {
    let server = Server::start();
    let login = |body| server.post("/auth/login").json(&body).send();
    assert_eq!(
        login(json!({ "email": "a@example.com" })).await.pointers(),
        ["#/password"]
    );
    let wrong = json!({ "email": "a@example.com", "password": ["x"] });
    let answer = login(wrong).await;
    assert_eq!(answer.pointers(), ["#/password"]);
    let secret = "p".repeat(1025);
    let answer = login(json!({ "email": "a@example.com", "password": secret })).await;
    assert_eq!(answer.pointers(), ["#/password"]);
    assert!(!answer.text.contains("ppp"));
    let answer = login(json!({ "email": "a@b.de", "password": "x", "remember": true })).await;
    assert_eq!(answer.pointers(), ["#/remember"]);
    let answer = server
        .post("/auth/login")
        .form("email=a&password=b")
        .send()
        .await;
    assert_eq!(answer.status, 415);
}

/// But those that differ from one request to the next, whatever it is.
fn steady_headers(answer: &Answer) -> Vec<(String, String)> {
    let changing = ["date", "x-request-id", "ratelimit"];
    let mut headers: Vec<_> = answer
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().expect("ASCII").to_owned()))
        .filter(|(name, _)| !changing.contains(&name.as_str()))
        .collect();
    headers.sort();
    headers
}

async fn time(login: impl Future<Output = Answer>) -> Duration {
    let start = Instant::now();
    assert_eq!(login.await.status, 401);
    start.elapsed()
}

fn fastest(times: Vec<Duration>) -> Duration {
    times.into_iter().min().expect("a time")
}

/// A hash of another tool with less work verifies once, and then there is one of ours.
#[actix_rt::test]
async fn a_hash_that_is_out_of_date_is_renewed() {
    const OLD: &str = "$argon2id$v=19$m=64,t=1,p=1$c2l4dGVlbiBieXRlIHNsdA$Z+98165R4iHvsG27Rlx3gyzFZgg8++N/obLS6oueJwQ";
    let server = Server::start();
    server.sign_up("ada@example.com").await;
    let pool = server.database().await;
    let stored = async || -> String {
        let hash = sqlx::query_scalar("SELECT password_hash FROM accounts");
        hash.fetch_one(&pool).await.expect("one account")
    };
    let changed = sqlx::query("UPDATE accounts SET password_hash = ?").bind(OLD);
    changed.execute(&pool).await.expect("changed");

    let wrong = server.login("ada@example.com", "not her password").await;
    assert_eq!(wrong.status, 401);
    assert_eq!(stored().await, OLD);
    for _ in 0..2 {
        let answer = server.login("ada@example.com", PASSWORD).await;
        assert_eq!(answer.status, 200);
        let renewed = stored().await;
        assert!(renewed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    }
}
