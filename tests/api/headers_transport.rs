//! HSTS, `Cache-Control`, and what a handler may say otherwise (F1).

use actix_web::{HttpResponse, Responder};
use secure_runtime::{Profile, prelude::*, test::TestApp};

use crate::support::{Complete, all};

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

#[get("/own")]
#[protected]
async fn own() -> impl Responder {
    HttpResponse::Ok()
        .insert_header(("content-security-policy", "default-src 'self'"))
        .insert_header(("cross-origin-resource-policy", "cross-origin"))
        .insert_header(("cross-origin-opener-policy", "unsafe-none"))
        .insert_header(("referrer-policy", "same-origin"))
        .insert_header(("permissions-policy", "camera=(self)"))
        .insert_header(("x-frame-options", "SAMEORIGIN"))
        .insert_header(("cache-control", "private, max-age=60"))
        .insert_header(("x-content-type-options", "sniff away"))
        .insert_header(("x-request-id", "mine"))
        .finish()
}

async fn app(settings: impl FnOnce(Complete) -> Complete) -> TestApp {
    let list = |routes: &mut Routes| {
        routes.service(open).service(mine).service(own);
    };
    TestApp::with(settings, list, |_| {}).await
}

type Change = fn(Complete) -> Complete;

#[actix_web::test]
async fn hsts_is_sent_in_production_where_browsers_come_by_https() {
    let two_years = "max-age=63072000";
    let cases: [(&str, Change, Option<String>); 7] = [
        ("production", |s| s, None),
        (
            "production, subdomains",
            |s| s.hsts_include_subdomains(),
            None,
        ),
        (
            "production by https",
            |s| s.public_https(),
            Some(two_years.to_owned()),
        ),
        (
            "production by https, subdomains",
            |s| s.public_https().hsts_include_subdomains(),
            Some(format!("{two_years}; includeSubDomains")),
        ),
        ("development", |s| s.profile(Profile::Development), None),
        (
            "development by https",
            |s| s.profile(Profile::Development).public_https(),
            None,
        ),
        (
            "development by https, subdomains",
            |s| {
                s.profile(Profile::Development)
                    .public_https()
                    .hsts_include_subdomains()
            },
            None,
        ),
    ];
    for (name, change, expected) in cases {
        let app = app(change).await;
        for path in ["/open", "/mine", "/nothing"] {
            let sent = all(&app.get(path).send().await, "strict-transport-security");
            assert_eq!(sent, Vec::from_iter(expected.clone()), "{name}: {path}");
        }
        // What the client says about the transport changes nothing.
        let spoofed = app.get("/open").header("x-forwarded-proto", "https");
        let spoofed = spoofed.header("forwarded", "proto=https").send().await;
        let sent = all(&spoofed, "strict-transport-security");
        assert_eq!(sent, Vec::from_iter(expected), "{name}: spoofed");
    }
}

#[actix_web::test]
async fn what_depends_on_a_credential_is_not_stored() {
    let app = app(|settings| settings).await;
    let sent = async |request: secure_runtime::test::TestRequest<'_>| {
        all(&request.send().await, "cache-control")
    };
    assert_eq!(sent(app.get("/mine").as_user("ada")).await, ["no-store"]);
    assert_eq!(sent(app.get("/mine")).await, ["no-store"]);
    assert_eq!(sent(app.get("/open")).await, [""; 0]);
    assert_eq!(sent(app.get("/open").as_user("ada")).await, [""; 0]);
    assert_eq!(sent(app.get("/nothing").as_user("ada")).await, [""; 0]);
}

#[actix_web::test]
async fn a_handler_may_say_otherwise_once_and_not_about_sniffing() {
    let app = app(|settings| settings).await;
    let response = app.get("/own").as_user("ada").send().await;
    for (name, value) in [
        ("content-security-policy", "default-src 'self'"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("cross-origin-opener-policy", "unsafe-none"),
        ("referrer-policy", "same-origin"),
        ("permissions-policy", "camera=(self)"),
        ("x-frame-options", "SAMEORIGIN"),
        ("cache-control", "private, max-age=60"),
        ("x-content-type-options", "nosniff"),
        ("x-xss-protection", "0"),
    ] {
        assert_eq!(all(&response, name), [value], "{name}");
    }
    let ids = all(&response, "x-request-id");
    assert!(ids.len() == 1 && ids[0] != "mine", "{ids:?}");
}
