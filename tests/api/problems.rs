//! `Problem` is the one shape of every error, and says nothing about the inside (F6, RFC 9457).

use actix_web::{
    HttpResponse, Responder,
    error::{ErrorBadRequest, ErrorInternalServerError, InternalError},
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web,
};
use secure_runtime::{FieldError, prelude::*, test::TestApp};
use serde_json::{Value, json};

use crate::support::{Reply, all, problem, problem_with, seen, serve};

/// What must never go out.
const SECRET: &str = "postgres://admin:hunter2@10.0.0.7/accounts";

#[derive(Debug)]
struct Inner;

impl std::fmt::Display for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{SECRET}")
    }
}

impl std::error::Error for Inner {}

#[derive(Debug)]
struct Outer(Inner);

impl std::fmt::Display for Outer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "while connecting to {SECRET}")
    }
}

impl std::error::Error for Outer {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

#[get("/internal")]
#[public]
async fn internal() -> Result<HttpResponse, Problem> {
    Err(Problem::internal(SECRET))
}

#[get("/question-mark")]
#[public]
async fn question_mark() -> Result<HttpResponse, Problem> {
    Err(Outer(Inner))?;
    Ok(HttpResponse::Ok().finish())
}

#[get("/actix-500")]
#[public]
async fn actix_500() -> Result<HttpResponse, actix_web::Error> {
    Err(ErrorInternalServerError(SECRET))
}

#[get("/actix-io")]
#[public]
async fn actix_io() -> Result<HttpResponse, actix_web::Error> {
    Err(std::io::Error::other(SECRET).into())
}

#[get("/actix-response")]
#[public]
async fn actix_response() -> Result<HttpResponse, actix_web::Error> {
    let response = HttpResponse::ServiceUnavailable()
        .content_type("text/html")
        .body(SECRET);
    Err(InternalError::from_response(SECRET, response).into())
}

#[get("/actix-400")]
#[public]
async fn actix_400() -> Result<HttpResponse, actix_web::Error> {
    Err(ErrorBadRequest(SECRET))
}

#[get("/actix-through-problem")]
#[public]
async fn actix_through_problem() -> Result<HttpResponse, Problem> {
    Err(ErrorBadRequest(SECRET))?;
    Ok(HttpResponse::Ok().finish())
}

#[get("/panic")]
#[public]
async fn panics() -> HttpResponse {
    panic!("cannot reach {SECRET}")
}

#[get("/panic-later")]
#[public]
async fn panics_later() -> HttpResponse {
    tokio::task::yield_now().await;
    std::panic::panic_any(SECRET.to_owned())
}

#[get("/panic-with-anything")]
#[public]
async fn panics_with_anything() -> HttpResponse {
    std::panic::panic_any(Inner)
}

fn panicking_key(_: &actix_web::HttpRequest) -> Option<String> {
    panic!("no key for {SECRET}")
}

#[get("/panic-at-once")]
#[public]
#[rate_limit("5/minute", key = panicking_key)]
async fn panics_at_once() -> impl Responder {
    "never"
}

#[get("/because")]
#[public]
async fn because() -> Result<HttpResponse, Problem> {
    Err(Problem::not_found().because(SECRET))
}

#[actix_web::test]
async fn nothing_of_an_error_or_a_panic_goes_out() {
    let server = serve(|routes| {
        routes.service(internal).service(question_mark);
        routes.service(actix_500).service(actix_io);
        routes.service(actix_400).service(actix_through_problem);
        routes.service(panics).service(panics_later);
        routes.service(panics_with_anything).service(panics_at_once);
        routes.service(because);
    })
    .await;
    for (path, status, title) in [
        ("/internal", 500, "Internal Server Error"),
        ("/question-mark", 500, "Internal Server Error"),
        ("/actix-500", 500, "Internal Server Error"),
        ("/actix-io", 500, "Internal Server Error"),
        ("/actix-400", 400, "Bad Request"),
        ("/actix-through-problem", 400, "Bad Request"),
        ("/panic", 500, "Internal Server Error"),
        ("/panic-later", 500, "Internal Server Error"),
        ("/panic-with-anything", 500, "Internal Server Error"),
        ("/panic-at-once", 500, "Internal Server Error"),
        ("/because", 404, "Not Found"),
    ] {
        let reply = Reply::of(server.get(path)).await;
        assert_eq!(reply.json(), problem(status, title), "{path}: {reply:?}");
        assert_eq!(reply.status, status, "{path}");
        let kind = reply.header("content-type");
        assert_eq!(kind.as_deref(), Some("application/problem+json"), "{path}");
        let length = reply.header("content-length");
        assert_eq!(length, Some(reply.body.len().to_string()), "{path}");
        let text = format!("{} {}", reply.headers_text(), reply.body);
        for inside in [
            "hunter2",
            "postgres",
            "10.0.0.7",
            "connecting",
            "panic",
            "src/",
            ".rs",
        ] {
            assert!(!text.contains(inside), "{path}: `{inside}` in {text}");
        }
    }
    // A worker that panicked still answers.
    for _ in 0..3 {
        assert_eq!(Reply::of(server.get("/panic")).await.status, 500);
    }
}

#[get("/says-more")]
#[public]
async fn detailed() -> Result<HttpResponse, Problem> {
    Err(Problem::conflict()
        .with_detail("the name is taken")
        .with_header(header::LINK, HeaderValue::from_static("</help>; rel=help"))
        .because(SECRET))
}

#[get("/own-fields")]
#[public]
async fn own_fields() -> Result<HttpResponse, Problem> {
    Err(Problem::invalid(vec![
        FieldError::at("#/name", "taken", "is taken"),
        FieldError::parameter("page", "range", "is too large"),
    ]))
}

#[get("/no-error")]
#[public]
async fn no_problem() -> Result<HttpResponse, Problem> {
    Err(Problem::new(StatusCode::OK))
}

#[get("/later")]
#[public]
async fn not_now() -> Result<HttpResponse, Problem> {
    Err(Problem::unavailable(std::time::Duration::from_millis(1500)))
}

#[get("/own-page")]
#[public]
async fn own_page() -> HttpResponse {
    HttpResponse::NotFound()
        .content_type("text/html")
        .body("<p>nothing")
}

#[get("/own-error")]
#[public]
async fn own_error() -> Result<HttpResponse, actix_web::Error> {
    let response = HttpResponse::PaymentRequired().json(json!({"price": 1}));
    Err(InternalError::from_response(SECRET, response).into())
}

#[get("/teapot")]
#[public]
async fn odd() -> Result<HttpResponse, Problem> {
    Err(Problem::new(StatusCode::from_u16(499).expect("a status")))
}

#[actix_web::test]
async fn the_shape_of_a_problem_is_exactly_this() {
    let app = TestApp::new(|routes| {
        routes
            .service(detailed)
            .service(own_fields)
            .service(no_problem);
        routes.service(not_now).service(own_page).service(odd);
    })
    .await;
    let says_more = app.get("/says-more").send().await;
    let expected = problem_with(409, "Conflict", "the name is taken");
    assert_eq!(seen(&says_more), (409, expected));
    assert_eq!(all(&says_more, "link"), ["</help>; rel=help"]);
    assert_eq!(
        all(&says_more, "content-type"),
        ["application/problem+json"]
    );
    assert!(!format!("{says_more:?}").contains("hunter2"));

    let fields = app.get("/own-fields").send().await;
    let expected = json!({
        "type": "about:blank",
        "title": "Unprocessable Entity",
        "status": 422,
        "errors": [
            {"pointer": "#/name", "code": "taken", "detail": "is taken"},
            {"parameter": "page", "code": "range", "detail": "is too large"},
        ],
    });
    assert_eq!(seen(&fields), (422, expected));

    let no_error = app.get("/no-error").send().await;
    assert_eq!(
        seen(&no_error),
        (500, problem(500, "Internal Server Error"))
    );
    let later = app.get("/later").send().await;
    assert_eq!(seen(&later), (503, problem(503, "Service Unavailable")));
    assert_eq!(all(&later, "retry-after"), ["2"], "rounded up");
    let teapot = app.get("/teapot").send().await;
    assert_eq!(seen(&teapot), (499, problem(499, "Error")));

    // What a handler says itself stays as it is.
    let own = app.get("/own-page").send().await;
    assert_eq!(seen(&own), (404, Value::String("<p>nothing".to_owned())));
}

#[actix_web::test]
async fn an_error_of_a_foreign_extractor_keeps_its_status_and_loses_its_text() {
    #[get("/missing-data")]
    #[public]
    async fn missing_data(_data: web::Data<Inner>) -> impl Responder {
        "never"
    }

    #[post("/foreign")]
    #[protected]
    async fn foreign(
        #[unvalidated = "because it is only measured"] body: web::Json<Value>,
    ) -> impl Responder {
        body.to_string()
    }

    let app = TestApp::new(|routes| {
        routes.service(missing_data).service(foreign);
    })
    .await;
    let missing = app.get("/missing-data").send().await;
    assert_eq!(seen(&missing), (500, problem(500, "Internal Server Error")));
    let post = || app.post("/foreign").as_user("ada");
    let junk = post().body("application/json", "{\"hunter2").send().await;
    assert_eq!(seen(&junk), (400, problem(400, "Bad Request")));
    let good = post().body("application/json", "[1]").send().await;
    assert_eq!((good.status(), good.text().as_str()), (200, "[1]"));
    let nobody = app
        .post("/foreign")
        .body("application/json", "{")
        .send()
        .await;
    assert_eq!(nobody.status(), 401, "before the extractor");
}

/// `InternalError::from_response` is actix-web's own way to answer with a response of one's choice.
#[actix_web::test]
async fn an_error_that_brings_its_own_response_keeps_its_status() {
    let app = TestApp::new(|routes| {
        routes.service(own_error).service(actix_response);
    })
    .await;
    let own = app.get("/own-error").send().await;
    assert_eq!(
        seen(&own),
        (402, json!({"price": 1})),
        "its status and its body"
    );
    let fault = app.get("/actix-response").send().await;
    let expected = (503, problem(503, "Service Unavailable"));
    assert_eq!(
        seen(&fault),
        expected,
        "its status, and nothing of its body"
    );
}
