//! `/articles`

use serde_json::{Value, json};

use crate::{Answer, Server};

#[actix_rt::test]
async fn written_read_changed_and_deleted() {
    let server = Server::start();
    let ada = server.sign_up("ada@example.com").await;
    let body = json!({ "title": "On engines", "body_html": "1 &lt; 2" });
    let answer = server
        .post("/articles")
        .token(&ada)
        .json(&body)
        .send()
        .await;
    assert_eq!(answer.status, 201);
    let article = answer.json();
    assert_eq!(article["author"], server.id_of(&ada).await.as_str());
    assert_eq!(article["draft"], false);
    assert_eq!(article["body_html"], "1 &lt; 2");
    assert!(
        article["created_at"]
            .as_str()
            .is_some_and(|time| time.ends_with('Z'))
    );
    let path = answer.header("location").to_owned();
    assert_eq!(server.get(&path).send().await.json(), article);

    let body = json!({ "title": "On looms", "body_html": "", "draft": true });
    let changed = server
        .put(&path)
        .token(&ada)
        .json(&body)
        .send()
        .await
        .json();
    assert_eq!(changed["id"], article["id"]);
    assert_eq!(changed["title"], "On looms");
    assert_eq!(changed["draft"], true);

    assert_eq!(server.delete(&path).token(&ada).send().await.status, 204);
    assert_eq!(server.get(&path).token(&ada).send().await.status, 404);
    assert_eq!(server.delete(&path).token(&ada).send().await.status, 404);
}

#[actix_rt::test]
async fn somebody_elses() {
    let server = Server::start();
    let ada = server.sign_up("ada@example.com").await;
    let eve = server.sign_up("eve@example.com").await;
    let moderator = server.sign_up("mod@example.com").await;
    let admin = server.admin("admin@example.com").await;
    let id = server.id_of(&moderator).await;
    server
        .set(&admin, &id, json!({ "role": "moderator" }))
        .await;
    let public = format!("/articles/{}", server.write(&ada, "Public", false).await);
    let draft = format!("/articles/{}", server.write(&ada, "Draft", true).await);
    let text = json!({ "title": "Theirs", "body_html": "" });

    assert_eq!(server.get(&public).token(&eve).send().await.status, 200);
    assert_eq!(
        server
            .put(&public)
            .token(&eve)
            .json(&text)
            .send()
            .await
            .status,
        403
    );
    assert_eq!(server.delete(&public).token(&eve).send().await.status, 403);
    assert_eq!(server.put(&public).json(&text).send().await.status, 401);
    assert_eq!(server.delete(&public).send().await.status, 401);

    // A draft is hidden from all but its author, and so is that there is one.
    let nothing = "/articles/01900000-0000-7000-8000-000000000000";
    for other in [&eve, &moderator, &admin] {
        let hidden = server.get(&draft).token(other).send().await;
        let absent = server.get(nothing).token(other).send().await;
        assert_eq!(hidden.status, 404);
        assert_eq!(hidden.text, absent.text);
        assert_eq!(
            server
                .put(&draft)
                .token(other)
                .json(&text)
                .send()
                .await
                .status,
            404
        );
        assert_eq!(server.delete(&draft).token(other).send().await.status, 404);
    }
    assert_eq!(server.get(&draft).send().await.status, 404);
    assert_eq!(server.get(&draft).token(&ada).send().await.status, 200);

    // A moderator, and an admin since the role implies it, looks after what is public.
    let changed = server
        .put(&public)
        .token(&moderator)
        .json(&text)
        .send()
        .await;
    assert_eq!(changed.json()["title"], "Theirs");
    assert_eq!(changed.json()["author"], server.id_of(&ada).await.as_str());
    assert_eq!(
        server.delete(&public).token(&admin).send().await.status,
        204
    );
}

