//! What is wrong with a body, field by field (H2, H3): place, code, and never the value.

use actix_web::{
    Responder,
    web::{Form, Json},
};
use secure_runtime::{
    prelude::*,
    test::{TestApp, TestResponse},
};
use serde_json::{Value, json};

use crate::support::{problem_with, seen};

#[validated]
struct Author {
    #[validate(length(min = 1, max = 10))]
    name: String,
    #[validate(length(max = 100), email)]
    mail: Option<String>,
}

#[validated]
struct Chapter {
    #[validate(length(min = 1, max = 10))]
    heading: String,
    #[validate(length(max = 3))]
    pages: Vec<u16>,
}

#[validated]
struct Article {
    #[validate(length(min = 1, max = 10))]
    title: String,
    author: Author,
    #[validate(length(max = 2))]
    chapters: Vec<Chapter>,
    #[validate(range(min = 1, max = 5))]
    rating: Option<u8>,
}

#[post("/articles")]
#[protected]
#[validated]
async fn write(article: Json<Article>) -> impl Responder {
    let mail = article.author.mail.as_deref().unwrap_or("no mail");
    let chapters = article.chapters.iter();
    let chapters: Vec<_> = chapters
        .map(|chapter| format!("{} {}", chapter.heading, chapter.pages.len()))
        .collect();
    format!(
        "{} by {} ({mail}), {chapters:?}, {:?}",
        article.title, article.author.name, article.rating
    )
}

#[post("/forms")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn take_form(author: Form<Author>) -> impl Responder {
    format!("{} {:?}", author.name, author.mail)
}

async fn app() -> TestApp {
    TestApp::new(|routes| {
        routes.service(write).service(take_form);
    })
    .await
}

fn article() -> Value {
    json!({
        "title": "On notes",
        "author": {"name": "Ada"},
        "chapters": [{"heading": "One", "pages": [1, 2]}],
        "rating": 5,
    })
}

async fn post(app: &TestApp, path: &str, body: impl Into<String>) -> TestResponse {
    let request = app.post(path).as_user("ada");
    request.body("application/json", body.into()).send().await
}

/// Pointer and code of each error, in the order of the answer.
fn errors(name: &str, response: &TestResponse) -> Vec<(String, String)> {
    let (status, body) = seen(response);
    assert_eq!(status, 422, "{name}: {body}");
    assert_eq!(body["type"], "about:blank", "{name}");
    assert_eq!(body["title"], "Unprocessable Entity", "{name}");
    assert_eq!(body["status"], 422, "{name}");
    let list = body["errors"]
        .as_array()
        .unwrap_or_else(|| panic!("{name}: {body}"));
    let text = |error: &Value, key: &str| error[key].as_str().unwrap_or("none").to_owned();
    list.iter()
        .map(|error| {
            assert_eq!(
                error.as_object().map(serde_json::Map::len),
                Some(3),
                "{name}: {error}"
            );
            assert!(!text(error, "detail").is_empty(), "{name}: {error}");
            (text(error, "pointer"), text(error, "code"))
        })
        .collect()
}

#[actix_web::test]
async fn a_good_body_arrives_whole() {
    let app = app().await;
    let response = post(&app, "/articles", article().to_string()).await;
    assert_eq!(
        response.text(),
        "On notes by Ada (no mail), [\"One 2\"], Some(5)"
    );
    let mut full = article();
    full["author"]["mail"] = json!("ada@example.com");
    full["rating"] = Value::Null;
    full["title"] = json!("é".repeat(10));
    let response = post(&app, "/articles", full.to_string()).await;
    let expected = format!(
        "{} by Ada (ada@example.com), [\"One 2\"], None",
        "é".repeat(10)
    );
    assert_eq!(response.text(), expected, "length counts characters");
}

