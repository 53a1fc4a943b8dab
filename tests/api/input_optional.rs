//! Inputs that may be left out, and bodies of one type or another (H1).

use actix_web::{
    Either, Responder,
    http::Method,
    web::{Form, Json, Query},
};
use secure_runtime::{
    csrf::CsrfToken,
    prelude::*,
    session::SessionSettings,
    test::{TestApp, TestRequest, TestResponse, TestSession},
};
use serde_json::json;

use crate::support::{Complete, Login, problem, problem_with, seen};

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

#[validated]
struct Note {
    #[validate(length(min = 1, max = 10))]
    text: String,
}

#[validated]
struct Draft {
    #[validate(length(max = 10))]
    title: Option<String>,
}

#[validated]
struct Page {
    #[validate(range(min = 1, max = 100))]
    limit: u32,
}

#[post("/json")]
#[protected]
#[validated]
async fn json_or_nothing(note: Option<Json<Note>>) -> impl Responder {
    note.map_or_else(|| "nothing".to_owned(), |note| note.into_inner().text)
}

#[post("/form")]
#[protected]
#[validated]
async fn form_or_nothing(note: Option<Form<Note>>) -> impl Responder {
    note.map_or_else(|| "nothing".to_owned(), |note| note.into_inner().text)
}

#[post("/draft")]
#[protected]
#[validated]
async fn draft_or_nothing(draft: Option<Form<Draft>>) -> impl Responder {
    let title = draft.map(|draft| draft.into_inner().title);
    format!("{title:?}")
}

#[get("/query")]
#[protected]
#[validated]
async fn query_or_nothing(page: Option<Query<Page>>) -> impl Responder {
    page.map_or_else(|| "nothing".to_owned(), |page| page.limit.to_string())
}

#[post("/either")]
#[protected]
#[validated]
async fn json_or_form(note: Either<Json<Note>, Form<Draft>>) -> impl Responder {
    match note {
        Either::Left(note) => format!("json {}", note.text),
        Either::Right(draft) => format!("form {:?}", draft.title),
    }
}

#[post("/other")]
#[protected]
#[validated]
async fn form_or_json(note: Either<Form<Note>, Json<Draft>>) -> impl Responder {
    match note {
        Either::Left(note) => format!("form {}", note.text),
        Either::Right(draft) => format!("json {:?}", draft.title),
    }
}

#[get("/token")]
#[protected]
async fn form_token(token: CsrfToken) -> impl Responder {
    token.to_string()
}

fn list(routes: &mut Routes) {
    routes.service(json_or_nothing).service(form_or_nothing);
    routes.service(draft_or_nothing).service(query_or_nothing);
    routes.service(json_or_form).service(form_or_json);
    routes.service(form_token);
}

async fn app() -> TestApp {
    TestApp::new(list).await
}

fn post<'a>(app: &'a TestApp, path: &str) -> TestRequest<'a> {
    app.post(path).as_user("ada")
}

/// The pointer of the one error.
fn pointer(response: &TestResponse) -> String {
    let (status, body) = seen(response);
    assert_eq!(status, 422, "{body}");
    let errors = body["errors"].as_array().map_or(0, Vec::len);
    assert_eq!(errors, 1, "{body}");
    let error = &body["errors"][0];
    let place = error["pointer"].as_str().or(error["parameter"].as_str());
    place.expect("a place").to_owned()
}

#[actix_web::test]
async fn no_body_at_all_is_nothing() {
    let app = app().await;
    for path in ["/json", "/form"] {
        let kind = if path == "/json" { JSON } else { FORM };
        for (name, request) in [
            ("no header of it", post(&app, path)),
            (
                "a length of zero",
                post(&app, path).header("content-length", "0"),
            ),
            ("a type, and not a byte", post(&app, path).body(kind, "")),
            (
                "another type, and not a byte",
                post(&app, path).body("text/plain", ""),
            ),
        ] {
            let response = request.send().await;
            assert_eq!(response.text(), "nothing", "{path}: {name}");
        }
    }
    let none = post(&app, "/draft").send().await;
    assert_eq!(none.text(), "None");
    let empty = post(&app, "/draft").body(FORM, "title=").send().await;
    assert_eq!(empty.text(), "Some(Some(\"\"))");
}

