//! Whose counter: address, caller, header, function, everybody (E3, E6, E8).

use std::time::Duration;

use actix_web::{HttpRequest, Responder};
use secure_runtime::{
    prelude::*,
    test::{TestApp, TestRequest},
};

use crate::support::seen;

#[get("/address")]
#[public]
#[rate_limit("2/minute")]
async fn by_address() -> impl Responder {
    "address"
}

#[get("/caller")]
#[protected]
#[rate_limit("2/minute", by = "user")]
async fn caller() -> impl Responder {
    "caller"
}

#[get("/tenant")]
#[public]
#[rate_limit("2/minute", header = "X-Tenant")]
async fn tenant() -> impl Responder {
    "tenant"
}

#[get("/global")]
#[public]
#[rate_limit("2/minute", by = "global")]
async fn global() -> impl Responder {
    "global"
}

fn by_query(request: &HttpRequest) -> Option<String> {
    request
        .query_string()
        .strip_prefix("key=")
        .map(str::to_owned)
}

#[get("/function")]
#[public]
#[rate_limit("2/minute", key = by_query)]
async fn function() -> impl Responder {
    "function"
}

#[get("/costly")]
#[public]
#[rate_limit("10/minute", cost = 3)]
async fn costly() -> impl Responder {
    "costly"
}

#[get("/smooth")]
#[public]
#[rate_limit("60/minute", burst = 3)]
async fn smooth() -> impl Responder {
    "smooth"
}

#[get("/windows")]
#[public]
#[rate_limit("2/second; 3/minute")]
async fn windows() -> impl Responder {
    "windows"
}

#[get("/stacked")]
#[public]
#[rate_limit("1/minute")]
#[rate_limit("2/minute", by = "global")]
async fn stacked() -> impl Responder {
    "stacked"
}

#[get("/stacked-otherwise")]
#[public]
#[rate_limit("2/minute", by = "global")]
#[rate_limit("1/minute")]
async fn stacked_otherwise() -> impl Responder {
    "stacked"
}

#[get("/twice")]
#[public]
#[rate_limit("1/minute")]
async fn twice() -> impl Responder {
    "twice"
}

#[public]
#[rate_limit("1/minute")]
async fn plain() -> impl Responder {
    "plain"
}

async fn app() -> TestApp {
    TestApp::new(|routes| {
        routes.service(by_address).service(caller).service(tenant);
        routes.service(global).service(function).service(costly);
        routes.service(smooth).service(windows).service(stacked);
        routes.service(stacked_otherwise);
        for prefix in ["/a", "/b"] {
            routes.scope(prefix, |routes| {
                routes.service(twice).post("/plain", plain);
                routes.get("/plain/{id}", plain).get("/plain", plain);
            });
        }
    })
    .await
}

/// Sends requests one after another, and compares the statuses.
async fn assert_statuses(name: &str, expected: &[u16], request: impl Fn() -> TestRequest<'static>) {
    let mut statuses = Vec::new();
    for _ in expected {
        statuses.push(request().send().await.status());
    }
    assert_eq!(statuses, expected, "{name}");
}

/// The app for as long as the test program runs: a request can then be made anywhere.
async fn leaked() -> &'static TestApp {
    Box::leak(Box::new(app().await))
}

#[actix_web::test]
async fn by_address_whatever_a_client_says_about_its_address() {
    let app = leaked().await;
    assert_statuses("first", &[200, 200, 429], || app.get("/address")).await;
    for (name, value) in [
        ("x-forwarded-for", "198.51.100.7"),
        ("x-forwarded-for", "198.51.100.7, 203.0.113.9"),
        ("forwarded", "for=198.51.100.7;proto=https"),
        ("x-real-ip", "198.51.100.7"),
        ("cf-connecting-ip", "198.51.100.7"),
        ("true-client-ip", "198.51.100.7"),
        ("x-client-ip", "198.51.100.7"),
        ("host", "another.test"),
    ] {
        let spoofed = app.get("/address").header(name, value).send().await;
        assert_eq!(spoofed.status(), 429, "{name}: {value}");
    }
    let signed_in = app.get("/address").as_user("ada").send().await;
    assert_eq!(signed_in.status(), 429, "a caller is not an address");
    let other = || app.get("/address").from_address("192.0.2.9");
    assert_statuses("another address", &[200, 200, 429], other).await;
}

