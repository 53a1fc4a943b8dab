//! `/me`

use serde_json::json;

use crate::{PASSWORD, Server};

#[actix_rt::test]
async fn ones_own_account() {
    let server = Server::start();
    let token = server.sign_up("ada@example.com").await;
    let answer = server.get("/me").token(&token).send().await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let me = answer.json();
    let mut names: Vec<_> = me.as_object().expect("an object").keys().collect();
    names.sort();
    assert_eq!(names, ["created_at", "email", "id", "role", "username"]);
    assert_eq!(me["email"], "ada@example.com");
    assert_eq!(me["role"], "user");

    let body = json!({ "username": "Countess" });
    let answer = server.patch("/me").token(&token).json(&body).send().await;
    assert_eq!(answer.json()["username"], "Countess");
    assert_eq!(
        server.get("/me").token(&token).send().await.json()["username"],
        "Countess"
    );
}

#[actix_rt::test]
async fn nobody_raises_himself() {
    let server = Server::start();
    let token = server.sign_up("ada@example.com").await;
    for (field, value) in [("role", "admin"), ("email", "x@example.com"), ("id", "1")] {
        let body = json!({ "username": "Ada", field: value });
        let answer = server.patch("/me").token(&token).json(&body).send().await;
        assert_eq!(answer.pointers(), [format!("#/{field}")]);
    }
    let answer = server
        .patch("/me")
        .token(&token)
        .json(&json!({}))
        .send()
        .await;
    assert_eq!(answer.pointers(), ["#/username"]);
    let body = json!({ "username": "a".repeat(51) });
    let answer = server.patch("/me").token(&token).json(&body).send().await;
    assert_eq!(answer.pointers(), ["#/username"]);
}

#[actix_rt::test]
async fn without_a_credential_or_with_a_bad_one() {
    let server = Server::start();
    let token = server.sign_up("ada@example.com").await;
    let answer = server.get("/me").send().await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"api\"");
    let mut forged = token.clone();
    forged.replace_range(..1, "f");
    for bad in ["x", &forged, &format!("{token}x")] {
        let answer = server.get("/me").token(bad).send().await;
        assert_eq!(answer.status, 401);
        assert!(
            answer
                .header("www-authenticate")
                .ends_with("error=\"invalid_token\"")
        );
    }
    // The refusal comes before the body is looked at.
    assert_eq!(
        server
            .patch("/me")
            .body("text/plain", "{")
            .send()
            .await
            .status,
        401
    );
}

#[actix_rt::test]
async fn who_deletes_the_account_is_signed_out_and_everything_is_gone() {
    let server = Server::start();
    let token = server.sign_up("ada@example.com").await;
    let article = server.write(&token, "Notes", false).await;
    let first = server.id_of(&token).await;
    assert_eq!(server.delete("/me").token(&token).send().await.status, 204);

    // The token lives on; its account does not, and that is 401, never 404.
    for call in [
        server.get("/me"),
        server.delete("/me"),
        server.get("/articles"),
    ] {
        assert_eq!(call.token(&token).send().await.status, 401);
    }
    assert_eq!(
        server
            .get(&format!("/articles/{article}"))
            .send()
            .await
            .status,
        404
    );
    assert_eq!(server.login("ada@example.com", PASSWORD).await.status, 401);

    // The address is free again, for somebody else.
    server.register("ada@example.com").await;
    let tokens = server.mailed_tokens("ada@example.com", 2).await;
    for mailed in tokens {
        server.verify(&mailed, PASSWORD).await;
    }
    let second = server.sign_in("ada@example.com").await;
    assert_ne!(server.id_of(&second).await, first);
    assert_eq!(server.get("/me").token(&token).send().await.status, 401);
}
