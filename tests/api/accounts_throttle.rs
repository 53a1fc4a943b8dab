//! How often somebody may fail to sign in (B6), with a clock that is moved.

use std::time::Duration;

use futures_util::future::join_all;
use secure_runtime::{ServerSecret, audit::AuditKind, limit, test::TestResponse, token::Hs256Key};

use crate::support::{
    Login, Operation, Owners, Question, all, assert_issued, password_login, problem, seen,
};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// Asserts that nobody looks at it, and until when.
fn assert_throttled(name: &str, answer: &TestResponse, wait: u64) {
    let expected = (429, problem(429, "Too Many Requests"));
    assert_eq!(seen(answer), expected, "{name}");
    assert_eq!(all(answer, "retry-after"), [wait.to_string()], "{name}");
    assert_eq!(all(answer, "set-cookie"), [""; 0], "{name}");
}

async fn fail(login: &Login, times: usize) {
    for _ in 0..times {
        assert_eq!(login.wrong().await.status(), 401);
    }
}

#[actix_web::test]
async fn after_five_failures_nobody_looks_for_a_minute() {
    let login = Login::new().await;
    fail(&login, 5).await;
    let (hashes, _) = (login.hashes(), login.owners.questions());
    for _ in 0..100 {
        assert_throttled("a guess", &login.wrong().await, 60);
    }
    login.clock.advance(MINUTE - Duration::from_millis(1));
    assert_throttled("the right one", &login.right().await, 1);
    assert_eq!(login.hashes(), hashes, "nobody looked at it");
    assert_eq!(login.owners.questions(), []);
    login.clock.advance(Duration::from_millis(1));
    assert_issued("the minute is over", &login.right().await);
}

#[actix_web::test]
async fn pauses_double_up_to_an_hour_and_let_one_in() {
    let login = Login::new().await;
    fail(&login, 5).await;
    for wait in [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600] {
        assert_throttled("in the pause", &login.wrong().await, wait);
        login.clock.advance(Duration::from_secs(wait));
        fail(&login, 1).await;
    }
    // After a day it is forgotten.
    login.clock.advance(24 * HOUR);
    fail(&login, 5).await;
    assert_throttled("as in the beginning", &login.wrong().await, 60);
}

#[actix_web::test]
async fn a_name_that_nobody_has_is_throttled_like_one_that_somebody_has() {
    let mut seen_there = Vec::new();
    for name in ["ada", "eve", "", "a\0", &"x".repeat(900)] {
        let login = Login::new().await;
        let mut seen_here = Vec::new();
        for _ in 0..3 {
            for _ in 0..7 {
                let answer = login.try_with(name, "a guess").await;
                let wait = all(&answer, "retry-after");
                seen_here.push((answer.status(), answer.text(), wait, login.store.asked()));
            }
            login.clock.advance(2 * MINUTE);
        }
        seen_there.push(seen_here);
    }
    let refused = seen_there[0].iter().filter(|answer| answer.0 == 429);
    assert_eq!(refused.count(), 2 + 6 + 6);
    for seen_here in &seen_there {
        assert_eq!(seen_here, &seen_there[0]);
    }
}

#[actix_web::test]
async fn a_name_is_counted_however_it_is_written() {
    let login = Login::new().await;
    for name in ["ada", "ADA", " ada", "Ada\t", "aDa  "] {
        assert_eq!(login.try_with(name, "a guess").await.status(), 401);
    }
    assert_throttled("again", &login.try_with("adA", "a guess").await, 60);
    let other = login.try_with("eve", "a guess").await;
    assert_eq!(other.status(), 401, "another one is not");
}

#[actix_web::test]
async fn of_three_hundred_at_once_five_are_looked_at() {
    // So many at one address are refused for its sake before anybody asks about the account.
    let login = Login::with(|settings| settings.failed_sign_ins(limit!("1000/minute"))).await;
    let answers = join_all((0..300).map(|_| login.wrong())).await;
    let verdicts = answers.iter().filter(|answer| answer.status() == 401);
    assert_eq!(verdicts.count(), 5);
    assert_eq!(login.hashes(), 5);
    assert_eq!(login.owners.questions(), [Question::ByIdentifier; 5]);
    for refused in answers.iter().filter(|answer| answer.status() != 401) {
        assert_throttled("too many", refused, 60);
    }
    // And then one each pause, however many ask.
    for wait in [60, 120] {
        login.clock.advance(Duration::from_secs(wait));
        let answers = join_all((0..300).map(|_| login.wrong())).await;
        let verdicts = answers.iter().filter(|answer| answer.status() == 401);
        assert_eq!(verdicts.count(), 1, "after {wait}");
    }
    assert_eq!(login.hashes(), 7);
}

