//! Every way to answer × every header (F1, F3): a real server behind a proxy that is trusted, whose clients
//! come by HTTPS.

use std::{collections::HashSet, time::Duration};

use actix_web::{
    App, Error, HttpRequest, HttpResponse, HttpServer, Responder,
    body::MessageBody,
    dev::{Payload, ServiceRequest, ServiceResponse},
    error::{ErrorBadRequest, ErrorForbidden, ErrorInternalServerError},
    middleware::Next,
    web::{self, Bytes, Html, Json, Path, Query},
};
use futures_util::stream;
use secure_runtime::{
    cors,
    edge::{CspNonce, Pages},
    hosts,
    prelude::*,
    test::TestClock,
};

use crate::support::{Reply, Role, Server, fail_or_answer, raw, settings};

const API_CSP: &str =
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
const PERMISSIONS: &str =
    "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()";
const FRIEND: &str = "https://app.example.com";
const BROWSER: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

#[validated]
struct Note {
    #[validate(length(min = 1, max = 10))]
    text: String,
}

#[validated]
struct Page {
    #[validate(range(max = 9))]
    page: u8,
}

/// An input that fails with an error of actix-web.
struct Broken;

impl actix_web::FromRequest for Broken {
    type Error = Error;
    type Future = std::future::Ready<Result<Self, Error>>;

    fn from_request(_: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Err(ErrorBadRequest("theirs")))
    }
}

#[post("/notes")]
#[protected(roles = "user")]
#[validated]
async fn write_note(note: Json<Note>) -> impl Responder {
    note.text.clone()
}

#[get("/numbers/{number}")]
#[public]
#[validated]
async fn number(number: Path<u8>) -> impl Responder {
    number.to_string()
}

#[get("/pages")]
#[public]
#[validated]
async fn paged(page: Query<Page>) -> impl Responder {
    page.page.to_string()
}

#[get("/broken")]
#[public]
async fn broken(#[unvalidated = "it always fails"] _input: Broken) -> impl Responder {
    "never"
}

#[get("/ok")]
#[public]
async fn fine() -> impl Responder {
    "ok"
}

#[get("/page")]
#[public]
async fn with_nonce(nonce: CspNonce) -> Html {
    Html::new(format!("<script {}></script>", nonce.attribute()))
}

#[get("/own")]
#[public]
async fn own_404() -> HttpResponse {
    HttpResponse::NotFound().body("own")
}

#[get("/own-503")]
#[public]
async fn own_503() -> HttpResponse {
    HttpResponse::ServiceUnavailable().body("own")
}

#[get("/own-500")]
#[public]
async fn own_500() -> HttpResponse {
    HttpResponse::InternalServerError().body("theirs")
}

#[get("/streamed")]
#[public]
async fn streamed() -> HttpResponse {
    let chunks = ["a", "b"].map(|chunk| Ok::<_, Error>(Bytes::from_static(chunk.as_bytes())));
    HttpResponse::Ok().streaming(stream::iter(chunks))
}

#[get("/unchanged")]
#[public]
async fn unchanged() -> HttpResponse {
    HttpResponse::NotModified().finish()
}

#[get("/elsewhere")]
#[public]
async fn elsewhere() -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header(("location", "/ok"))
        .finish()
}

#[get("/limited")]
#[public]
#[rate_limit("1/hour")]
async fn limited() -> impl Responder {
    "limited"
}

#[get("/limited-caller")]
#[protected]
#[rate_limit("1/hour", by = "user")]
async fn limited_caller() -> impl Responder {
    "limited"
}

#[get("/problem")]
#[public]
async fn problem_500() -> Result<HttpResponse, Problem> {
    Err(Problem::internal("theirs"))
}

#[get("/unavailable")]
#[public]
async fn unavailable() -> Result<HttpResponse, Problem> {
    Err(Problem::unavailable(Duration::from_secs(1)))
}

#[get("/actix-500")]
#[public]
async fn actix_500() -> Result<HttpResponse, Error> {
    Err(ErrorInternalServerError("theirs"))
}

#[get("/panic")]
#[public]
async fn panics() -> HttpResponse {
    panic!("theirs")
}

