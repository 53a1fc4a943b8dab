//! Which other origins may read the answers (F3, E4).

use actix_web::{
    App, Error, HttpResponse, HttpServer, Responder,
    error::ErrorInternalServerError,
    http::Method,
    web::{self, Json},
};
use secure_runtime::{
    Cors, Profile, cors, hosts,
    prelude::*,
    test::{TestApp, TestClock, TestRequest, TestResponse},
};

use crate::support::{Complete, Reply, Role, Server, all, fail_or_answer, settings};

const APP: &str = "https://app.example.com";
const LOCAL: &str = "https://[2001:db8::1]:8443";
const EVIL: &str = "https://evil.example";
const CORS: Cors = cors!(
    origins = ["https://app.example.com", "https://[2001:db8::1]:8443"],
    expose = ["X-Total"],
    headers = ["X-Tenant", "authorization"],
    max_age = "2h",
);
const EXPOSED: &str =
    "ratelimit, ratelimit-policy, retry-after, www-authenticate, x-request-id, x-total";
const ALLOWED_HEADERS: &str = "authorization, content-type, x-api-key, x-tenant";
const PREFLIGHT_VARY: &str =
    "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

#[validated]
struct Note {
    #[validate(length(min = 1, max = 10))]
    text: String,
}

#[get("/notes")]
#[public]
async fn notes() -> impl Responder {
    "notes"
}

#[post("/notes")]
#[protected(roles = "user")]
#[validated]
async fn write_note(note: Json<Note>) -> impl Responder {
    note.text.clone()
}

#[delete("/notes/{id}")]
#[protected(roles = "user")]
async fn delete_note() -> impl Responder {
    "deleted"
}

#[patch("/notes/{id}")]
#[protected]
async fn change_note() -> impl Responder {
    "changed"
}

#[get("/limited")]
#[public]
#[rate_limit("1/hour")]
async fn limited() -> impl Responder {
    "limited"
}

#[get("/full")]
#[public]
async fn full() -> Result<HttpResponse, Problem> {
    Err(Problem::unavailable(std::time::Duration::from_secs(1)))
}

#[get("/panic")]
#[public]
async fn panics() -> HttpResponse {
    panic!("on purpose")
}

#[get("/actix-500")]
#[public]
async fn actix_500() -> Result<HttpResponse, Error> {
    Err(ErrorInternalServerError("on purpose"))
}

/// A handler that says for itself who may read it.
#[get("/own")]
#[public]
async fn own() -> impl Responder {
    HttpResponse::Ok()
        .insert_header(("access-control-allow-origin", "*"))
        .finish()
}

#[get("/vary/{how}")]
#[public]
async fn vary(
    #[unvalidated = "because the case is one of the test's"] how: web::Path<String>,
) -> impl Responder {
    let mut response = HttpResponse::Ok();
    for line in how.split('+') {
        response.append_header(("vary", line));
    }
    response.finish()
}

#[options("/asks")]
#[public]
async fn asks() -> impl Responder {
    "asked"
}

fn list(routes: &mut Routes) {
    routes.service(notes).service(write_note);
    routes.service(delete_note).service(change_note);
    routes.service(limited).service(full).service(panics);
    routes.service(actix_500).service(own).service(asks);
    let resource = web::resource("/unchecked").to(HttpResponse::Ok);
    routes.service(unchecked("because it is theirs", resource));
}

async fn app(change: impl FnOnce(Complete) -> Complete) -> TestApp {
    TestApp::with(change, list, |_| {}).await
}

async fn with_cors(cors: Cors) -> TestApp {
    app(|settings| settings.cors(cors)).await
}

fn preflight<'a>(app: &'a TestApp, path: &str, origin: &str, method: &str) -> TestRequest<'a> {
    let request = app.request(Method::OPTIONS, path);
    let request = request.header("origin", origin);
    request.header("access-control-request-method", method)
}

