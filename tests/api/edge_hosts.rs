//! Under which names the service answers (F4).

use actix_web::{HttpResponse, Responder, web};
use secure_runtime::{
    Hosts, Profile, Security, hosts,
    prelude::*,
    test::{TestApp, TestClock},
    token::Hs256Key,
};

use crate::support::{Complete, Server, problem_with, raw, seen, settings};

const HOSTS: Hosts = hosts!(
    "example.com",
    "*.example.org",
    "api.example.net:8443",
    "192.0.2.1",
    "[2001:db8::1]",
);

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

#[get("/health")]
#[public(any_host = "because probes name the address of the machine")]
async fn health() -> impl Responder {
    "healthy"
}

#[post("/health")]
#[public]
#[rate_limit("5/minute")]
async fn change_health() -> impl Responder {
    "changed"
}

#[get("/probes/{name}")]
#[public(any_host = "because probes name the address of the machine")]
async fn probe() -> impl Responder {
    "probed"
}

#[get("/{name:[a-z]+}")]
#[public(any_host = "because probes name the address of the machine")]
async fn probe_below() -> impl Responder {
    "probed"
}

fn list(routes: &mut Routes) {
    routes.service(open).service(mine);
    routes.service(health).service(change_health).service(probe);
    routes.scope("/internal", |routes| {
        routes.service(probe_below);
    });
}

async fn app(change: impl FnOnce(Complete) -> Complete) -> TestApp {
    TestApp::with(change, list, |_| {}).await
}

fn refusal() -> (u16, serde_json::Value) {
    let detail = "This service is not called by that name.";
    (400, problem_with(400, "Bad Request", detail))
}

async fn status(app: &TestApp, host: &str) -> u16 {
    app.get("/open").header("host", host).send().await.status()
}

#[actix_web::test]
async fn a_name_that_is_not_allowed_is_400_before_anything_else() {
    let app = app(|settings| settings.allowed_hosts(HOSTS)).await;
    for yes in [
        "example.com",
        "EXAMPLE.COM",
        "example.com.",
        "example.com:80",
        "example.com:443",
        "a.example.org",
        "a.B.example.org.:443",
        "api.example.net:8443",
        "192.0.2.1",
        "[2001:db8::1]",
        "[2001:DB8:0::1]:80",
    ] {
        assert_eq!(status(&app, yes).await, 200, "{yes}");
    }
    for no in [
        "",
        "evil.example",
        "www.example.com",
        "example.org",
        "example.com:8080",
        "api.example.net",
        "api.example.net:443",
        "example.com:",
        "example.com:x",
        "example.com..",
        "user@example.com",
        "example.com/",
        "localhost",
        "127.0.0.1",
        "192.0.2.2",
        "[::1]",
        "2001:db8::1",
    ] {
        let expected = if no == "example.com:" { 200 } else { 400 };
        assert_eq!(status(&app, no).await, expected, "{no}");
    }
    for request in [
        app.get("/open"),
        app.get("/mine"),
        app.get("/mine").as_user("ada"),
        app.get("/nothing"),
        app.post("/open"),
        app.post("/health"),
        app.get("/health/"),
    ] {
        let response = request.header("host", "evil.example").send().await;
        assert_eq!(seen(&response), refusal());
        assert_eq!(response.header("www-authenticate"), None);
        assert_eq!(response.header("x-content-type-options"), Some("nosniff"));
        assert!(response.header("x-request-id").is_some());
    }
}

#[actix_web::test]
async fn forwarded_names_are_never_read() {
    for trusted in [&[][..], &["192.0.2.1"]] {
        let change = |settings: Complete| {
            settings
                .allowed_hosts(HOSTS)
                .trusted_proxies(trusted.iter().copied())
        };
        let app = app(change).await;
        for (header, value) in [
            ("x-forwarded-host", "example.com"),
            ("forwarded", "host=example.com"),
            ("x-host", "example.com"),
            ("x-original-host", "example.com"),
        ] {
            let request = app.get("/open").header("host", "evil.example");
            let response = request.header(header, value).send().await;
            assert_eq!(seen(&response), refusal(), "{header}");
            let evil = value.replace("example.com", "evil.example");
            let request = app.get("/open").header("host", "example.com");
            let response = request.header(header, &evil).send().await;
            assert_eq!(response.status(), 200, "{header}");
        }
    }
}

