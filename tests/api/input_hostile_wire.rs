//! Hostile inputs that are one only on the wire: bodies without an end, chunks that are none, lengths that lie, bodies that
//! do not come. `edge_before_the_app.rs` has what is no request at all.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use actix_web::{
    Either, Responder,
    web::{Bytes, Form, Json},
};
use secure_runtime::prelude::*;

use crate::support::{Server, raw};

#[validated]
struct Note {
    #[validate(length(max = 100))]
    text: String,
}

#[post("/json")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn take_json(note: Json<Note>) -> impl Responder {
    note.text.clone()
}

#[post("/maybe")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn take_some(note: Option<Json<Note>>) -> impl Responder {
    note.map_or_else(|| "nothing".to_owned(), |note| note.text.clone())
}

#[post("/either")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn take_either(note: Either<Json<Note>, Form<Note>>) -> impl Responder {
    match note {
        Either::Left(note) => note.into_inner().text,
        Either::Right(note) => note.into_inner().text,
    }
}

#[post("/bytes")]
#[public(unlimited = "because it is a test")]
#[validated(max = "1KiB")]
async fn take_bytes(#[unvalidated = "because it is only measured"] body: Bytes) -> impl Responder {
    body.len().to_string()
}

#[get("/json")]
#[public]
async fn nothing_to_read() -> impl Responder {
    "read nothing"
}

const PATHS: [&str; 4] = ["/json", "/maybe", "/either", "/bytes"];

async fn server() -> Server {
    let settings = |settings: crate::support::Complete| {
        settings
            .body_limit(1024)
            .body_deadline(Duration::from_millis(300))
    };
    let list = |routes: &mut Routes| {
        routes.service(take_json).service(take_some);
        routes.service(take_either).service(take_bytes);
        routes.service(nothing_to_read);
    };
    Server::start(1, settings, list, |_| {}).await
}

fn head(path: &str, more: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{more}\r\n")
}

fn status(answer: &str) -> u16 {
    let status = answer.split(' ').nth(1);
    status.and_then(|it| it.parse().ok()).unwrap_or(0)
}

/// Whether it is still there for others.
async fn assert_up(server: &Server) {
    let body = r#"{"text":"hello"}"#;
    let request = head("/json", &format!("Content-Length: {}\r\n", body.len())) + body;
    assert_eq!(status(&raw(server.address, request).await), 200);
}

/// Sends a piece after a piece, up to ten megabytes, until there is an answer; the answer's head, and how much was
/// sent.
async fn pour(address: SocketAddr, head: String, piece: Vec<u8>) -> (String, usize) {
    actix_web::web::block(move || {
        let mut stream = TcpStream::connect(address).expect("a connection");
        let pace = Some(Duration::from_millis(5));
        stream.set_read_timeout(pace).expect("a time limit");
        stream.set_write_timeout(pace).expect("a time limit");
        stream
            .write_all(head.as_bytes())
            .expect("the head is taken");
        let (mut answer, mut sent) = (Vec::new(), 0);
        let mut buffer = [0; 4096];
        while sent < 10_000_000 {
            match stream.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => answer.extend_from_slice(&buffer[..count]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => break,
            }
            if answer.windows(4).any(|window| window == b"\r\n\r\n") {
                break;
            }
            match stream.write(&piece) {
                Ok(count) => sent += count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => {}
            }
        }
        (String::from_utf8_lossy(&answer).into_owned(), sent)
    })
    .await
    .expect("the thread ends")
}

#[actix_web::test]
async fn a_body_without_end_is_413_after_a_little_of_it() {
    let server = server().await;
    let chunk = format!("400\r\n{}\r\n", " ".repeat(0x400)).into_bytes();
    for path in PATHS {
        let head = head(path, "Transfer-Encoding: chunked\r\n");
        let (answer, sent) = pour(server.address, head, chunk.clone()).await;
        assert_eq!(status(&answer), 413, "{path}: {answer}");
        assert!(sent < 1_000_000, "{path}: {sent} bytes were taken");
    }
    // A length that is too large is answered before a byte of it.
    for path in PATHS {
        let request = head(path, "Content-Length: 1025\r\n");
        assert_eq!(status(&raw(server.address, request).await), 413, "{path}");
        let request = head(path, "Content-Length: 18446744073709551615\r\n");
        assert_eq!(status(&raw(server.address, request).await), 413, "{path}");
    }
    assert_up(&server).await;
}

