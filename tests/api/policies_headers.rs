//! Policies that the builder is told (F1, F2), on every kind of response.

use actix_web::{HttpResponse, Responder, error::ErrorInternalServerError, web::Json};
use secure_runtime::{
    csp,
    edge::{Csp, Hsts, PermissionsPolicy},
    hsts, permissions_policy,
    prelude::*,
    test::{TestApp, TestResponse},
};

use crate::support::{Complete, all};

const POLICY: Csp = csp!("default-src 'none'; img-src 'self'");
const TRIED: Csp = csp!("default-src 'none'; report-uri https://reports.example.com/csp");
const PERMISSIONS: PermissionsPolicy = permissions_policy!("camera=(), geolocation=(self)");
const TRANSPORT: Hsts = hsts!("max-age=31536000; includeSubDomains; preload");

const HEADERS: [(&str, &str); 4] = [
    (
        "content-security-policy",
        "default-src 'none'; img-src 'self'",
    ),
    (
        "content-security-policy-report-only",
        "default-src 'none'; report-uri https://reports.example.com/csp",
    ),
    ("permissions-policy", "camera=(), geolocation=(self)"),
    (
        "strict-transport-security",
        "max-age=31536000; includeSubDomains; preload",
    ),
];

#[validated]
struct Note {
    #[validate(length(min = 1, max = 10))]
    text: String,
}

#[post("/notes")]
#[protected]
#[validated]
async fn write_note(note: Json<Note>) -> impl Responder {
    note.text.clone()
}

#[get("/ok")]
#[public]
async fn ok() -> impl Responder {
    "ok"
}

#[get("/limited")]
#[public]
#[rate_limit("1/hour")]
async fn limited() -> impl Responder {
    "limited"
}

#[get("/broken")]
#[public]
async fn broken() -> Result<HttpResponse, actix_web::Error> {
    Err(ErrorInternalServerError("on purpose"))
}

#[get("/panic")]
#[public]
async fn panics() -> HttpResponse {
    panic!("on purpose")
}

fn list(routes: &mut Routes) {
    routes.service(write_note).service(ok).service(limited);
    routes.service(broken).service(panics);
}

async fn app(change: impl FnOnce(Complete) -> Complete) -> TestApp {
    TestApp::with(|settings| change(settings).body_limit(100), list, |_| {}).await
}

/// Every way to be answered, with its status.
async fn answers(app: &TestApp) -> Vec<(u16, TestResponse)> {
    let json = "application/json";
    let write = || app.post("/notes").as_user("ada");
    vec![
        (200, app.get("/ok").send().await),
        (200, write().body(json, r#"{"text":"hello"}"#).send().await),
        (400, write().body(json, "{junk").send().await),
        (401, app.post("/notes").send().await),
        (404, app.get("/nothing").send().await),
        (405, app.get("/notes").send().await),
        (413, write().body(json, "x".repeat(101)).send().await),
        (415, write().body("text/plain", "hello").send().await),
        (422, write().body(json, r#"{"text":""}"#).send().await),
        (200, app.get("/limited").send().await),
        (429, app.get("/limited").send().await),
        (500, app.get("/broken").send().await),
        (500, app.get("/panic").send().await),
    ]
}

#[actix_web::test]
async fn every_response_carries_what_the_builder_was_told() {
    let app = app(|settings| {
        settings
            .csp(POLICY)
            .csp_report_only(TRIED)
            .permissions_policy(PERMISSIONS)
            .hsts(TRANSPORT)
            .public_https()
    });
    for (status, response) in answers(&app.await).await {
        assert_eq!(response.status(), status);
        for (name, value) in HEADERS {
            assert_eq!(all(&response, name), [value], "{status}: {name}");
        }
        assert_eq!(all(&response, "reporting-endpoints"), [""; 0], "{status}");
    }
}

#[actix_web::test]
async fn what_only_reports_is_not_sent_by_default() {
    for (status, response) in answers(&app(|settings| settings).await).await {
        let name = "content-security-policy-report-only";
        assert_eq!(all(&response, name), [""; 0], "{status}");
    }
}

#[actix_web::test]
async fn policies_may_come_from_configuration() {
    let app = app(|settings| {
        settings
            .csp(Csp::parse("default-src  'none';img-src 'self'").expect("a policy"))
            .permissions_policy(
                PermissionsPolicy::parse("camera=(),geolocation=self").expect("a policy"),
            )
            .csp_report_only(Csp::parse(&TRIED.to_string()).expect("a policy"))
            .hsts(Hsts::parse("max-age=31536000;preload;includeSubDomains").expect("a policy"))
            .public_https()
    });
    let response = app.await.get("/ok").send().await;
    for (name, value) in HEADERS {
        assert_eq!(all(&response, name), [value], "{name}");
    }
}

#[actix_web::test]
async fn subdomains_may_be_confirmed_apart_from_the_policy() {
    let cases = [
        (hsts!("max-age=86400"), "max-age=86400; includeSubDomains"),
        (
            hsts!("max-age=86400; includeSubDomains"),
            "max-age=86400; includeSubDomains",
        ),
        (TRANSPORT, "max-age=31536000; includeSubDomains; preload"),
    ];
    for (policy, expected) in cases {
        let app = app(|settings| {
            let settings = settings.public_https().hsts_include_subdomains();
            settings.hsts(policy)
        });
        let response = app.await.get("/ok").send().await;
        assert_eq!(all(&response, "strict-transport-security"), [expected]);
    }
}

#[actix_web::test]
async fn hsts_is_sent_when_it_was_before() {
    let app = app(|settings| settings.hsts(TRANSPORT)).await;
    let response = app.get("/ok").send().await;
    assert_eq!(all(&response, "strict-transport-security"), [""; 0]);
}

#[test]
fn what_does_not_build_is_not_taken_from_configuration() {
    for text in [
        "",
        "default-src self",
        "default-src 'none';",
        "default-src 'none'\r\nset-cookie: a=b",
        "default-src 'none'; script-src 'unsafe-inline'",
        "default-src 'none'; script-src 'nonce'; base-uri 'none'",
        "default-src 'none'; script-src 'nonce-abc'; base-uri 'none'",
    ] {
        assert!(Csp::parse(text).is_err(), "{text:?}");
    }
    assert!(PermissionsPolicy::parse("camera=()\r\nx: y").is_err());
    assert!(Hsts::parse("max-age=1\r\nx: y").is_err());
    assert!(Hsts::parse("max-age=63072000; preload").is_err());
}
