//! Query strings and paths (H2, "The answers").

use actix_web::{
    Responder,
    web::{Path, Query},
};
use secure_runtime::{prelude::*, test::TestApp};
use serde_json::{Value, json};

use crate::support::{problem, seen};

#[validated(unknown = "ignore")]
struct Page {
    #[validate(range(min = 1, max = 100))]
    limit: u32,
    #[validate(length(max = 5))]
    search: Option<String>,
}

#[validated]
struct Strict {
    exact: Option<bool>,
}

#[validated]
struct Place {
    year: u16,
    #[validate(length(min = 2, max = 5))]
    slug: String,
}

#[get("/notes")]
#[public]
#[validated]
async fn notes(page: Query<Page>) -> impl Responder {
    format!("{} {:?}", page.limit, page.search)
}

#[get("/strict")]
#[public]
#[validated]
async fn strict(query: Query<Strict>) -> impl Responder {
    format!("{:?}", query.exact)
}

#[get("/numbers/{id}")]
#[public]
#[validated]
async fn number(id: Path<u8>) -> impl Responder {
    id.to_string()
}

#[get("/pairs/{a}/{b}")]
#[public]
#[validated]
async fn pair(pair: Path<(u8, bool)>) -> impl Responder {
    format!("{} {}", pair.0, pair.1)
}

#[get("/places/{year}/{slug}")]
#[public]
#[validated]
async fn place(place: Path<Place>) -> impl Responder {
    format!("{} {}", place.year, place.slug)
}

async fn app() -> TestApp {
    TestApp::new(|routes| {
        routes.service(notes).service(strict).service(number);
        routes.service(pair).service(place);
    })
    .await
}

#[actix_web::test]
async fn a_query_string_that_is_wrong_is_422_and_names_the_parameter() {
    let app = app().await;
    for (path, parameter, code) in [
        ("/notes", "limit", "missing_field"),
        ("/notes?search=x", "limit", "missing_field"),
        ("/notes?limit=0", "limit", "range"),
        ("/notes?limit=101", "limit", "range"),
        ("/notes?limit=hunter2", "limit", "type"),
        ("/notes?limit=", "limit", "type"),
        ("/notes?limit=-1", "limit", "type"),
        ("/notes?limit=1.0", "limit", "type"),
        ("/notes?limit=4294967296", "limit", "type"),
        ("/notes?limit=1&search=hunter2", "search", "length"),
        ("/strict?exact=yes", "exact", "type"),
        ("/strict?exat=true", "exat", "unknown_field"),
    ] {
        let (status, body) = seen(&app.get(path).send().await);
        assert_eq!(status, 422, "{path}: {body}");
        assert_eq!(body["title"], "Unprocessable Entity", "{path}");
        let errors = body["errors"].as_array().cloned().unwrap_or_default();
        assert_eq!(errors.len(), 1, "{path}: {body}");
        let detail = errors[0]["detail"].clone();
        let expected = json!({"parameter": parameter, "code": code, "detail": detail});
        assert_eq!(errors[0], expected, "{path}");
        assert!(
            detail.is_string() && !body.to_string().contains("hunter2"),
            "{path}: {body}"
        );
    }
}

#[actix_web::test]
async fn a_good_query_string_arrives_and_what_it_adds_is_ignored_where_said() {
    let app = app().await;
    for (path, text) in [
        ("/notes?limit=1", "1 None"),
        ("/notes?limit=100&search=%C3%A9+%26", "100 Some(\"é &\")"),
        ("/notes?utm_source=x&limit=7&utm_source=y", "7 None"),
        ("/strict", "None"),
        ("/strict?exact=true", "Some(true)"),
    ] {
        let response = app.get(path).send().await;
        assert_eq!(
            (response.status(), response.text().as_str()),
            (200, text),
            "{path}"
        );
    }
}

#[actix_web::test]
async fn a_segment_that_does_not_parse_is_a_path_that_does_not_exist() {
    let app = app().await;
    let nowhere: (u16, Value) = (404, problem(404, "Not Found"));
    for path in [
        "/numbers/x",
        "/numbers/256",
        "/numbers/-1",
        "/numbers/1.0",
        "/numbers/%31x",
        "/numbers/%FF",
        "/pairs/1/yes",
        "/pairs/x/true",
        "/places/now/abc",
    ] {
        assert_eq!(seen(&app.get(path).send().await), nowhere, "{path}");
    }
    for (path, text) in [
        ("/numbers/255", "255"),
        ("/numbers/%32", "2"),
        ("/pairs/1/true", "1 true"),
        ("/places/2030/abc", "2030 abc"),
    ] {
        let response = app.get(path).send().await;
        assert_eq!(
            (response.status(), response.text().as_str()),
            (200, text),
            "{path}"
        );
    }
}

#[actix_web::test]
async fn a_segment_that_breaks_a_rule_names_the_parameter() {
    let app = app().await;
    for path in ["/places/2030/a", "/places/2030/abcdef"] {
        let (status, body) = seen(&app.get(path).send().await);
        assert_eq!(status, 422, "{path}: {body}");
        assert_eq!(body["errors"][0]["parameter"], "slug", "{path}: {body}");
        assert_eq!(body["errors"][0]["code"], "length", "{path}: {body}");
    }
}

#[actix_web::test]
async fn a_parameter_that_stands_twice_is_named() {
    let app = app().await;
    let (status, body) = seen(&app.get("/notes?limit=1&limit=2").send().await);
    assert_eq!(status, 422, "{body}");
    assert_eq!(body["errors"][0]["code"], "duplicate_field", "{body}");
    assert_eq!(body["errors"][0]["parameter"], "limit", "{body}");
}
