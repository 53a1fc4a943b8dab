//! How large a route says that its body may be (H2): `#[validated(max = "…")]`.

use std::{
    pin::Pin,
    sync::atomic::{AtomicUsize, Ordering},
    task::{Context, Poll},
};

use actix_http::{BoxedPayloadStream, error::PayloadError};
use actix_web::{
    App, HttpResponse, Responder,
    dev::{Payload, Service as _},
    test::{TestRequest, init_service},
    web::{self, Bytes, Form, Json},
};
use futures_util::{Stream, StreamExt as _};
use secure_runtime::{
    csrf::CsrfToken,
    policy::Policy,
    prelude::*,
    session::SessionSettings,
    test::{TestApp, TestClock},
};
use serde_json::{Value, json};

use crate::support::{Complete, Login, problem, seen, settings};

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

#[validated]
struct Note {
    #[validate(length(max = 1_000_000))]
    text: String,
}

#[validated]
struct Rows {
    #[validate(length(max = 1_000_000))]
    rows: Vec<u8>,
}

#[post("/small")]
#[public(unlimited = "because it is a test")]
#[validated(max = "64B")]
async fn small(note: Json<Note>) -> impl Responder {
    note.text.len().to_string()
}

#[post("/large")]
#[public(unlimited = "because it is a test")]
#[validated(max = "1MiB")]
async fn large(note: Json<Note>) -> impl Responder {
    note.text.len().to_string()
}

#[post("/rows")]
#[public(unlimited = "because it is a test")]
#[validated(max = "1MiB")]
async fn many_rows(rows: Json<Rows>) -> impl Responder {
    rows.rows.len().to_string()
}

#[post("/usual-rows")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn usual_rows(rows: Json<Rows>) -> impl Responder {
    rows.rows.len().to_string()
}

#[post("/form")]
#[public(unlimited = "because it is a test")]
#[validated(max = "64B")]
async fn form(note: Form<Note>) -> impl Responder {
    note.text.len().to_string()
}

#[post("/checked")]
#[public(unlimited = "because it is a test")]
#[validated(max = "64B")]
async fn checked(note: Checked<Form<Note>>) -> impl Responder {
    note.into_result()
        .map_or(0, |note| note.text.len())
        .to_string()
}

#[post("/bytes")]
#[public(unlimited = "because it is a test")]
#[validated(max = "64B")]
async fn bytes(#[unvalidated = "because it is only measured"] body: Bytes) -> impl Responder {
    body.len().to_string()
}

/// An extractor that makes nothing of what goes wrong.
#[post("/lenient")]
#[public(unlimited = "because it is a test")]
#[validated(max = "64B")]
async fn lenient(
    #[unvalidated = "because it is only measured"] body: Option<Bytes>,
) -> impl Responder {
    body.map_or_else(|| "nothing".to_owned(), |body| body.len().to_string())
}

/// A handler that reads the body for itself.
#[post("/stream")]
#[public(unlimited = "because it is a test")]
#[validated(max = "64B")]
async fn stream(
    #[unvalidated = "because it is only measured"] mut body: web::Payload,
) -> Result<HttpResponse, actix_web::Error> {
    let mut length = 0;
    while let Some(chunk) = body.next().await {
        length += chunk?.len();
    }
    Ok(HttpResponse::Ok().body(length.to_string()))
}

#[post("/unbounded")]
#[public(unlimited = "because it is a test")]
async fn unbounded(#[unvalidated = "because it is only measured"] body: Bytes) -> impl Responder {
    body.len().to_string()
}

#[post("/posted")]
#[protected]
#[validated(max = "1KiB")]
async fn posted(note: Form<Note>) -> impl Responder {
    note.into_inner().text
}

#[get("/token")]
#[protected]
async fn form_token(token: CsrfToken) -> impl Responder {
    token.to_string()
}

fn list(routes: &mut Routes) {
    routes.service(small).service(large);
    routes.service(many_rows).service(usual_rows);
    routes.service(form).service(checked);
    routes.service(bytes).service(lenient).service(stream);
    routes
        .service(unbounded)
        .service(posted)
        .service(form_token);
}

async fn app() -> TestApp {
    TestApp::with(|settings| settings.body_limit(100), list, |_| {}).await
}

/// A body of so many bytes for each of the routes.
fn body_for(path: &str, length: usize) -> (&'static str, String) {
    let (kind, before, after) = match path {
        "/form" | "/checked" => (FORM, "text=", ""),
        "/small" | "/large" => (JSON, r#"{"text":""#, r#""}"#),
        _ => ("application/octet-stream", "", ""),
    };
    let filling = "x".repeat(length - before.len() - after.len());
    (kind, format!("{before}{filling}{after}"))
}

#[actix_web::test]
async fn the_route_says_how_large_its_body_may_be() {
    let app = app().await;
    let refused = (413, problem(413, "Payload Too Large"));
    for path in ["/small", "/form", "/checked", "/bytes", "/lenient"] {
        for (length, passes) in [
            (63, true),
            (64, true),
            (65, false),
            (100, false),
            (10_000, false),
        ] {
            let (kind, body) = body_for(path, length);
            let response = app.post(path).body(kind, body).send().await;
            match passes {
                true => assert_eq!(response.status(), 200, "{path} {length}"),
                false => assert_eq!(seen(&response), refused, "{path} {length}"),
            }
        }
    }
    // More than the app allows elsewhere.
    for (length, status) in [(101, 200), (1 << 20, 422), ((1 << 20) + 1, 413)] {
        let (kind, body) = body_for("/large", length);
        let response = app.post("/large").body(kind, body).send().await;
        assert_eq!(response.status(), status, "{length}: {}", response.text());
    }
    // What says nothing is not bounded by another route.
    let response = app.post("/unbounded").body("text/plain", "x".repeat(65));
    assert_eq!(response.send().await.text(), "65");
}

#[actix_web::test]
async fn a_handler_that_reads_for_itself_reads_no_further() {
    let app = app().await;
    let post = async |length: usize| {
        let request = app.post("/stream").body("text/plain", "x".repeat(length));
        request.send().await
    };
    assert_eq!(post(64).await.text(), "64");
    assert_eq!(post(65).await.status(), 413);
}

#[actix_web::test]
async fn what_is_packed_is_not_bounded_by_its_size_and_so_refused() {
    let app = app().await;
    for path in ["/bytes", "/lenient", "/stream", "/small"] {
        let (kind, body) = body_for(path, 20);
        let request = app.post(path).body(kind, body);
        let response = request.header("content-encoding", "gzip").send().await;
        assert_eq!(response.status(), 415, "{path}");
    }
}

static POLLS: AtomicUsize = AtomicUsize::new(0);

/// Ten bytes after ten bytes.
struct Endless;

impl Stream for Endless {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        POLLS.fetch_add(1, Ordering::SeqCst);
        Poll::Ready(Some(Ok(Bytes::from_static(&[b'x'; 10]))))
    }
}