#[actix_web::test]
async fn a_body_that_is_there_is_read_and_never_dropped() {
    let app = app().await;
    let good = post(&app, "/json").body(JSON, r#"{"text":"hello"}"#);
    assert_eq!(good.send().await.text(), "hello");
    let good = post(&app, "/form").body(FORM, "text=hello");
    assert_eq!(good.send().await.text(), "hello");
    for (path, kind, body, status) in [
        ("/json", JSON, "null", 422),
        ("/json", JSON, "{}", 422),
        ("/json", JSON, r#"{"text":""}"#, 422),
        ("/json", JSON, r#"{"text":"hello""#, 400),
        ("/json", JSON, " ", 400),
        ("/json", FORM, "text=hello", 415),
        ("/json", "text/plain", "x", 415),
        ("/json", "application/json; charset=utf-16", "x", 415),
        ("/form", FORM, "text=", 422),
        ("/form", FORM, "&", 422),
        ("/form", FORM, "text=%", 400),
        ("/form", JSON, r#"{"text":"hello"}"#, 415),
    ] {
        let response = post(&app, path).body(kind, body).send().await;
        assert_eq!(response.status(), status, "{path} {kind} {body}");
    }
    // Encoded, and announced without a type.
    let packed = post(&app, "/json").body(JSON, "xx");
    let packed = packed.header("content-encoding", "gzip").send().await;
    assert_eq!(packed.status(), 415);
    let untyped = post(&app, "/json").header("content-length", "2");
    assert_eq!(untyped.send().await.status(), 415);
    let large = post(&app, "/json").body(JSON, "x".repeat(256 * 1024 + 1));
    assert_eq!(large.send().await.status(), 413);
}

#[actix_web::test]
async fn no_query_string_is_nothing_and_a_wrong_one_is_refused() {
    let app = app().await;
    let get = async |path: &str| app.get(path).as_user("ada").send().await;
    assert_eq!(get("/query").await.text(), "nothing");
    assert_eq!(get("/query?").await.text(), "nothing");
    assert_eq!(get("/query?limit=7").await.text(), "7");
    assert_eq!(pointer(&get("/query?limit=0").await), "limit");
    assert_eq!(pointer(&get("/query?limit=x").await), "limit");
    assert_eq!(pointer(&get("/query?x=1").await), "x");
    assert_eq!(pointer(&get("/query?&").await), "limit");
    assert_eq!(get("/query?limit=%zz").await.status(), 400);
}

#[actix_web::test]
async fn the_content_type_chooses() {
    let app = app().await;
    for (path, kind, body, text) in [
        ("/either", JSON, r#"{"text":"hello"}"#, "json hello"),
        (
            "/either",
            "application/hal+json",
            r#"{"text":"hello"}"#,
            "json hello",
        ),
        ("/either", FORM, "title=hello", "form Some(\"hello\")"),
        ("/other", FORM, "text=hello", "form hello"),
        (
            "/other",
            JSON,
            r#"{"title":"hello"}"#,
            "json Some(\"hello\")",
        ),
    ] {
        let response = post(&app, path).body(kind, body).send().await;
        assert_eq!(response.text(), text, "{path} {kind}");
    }
    // No side stands in for the other.
    for (path, kind, body, status) in [
        ("/either", JSON, r#"{"title":"hello"}"#, 422),
        ("/either", JSON, "title=hello", 400),
        ("/either", FORM, "text=hello", 422),
        ("/either", FORM, r#"{"text":"hello"}"#, 422),
        ("/other", FORM, "text=", 422),
        ("/other", JSON, "text=hello", 400),
        ("/other", JSON, r#"{"title":"hello hello"}"#, 422),
    ] {
        let response = post(&app, path).body(kind, body).send().await;
        assert_eq!(response.status(), status, "{path} {kind} {body}");
    }
    for path in ["/either", "/other"] {
        for kind in [
            "text/plain",
            "multipart/form-data; boundary=x",
            "application/xml",
            "",
        ] {
            let response = post(&app, path).body(kind, "text=hello").send().await;
            let expected = (415, problem(415, "Unsupported Media Type"));
            assert_eq!(seen(&response), expected, "{path} {kind}");
        }
        let none = post(&app, path).send().await;
        let detail = "a JSON or form body is required";
        let expected = (400, problem_with(400, "Bad Request", detail));
        assert_eq!(seen(&none), expected, "{path}");
    }
}

#[actix_web::test]
async fn whoever_is_refused_sees_nothing_of_the_body() {
    let app = app().await;
    for path in ["/json", "/form", "/either", "/other"] {
        let response = app.post(path).body("text/plain", "x").send().await;
        assert_eq!(response.status(), 401, "{path}");
    }
    assert_eq!(app.get("/query?limit=0").send().await.status(), 401);
}

/// A browser that says nothing about where its request comes from, so that the form has to tell.
async fn silent(
    app: &TestApp,
    session: &TestSession,
    path: &str,
    kind: &str,
    body: &str,
) -> TestResponse {
    let request = app.request(Method::POST, path);
    let request = request.header("cookie", session.cookie());
    match body {
        "" => request.send().await,
        body => request.body(kind, body.to_owned()).send().await,
    }
}

#[actix_web::test]
async fn the_token_of_a_form_is_looked_for_in_each_of_them() {
    let change = |settings: Complete| settings.sessions(SessionSettings::new());
    let Login { app, .. } = Login::mounting(change, list).await;
    let session = app.session("ada").await;
    let token = app.get("/token").with_session(&session).send().await.text();
    let other = app.session("ada").await;
    let foreign = app.get("/token").with_session(&other).send().await.text();
    for (path, field, text) in [
        ("/form", "text=hello", "hello"),
        ("/either", "title=hello", "form Some(\"hello\")"),
        ("/other", "text=hello", "form hello"),
        ("/draft", "title=hello", "Some(Some(\"hello\"))"),
    ] {
        let send = async |body: String| silent(&app, &session, path, FORM, &body).await;
        let good = send(format!("csrf_token={token}&{field}")).await;
        assert_eq!(good.text(), text, "{path}");
        assert_eq!(send(field.to_owned()).await.status(), 403, "{path}: none");
        let bad = send(format!("csrf_token={foreign}&{field}")).await;
        assert_eq!(bad.status(), 403, "{path}: somebody else's");
        let twice = send(format!("csrf_token={token}&csrf_token={token}&{field}")).await;
        assert_eq!(twice.status(), 403, "{path}: two of them");
    }
    // The token alone is no form, and no token is no way in.
    let alone = format!("csrf_token={token}");
    for (path, text) in [("/form", "nothing"), ("/draft", "None")] {
        let response = silent(&app, &session, path, FORM, &alone).await;
        assert_eq!(response.text(), text, "{path}");
        assert_eq!(silent(&app, &session, path, FORM, "").await.status(), 403);
        let empty = app.post(path).header("cookie", session.cookie());
        assert_eq!(empty.body(FORM, "").send().await.status(), 403, "{path}");
    }
    for path in ["/json", "/either", "/other"] {
        let body = json!({"text": "hello", "csrf_token": token}).to_string();
        let response = silent(&app, &session, path, JSON, &body).await;
        assert_eq!(response.status(), 403, "{path}: JSON has no form token");
        let response = silent(&app, &session, path, JSON, "").await;
        assert_eq!(response.status(), 403, "{path}: no body");
    }
    let response = silent(&app, &session, "/json", FORM, &alone).await;
    assert_eq!(response.status(), 403, "nobody there reads a form");
}