/// Everything that a browser reads of the CORS protocol.
fn spoken(response: &TestResponse) -> Vec<(String, String)> {
    let mut spoken: Vec<_> = response
        .headers()
        .iter()
        .filter(|(name, _)| name.as_str().starts_with("access-control-"))
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str()["access-control-".len()..].to_owned(), value)
        })
        .collect();
    spoken.sort();
    spoken
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let pairs = expected.iter();
    pairs
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[actix_web::test]
async fn a_preflight_is_answered_from_the_table_of_routes() {
    let app = with_cors(CORS).await;
    for (path, methods) in [
        ("/notes", "GET, POST"),
        ("/notes/7", "DELETE, PATCH"),
        ("/limited", "GET"),
        ("/asks", "OPTIONS"),
    ] {
        for origin in [APP, LOCAL] {
            // What is asked for changes nothing: the browser compares it with what is allowed.
            for method in ["POST", "DELETE", "BREW"] {
                let request = preflight(&app, path, origin, method);
                let request = request.header("access-control-request-headers", "x-secret");
                let response = request.send().await;
                assert_eq!(response.status(), 204, "{path}");
                let expected = [
                    ("allow-headers", ALLOWED_HEADERS),
                    ("allow-methods", methods),
                    ("allow-origin", origin),
                    ("max-age", "7200"),
                ];
                assert_eq!(spoken(&response), pairs(&expected), "{path}");
                assert_eq!(all(&response, "vary"), [PREFLIGHT_VARY]);
                assert_eq!(response.text(), "");
                assert_eq!(response.header("x-content-type-options"), Some("nosniff"));
                assert!(response.header("x-request-id").is_some());
            }
        }
    }
}

#[actix_web::test]
async fn a_preflight_of_a_foreign_origin_learns_nothing() {
    let app = with_cors(CORS).await;
    for origin in [
        EVIL,
        "null",
        "",
        "*",
        "https://app.example.com/",
        "https://app.example.com:443",
        "http://app.example.com",
        "HTTPS://app.example.com",
        "https://APP.example.com",
        "https://app.example.com.evil.example",
        "https://xapp.example.com",
        "https://a.app.example.com",
        "https://app.example.com, https://evil.example",
        "app.example.com",
    ] {
        let response = preflight(&app, "/notes", origin, "POST").send().await;
        assert_eq!(response.status(), 204, "{origin}");
        assert_eq!(spoken(&response), [], "{origin}");
        assert_eq!(all(&response, "vary"), [PREFLIGHT_VARY], "{origin}");
    }
    let twice = preflight(&app, "/notes", APP, "POST").header("origin", EVIL);
    assert_eq!(spoken(&twice.send().await), []);
    // Into a private network, nobody.
    let request = preflight(&app, "/notes", APP, "POST");
    let request = request.header("access-control-request-private-network", "true");
    let response = request.send().await;
    assert_eq!((response.status(), spoken(&response)), (204, vec![]));
}

#[actix_web::test]
async fn what_is_no_preflight_goes_its_way() {
    let app = with_cors(CORS).await;
    let plain = app.request(Method::OPTIONS, "/asks").header("origin", APP);
    let response = plain.send().await;
    assert_eq!(
        (response.status(), response.text()),
        (200, "asked".to_owned())
    );
    let plain = app.request(Method::OPTIONS, "/notes").header("origin", APP);
    let response = plain.send().await;
    assert_eq!(response.status(), 405);
    assert_eq!(response.header("access-control-allow-origin"), Some(APP));
    let nameless = app.request(Method::OPTIONS, "/notes");
    let nameless = nameless.header("access-control-request-method", "POST");
    assert_eq!(nameless.send().await.status(), 405);
    // Nothing is there; a service without a policy answers for itself.
    let response = preflight(&app, "/nothing", APP, "POST").send().await;
    assert_eq!(response.status(), 404);
    assert_eq!(response.header("access-control-allow-methods"), None);
    let response = preflight(&app, "/unchecked", APP, "POST").send().await;
    assert_eq!(response.status(), 200);
    // Without a policy there is no preflight, and nothing is said.
    let silent = self::app(|settings| settings).await;
    let response = preflight(&silent, "/notes", APP, "POST").send().await;
    assert_eq!((response.status(), spoken(&response)), (405, vec![]));
    let response = silent.get("/notes").header("origin", APP).send().await;
    assert_eq!(spoken(&response), []);
    assert_eq!(all(&response, "vary"), [""; 0]);
}

#[actix_web::test]
async fn a_preflight_is_neither_counted_nor_authenticated() {
    let app = with_cors(CORS).await;
    for _ in 0..20 {
        let request = preflight(&app, "/limited", APP, "GET");
        let response = request.header("authorization", "Bearer junk").send().await;
        assert_eq!(response.status(), 204);
        assert_eq!(response.header("ratelimit"), None);
        assert_eq!(response.header("www-authenticate"), None);
        let request = preflight(&app, "/notes", APP, "POST");
        assert_eq!(request.send().await.status(), 204);
    }
    let get = || app.get("/limited").header("origin", APP);
    assert_eq!(get().send().await.status(), 200);
    let refused = get().send().await;
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.header("access-control-allow-origin"), Some(APP));
    let request = preflight(&app, "/limited", APP, "GET");
    assert_eq!(request.send().await.status(), 204);
}

