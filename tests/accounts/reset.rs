//! `/auth/forgot-password`, `/auth/reset-password`

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{Answer, PASSWORD, Server};

const NEW: &str = "umbrella tangerine lighthouse";

#[actix_rt::test]
async fn by_mail_to_a_new_password() {
    let server = Server::start();
    let tokens = server.join("ada@example.com").await;
    let answer = forgot(&server, "Ada@Example.com").await;
    assert!(answer.json()["message"].is_string());
    let token = reset_token(&server, "ada@example.com").await;

    // What the policy refuses costs no token.
    let short = reset(&server, &token, "14 characters!").await;
    assert_eq!(short.pointers(), ["#/new_password"]);
    let answer = reset(&server, &token, NEW).await;
    assert_eq!(answer.status, 204);
    // Nobody is signed in by it, and whoever was no longer is.
    assert!(answer.text.is_empty() && answer.headers.get("set-cookie").is_none());
    assert_eq!(server.status_of(&tokens.access).await, 401);
    assert_eq!(server.refresh(&tokens.refresh).await.status, 400);

    assert_eq!(server.login("ada@example.com", PASSWORD).await.status, 401);
    assert_eq!(server.login("ada@example.com", NEW).await.status, 200);
    assert_bad_token(&reset(&server, &token, PASSWORD).await);
    server
        .mail_about("ada@example.com", "was changed just now")
        .await;
}

#[actix_rt::test]
async fn an_unknown_address_answers_alike_and_gets_no_mail() {
    let server = Server::start();
    server.sign_up("ada@example.com").await;
    let known = forgot(&server, "ada@example.com").await;
    let unknown = forgot(&server, "nobody@example.com").await;
    let strange = forgot(&server, "' OR 1=1 --").await;
    assert_eq!(known.text, unknown.text);
    assert_eq!(known.text, strange.text);
    let names = |answer: &Answer| {
        let mut names: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
        names.sort();
        names
    };
    assert_eq!(names(&known), names(&unknown));
    // The one that was asked for later is written: so the other one never is.
    forgot(&server, "ada@example.com").await;
    while server.reset_tokens("ada@example.com").await.len() < 2 {}
    assert!(server.reset_tokens("nobody@example.com").await.is_empty());
}

#[actix_rt::test]
async fn a_link_ends_with_any_change_of_the_password() {
    let server = Server::start();
    let tokens = server.join("ada@example.com").await;
    forgot(&server, "ada@example.com").await;
    forgot(&server, "ada@example.com").await;
    let mut mailed = Vec::new();
    while mailed.len() < 2 {
        mailed = server.reset_tokens("ada@example.com").await;
    }
    assert_eq!(reset(&server, &mailed[0], NEW).await.status, 204);
    assert_bad_token(&reset(&server, &mailed[1], PASSWORD).await);
    assert_eq!(server.status_of(&tokens.access).await, 401);
}

#[actix_rt::test]
async fn of_many_at_once_one_succeeds() {
    let server = Server::start();
    server.sign_up("ada@example.com").await;
    forgot(&server, "ada@example.com").await;
    let token = reset_token(&server, "ada@example.com").await;
    let passwords: Vec<_> = (0..8).map(|number| format!("{NEW} {number}")).collect();
    let answers = join_all(
        passwords
            .iter()
            .map(|password| reset(&server, &token, password)),
    )
    .await;
    let won: Vec<_> = (0..8).filter(|at| answers[*at].status == 204).collect();
    assert_eq!(won.len(), 1, "{answers:?}");
    for answer in answers.iter().filter(|answer| answer.status != 204) {
        assert_bad_token(answer);
    }
    let password = &passwords[won[0]];
    assert_eq!(server.login("ada@example.com", password).await.status, 200);
}

#[actix_rt::test]
async fn bad_tokens_are_alike() {
    let server = Server::start();
    server.register("eve@example.com").await;
    // A token for something else is none.
    let other = server.mailed_tokens("eve@example.com", 1).await.remove(0);
    let mut texts: Vec<Value> = Vec::new();
    for token in ["", "x", &"A".repeat(43), "' OR 1=1 --", &other] {
        let answer = reset(&server, token, NEW).await;
        assert_bad_token(&answer);
        texts.push(answer.json());
    }
    texts.dedup();
    assert_eq!(texts.len(), 1);
    assert_eq!(server.verify(&other, PASSWORD).await.status, 204);
}

#[actix_rt::test]
async fn a_disabled_account_gets_no_link() {
    let server = Server::start();
    let eve = server.sign_up("eve@example.com").await;
    let admin = server.admin("admin@example.com").await;
    let id = server.id_of(&eve).await;
    forgot(&server, "eve@example.com").await;
    let token = reset_token(&server, "eve@example.com").await;
    let disabled = json!({ "disabled": true });
    assert_eq!(server.set(&admin, &id, disabled).await.status, 200);
    assert_bad_token(&reset(&server, &token, NEW).await);
}

async fn forgot(server: &Server, email: &str) -> Answer {
    let body = json!({ "email": email });
    let answer = server
        .post("/auth/forgot-password")
        .json(&body)
        .send()
        .await;
    assert_eq!(answer.status, 202, "{answer:?}");
    answer
}

async fn reset(server: &Server, token: &str, password: &str) -> Answer {
    let body = json!({ "token": token, "new_password": password });
    server.post("/auth/reset-password").json(&body).send().await
}

async fn reset_token(server: &Server, email: &str) -> String {
    server.mail_about(email, "/reset?token=").await;
    server.reset_tokens(email).await.remove(0)
}

fn assert_bad_token(answer: &Answer) {
    assert_eq!(answer.status, 400, "{answer:?}");
    assert!(answer.json()["detail"].is_string(), "{answer:?}");
}