/// Many people behind one address, and one account at many: those who know their password get in.
#[actix_web::test]
async fn who_knows_the_password_is_not_slowed_down() {
    let login = Login::new().await;
    for _ in 0..50 {
        assert_issued("one after the other", &login.right().await);
    }
    for _ in 0..3 {
        fail(&login, 4).await;
        assert_issued("after four failures", &login.right().await);
    }
    fail(&login, 5).await;
    assert_throttled("after five", &login.right().await, 60);
    // Another address has its own.
    let elsewhere = login.request("ada", "ada's password");
    let elsewhere = elsewhere.from_address("192.0.2.77").send().await;
    assert_issued("elsewhere", &elsewhere);
    assert_throttled("not forgiven here", &login.right().await, 60);
}

#[actix_web::test]
async fn after_a_hundred_failures_from_anywhere_the_account_pauses() {
    let login = Login::new().await;
    for number in 0..100 {
        assert_eq!(login.guess_from(number).await, 401, "{number}");
    }
    let hashes = login.hashes();
    assert_throttled("its owner too", &login.right().await, 60);
    assert_eq!(login.guess_from(1000).await, 429);
    assert_eq!(login.hashes(), hashes);
    let other = login.try_with("eve", "a guess").await;
    assert_eq!(other.status(), 401, "no other account does");
    for wait in [60, 120, 240] {
        login.clock.advance(Duration::from_secs(wait));
        assert_eq!(login.guess_from(2000).await, 401);
        assert_throttled("again", &login.right().await, 2 * wait);
    }
    // A success is no failure, and forgives none.
    login.clock.advance(8 * MINUTE - Duration::from_millis(1));
    assert_throttled("not yet", &login.right().await, 1);
    login.clock.advance(Duration::from_millis(1));
    assert_issued("between two pauses", &login.right().await);
    assert_issued("and again", &login.right().await);
    assert_eq!(login.guess_from(2001).await, 401);
    // Time forgives one, every 15 minutes.
    assert_throttled("the 103rd", &login.right().await, 8 * 60);
}

/// One that guesses whenever it is let, for two weeks.
#[actix_web::test]
async fn one_network_alone_keeps_no_unknown_device_out() {
    let login = Login::new().await;
    let mut looked_at = 0;
    for _ in 0..14 * 24 + 20 {
        match login.guess_from(7).await {
            401 => looked_at += 1,
            429 => login.clock.advance(HOUR),
            other => panic!("{other}"),
        }
    }
    assert!(looked_at > 150, "{looked_at}");
    assert_issued("elsewhere", &login.right().await);
}

/// Addresses are those of clients: what a trusted proxy says, and what nobody else does.
#[actix_web::test]
async fn whoever_writes_headers_gets_no_counter_of_their_own() {
    let login = Login::new().await;
    let from = |number: usize| {
        let forwarded = format!("203.0.113.{number}");
        let guess = login.request("ada", "a guess");
        guess.header("x-forwarded-for", &forwarded).send()
    };
    for number in 0..5 {
        assert_eq!(from(number).await.status(), 401);
    }
    assert_throttled("the sixth", &from(6).await, 60);
    let network = |last: &str| {
        let guess = login.request("ada", "a guess");
        guess.from_address(&format!("2001:db8:1:{last}")).send()
    };
    for number in 0..5 {
        let address = format!("10{number}::1");
        assert_eq!(network(&address).await.status(), 401);
    }
    assert_throttled("the same /56", &network("1ff::1").await, 60);
    assert_eq!(network("200::1").await.status(), 401);
}

#[actix_web::test]
async fn behind_a_proxy_that_is_trusted_each_client_has_its_own() {
    let proxied = |settings: crate::support::Complete| settings.trusted_proxies(["192.0.2.1"]);
    let login = Login::with(proxied).await;
    let from = |address: &'static str| {
        let guess = login.request("ada", "a guess");
        guess.header("x-forwarded-for", address).send()
    };
    for _ in 0..5 {
        assert_eq!(from("203.0.113.1").await.status(), 401);
    }
    assert_throttled("this one", &from("203.0.113.1").await, 60);
    assert_eq!(from("203.0.113.2").await.status(), 401);
}

