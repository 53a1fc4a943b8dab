//! Content types, encodings, sizes, absent bodies (H2).

use std::{
    pin::Pin,
    sync::atomic::{AtomicUsize, Ordering},
    task::{Context, Poll},
};

use actix_http::{BoxedPayloadStream, error::PayloadError};
use actix_web::{
    App, Responder,
    dev::{Payload, Service as _},
    test::{TestRequest, init_service},
    web::{Bytes, Form, Json},
};
use futures_util::Stream;
use secure_runtime::{
    prelude::*,
    test::{TestApp, TestClock},
};

use crate::support::{Server, problem, problem_with, raw, seen, settings};

#[validated]
struct Note {
    #[validate(length(min = 1, max = 1000))]
    text: String,
}

#[post("/json")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn take_json(note: Json<Note>) -> impl Responder {
    note.text.clone()
}

#[post("/form")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn take_form(note: Form<Note>) -> impl Responder {
    note.text.clone()
}

fn list(routes: &mut Routes) {
    routes.service(take_json).service(take_form);
}

#[actix_web::test]
async fn a_json_body_says_that_it_is_json_in_utf_8() {
    let app = TestApp::new(list).await;
    for (kind, status) in [
        ("application/json", 200),
        ("Application/JSON", 200),
        ("application/json; charset=utf-8", 200),
        ("application/json;charset=UTF-8", 200),
        ("application/json; charset=\"utf-8\"", 200),
        ("application/vnd.api+json", 200),
        ("application/merge-patch+json; charset=utf-8", 200),
        ("application/json; profile=x", 200),
        ("application/json; charset=utf-16", 415),
        ("application/json; charset=iso-8859-1", 415),
        ("text/json", 415),
        ("text/plain", 415),
        ("text/plain; x=application/json", 415),
        ("application/jsonp", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("image/svg+xml", 415),
        ("application/octet-stream", 415),
        ("json", 415),
        ("", 415),
        ("*/*", 415),
    ] {
        let request = app.post("/json").body(kind, r#"{"text":"hello"}"#);
        let response = request.send().await;
        assert_eq!(response.status(), status, "{kind:?}: {}", response.text());
        if status == 415 {
            let expected = problem(415, "Unsupported Media Type");
            assert_eq!(seen(&response).1, expected, "{kind:?}");
        }
    }
}

#[actix_web::test]
async fn a_form_body_says_that_it_is_a_form() {
    let app = TestApp::new(list).await;
    for (kind, status) in [
        ("application/x-www-form-urlencoded", 200),
        ("application/x-www-form-urlencoded; charset=UTF-8", 200),
        ("application/x-www-form-urlencoded; charset=latin1", 415),
        ("application/json", 415),
        ("text/plain", 415),
        ("multipart/form-data; boundary=x", 415),
    ] {
        let response = app.post("/form").body(kind, "text=hello").send().await;
        assert_eq!(response.status(), status, "{kind}: {}", response.text());
    }
}

#[actix_web::test]
async fn an_encoded_body_is_not_unpacked() {
    let app = TestApp::new(list).await;
    for encoding in [
        "gzip",
        "br",
        "zstd",
        "deflate",
        "GZIP",
        "x-gzip",
        "gzip, gzip",
        "made-up",
    ] {
        let request = app
            .post("/json")
            .body("application/json", r#"{"text":"hello"}"#);
        let response = request.header("content-encoding", encoding).send().await;
        assert_eq!(response.status(), 415, "{encoding}");
    }
}

#[actix_web::test]
async fn an_absent_body_is_400() {
    let app = TestApp::new(list).await;
    for (path, kind, detail) in [
        ("/json", "application/json", "a JSON body is required"),
        (
            "/form",
            "application/x-www-form-urlencoded",
            "a form body is required",
        ),
    ] {
        let expected = (400, problem_with(400, "Bad Request", detail));
        assert_eq!(
            seen(&app.post(path).send().await),
            expected,
            "{path}: nothing"
        );
        let empty = app.post(path).body(kind, "").send().await;
        assert_eq!(seen(&empty), expected, "{path}: an empty one");
        let announced = app.post(path).header("content-length", "0").send().await;
        assert_eq!(seen(&announced), expected, "{path}: none, as announced");
    }
}

/// A body of `{"text":"…"}` with as many bytes.
fn body_of(bytes: usize) -> String {
    let empty = r#"{"text":""}"#;
    format!(r#"{{"text":"{}"}}"#, "x".repeat(bytes - empty.len()))
}

#[actix_web::test]
async fn a_body_may_be_as_large_as_the_limit_and_no_larger() {
    let settings = |settings: crate::support::Complete| settings.body_limit(100);
    let app = TestApp::with(settings, list, |_| {}).await;
    let post = async |body: String| {
        app.post("/json")
            .body("application/json", body)
            .send()
            .await
    };
    assert_eq!(body_of(100).len(), 100);
    assert_eq!(post(body_of(100)).await.status(), 200);
    let large = post(body_of(101)).await;
    assert_eq!(seen(&large), (413, problem(413, "Payload Too Large")));
    let form = |length: usize| format!("text={}", "x".repeat(length - 5));
    for (length, status) in [(100, 200), (101, 413)] {
        let kind = "application/x-www-form-urlencoded";
        let response = app.post("/form").body(kind, form(length)).send().await;
        assert_eq!(response.status(), status, "a form of {length}");
    }
}

#[actix_web::test]
async fn the_limit_is_256_kib_where_nothing_is_said() {
    let app = TestApp::new(list).await;
    for (bytes, status) in [(256 * 1024, 422), (256 * 1024 + 1, 413)] {
        let request = app.post("/json").body("application/json", body_of(bytes));
        assert_eq!(request.send().await.status(), status, "{bytes}");
    }
}

#[actix_web::test]
async fn a_chunked_body_over_the_limit_is_413_on_a_real_server() {
    let server = Server::start(1, |settings| settings.body_limit(100), list, |_| {}).await;
    let chunked = |chunks: &[usize]| {
        let mut text = String::from(
            "POST /json HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
             Transfer-Encoding: chunked\r\n\r\n",
        );
        let body = body_of(chunks.iter().sum());
        let mut rest = body.as_str();
        for length in chunks {
            let (chunk, after) = rest.split_at(*length);
            text.push_str(&format!("{length:x}\r\n{chunk}\r\n"));
            rest = after;
        }
        text.push_str("0\r\n\r\n");
        text
    };
    for (chunks, status) in [
        (&[100][..], "200"),
        (&[50, 50], "200"),
        (&[101], "413"),
        (&[60, 40, 1], "413"),
        (&[4000, 4000], "413"),
    ] {
        let answer = raw(server.address, chunked(chunks)).await;
        let line = answer.lines().next().unwrap_or("(nothing)");
        assert!(
            line.starts_with(&format!("HTTP/1.1 {status} ")),
            "{chunks:?}: {line}"
        );
    }
    // The last chunk never comes, and nobody waits for it.
    let mut endless = chunked(&[101]);
    endless.truncate(endless.len() - "0\r\n\r\n".len());
    let answer = raw(server.address, endless).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

static POLLS: AtomicUsize = AtomicUsize::new(0);

struct Counting;

impl Stream for Counting {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        POLLS.fetch_add(1, Ordering::SeqCst);
        Poll::Ready(Some(Ok(Bytes::from_static(&[b' '; 10]))))
    }
}

/// Breaks off.
struct Broken;

impl Stream for Broken {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(Some(Err(PayloadError::Incomplete(None))))
    }
}

#[actix_web::test]
async fn a_body_is_read_no_further_than_needed() {
    let settings = settings(&TestClock::default()).body_limit(100);
    let security = settings.build().expect("settings");
    let routes = security.routes(list).expect("routes");
    let app = App::new()
        .configure(routes.mount())
        .wrap(security.middleware());
    let app = init_service(app).await;
    let call = async |headers: &[(&str, &str)], stream: BoxedPayloadStream| {
        let mut request = TestRequest::post().uri("/json");
        for header in headers {
            request = request.insert_header(*header);
        }
        let (request, _) = request.to_request().replace_payload(Payload::from(stream));
        match app.call(request).await {
            Ok(response) => response.status().as_u16(),
            Err(error) => error.as_response_error().status_code().as_u16(),
        }
    };
    let json = ("content-type", "application/json");
    let announced = [json, ("content-length", "101")];
    assert_eq!(call(&announced, Box::pin(Counting)).await, 413);
    assert_eq!(POLLS.load(Ordering::SeqCst), 0, "too large, as announced");
    let other = [("content-type", "text/plain"), ("content-length", "10")];
    assert_eq!(call(&other, Box::pin(Counting)).await, 415);
    assert_eq!(POLLS.load(Ordering::SeqCst), 0, "of another type");
    // A length that lies does not help.
    let lying = [json, ("content-length", "5")];
    assert_eq!(call(&lying, Box::pin(Counting)).await, 413);
    assert_eq!(
        POLLS.swap(0, Ordering::SeqCst),
        11,
        "polls of ten bytes each"
    );
    assert_eq!(call(&[json], Box::pin(Counting)).await, 413);
    assert_eq!(POLLS.load(Ordering::SeqCst), 11, "polls of ten bytes each");
    assert_eq!(call(&[json], Box::pin(Broken)).await, 400);
}