#[actix_web::test]
async fn credentials_are_allowed_where_that_is_said() {
    const WITH: Cors = cors!(origins = "https://app.example.com", credentials = true);
    let app = with_cors(WITH).await;
    let response = app.get("/notes").header("origin", APP).send().await;
    let exposed = EXPOSED.trim_end_matches(", x-total");
    let expected = [
        ("allow-credentials", "true"),
        ("allow-origin", APP),
        ("expose-headers", exposed),
    ];
    assert_eq!(spoken(&response), pairs(&expected));
    let response = preflight(&app, "/notes", APP, "POST").send().await;
    let expected = [
        ("allow-credentials", "true"),
        ("allow-headers", "authorization, content-type, x-api-key"),
        ("allow-methods", "GET, POST"),
        ("allow-origin", APP),
        ("max-age", "3600"),
    ];
    assert_eq!(spoken(&response), pairs(&expected));
    for response in [
        app.get("/notes").header("origin", EVIL).send().await,
        app.get("/notes").send().await,
        preflight(&app, "/notes", EVIL, "POST").send().await,
    ] {
        assert_eq!(spoken(&response), []);
    }
}

#[actix_web::test]
async fn any_origin_is_a_star_and_never_an_echo() {
    const ANY: Cors = cors!(origins = "*");
    let app = with_cors(ANY).await;
    for origin in [APP, EVIL, "null"] {
        let response = app.get("/notes").header("origin", origin).send().await;
        assert_eq!(all(&response, "access-control-allow-origin"), ["*"]);
        assert_eq!(response.header("access-control-allow-credentials"), None);
        let response = preflight(&app, "/notes", origin, "POST").send().await;
        assert_eq!(all(&response, "access-control-allow-origin"), ["*"]);
        assert_eq!(response.header("access-control-allow-credentials"), None);
    }
}

#[actix_web::test]
async fn a_handler_keeps_what_it_says_itself() {
    const WITH: Cors = cors!(origins = "https://app.example.com", credentials = true);
    let app = with_cors(WITH).await;
    for origin in [APP, EVIL] {
        let response = app.get("/own").header("origin", origin).send().await;
        assert_eq!(spoken(&response), pairs(&[("allow-origin", "*")]));
        assert_eq!(all(&response, "vary"), ["Origin"]);
    }
}

#[actix_web::test]
async fn vary_names_the_origin_once_and_loses_nothing() {
    let list = |routes: &mut Routes| {
        routes.service(vary);
    };
    let app = TestApp::with(|settings| settings.cors(CORS), list, |_| {}).await;
    for (how, expected) in [
        ("Accept", "Accept, Origin"),
        ("Accept+Cookie", "Accept, Cookie, Origin"),
        ("origin", "origin"),
        ("Accept,%20ORIGIN", "Accept, ORIGIN"),
        ("Accept+Origin", "Accept, Origin"),
        ("X-Origin", "X-Origin, Origin"),
        ("*", "*"),
    ] {
        for origin in [Some(APP), Some(EVIL), None] {
            let request = app.get(&format!("/vary/{how}"));
            let request = match origin {
                Some(origin) => request.header("origin", origin),
                None => request,
            };
            let response = request.send().await;
            assert_eq!(all(&response, "vary"), [expected], "{how} {origin:?}");
        }
    }
}

#[test]
fn origins_from_a_configuration_are_checked_at_launch() {
    let clock = TestClock::default();
    let findings = |change: &dyn Fn(Complete) -> Complete| match change(settings(&clock)).build() {
        Ok(_) => Vec::new(),
        Err(error) => error.findings().to_vec(),
    };
    const NONE: Cors = cors!(expose = "X-Total");
    const WITH: Cors = cors!(credentials = true);
    const ANY: Cors = cors!(origins = "*");
    const PLAIN: Cors = cors!(origins = "http://localhost:3000");
    assert_eq!(
        findings(&|s| s.cors_origins([APP, " https://b.example "])),
        [""; 0]
    );
    assert_eq!(findings(&|s| s.cors(NONE).cors_origins([APP])), [""; 0]);
    assert_eq!(findings(&|s| s.cors(CORS).cors_origins([APP])), [""; 0]);
    assert_eq!(findings(&|s| s.cors_origins(["*"])), [""; 0]);
    let development = |s: Complete| s.profile(Profile::Development).cors(PLAIN);
    assert_eq!(findings(&development), [""; 0]);
    let one = |change: &dyn Fn(Complete) -> Complete, words: &str| {
        let findings = findings(change);
        let [finding] = &findings[..] else {
            panic!("one finding: {findings:?}")
        };
        assert!(finding.starts_with("CORS: "), "{finding}");
        assert!(finding.contains(words), "{finding}");
    };
    one(&|s| s.cors(NONE), "no origin is named");
    one(
        &|s| s.cors(PLAIN),
        "`http://localhost:3000` comes by plain HTTP",
    );
    one(&|s| s.cors(WITH).cors_origins(["*"]), "with credentials");
    one(&|s| s.cors(CORS).cors_origins(["*"]), "`*` stands beside");
    one(&|s| s.cors(ANY).cors_origins([APP]), "`*` stands beside");
    for (wrong, words) in [
        ("https://app.example.com/", "trailing `/`"),
        ("https://app.example.com/x", "path in origin"),
        ("https://*.example.com", "wildcard"),
        ("https://App.example.com", "upper case"),
        ("null", "`null`"),
        ("", "empty origin"),
    ] {
        one(&|s| s.cors_origins([APP, wrong]), words);
    }
}

