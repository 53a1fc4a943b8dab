//! `/articles`

use serde_json::{Value, json};

use crate::Server;

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

/// Whatever a search holds, it is a text that is looked for: it finds what holds it and nothing else, no statement
/// comes of it, and no answer tells of the database.
#[actix_rt::test]
async fn a_hostile_search_is_a_text() {
    let server = Server::start();
    let ada = server.sign_up("ada@example.com").await;
    server.write(&ada, "Public", false).await;
    server.write(&ada, "Secret draft", true).await;
    let hostile = [
        "'",
        "\"",
        "`",
        ";",
        "--",
        "/*",
        "*/",
        "\\",
        "\\'",
        "''",
        "%",
        "_",
        "%%",
        "[a-z]",
        "*",
        "?",
        "?1",
        ":q",
        "@q",
        "$1",
        "{}",
        "' OR '1'='1",
        "' OR draft = 1 --",
        "%' OR 1=1 --",
        "') OR 1=1 --",
        "%' ESCAPE '!' OR draft = 1 --",
        "\\' OR draft = 1 --",
        "\\%' OR draft = 1 --",
        "' UNION SELECT id, email, password_hash, role, 0, 0 FROM accounts --",
        "'; DROP TABLE articles; --",
        "'; ATTACH DATABASE '/tmp/x' AS x; --",
        "'||(SELECT password_hash FROM accounts)||'",
        "' AND 1=LIKE('ABCDEFG',UPPER(HEX(RANDOMBLOB(500000000/2)))) --",
        "x' AND load_extension('x') --",
        "char(39)",
        "0x27",
        "\u{ff07} OR 1=1 --",
        "\u{2bc} OR 1=1 --",
        "%27%20OR%201=1",
        "q=1&draft=1",
        "NULL",
        "true",
    ];
    for search in hostile {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("q", search)
            .finish();
        for reader in [None, Some(&ada)] {
            let ask = server.get(&format!("/articles?{query}"));
            let ask = match reader {
                Some(token) => ask.token(token),
                None => ask,
            };
            let answer = ask.send().await;
            assert_eq!(answer.status, 200, "{search}: {answer:?}");
            assert_eq!(answer.json()["total"], 0, "{search}");
        }
        // It is found where it is what somebody wrote.
        let id = server.write(&ada, search, false).await;
        let found = server
            .get(&format!("/articles?{query}"))
            .send()
            .await
            .json();
        assert_eq!(found["total"], 1, "{search}");
        assert_eq!(found["items"][0]["title"], search);
        let path = format!("/articles/{id}");
        assert_eq!(server.delete(&path).token(&ada).send().await.status, 204);
    }
    // What is no text is refused, and what is sent twice is not put together.
    for query in [
        "q=%FF",
        "q=%C0%A7",
        "q=%ED%A0%80",
        "q=a&q=b",
        "q[]=a",
        "q=%00%27",
    ] {
        let answer = server.get(&format!("/articles?{query}")).send().await;
        assert!(
            [400, 422].contains(&answer.status.as_u16()),
            "{query}: {answer:?}"
        );
        for word in ["sqlite", "SELECT", "LIKE", "near"] {
            assert!(!answer.text.contains(word), "{query}: {answer:?}");
        }
    }
    let all = server.get("/articles").token(&ada).send().await.json();
    assert_eq!(all["total"], 2, "nothing is gone");
}

/// The text is searched, and not how it is written.
#[actix_rt::test]
async fn a_search_finds_no_tags() {
    let server = Server::start();
    let ada = server.sign_up("ada@example.com").await;
    let text = json!({ "title": "T", "body_html": "<p>Salt &amp; <strong>pepper</strong></p>" });
    let article = server.post("/articles").token(&ada).json(&text).send();
    assert_eq!(article.await.status, 201);
    for (search, total) in [
        ("pepper", 1),
        ("Salt%20%26%20pepper", 1),
        ("strong", 0),
        ("%3Cp%3E", 0),
        ("amp", 0),
    ] {
        let found = server.get(&format!("/articles?q={search}")).send().await;
        assert_eq!(found.json()["total"], total, "{search}");
    }
    // As it is after it was changed.
    let found = server.get("/articles?q=pepper").send().await.json();
    let path = format!(
        "/articles/{}",
        found["items"][0]["id"].as_str().expect("an id")
    );
    let text = json!({ "title": "T", "body_html": "<em>Sugar</em>" });
    let changed = server.put(&path).token(&ada).json(&text).send().await;
    assert_eq!(changed.json()["body_html"], "<em>Sugar</em>");
    for (search, total) in [("pepper", 0), ("sugar", 1)] {
        let found = server.get(&format!("/articles?q={search}")).send().await;
        assert_eq!(found.json()["total"], total, "{search}");
    }
}

