//! Where a request comes from that counts on a cookie, or that sets one (G3).

use actix_http::{BoxedPayloadStream, error::PayloadError};
use actix_web::{
    App, Responder,
    dev::{Payload, Service as _},
    test::{TestRequest as ActixRequest, init_service},
    web::{Bytes, Form, Json},
};
use secure_runtime::{
    Profile,
    account::SessionSignIn,
    audit::AuditKind,
    cors, hosts,
    prelude::*,
    session::SessionSettings,
    test::{TestClock, TestRequest, TestResponse, cheap_passwords},
    token::Grant,
};
use serde_json::json;

use crate::support::{Complete, Login, Owners, all, problem_with, seen, settings};

const OWN: &str = "https://accounts.example";
const APP: &str = "https://app.example";
const EVIL: &str = "https://evil.example";
const DETAIL: &str = "This request does not come from a page of this site. Open the page again and send it from there.";

#[validated]
struct Credentials {
    #[validate(length(max = 100))]
    name: String,
}

/// Begins a session, as far as anybody can see.
#[post("/login")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn login(_sign_in: SessionSignIn, sent: Json<Credentials>) -> impl Responder {
    sent.name.clone()
}

#[post("/login/form")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn login_by_form(_sign_in: SessionSignIn, sent: Form<Credentials>) -> impl Responder {
    sent.name.clone()
}

#[post("/login/bare")]
#[public(unlimited = "because it is a test")]
async fn login_without_a_body(_sign_in: SessionSignIn) -> impl Responder {
    "in"
}

#[post("/login/from-anywhere")]
#[public(
    unlimited = "because it is a test",
    csrf_off = "because a partner's page signs in here"
)]
async fn login_from_anywhere(_sign_in: SessionSignIn) -> impl Responder {
    "in"
}

/// A plain function, mounted by whatever method.
#[public]
async fn login_by_any_method(_sign_in: SessionSignIn) -> impl Responder {
    "in"
}

#[post("/notes")]
#[protected]
async fn write_note(caller: CurrentUser) -> impl Responder {
    caller.subject().to_owned()
}

#[post("/public")]
#[public(unlimited = "because it is a test")]
async fn public() -> impl Responder {
    "public"
}

#[post("/public/caller")]
#[public(unlimited = "because it is a test")]
async fn public_caller(caller: Option<CurrentUser>) -> impl Responder {
    caller.map_or("nobody", |_| "somebody")
}

#[post("/public/caller/from-anywhere")]
#[public(
    unlimited = "because it is a test",
    csrf_off = "because a partner's page asks who is there"
)]
async fn caller_from_anywhere(caller: Option<CurrentUser>) -> impl Responder {
    caller.map_or("nobody", |_| "somebody")
}

fn list(routes: &mut Routes) {
    routes
        .service(caller_from_anywhere)
        .service(login)
        .service(login_by_form)
        .service(login_without_a_body)
        .service(login_from_anywhere)
        .route(
            "/login/get",
            actix_web::http::Method::GET,
            login_by_any_method,
        )
        .service(write_note)
        .service(public)
        .service(public_caller);
}

fn with_sessions(settings: Complete) -> Complete {
    settings
        .sessions(SessionSettings::new())
        .public_origin(OWN)
        .allowed_hosts(hosts!(
            "accounts.example",
            "other.example:8443",
            "localhost:8080"
        ))
        .trusted_proxies(["10.0.0.0/8"])
        .enforce_https(false)
        .cors(cors!(origins = ["https://app.example"], credentials = true))
}

async fn app() -> Login {
    Login::mounting(with_sessions, list).await
}

fn headed<'a>(request: TestRequest<'a>, headers: &[(&str, &str)]) -> TestRequest<'a> {
    let headers = headers.iter();
    headers.fold(request, |request, (name, value)| {
        request.header(name, value)
    })
}

#[track_caller]
fn assert_refused(name: &str, response: &TestResponse) {
    let wanted = (403, problem_with(403, "Forbidden", DETAIL));
    assert_eq!(seen(response), wanted, "{name}");
}

const SITE: &str = "sec-fetch-site";

