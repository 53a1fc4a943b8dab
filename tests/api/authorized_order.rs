//! About a resource is decided after everything that the credential and the path say, and before anything else of the
//! request is read (`docs/architecture.md`, D2).

use std::{
    future::{Ready, ready},
    pin::Pin,
    sync::atomic::{AtomicUsize, Ordering},
    task::{Context, Poll},
};

use actix_http::{BoxedPayloadStream, error::PayloadError};
use actix_web::{
    App, Error, FromRequest, HttpRequest, Responder,
    dev::{Payload, Service as _},
    test::{TestRequest, init_service},
    web::{Bytes, Data, Json, Query},
};
use futures_util::Stream;
use secure_runtime::{
    prelude::*,
    test::{TestApp, TestClock, TestResponse},
    token::Grant,
};

use crate::support::{
    Article, Asked, Edit, Library, Member, Role, Scope, Server, problem, raw, seen, settings,
};

#[validated]
struct Note {
    #[validate(length(min = 1, max = 10))]
    text: String,
}

#[validated]
struct Page {
    #[validate(range(max = 10))]
    page: u8,
}

/// The resource comes last, and is decided about first.
#[post("/articles/{id}/notes")]
#[protected(scopes = "notes:write")]
#[rate_limit("20/minute", by = "user")]
#[validated]
async fn annotate(
    note: Json<Note>,
    page: Query<Page>,
    article: Authorized<Article, Edit>,
) -> impl Responder {
    format!("{} {} {}", article.id, note.text, page.page)
}

#[post("/public/{id}/notes")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn annotate_publicly(
    member: Option<CurrentUser<Member>>,
    note: Json<Note>,
    article: Authorized<Article, Edit>,
) -> impl Responder {
    assert!(member.is_some());
    format!("{} {}", article.id, note.text)
}

#[post("/articles/{id}/raw")]
#[protected(roles = "user")]
async fn raw_notes(
    #[unvalidated = "because it is only measured"] body: Bytes,
    #[trusted = "because it carries nothing"] _noted: Noted,
    article: Authorized<Article, Edit>,
) -> impl Responder {
    format!("{} {}", article.id, body.len())
}

static NOTED: AtomicUsize = AtomicUsize::new(0);

/// Notes that somebody has begun to extract it.
struct Noted;

impl FromRequest for Noted {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(_: &HttpRequest, _: &mut Payload) -> Self::Future {
        NOTED.fetch_add(1, Ordering::SeqCst);
        ready(Ok(Self))
    }
}

fn list(routes: &mut Routes) {
    routes.service(annotate).service(annotate_publicly);
    routes.service(raw_notes);
}

async fn app() -> (TestApp, Library) {
    let library = Library::new();
    let data = Data::new(library.clone());
    let app = TestApp::with(
        |settings| settings,
        list,
        |config| {
            config.app_data(data);
        },
    );
    (app.await, library)
}

fn writer(subject: &str) -> Grant {
    Grant::new(subject).with_scopes(["notes:write"])
}

