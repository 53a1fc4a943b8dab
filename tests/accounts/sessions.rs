//! `/me/sessions`

use serde_json::Value;

use crate::{Server, Tokens, refresh::assert_invalid_grant};

#[actix_rt::test]
async fn where_one_is_signed_in() {
    let server = Server::start();
    server.join("eve@example.com").await;
    let phone = server.join("ada@example.com").await;
    let laptop = server.tokens("ada@example.com").await;
    // Signing up has signed in once, too.
    let list = sessions(&server, &phone).await;
    assert_eq!(list.len(), 3);
    let mut names: Vec<_> = list[0].as_object().expect("an object").keys().collect();
    names.sort();
    assert_eq!(
        names,
        ["client_id", "current", "id", "refreshed_at", "started_at"]
    );
    assert_eq!(list.iter().filter(|one| one["current"] == true).count(), 1);
    // No token stands there, and nothing that makes one.
    let text = Value::from(list.clone()).to_string();
    assert!(!text.contains(&phone.refresh) && !text.contains(&laptop.refresh));

    // The id stays the same through a refresh, and the last refreshed is first.
    let current = id_of_current(&list);
    let phone = Tokens::of(&server.refresh(&phone.refresh).await);
    let list = sessions(&server, &phone).await;
    assert_eq!(id_of_current(&list), current);
    assert_eq!(list[0]["current"], true);
    assert!(list[0]["started_at"].as_str() <= list[0]["refreshed_at"].as_str());
}

#[actix_rt::test]
async fn one_of_them_is_ended() {
    let server = Server::start();
    let eve = server.join("eve@example.com").await;
    let phone = server.join("ada@example.com").await;
    let laptop = server.tokens("ada@example.com").await;
    let id = id_of_current(&sessions(&server, &laptop).await);
    let path = format!("/me/sessions/{id}");

    // Nobody else's, and there is no such thing for anybody else.
    let stranger = server.delete(&path).token(&eve.access).send().await;
    assert_eq!(stranger.status, 404);
    assert_eq!(server.status_of(&laptop.access).await, 200);

    let ended = server.delete(&path).token(&phone.access).send().await;
    assert_eq!(ended.status, 204);
    assert_eq!(server.status_of(&laptop.access).await, 401);
    assert_invalid_grant(&server.refresh(&laptop.refresh).await);
    assert_eq!(server.status_of(&phone.access).await, 200);
    let again = server.delete(&path).token(&phone.access).send().await;
    assert_eq!(again.status, 404);

    let own = id_of_current(&sessions(&server, &phone).await);
    let own = server
        .delete(&format!("/me/sessions/{own}"))
        .token(&phone.access);
    assert_eq!(own.send().await.status, 204);
    assert_eq!(server.status_of(&phone.access).await, 401);
}

#[actix_rt::test]
async fn the_client_says_its_name() {
    let server = Server::start();
    server.join("ada@example.com").await;
    let form = "grant_type=password&username=ada%40example.com&client_id=tablet\
                &password=correct+horse+battery+staple";
    let tokens = Tokens::of(&server.post("/auth/token").form(form).send().await);
    let list = sessions(&server, &tokens).await;
    let current = list.iter().find(|one| one["current"] == true);
    assert_eq!(current.expect("it is there")["client_id"], "tablet");

    // To another client the refresh token is worth nothing.
    let form = format!(
        "grant_type=refresh_token&client_id=phone&refresh_token={}",
        tokens.refresh
    );
    assert_invalid_grant(&server.post("/auth/token").form(&form).send().await);
    let form = form.replace("phone", "tablet");
    Tokens::of(&server.post("/auth/token").form(&form).send().await);
}

async fn sessions(server: &Server, tokens: &Tokens) -> Vec<Value> {
    let answer = server.get("/me/sessions").token(&tokens.access);
    let answer = answer.send().await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["items"].as_array().expect("a list").clone()
}

fn id_of_current(list: &[Value]) -> String {
    let current = list.iter().find(|one| one["current"] == true);
    let id = &current.expect("the one that asks")["id"];
    id.as_str().expect("an id").to_owned()
}
