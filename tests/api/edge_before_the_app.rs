//! What actix-http answers by itself, before any code of an app runs: without our headers, without a
//! correlation id, and unseen by the log. And where that ends. Listed in `docs/threats.md`.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use actix_web::{
    App, HttpServer, Responder,
    web::{Bytes, Json},
};
use secure_runtime::{prelude::*, test::TestClock};

use crate::support::{Server, raw, settings};

#[validated]
struct Note {
    #[validate(length(min = 1, max = 100))]
    text: String,
}

#[get("/ok")]
#[public]
async fn fine() -> impl Responder {
    "ok"
}

#[post("/notes")]
#[public]
#[rate_limit("100/minute")]
#[validated]
async fn write_note(note: Json<Note>) -> impl Responder {
    note.text.clone()
}

#[post("/raw")]
#[public]
#[rate_limit("100/minute")]
async fn take(#[unvalidated = "because it is only counted"] body: Bytes) -> impl Responder {
    body.len().to_string()
}

fn server() -> Server {
    let security = settings(&TestClock::default())
        .body_deadline(Duration::from_millis(200))
        .build()
        .expect("settings");
    let routes = security.routes(|routes| {
        routes.service(fine).service(write_note).service(take);
    });
    let routes = routes.expect("routes");
    let shared = security.clone();
    let server = HttpServer::new(move || {
        App::new()
            .configure(routes.mount())
            .wrap(shared.middleware())
    })
    .workers(1)
    .client_request_timeout(Duration::from_millis(500))
    .disable_signals()
    .bind(("127.0.0.1", 0))
    .expect("a free port");
    let address = server.addrs()[0];
    Server::watch(server.run(), address, security)
}

/// The status, and whether the answer went through our middleware.
async fn answer(server: &Server, request: impl Into<Vec<u8>>) -> (u16, bool) {
    let head = raw(server.address, request).await.to_ascii_lowercase();
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    let ours = [
        "x-request-id: ",
        "x-content-type-options: nosniff",
        "content-security-policy: ",
        "x-frame-options: deny",
    ];
    let carried = ours.iter().filter(|header| head.contains(*header)).count();
    assert!(carried == 0 || carried == ours.len(), "{head}");
    (status.unwrap_or(0), carried > 0)
}

#[actix_web::test]
async fn what_is_no_request_is_answered_before_the_app() {
    let server = server();
    let long = "a".repeat(200_000);
    let post = "POST /notes HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n";
    for (name, request, status) in [
        ("no request line", "nonsense\r\n\r\n".to_owned(), 400),
        (
            "another protocol",
            "\u{16}\u{3}\u{1}\r\n\r\n".to_owned(),
            400,
        ),
        ("no host", "GET /ok HTTP/1.1\r\n\r\n".to_owned(), 400),
        (
            "two hosts",
            "GET /ok HTTP/1.1\r\nhost: a\r\nhost: a\r\n\r\n".to_owned(),
            400,
        ),
        (
            "a space in the target",
            "GET /o k HTTP/1.1\r\nhost: a\r\n\r\n".to_owned(),
            400,
        ),
        (
            "a broken header",
            "GET /ok HTTP/1.1\r\nhost: a\r\nx y: z\r\n\r\n".to_owned(),
            400,
        ),
        (
            "NUL in a header",
            "GET /ok HTTP/1.1\r\nhost: a\r\nx: \0\r\n\r\n".to_owned(),
            400,
        ),
        (
            "two lengths",
            format!("{post}content-length: 1\r\ncontent-length: 2\r\n\r\n12"),
            400,
        ),
        (
            "no length",
            format!("{post}content-length: -1\r\n\r\n"),
            400,
        ),
        (
            "a length and chunks",
            format!("{post}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"),
            400,
        ),
        (
            "an unknown coding",
            format!("{post}transfer-encoding: zip\r\n\r\n"),
            400,
        ),
        (
            "a head without end",
            format!("GET /ok HTTP/1.1\r\nhost: a\r\nx: {long}"),
            431,
        ),
        (
            "a head that does not come",
            "GET /ok HTTP/1.1\r\n".to_owned(),
            408,
        ),
    ] {
        assert_eq!(answer(&server, request).await, (status, false), "{name}");
    }
    // It stays up.
    let request = "GET /ok HTTP/1.1\r\nhost: a\r\n\r\n";
    assert_eq!(answer(&server, request).await, (200, true));
}

#[actix_web::test]
async fn whatever_is_a_request_comes_to_the_app() {
    let server = server();
    let post = "POST /notes HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n";
    for (name, request, status) in [
        (
            "HTTP/1.0 without a host",
            "GET /ok HTTP/1.0\r\n\r\n".to_owned(),
            200,
        ),
        (
            "a strange method",
            "BREW /ok HTTP/1.1\r\nhost: a\r\n\r\n".to_owned(),
            405,
        ),
        (
            "an absolute target",
            "GET http://a/ok HTTP/1.1\r\nhost: a\r\n\r\n".to_owned(),
            200,
        ),
        (
            "no path",
            "OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n".to_owned(),
            404,
        ),
        (
            "CONNECT",
            "CONNECT a:443 HTTP/1.1\r\nhost: a\r\n\r\n".to_owned(),
            404,
        ),
        (
            "a bad chunk",
            format!("{post}transfer-encoding: chunked\r\n\r\nnone\r\n"),
            400,
        ),
        (
            "a body that is late",
            format!("{post}content-length: 9\r\n\r\n{{"),
            408,
        ),
        (
            "chunks that are late",
            format!("{post}transfer-encoding: chunked\r\n\r\n1\r\n{{\r\n"),
            408,
        ),
        (
            "a body that nobody validates, late",
            "POST /raw HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n1".to_owned(),
            408,
        ),
        (
            "a body that nobody validates, in time",
            "POST /raw HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\n\r\n1".to_owned(),
            200,
        ),
    ] {
        assert_eq!(answer(&server, request).await, (status, true), "{name}");
    }
    let asked = format!("{post}expect: 100-continue\r\ncontent-length: 9\r\n\r\n");
    assert_eq!(answer(&server, asked).await, (100, false));
}

/// A client that sends a byte now and then holds no connection for longer than a body may take.
#[actix_web::test]
async fn a_body_that_trickles_is_hung_up_on() {
    let server = server();
    let answer = trickle(server.address).await.to_ascii_lowercase();
    assert!(answer.starts_with("http/1.1 408 "), "{answer}");
    assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
    assert!(answer.contains("application/problem+json"), "{answer}");
    assert!(answer.contains("the body took too long"), "{answer}");
}

/// Sends a body byte by byte, until the server hangs up; what it has said.
async fn trickle(address: SocketAddr) -> String {
    actix_web::web::block(move || {
        let mut stream = TcpStream::connect(address).expect("a connection");
        let pace = Some(Duration::from_millis(20));
        stream.set_read_timeout(pace).expect("a time limit");
        let head = "POST /notes HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n\
                    content-length: 100000\r\n\r\n";
        stream
            .write_all(head.as_bytes())
            .expect("the head is taken");
        let mut answer = Vec::new();
        let mut buffer = [0; 4096];
        // Only a server that never hangs up gets to the end.
        for _ in 0..1_000 {
            match stream.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => answer.extend_from_slice(&buffer[..count]),
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                    if stream.write_all(b" ").is_err() {
                        break;
                    }
                }
                Err(_) => break,
            }
        }
        String::from_utf8_lossy(&answer).into_owned()
    })
    .await
    .expect("the thread ends")
}
