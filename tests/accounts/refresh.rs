//! `/auth/token` with `grant_type=refresh_token`

use serde_json::json;

use crate::{Answer, Server, Tokens, discovery::claims};

#[actix_rt::test]
async fn each_refresh_gives_the_next_pair() {
    let server = Server::start();
    let first = server.join("ada@example.com").await;
    let answer = server.refresh(&first.refresh).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let body = answer.json();
    assert_eq!(body["token_type"], "bearer");
    assert_eq!(body["expires_in"], 600);
    let second = Tokens::of(&answer);
    assert_ne!(second.refresh, first.refresh);
    assert_ne!(second.access, first.access);
    assert_eq!(server.status_of(&second.access).await, 200);

    // Sent twice, such as by a client whose connection broke: the same successor again.
    let again = Tokens::of(&server.refresh(&first.refresh).await);
    assert_eq!(again.refresh, second.refresh);
    // It has not cost the client anything.
    Tokens::of(&server.refresh(&second.refresh).await);
}

#[actix_rt::test]
async fn who_uses_a_token_again_ends_all_of_them() {
    let server = Server::start();
    let other = server.join("ada@example.com").await;
    let first = server.tokens("ada@example.com").await;
    let second = Tokens::of(&server.refresh(&first.refresh).await);
    let third = Tokens::of(&server.refresh(&second.refresh).await);

    assert_invalid_grant(&server.refresh(&first.refresh).await);
    for tokens in [&first, &second, &third] {
        assert_eq!(server.status_of(&tokens.access).await, 401);
        assert_invalid_grant(&server.refresh(&tokens.refresh).await);
    }
    // The other sign-in of the same account is not concerned.
    assert_eq!(server.status_of(&other.access).await, 200);
    Tokens::of(&server.refresh(&other.refresh).await);
}

#[actix_rt::test]
async fn without_a_grace_the_second_use_is_one_too_many() {
    let folder = crate::server::fresh_folder();
    let server = Server::start_with(&folder, &[("SECURE_REFRESH_GRACE", "0")]);
    let first = server.join("ada@example.com").await;
    let second = Tokens::of(&server.refresh(&first.refresh).await);
    assert_invalid_grant(&server.refresh(&first.refresh).await);
    assert_eq!(server.status_of(&second.access).await, 401);
}

#[actix_rt::test]
async fn a_token_of_one_kind_is_none_of_the_other() {
    let server = Server::start();
    let tokens = server.join("ada@example.com").await;
    assert_eq!(server.status_of(&tokens.refresh).await, 401);
    assert_invalid_grant(&server.refresh(&tokens.access).await);
    assert_invalid_grant(&server.refresh("nonsense").await);
}

#[actix_rt::test]
async fn who_is_promoted_is_so_with_the_next_token() {
    let server = Server::start();
    let admin = server.admin("admin@example.com").await;
    let before = server.join("ada@example.com").await;
    let id = server.id_of(&before.access).await;
    let promote = json!({ "role": "admin" });
    assert_eq!(server.set(&admin, &id, promote).await.status, 200);

    // A token says what it said. The next one has the role, and the scopes of the sign-in.
    assert_eq!(claims(&before.access)["roles"], json!(["user"]));
    assert_eq!(server.status_of(&before.access).await, 200);
    let after = Tokens::of(&server.refresh(&before.refresh).await);
    assert_eq!(claims(&after.access)["roles"], json!(["admin"]));
    let auth_time = |tokens: &Tokens| claims(&tokens.access)["auth_time"].clone();
    assert_eq!(auth_time(&after), auth_time(&before));
    let list = |tokens: Tokens| server.get("/admin/users").token(&tokens.access).send();
    assert_eq!(list(after).await.status, 403);
    assert_eq!(
        list(server.tokens("ada@example.com").await).await.status,
        200
    );
}

#[actix_rt::test]
async fn who_is_demoted_has_no_token_left() {
    let server = Server::start();
    let admin = server.admin("admin@example.com").await;
    server.admin("ada@example.com").await;
    let before = server.tokens("ada@example.com").await;
    let refreshed = Tokens::of(&server.refresh(&before.refresh).await);
    let id = server.id_of(&before.access).await;
    let demote = json!({ "role": "moderator" });
    assert_eq!(server.set(&admin, &id, demote).await.status, 200);

    assert_eq!(server.status_of(&before.access).await, 401);
    assert_eq!(server.status_of(&refreshed.access).await, 401);
    assert_invalid_grant(&server.refresh(&refreshed.refresh).await);
    let after = server.tokens("ada@example.com").await;
    let me = server.get("/me").token(&after.access).send().await;
    assert_eq!(me.json()["role"], "moderator");
}

#[actix_rt::test]
async fn a_refresh_may_ask_for_less_and_never_for_more() {
    let server = Server::start();
    let tokens = server.join("ada@example.com").await;
    let refresh = |scope: &str| {
        let form = format!(
            "grant_type=refresh_token&refresh_token={}&scope={scope}",
            tokens.refresh
        );
        server.post("/auth/token").form(&form)
    };
    let more = refresh("admin:users").send().await;
    assert_eq!(more.status, 400);
    assert_eq!(more.text, r#"{"error":"invalid_scope"}"#);
    let less = refresh("profile:read").send().await;
    assert_eq!(less.json()["scope"], "profile:read");
    let less = Tokens::of(&less);
    assert_eq!(server.status_of(&less.access).await, 200);
    let write = server.delete("/me").token(&less.access).send().await;
    assert_eq!(write.status, 403);
}

pub(crate) fn assert_invalid_grant(answer: &Answer) {
    assert_eq!(answer.status, 400, "{answer:?}");
    assert_eq!(answer.text, r#"{"error":"invalid_grant"}"#);
    assert_eq!(answer.header("cache-control"), "no-store");
}