/// A server with a middleware of the user's inside ours, which fails in several ways.
fn server() -> Server {
    let security = settings(&TestClock::default())
        .profile(Profile::Development)
        .allowed_hosts(hosts!("127.0.0.1"))
        .cors(CORS)
        .body_limit(1000);
    let security = security.build().expect("settings");
    let routes = security.routes(list).expect("routes");
    let shared = security.clone();
    let server = HttpServer::new(move || {
        App::new()
            .configure(routes.mount())
            .service(web::resource("/foreign").to(HttpResponse::Ok))
            .wrap_fn(|request, service| fail_or_answer(request, service))
            .wrap(shared.middleware())
    });
    let server = server.workers(1).disable_signals();
    let server = server.bind(("127.0.0.1", 0)).expect("a free port");
    let address = server.addrs()[0];
    Server::watch(server.run(), address, security)
}

#[actix_web::test]
async fn every_way_to_fail_carries_the_headers() {
    let server = server();
    let token = server.token("ada", &["user"]);
    let stranger = server.token("eve", &[]);
    let get = |path: &str| server.get(path);
    let write = |body: &str| {
        let request = server.post("/notes").bearer_auth(&token);
        request
            .header("content-type", "application/json")
            .body(body.to_owned())
    };
    let cases = || {
        vec![
            ("200", 200, get("/notes")),
            ("200 to a caller", 200, write(r#"{"text":"hello"}"#)),
            ("200, unchecked", 200, get("/unchecked")),
            ("400", 400, write("{junk")),
            ("401", 401, server.post("/notes")),
            (
                "401, bad token",
                401,
                server.post("/notes").bearer_auth("a.b.c"),
            ),
            ("403", 403, server.post("/notes").bearer_auth(&stranger)),
            ("404", 404, get("/nothing")),
            ("405", 405, server.request("PUT", "/notes")),
            ("413", 413, write(&"x".repeat(1001))),
            (
                "415",
                415,
                server.post("/notes").bearer_auth(&token).body("hello"),
            ),
            ("422", 422, write(r#"{"text":""}"#)),
            ("one before 429", 200, get("/limited")),
            ("429", 429, get("/limited")),
            ("500 of actix-web", 500, get("/actix-500")),
            ("500 by a panic", 500, get("/panic")),
            ("500, undeclared", 500, get("/foreign")),
            ("503", 503, get("/full")),
            (
                "an unknown host",
                400,
                get("/notes").header("host", "evil.example"),
            ),
            (
                "403 of a middleware",
                403,
                get("/notes").header("x-fail", "forbidden"),
            ),
            (
                "500 of a middleware",
                500,
                get("/notes").header("x-fail", "error"),
            ),
            (
                "a problem of a middleware",
                409,
                get("/notes").header("x-fail", "problem"),
            ),
            (
                "a panic in a middleware",
                500,
                get("/notes").header("x-fail", "panic"),
            ),
            (
                "a panic in a middleware, at once",
                500,
                get("/notes").header("x-fail", "at once"),
            ),
        ]
    };
    for (name, status, request) in cases() {
        let reply = Reply::of(request.header("origin", APP)).await;
        assert_eq!(reply.status, status, "{name}: {reply:?}");
        assert_eq!(reply.all("access-control-allow-origin"), [APP], "{name}");
        assert_eq!(
            reply.all("access-control-expose-headers"),
            [EXPOSED],
            "{name}"
        );
        assert_eq!(
            reply.all("access-control-allow-credentials"),
            [""; 0],
            "{name}"
        );
        assert_eq!(reply.all("vary"), ["Origin"], "{name}");
    }
    for (name, _, request) in cases() {
        let reply = Reply::of(request.header("origin", EVIL)).await;
        let spoken = reply.headers_text().to_ascii_lowercase();
        assert!(!spoken.contains("access-control"), "{name}: {spoken}");
        assert_eq!(reply.all("vary"), ["Origin"], "{name}");
    }
}
