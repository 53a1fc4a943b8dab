//! `/me/api-keys`, and what a key opens.

use serde_json::{Value, json};

use crate::{Answer, Server};

#[actix_rt::test]
async fn a_key_writes_articles_and_nothing_else() {
    let server = Server::start();
    let token = server.sign_up("ada@example.com").await;
    let made = make(&server, &token, &request()).await;
    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!(made.header("cache-control"), "no-store");
    let key = text(&made, "key");
    assert!(key.starts_with("acct_"), "{key}");

    let article = json!({ "title": "Notes", "body_html": "Text." });
    let written = with_key(&server, "POST", "/articles", &key).json(&article);
    let written = written.send().await;
    assert_eq!(written.status, 201, "{written:?}");
    let id = text(&written, "id");
    assert_eq!(written.json()["author"], server.id_of(&token).await);
    // The key says itself that it is one.
    let path = format!("/articles/{id}");
    assert_eq!(server.delete(&path).token(&key).send().await.status, 204);

    for (method, path) in [
        ("GET", "/me"),
        ("DELETE", "/me"),
        ("GET", "/me/sessions"),
        ("GET", "/me/api-keys"),
        ("POST", "/me/api-keys"),
        ("POST", "/me/password"),
        ("POST", "/auth/logout"),
        ("GET", "/admin/users"),
        ("GET", "/articles"),
    ] {
        let answer = with_key(&server, method, path, &key).send().await;
        assert_eq!(answer.status, 401, "{method} {path}");
    }
}

#[actix_rt::test]
async fn it_is_shown_once_and_its_owner_sees_the_rest() {
    let server = Server::start();
    let token = server.sign_up("ada@example.com").await;
    let made = make(&server, &token, &request()).await;
    let key = text(&made, "key");
    let listed = list(&server, &token).await;
    assert!(!listed.text.contains(&key), "{}", listed.text);
    let item = listed.json()["items"][0].clone();
    assert_eq!(item["id"], made.json()["id"]);
    assert_eq!(item["name"], "ci");
    assert_eq!(item["scopes"], json!(["articles:write"]));
    assert_eq!(item["allowed_addresses"], json!(["127.0.0.0/8"]));
    assert_eq!(item["last_used_at"], Value::Null);
    // Somebody else sees none of it, and can do nothing to it.
    let eve = server.sign_up("eve@example.com").await;
    assert_eq!(list(&server, &eve).await.json()["items"], json!([]));
    let path = format!("/me/api-keys/{}", text(&made, "id"));
    assert_eq!(server.delete(&path).token(&eve).send().await.status, 404);
    let rotate = server.post(&format!("{path}/rotate")).token(&eve);
    assert_eq!(rotate.send().await.status, 404);
}

#[actix_rt::test]
async fn rotated_and_revoked() {
    let server = Server::start();
    let token = server.sign_up("ada@example.com").await;
    let made = make(&server, &token, &request()).await;
    let (id, old) = (text(&made, "id"), text(&made, "key"));
    let path = format!("/me/api-keys/{id}");
    let rotated = server.post(&format!("{path}/rotate")).token(&token);
    let rotated = rotated.send().await;
    assert_eq!(rotated.status, 200, "{rotated:?}");
    let new = text(&rotated, "key");
    assert_eq!(text(&rotated, "id"), id);
    // The old one works beside the new one for a day.
    for key in [&old, &new] {
        assert_eq!(write(&server, key).await.status, 201);
    }
    assert_eq!(server.delete(&path).token(&token).send().await.status, 204);
    for key in [&old, &new] {
        assert_eq!(write(&server, key).await.status, 401);
    }
    assert_eq!(server.delete(&path).token(&token).send().await.status, 404);
}

#[actix_rt::test]
async fn what_no_key_may_be() {
    let server = Server::start();
    let token = server.sign_up("ada@example.com").await;
    let with = |name: &str, value: Value| {
        let mut body = request();
        body[name] = value;
        body
    };
    for (body, pointer) in [
        (with("name", json!("")), "#/name"),
        (with("scopes", json!([])), "#/scopes"),
        (with("scopes", json!(["articles:eat"])), "#/scopes/0"),
        // More than the owner may do.
        (with("scopes", json!(["admin:users"])), "#/scopes"),
        (with("expires_in_days", json!(0)), "#/expires_in_days"),
        (
            with("allowed_addresses", json!(["here"])),
            "#/allowed_addresses/0",
        ),
        (with("subject", json!("eve")), "#/subject"),
    ] {
        let answer = make(&server, &token, &body).await;
        assert_eq!(answer.pointers(), [pointer], "{body}");
    }
    assert_eq!(list(&server, &token).await.json()["items"], json!([]));
}

#[actix_rt::test]
async fn it_ends_with_its_owner_and_from_elsewhere_it_is_none() {
    let server = Server::start();
    let token = server.sign_up("eve@example.com").await;
    let admin = server.admin("admin@example.com").await;
    let key = text(&make(&server, &token, &request()).await, "key");
    let mut elsewhere = request();
    elsewhere["allowed_addresses"] = json!(["192.0.2.0/24"]);
    let other = text(&make(&server, &token, &elsewhere).await, "key");
    assert_eq!(write(&server, &key).await.status, 201);
    let refused = write(&server, &other).await;
    assert_eq!(refused.status, 401);
    assert!(refused.header("www-authenticate").contains("invalid_token"));

    let id = server.id_of(&token).await;
    let disabled = json!({ "disabled": true });
    assert_eq!(server.set(&admin, &id, disabled).await.status, 200);
    assert_eq!(write(&server, &key).await.status, 401);
}

fn request() -> Value {
    json!({
        "name": "ci",
        "scopes": ["articles:write"],
        "expires_in_days": 30,
        "allowed_addresses": ["127.0.0.0/8"],
    })
}

async fn make(server: &Server, token: &str, body: &Value) -> Answer {
    server
        .post("/me/api-keys")
        .token(token)
        .json(body)
        .send()
        .await
}

async fn list(server: &Server, token: &str) -> Answer {
    let answer = server.get("/me/api-keys").token(token).send().await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer
}

async fn write(server: &Server, key: &str) -> Answer {
    let article = json!({ "title": "Notes", "body_html": "Text." });
    let call = with_key(server, "POST", "/articles", key).json(&article);
    call.send().await
}

fn with_key(server: &Server, method: &str, path: &str, key: &str) -> crate::server::Call {
    let method = method.parse().expect("a method");
    server.call(method, path).header("X-API-Key", key)
}

fn text(answer: &Answer, name: &str) -> String {
    let body = answer.json();
    body[name]
        .as_str()
        .unwrap_or_else(|| panic!("{answer:?}"))
        .to_owned()
}