#[actix_web::test]
async fn the_target_and_the_header_name_one_host() {
    let app = app(|settings| settings.allowed_hosts(HOSTS)).await;
    let absolute = async |target: &str, host: Option<&str>| {
        let request = app.get(target);
        let request = match host {
            Some(host) => request.header("host", host),
            None => request,
        };
        request.send().await.status()
    };
    assert_eq!(absolute("http://example.com/open", None).await, 200);
    assert_eq!(
        absolute("http://Example.com:80/open", Some("example.com")).await,
        200
    );
    assert_eq!(absolute("http://evil.example/open", None).await, 400);
    assert_eq!(
        absolute("http://evil.example/open", Some("example.com")).await,
        400
    );
    assert_eq!(
        absolute("http://example.com/open", Some("evil.example")).await,
        400
    );
    assert_eq!(
        absolute("http://example.com/open", Some("a.example.org")).await,
        400
    );
    assert_eq!(absolute("http://user@example.com/open", None).await, 400);
    let twice = app.get("/open").header("host", "example.com");
    assert_eq!(
        twice.header("host", "a.example.org").send().await.status(),
        400
    );
}

#[actix_web::test]
async fn probes_answer_by_any_name() {
    let app = app(|settings| settings.allowed_hosts(HOSTS)).await;
    for path in ["/health", "/probes/live", "/internal/live"] {
        for host in ["evil.example", "10.0.0.7:8080", "", "not a host"] {
            let response = app.get(path).header("host", host).send().await;
            assert_eq!(response.status(), 200, "{path} {host}");
        }
    }
    let policy = <health as secure_runtime::policy::Policy>::POLICY;
    let reason = "because probes name the address of the machine";
    assert_eq!(policy.any_host_because(), Some(reason));
    let policy = <open as secure_runtime::policy::Policy>::POLICY;
    assert_eq!(policy.any_host_because(), None);
    let report = app.security().report();
    let row = report.routes().iter().find(|row| row.path == "/health");
    assert_eq!(row.and_then(|row| row.any_host), Some(reason));
    let cell = "| GET | /health | everyone, on any host |";
    assert!(report.markdown().contains(cell), "{report}");
}

/// A service that takes the path first is not the probe.
#[actix_web::test]
async fn what_is_no_probe_does_not_pass_as_one() {
    #[get("/{anything}")]
    #[public]
    async fn anything() -> impl Responder {
        "anything"
    }
    let first = |routes: &mut Routes| {
        routes.service(anything).service(health);
    };
    let change = |settings: Complete| settings.allowed_hosts(HOSTS);
    let app = TestApp::with(change, first, |_| {}).await;
    let response = app
        .get("/health")
        .header("host", "evil.example")
        .send()
        .await;
    assert_eq!(seen(&response), refusal());

    let theirs = |routes: &mut Routes| {
        let resource = web::resource("/health").to(HttpResponse::Ok);
        routes.service(unchecked("because it is theirs", resource));
        routes.service(health);
    };
    let app = TestApp::with(change, theirs, |_| {}).await;
    let response = app
        .get("/health")
        .header("host", "evil.example")
        .send()
        .await;
    assert_eq!(seen(&response), refusal());
}

#[actix_web::test]
async fn what_is_not_configured_is_every_host_in_production_and_this_machine_in_development() {
    let production = app(|settings| settings).await;
    for host in ["evil.example", "localhost:9", ""] {
        assert_eq!(status(&production, host).await, 200, "{host}");
    }
    let origin = app(|settings| settings.public_origin("https://example.com")).await;
    assert_eq!(status(&origin, "example.com").await, 200);
    for host in ["evil.example", "localhost", "127.0.0.1:8080"] {
        assert_eq!(status(&origin, host).await, 400, "{host}");
    }
    let both = app(|settings| {
        let settings = settings.public_origin("https://example.com:8443");
        settings.allowed_hosts(hosts!("internal"))
    });
    let both = both.await;
    assert_eq!(status(&both, "internal").await, 200);
    assert_eq!(status(&both, "example.com:8443").await, 200);
    assert_eq!(status(&both, "example.com").await, 400);

    let development = app(|settings| {
        let settings = settings.profile(Profile::Development);
        settings.public_origin("http://dev.example")
    });
    let development = development.await;
    for host in [
        "localhost:5173",
        "app.localhost",
        "127.0.0.1:8080",
        "[::1]:8080",
        "dev.example:3000",
    ] {
        assert_eq!(status(&development, host).await, 200, "{host}");
    }
    for host in ["evil.example", "192.168.0.7:8080", ""] {
        assert_eq!(status(&development, host).await, 400, "{host}");
    }
}