#[actix_web::test]
async fn a_packed_body_is_415_and_nobody_unpacks_it() {
    let server = server().await;
    // However little it is, however much it becomes.
    let packed = b"8\r\n\x1f\x8b\x08\0\0\0\0\0\r\n".to_vec();
    for path in PATHS {
        for coding in ["gzip", "deflate", "br", "zstd", "identity", "gzip, gzip"] {
            let head = head(
                path,
                &format!("Content-Encoding: {coding}\r\nTransfer-Encoding: chunked\r\n"),
            );
            let (answer, sent) = pour(server.address, head, packed.clone()).await;
            assert_eq!(status(&answer), 415, "{path} {coding}: {answer}");
            assert!(sent < 100_000, "{path} {coding}: {sent} bytes were taken");
        }
    }
    for coding in [
        "gzip, chunked",
        "chunked, gzip",
        "gzip",
        "chunked, chunked",
        "xchunked",
    ] {
        let head = head("/json", &format!("Transfer-Encoding: {coding}\r\n"));
        let body = "10\r\n{\"text\":\"hello\"}\r\n0\r\n\r\n";
        let answer = raw(server.address, head + body).await;
        assert_eq!(status(&answer), 400, "{coding}: {answer}");
    }
    assert_up(&server).await;
}

#[actix_web::test]
async fn chunks_that_are_none_are_400() {
    let server = server().await;
    let good = "10\r\n{\"text\":\"hello\"}\r\n";
    for (name, chunks) in [
        (
            "a size that is no number",
            "zz\r\n{}\r\n0\r\n\r\n".to_owned(),
        ),
        ("a negative size", "-1\r\n{}\r\n0\r\n\r\n".to_owned()),
        ("a size without end", format!("{}\r\n{{}}", "f".repeat(17))),
        (
            "a size that is too large",
            "fffffffffffffffff\r\n".to_owned(),
        ),
        ("0x", "0x10\r\n{\"text\":\"hello\"}\r\n0\r\n\r\n".to_owned()),
        (
            "more than its size",
            format!("2\r\n{{\"text\":\"hello\"}}\r\n{good}"),
        ),
        ("no size at all", "\r\n\r\n".to_owned()),
        (
            "a bare line feed",
            "10\n{\"text\":\"hello\"}\r\n0\r\n\r\n".to_owned(),
        ),
    ] {
        for path in ["/json", "/maybe", "/either"] {
            let request = head(path, "Transfer-Encoding: chunked\r\n") + &chunks;
            let answer = raw(server.address, request).await;
            assert_eq!(status(&answer), 400, "{path}: {name}: {answer}");
        }
    }
    // Chunks as they should be, one byte each.
    let bytes = r#"{"text":"hello"}"#.chars().map(|byte| format!("1\r\n{byte}\r\n"));
    let request =
        head("/json", "Transfer-Encoding: chunked\r\n") + &bytes.collect::<String>() + "0\r\n\r\n";
    assert_eq!(status(&raw(server.address, request).await), 200);
    // A chunked body with nothing in it is no body.
    for (path, wanted) in [("/json", 400), ("/maybe", 200), ("/either", 400)] {
        let request = head(path, "Transfer-Encoding: chunked\r\n") + "0\r\n\r\n";
        assert_eq!(
            status(&raw(server.address, request).await),
            wanted,
            "{path}"
        );
    }
    assert_up(&server).await;
}