#[actix_web::test]
async fn a_pause_is_on_the_record_once() {
    let login = Login::new().await;
    let (failed, throttled) = (AuditKind::SignInFailed, AuditKind::SignInThrottled);
    fail(&login, 4).await;
    assert_eq!(login.audit.kinds(), [failed; 4]);
    fail(&login, 1).await;
    let events = login.audit.events();
    let kinds: Vec<_> = events.iter().map(|event| event.kind).collect();
    assert_eq!(kinds, [failed, throttled]);
    assert!(throttled.is_alarming());
    assert_eq!(events[1].subject.as_deref(), Some("ada"));
    for _ in 0..20 {
        login.wrong().await;
    }
    assert_eq!(login.audit.kinds(), [], "it is the same pause");
    login.clock.advance(MINUTE);
    fail(&login, 1).await;
    assert_eq!(login.audit.kinds(), [failed, throttled]);
    // Four failures and a success are no pause.
    login.clock.advance(HOUR);
    assert_issued("right", &login.right().await);
    fail(&login, 4).await;
    login.audit.kinds();
    assert_issued("right", &login.right().await);
    let kinds = login.audit.kinds();
    assert_eq!(kinds, [AuditKind::TokenCreated, AuditKind::SignedIn]);
}

#[actix_web::test]
async fn a_store_that_is_down_lets_nobody_in_and_forgets_nothing() {
    let login = Login::new().await;
    fail(&login, 4).await;
    let (hashes, _) = (login.hashes(), login.owners.questions());
    let down = (503, problem(503, "Service Unavailable"));
    for operations in [
        vec![],
        vec![Operation::Get],
        vec![Operation::PutIfAbsent, Operation::Swap],
    ] {
        login.store.fails_to(&operations);
        for answer in [login.right().await, login.wrong().await] {
            assert_eq!(seen(&answer), down, "{operations:?}");
            assert_eq!(all(&answer, "retry-after"), ["1"]);
        }
    }
    assert_eq!(login.hashes(), hashes, "nobody looked at a password");
    assert_eq!(login.owners.questions(), []);
    login.store.works();
    fail(&login, 1).await;
    assert_throttled("the fifth", &login.right().await, 60);
}

/// It goes down after the attempt was charged and before the tokens are made.
#[actix_web::test]
async fn a_store_that_goes_down_meanwhile_lets_nobody_in() {
    let login = Login::new().await;
    login.store.fails_to(&[Operation::List, Operation::Take]);
    let answer = login.right().await;
    assert_eq!(seen(&answer), (503, problem(503, "Service Unavailable")));
    login.store.works();
    login.clock.advance(Duration::from_secs(1));
    let sign_ins = login.app.security().tokens().sign_ins("ada").await;
    // What was begun and could not be taken back is of use to nobody: its token was never given out.
    assert_eq!(sign_ins.expect("a list").len(), 1);
    assert_issued("it is back", &login.right().await);
}

/// What cannot be forgotten after a success stays counted, and the caller has its tokens.
#[actix_web::test]
async fn a_success_that_cannot_be_noted_is_one() {
    let login = Login::new().await;
    fail(&login, 4).await;
    login.store.fails_to(&[Operation::Take]);
    assert_issued("it was the right one", &login.right().await);
    login.store.works();
    assert_throttled("four and one", &login.right().await, 60);
}

#[actix_web::test]
async fn instances_share_the_counters_and_a_restart_forgets_none() {
    let (clock, owners) = (Default::default(), Owners::with_ada());
    let store = crate::support::SharedStore::new(&clock);
    // Each with a key and a secret of its own, as after a rotation of both: no counter depends on them.
    let instance = || {
        Login::on(
            store.clone(),
            clock.clone(),
            owners.clone(),
            |settings| {
                let settings = settings.signing_key(Hs256Key::random());
                settings.secret(ServerSecret::random())
            },
            |routes| {
                routes.service(password_login);
            },
        )
    };
    let (first, second) = (instance().await, instance().await);
    let answers = join_all((0..100).map(|number| match number % 2 {
        0 => first.wrong(),
        _ => second.wrong(),
    }));
    let answers = answers.await;
    let verdicts = answers.iter().filter(|answer| answer.status() == 401);
    assert_eq!(verdicts.count(), 5);
    assert_eq!(first.hashes() + second.hashes(), 5);
    drop((first, second));
    let third = instance().await;
    assert_throttled("after a restart", &third.right().await, 60);
    clock.advance(MINUTE);
    assert_issued("when it is over", &third.right().await);
}
