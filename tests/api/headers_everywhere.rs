//! What every response carries (F1), whatever it is and wherever it comes from.

use std::collections::HashSet;

use actix_web::{
    App, Error, HttpResponse, HttpServer, Responder,
    error::{ErrorBadRequest, ErrorInternalServerError},
    web::{self, Json},
};
use secure_runtime::{prelude::*, test::TestClock};

use crate::support::{Reply, Role, Server, fail_or_answer, settings};

/// Name and value: requirements F1 and F2.
const ALWAYS: [(&str, &str); 8] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("x-xss-protection", "0"),
    ("referrer-policy", "no-referrer"),
    (
        "permissions-policy",
        "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()",
    ),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "content-security-policy",
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
];

#[validated]
struct Note {
    #[validate(length(min = 1, max = 10))]
    text: String,
}

#[post("/notes")]
#[protected(roles = "user")]
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

#[get("/limited-caller")]
#[protected]
#[rate_limit("1/hour", by = "user")]
async fn limited_caller() -> impl Responder {
    "limited"
}

#[get("/problem")]
#[public]
async fn problem_500() -> Result<HttpResponse, Problem> {
    Err(Problem::internal("on purpose"))
}

#[get("/actix-400")]
#[public]
async fn actix_400() -> Result<HttpResponse, Error> {
    Err(ErrorBadRequest("on purpose"))
}

#[get("/actix-500")]
#[public]
async fn actix_500() -> Result<HttpResponse, Error> {
    Err(ErrorInternalServerError("on purpose"))
}

#[get("/panic")]
#[public]
async fn panics() -> HttpResponse {
    panic!("on purpose")
}

fn panicking_key(_: &actix_web::HttpRequest) -> Option<String> {
    panic!("on purpose")
}

#[get("/panic-at-once")]
#[public]
#[rate_limit("5/minute", key = panicking_key)]
async fn panics_at_once() -> impl Responder {
    "never"
}

#[get("/redirect")]
#[public]
async fn redirect() -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header(("location", "/ok"))
        .finish()
}

/// A server with a middleware of the user's inside ours, which fails in several ways.
fn server() -> Server {
    let security = settings(&TestClock::default())
        .body_limit(1000)
        .build()
        .expect("settings");
    let routes = security.routes(|routes| {
        routes
            .service(write_note)
            .service(ok)
            .service(limited)
            .service(limited_caller);
        routes
            .service(problem_500)
            .service(actix_400)
            .service(actix_500);
        routes
            .service(panics)
            .service(panics_at_once)
            .service(redirect);
        let resource = web::resource("/unchecked").to(HttpResponse::Ok);
        routes.service(unchecked("because it is theirs", resource));
    });
    let routes = routes.expect("routes");
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

fn requests(server: &Server) -> Vec<(&'static str, u16, bool, reqwest::RequestBuilder)> {
    let token = server.token("ada", &["user"]);
    let stranger = server.token("eve", &[]);
    let write = || server.post("/notes").bearer_auth(&token);
    let json = |body: &'static str| {
        write()
            .header("content-type", "application/json")
            .body(body)
    };
    let failing = |how: &str| server.get("/ok").header("x-fail", how);
    vec![
        ("200", 200, false, server.get("/ok")),
        ("200 to a caller", 200, true, json(r#"{"text":"hello"}"#)),
        ("200, unchecked", 200, false, server.get("/unchecked")),
        ("303", 303, false, server.get("/redirect")),
        ("400", 400, true, json("{junk")),
        ("400, no body", 400, true, write()),
        ("400 of actix-web", 400, false, server.get("/actix-400")),
        ("401", 401, true, server.post("/notes")),
        (
            "401, bad token",
            401,
            true,
            server.post("/notes").bearer_auth("a.b.c"),
        ),
        (
            "403",
            403,
            true,
            server.post("/notes").bearer_auth(&stranger),
        ),
        ("404", 404, false, server.get("/nothing")),
        ("405", 405, false, server.get("/notes")),
        (
            "413",
            413,
            true,
            write()
                .header("content-type", "application/json")
                .body("x".repeat(1001)),
        ),
        (
            "415",
            415,
            true,
            write().header("content-type", "text/plain").body("hello"),
        ),
        ("422", 422, true, json(r#"{"text":""}"#)),
        ("one before 429", 200, false, server.get("/limited")),
        ("429", 429, false, server.get("/limited")),
        (
            "one before 429 by caller",
            200,
            true,
            server.get("/limited-caller").bearer_auth(&token),
        ),
        (
            "429 by caller",
            429,
            true,
            server.get("/limited-caller").bearer_auth(&token),
        ),
        ("500 by a problem", 500, false, server.get("/problem")),
        ("500 of actix-web", 500, false, server.get("/actix-500")),
        ("500 by a panic", 500, false, server.get("/panic")),
        (
            "500 by a panic before there is a future",
            500,
            false,
            server.get("/panic-at-once"),
        ),
        ("500, undeclared", 500, false, server.get("/foreign")),
        ("403 of a middleware", 403, false, failing("forbidden")),
        ("500 of a middleware", 500, false, failing("error")),
        ("a problem of a middleware", 409, false, failing("problem")),
        ("a panic in a middleware", 500, false, failing("panic")),
        (
            "a panic in a middleware, at once",
            500,
            false,
            failing("panic at once"),
        ),
    ]
}

#[actix_web::test]
async fn every_response_carries_every_header_once() {
    let server = server();
    let mut ids = HashSet::new();
    for (name, status, private, request) in requests(&server) {
        let request = request.header("x-request-id", "chosen-by-the-client");
        let client = reqwest::Client::builder().no_proxy();
        let client = client.redirect(reqwest::redirect::Policy::none()).build();
        let request = request.build().expect("a request");
        let request = reqwest::RequestBuilder::from_parts(client.expect("a client"), request);
        let reply = Reply::of(request).await;
        assert_eq!(reply.status, status, "{name}: {reply:?}");
        for (header, value) in ALWAYS {
            assert_eq!(reply.all(header), [value], "{name}: {header}");
        }
        let caching = reply.all("cache-control");
        assert_eq!(
            caching,
            if private {
                vec!["no-store"]
            } else {
                Vec::new()
            },
            "{name}"
        );
        assert_eq!(
            reply.all("strict-transport-security"),
            [""; 0],
            "{name}: plain HTTP"
        );
        assert_eq!(reply.all("server"), [""; 0], "{name}");
        assert_eq!(reply.all("x-powered-by"), [""; 0], "{name}");
        let [id] = reply.all("x-request-id").try_into().expect("one id");
        let plausible = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        assert!(plausible, "{name}: {id}");
        assert!(ids.insert(id), "{name}: the id of another response");
        if status >= 400 {
            let kind = reply.all("content-type");
            assert_eq!(kind, ["application/problem+json"], "{name}: {}", reply.body);
            assert_eq!(reply.json()["status"], status, "{name}");
            assert!(!reply.body.contains("theirs"), "{name}: {}", reply.body);
            assert!(!reply.body.contains("on purpose"), "{name}: {}", reply.body);
        }
    }
}
