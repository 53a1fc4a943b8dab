//! What came by plain HTTP (F5).

use actix_web::Responder;
use secure_runtime::{ForwardedHeader, Profile, prelude::*, test::TestApp};

use crate::support::{Complete, problem_with, seen, settings};

const PROXY: &str = "10.0.0.1";

#[get("/page")]
#[public]
async fn page() -> impl Responder {
    "page"
}

#[post("/page")]
#[public]
#[rate_limit("5/minute")]
async fn change_page() -> impl Responder {
    "changed"
}

#[get("/health")]
#[public(any_host = "because probes come by plain HTTP")]
async fn health() -> impl Responder {
    "healthy"
}

fn list(routes: &mut Routes) {
    routes.service(page).service(change_page).service(health);
}

async fn app(change: impl FnOnce(Complete) -> Complete) -> TestApp {
    TestApp::with(change, list, |_| {}).await
}

/// Production, at an origin with HTTPS, behind a proxy.
fn behind_a_proxy(settings: Complete) -> Complete {
    settings
        .public_origin("https://example.com")
        .trusted_proxies([PROXY])
}

fn refusal() -> (u16, serde_json::Value) {
    let detail = "This service is reached by HTTPS.";
    (400, problem_with(400, "Bad Request", detail))
}

#[actix_web::test]
async fn a_page_is_sent_to_the_public_origin_and_anything_else_is_refused() {
    let app = app(behind_a_proxy).await;
    for (path, location) in [
        ("/page", "https://example.com/page"),
        ("/page?a=b&c=%2F", "https://example.com/page?a=b&c=%2F"),
        ("/nothing", "https://example.com/nothing"),
        ("//evil.example/x", "https://example.com//evil.example/x"),
        ("http://example.com/page", "https://example.com/page"),
    ] {
        let request = app.get(path).from_address(PROXY);
        let request = request
            .header("accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
            .header("x-forwarded-proto", "http");
        let response = request.send().await;
        assert_eq!(response.status(), 308, "{path}");
        assert_eq!(response.header("location"), Some(location));
        assert_eq!(response.header("vary"), Some("Accept"));
        assert_eq!(response.text(), "");
        assert_eq!(response.header("x-content-type-options"), Some("nosniff"));
    }
    for accept in ["application/json", "*/*", "text/html;q=0", ""] {
        let request = app.get("/page").from_address(PROXY);
        let request = request.header("accept", accept);
        let response = request.header("x-forwarded-proto", "http").send().await;
        assert_eq!(seen(&response), refusal(), "{accept}");
        assert_eq!(response.header("location"), None);
    }
    let request = app.post("/page").from_address(PROXY);
    let request = request.header("accept", "text/html");
    let response = request.header("x-forwarded-proto", "http").send().await;
    assert_eq!(seen(&response), refusal());
}

#[actix_web::test]
async fn only_the_header_of_trusted_proxies_counts() {
    let app = app(behind_a_proxy).await;
    let status = async |peer: &str, headers: &[(&str, &str)]| {
        let mut request = app.get("/page").from_address(peer);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        request.send().await.status()
    };
    let https = ("x-forwarded-proto", "https");
    assert_eq!(status(PROXY, &[https]).await, 200);
    assert_eq!(status(PROXY, &[("x-forwarded-proto", "HTTPS")]).await, 200);
    // A proxy that adds to what the client has sent.
    let spoofed = ("x-forwarded-proto", "https, http");
    assert_eq!(status(PROXY, &[spoofed]).await, 400);
    let line = ("x-forwarded-proto", "http");
    assert_eq!(status(PROXY, &[https, line]).await, 400);
    assert_eq!(status(PROXY, &[]).await, 400);
    // The other family is passed on as the client sent it.
    assert_eq!(status(PROXY, &[("forwarded", "proto=https")]).await, 400);
    assert_eq!(status(PROXY, &[("x-forwarded-ssl", "on")]).await, 400);
    assert_eq!(status(PROXY, &[("front-end-https", "on")]).await, 400);
    for stranger in ["192.0.2.1", "10.0.0.2", "127.0.0.1", "2001:db8::1"] {
        assert_eq!(status(stranger, &[https]).await, 400, "{stranger}");
        assert_eq!(status(stranger, &[]).await, 400, "{stranger}");
    }
}

#[actix_web::test]
async fn the_standard_header_where_it_is_configured() {
    let change =
        |settings: Complete| behind_a_proxy(settings).forwarded_by(ForwardedHeader::Forwarded);
    let app = app(change).await;
    let status = async |peer: &str, name: &str, value: &str| {
        let request = app.get("/page").from_address(peer).header(name, value);
        request.send().await.status()
    };
    let by_https = "for=203.0.113.7;proto=https";
    assert_eq!(status(PROXY, "forwarded", by_https).await, 200);
    assert_eq!(status("192.0.2.1", "forwarded", by_https).await, 400);
    let spoofed = "proto=https, for=203.0.113.7;proto=http";
    assert_eq!(status(PROXY, "forwarded", spoofed).await, 400);
    assert_eq!(status(PROXY, "forwarded", "for=203.0.113.7").await, 400);
    assert_eq!(status(PROXY, "x-forwarded-proto", "https").await, 400);
}

type Change = fn(Complete) -> Complete;

#[actix_web::test]
async fn it_is_enforced_where_it_can_be_known_or_is_asked_for() {
    let cases: [(&str, Change, u16); 7] = [
        ("nothing said", |s| s, 200),
        ("an origin", |s| s.public_origin("https://example.com"), 200),
        ("proxies", |s| s.trusted_proxies([PROXY]), 200),
        ("both", behind_a_proxy, 400),
        (
            "development",
            |s| behind_a_proxy(s).profile(Profile::Development),
            200,
        ),
        (
            "asked for",
            |s| s.public_origin("https://example.com").enforce_https(true),
            400,
        ),
        (
            "asked not to",
            |s| behind_a_proxy(s).enforce_https(false),
            200,
        ),
    ];
    for (name, change, expected) in cases {
        let app = app(change).await;
        assert_eq!(app.get("/page").send().await.status(), expected, "{name}");
        assert_eq!(app.get("/health").send().await.status(), 200, "{name}");
    }
    let clock = secure_runtime::test::TestClock::default();
    let nowhere = settings(&clock).enforce_https(true).build();
    let error = nowhere.expect_err("nowhere to send pages to");
    assert!(error.findings()[0].starts_with("HTTPS: "), "{error}");
}

/// Both at once: a probe names the machine, and comes by plain HTTP.
#[actix_web::test]
async fn a_probe_is_answered_all_the_same() {
    let app = app(behind_a_proxy).await;
    let request = app.get("/health").header("host", "10.0.0.7:8080");
    let response = request.header("accept", "text/html").send().await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.text(), "healthy");
    let head = app.request(actix_web::http::Method::HEAD, "/health");
    assert_eq!(head.send().await.status(), 400);
}