#[actix_web::test]
async fn an_ipv6_client_is_its_56_bit_network() {
    let app = app().await;
    let call = async |address: &str| app.get("/address").from_address(address).send().await;
    for (address, status) in [
        ("2001:db8:1:100::1", 200),
        ("2001:db8:1:1ff:ffff:ffff:ffff:ffff", 200),
        ("2001:db8:1:180::7", 429),
        ("2001:db8:1:200::1", 200),
        ("2001:db8:1:ff::1", 200),
        // An IPv4 address in IPv6 clothes is that address.
        ("::ffff:192.0.2.77", 200),
        ("192.0.2.77", 200),
        ("::ffff:192.0.2.77", 429),
    ] {
        assert_eq!(call(address).await.status(), status, "{address}");
    }
}

#[actix_web::test]
async fn by_caller_wherever_the_caller_comes_from() {
    let app = leaked().await;
    assert_statuses("ada", &[200, 200, 429], || {
        app.get("/caller").as_user("ada")
    })
    .await;
    let elsewhere = || app.get("/caller").as_user("ada").from_address("192.0.2.9");
    assert_statuses("ada elsewhere", &[429], elsewhere).await;
    assert_statuses("eve beside her", &[200, 200, 429], || {
        app.get("/caller").as_user("eve")
    })
    .await;
    // Nobody is 401 and is charged to nobody.
    assert_statuses("nobody", &[401, 401, 401], || app.get("/caller")).await;
}

#[actix_web::test]
async fn by_header_and_without_it_all_together() {
    let app = leaked().await;
    let acme = || app.get("/tenant").header("x-tenant", "acme");
    assert_statuses("acme", &[200, 200, 429], acme).await;
    let other = || app.get("/tenant").header("X-TENANT", "other");
    assert_statuses("other", &[200, 200, 429], other).await;
    assert_statuses("none", &[200, 200, 429], || app.get("/tenant")).await;
    let elsewhere = || app.get("/tenant").from_address("192.0.2.9");
    assert_statuses("none, elsewhere", &[429], elsewhere).await;
    // A value longer than any key is told apart to its end.
    let long = |last: char| format!("{}{last}", "x".repeat(4000));
    let (a, b) = (long('a'), long('b'));
    assert_statuses("long a", &[200, 200, 429], || {
        app.get("/tenant").header("x-tenant", &a)
    })
    .await;
    assert_statuses("long b", &[200], || {
        app.get("/tenant").header("x-tenant", &b)
    })
    .await;
}

#[actix_web::test]
async fn by_function_and_none_is_a_key_of_its_own() {
    let app = leaked().await;
    assert_statuses("a", &[200, 200, 429], || app.get("/function?key=a")).await;
    assert_statuses("b", &[200, 200, 429], || app.get("/function?key=b")).await;
    assert_statuses("none", &[200, 200, 429], || app.get("/function")).await;
    let elsewhere = || app.get("/function?other").from_address("192.0.2.9");
    assert_statuses("none, elsewhere", &[429], elsewhere).await;
}

#[actix_web::test]
async fn global_is_one_counter_for_everybody() {
    let app = app().await;
    for (address, status) in [("192.0.2.1", 200), ("192.0.2.2", 200), ("2001:db8::1", 429)] {
        let response = app.get("/global").from_address(address).send().await;
        assert_eq!(response.status(), status, "{address}");
    }
}

