//! `/auth/register`, `/auth/verify-email`

use futures_util::future::join;
use serde_json::{Value, json};

use crate::{Answer, PASSWORD, Server};

#[actix_rt::test]
async fn by_mail_into_an_account() {
    let server = Server::start();
    let answer = server.register("Ada@Example.com").await;
    assert!(answer.json()["message"].is_string());

    // There is no account yet, whatever the password.
    assert_eq!(server.login("ada@example.com", PASSWORD).await.status, 401);
    let token = server.mailed_tokens("ada@example.com", 1).await.remove(0);

    let short = server.verify(&token, "14 characters!").await;
    assert_eq!(short.pointers(), ["#/password"]);
    let long = server.verify(&token, &"a".repeat(1025)).await;
    assert_eq!(long.pointers(), ["#/password"]);
    // Long enough, and still no password: common, guessable, or what everybody knows.
    for weak in [
        "passwordpassword",
        "aaaaaaaaaaaaaaaaaaaa",
        "accounts-accounts-1",
    ] {
        let refused = server.verify(&token, weak).await;
        assert_eq!(refused.status, 422, "{weak}");
        assert!(refused.pointers().iter().all(|at| *at == "#/password"));
        assert!(!refused.text.contains(weak), "{}", refused.text);
    }
    let longest = format!("tangerine lighthouse {}", "ä".repeat(501));
    assert_eq!(longest.len(), 1023);
    assert_eq!(server.verify(&token, &longest).await.status, 204);

    assert_bad_token(&server.verify(&token, PASSWORD).await);
    assert_eq!(server.login("ada@example.com", PASSWORD).await.status, 401);
    assert_eq!(server.login("ADA@example.com", &longest).await.status, 200);
}

#[actix_rt::test]
async fn a_known_address_answers_like_a_new_one() {
    let server = Server::start();
    server.sign_up("ada@example.com").await;
    let new = server.register("eve@example.com").await;
    let known = server.register("ada@example.com").await;
    assert_eq!(new.text, known.text);
    let names = |answer: &Answer| {
        let mut names: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
        names.sort();
        names
    };
    assert_eq!(names(&new), names(&known));

    // The mail says it, to the one who may know.
    let mails = server.mails("ada@example.com", 2).await;
    let notices = mails
        .iter()
        .filter(|mail| mail.contains("You have one already"));
    assert_eq!(notices.count(), 1);
    assert_eq!(server.mailed_tokens("ada@example.com", 2).await.len(), 1);
}

#[actix_rt::test]
async fn two_who_want_one_address_at_once() {
    let server = Server::start();
    let (first, second) = join(
        server.register("ada@example.com"),
        server.register("ada@example.com"),
    )
    .await;
    assert_eq!(first.text, second.text);
    let tokens = server.mailed_tokens("ada@example.com", 2).await;
    assert_ne!(tokens[0], tokens[1]);

    let passwords = ["the password of the first", "the password of the second"];
    let (first, second) = join(
        server.verify(&tokens[0], passwords[0]),
        server.verify(&tokens[1], passwords[1]),
    )
    .await;
    let winner = usize::from(first.status != 204);
    let loser = if winner == 0 { &second } else { &first };
    assert_eq!([&first, &second][winner].status, 204);
    assert_bad_token(loser);
    assert_eq!(
        server
            .login("ada@example.com", passwords[winner])
            .await
            .status,
        200
    );
    assert_eq!(
        server
            .login("ada@example.com", passwords[1 - winner])
            .await
            .status,
        401
    );
}

#[actix_rt::test]
async fn a_mailbox_is_not_flooded() {
    let mut server = Server::start();
    for _ in 0..5 {
        server.register("ada@example.com").await;
    }
    server.mails("ada@example.com", 5).await;
    server.terminate();
    assert!(server.wait());

    // The limit by address starts again with the process; what was mailed is in the database.
    let server = Server::start_in(&server.folder.clone());
    server.register("ada@example.com").await;
    server.register("eve@example.com").await;
    server.mails("eve@example.com", 1).await;
    assert_eq!(server.mails("ada@example.com", 5).await.len(), 5);
}

#[actix_rt::test]
async fn bad_tokens_are_alike() {
    let server = Server::start();
    let mut texts: Vec<Value> = Vec::new();
    for token in ["", "x", &"A".repeat(43), "' OR 1=1 --"] {
        let answer = server.verify(token, PASSWORD).await;
        assert_bad_token(&answer);
        texts.push(answer.json());
    }
    texts.dedup();
    assert_eq!(texts.len(), 1);
}

#[actix_rt::test]
async fn bodies_that_are_wrong() {
    // Five a minute: each server has counters of its own.
    let server = Server::start();
    let register = |server: &Server, body: Value| server.post("/auth/register").json(&body).send();
    let missing = register(&server, json!({ "email": "ada@example.com" })).await;
    assert_eq!(missing.pointers(), ["#/username"]);
    let unknown = json!({ "email": "a@example.com", "username": "A", "role": "admin" });
    assert_eq!(register(&server, unknown).await.pointers(), ["#/role"]);
    let kinds = json!({ "email": 1, "username": "A" });
    assert_eq!(register(&server, kinds).await.pointers(), ["#/email"]);
    let rules = json!({ "email": "no address", "username": "" });
    assert_eq!(
        register(&server, rules).await.pointers(),
        ["#/email", "#/username"]
    );
    let control = json!({ "email": "a@example.com", "username": "A\r\nBcc: b@example.com" });
    assert_eq!(register(&server, control).await.pointers(), ["#/username"]);

    let sixth = register(&server, json!({})).await;
    assert_eq!(sixth.status, 429);
    assert!(
        sixth
            .header("retry-after")
            .parse::<u64>()
            .is_ok_and(|wait| wait <= 60)
    );
    assert_eq!(sixth.header("content-type"), "application/problem+json");
}

#[actix_rt::test]
async fn bodies_that_are_none() {
    let server = Server::start();
    let path = "/auth/register";
    let broken = server.post(path).body("application/json", "{").send().await;
    assert_eq!(broken.status, 400);
    let text = server.post(path).body("text/plain", "{}").send().await;
    assert_eq!(text.status, 415);
    assert_eq!(server.post(path).send().await.status, 400);
    let huge = format!("\"{}\"", "a".repeat(300 * 1024));
    let huge = server
        .post(path)
        .body("application/json", &huge)
        .send()
        .await;
    assert_eq!(huge.status, 413);
}

fn assert_bad_token(answer: &Answer) {
    assert_eq!(answer.status, 400, "{answer:?}");
    let detail = answer.json()["detail"].clone();
    assert!(
        detail
            .as_str()
            .is_some_and(|text| text.starts_with("This link")),
        "{answer:?}"
    );
}