#[actix_web::test]
async fn lengths_that_lie() {
    let server = server().await;
    let body = r#"{"text":"hello"}"#;
    for path in ["/json", "/maybe", "/either"] {
        // What is announced is all that is read: the rest is no part of the body.
        let short = head(path, "Content-Length: 5\r\n") + body;
        assert_eq!(status(&raw(server.address, short).await), 400, "{path}");
        // What is announced and does not come is not made up for.
        let long = head(path, "Content-Length: 17\r\n") + body;
        let (answer, _) = cut_off(server.address, long).await;
        assert!([0, 400].contains(&status(&answer)), "{path}: {answer}");
        let long = head(path, "Content-Length: 17\r\n") + body;
        assert_eq!(status(&raw(server.address, long).await), 408, "{path}");
    }
    for length in [
        "+16",
        "16, 16",
        "0x10",
        "16.0",
        "1 6",
        "",
        "16\r\nContent-Length: 17",
    ] {
        let request = head("/json", &format!("Content-Length: {length}\r\n")) + body;
        let answer = raw(server.address, request).await;
        assert_eq!(status(&answer), 400, "{length:?}: {answer}");
    }
    assert_up(&server).await;
}

/// Sends all there is, and says that there is no more.
async fn cut_off(address: SocketAddr, request: String) -> (String, ()) {
    actix_web::web::block(move || {
        let mut stream = TcpStream::connect(address).expect("a connection");
        let patience = Some(Duration::from_secs(5));
        stream.set_read_timeout(patience).expect("a time limit");
        stream.write_all(request.as_bytes()).expect("it is taken");
        stream.shutdown(Shutdown::Write).expect("an end");
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        (String::from_utf8_lossy(&answer).into_owned(), ())
    })
    .await
    .expect("the thread ends")
}

#[actix_web::test]
async fn a_body_that_does_not_come_is_408() {
    let server = server().await;
    for path in PATHS {
        for (name, more) in [
            ("nothing of it", "Content-Length: 16\r\n"),
            ("no chunk", "Transfer-Encoding: chunked\r\n"),
        ] {
            let began = Instant::now();
            let answer = raw(server.address, head(path, more)).await;
            assert_eq!(status(&answer), 408, "{path}: {name}: {answer}");
            assert!(began.elapsed() < Duration::from_secs(10), "{path}: {name}");
        }
        // A byte now and then is no body either.
        let head = head(path, "Content-Length: 1000\r\n");
        let (answer, sent) = pour(server.address, head, b" ".to_vec()).await;
        assert_eq!(status(&answer), 408, "{path}: {answer}");
        assert!(sent < 1000, "{path}: {sent}");
    }
    assert_up(&server).await;
}

#[actix_web::test]
async fn two_types_are_none_and_a_body_that_nobody_wants_is_let_be() {
    let server = server().await;
    let body = r#"{"text":"hello"}"#;
    for path in ["/json", "/maybe", "/either"] {
        let more = "Content-Type: text/plain\r\nContent-Length: 16\r\n";
        let answer = raw(server.address, head(path, more) + body).await;
        assert_eq!(status(&answer), 415, "{path}: {answer}");
        let twice = "Content-Type: application/json\r\nContent-Length: 16\r\n";
        let answer = raw(server.address, head(path, twice) + body).await;
        assert_eq!(status(&answer), 415, "{path}: {answer}");
    }
    let request = format!("GET /json HTTP/1.1\r\nHost: x\r\nContent-Length: 16\r\n\r\n{body}");
    let answer = raw(server.address, request).await;
    assert_eq!(status(&answer), 200, "{answer}");
    // Before HTTP/1.1 there are no chunks.
    let request = "POST /json HTTP/1.0\r\nHost: x\r\nContent-Type: application/json\r\n\
                   Transfer-Encoding: chunked\r\n\r\n10\r\n{\"text\":\"hello\"}\r\n0\r\n\r\n";
    let answer = raw(server.address, request).await;
    assert_eq!(status(&answer), 400, "{answer}");
    assert_up(&server).await;
}
