//! What anybody at one address may do to accounts, whichever they are and whatever the routes allow (E8, B6).

use std::time::Duration;

use actix_web::Responder;
use futures_util::future::join_all;
use secure_runtime::{
    audit::AuditKind,
    policy::RateLimit,
    prelude::*,
    test::{TestClock, TestResponse},
};
use serde_json::{Value, json};

use crate::support::{
    AccountApp, BAD, CURRENT, Complete, GOOD, Login, MINUTE, all, bad_token, problem, seen,
    settings,
};

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const ELSEWHERE: &str = "192.0.2.77";

fn assert_refused(name: &str, answer: &TestResponse, wait: u64) {
    let expected = (429, problem(429, "Too Many Requests"));
    assert_eq!(seen(answer), expected, "{name}");
    assert_eq!(all(answer, "retry-after"), [wait.to_string()], "{name}");
}

/// One password at many accounts, from the address that requests come from.
async fn spray(login: &Login, accounts: std::ops::Range<usize>) {
    for number in accounts {
        let answer = login
            .try_with(&format!("user{number}"), "Summer2026!")
            .await;
        assert_eq!(answer.status(), 401, "{number}");
    }
}

#[actix_web::test]
async fn one_password_at_many_accounts_is_tried_thirty_times() {
    let login = Login::new().await;
    spray(&login, 0..30).await;
    let (hashes, _) = (login.hashes(), login.owners.questions());
    // Nobody looks any more, whether or not there is such an account.
    for name in ["user31", "ada", "user0"] {
        assert_refused(name, &login.try_with(name, "ada's password").await, 600);
    }
    assert_eq!(login.hashes(), hashes);
    assert_eq!(login.owners.questions(), []);
    let refused = login.try_with("user32", "x").await;
    let policy = "\"failed-sign-ins/600s\";q=30;w=600, \"failed-sign-ins/86400s\";q=200;w=86400";
    assert_eq!(all(&refused, "ratelimit-policy"), [policy]);
    assert_eq!(
        all(&refused, "ratelimit"),
        ["\"failed-sign-ins/600s\";r=0;t=600"]
    );
    // It is about the address and about nobody's account.
    let elsewhere = login
        .request("ada", "ada's password")
        .from_address(ELSEWHERE);
    assert_eq!(elsewhere.send().await.status(), 200);
    login.clock.advance(Duration::from_secs(599));
    assert_refused("a second too early", &login.right().await, 1);
    login.clock.advance(Duration::from_secs(1));
    assert_eq!(login.right().await.status(), 200);
}

#[actix_web::test]
async fn a_day_has_two_hundred() {
    let login = Login::new().await;
    for round in 0..6 {
        spray(&login, round * 30..round * 30 + 30).await;
        login.clock.advance(MINUTE * 10);
    }
    spray(&login, 180..200).await;
    let refused = login.try_with("user200", "x").await;
    assert_eq!(refused.status(), 429);
    let wait: u64 = all(&refused, "retry-after")[0].parse().expect("seconds");
    // The large window may count for 1/64 of its length too long, and never too short.
    let day = DAY.as_secs() - 60 * 60;
    assert!(
        (day..=day + DAY.as_secs() / 64 + 1).contains(&wait),
        "{wait}"
    );
    login.clock.advance(HOUR);
    assert_eq!(login.right().await.status(), 429);
    login.clock.advance(DAY);
    assert_eq!(login.right().await.status(), 200);
}

#[actix_web::test]
async fn of_three_hundred_at_once_thirty_are_looked_at() {
    let login = Login::new().await;
    let names: Vec<_> = (0..300).map(|number| format!("user{number}")).collect();
    let answers = join_all(names.iter().map(|name| login.try_with(name, "x"))).await;
    let count = |status| {
        answers
            .iter()
            .filter(|answer| answer.status() == status)
            .count()
    };
    // Some of the thirty find that too many passwords wait to be hashed already.
    assert_eq!((count(401) + count(503), count(429)), (30, 270));
    assert_eq!(login.hashes(), count(401));
}

#[actix_web::test]
async fn who_knows_the_password_is_counted_nothing() {
    let login = Login::new().await;
    for _ in 0..100 {
        assert_eq!(login.right().await.status(), 200);
    }
    spray(&login, 0..29).await;
    for _ in 0..50 {
        let right = login.right().await;
        assert_eq!(right.status(), 200);
        assert_eq!(
            all(&right, "ratelimit"),
            ["\"failed-sign-ins/600s\";r=1;t=600"]
        );
    }
    spray(&login, 29..30).await;
    assert_eq!(login.right().await.status(), 429);
}

