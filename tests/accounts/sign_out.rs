//! `/auth/logout`, `/auth/logout-everywhere`, `/auth/revoke`, and what an admin does to others

use std::time::Duration;

use actix_rt::time::sleep;
use futures_util::future::join;
use serde_json::json;

use crate::{Server, Tokens, refresh::assert_invalid_grant};

#[actix_rt::test]
async fn who_signs_out_ends_this_sign_in_alone() {
    let server = Server::start();
    let other = server.join("ada@example.com").await;
    let first = server.tokens("ada@example.com").await;
    let second = Tokens::of(&server.refresh(&first.refresh).await);

    let logout = server.post("/auth/logout").token(&second.access);
    assert_eq!(logout.send().await.status, 204);
    assert_ended(&server, &first).await;
    assert_ended(&server, &second).await;
    assert_good(&server, &other).await;

    let again = server.post("/auth/logout").token(&second.access);
    assert_eq!(again.send().await.status, 401);
}

#[actix_rt::test]
async fn who_signs_out_everywhere_signs_in_again() {
    let server = Server::start();
    let eve = server.join("eve@example.com").await;
    let phone = server.join("ada@example.com").await;
    let laptop = server.tokens("ada@example.com").await;

    let logout = server.post("/auth/logout-everywhere").token(&phone.access);
    assert_eq!(logout.send().await.status, 204);
    assert_ended(&server, &phone).await;
    assert_ended(&server, &laptop).await;
    assert_good(&server, &eve).await;
    let again = server.tokens("ada@example.com").await;
    assert_good(&server, &again).await;
}

/// Also where the handler does not ask for the account: `/auth/logout` does not.
#[actix_rt::test]
async fn whoever_is_disabled_or_deleted_is_signed_out_at_once() {
    let server = Server::start();
    let admin = server.admin("admin@example.com").await;
    for (email, delete) in [("ada@example.com", false), ("eve@example.com", true)] {
        let tokens = server.join(email).await;
        let id = server.id_of(&tokens.access).await;
        let done = match delete {
            true => {
                let path = format!("/admin/users/{id}");
                server.delete(&path).token(&admin).send().await.status
            }
            false => {
                let disable = json!({ "disabled": true });
                server.set(&admin, &id, disable).await.status
            }
        };
        assert!(done.is_success(), "{done}");
        let logout = server.post("/auth/logout").token(&tokens.access);
        assert_eq!(logout.send().await.status, 401, "{email}");
        assert_ended(&server, &tokens).await;
    }
}

/// Whichever comes first, nobody is left with a token that is good.
#[actix_rt::test]
async fn a_sign_in_under_way_gets_nothing_from_an_account_that_is_disabled_meanwhile() {
    let server = Server::start();
    let admin = server.admin("admin@example.com").await;
    let ada = server.join("ada@example.com").await;
    let id = server.id_of(&ada.access).await;
    let mut refused = 0;
    for round in 0..16 {
        let disable = async {
            sleep(Duration::from_millis(round * 4)).await;
            server.set(&admin, &id, json!({ "disabled": true })).await
        };
        let (login, disabled) = join(server.try_tokens("ada@example.com"), disable).await;
        assert_eq!(disabled.status, 200);
        match login.status.as_u16() {
            // It was there before, and is signed out by now.
            200 => {
                let tokens = Tokens::of(&login);
                let logout = server.post("/auth/logout").token(&tokens.access);
                assert_eq!(logout.send().await.status, 401, "round {round}");
                assert_invalid_grant(&server.refresh(&tokens.refresh).await);
            }
            401 => refused += 1,
            other => panic!("{other}"),
        }
        let enabled = server.set(&admin, &id, json!({ "disabled": false })).await;
        assert_eq!(enabled.status, 200);
    }
    assert!(refused > 0, "every sign-in was faster");
}

#[actix_rt::test]
async fn who_deletes_the_account_has_no_token_left() {
    let server = Server::start();
    let phone = server.join("ada@example.com").await;
    let laptop = server.tokens("ada@example.com").await;
    let delete = server.delete("/me").token(&phone.access);
    assert_eq!(delete.send().await.status, 204);
    for tokens in [&phone, &laptop] {
        let logout = server.post("/auth/logout").token(&tokens.access);
        assert_eq!(logout.send().await.status, 401);
        assert_ended(&server, tokens).await;
    }
}

#[actix_rt::test]
async fn an_admin_ends_the_sign_ins_of_others() {
    let server = Server::start();
    let admin = server.admin("admin@example.com").await;
    let ada = server.join("ada@example.com").await;
    let eve = server.join("eve@example.com").await;
    let path = format!("/admin/users/{}/sessions", server.id_of(&ada.access).await);

    let stranger = server.delete(&path).token(&eve.access).send().await;
    assert_eq!(stranger.status, 403);
    let done = server.delete(&path).token(&admin).send().await;
    assert_eq!(done.status, 204);
    assert_ended(&server, &ada).await;
    assert_good(&server, &eve).await;
    assert_good(&server, &server.tokens("ada@example.com").await).await;

    let ghost = "/admin/users/01900000-0000-7000-8000-000000000000/sessions";
    let ghost = server.delete(ghost).token(&admin).send().await;
    assert_eq!(ghost.status, 404);
}

#[actix_rt::test]
async fn a_token_is_revoked_by_whoever_has_it() {
    let server = Server::start();
    let one = server.join("ada@example.com").await;
    let two = server.tokens("ada@example.com").await;
    let revoke = async |form: String| server.post("/auth/revoke").form(&form).send().await;

    // An access token goes alone.
    let answer = revoke(format!("token={}&token_type_hint=access_token", one.access)).await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, ""));
    assert_eq!(server.status_of(&one.access).await, 401);
    let one = Tokens::of(&server.refresh(&one.refresh).await);

    // A refresh token goes with its sign-in, whatever the hint says.
    let answer = revoke(format!(
        "token={}&token_type_hint=access_token",
        one.refresh
    ))
    .await;
    assert_eq!(answer.status, 200);
    assert_ended(&server, &one).await;
    assert_good(&server, &two).await;

    // What is no token needs no revoking; what is no request is told so.
    assert_eq!(revoke("token=nonsense".to_owned()).await.status, 200);
    assert_eq!(revoke(format!("token={}", one.refresh)).await.status, 200);
    let answer = revoke("tokens=x".to_owned()).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.text, r#"{"error":"invalid_request"}"#);
}

async fn assert_ended(server: &Server, tokens: &Tokens) {
    assert_eq!(server.status_of(&tokens.access).await, 401);
    assert_invalid_grant(&server.refresh(&tokens.refresh).await);
}

async fn assert_good(server: &Server, tokens: &Tokens) {
    assert_eq!(server.status_of(&tokens.access).await, 200);
}