#[actix_web::test]
async fn a_sign_in_comes_from_a_page_of_this_site() {
    let Login { app, .. } = app().await;
    let cases: &[(&[(&str, &str)], bool)] = &[
        (&[(SITE, "same-origin")], true),
        (&[(SITE, "none")], true),
        (&[(SITE, "same-origin"), ("origin", OWN)], true),
        (&[(SITE, "same-site")], false),
        (&[(SITE, "same-site"), ("origin", OWN)], false),
        (&[(SITE, "same-site"), ("origin", EVIL)], false),
        (&[(SITE, "same-site"), ("origin", APP)], true),
        (&[(SITE, "cross-site")], false),
        (&[(SITE, "cross-site"), ("origin", EVIL)], false),
        (&[(SITE, "cross-site"), ("origin", OWN)], false),
        (&[(SITE, "cross-site"), ("origin", "null")], false),
        (&[(SITE, "cross-site"), ("origin", APP)], true),
        (&[(SITE, "Same-Origin")], false),
        (&[(SITE, "sideways"), ("origin", OWN)], false),
        (&[(SITE, ""), ("origin", OWN)], false),
        (&[(SITE, "same-origin"), (SITE, "same-origin")], false),
        (&[(SITE, "cross-site"), (SITE, "same-origin")], false),
        (&[("origin", OWN)], true),
        (&[("origin", APP)], true),
        (&[("origin", "https://accounts.example:443")], false),
        (&[("origin", "https://ACCOUNTS.example")], false),
        (&[("origin", "https://accounts.example/")], false),
        (&[("origin", EVIL)], false),
        (&[("origin", "null")], false),
        (&[("origin", "")], false),
        (&[("origin", "https://app.example:8443")], false),
        (&[("origin", OWN), ("origin", OWN)], false),
        (&[("origin", OWN), ("origin", EVIL)], false),
        (
            &[(SITE, "same-origin"), ("origin", OWN), ("origin", EVIL)],
            false,
        ),
        // What no browser takes for an answer.
        (&[("referer", "https://accounts.example/login")], false),
        (&[("x-requested-with", "XMLHttpRequest")], false),
        (&[("x-csrf-token", "1")], false),
        (&[], false),
    ];
    for (headers, passes) in cases {
        for path in ["/login/bare", "/login"] {
            let request = headed(app.post(path), headers).json(&json!({"name": "ada"}));
            let response = request.send().await;
            match passes {
                true => assert_eq!(response.status(), 200, "{path} {headers:?}"),
                false => assert_refused(&format!("{path} {headers:?}"), &response),
            }
        }
        // No other route cares, whoever calls.
        for (path, wanted) in [("/public", "public"), ("/public/caller", "nobody")] {
            let response = headed(app.post(path), headers).send().await;
            assert_eq!(response.text(), wanted, "{path} {headers:?}");
        }
        let response = headed(app.post("/login/from-anywhere"), headers)
            .send()
            .await;
        assert_eq!(response.text(), "in", "{headers:?}");
        let bearer = headed(app.post("/notes").as_user("ada"), headers);
        assert_eq!(bearer.send().await.text(), "ada", "{headers:?}");
        let bearer = headed(app.post("/public/caller").as_user("ada"), headers);
        assert_eq!(bearer.send().await.text(), "somebody", "{headers:?}");
        // Nobody is asked where from, before it is known who.
        let nobody = headed(app.post("/notes"), headers).send().await;
        assert_eq!(nobody.status(), 401, "{headers:?}");
    }
}

