//! HSTS, `Cache-Control`, and what a handler may say otherwise (F1).

use actix_web::{HttpResponse, Responder};
use secure_runtime::{Profile, prelude::*, session::SessionSettings, test::TestApp};

use crate::support::{Complete, Owners, all};

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

/// A page that a handler wants kept, also where the answer takes a cookie away.
#[get("/kept")]
#[public]
async fn kept(_caller: Option<CurrentUser>) -> impl Responder {
    HttpResponse::Ok()
        .insert_header(("cache-control", "public, max-age=600"))
        .insert_header(("cdn-cache-control", "max-age=600"))
        .finish()
}

async fn app(settings: impl FnOnce(Complete) -> Complete) -> TestApp {
    let list = |routes: &mut Routes| {
        routes
            .service(open)
            .service(mine)
            .service(own)
            .service(kept);
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

/// One of our cookies is for one client: whoever else got the answer from a cache would have it too.
#[actix_web::test]
async fn an_answer_with_a_cookie_of_ours_is_not_kept() {
    let app = app(|settings| {
        let owners = Owners::default();
        settings
            .sessions(SessionSettings::new())
            .resource_owners(owners)
    })
    .await;
    let plain = app.get("/kept").send().await;
    assert_eq!(all(&plain, "set-cookie"), [""; 0]);
    assert_eq!(all(&plain, "cache-control"), ["public, max-age=600"]);
    let dead = format!("__Host-session={}.{}", "a".repeat(22), "b".repeat(43));
    let ended = app.get("/kept").header("cookie", &dead).send().await;
    assert_eq!((ended.status(), all(&ended, "set-cookie").len()), (200, 1));
    assert_eq!(all(&ended, "cache-control"), ["no-store"]);
    assert_eq!(all(&ended, "cdn-cache-control"), [""; 0]);
}

#[actix_web::test]
async fn hsts_goes_out_by_https_alone_and_not_for_localhost_or_an_address() {
    let app = app(|settings| settings.public_https().trusted_proxies(["192.0.2.1"])).await;
    for (host, scheme, is_sent) in [
        ("example.com", Some("https"), true),
        // A proxy that does not say: the configuration counts.
        ("example.com", None, true),
        ("example.com", Some("http"), false),
        ("localhost", Some("https"), false),
        ("app.localhost:8443", None, false),
        ("192.0.2.9", Some("https"), false),
        ("[2001:db8::1]:443", Some("https"), false),
    ] {
        for path in ["/open", "/mine", "/nothing"] {
            let request = app.get(path).header("host", host);
            let request = match scheme {
                Some(scheme) => request.header("x-forwarded-proto", scheme),
                None => request,
            };
            let sent = all(&request.send().await, "strict-transport-security");
            assert_eq!(sent.len(), usize::from(is_sent), "{host} {scheme:?} {path}");
        }
    }
}