fn panicking_key(_: &HttpRequest) -> Option<String> {
    panic!("theirs")
}

#[get("/panic-at-once")]
#[public]
#[rate_limit("5/minute", key = panicking_key)]
async fn panics_at_once() -> impl Responder {
    "never"
}

#[get("/wrapped", wrap = "actix_web::middleware::from_fn(fails_around)")]
#[public]
async fn around() -> impl Responder {
    "wrapped"
}

async fn fails_around(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let how = request.headers().get("x-wrap").cloned();
    match how.as_ref().map(|how| how.as_bytes()) {
        Some(b"error") => Err(ErrorForbidden("theirs")),
        Some(b"problem") => Err(Problem::conflict().into()),
        Some(b"answer") => {
            let response = HttpResponse::ImATeapot().body("own");
            Ok(request.into_response(response).map_into_right_body())
        }
        Some(_) => panic!("theirs"),
        None => Ok(next.call(request).await?.map_into_left_body()),
    }
}

fn list(routes: &mut Routes) {
    routes.service(write_note).service(number).service(paged);
    routes.service(broken).service(fine).service(with_nonce);
    routes.service(own_404).service(own_503).service(own_500);
    routes
        .service(streamed)
        .service(unchanged)
        .service(elsewhere);
    routes.service(limited).service(limited_caller);
    routes.service(problem_500).service(unavailable);
    routes
        .service(actix_500)
        .service(panics)
        .service(panics_at_once);
    routes.service(around);
    let theirs = web::scope("/theirs")
        .route("/ok", web::get().to(HttpResponse::Ok))
        .route("/404", web::get().to(HttpResponse::NotFound))
        .route(
            "/gone",
            web::get().to(async || HttpResponse::Gone().body("own")),
        )
        .route(
            "/error",
            web::get().to(async || Err::<HttpResponse, Error>(ErrorBadRequest("theirs"))),
        )
        .route(
            "/panic",
            web::get().to(async || -> HttpResponse { panic!("theirs") }),
        );
    routes.service(unchecked("because they are theirs", theirs));
}

/// A server with a middleware of the user's inside ours, which fails in several ways.
fn server() -> Server {
    let security = settings(&TestClock::default())
        .body_limit(1000)
        .body_deadline(Duration::from_millis(200))
        .public_origin("https://api.example.com")
        .allowed_hosts(hosts!("localhost"))
        .trusted_proxies(["127.0.0.1"])
        .cors(cors!(origins = ["https://app.example.com"]))
        .pages(Pages::new().sign_in("/page"))
        .build()
        .expect("settings");
    let routes = security.routes(list).expect("routes");
    let shared = security.clone();
    let server = HttpServer::new(move || {
        App::new()
            .configure(routes.mount())
            .service(web::resource("/foreign").to(HttpResponse::Ok))
            .wrap_fn(|request, service| fail_or_answer(request, service))
            .wrap(shared.middleware())
    })
    .workers(1)
    .disable_signals()
    .bind(("127.0.0.1", 0))
    .expect("a free port");
    let address = server.addrs()[0];
    Server::watch(server.run(), address, security)
}

/// One way to answer.
struct Case {
    name: &'static str,
    status: u16,
    kind: Kind,
    request: reqwest::RequestBuilder,
    https: bool,
    host: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// For everybody.
    Open,
    /// It depends on a credential.
    Private,
    /// It has a nonce.
    Page,
    /// What to do comes from `Location`, and nobody keeps it.
    SignIn,
}
use Kind::{Open, Private, SignIn};

impl Case {
    fn by_http(mut self) -> Self {
        self.https = false;
        self
    }

    fn at(mut self, host: &'static str) -> Self {
        self.host = host;
        self
    }
}

fn case(name: &'static str, status: u16, kind: Kind, request: reqwest::RequestBuilder) -> Case {
    Case {
        name,
        status,
        kind,
        request,
        https: true,
        host: "api.example.com",
    }
}