/// Of HTML only what is harmless is kept, whoever sends it.
#[actix_rt::test]
async fn markup_is_cleaned() {
    let server = Server::start();
    let ada = server.sign_up("ada@example.com").await;
    for (sent, kept) in [
        ("Plain.", "Plain."),
        ("a > b & c", "a &gt; b &amp; c"),
        ("<p onclick=x>Hello <b>Ada</b>", "<p>Hello <b>Ada</b></p>"),
        ("<script>alert(1)</script>", ""),
        (
            "<h1>Title</h1><h2 id=a class=b style=c>Part</h2>",
            "Title<h2>Part</h2>",
        ),
        ("<img src=x onerror=alert(1)>", ""),
        ("<svg/onload=alert(1)>", ""),
        ("<form action=/logout><button>x</button></form>", "x"),
        (
            "<a href=javascript:alert(1)>x</a>",
            "<a rel=\"noopener noreferrer nofollow\">x</a>",
        ),
        (
            "<a href=https://example.com target=_top>x</a>",
            "<a href=\"https://example.com\" rel=\"noopener noreferrer nofollow\">x</a>",
        ),
        ("&lt;script&gt;", "&lt;script&gt;"),
    ] {
        let text = json!({ "title": "T", "body_html": sent });
        let answer = server
            .post("/articles")
            .token(&ada)
            .json(&text)
            .send()
            .await;
        assert_eq!(answer.json()["body_html"], kept, "{sent}");
        let path = answer.header("location").to_owned();
        assert_eq!(server.get(&path).send().await.json()["body_html"], kept);
    }
}

/// What was written into the database under other rules, or by somebody else.
#[actix_rt::test]
async fn what_is_stored_is_cleaned_again() {
    let server = Server::start();
    let ada = server.sign_up("ada@example.com").await;
    let id = server.write(&ada, "Old", false).await;
    let deep = "<blockquote>".repeat(500);
    let pool = server.database().await;
    for (stored, shown) in [
        ("<p>a<script>alert(1)</script>", "<p>a</p>".to_owned()),
        ("One.\n\n&lt;Two", "One.\n\n&lt;Two".to_owned()),
        (
            &deep,
            deep[..2_000].replace('<', "&lt;").replace('>', "&gt;"),
        ),
    ] {
        let changed = sqlx::query("UPDATE articles SET body_html = ?").bind(stored);
        changed.execute(&pool).await.expect("changed");
        let answer = server.get(&format!("/articles/{id}")).send().await;
        assert_eq!(answer.json()["body_html"], shown, "{stored}");
        let list = server.get("/articles").send().await;
        assert_eq!(list.json()["items"][0]["body_html"], shown, "{stored}");
    }
}

/// Whoever may not change an article learns nothing about what was sent with it, and nothing of it is read.
#[actix_rt::test]
async fn who_may_is_asked_before_what_is_sent() {
    let server = Server::start();
    let ada = server.sign_up("ada@example.com").await;
    let eve = server.sign_up("eve@example.com").await;
    let public = format!("/articles/{}", server.write(&ada, "Public", false).await);
    let draft = format!("/articles/{}", server.write(&ada, "Draft", true).await);
    let wrong = json!({ "title": "\n", "body_html": "" });
    for (path, status) in [
        (&public, 403),
        (&draft, 404),
        (&"/articles/1".to_owned(), 404),
    ] {
        let answer = server.put(path).token(&eve).json(&wrong).send().await;
        assert_eq!(answer.status, status, "{path}");
        let answer = server.put(path).json(&wrong).send().await;
        assert_eq!(answer.status, 401, "{path}");
    }
    let answer = server.put(&public).token(&ada).json(&wrong).send().await;
    assert_eq!(answer.pointers(), ["#/title"]);
}

#[actix_rt::test]
async fn bodies_and_paths_that_are_wrong() {
    let server = Server::start();
    let ada = server.sign_up("ada@example.com").await;
    let post = |body: Value| server.post("/articles").token(&ada).json(&body).send();

    let answer = post(json!({ "title": "T" })).await;
    assert_eq!(answer.pointers(), ["#/body_html"]);
    let answer = post(json!({ "title": "", "body_html": "" })).await;
    assert_eq!(answer.pointers(), ["#/title", "#/title"]);
    assert_eq!(answer.json()["errors"][0]["code"], "length");
    let answer = post(json!({ "title": "T", "body_html": "", "draft": "yes" })).await;
    assert_eq!(answer.pointers(), ["#/draft"]);
    let answer = post(json!({ "title": "T", "body_html": "", "author": "me" })).await;
    assert_eq!(answer.pointers(), ["#/author"]);
    for title in [" ", "a\u{202e}b", "a\u{200b}b", "a\nb", "a\0b"] {
        let answer = post(json!({ "title": title, "body_html": "" })).await;
        assert_eq!(answer.pointers(), ["#/title"], "{title:?}");
    }
    for body in ["a\0b", "<p>\0</p>", "\0"] {
        let answer = post(json!({ "title": "T", "body_html": body })).await;
        assert_eq!(answer.pointers(), ["#/body_html"], "{body:?}");
        assert_eq!(answer.json()["errors"][0]["code"], "nul");
    }
    for too_much in [
        "a".repeat(65_537),
        "<p>".repeat(4_000),
        "<blockquote>".repeat(100),
    ] {
        let answer = post(json!({ "title": "T", "body_html": too_much })).await;
        assert_eq!(answer.pointers(), ["#/body_html"]);
        assert_eq!(answer.json()["errors"][0]["code"], "html");
    }
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
