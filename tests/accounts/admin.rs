//! `/admin/users`

use futures_util::future::join;
use serde_json::{Value, json};

use crate::{PASSWORD, Server, server::create_admin};

#[actix_rt::test]
async fn admins_only() {
    let server = Server::start();
    let ada = server.sign_up("ada@example.com").await;
    let id = server.id_of(&ada).await;
    let admin = server.admin("admin@example.com").await;
    let user = format!("/admin/users/{id}");
    let raise = json!({ "role": "admin" });

    assert_eq!(server.get("/admin/users").send().await.status, 401);
    assert_eq!(
        server.get("/admin/users").token(&ada).send().await.status,
        403
    );
    assert_eq!(
        server
            .patch(&user)
            .token(&ada)
            .json(&raise)
            .send()
            .await
            .status,
        403
    );
    assert_eq!(server.delete(&user).token(&ada).send().await.status, 403);
    // A moderator is no admin.
    assert_eq!(
        server
            .set(&admin, &id, json!({ "role": "moderator" }))
            .await
            .status,
        200
    );
    let moderator = server.sign_in("ada@example.com").await;
    assert_eq!(
        server
            .get("/admin/users")
            .token(&moderator)
            .send()
            .await
            .status,
        403
    );
    // The refusal says nothing about which accounts there are.
    let ghost = "/admin/users/01900000-0000-7000-8000-000000000000";
    assert_eq!(
        server.delete(ghost).token(&moderator).send().await.status,
        403
    );
    assert_eq!(server.delete(ghost).token(&admin).send().await.status, 404);
}

#[actix_rt::test]
async fn accounts_are_listed_and_changed() {
    let server = Server::start();
    let ada = server.sign_up("ada@example.com").await;
    let admin = server.admin("admin@example.com").await;
    let list = server.get("/admin/users").token(&admin).send().await;
    assert!(!list.text.contains("argon2"));
    let list = list.json();
    assert_eq!((&list["total"], &list["pages"]), (&json!(2), &json!(1)));
    assert_eq!(list["items"][0]["email"], "ada@example.com");
    assert_eq!(list["items"][1]["role"], "admin");
    assert_eq!(list["items"][1]["disabled"], false);

    let id = server.id_of(&ada).await;
    let change = json!({ "role": "moderator", "disabled": true });
    let changed = server.set(&admin, &id, change).await.json();
    assert_eq!(
        (&changed["role"], &changed["disabled"]),
        (&json!("moderator"), &json!(true))
    );
    let unchanged = server.set(&admin, &id, json!({})).await.json();
    assert_eq!(unchanged, changed);

    for (change, place) in [
        (json!({ "role": "root" }), "#/role"),
        (json!({ "role": "Admin" }), "#/role"),
        (json!({ "disabled": "no" }), "#/disabled"),
        (json!({ "email": "x@example.com" }), "#/email"),
        (json!({ "password_hash": "x" }), "#/password_hash"),
    ] {
        assert_eq!(server.set(&admin, &id, change).await.pointers(), [place]);
    }
    assert_eq!(server.set(&admin, "1", json!({})).await.status, 404);
}

#[actix_rt::test]
async fn a_live_token_ends_with_its_account() {
    let server = Server::start();
    let ada = server.sign_up("ada@example.com").await;
    let eve = server.sign_up("eve@example.com").await;
    let admin = server.admin("admin@example.com").await;
    let (ada_id, eve_id) = (server.id_of(&ada).await, server.id_of(&eve).await);

    server
        .set(&admin, &ada_id, json!({ "disabled": true }))
        .await;
    let answer = server.get("/me").token(&ada).send().await;
    assert_eq!(answer.status, 401);
    assert!(
        answer
            .header("www-authenticate")
            .ends_with("error=\"invalid_token\"")
    );
    let text = json!({ "title": "T", "body_html": "" });
    assert_eq!(
        server
            .post("/articles")
            .token(&ada)
            .json(&text)
            .send()
            .await
            .status,
        401
    );
    assert_eq!(server.login("ada@example.com", PASSWORD).await.status, 401);
    server
        .set(&admin, &ada_id, json!({ "disabled": false }))
        .await;
    // It was signed out, and signs in again.
    assert_eq!(server.status_of(&ada).await, 401);
    let again = server.sign_in("ada@example.com").await;
    assert_eq!(server.status_of(&again).await, 200);

    let path = format!("/admin/users/{eve_id}");
    assert_eq!(server.delete(&path).token(&admin).send().await.status, 204);
    assert_eq!(server.get("/me").token(&eve).send().await.status, 401);
    assert_eq!(server.login("eve@example.com", PASSWORD).await.status, 401);
    assert_eq!(server.delete(&path).token(&admin).send().await.status, 404);
}