#[actix_web::test]
async fn each_mistake_names_its_place_and_kind() {
    let app = app().await;
    let set = |path: &str, value: Value| {
        let mut body = article();
        *body.pointer_mut(path).unwrap_or_else(|| panic!("{path}")) = value;
        body
    };
    let with = |parent: &str, key: &str, value: Value| {
        let mut body = article();
        body.pointer_mut(parent)
            .unwrap_or_else(|| panic!("{parent}"))[key] = value;
        body
    };
    let without = |parent: &str, key: &str| {
        let mut body = article();
        let parent = body.pointer_mut(parent).and_then(Value::as_object_mut);
        parent
            .and_then(|parent| parent.remove(key))
            .unwrap_or_else(|| panic!("{key}"));
        body
    };
    let long = json!("x".repeat(11));
    let cases = [
        (set("/title", json!("")), "#/title", "length"),
        (set("/title", long.clone()), "#/title", "length"),
        (set("/author/name", long.clone()), "#/author/name", "length"),
        (
            with("/author", "mail", json!("no mail")),
            "#/author/mail",
            "email",
        ),
        (set("/rating", json!(0)), "#/rating", "range"),
        (set("/rating", json!(6)), "#/rating", "range"),
        (
            set("/chapters/0/heading", long),
            "#/chapters/0/heading",
            "length",
        ),
        (
            set("/chapters/0/pages", json!([1, 2, 3, 4])),
            "#/chapters/0/pages",
            "length",
        ),
        // shapes
        (without("", "title"), "#/title", "missing_field"),
        (without("/author", "name"), "#/author/name", "missing_field"),
        (
            without("/chapters/0", "pages"),
            "#/chapters/0/pages",
            "missing_field",
        ),
        (with("", "extra", json!(1)), "#/extra", "unknown_field"),
        (with("", "a/b~c", json!(1)), "#/a~1b~0c", "unknown_field"),
        (
            with("/author", "role", json!("admin")),
            "#/author/role",
            "unknown_field",
        ),
        (
            with("/chapters/0", "x", json!(1)),
            "#/chapters/0/x",
            "unknown_field",
        ),
        (set("/title", json!(5)), "#/title", "type"),
        (set("/title", Value::Null), "#/title", "type"),
        (set("/title", json!(["On notes"])), "#/title", "type"),
        (set("/author", json!("Ada")), "#/author", "type"),
        (set("/author", json!([])), "#/author", "type"),
        (set("/chapters", json!({})), "#/chapters", "type"),
        (
            set("/chapters/0/pages/1", json!("two")),
            "#/chapters/0/pages/1",
            "type",
        ),
        (
            set("/chapters/0/pages/1", json!(65_536)),
            "#/chapters/0/pages/1",
            "type",
        ),
        (
            set("/chapters/0/pages/1", json!(-1)),
            "#/chapters/0/pages/1",
            "type",
        ),
        (
            set("/chapters/0/pages/1", json!(1.5)),
            "#/chapters/0/pages/1",
            "type",
        ),
        (set("/rating", json!("5")), "#/rating", "type"),
        (json!({}), "#/title", "missing_field"),
        (json!(null), "#", "type"),
        (json!(5), "#", "type"),
        (json!("text"), "#", "type"),
    ];
    for (body, pointer, code) in cases {
        let response = post(&app, "/articles", body.to_string()).await;
        let found = errors(&body.to_string(), &response);
        assert_eq!(found, [(pointer.to_owned(), code.to_owned())], "{body}");
    }
}

#[actix_web::test]
async fn a_list_is_no_object() {
    // Serde takes a list for a struct too, its fields in their order; a JSON API does not mean it.
    let app = app().await;
    let list = json!(["On notes", {"name": "Ada", "mail": null}, [], 5]);
    let found = errors("the body", &post(&app, "/articles", list.to_string()).await);
    assert_eq!(found, [("#".to_owned(), "type".to_owned())]);
    let mut nested = article();
    nested["author"] = json!(["Ada", null]);
    let found = errors(
        "a field",
        &post(&app, "/articles", nested.to_string()).await,
    );
    assert_eq!(found, [("#/author".to_owned(), "type".to_owned())]);
}