#[actix_web::test]
async fn a_costly_request_takes_what_it_costs() {
    let app = leaked().await;
    assert_statuses("3 + 3 + 3 of 10", &[200, 200, 200, 429], || {
        app.get("/costly")
    })
    .await;
}

#[actix_web::test]
async fn a_burst_passes_at_once_and_then_one_by_one() {
    let app = leaked().await;
    assert_statuses("the burst", &[200, 200, 200, 429], || app.get("/smooth")).await;
    app.clock().advance(Duration::from_secs(1));
    assert_statuses("a second later", &[200, 429], || app.get("/smooth")).await;
    app.clock().advance(Duration::from_secs(2));
    assert_statuses("two seconds later", &[200, 200, 429], || app.get("/smooth")).await;
    app.clock().advance(Duration::from_secs(3600));
    assert_statuses("never more", &[200, 200, 200, 429], || app.get("/smooth")).await;
}

#[actix_web::test]
async fn of_several_quotas_each_must_have_room_and_a_refusal_takes_nothing() {
    let app = leaked().await;
    // The refusals of the first second take nothing of the minute.
    assert_statuses("2/second", &[200, 200, 429, 429, 429], || {
        app.get("/windows")
    })
    .await;
    app.clock().advance(Duration::from_secs(1));
    assert_statuses("3/minute", &[200, 429], || app.get("/windows")).await;
    app.clock().advance(Duration::from_secs(59));
    assert_statuses("the first two are gone", &[200, 200, 429], || {
        app.get("/windows")
    })
    .await;
}

#[actix_web::test]
async fn a_window_holds_wherever_it_starts() {
    let app = leaked().await;
    let nobody = || app.get("/address");
    app.clock().advance(Duration::from_secs(59));
    assert_statuses("at 59 s", &[200, 200, 429], nobody).await;
    app.clock().advance(Duration::from_secs(2));
    assert_statuses("a new minute of the clock is no new window", &[429], nobody).await;
    app.clock().advance(Duration::from_millis(57_999));
    assert_statuses("a millisecond too early", &[429], nobody).await;
    app.clock().advance(Duration::from_millis(1));
    assert_statuses("in time", &[200, 200, 429], nobody).await;
}

#[actix_web::test]
async fn a_refused_request_is_charged_nothing_by_the_other_limits() {
    for path in ["/stacked", "/stacked-otherwise"] {
        let app = leaked().await;
        let here = || app.get(path);
        assert_statuses(path, &[200, 429, 429, 429], here).await;
        // One request has passed, so the limit for everybody has room for one more.
        let there = app.get(path).from_address("192.0.2.9").send().await;
        assert_eq!(there.status(), 200, "{path}: {:?}", seen(&there));
        let third = app.get(path).from_address("192.0.2.10").send().await;
        assert_eq!(third.status(), 429, "{path}: for everybody");
    }
}

#[actix_web::test]
async fn a_handler_that_is_mounted_twice_has_two_counters() {
    let app = leaked().await;
    for path in [
        "/a/twice",
        "/b/twice",
        "/a/plain/1",
        "/b/plain/1",
        "/a/plain",
        "/b/plain",
    ] {
        assert_statuses(path, &[200, 429], || app.get(path)).await;
    }
    assert_statuses("another parameter, the same route", &[429], || {
        app.get("/a/plain/2")
    })
    .await;
    // Counters are keyed by policy and mount path (D8), so another method at the path shares them.
    assert_statuses("POST", &[429], || app.post("/a/plain")).await;
}

#[actix_web::test]
async fn routes_do_not_share_counters_and_neither_do_apps() {
    let (one, two) = (app().await, app().await);
    for _ in 0..2 {
        assert_eq!(one.get("/address").send().await.status(), 200);
        assert_eq!(one.get("/global").send().await.status(), 200);
    }
    assert_eq!(one.get("/address").send().await.status(), 429);
    assert_eq!(two.get("/address").send().await.status(), 200);
}
