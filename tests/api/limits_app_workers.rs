//! A limit of the whole app is one counter for the whole process, over real sockets.

use std::time::Duration;

use actix_web::Responder;
use futures_util::future::join_all;
use secure_runtime::prelude::*;

use crate::support::{Reply, Server};

#[get("/open")]
#[public]
async fn open() -> impl Responder {
    "open"
}

#[get("/mine")]
#[protected]
async fn mine() -> impl Responder {
    "mine"
}

#[actix_web::test]
async fn two_hundred_requests_at_once_to_anything_are_fifty_and_150() {
    let server = Server::start(
        4,
        |settings| {
            settings
                .app_limit(limit!("50/minute"))
                .app_limit(limit!("20/minute", by = "user"))
        },
        |routes| {
            routes.service(open).service(mine);
        },
        |_| {},
    )
    .await;
    let requests = (0..200).map(|number| {
        let path = ["/open", "/nowhere", "/mine"][number % 3];
        // A connection of its own for each, so that all workers get some.
        Reply::of(server.get(path).header("connection", "close"))
    });
    let replies = join_all(requests).await;
    let refused: Vec<_> = replies.iter().filter(|reply| reply.status == 429).collect();
    assert_eq!(refused.len(), 150);
    for reply in refused {
        assert_eq!(reply.header("retry-after").as_deref(), Some("60"));
    }
    let passed = replies.iter().filter(|reply| reply.status != 429);
    let mut left: Vec<_> = passed.map(|reply| reply.header("ratelimit")).collect();
    assert!(left.iter().all(Option::is_some), "{left:?}");
    left.sort_unstable();
    left.dedup();
    // What is left was said to each once: nobody was counted twice.
    assert_eq!(left.len(), 50);
}

#[actix_web::test]
async fn by_user_it_is_exact_too() {
    let server = Server::start(
        4,
        |settings| settings.app_limit(limit!("20/minute", by = "user")),
        |routes| {
            routes.service(open).service(mine);
        },
        |_| {},
    )
    .await;
    let token = server.token("ada", &[]);
    let requests = (0..100).map(|_| {
        let request = server.get("/mine").header("connection", "close");
        let patience = Duration::from_secs(60);
        Reply::of(request.bearer_auth(&token).timeout(patience))
    });
    let replies = join_all(requests).await;
    let count = |status| {
        replies
            .iter()
            .filter(|reply| reply.status == status)
            .count()
    };
    assert_eq!((count(200), count(429)), (20, 80));
}