#[actix_web::test]
async fn all_broken_rules_come_at_once_each_at_its_place() {
    let app = app().await;
    let body = json!({
        "title": "",
        "author": {"name": "", "mail": "x"},
        "chapters": [
            {"heading": "One", "pages": []},
            {"heading": "", "pages": [1, 2, 3, 4]},
            {"heading": "Three", "pages": []},
        ],
        "rating": 9,
    });
    let mut found = errors("all", &post(&app, "/articles", body.to_string()).await);
    found.sort();
    let expected = [
        ("#/author/mail", "email"),
        ("#/author/name", "length"),
        ("#/chapters", "length"),
        ("#/chapters/1/heading", "length"),
        ("#/chapters/1/pages", "length"),
        ("#/rating", "range"),
        ("#/title", "length"),
    ];
    assert_eq!(
        found,
        expected.map(|(at, code)| (at.to_owned(), code.to_owned()))
    );
}

#[actix_web::test]
async fn no_value_is_ever_repeated() {
    let app = app().await;
    let secret = "hunter2-hunter2";
    let mut bodies = Vec::new();
    for path in [
        "/title",
        "/author",
        "/author/name",
        "/chapters",
        "/chapters/0/pages/0",
        "/rating",
    ] {
        for value in [
            json!(secret),
            json!([secret]),
            json!({"name": secret}),
            json!([[secret]]),
        ] {
            let mut body = article();
            *body.pointer_mut(path).expect("a place") = value;
            bodies.push(body.to_string());
        }
    }
    bodies.push(format!("\"{secret}\""));
    bodies.push(format!("{{\"title\": {secret}}}"));
    bodies.push(format!("{{\"title\": \"{secret}"));
    for body in bodies {
        let response = post(&app, "/articles", body.clone()).await;
        assert!(
            [400, 422].contains(&response.status()),
            "{body}: {}",
            response.text()
        );
        let text = format!("{response:?} {}", response.text());
        assert!(!text.contains("hunter2"), "{body}: {text}");
    }
    // The name of an unknown field is shown, and not at any length.
    let body = format!("{{\"{}\": 1}}", "x".repeat(10_000));
    let response = post(&app, "/articles", body).await;
    assert!(response.text().len() < 400, "{}", response.text());
}

#[actix_web::test]
async fn a_form_names_its_fields_in_the_same_way() {
    let app = app().await;
    let form = async |body: &str| {
        let kind = "application/x-www-form-urlencoded";
        app.post("/forms").body(kind, body.to_owned()).send().await
    };
    let good = form("name=Ada+L%C3%A9&mail=ada%40example.com").await;
    assert_eq!(good.text(), "Ada Lé Some(\"ada@example.com\")");
    for (body, pointer, code) in [
        ("name=", "#/name", "length"),
        ("mail=ada%40example.com", "#/name", "missing_field"),
        ("name=Ada&mail=x", "#/mail", "email"),
        ("name=Ada&role=admin", "#/role", "unknown_field"),
    ] {
        let found = errors(body, &form(body).await);
        assert_eq!(found, [(pointer.to_owned(), code.to_owned())], "{body}");
    }
    let empty = form("").await;
    let expected = problem_with(400, "Bad Request", "a form body is required");
    assert_eq!(seen(&empty), (400, expected));
}

#[actix_web::test]
async fn a_field_that_stands_twice_is_refused_and_named() {
    let app = app().await;
    let twice = r#"{"title":"a","title":"b","author":{"name":"Ada"},"chapters":[]}"#;
    let found = errors("JSON", &post(&app, "/articles", twice).await);
    let expected = |pointer: &str, code: &str| [(pointer.to_owned(), code.to_owned())];
    assert_eq!(found, expected("#/title", "duplicate_key"));
    let kind = "application/x-www-form-urlencoded";
    let form = app.post("/forms").body(kind, "name=Ada&name=Eve");
    let found = errors("a form", &form.send().await);
    assert_eq!(found, expected("#/name", "duplicate_field"));
}
