//! One counter a route for the whole process, exact with several workers (E5).

use std::{
    collections::HashSet,
    sync::Mutex,
    thread::{self, ThreadId},
};

use actix_web::{HttpRequest, Responder};
use futures_util::future::join_all;
use secure_runtime::prelude::*;

use crate::support::{Reply, Server};

#[get("/address")]
#[public]
#[rate_limit("5/minute")]
async fn by_address() -> impl Responder {
    "in"
}

#[get("/caller")]
#[protected]
#[rate_limit("5/minute", by = "user")]
async fn by_caller() -> impl Responder {
    "in"
}

static THREADS: Mutex<Option<HashSet<ThreadId>>> = Mutex::new(None);

/// One key for all; it notes which worker asks.
fn noting_the_worker(_: &HttpRequest) -> Option<String> {
    let mut threads = THREADS.lock().expect("no panic under the lock");
    threads
        .get_or_insert_default()
        .insert(thread::current().id());
    Some("all".to_owned())
}

#[get("/function")]
#[public]
#[rate_limit("5/minute", key = noting_the_worker)]
async fn by_function() -> impl Responder {
    "in"
}

#[get("/many")]
#[public]
#[rate_limit("100/minute", by = "global")]
async fn many() -> impl Responder {
    "in"
}

async fn server() -> Server {
    Server::start(
        4,
        |settings| settings,
        |routes| {
            routes.service(by_address).service(by_caller);
            routes.service(by_function).service(many);
        },
        |_| {},
    )
    .await
}

#[actix_web::test]
async fn two_hundred_requests_at_once_on_five_a_minute_are_five_and_195() {
    let server = server().await;
    let token = server.token("ada", &[]);
    for (path, allowed) in [
        ("/address", 5),
        ("/caller", 5),
        ("/function", 5),
        ("/many", 100),
    ] {
        let requests = (0..200).map(|_| {
            // A connection of its own for each, so that all workers get some.
            let request = server.get(path).header("connection", "close");
            Reply::of(request.bearer_auth(&token))
        });
        let replies = join_all(requests).await;
        let count = |status| {
            replies
                .iter()
                .filter(|reply| reply.status == status)
                .count()
        };
        assert_eq!((count(200), count(429)), (allowed, 200 - allowed), "{path}");
        // A window of more than 64 units may be held for 1/64 of its length too long.
        let waits: &[&str] = if allowed > 64 { &["60", "61"] } else { &["60"] };
        for reply in replies.iter().filter(|reply| reply.status == 429) {
            let wait = reply.header("retry-after").unwrap_or_default();
            assert!(waits.contains(&wait.as_str()), "{path}: {reply:?}");
        }
        // What is left was said to each once: nobody was counted twice.
        let mut left: Vec<String> = replies
            .iter()
            .filter(|reply| reply.status == 200)
            .map(|reply| reply.header("ratelimit").expect("a standing"))
            .collect();
        left.sort_unstable();
        left.dedup();
        assert_eq!(left.len(), allowed, "{path}: {left:?}");
    }
    let workers = THREADS.lock().expect("no panic under the lock");
    let workers = workers.as_ref().map_or(0, HashSet::len);
    assert!(
        workers > 1,
        "only {workers} of four workers answered: nothing is proved"
    );
}
