//! How many requests are at work at once (`.most_in_flight`, `.most_in_flight_from_one_client`), over real
//! sockets with several workers.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use actix_web::{
    HttpResponse, Responder,
    web::{Bytes, Data},
};
use futures_util::{
    future::{join, join_all},
    stream,
};
use secure_runtime::{cors, prelude::*};
use tokio::sync::Semaphore;

use crate::support::{Complete, Reply, Server};

/// Where requests wait, and how many of them there are.
struct Gate {
    open: Semaphore,
    inside: AtomicUsize,
    most: AtomicUsize,
    passed: AtomicUsize,
}

/// Somebody inside, for as long as the future is not dropped.
struct Inside<'a>(&'a Gate);

impl Gate {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            open: Semaphore::new(0),
            inside: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
            passed: AtomicUsize::new(0),
        })
    }

    async fn pass(&self) {
        let now = self.inside.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        let _inside = Inside(self);
        self.open.acquire().await.expect("an open gate").forget();
        self.passed.fetch_add(1, Ordering::SeqCst);
    }

    fn inside(&self) -> usize {
        self.inside.load(Ordering::SeqCst)
    }

    fn let_pass(&self, requests: usize) {
        self.open.add_permits(requests);
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.inside.fetch_sub(1, Ordering::SeqCst);
    }
}

#[get("/wait")]
#[public]
async fn wait(gate: Data<Gate>) -> impl Responder {
    gate.pass().await;
    "passed"
}

/// Its head goes out at once; each piece of its body once the gate lets it.
#[get("/stream")]
#[public]
async fn streamed(gate: Data<Gate>) -> impl Responder {
    let pieces = stream::unfold((gate, 0), |(gate, piece)| async move {
        gate.pass().await;
        let bytes = Bytes::from_static(b"piece\n");
        (piece < 2).then_some((Ok::<_, actix_web::Error>(bytes), (gate, piece + 1)))
    });
    HttpResponse::Ok().streaming(pieces)
}

#[get("/fine")]
#[public]
async fn fine() -> impl Responder {
    "fine"
}

#[get("/panics")]
#[public]
async fn panics() -> &'static str {
    panic!("on purpose")
}

#[get("/fails")]
#[public]
async fn fails() -> Result<&'static str, Problem> {
    Err(Problem::not_found())
}

#[get("/healthz")]
#[public(any_host = "because probes name the address of the machine")]
async fn healthz() -> impl Responder {
    "well"
}

async fn server(workers: usize, gate: &Arc<Gate>, change: fn(Complete) -> Complete) -> Server {
    let gate = Data::from(gate.clone());
    Server::start(
        workers,
        change,
        |routes| {
            routes.service(wait).service(streamed).service(fine);
            routes.service(panics).service(fails).service(healthz);
        },
        move |config| {
            config.app_data(gate.clone());
        },
    )
    .await
}

async fn get(server: &Server, path: &str) -> Reply {
    Reply::of(server.get(path).header("connection", "close")).await
}

/// Waits until something is so: what happens on a socket happens soon, and nobody says when.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..3_000 {
        if is_so().await {
            return;
        }
        actix_rt::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it never came to be that {what}");
}

async fn until_inside(gate: &Gate, requests: usize) {
    until("they are inside", async || gate.inside() == requests).await;
}

/// Sends a request on a connection of its own, and reads nothing.
fn open(server: &Server, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.address).expect("a connection");
    let patience = Some(Duration::from_secs(20));
    stream.set_read_timeout(patience).expect("a time limit");
    let request = format!("GET {path} HTTP/1.1\r\nhost: {}\r\n\r\n", server.address);
    stream.write_all(request.as_bytes()).expect("it is taken");
    stream
}

#[actix_web::test]
async fn beyond_the_limit_of_the_process_there_is_503_and_probes_pass() {
    let gate = Gate::new();
    let server = server(4, &gate, |settings| {
        settings
            .most_in_flight(3)
            .cors(cors!(origins = ["https://other.test"]))
    })
    .await;
    let waiting: Vec<_> = (0..3).map(|_| open(&server, "/wait")).collect();
    until_inside(&gate, 3).await;
    for path in ["/fine", "/wait", "/nowhere"] {
        let request = server.get(path).header("origin", "https://other.test");
        let refused = Reply::of(request).await;
        assert_eq!(refused.status, 503, "{path}");
        assert_eq!(refused.header("retry-after").as_deref(), Some("1"));
        assert_eq!(
            refused.header("access-control-allow-origin").as_deref(),
            Some("https://other.test")
        );
        assert_eq!(
            refused.header("content-type").as_deref(),
            Some("application/problem+json")
        );
        assert!(refused.header("x-request-id").is_some());
        assert_eq!(refused.header("ratelimit"), None);
    }
    assert_eq!(get(&server, "/healthz").await.status, 200);
    let preflight = server
        .request("OPTIONS", "/fine")
        .header("origin", "https://other.test")
        .header("access-control-request-method", "GET");
    assert_eq!(Reply::of(preflight).await.status, 204);
    gate.let_pass(1);
    until("there is room", async || {
        get(&server, "/fine").await.status == 200
    })
    .await;
    gate.let_pass(2);
    drop(waiting);
}