#[actix_web::test]
async fn the_names_of_the_service_are_those_that_the_edge_has_let_in() {
    let Login { app, .. } = app().await;
    let from_proxy = |scheme: &str| {
        let request = app.post("/login/bare").from_address("10.0.0.1");
        request.header("x-forwarded-proto", scheme)
    };
    let direct = || app.post("/login/bare");
    let origin = "https://other.example:8443";
    for (name, request, passes) in [
        (
            "the host of the request, by HTTPS",
            from_proxy("https").header("host", "other.example:8443"),
            true,
        ),
        (
            "in upper case",
            from_proxy("https").header("host", "Other.Example:8443"),
            true,
        ),
        (
            "by HTTP",
            from_proxy("http").header("host", "other.example:8443"),
            false,
        ),
        (
            "by nobody knows what",
            direct().header("host", "other.example:8443"),
            false,
        ),
        (
            "by HTTPS, says a stranger",
            direct()
                .header("host", "other.example:8443")
                .header("x-forwarded-proto", "https"),
            false,
        ),
        (
            "of another host that is allowed",
            from_proxy("https").header("host", "accounts.example"),
            false,
        ),
        (
            "forwarded by a stranger",
            direct()
                .header("host", "accounts.example")
                .header("x-forwarded-host", "other.example:8443"),
            false,
        ),
        (
            "forwarded by a proxy",
            from_proxy("https")
                .header("host", "accounts.example")
                .header("x-forwarded-host", "other.example:8443"),
            false,
        ),
    ] {
        let response = request.header("origin", origin).send().await;
        match passes {
            true => assert_eq!(response.status(), 200, "{name}"),
            false => assert_refused(name, &response),
        }
    }
    let unknown = from_proxy("https").header("host", "evil.example");
    assert_eq!(unknown.header("origin", EVIL).send().await.status(), 400);
    let plain = direct().header("host", "localhost:8080");
    let plain = plain.header("origin", "http://localhost:8080");
    assert_eq!(plain.send().await.status(), 200);
}

#[actix_web::test]
async fn a_session_is_begun_by_no_method_unasked() {
    let Login { app, .. } = app().await;
    assert_refused("GET", &app.get("/login/get").send().await);
    let link = app.get("/login/get").header(SITE, "cross-site");
    assert_refused("a link", &link.send().await);
    let own = app.get("/login/get").header(SITE, "same-origin");
    assert_eq!(own.send().await.status(), 200);
}

#[actix_web::test]
async fn a_preflight_is_never_asked() {
    let Login { app, audit, .. } = app().await;
    let preflight = app
        .request(actix_web::http::Method::OPTIONS, "/login/bare")
        .header("origin", EVIL)
        .header(SITE, "cross-site")
        .header("access-control-request-method", "POST");
    let response = preflight.send().await;
    assert_eq!(response.status(), 204);
    assert_eq!(all(&response, "access-control-allow-origin"), [""; 0]);
    assert_eq!(audit.kinds(), []);
}

#[actix_web::test]
async fn a_refusal_is_on_the_record() {
    let Login { app, audit, .. } = app().await;
    let evil = app.post("/login/bare").header("origin", EVIL).send().await;
    assert_refused("evil", &evil);
    let [event] = &audit.events()[..] else {
        panic!("one event")
    };
    assert_eq!(event.kind, AuditKind::CrossSiteRefused);
    assert_eq!(event.kind.name(), "malicious_cors");
    assert!(event.kind.is_alarming());
    assert_eq!(event.subject, None);
    assert_eq!(event.request_id.as_deref(), evil.header("x-request-id"));
    assert_eq!(event.address, Some([192, 0, 2, 1].into()));
    // What passes is not.
    let own = app.post("/login/bare").header("origin", OWN).send().await;
    assert_eq!((own.status(), audit.kinds()), (200, vec![]));
}

/// Panics when somebody reads it.
fn untouchable() -> Payload {
    let stream = futures_util::stream::poll_fn(
        |_| -> std::task::Poll<Option<Result<Bytes, PayloadError>>> {
            panic!("the body was read");
        },
    );
    let stream: BoxedPayloadStream = Box::pin(stream);
    Payload::from(stream)
}

#[actix_web::test]
async fn it_is_refused_before_a_byte_of_the_body() {
    let (clock, owners) = (TestClock::default(), Owners::with_ada());
    let settings = with_sessions(settings(&clock)).accounts(owners, cheap_passwords());
    let security = settings.build().expect("settings");
    let routes = security.routes(list).expect("routes");
    let app = App::new()
        .configure(routes.mount())
        .wrap(security.middleware());
    let app = init_service(app).await;
    let call = async |path: &str, headers: &[(&str, &str)]| {
        let mut request = ActixRequest::post()
            .uri(path)
            .insert_header(("host", "accounts.example"))
            .insert_header(("content-length", "16"));
        for (name, value) in headers {
            request = request.append_header((*name, *value));
        }
        let (request, _) = request.to_request().replace_payload(untouchable());
        match app.call(request).await {
            Ok(response) => response.status().as_u16(),
            Err(error) => error.as_response_error().status_code().as_u16(),
        }
    };
    const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
    const JSON: (&str, &str) = ("content-type", "application/json");
    const PARTS: (&str, &str) = ("content-type", "multipart/form-data; boundary=x");
    for headers in [
        &[JSON][..],
        &[PARTS],
        &[("origin", EVIL), FORM],
        &[(SITE, "cross-site"), FORM],
        &[("x-csrf-token", "a"), FORM],
        &[("x-csrf-token", ""), FORM],
        &[],
    ] {
        for path in ["/login", "/login/form"] {
            assert_eq!(call(path, headers).await, 403, "{path} {headers:?}");
        }
    }
    assert_eq!(call("/login", &[FORM]).await, 403);
    // A body that nobody could read would prove nothing: a form that has to tell is read.
    assert_eq!(call("/login/form", &[FORM]).await, 500);
    assert_eq!(call("/login", &[JSON, ("origin", OWN)]).await, 500);
}

