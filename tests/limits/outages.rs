//! What an outage is: the server gone, silent, slow, or refusing to count; and how it ends.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use actix_web::Responder;
use futures_util::future::join_all;
use secure_runtime::{
    Routes,
    limit::{Answer, Decision, Limiter as _, RedisLimiter, Rule, WhenDown},
    prelude::*,
    test::TestApp,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::{
    log,
    services::{Redis, Wire},
    support::{allowed, charge, give_back, number, quota, refused, take},
};

/// What a question may take in these tests: less than what the machine's other tests delay would be an
/// outage that nobody has made.
const TIMEOUT: Duration = Duration::from_millis(1500);

/// Within this, everything has happened, whatever else the machine does.
const BOUND: Duration = Duration::from_secs(30);

pub(crate) const CHOICES: [WhenDown; 3] = [
    WhenDown::FailClosed,
    WhenDown::FailOpen,
    WhenDown::CountHere,
];

/// How the server goes away and comes back.
type Fault = (&'static str, fn(&mut Redis), fn(&mut Redis));

const FAULTS: [Fault; 8] = [
    ("killed", Redis::kill, Redis::start_again),
    ("hangs", |redis| redis.hang(), |redis| redis.go_on()),
    (
        "is a replica",
        |redis| redis.tell("REPLICAOF 127.0.0.1 1"),
        |redis| redis.tell("REPLICAOF NO ONE"),
    ),
    (
        "is full",
        |redis| redis.tell("CONFIG SET maxmemory 1"),
        |redis| redis.tell("CONFIG SET maxmemory 0"),
    ),
    (
        "wants replicas",
        |redis| redis.tell("CONFIG SET min-replicas-to-write 1"),
        |redis| redis.tell("CONFIG SET min-replicas-to-write 0"),
    ),
    (
        "wants a password",
        |redis| {
            redis.tell("ACL SETUSER default resetpass >hunter2");
            let _ = redis.say("AUTH hunter2\r\nCLIENT KILL TYPE normal SKIPME yes");
        },
        |redis| {
            let _ = redis.say("AUTH hunter2\r\nACL SETUSER default nopass");
        },
    ),
    (
        "runs no scripts",
        |redis| redis.tell("ACL SETUSER default -@scripting"),
        |redis| redis.tell("ACL SETUSER default +@all"),
    ),
    (
        "gives no right to write",
        |redis| redis.tell("ACL SETUSER default -set"),
        |redis| redis.tell("ACL SETUSER default +@all"),
    ),
];

async fn connect(url: &str, when_down: WhenDown) -> RedisLimiter {
    let limiter = RedisLimiter::connect(url, when_down).await;
    limiter.expect("a server").with_timeout(TIMEOUT)
}

/// Charges until the server is asked again, and says how long that took.
pub(crate) async fn recovered(limiter: &RedisLimiter) -> Duration {
    let start = Instant::now();
    while limiter.is_down() {
        assert!(start.elapsed() < BOUND, "it does not come back");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    start.elapsed()
}

/// A minute's quota that the test uses up while the server is there.
fn three() -> Rule {
    Rule::window(quota(3, 3600))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_choice_holds_in_each_outage_and_ends_with_it() {
    for when_down in CHOICES {
        let faults = FAULTS.map(|fault| tokio::spawn(outage(when_down, fault)));
        for ended in join_all(faults).await {
            ended.unwrap();
        }
    }
}

async fn outage(when_down: WhenDown, (what, goes, comes_back): Fault) {
    let Some(mut redis) = Redis::start() else {
        return;
    };
    let limiter = connect(&redis.url(), when_down).await;
    let rule = three();
    let first = allowed(take(&limiter, b"a", &rule).await);
    for _ in 0..2 {
        let _ = allowed(take(&limiter, b"a", &rule).await);
    }
    let _ = refused(take(&limiter, b"a", &rule).await);

    goes(&mut redis);
    let start = Instant::now();
    // One that would pass: what is refused need not be written, and a replica can do that.
    let noticed = take(&limiter, b"b", &rule).await;
    assert!(start.elapsed() < TIMEOUT + BOUND, "{what}");
    assert!(limiter.is_down(), "{what}: {noticed:?}");
    assert_decided_alone(&limiter, when_down, noticed, &rule).await;
    // Nothing that was taken there is given back here, and nobody is refused that.
    let given = give_back(&limiter, b"a", &rule, first.receipt.unwrap()).await;
    assert!(given.is_allowed(), "{what}: {given:?}");

    comes_back(&mut redis);
    let _ = recovered(&limiter).await;
    let after = take(&limiter, b"a", &rule).await;
    match what {
        // It has come back empty.
        "killed" => assert_eq!(allowed(after).remaining, 2),
        _ => assert_eq!(refused(after).quota, quota(3, 3600), "{what}"),
    }
    assert!(!limiter.is_down(), "{what}");
}

/// The first request of an outage and those after it are decided alike, and those after it at once.
async fn assert_decided_alone(
    limiter: &RedisLimiter,
    when_down: WhenDown,
    first: Decision,
    rule: &Rule,
) {
    let mut decisions = vec![first];
    for _ in 0..4 {
        let one = secure_runtime::limit::Amount::Take(number(1));
        match limiter.check(&charge("a", b"b", rule, one)) {
            Answer::Now(decision) => decisions.push(decision),
            Answer::Later(_) => panic!("nobody waits for a server that does not answer"),
        }
    }
    match when_down {
        WhenDown::FailClosed => {
            let retry_after = Duration::from_secs(1);
            assert_eq!(decisions, [Decision::Unavailable { retry_after }; 5]);
        }
        WhenDown::FailOpen => assert_eq!(decisions, [Decision::Uncounted; 5]),
        WhenDown::CountHere => {
            let passed = decisions.iter().map(Decision::is_allowed);
            let passed: Vec<_> = passed.collect();
            assert_eq!(passed, [true, true, true, false, false]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_drops_packets() {
    let Some(server) = Redis::shared() else {
        return;
    };
    let wire = Wire::to(server.port());
    let url = format!("redis://127.0.0.1:{}", wire.port());
    let limiter = connect(&url, WhenDown::FailClosed).await;
    let limiter = limiter.with_prefix("wire:");
    let rule = three();
    let _ = allowed(take(&limiter, b"a", &rule).await);
    wire.cut();
    let lost = take(&limiter, b"a", &rule).await;
    assert!(matches!(lost, Decision::Unavailable { .. }), "{lost:?}");
    // The connection has not ended; another one is made all the same.
    let _ = recovered(&limiter).await;
    // What nobody got an answer to may have been counted.
    let _ = allowed(take(&limiter, b"a", &rule).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_slow_is_down_until_it_is_quick() {
    let Some(server) = Redis::shared() else {
        return;
    };
    let wire = Wire::to(server.port());
    let url = format!("redis://127.0.0.1:{}", wire.port());
    let limiter = RedisLimiter::connect(&url, WhenDown::FailOpen).await;
    let limiter = limiter.unwrap().with_prefix("slow:").with_timeout(TIMEOUT);
    let rule = Rule::window(quota(100, 3600));
    wire.delay(Duration::from_millis(100));
    let slow = take(&limiter, b"a", &rule).await;
    assert!(matches!(slow, Decision::Allowed(_)), "{slow:?}");
    wire.delay(TIMEOUT);
    let late = take(&limiter, b"a", &rule).await;
    assert_eq!(late, Decision::Uncounted);
    assert!(limiter.is_down());
    // Connections can be made, and answers still come too late.
    tokio::time::sleep(2 * TIMEOUT).await;
    assert!(limiter.is_down());
    wire.delay(Duration::ZERO);
    let _ = recovered(&limiter).await;
    let _ = allowed(take(&limiter, b"a", &rule).await);
}

#[tokio::test]
async fn a_question_may_take_as_long_as_it_likes() {
    let Some(server) = Redis::shared() else {
        return;
    };
    let limiter = connect(&server.url(), WhenDown::FailClosed).await;
    let limiter = limiter.with_prefix("patient:").with_timeout(Duration::MAX);
    let _ = allowed(take(&limiter, b"a", &three()).await);
}

#[get("/counted")]
#[public]
#[rate_limit("5/minute")]
async fn counted() -> impl Responder {
    "counted"
}

#[actix_web::test]
async fn who_is_refused_in_an_outage_gets_no_line_in_the_log() {
    log::keep();
    let app = TestApp::with(
        |settings| {
            let limiter = RedisLimiter::lazy("redis://127.0.0.1:1", WhenDown::FailClosed);
            settings.limiter(limiter.unwrap())
        },
        |routes: &mut Routes| {
            routes.service(counted);
        },
        |_| {},
    )
    .await;
    for _ in 0..20 {
        let refused = app.get("/counted").send().await;
        assert_eq!(refused.status(), 503);
        assert_eq!(refused.header("retry-after"), Some("1"));
    }
    assert_eq!(log::with(&["nobody can count"]).len(), 20);
    assert_eq!(log::with(&["ERROR", "nobody can count"]), [""; 0]);
}

/// A way to the server that ends the connection in the place of the next answer, once it is told to.
async fn losing(port: u16) -> (u16, Arc<AtomicBool>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let own = listener.local_addr().unwrap().port();
    let loses = Arc::new(AtomicBool::new(false));
    let told = loses.clone();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            tokio::spawn(carry(client, server, told.clone()));
        }
    });
    (own, loses)
}

async fn carry(mut client: TcpStream, mut server: TcpStream, loses: Arc<AtomicBool>) {
    let (mut said, mut answered) = ([0; 4096], [0; 4096]);
    loop {
        tokio::select! {
            read = client.read(&mut said) => match read {
                Ok(read @ 1..) => server.write_all(&said[..read]).await.unwrap(),
                _ => return,
            },
            read = server.read(&mut answered) => match read {
                Ok(read @ 1..) if !loses.swap(false, Ordering::SeqCst) => {
                    client.write_all(&answered[..read]).await.unwrap();
                }
                _ => return,
            },
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_given_back_and_gets_no_answer_is_not_given_back_again() {
    let Some(server) = Redis::shared() else {
        return;
    };
    let (port, loses) = losing(server.port()).await;
    let url = format!("redis://127.0.0.1:{port}");
    let limiter = connect(&url, WhenDown::FailClosed).await;
    let limiter = limiter.with_prefix("given back once:");
    // So large that all units of a quarter of an hour are one number: any of them could go in the place of another.
    let rule = Rule::window(quota(100, 57_600));
    let mine = allowed(take(&limiter, b"a", &rule).await);
    for _ in 0..2 {
        let _ = allowed(take(&limiter, b"a", &rule).await);
    }
    loses.store(true, Ordering::SeqCst);
    let lost = give_back(&limiter, b"a", &rule, mine.receipt.unwrap()).await;
    assert_eq!(lost, Decision::Uncounted);
    assert!(!limiter.is_down(), "the next connection is as good");
    let next = allowed(take(&limiter, b"a", &rule).await);
    assert_eq!(next.remaining, 97, "three count: two, and this one");

    // A charge is asked again, and counts twice at worst.
    loses.store(true, Ordering::SeqCst);
    let again = allowed(take(&limiter, b"a", &rule).await);
    assert_eq!(again.remaining, 95);
}

/// A server that was restarted has none of the scripts and none of the connections: nobody notices.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_was_replaced_meanwhile_is_no_outage() {
    let Some(mut redis) = Redis::start() else {
        return;
    };
    let limiter = connect(&redis.url(), WhenDown::FailClosed).await;
    let rule = three();
    for _ in 0..3 {
        let _ = allowed(take(&limiter, b"a", &rule).await);
    }
    let _ = refused(take(&limiter, b"a", &rule).await);
    for _ in 0..3 {
        redis.kill();
        redis.start_again();
        let standing = allowed(take(&limiter, b"a", &rule).await);
        assert_eq!(standing.remaining, 2, "it is empty");
        redis.tell("SCRIPT FLUSH");
        let standing = allowed(take(&limiter, b"a", &rule).await);
        assert_eq!(standing.remaining, 1);
        let _ = redis.say("CLIENT KILL TYPE normal SKIPME yes");
        let standing = allowed(take(&limiter, b"a", &rule).await);
        assert_eq!(standing.remaining, 0);
        assert!(!limiter.is_down());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_is_one_line_when_it_begins_and_one_when_it_ends() {
    let Some(mut redis) = Redis::start() else {
        return;
    };
    log::keep();
    for (when_down, prefix, until) in [
        (WhenDown::FailClosed, "log-closed:", "refused with 503"),
        (WhenDown::FailOpen, "log-open:", "uncounted"),
        (WhenDown::CountHere, "log-here:", "this instance alone"),
    ] {
        let url = redis.url().replace("redis://", "redis://:hunter2@");
        redis.tell("CONFIG SET requirepass hunter2");
        let limiter = connect(&url, when_down).await.with_prefix(prefix);
        let rule = three();
        let _ = allowed(take(&limiter, b"203.0.113.7", &rule).await);
        redis.kill();
        // Many at once find it out, and many more hear of it.
        let at_once = (0..50).map(|_| take(&limiter, b"203.0.113.7", &rule));
        let _ = join_all(at_once).await;
        for _ in 0..50 {
            let _ = take(&limiter, b"203.0.113.7", &rule).await;
        }
        redis.start_again();
        redis.tell("CONFIG SET requirepass hunter2");
        let _ = recovered(&limiter).await;
        redis.kill();
        redis.start_again();

        let lines = log::with(&[&format!("prefix=\"{prefix}\"")]);
        let [begin, end] = &lines[..] else {
            panic!("{lines:#?}");
        };
        assert!(begin.starts_with("ERROR"), "{begin}");
        assert!(begin.contains("does not answer"), "{begin}");
        assert!(begin.contains("it is not there"), "{begin}");
        assert!(begin.contains(when_down_words(when_down)), "{begin}");
        assert!(end.starts_with("WARN"), "{end}");
        assert!(end.contains("requests=100;"), "{end}");
        assert!(end.contains("seconds="), "{end}");
        assert!(end.contains(until), "{end}");
        for secret in ["hunter2", "203.0.113.7"] {
            assert!(!lines.concat().contains(secret), "{lines:?}");
        }
        assert!(!format!("{limiter:?}").contains("hunter2"));
    }
}

const fn when_down_words(when_down: WhenDown) -> &'static str {
    match when_down {
        WhenDown::FailClosed => "requests with a limit are refused with 503",
        WhenDown::FailOpen => "requests pass uncounted",
        WhenDown::CountHere => "each instance counts for itself",
    }
}

/// What each refusal says to do about it.
#[tokio::test(flavor = "multi_thread")]
async fn the_log_says_what_to_do() {
    log::keep();
    let words = [
        ("is a replica", "name the primary"),
        ("is full", "raise its `maxmemory`"),
        ("wants replicas", "min-replicas-to-write"),
        ("wants a password", "it wants a password"),
        ("runs no scripts", "the user lacks a right"),
        ("gives no right to write", "the user lacks a right"),
        ("hangs", "it hangs"),
    ];
    for (index, (name, advice)) in words.into_iter().enumerate() {
        let Some(mut redis) = Redis::start() else {
            return;
        };
        let prefix = format!("advice-{index}:");
        let limiter = connect(&redis.url(), WhenDown::FailOpen).await;
        let limiter = limiter.with_prefix(&prefix);
        let fault = FAULTS.iter().find(|(what, ..)| *what == name);
        let (_, goes, comes_back) = fault.unwrap();
        goes(&mut redis);
        let decision = take(&limiter, b"a", &three()).await;
        assert_eq!(decision, Decision::Uncounted, "{name}");
        let lines = log::with(&[&prefix, "does not answer"]);
        assert_eq!(lines.len(), 1, "{name}");
        assert!(lines[0].contains(advice), "{name}: {}", lines[0]);
        comes_back(&mut redis);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_an_outage_with_that_reason() {
    let Some(redis) = Redis::start() else {
        return;
    };
    log::keep();
    redis.tell("CONFIG SET requirepass hunter2");
    let url = redis.url().replace("redis://", "redis://:hunter3@");
    let error = RedisLimiter::connect(&url, WhenDown::FailOpen)
        .await
        .unwrap_err();
    for text in [error.to_string(), format!("{error:?}")] {
        assert!(!text.contains("hunter"), "{text}");
    }
    let limiter = RedisLimiter::lazy(&url, WhenDown::FailOpen).unwrap();
    let limiter = limiter.with_prefix("wrong-password:").with_timeout(TIMEOUT);
    assert_eq!(take(&limiter, b"a", &three()).await, Decision::Uncounted);
    let lines = log::with(&["wrong-password:"]);
    assert_eq!(lines.len(), 1);
    assert!(lines[0].contains("does not know the user"), "{}", lines[0]);
    assert!(!lines[0].contains("hunter"), "{}", lines[0]);
}

#[tokio::test]
async fn a_server_that_was_never_there() {
    let Some(mut redis) = Redis::start() else {
        return;
    };
    redis.kill();
    let error = RedisLimiter::connect(&redis.url(), WhenDown::FailClosed)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("does not answer"), "{error}");
    for url in ["http://127.0.0.1", "", "127.0.0.1:6379", "redis://"] {
        let error = RedisLimiter::lazy(url, WhenDown::FailClosed);
        assert!(error.is_err() || url == "redis://", "{url}");
    }
    // An app that may start without it does so, in an outage.
    let limiter = RedisLimiter::lazy(&redis.url(), WhenDown::CountHere).unwrap();
    let limiter = limiter.with_timeout(TIMEOUT);
    let _ = allowed(take(&limiter, b"a", &three()).await);
    assert!(limiter.is_down());
    redis.start_again();
    let _ = recovered(&limiter).await;
    let _ = allowed(take(&limiter, b"a", &three()).await);
    assert!(!limiter.is_down());
}

#[tokio::test]
async fn an_eviction_policy_is_a_warning() {
    log::keep();
    let warned = |count: usize| {
        let lines = log::with(&["may evict counters"]);
        assert_eq!(lines.len(), count, "{lines:?}");
    };
    let Some(redis) = Redis::start_with(&["--maxmemory", "64mb"]) else {
        return;
    };
    let _ = connect(&redis.url(), WhenDown::FailClosed).await;
    warned(0);
    redis.tell("CONFIG SET maxmemory-policy allkeys-lru");
    let _ = connect(&redis.url(), WhenDown::FailClosed).await;
    warned(1);
    assert!(log::with(&["may evict"])[0].contains("allkeys-lru"));
    redis.tell("ACL SETUSER default -info");
    let _ = connect(&redis.url(), WhenDown::FailClosed).await;
    warned(1);
    assert_eq!(log::with(&["does not say whether it evicts"]).len(), 1);
}

/// The connection belongs to no worker: one that ends takes nothing along.
#[test]
fn a_worker_that_ends_is_no_outage() {
    let Some(server) = Redis::shared() else {
        return;
    };
    let runtime = || tokio::runtime::Runtime::new().unwrap();
    let limiter = runtime().block_on(connect(&server.url(), WhenDown::FailClosed));
    let limiter = limiter.with_prefix("workers:");
    for remaining in [2, 1, 0] {
        let standing = allowed(runtime().block_on(take(&limiter, b"a", &three())));
        assert_eq!(standing.remaining, remaining);
    }
}