#[actix_rt::test]
async fn who_is_demoted_is_no_admin_at_once() {
    let server = Server::start();
    let first = server.admin("first@example.com").await;
    let second = server.admin("second@example.com").await;
    let id = server.id_of(&second).await;
    server.set(&first, &id, json!({ "role": "user" })).await;
    assert_eq!(
        server
            .get("/admin/users")
            .token(&second)
            .send()
            .await
            .status,
        401
    );
    let again = server.sign_in("second@example.com").await;
    assert_eq!(
        server.get("/admin/users").token(&again).send().await.status,
        403
    );
    assert_eq!(server.get("/me").token(&again).send().await.status, 200);
}

#[actix_rt::test]
async fn the_last_admin_stays() {
    let server = Server::start();
    // Who is no admin is not concerned, even where there is none.
    let eve = server.sign_up("eve@example.com").await;
    assert_eq!(server.delete("/me").token(&eve).send().await.status, 204);

    let admin = server.admin("admin@example.com").await;
    let id = server.id_of(&admin).await;
    let path = format!("/admin/users/{id}");
    for change in [json!({ "role": "moderator" }), json!({ "disabled": true })] {
        assert_eq!(server.set(&admin, &id, change).await.status, 409);
    }
    assert_eq!(server.delete(&path).token(&admin).send().await.status, 409);
    assert_eq!(server.delete("/me").token(&admin).send().await.status, 409);
    assert_eq!(
        server.get("/admin/users").token(&admin).send().await.status,
        200
    );

    // A disabled admin does not count as one.
    let other = server.admin("other@example.com").await;
    let other_id = server.id_of(&other).await;
    server
        .set(&admin, &other_id, json!({ "disabled": true }))
        .await;
    assert_eq!(server.delete(&path).token(&admin).send().await.status, 409);
    server
        .set(&admin, &other_id, json!({ "disabled": false }))
        .await;
    assert_eq!(server.delete("/me").token(&admin).send().await.status, 204);
}

#[actix_rt::test]
async fn two_admins_who_demote_each_other_do_not_both_succeed() {
    let server = Server::start();
    let first = server.admin("first@example.com").await;
    let second = server.admin("second@example.com").await;
    let (first_id, second_id) = (server.id_of(&first).await, server.id_of(&second).await);
    let demote = || json!({ "role": "user" });
    let (one, two) = join(
        server.set(&first, &second_id, demote()),
        server.set(&second, &first_id, demote()),
    )
    .await;
    // The other one is too late: no admin any more, or one who would be the last to go.
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200);
    assert!([401, 409].contains(&statuses[1]), "{statuses:?}");
}

#[actix_rt::test]
async fn the_first_admin_comes_from_the_command_line() {
    let server = Server::start();
    let made = create_admin(&server.folder, "Admin@Example.com", PASSWORD);
    assert!(made.status.success());
    let token = server.sign_in("admin@example.com").await;
    assert_eq!(
        server.get("/me").token(&token).send().await.json()["role"],
        "admin"
    );

    let refusals: [(&str, &str, &str); 3] = [
        ("admin@example.com", PASSWORD, "has an account already"),
        (
            "other@example.com",
            "too short",
            "has fewer than 15 characters",
        ),
        ("no address", PASSWORD, "is not an e-mail address"),
    ];
    for (email, password, why) in refusals {
        let output = create_admin(&server.folder, email, password);
        let text = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.contains(why) && !text.contains(password), "{text}");
    }
    let list: Value = server.get("/admin/users").token(&token).send().await.json();
    assert_eq!(list["total"], 1);
}

#[actix_rt::test]
async fn who_moderates_may_ask_for_more() {
    let server = Server::start();
    let ada = server.sign_up("ada@example.com").await;
    let admin = server.admin("admin@example.com").await;
    for (token, quota) in [(&ada, "600"), (&admin, "3000")] {
        let reply = server.get("/me").token(token).send().await;
        let policy = reply.header("ratelimit-policy");
        let by_account = format!("\"app-user/60s\";q={quota};w=60");
        assert!(policy.contains(&by_account), "{policy}");
    }
}