#[actix_web::test]
async fn nothing_is_read_of_what_says_that_it_is_too_large_and_little_of_what_does_not() {
    let security = settings(&TestClock::default()).build().expect("settings");
    let routes = security.routes(list).expect("routes");
    let app = App::new()
        .configure(routes.mount())
        .wrap(security.middleware());
    let app = init_service(app).await;
    let call = async |path: &str, kind: &str, length: Option<&str>| {
        let mut request = TestRequest::post().uri(path);
        request = request.insert_header(("content-type", kind));
        if let Some(length) = length {
            request = request.insert_header(("content-length", length));
        }
        let endless: BoxedPayloadStream = Box::pin(Endless);
        let (request, _) = request.to_request().replace_payload(Payload::from(endless));
        let status = match app.call(request).await {
            Ok(response) => response.status().as_u16(),
            Err(error) => error.as_response_error().status_code().as_u16(),
        };
        (status, POLLS.swap(0, Ordering::SeqCst))
    };
    for path in [
        "/small", "/form", "/checked", "/bytes", "/lenient", "/stream",
    ] {
        let (kind, _) = body_for(path, 20);
        assert_eq!(call(path, kind, Some("65")).await, (413, 0), "{path}");
        // Six times ten are there, and the seventh is too much.
        assert_eq!(call(path, kind, None).await, (413, 7), "{path}");
        assert_eq!(
            call(path, kind, Some("20")).await,
            (413, 7),
            "{path}: a lie"
        );
    }
}

#[actix_web::test]
async fn a_larger_body_may_have_more_values() {
    let app = app().await;
    let body = |length: usize| format!(r#"{{"rows":[{}]}}"#, vec!["1"; length].join(","));
    // 1 MiB / 32 values, one of which is the key.
    let most = (1 << 20) / 32 - 1;
    let post = async |length| app.post("/rows").body(JSON, body(length)).send().await;
    assert_eq!(post(most).await.text(), most.to_string());
    let many = post(most + 1).await;
    assert_eq!(many.status(), 422);
    assert_eq!(many.json()["errors"][0]["code"], "too_many_values");
    let app = TestApp::new(list).await;
    let post = async |length| {
        app.post("/usual-rows")
            .body(JSON, body(length))
            .send()
            .await
    };
    assert_eq!(post(9_999).await.text(), "9999");
    let many = post(10_000).await;
    let error =
        json!({"pointer": "#", "code": "too_many_values", "detail": "has more than 10000 values"});
    assert_eq!(many.json()["errors"], json!([error]));
}

#[actix_web::test]
async fn a_form_that_is_read_for_its_token_is_bounded_as_well() {
    let change = |settings: Complete| settings.sessions(SessionSettings::new());
    let Login { app, .. } = Login::mounting(change, list).await;
    let session = app.session("ada").await;
    let token = app.get("/token").with_session(&session).send().await.text();
    let post = async |filling: usize| {
        let body = format!("csrf_token={token}&text={}", "x".repeat(filling));
        let request = app.post("/posted").header("cookie", session.cookie());
        request.body(FORM, body).send().await.status()
    };
    assert_eq!(post(100).await, 200);
    assert_eq!(post(1024).await, 413);
}

#[actix_web::test]
async fn the_policy_and_the_matrix_say_it() {
    assert_eq!(small::POLICY.body_limit(), Some(64));
    assert_eq!(large::POLICY.body_limit(), Some(1 << 20));
    assert_eq!(bytes::POLICY.body_limit(), Some(64));
    assert_eq!(usual_rows::POLICY.body_limit(), None);
    const { assert!(matches!(small::POLICY.body_limit(), Some(0..1000))) };
    let app = app().await;
    let report = app.security().report();
    let rows: Value = serde_json::from_str(&report.json()).expect("JSON");
    let row = |path: &str| {
        let mut rows = rows["routes"].as_array().into_iter().flatten();
        let found = rows.find(|row| row["path"] == path);
        found.unwrap_or_else(|| panic!("{path}")).clone()
    };
    assert_eq!(row("/small")["body_limit"], 64);
    assert_eq!(row("/large")["body_limit"], 1 << 20);
    assert_eq!(row("/usual-rows").get("body_limit"), None);
    let matrix = report.markdown();
    for cell in [
        "| json; body at most 64B |",
        "| json; body at most 1MiB |",
        "| form; body at most 1KiB |",
        "| json |",
    ] {
        assert!(matrix.contains(cell), "{cell}: {matrix}");
    }
}