/// Every way to answer. `who` signs in; limits count nobody else's requests.
fn cases(server: &Server, who: &str) -> Vec<Case> {
    let get = |path: &str| server.get(path);
    let page = |path: &str| server.get(path).header("accept", BROWSER);
    let token = server.token(who, &["user"]);
    let write = || server.post("/notes").bearer_auth(&token);
    let json = |body: &'static str| {
        let request = write().header("content-type", "application/json");
        request.body(body)
    };
    let failing = |how: &str| get("/ok").header("x-fail", how);
    let wrapped = |how: &str| get("/wrapped").header("x-wrap", how);
    let caller = |path: &str| get(path).bearer_auth(&token);
    let stranger = server.token(who, &[]);
    vec![
        case("a handler's own 200", 200, Open, get("/ok")),
        case("200 to a caller", 200, Private, json(r#"{"text":"hello"}"#)),
        case("a page", 200, Kind::Page, get("/page")),
        case("a handler's own 404", 404, Open, get("/own")),
        case("a handler's own 503", 503, Open, get("/own-503")),
        case("a handler's own 500", 500, Open, get("/own-500")),
        case("a streamed response", 200, Open, get("/streamed")),
        case("304", 304, Open, get("/unchanged")),
        case("a redirect", 303, Open, get("/elsewhere")),
        case("wrapped", 200, Open, get("/wrapped")),
        case("unchecked 200", 200, Open, get("/theirs/ok")),
        case("unchecked empty 404", 404, Open, get("/theirs/404")),
        case("unchecked nothing", 404, Open, get("/theirs/nothing")),
        case("unchecked 410", 410, Open, get("/theirs/gone")),
        case("unchecked error", 400, Open, get("/theirs/error")),
        case("unchecked panic", 500, Open, get("/theirs/panic")),
        case("400 of a body", 400, Private, json("{junk")),
        case("no body", 400, Private, write()),
        case("an extractor's error", 400, Open, get("/broken")),
        case("a path parameter", 404, Open, get("/numbers/none")),
        case("a query", 422, Open, get("/pages?page=10")),
        case("422", 422, Private, json(r#"{"text":""}"#)),
        case("401", 401, Private, server.post("/notes")),
        case(
            "401, bad token",
            401,
            Private,
            server.post("/notes").bearer_auth("a.b.c"),
        ),
        case(
            "403",
            403,
            Private,
            server.post("/notes").bearer_auth(&stranger),
        ),
        case("404", 404, Open, get("/nothing")),
        case("405", 405, Open, get("/notes")),
        case(
            "HEAD of nothing",
            404,
            Open,
            server.request("HEAD", "/nothing"),
        ),
        case("HEAD of a GET", 405, Open, server.request("HEAD", "/ok")),
        case(
            "an unknown method",
            405,
            Open,
            server.request("BREW", "/ok"),
        ),
        case(
            "OPTIONS, no preflight",
            405,
            Open,
            server.request("OPTIONS", "/ok"),
        ),
        case(
            "413",
            413,
            Private,
            write()
                .header("content-type", "application/json")
                .body("x".repeat(1001)),
        ),
        case(
            "415",
            415,
            Private,
            write().header("content-type", "text/plain").body("hello"),
        ),
        case("one before 429", 200, Open, get("/limited")),
        case("429", 429, Open, get("/limited")),
        case(
            "one before 429 by caller",
            200,
            Private,
            caller("/limited-caller"),
        ),
        case("429 by caller", 429, Private, caller("/limited-caller")),
        case("500 by a problem", 500, Open, get("/problem")),
        case("500 of actix-web", 500, Open, get("/actix-500")),
        case("503", 503, Open, get("/unavailable")),
        case("a panic", 500, Open, get("/panic")),
        case(
            "a panic before there is a future",
            500,
            Open,
            get("/panic-at-once"),
        ),
        case("undeclared", 500, Open, get("/foreign")),
        case("a middleware's error", 500, Open, failing("error")),
        case("a middleware's refusal", 403, Open, failing("forbidden")),
        case("a middleware's problem", 409, Open, failing("problem")),
        case("a middleware's panic", 500, Open, failing("panic")),
        case(
            "a middleware's panic at once",
            500,
            Open,
            failing("at once"),
        ),
        case("a route's middleware: error", 403, Open, wrapped("error")),
        case(
            "a route's middleware: problem",
            409,
            Open,
            wrapped("problem"),
        ),
        case("a route's middleware: answer", 418, Open, wrapped("answer")),
        case("a route's middleware: panic", 500, Open, wrapped("panic")),
        case("unknown host", 400, Open, get("/ok")).at("evil.example"),
        case("unknown host, by HTTP", 400, Open, get("/ok"))
            .at("evil.example")
            .by_http(),
        case("plain HTTP", 400, Open, get("/ok")).by_http(),
        case("plain HTTP, a page", 308, Open, page("/ok")).by_http(),
        case("localhost", 200, Open, get("/ok")).at("localhost"),
        case("404, a page", 404, Kind::Page, page("/nothing")),
        case("405, a page", 405, Kind::Page, page("/notes")),
        case("422, a page", 422, Kind::Page, page("/pages?page=10")),
        case("a panic, a page", 500, Kind::Page, page("/panic")),
        case(
            "a middleware's panic, a page",
            500,
            Kind::Page,
            page("/ok").header("x-fail", "panic"),
        ),
        case(
            "401, a page",
            401,
            Kind::Page,
            server.post("/notes").header("accept", BROWSER),
        ),
        case("unknown host, a page", 400, Kind::Page, page("/ok")).at("evil.example"),
        case("to the sign-in page", 303, SignIn, page("/limited-caller")),
    ]
}

fn check(case: &Case, reply: &Reply, allowed: Option<bool>, ids: &mut HashSet<String>) {
    let name = case.name;
    let is_page = case.kind == Kind::Page;
    let once = |header: &str, value: &str| {
        assert_eq!(reply.all(header), [value], "{name}: {header}");
    };
    let never = |header: &str| assert_eq!(reply.all(header), [""; 0], "{name}: {header}");
    for (header, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("x-xss-protection", "0"),
        ("permissions-policy", PERMISSIONS),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("x-permitted-cross-domain-policies", "none"),
    ] {
        once(header, value);
    }
    once(
        "referrer-policy",
        if is_page {
            "same-origin"
        } else {
            "no-referrer"
        },
    );
    match is_page {
        true => {
            let [policy] = reply.all("content-security-policy").try_into().expect(name);
            assert!(policy.contains("'nonce-"), "{name}: {policy}");
        }
        false => once("content-security-policy", API_CSP),
    }
    match case.https && case.host != "localhost" {
        true => once("strict-transport-security", "max-age=63072000"),
        false => never("strict-transport-security"),
    }
    match case.kind {
        Open => never("cache-control"),
        _ => once("cache-control", "no-store"),
    }
    let [id] = reply.all("x-request-id").try_into().expect("one id");
    assert!(ids.insert(id), "{name}: the id of another answer");
    // CORS.
    match allowed {
        Some(true) => once("access-control-allow-origin", FRIEND),
        _ => never("access-control-allow-origin"),
    }
    never("access-control-allow-credentials");
    let exposed = reply.all("access-control-expose-headers").len();
    assert_eq!(
        exposed,
        usize::from(allowed == Some(true)),
        "{name}: exposed"
    );
    let [varies] = reply.all("vary").try_into().expect("one line");
    let varies = varies.to_ascii_lowercase();
    let varies: Vec<_> = varies.split(',').map(str::trim).collect();
    let count = |what: &str| varies.iter().filter(|name| **name == what).count();
    assert_eq!(count("origin"), 1, "{name}: {varies:?}");
    assert!(count("accept") <= 1, "{name}: {varies:?}");
    never("server");
    never("x-powered-by");
    if reply.status == 405 {
        assert_eq!(reply.all("allow").len(), 1, "{name}");
    }
    if reply.status == 401 {
        assert_eq!(reply.all("www-authenticate").len(), 1, "{name}");
    }
    assert!(!reply.body.contains("theirs"), "{name}: {}", reply.body);
    let is_own = reply.body == "own" || reply.body.is_empty();
    if reply.status >= 400 && !is_own {
        let kind = match is_page {
            true => "text/html; charset=utf-8",
            false => "application/problem+json",
        };
        once("content-type", kind);
    }
}

#[actix_web::test]
async fn every_answer_carries_every_header_once() {
    let server = server();
    let client = reqwest::Client::builder().no_proxy();
    let client = client.redirect(reqwest::redirect::Policy::none());
    let client = client.build().expect("a client");
    let mut ids = HashSet::new();
    let visitors = [
        ("192.0.2.1", None, None),
        ("192.0.2.2", Some(FRIEND), Some(true)),
        ("192.0.2.3", Some("https://evil.example"), Some(false)),
        ("192.0.2.4", Some("null"), Some(false)),
    ];
    for (address, origin, allowed) in visitors {
        for mut case in cases(&server, address) {
            let scheme = if case.https { "https" } else { "http" };
            let request = std::mem::replace(&mut case.request, server.get("/"));
            let mut request = request
                .header("host", case.host)
                .header("x-forwarded-for", address)
                .header("x-forwarded-proto", scheme)
                .header("x-request-id", "chosen-by-the-client");
            if let Some(origin) = origin {
                request = request.header("origin", origin);
            }
            let request = request.build().expect("a request");
            let request = reqwest::RequestBuilder::from_parts(client.clone(), request);
            let reply = Reply::of(request).await;
            assert_eq!(reply.status, case.status, "{}: {reply:?}", case.name);
            check(&case, &reply, allowed, &mut ids);
        }
    }
}

#[actix_web::test]
async fn a_body_that_is_late_is_answered_with_every_header_once() {
    let server = server();
    let mut ids = HashSet::new();
    let visitors = [
        ("", None),
        ("origin: https://app.example.com\r\n", Some(true)),
        ("origin: https://evil.example\r\n", Some(false)),
    ];
    for (origin, allowed) in visitors {
        let token = server.token("ada", &["user"]);
        let request = format!(
            "POST /notes HTTP/1.1\r\nhost: api.example.com\r\nx-forwarded-for: 192.0.2.1\r\n\
             x-forwarded-proto: https\r\nauthorization: Bearer {token}\r\n{origin}\
             content-type: application/json\r\ncontent-length: 9\r\n\r\n{{",
        );
        let reply = Reply::of_raw(&raw(server.address, request).await);
        let case = case("a late body", 408, Private, server.get("/"));
        assert_eq!(reply.status, case.status, "{reply:?}");
        check(&case, &reply, allowed, &mut ids);
    }
}

#[actix_web::test]
async fn a_preflight_carries_every_header_once() {
    let server = server();
    let mut ids = HashSet::new();
    for (origin, path, method, status, allowed) in [
        (FRIEND, "/notes", "POST", 204, true),
        (FRIEND, "/notes", "DELETE", 204, true),
        ("https://evil.example", "/notes", "POST", 204, false),
        ("null", "/notes", "POST", 204, false),
        (FRIEND, "/nothing", "GET", 404, true),
    ] {
        let request = server
            .request("OPTIONS", path)
            .header("host", "api.example.com")
            .header("x-forwarded-for", "192.0.2.1")
            .header("x-forwarded-proto", "https")
            .header("origin", origin)
            .header("access-control-request-method", method);
        let reply = Reply::of(request).await;
        let name = format!("{origin} {method} {path}");
        assert_eq!(reply.status, status, "{name}: {reply:?}");
        for (header, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("x-xss-protection", "0"),
            ("referrer-policy", "no-referrer"),
            ("permissions-policy", PERMISSIONS),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("content-security-policy", API_CSP),
            ("strict-transport-security", "max-age=63072000"),
        ] {
            assert_eq!(reply.all(header), [value], "{name}: {header}");
        }
        let expected = if allowed { vec![FRIEND] } else { Vec::new() };
        assert_eq!(reply.all("access-control-allow-origin"), expected, "{name}");
        let methods = reply.all("access-control-allow-methods");
        let expected = if allowed && status == 204 {
            vec!["POST"]
        } else {
            Vec::new()
        };
        assert_eq!(methods, expected, "{name}");
        assert!(reply.all("vary").join(",").contains("Origin"), "{name}");
        let [id] = reply.all("x-request-id").try_into().expect("one id");
        assert!(ids.insert(id), "{name}");
    }
}