#[actix_web::test]
async fn the_matrix_shows_what_is_open() {
    let Login { app, .. } = app().await;
    let report = app.security().report();
    let text = report.markdown();
    let line = |path: &str| {
        let cell = format!("| {path} |");
        let mut lines = text.lines().filter(|line| line.contains(&cell));
        lines.next().unwrap_or_else(|| panic!("{path}: {text}"))
    };
    assert!(line("/login/from-anywhere").contains("everyone; from pages of any site"));
    assert!(!line("/login/bare").contains("any site"));
    let rows = serde_json::to_value(&report).expect("JSON");
    let rows = rows["routes"].as_array().expect("rows");
    let reasons: Vec<_> = rows.iter().filter_map(|row| row.get("csrf_off")).collect();
    let expected = [
        "because a partner's page signs in here",
        "because a partner's page asks who is there",
    ];
    assert_eq!(reasons, expected);
}

/// Without a public origin, in development, at the name that the browser has in its bar.
#[actix_web::test]
async fn it_works_where_nothing_is_configured() {
    let change = |settings: Complete| {
        let settings = settings.sessions(SessionSettings::new());
        settings.profile(Profile::Development)
    };
    let Login { app, .. } = Login::mounting(change, list).await;
    let at = |host: &str, origin: &str| {
        let request = app.post("/login/bare").header("host", host);
        request.header("origin", origin)
    };
    for host in ["localhost:8080", "127.0.0.1:8080", "[::1]:8080"] {
        let own = at(host, &format!("http://{host}")).send().await;
        assert_eq!(own.status(), 200, "{host}");
        let other = at(host, "http://localhost:9090").send().await;
        assert_refused(host, &other);
    }
    let other = at("localhost:8080", "http://127.0.0.1:8080").send().await;
    assert_refused("another name of the same place", &other);
}

/// The same request, as a page of somebody else would have a browser send it.
#[actix_web::test]
async fn tokens_and_keys_are_never_asked() {
    let Login { app, .. } = app().await;
    let grant = Grant::new("ada");
    for headers in [
        [("origin", EVIL), (SITE, "cross-site")],
        [("origin", "null"), (SITE, "x")],
    ] {
        let request = app.post("/notes").with_grant(&grant);
        let response = headed(request, &headers).send().await;
        assert_eq!(
            (response.status(), response.text()),
            (200, "ada".to_owned())
        );
    }
}

/// Not even where a session begins: what a token is sent with, no page of another site can send unasked.
#[actix_web::test]
async fn who_has_a_token_signs_in_from_anywhere() {
    let Login { app, .. } = app().await;
    let request = app.post("/login/bare").as_user("ada");
    assert_eq!(request.send().await.text(), "in");
    let request = app.post("/login/bare").header("authorization", "Bearer x");
    assert_eq!(request.send().await.status(), 401);
    // What a browser may send by itself is no token.
    let request = app
        .post("/login/bare")
        .header("authorization", "Basic YTpi");
    assert_ne!(request.send().await.status(), 200);
}

/// A public route that asks who calls is asked about, so it may say that it is open.
#[actix_web::test]
async fn a_public_route_that_asks_who_calls_may_be_open_too() {
    let Login { app, .. } = app().await;
    let session = app.session("ada").await;
    let evil = |path: &str| {
        let request = app.post(path).header("cookie", session.cookie());
        request.header("origin", EVIL)
    };
    assert_refused("judged", &evil("/public/caller").send().await);
    let open = evil("/public/caller/from-anywhere").send().await;
    assert_eq!(open.text(), "somebody");
}