#[actix_web::test]
async fn the_test_kit_names_an_allowed_host() {
    let below = app(|settings| settings.allowed_hosts(hosts!("*.example.org"))).await;
    assert_eq!(below.get("/open").send().await.status(), 200);
    let port = app(|settings| settings.allowed_hosts(hosts!("example.org:8443"))).await;
    assert_eq!(port.get("/open").send().await.status(), 200);
    let development = app(|settings| settings.profile(Profile::Development)).await;
    assert_eq!(development.get("/open").send().await.status(), 200);
}

#[test]
fn patterns_from_a_configuration_are_checked_at_launch() {
    let clock = TestClock::default();
    let build = |patterns: &[&str]| {
        let hosts = Hosts::new(patterns.iter().copied());
        settings(&clock).allowed_hosts(hosts).build()
    };
    assert!(build(&["example.com", " *.example.org "]).is_ok());
    for wrong in [
        "*",
        "https://example.com",
        "Example.com",
        "example.com/",
        "*.com",
    ] {
        let error = build(&["example.com", wrong]).expect_err(wrong);
        let [finding] = error.findings() else {
            panic!("one finding: {error}")
        };
        assert!(finding.starts_with("the allowed hosts: "), "{finding}");
        assert!(finding.contains("help: "), "{finding}");
    }
    let error = build(&[]).expect_err("no host");
    assert!(error.findings()[0].contains("no host is named"), "{error}");
    let wrong = Security::builder()
        .issuer("https://auth.test")
        .audience("https://api.test")
        .signing_key(Hs256Key::random())
        .public_origin("https://Example.com/")
        .build();
    let error = wrong.expect_err("no origin");
    assert!(
        error.findings()[0].starts_with("the public origin: "),
        "{error}"
    );
}

/// The bytes as they come: what actix-http answers by itself, and what comes to us.
#[actix_web::test]
async fn over_a_socket() {
    let change = |settings: Complete| settings.allowed_hosts(HOSTS);
    let server = Server::start(1, change, list, |_| {}).await;
    let sent = async |head: &str| raw(server.address, format!("{head}\r\n\r\n")).await;
    let ours = |answer: &str| answer.contains("x-request-id");

    let answer = sent("GET /open HTTP/1.1\r\nHost: example.com").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    let answer = sent("GET http://example.com/open HTTP/1.1\r\nHost: example.com").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    for head in [
        "GET /open HTTP/1.1\r\nHost: evil.example",
        "GET /open HTTP/1.1\r\nHost:",
        "GET /open HTTP/1.1\r\nHost: example.com, evil.example",
        "GET http://evil.example/open HTTP/1.1\r\nHost: example.com",
        "GET /open HTTP/1.0",
        "GET /open HTTP/1.0\r\nHost: evil.example",
        "OPTIONS * HTTP/1.1\r\nHost: evil.example",
        "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443",
    ] {
        let answer = sent(head).await;
        assert!(answer.contains(" 400 Bad Request"), "{head}: {answer}");
        assert!(ours(&answer), "{head}: {answer}");
    }
    let answer = sent("GET /open HTTP/1.0\r\nHost: example.com").await;
    assert!(answer.contains(" 200 OK"), "{answer}");
    let answer = sent("GET /health HTTP/1.0").await;
    assert!(answer.contains(" 200 OK"), "{answer}");
    // No Host at all in HTTP/1.1, and two of them: actix-http refuses the request before any app code.
    for head in [
        "GET /open HTTP/1.1",
        "GET /open HTTP/1.1\r\nHost: example.com\r\nHost: example.com",
        "GET /open HTTP/1.1\r\nHost: example.com\r\nHost: evil.example",
    ] {
        let answer = sent(head).await;
        assert!(answer.contains(" 400 Bad Request"), "{head}: {answer}");
        assert!(!ours(&answer), "{head}: {answer}");
    }
}