/// Each of them would be answered 400, 413, 415 or 422, were it looked at.
fn junk() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    vec![
        ("syntax", "application/json", b"{junk".to_vec()),
        ("no body", "application/json", Vec::new()),
        ("another type", "text/plain", b"hello".to_vec()),
        ("invalid", "application/json", br#"{"text":""}"#.to_vec()),
        ("unknown field", "application/json", br#"{"x":1}"#.to_vec()),
        ("too large", "application/json", vec![b' '; 300 * 1024]),
        ("no UTF-8", "application/json", vec![0xff, 0xfe]),
    ]
}

#[actix_web::test]
async fn whoever_may_not_never_gets_to_the_body_or_the_query() {
    for (name, kind, body) in junk() {
        let (app, library) = app().await;
        for query in ["", "?page=x", "?page=99", "?other=1"] {
            let send = async |id: &str, subject: &str| -> TestResponse {
                let path = format!("/articles/{id}/notes{query}");
                let request = app.post(&path).body(kind, body.clone());
                request.with_grant(&writer(subject)).send().await
            };
            let refused = send("1", "eve").await;
            assert_eq!(seen(&refused), (403, problem(403, "Forbidden")), "{name}");
            for id in ["2", "4", "x"] {
                let hidden = send(id, "eve").await;
                assert_eq!(seen(&hidden), (404, problem(404, "Not Found")), "{name}");
            }
            let gone = send("1", "zoe").await;
            assert_eq!(seen(&gone), (401, problem(401, "Unauthorized")), "{name}");
            let status = send("1", "ada").await.status();
            let of_input = [400, 413, 415, 422].contains(&status);
            assert!(of_input, "{name}{query}: {status}");
        }
        let nobody = app.post("/public/1/notes").body(kind, body.clone());
        assert_eq!(nobody.send().await.status(), 401, "{name}");
        let nobody = app.post("/public/2/notes").body(kind, body.clone());
        assert_eq!(nobody.send().await.status(), 404, "{name}");
        let eve = app.post("/public/1/notes").body(kind, body.clone());
        assert_eq!(eve.as_user("eve").send().await.status(), 403, "{name}");
        library.remove_member("ada");
        let gone = app.post("/public/1/notes").body(kind, body);
        assert_eq!(gone.as_user("ada").send().await.status(), 401, "{name}");
    }
}

#[actix_web::test]
async fn nothing_is_asked_of_the_app_before_the_rest_has_let_the_request_pass() {
    let (app, library) = app().await;
    let send = || {
        let request = app.post("/articles/1/notes?page=1");
        request.body("application/json", r#"{"text":"x"}"#)
    };
    let unsaid = [
        ("nobody", send(), 401),
        (
            "a bad token",
            send().header("authorization", "Bearer x"),
            401,
        ),
        ("no scope", send().as_user("ada"), 403),
    ];
    for (name, request, status) in unsaid {
        assert_eq!(request.send().await.status(), status, "{name}");
        assert_eq!(library.asked(), [], "{name}");
    }
    // The limit by caller counts those who may not, too, and is asked first.
    let eve = writer("eve");
    for _ in 0..20 {
        assert_eq!(send().with_grant(&eve).send().await.status(), 403);
    }
    library.asked();
    assert_eq!(send().with_grant(&eve).send().await.status(), 429);
    assert_eq!(library.asked(), []);
    let ada = send().with_grant(&writer("ada")).send().await;
    assert_eq!(ada.text(), "1 x 1");
    assert_eq!(library.asked(), [Asked::Member, Asked::Article]);
}

static POLLS: AtomicUsize = AtomicUsize::new(0);

/// Notes when somebody reads it.
struct Watched;

impl Stream for Watched {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polls = POLLS.fetch_add(1, Ordering::SeqCst);
        Poll::Ready((polls == 0).then(|| Ok(Bytes::from_static(b"four"))))
    }
}

#[actix_web::test]
async fn no_other_argument_is_begun_and_no_byte_is_read_for_somebody_who_may_not() {
    let security = settings(&TestClock::default()).build().expect("settings");
    let routes = security.routes(list).expect("routes");
    let app = App::new()
        .app_data(Data::new(Library::new()))
        .configure(routes.mount())
        .wrap(security.middleware());
    let app = init_service(app).await;
    let call = async |id: &str, subject: &str| {
        let grant = Grant::new(subject).with_roles(["user"]);
        let token = security.access_tokens().issue(&grant).expect("a token");
        let request = TestRequest::post()
            .uri(&format!("/articles/{id}/raw"))
            .insert_header(("content-length", "4"))
            .insert_header(("authorization", format!("Bearer {}", token.expose())))
            .to_request();
        let stream: BoxedPayloadStream = Box::pin(Watched);
        let (request, _) = request.replace_payload(Payload::from(stream));
        match app.call(request).await {
            Ok(response) => response.status().as_u16(),
            Err(error) => error.as_response_error().status_code().as_u16(),
        }
    };
    let seen = || (NOTED.load(Ordering::SeqCst), POLLS.load(Ordering::SeqCst));
    for (id, subject, status) in [("1", "eve", 403), ("2", "eve", 404), ("1", "zoe", 401)] {
        assert_eq!(call(id, subject).await, status, "{subject} at {id}");
        assert_eq!(seen(), (0, 0), "{subject} at {id}");
    }
    // What nobody could have read would prove nothing.
    assert_eq!(call("1", "ada").await, 200);
    let (noted, polls) = seen();
    assert!(noted == 1 && polls > 0, "{noted} {polls}");
}

#[actix_web::test]
async fn a_server_decides_before_the_body_is_sent() {
    let data = Data::new(Library::new());
    let more = move |config: &mut actix_web::web::ServiceConfig| {
        config.app_data(data.clone());
    };
    let server = Server::start(1, |settings| settings, list, more).await;
    for (id, subject, status) in [(1, "eve", "403"), (2, "eve", "404"), (1, "zoe", "401")] {
        let grant = writer(subject);
        let token = server.security.access_tokens().issue(&grant);
        let token = token.expect("a token");
        let head = format!(
            "POST /articles/{id}/notes?page=1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n",
            token.expose()
        );
        let answer = raw(server.address, head).await;
        let line = answer.lines().next().unwrap_or("(nothing)");
        assert!(line.starts_with(&format!("HTTP/1.1 {status} ")), "{line}");
    }
}

/// That the body is read after the decision has been waited for.
#[actix_web::test]
async fn a_body_that_comes_later_is_read_after_the_decision() {
    let (app, _) = app().await;
    let send = app
        .post("/public/1/notes")
        .json(&serde_json::json!({"text": "later"}));
    assert_eq!(send.as_user("ada").send().await.text(), "1 later");
}
