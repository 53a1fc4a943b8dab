//! `/me/password`, `/me/email`, `/auth/confirm-email`

use serde_json::json;

use crate::{Answer, PASSWORD, Server};

const NEW: &str = "umbrella tangerine lighthouse";

#[actix_rt::test]
async fn who_changes_the_password_stays_and_everybody_else_goes() {
    let server = Server::start();
    let here = server.join("ada@example.com").await;
    let elsewhere = server.tokens("ada@example.com").await;

    let wrong = change(&server, &here.access, "not her password", NEW).await;
    assert_eq!(wrong.pointers(), ["#/current_password"]);
    let weak = change(&server, &here.access, PASSWORD, "passwordpassword").await;
    assert!(weak.pointers().iter().all(|at| *at == "#/new_password"));
    assert_eq!(server.status_of(&elsewhere.access).await, 200);

    let answer = change(&server, &here.access, PASSWORD, NEW).await;
    assert_eq!(answer.status, 204, "{answer:?}");
    assert_eq!(server.status_of(&here.access).await, 200);
    assert_eq!(server.refresh(&here.refresh).await.status, 200);
    assert_eq!(server.status_of(&elsewhere.access).await, 401);
    assert_eq!(server.refresh(&elsewhere.refresh).await.status, 400);
    assert_eq!(server.login("ada@example.com", PASSWORD).await.status, 401);
    assert_eq!(server.login("ada@example.com", NEW).await.status, 200);
    server
        .mail_about("ada@example.com", "was changed just now")
        .await;
}

#[actix_rt::test]
async fn a_stolen_token_does_not_guess_the_password() {
    let server = Server::start();
    let token = server.sign_up("ada@example.com").await;
    let mut answers = Vec::new();
    for number in 0..6 {
        answers.push(change(&server, &token, &format!("guess {number}"), NEW).await);
    }
    let (guesses, paused) = answers.split_at(5);
    assert!(guesses.iter().all(|answer| answer.status == 422));
    assert_eq!(paused[0].status, 429, "{:?}", paused[0]);
    assert!(!paused[0].header("retry-after").is_empty());
    // Not even the right one, for now.
    assert_eq!(change(&server, &token, PASSWORD, NEW).await.status, 429);
}

#[actix_rt::test]
async fn nobody_changes_it_without_being_signed_in() {
    let server = Server::start();
    for path in ["/me/password", "/me/email"] {
        let answer = server.post(path).json(&json!({})).send().await;
        assert_eq!(answer.status, 401, "{path}");
    }
}

#[actix_rt::test]
async fn another_address_once_its_mail_was_read() {
    let server = Server::start();
    let token = server.sign_up("ada@example.com").await;
    let wrong = move_to(&server, &token, "ada@example.org", "not her password").await;
    assert_eq!(wrong.pointers(), ["#/current_password"]);
    let answer = move_to(&server, &token, "Ada@Example.org", PASSWORD).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    let mailed = server.mailed_tokens("ada@example.org", 1).await.remove(0);
    // Until then it is what it was.
    assert_eq!(server.login("ada@example.org", PASSWORD).await.status, 401);

    assert_eq!(confirm(&server, &mailed).await.status, 204);
    let me = server.get("/me").token(&token).send().await.json();
    assert_eq!(me["email"], "ada@example.org");
    assert_eq!(server.login("ada@example.org", PASSWORD).await.status, 200);
    assert_eq!(server.login("ada@example.com", PASSWORD).await.status, 401);
    assert_eq!(confirm(&server, &mailed).await.status, 400);
    server
        .mail_about("ada@example.com", "has another e-mail address")
        .await;
}

#[actix_rt::test]
async fn an_address_that_somebody_has_answers_alike() {
    let server = Server::start();
    let token = server.sign_up("ada@example.com").await;
    server.sign_up("eve@example.com").await;
    let taken = move_to(&server, &token, "eve@example.com", PASSWORD).await;
    let free = move_to(&server, &token, "ada@example.org", PASSWORD).await;
    assert_eq!((taken.status, &taken.text), (free.status, &free.text));
    // Its holder is told, and gets no link.
    server
        .mail_about("eve@example.com", "You have one already")
        .await;
    assert_eq!(confirm(&server, &"A".repeat(43)).await.status, 400);
}

async fn change(server: &Server, token: &str, current: &str, new: &str) -> Answer {
    let body = json!({ "current_password": current, "new_password": new });
    let call = server.post("/me/password").token(token);
    call.json(&body).send().await
}

async fn move_to(server: &Server, token: &str, email: &str, password: &str) -> Answer {
    let body = json!({ "email": email, "current_password": password });
    server
        .post("/me/email")
        .token(token)
        .json(&body)
        .send()
        .await
}

async fn confirm(server: &Server, token: &str) -> Answer {
    let body = json!({ "token": token });
    server.post("/auth/confirm-email").json(&body).send().await
}
