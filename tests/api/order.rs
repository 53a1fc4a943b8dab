//! The order of the stages (`docs/architecture.md`, D2): 429, 401 and 403 are decided before a byte of the body is
//! read, and nothing that a stranger sends is answered with 400, 413, 415 or 422.

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
    web::{Bytes, Json},
};
use futures_util::Stream;
use secure_runtime::{
    prelude::*,
    test::{TestApp, TestClock},
    token::Grant,
};

use crate::support::{Reply, Role, raw, serve, settings};

#[validated]
struct Note {
    #[validate(length(min = 1, max = 10))]
    text: String,
}

#[post("/notes")]
#[protected(roles = "user")]
#[rate_limit("5/minute")]
#[rate_limit("2/minute", by = "user")]
#[validated]
async fn write(user: CurrentUser, note: Json<Note>) -> impl Responder {
    format!("{} wrote: {}", user.subject(), note.text)
}

fn list(routes: &mut Routes) {
    routes.service(write);
}

/// Each of them would be answered 400, 413, 415 or 422, were it looked at.
fn junk() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    vec![
        ("syntax", "application/json", b"{junk".to_vec()),
        ("no body", "application/json", Vec::new()),
        ("another type", "text/plain", b"hello".to_vec()),
        ("a type that is none", "///", b"hello".to_vec()),
        ("invalid", "application/json", br#"{"text":""}"#.to_vec()),
        ("unknown field", "application/json", br#"{"x":1}"#.to_vec()),
        ("too large", "application/json", vec![b' '; 300 * 1024]),
        ("no UTF-8", "application/json", vec![0xff, 0xfe]),
    ]
}

#[actix_web::test]
async fn junk_from_a_stranger_is_429_before_401_before_403_and_nothing_else() {
    for (name, kind, body) in junk() {
        let app = TestApp::new(list).await;
        let send = || app.post("/notes").body(kind, body.clone());
        let nobody = send().send().await;
        assert_eq!(nobody.status(), 401, "{name}: nobody");
        let bad = send().header("authorization", "Bearer a.b.c").send().await;
        assert_eq!(bad.status(), 401, "{name}: a bad token");
        let stranger = send().as_user("eve").send().await;
        assert_eq!(stranger.status(), 403, "{name}: no role");
        let stranger = send().as_user("eve").send().await;
        assert_eq!(stranger.status(), 403, "{name}: no role");
        // The limit by caller has no room, and is asked before the role.
        let stranger = send().as_user("eve").send().await;
        assert_eq!(stranger.status(), 429, "{name}: 429 by caller before 403");
        // The limit by address has none either, and is asked before the credential.
        let nobody = send().send().await;
        assert_eq!(nobody.status(), 429, "{name}: 429 by address before 401");
        let bad = send().header("authorization", "Bearer a.b.c").send().await;
        assert_eq!(bad.status(), 429, "{name}: 429 by address before 401");
        // Somebody who may does get to the body, so all of this is about the order.
        let allowed = send().with_role("ada", "user").from_address("192.0.2.2");
        let status = allowed.send().await.status();
        assert!([400, 413, 415, 422].contains(&status), "{name}: {status}");
    }
}

static POLLS: AtomicUsize = AtomicUsize::new(0);

/// Panics when somebody reads it.
struct Untouchable;

impl Stream for Untouchable {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        POLLS.fetch_add(1, Ordering::SeqCst);
        panic!("the body was read");
    }
}

#[actix_web::test]
async fn the_body_of_somebody_who_may_not_is_not_read() {
    let security = settings(&TestClock::default()).build().expect("settings");
    let routes = security.routes(list).expect("routes");
    let app = App::new()
        .configure(routes.mount())
        .wrap(security.middleware());
    let app = init_service(app).await;
    let token = |grant: Grant| {
        let token = security.access_tokens().issue(&grant).expect("a token");
        format!("Bearer {}", token.expose())
    };
    let call = async |authorization: Option<String>| {
        let mut request = TestRequest::post()
            .uri("/notes")
            .insert_header(("content-type", "application/json"))
            .insert_header(("content-length", "16"));
        if let Some(value) = authorization {
            request = request.insert_header(("authorization", value));
        }
        let stream: BoxedPayloadStream = Box::pin(Untouchable);
        let (request, _) = request.to_request().replace_payload(Payload::from(stream));
        match app.call(request).await {
            Ok(response) => response.status().as_u16(),
            Err(error) => error.as_response_error().status_code().as_u16(),
        }
    };
    assert_eq!(call(None).await, 401);
    assert_eq!(call(Some("Bearer a.b.c".to_owned())).await, 401);
    assert_eq!(call(Some(token(Grant::new("eve")))).await, 403);
    assert_eq!(call(Some(token(Grant::new("eve")))).await, 403);
    assert_eq!(call(Some(token(Grant::new("eve")))).await, 429);
    assert_eq!(POLLS.load(Ordering::SeqCst), 0, "polls of the body");

    // A stream that nobody could read would prove nothing: whoever may does read it.
    let security = settings(&TestClock::default()).build().expect("settings");
    let routes = security.routes(list).expect("routes");
    let app = App::new()
        .configure(routes.mount())
        .wrap(security.middleware());
    let app = init_service(app).await;
    let grant = Grant::new("ada").with_roles(["user"]);
    let token = security.access_tokens().issue(&grant).expect("a token");
    let stream: BoxedPayloadStream = Box::pin(Untouchable);
    let request = TestRequest::post()
        .uri("/notes")
        .insert_header(("content-type", "application/json"))
        .insert_header(("content-length", "16"))
        .insert_header(("authorization", format!("Bearer {}", token.expose())))
        .to_request();
    let (request, _) = request.replace_payload(Payload::from(stream));
    let status = match app.call(request).await {
        Ok(response) => response.status(),
        Err(error) => error.as_response_error().status_code(),
    };
    assert_eq!((status.as_u16(), POLLS.load(Ordering::SeqCst)), (500, 1));
}

#[actix_web::test]
async fn a_server_answers_before_the_body_is_sent() {
    let server = serve(list).await;
    let head = |more: &str| {
        format!(
            "POST /notes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{more}\
             Content-Length: 1000\r\n\r\n"
        )
    };
    let token = server.token("eve", &[]);
    let authorization = format!("Authorization: Bearer {token}\r\n");
    for (more, status) in [
        ("", "401"),
        (authorization.as_str(), "403"),
        (authorization.as_str(), "403"),
        (authorization.as_str(), "429"),
    ] {
        let answer = raw(server.address, head(more)).await;
        let line = answer.lines().next().unwrap_or("(nothing)");
        assert!(line.starts_with(&format!("HTTP/1.1 {status} ")), "{line}");
    }
    // The same with chunks, of which none comes.
    let chunked = "POST /notes HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    let answer = raw(server.address, chunked).await;
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    let reply = Reply::of(server.post("/notes").body("{junk")).await;
    assert_eq!(reply.status, 429, "{reply:?}");
}