/// What nobody has looked at is no failure.
#[actix_web::test]
async fn what_the_account_refuses_costs_the_address_nothing() {
    let login = Login::new().await;
    for _ in 0..5 {
        assert_eq!(login.wrong().await.status(), 401);
    }
    for _ in 0..100 {
        assert_refused("in the pause of the account", &login.wrong().await, 60);
    }
    login.owners.is_down(true);
    for _ in 0..40 {
        assert_eq!(login.try_with("bob", "x").await.status(), 500);
    }
    login.owners.is_down(false);
    spray(&login, 0..25).await;
    assert_eq!(login.try_with("user25", "x").await.status(), 429);
}

/// Whoever shares an address with somebody who guesses still gets in where he always does.
#[actix_web::test]
async fn a_device_that_is_known_keeps_its_owner_in() {
    let login = Login::new().await;
    let cookie = all(&login.right().await, "set-cookie").join("");
    let (cookie, _) = cookie.split_once(';').expect("attributes");
    spray(&login, 0..30).await;
    assert_eq!(login.right().await.status(), 429);
    let with = |name: &str, password: &str| {
        let request = login.request(name, password).header("cookie", cookie);
        request.send()
    };
    assert_eq!(with("ada", "ada's password").await.status(), 200);
    assert_eq!(with("ada", "a guess").await.status(), 401);
    // It is known to one account and to no other.
    assert_eq!(with("bob", "x").await.status(), 429);
}

#[actix_web::test]
async fn an_address_is_the_network_of_a_customer() {
    let login = Login::new().await;
    let from = async |address: &str, number: usize| {
        let name = format!("user{number}");
        let request = login.request(&name, "x").from_address(address);
        request.send().await.status()
    };
    for number in 0..30 {
        let address = format!("2001:db8:1:1{number:02x}::{number}");
        assert_eq!(from(&address, number).await, 401);
    }
    assert_eq!(from("2001:db8:1:1ff::9", 30).await, 429);
    assert_eq!(from("2001:db8:1:200::9", 31).await, 401);
}

#[actix_web::test]
async fn the_last_failure_of_an_address_is_on_the_record() {
    let login = Login::new().await;
    spray(&login, 0..29).await;
    assert!(!login.audit.kinds().contains(&AuditKind::SignInThrottled));
    spray(&login, 29..30).await;
    assert!(login.audit.kinds().contains(&AuditKind::SignInThrottled));
}

/// Sign-in and the password that is asked for again are one counter: what is tried is the same.
#[actix_web::test]
async fn passwords_that_are_asked_for_again_count_too() {
    let app = AccountApp::new().await;
    for number in 0..8 {
        let subject = format!("user{number}");
        let hash = secure_runtime::test::cheap_hash(CURRENT);
        app.world.people.add(&subject, Some(hash));
    }
    let mut answers = Vec::new();
    for number in 0..8 {
        let tokens = app.sign_in(&format!("user{number}")).await;
        for attempt in 0..4 {
            let answer = match attempt % 2 {
                0 => app.change(tokens.access(), "a guess", GOOD).await.0,
                _ => {
                    app.move_to(tokens.access(), "x@example.com", "a guess")
                        .await
                        .0
                }
            };
            answers.push(answer);
        }
    }
    let expected = [[422; 30].as_slice(), &[429; 2]].concat();
    assert_eq!(answers, expected);
    let ada = app.sign_in("ada").await;
    assert_eq!(app.change(ada.access(), CURRENT, GOOD).await.0, 429);
    app.world.clock.advance(MINUTE * 10);
    // A password that is right, and one that the policy refuses, cost nothing.
    for _ in 0..40 {
        assert_eq!(app.change(ada.access(), CURRENT, BAD).await.0, 422);
    }
    assert_eq!(app.change(ada.access(), CURRENT, GOOD).await.0, 204);
}

#[actix_web::test]
async fn ten_letters_are_sent_for_one_address_in_ten_minutes() {
    let app = AccountApp::new().await;
    let tokens = app.sign_in("ada").await;
    let mut answers = Vec::new();
    for number in 0..4 {
        answers.push(app.register(&format!("new{number}@example.com")).await.0);
        answers.push(app.forgot(&format!("old{number}@example.com")).await.0);
        let address = format!("ada{number}@example.com");
        answers.push(app.move_to(tokens.access(), &address, CURRENT).await.0);
    }
    let expected = [[202; 10].as_slice(), &[429; 2]].concat();
    assert_eq!(answers, expected);
    // Whether or not there is such an account, and nothing is queued.
    app.world.store.asked();
    for email in ["ada@example.com", "nobody@example.com"] {
        let refused = app.post("/forgot-password", json!({"email": email})).await;
        assert_refused(email, &refused, 600);
    }
    assert_eq!(app.world.store.asked(), []);
    let body = json!({"email": "bob@example.com"});
    let elsewhere = app.app.post("/forgot-password").json(&body);
    let elsewhere = elsewhere.from_address(ELSEWHERE).send().await;
    assert_eq!(elsewhere.status(), 202);
    app.world.clock.advance(MINUTE * 10);
    assert_eq!(app.forgot("ada@example.com").await.0, 202);
}