#[actix_rt::test]
async fn lists_have_pages_and_no_drafts_of_others() {
    let server = Server::start();
    let ada = server.sign_up("ada@example.com").await;
    for number in 1..=21 {
        server.write(&ada, &format!("Number {number}"), false).await;
    }
    server.write(&ada, "Draft", true).await;

    let first = server.get("/articles").send().await.json();
    assert_eq!(counts(&first), json!([20, 1, 2, 21]));
    assert_eq!(first["items"][0]["title"], "Number 21");
    let second = server.get("/articles?page=2").send().await.json();
    assert_eq!(counts(&second), json!([1, 2, 2, 21]));
    assert_eq!(second["items"][0]["title"], "Number 1");
    let third = server.get("/articles?page=3").send().await.json();
    assert_eq!(counts(&third), json!([0, 3, 2, 21]));

    let own = server
        .get("/articles?q=draft")
        .token(&ada)
        .send()
        .await
        .json();
    assert_eq!(own["total"], 1);
    assert_eq!(
        server.get("/articles?q=draft").send().await.json()["total"],
        0
    );
    let bad = server.get("/articles").token("x").send().await;
    assert_eq!(bad.status, 401);

    for query in [
        "page=0",
        "page=-1",
        "page=x",
        "page=1000001",
        "page=99999999999",
    ] {
        let answer = server.get(&format!("/articles?{query}")).send().await;
        assert_eq!(answer.pointers(), ["page"], "{query}");
    }
    for search in [&"a".repeat(101), "%00", "a%0Ab"] {
        let answer = server.get(&format!("/articles?q={search}")).send().await;
        assert_eq!(answer.pointers(), ["q"], "{search}");
    }
}

#[actix_rt::test]
async fn a_search_is_a_text() {
    let server = Server::start();
    let ada = server.sign_up("ada@example.com").await;
    for title in [
        "100% true",
        "100 true",
        "snake_case",
        "snakeXcase",
        r"C:\new",
        "O'Hara",
    ] {
        server.write(&ada, title, false).await;
    }
    let found = [
        ("100%25", json!(["100% true"])),
        ("e_c", json!(["snake_case"])),
        ("%25", json!(["100% true"])),
        ("%5C", json!([r"C:\new"])),
        ("O'H", json!(["O'Hara"])),
        ("'%20OR%201=1%20--", json!([])),
        (
            "%25'%20UNION%20SELECT%20password_hash%20FROM%20accounts%20--",
            json!([]),
        ),
        ("TRUE", json!(["100 true", "100% true"])),
    ];
    for (search, titles) in found {
        let list = server
            .get(&format!("/articles?q={search}"))
            .send()
            .await
            .json();
        let items = list["items"].as_array().expect("a list");
        let found: Value = items.iter().map(|item| item["title"].clone()).collect();
        assert_eq!(found, titles, "{search}");
    }
    // The text is searched too.
    assert_eq!(
        server.get("/articles?q=text.").send().await.json()["total"],
        6
    );
}

#[actix_rt::test]
async fn bodies_and_paths_that_are_wrong() {
    let server = Server::start();
    let ada = server.sign_up("ada@example.com").await;
    let post = |body: Value| server.post("/articles").token(&ada).json(&body).send();
    let markup = |answer: Answer| answer.json()["errors"][0]["code"].clone();

    let answer = post(json!({ "title": "T" })).await;
    assert_eq!(answer.pointers(), ["#/body_html"]);
    let answer = post(json!({ "title": "", "body_html": "" })).await;
    assert_eq!(answer.pointers(), ["#/title"]);
    let answer = post(json!({ "title": "T", "body_html": "", "draft": "yes" })).await;
    assert_eq!(answer.pointers(), ["#/draft"]);
    let answer = post(json!({ "title": "T", "body_html": "", "author": "me" })).await;
    assert_eq!(answer.pointers(), ["#/author"]);
    let answer = post(json!({ "title": "T", "body_html": "a".repeat(65_537) })).await;
    assert_eq!(answer.pointers(), ["#/body_html"]);
    for text in ["<script>alert(1)</script>", "<b", "a > b"] {
        assert_eq!(
            markup(post(json!({ "title": "T", "body_html": text })).await),
            "markup"
        );
    }
    let answer = post(json!({ "title": "T", "body_html": "a\0b" })).await;
    assert_eq!(answer.pointers(), ["#/body_html"]);
    let answer = post(json!({ "title": "T", "body_html": "a".repeat(300_000) })).await;
    assert_eq!(answer.status, 413);

    for path in ["/articles/1", "/articles/x%27", "/articles/", "/article"] {
        assert_eq!(server.get(path).send().await.status, 404, "{path}");
    }
}

/// How many items, then page, pages and total.
fn counts(list: &Value) -> Value {
    let items = list["items"].as_array().expect("a list").len();
    json!([items, list["page"], list["pages"], list["total"]])
}
