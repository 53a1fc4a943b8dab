//! How the service ends: asked to, and not asked.

use std::{
    cell::RefCell,
    io::{Read as _, Write as _},
    net::TcpStream,
    time::{Duration, Instant},
};

use actix_rt::time::sleep;
use futures_util::future::{join_all, select};
use serde_json::json;

use crate::{PASSWORD, Server};

#[actix_rt::test]
async fn what_was_acknowledged_survives_a_kill() {
    let mut server = Server::start();
    let mut tokens = Vec::new();
    for name in ["ada", "eve", "bob"] {
        tokens.push(server.sign_up(&format!("{name}@example.com")).await);
    }
    let acknowledged = RefCell::new(Vec::new());
    let load = async {
        let writers = tokens
            .iter()
            .map(|token| writer(&server, token, &acknowledged));
        join_all(writers).await
    };
    // Somewhere in the middle of their writes.
    let half_way = async {
        while acknowledged.borrow().len() < 60 {
            sleep(Duration::from_millis(1)).await;
        }
    };
    let under_way = select(Box::pin(load), Box::pin(half_way)).await;
    server.kill();
    drop(under_way);
    assert!(!server.wait());

    let acknowledged = acknowledged.into_inner();
    assert!(acknowledged.len() >= 60);
    let again = Server::start_in(&server.folder.clone());
    for id in &acknowledged {
        let answer = again.get(&format!("/articles/{id}")).send().await;
        assert_eq!(answer.status, 200, "{id} is lost");
    }
}

#[actix_rt::test]
async fn a_mail_that_a_kill_kept_from_being_written_is_written_later() {
    let mut server = Server::start();
    // Nothing can be written here, so the mail waits.
    let outbox = server.folder.join("data/outbox");
    std::fs::remove_dir(&outbox).expect("an empty folder");
    server.register("ada@example.com").await;
    server.kill();
    assert!(!server.wait());

    // Whoever had it at work has died or has failed: it is tried again after half a minute or a minute.
    let again = Server::start_in(&server.folder.clone());
    let start = Instant::now();
    while again.mails_now("ada@example.com").is_empty() {
        assert!(start.elapsed() < Duration::from_secs(150), "no mail");
        sleep(Duration::from_millis(500)).await;
    }
    let token = again.mailed_tokens("ada@example.com", 1).await.remove(0);
    assert_eq!(again.verify(&token, PASSWORD).await.status, 204);
}

#[actix_rt::test]
async fn a_request_that_is_under_way_is_answered_before_the_end() {
    let mut server = Server::start();
    server.sign_up("ada@example.com").await;
    let body = json!({ "email": "ada@example.com", "password": PASSWORD }).to_string();
    let address = server.base.trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(&address).expect("a connection");
    let head = format!(
        "POST /auth/login HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    let (first, second) = body.split_at(10);
    stream
        .write_all(format!("{head}{first}").as_bytes())
        .expect("half a request");
    sleep(Duration::from_millis(300)).await;

    let start = Instant::now();
    server.terminate();
    sleep(Duration::from_millis(300)).await;
    stream.write_all(second.as_bytes()).expect("the other half");
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 200");
    drop(stream);
    assert!(server.wait());
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );
}

async fn writer(server: &Server, token: &str, acknowledged: &RefCell<Vec<String>>) {
    for number in 0..50 {
        let body = json!({ "title": format!("Number {number}"), "body_html": "Text." });
        let answer = server
            .post("/articles")
            .token(token)
            .json(&body)
            .try_send()
            .await;
        let Ok(answer) = answer else { return };
        if answer.status == 201 {
            let id = answer.json()["id"].as_str().expect("an id").to_owned();
            acknowledged.borrow_mut().push(id);
        }
    }
}