#[actix_web::test]
async fn what_is_not_sent_does_not_count() {
    let app = AccountApp::new().await;
    let tokens = app.sign_in("ada").await;
    for _ in 0..20 {
        assert_eq!(app.register("").await.0, 422);
        assert_eq!(app.forgot(&"x".repeat(300)).await.0, 422);
    }
    for _ in 0..4 {
        let moved = app.move_to(tokens.access(), "x@example.com", "a guess");
        assert_eq!(moved.await.0, 422);
    }
    for _ in 0..10 {
        assert_eq!(app.register("new@example.com").await.0, 202);
    }
    assert_eq!(app.register("new@example.com").await.0, 429);
}

#[actix_web::test]
async fn links_that_are_good_for_nothing_are_tried_thirty_times() {
    let app = AccountApp::new().await;
    let good = app.reset_token().await;
    // What is only refused is no bad link.
    for _ in 0..40 {
        assert_eq!(app.reset(&good, BAD).await.0, 422);
    }
    for number in 0..10 {
        let token = format!("x{number}");
        assert_eq!(app.reset(&token, GOOD).await, bad_token());
        assert_eq!(app.verify(&token, GOOD).await, bad_token());
        assert_eq!(app.moved(&token).await, bad_token());
    }
    app.world.store.asked();
    for answer in [
        app.reset(&good, GOOD).await,
        app.verify("x", GOOD).await,
        app.moved("x").await,
    ] {
        assert_eq!(answer.0, 429);
    }
    assert_eq!(app.world.store.asked(), []);
    app.world.clock.advance(MINUTE * 10);
    assert_eq!(app.reset(&good, GOOD).await.0, 204);
}

#[actix_web::test]
async fn the_app_may_say_another_number() {
    let login = Login::with(|settings| settings.failed_sign_ins(limit!("3/minute"))).await;
    spray(&login, 0..3).await;
    assert_refused("fourth", &login.try_with("user3", "x").await, 60);
}

#[test]
fn what_is_no_limit_by_address_is_refused() {
    const WRONG: [(RateLimit, &str); 5] = [
        (
            limit!("3/minute", by = "global"),
            "is counted by the client's address",
        ),
        (
            limit!("3/minute", header = "x-a"),
            "is counted by the client's address",
        ),
        (limit!("3/minute", burst = 2), "a `burst` cannot"),
        (limit!("3/minute", cost = 2), "counts one by one"),
        (
            limit!("3/minute", count = "failures"),
            "knows itself what it counts",
        ),
    ];
    for (limit, said) in WRONG {
        type Change = fn(Complete, RateLimit) -> Complete;
        let calls: [(&str, Change); 3] = [
            ("`.failed_sign_ins(…)` ", |settings, limit| {
                settings.failed_sign_ins(limit)
            }),
            ("`.account_mails(…)` ", |settings, limit| {
                settings.account_mails(limit)
            }),
            ("`.failed_links(…)` ", |settings, limit| {
                settings.failed_links(limit)
            }),
        ];
        for (call, change) in calls {
            let refused = change(settings(&TestClock::default()), limit).build();
            let refused = refused.expect_err("it is no such limit");
            let [finding] = refused.findings() else {
                panic!("{refused}");
            };
            assert!(
                finding.starts_with(call) && finding.contains(said),
                "{finding}"
            );
        }
    }
}

/// A route of an app that tries nothing.
#[get("/plain")]
#[public]
async fn plain() -> impl Responder {
    "plain"
}

#[actix_web::test]
async fn the_matrix_says_what_routes_are_held_by() {
    let app = AccountApp::new().await;
    let report = app.app.security().report();
    let json: Value = serde_json::from_str(&report.json()).expect("JSON");
    let of = |path: &str| {
        let routes = json["routes"].as_array().expect("routes");
        let row = routes.iter().find(|row| row["path"] == path);
        row.expect("a route")["account_limits"].clone()
    };
    let mails = "10/10 minutes; 50/day by ip, account mails";
    let links = "30/10 minutes; 200/day by ip, failed links";
    let sign_ins = "30/10 minutes; 200/day by ip, failed sign-ins";
    for path in [
        "/register",
        "/verify-email",
        "/forgot-password",
        "/reset-password",
    ] {
        assert_eq!(of(path), json!([mails, links]), "{path}");
    }
    assert_eq!(of("/me/password"), json!([sign_ins]));
    assert_eq!(of("/me/address"), json!([sign_ins, mails, links]));
    let table = report.to_string();
    assert!(
        table.contains(&format!("often as it likes, {mails}, {links}")),
        "{table}"
    );
    let other = secure_runtime::test::TestApp::new(|routes| {
        routes.service(plain);
    });
    let text = other.await.security().report().json();
    assert!(!text.contains("account_limits"), "{text}");
}