#[actix_web::test]
async fn never_more_than_the_limit_are_at_work_whatever_comes() {
    let gate = Gate::new();
    let server = server(4, &gate, |settings| settings.most_in_flight(5)).await;
    let opener = async {
        until_inside(&gate, 5).await;
        // All that could ever wait.
        gate.let_pass(1_000);
    };
    let requests = join_all((0..60).map(|_| get(&server, "/wait")));
    let ((), replies) = join(opener, requests).await;
    let count = |status| {
        replies
            .iter()
            .filter(|reply| reply.status == status)
            .count()
    };
    assert_eq!(count(200) + count(503), 60);
    assert!(count(200) >= 5);
    assert!(gate.most.load(Ordering::SeqCst) <= 5);
    // Nobody has left anything behind.
    for _ in 0..10 {
        assert_eq!(get(&server, "/fine").await.status, 200);
    }
}

#[actix_web::test]
async fn a_body_that_is_sent_piece_by_piece_counts_to_its_end() {
    let gate = Gate::new();
    let server = server(2, &gate, |settings| settings.most_in_flight(1)).await;
    let mut stream = open(&server, "/stream");
    until_inside(&gate, 1).await;
    assert_eq!(get(&server, "/fine").await.status, 503);
    gate.let_pass(1);
    until("the first piece is made", async || {
        gate.passed.load(Ordering::SeqCst) == 1
    })
    .await;
    until_inside(&gate, 1).await;
    assert_eq!(get(&server, "/fine").await.status, 503);
    gate.let_pass(2);
    until("there is room", async || {
        get(&server, "/fine").await.status == 200
    })
    .await;
    let mut text = [0; 4096];
    let count = stream.read(&mut text).expect("an answer");
    assert!(text[..count].starts_with(b"HTTP/1.1 200 OK"));
}

#[actix_web::test]
async fn who_goes_away_counts_no_more() {
    let gate = Gate::new();
    let server = server(2, &gate, |settings| settings.most_in_flight(1)).await;
    let stream = open(&server, "/stream");
    until_inside(&gate, 1).await;
    assert_eq!(get(&server, "/fine").await.status, 503);
    drop(stream);
    // Whoever writes to a connection that is gone finds out; no piece is the last one yet.
    gate.let_pass(1);
    until("there is room", async || {
        get(&server, "/fine").await.status == 200
    })
    .await;
    assert_eq!(gate.inside(), 0, "the stream was made to its end");
}

#[actix_web::test]
async fn panics_and_errors_give_their_places_back() {
    let gate = Gate::new();
    let server = server(1, &gate, |settings| {
        settings.most_in_flight(1).most_in_flight_from_one_client(1)
    })
    .await;
    for _ in 0..3 {
        assert_eq!(get(&server, "/panics").await.status, 500);
        assert_eq!(get(&server, "/fails").await.status, 404);
        assert_eq!(get(&server, "/nowhere").await.status, 404);
        assert_eq!(Reply::of(server.post("/fine")).await.status, 405);
        assert_eq!(get(&server, "/fine").await.status, 200);
        let head = Reply::of(server.request("HEAD", "/fine")).await;
        assert!([404, 405].contains(&head.status), "{head:?}");
    }
}

#[actix_web::test]
async fn one_client_leaves_room_for_others() {
    let gate = Gate::new();
    let server = server(4, &gate, |settings| {
        settings
            .trusted_proxies(["127.0.0.1"])
            .most_in_flight_from_one_client(2)
            .app_limit(limit!("100/minute"))
    })
    .await;
    let from = |client: &'static str, path| {
        let request = server.get(path).header("x-forwarded-for", client);
        Reply::of(request)
    };
    let work = join_all((0..2).map(|_| from("192.0.2.1", "/wait")));
    let looks = async {
        until_inside(&gate, 2).await;
        let refused = from("192.0.2.1", "/fine").await;
        assert_eq!(refused.status, 429);
        assert_eq!(refused.header("retry-after").as_deref(), Some("1"));
        // It is none of the limits that the fields speak of, and it was charged to none of them.
        assert_eq!(refused.header("ratelimit"), None);
        // The process has room, so a probe is nobody else than its client.
        assert_eq!(from("192.0.2.1", "/healthz").await.status, 429);
        assert_eq!(from("::ffff:192.0.2.1", "/fine").await.status, 429);
        for other in ["192.0.2.2", "2001:db8:1:100::1"] {
            assert_eq!(from(other, "/fine").await.status, 200, "{other}");
        }
        gate.let_pass(2);
    };
    let (replies, ()) = join(work, looks).await;
    assert!(replies.iter().all(|reply| reply.status == 200));
    until("it has room", async || {
        from("192.0.2.1", "/fine").await.status == 200
    })
    .await;
}
