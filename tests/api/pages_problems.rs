//! Problems as pages, for people with a browser (D9).

use actix_web::{
    App, HttpResponse, Responder,
    dev::Service as _,
    http::{StatusCode, header},
    test::{TestRequest as ActixRequest, call_service, init_service},
    web::{self, Html, Query},
};
use reqwest::Url;
use secure_runtime::{
    Security,
    edge::{CspNonce, LocalPath, Pages, ProblemPage, ProblemText},
    hosts,
    prelude::*,
    test::{TestApp, TestRequest, TestResponse},
    token::Hs256Key,
};
use serde_json::json;

use crate::support::{Complete, Role, all, problem, seen};

const FIREFOX: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
const PAGE_CSP: &str = "default-src 'none'; script-src 'nonce-";

#[validated]
struct Search {
    #[validate(range(max = 9))]
    page: u8,
}

#[validated]
struct SignIn {
    next: Option<LocalPath>,
}

#[get("/mine")]
#[protected]
async fn my_page() -> impl Responder {
    "mine"
}

#[get("/programs")]
#[protected(via = "bearer")]
async fn for_programs() -> impl Responder {
    "data"
}

#[post("/mine")]
#[protected]
async fn change_mine() -> impl Responder {
    "changed"
}

#[get("/admin")]
#[protected(roles = "admin")]
async fn admin() -> impl Responder {
    "admin"
}

#[get("/search")]
#[public]
#[validated]
async fn find(search: Query<Search>) -> impl Responder {
    search.page.to_string()
}

#[get("/login")]
#[public]
#[validated]
async fn sign_in_page(sign_in: Query<SignIn>) -> impl Responder {
    sign_in.into_inner().next.unwrap_or_default().see_other()
}

#[get("/fails")]
#[public]
async fn failing() -> Result<HttpResponse, Problem> {
    let cookie = header::HeaderValue::from_static("theme=dark");
    let problem =
        Problem::internal("the cause <b>inside</b>").with_header(header::SET_COOKIE, cookie);
    Err(problem)
}

#[get("/panics")]
#[public]
async fn panicking() -> HttpResponse {
    panic!("on purpose")
}

#[get("/gone")]
#[public]
async fn moved_away() -> Result<HttpResponse, Problem> {
    let cached = header::HeaderValue::from_static("public, max-age=600");
    let gone = Problem::new(StatusCode::GONE).with_detail("It was <moved> & \"lost\".");
    Err(gone.with_header(header::CACHE_CONTROL, cached))
}

#[get("/own")]
#[public]
async fn own_answer() -> HttpResponse {
    HttpResponse::NotFound().json(json!({"mine": true}))
}

#[get("/own-page")]
#[public]
async fn own_page(nonce: CspNonce) -> Html {
    Html::new(nonce.attribute())
}

#[get("/limited")]
#[public]
#[rate_limit("1/minute")]
async fn limited_page() -> impl Responder {
    "limited"
}

#[get("/guessed")]
#[public]
#[rate_limit("2/minute", count = "failures")]
async fn guessing() -> Result<HttpResponse, Problem> {
    Err(Problem::unauthorized())
}

fn list(routes: &mut Routes) {
    routes.service(my_page).service(change_mine).service(admin);
    routes.service(for_programs);
    routes.service(find).service(sign_in_page).service(failing);
    routes
        .service(panicking)
        .service(moved_away)
        .service(own_answer);
    routes
        .service(own_page)
        .service(limited_page)
        .service(guessing);
    let files = web::resource("/files").to(HttpResponse::NotFound);
    routes.service(unchecked("because they are theirs", files));
}

async fn app(change: impl FnOnce(Complete) -> Complete) -> TestApp {
    TestApp::with(change, list, |_| {}).await
}

async fn with_pages(pages: Pages) -> TestApp {
    app(|settings| settings.pages(pages)).await
}

fn browser<'a>(app: &'a TestApp, path: &str) -> TestRequest<'a> {
    app.get(path).header("accept", FIREFOX)
}

fn is_page(response: &TestResponse) -> bool {
    response.header("content-type") == Some("text/html; charset=utf-8")
}

#[actix_web::test]
async fn a_browser_sees_a_page_and_a_program_reads_data() {
    let app = with_pages(Pages::new().sign_in("/login")).await;
    let cases = [
        ("/nothing", 404, "Not Found"),
        ("/files", 404, "Not Found"),
        ("/fails", 500, "Internal Server Error"),
        ("/panics", 500, "Internal Server Error"),
        ("/search?page=10", 422, "Unprocessable Entity"),
        ("/login?next=//evil.example", 422, "Unprocessable Entity"),
        ("/gone", 410, "Gone"),
    ];
    for (path, status, title) in cases {
        let page = browser(&app, path).send().await;
        assert_eq!(page.status(), status, "{path}");
        assert!(is_page(&page), "{path}");
        let body = page.text();
        let id = page.header("x-request-id").expect("an id");
        for part in [
            "<!doctype html>",
            "<html lang=\"en\">",
            &format!("<title>{title}</title>"),
            &format!("<h1>{title}</h1>"),
            id,
        ] {
            assert!(body.contains(part), "{path}: {part} in {body}");
        }
        for secret in ["inside", "on purpose", "evil", "style", "<script"] {
            assert!(!body.contains(secret), "{path}: {secret} in {body}");
        }
        let [policy] = all(&page, "content-security-policy")
            .try_into()
            .expect("one");
        assert!(policy.starts_with(PAGE_CSP), "{path}: {policy}");
        for (name, value) in [
            ("cache-control", "no-store"),
            ("referrer-policy", "same-origin"),
            ("x-content-type-options", "nosniff"),
            ("vary", "Accept"),
        ] {
            assert_eq!(all(&page, name), [value], "{path}: {name}");
        }
        for accept in [
            "*/*",
            "application/json",
            "application/json, text/html;q=0.9",
        ] {
            let data = app.get(path).header("accept", accept).send().await;
            assert_eq!(data.status(), status, "{path}");
            assert_eq!(all(&data, "content-type"), ["application/problem+json"]);
            assert_eq!(data.json()["title"], title);
            assert_eq!(all(&data, "vary"), ["Accept"], "{path}");
            let [policy] = all(&data, "content-security-policy")
                .try_into()
                .expect("one");
            assert!(!policy.contains("nonce"), "{path}: {policy}");
        }
    }
}

#[actix_web::test]
async fn a_problem_keeps_its_headers_and_its_texts_are_escaped() {
    let app = with_pages(Pages::new()).await;
    let fails = browser(&app, "/fails").send().await;
    assert_eq!(all(&fails, "set-cookie"), ["theme=dark"]);
    let gone = browser(&app, "/gone").send().await;
    assert!(
        gone.text()
            .contains("<p>It was &lt;moved&gt; &amp; &quot;lost&quot;.</p>")
    );
    let search = browser(&app, "/search?page=10").send().await;
    assert!(
        search.text().contains("<li><code>page</code>"),
        "{}",
        search.text()
    );
    browser(&app, "/limited").send().await;
    let limited = browser(&app, "/limited").send().await;
    assert_eq!(limited.status(), 429);
    assert!(is_page(&limited));
    assert_eq!(all(&limited, "retry-after").len(), 1);
    assert_eq!(all(&limited, "ratelimit").len(), 1);
    let method = app.delete("/mine").header("accept", FIREFOX).send().await;
    assert_eq!(
        (method.status(), method.header("allow")),
        (405, Some("GET, POST"))
    );
    assert!(is_page(&method));
}

#[actix_web::test]
async fn without_pages_everybody_reads_data() {
    let app = app(|settings| settings).await;
    for (path, status) in [("/nothing", 404), ("/mine", 401), ("/panics", 500)] {
        let response = browser(&app, path).send().await;
        assert_eq!(response.status(), status);
        assert_eq!(all(&response, "content-type"), ["application/problem+json"]);
        assert_eq!(all(&response, "vary"), [""; 0]);
    }
}

#[actix_web::test]
async fn what_a_handler_says_itself_goes_out() {
    let app = with_pages(Pages::new()).await;
    let own = browser(&app, "/own").send().await;
    assert_eq!(seen(&own), (404, json!({"mine": true})));
    assert_eq!(all(&own, "vary"), [""; 0]);
    let page = browser(&app, "/own-page").send().await;
    assert_eq!((page.status(), all(&page, "vary").len()), (200, 0));
}

#[actix_web::test]
async fn nobody_is_sent_to_the_sign_in_page_and_back() {
    let app = with_pages(Pages::new().sign_in("/login")).await;
    let sent = browser(&app, "/mine?a=b&c=d%20e").send().await;
    assert_eq!((sent.status(), sent.text().as_str()), (303, ""));
    let place = sent.header("location").expect("a place").to_owned();
    assert_eq!(place, "/login?next=/mine%3Fa%3Db%26c%3Dd%2520e");
    for name in ["www-authenticate", "content-type"] {
        assert_eq!(all(&sent, name), [""; 0], "{name}");
    }
    assert_eq!(all(&sent, "cache-control"), ["no-store"]);
    assert_eq!(all(&sent, "vary"), ["Accept"]);
    assert_eq!(all(&sent, "x-request-id").len(), 1);
    assert_eq!(all(&sent, "content-security-policy").len(), 1);
    // Where no browser gets in, signing in leads nowhere.
    let useless = browser(&app, "/programs").send().await;
    assert_eq!((useless.status(), is_page(&useless)), (401, true));
    assert!(!useless.text().contains("/login"));
    // The form there reads the same place.
    let back = browser(&app, &place).send().await;
    assert_eq!(
        (back.status(), back.header("location")),
        (303, Some("/mine?a=b&c=d%20e"))
    );
}

#[actix_web::test]
async fn only_who_navigates_is_sent_there() {
    let app = with_pages(Pages::new().sign_in("/login")).await;
    let token = app.token(&secure_runtime::token::Grant::new("ada"));
    let page = |response: &TestResponse| {
        assert_eq!(response.status(), 401);
        assert!(is_page(response));
        assert!(response.text().contains("<a href=\"/login\">"));
        assert_eq!(all(response, "www-authenticate").len(), 1);
        assert_eq!(all(response, "cache-control"), ["no-store"]);
    };
    page(&app.post("/mine").header("accept", FIREFOX).send().await);
    let fetched = browser(&app, "/mine").header("sec-fetch-mode", "cors");
    page(&fetched.send().await);
    for request in [
        app.get("/mine"),
        app.get("/mine").header("accept", "*/*"),
        app.get("/mine").header("accept", "application/json"),
        browser(&app, "/mine").header("authorization", "Bearer a.b.c"),
        browser(&app, "/mine").header("x-api-key", "a"),
    ] {
        let response = request.send().await;
        assert_eq!(seen(&response), (401, problem(401, "Unauthorized")));
        assert_eq!(all(&response, "www-authenticate").len(), 1);
    }
    // Who is known and may not is told so.
    let bearer = format!("Bearer {token}");
    let known = browser(&app, "/admin").header("authorization", &bearer);
    assert_eq!(known.send().await.status(), 403);
}

#[actix_web::test]
async fn being_sent_there_is_a_failure_all_the_same() {
    let app = with_pages(Pages::new().sign_in("/login")).await;
    let mut answers = Vec::new();
    for _ in 0..3 {
        answers.push(browser(&app, "/guessed").send().await.status());
    }
    assert_eq!(answers, [303, 303, 429]);
}

fn own_problem(page: &ProblemPage<'_>) -> Result<String, Problem> {
    let (status, id) = (page.status().as_u16(), page.request_id());
    let (title, detail) = (page.title(), page.detail().unwrap_or("-"));
    match status {
        410 => Err(Problem::internal("no template")),
        422 => panic!("the template panics"),
        _ => Ok(format!("{status}|{title}|{detail}|{id}|{}", page.nonce())),
    }
}

#[actix_web::test]
async fn the_app_makes_its_own_page() {
    let app = with_pages(Pages::new().problem(own_problem)).await;
    let page = browser(&app, "/nothing").send().await;
    let body = page.text();
    let [status, title, detail, id, nonce] = body.split('|').collect::<Vec<_>>()[..] else {
        panic!("{body}");
    };
    assert_eq!(
        (page.status(), status, title, detail),
        (404, "404", "Not Found", "-")
    );
    assert_eq!(page.header("x-request-id"), Some(id));
    let [policy] = all(&page, "content-security-policy")
        .try_into()
        .expect("one");
    assert!(policy.contains(&format!("'nonce-{nonce}'")), "{policy}");
    for (path, status) in [("/gone", 410), ("/search?page=10", 422)] {
        let plain = browser(&app, path).send().await;
        assert_eq!(plain.status(), status);
        assert!(plain.text().starts_with("<!doctype html>"), "{path}");
        assert!(!plain.text().contains("template"), "{path}");
    }
}

#[actix_web::test]
async fn texts_are_replaced_by_status() {
    let texts = [
        ProblemText::new(StatusCode::NOT_FOUND, "Weg").with_detail("Hier ist nichts."),
        ProblemText::new(StatusCode::GONE, "Fort").with_detail("Es war da."),
        ProblemText::new(StatusCode::BAD_REQUEST, "Unlesbar").with_only_detail("Bitte anders."),
        ProblemText::new(StatusCode::INTERNAL_SERVER_ERROR, "Kaputt"),
    ];
    let change = |settings: Complete| {
        let settings = settings
            .problem_texts(texts)
            .allowed_hosts(hosts!("example.com"));
        settings.pages(Pages::new().language("de"))
    };
    let app = app(change).await;
    let read =
        async |path: &str, host: &str| seen(&app.get(path).header("host", host).send().await);
    let body = |status: u16, title: &str, detail: Option<&str>| {
        let mut body = problem(status, title);
        if let Some(detail) = detail {
            body["detail"] = detail.into();
        }
        (status, body)
    };
    let here = "example.com";
    assert_eq!(
        read("/nothing", here).await,
        body(404, "Weg", Some("Hier ist nichts."))
    );
    let own = Some("It was <moved> & \"lost\".");
    assert_eq!(read("/gone", here).await, body(410, "Fort", own));
    assert_eq!(
        read("/nothing", "evil.example").await,
        body(400, "Unlesbar", Some("Bitte anders."))
    );
    for path in ["/fails", "/panics"] {
        assert_eq!(read(path, here).await, body(500, "Kaputt", None));
    }
    assert_eq!(read("/mine", here).await, body(401, "Unauthorized", None));
    let page = browser(&app, "/nothing")
        .header("host", here)
        .send()
        .await
        .text();
    for part in [
        "<html lang=\"de\">",
        "<h1>Weg</h1>",
        "<p>Hier ist nichts.</p>",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
}

/// What a middleware inside ours has made of a problem is its own, and what it adds stays.
#[actix_web::test]
async fn a_middleware_inside_ours_is_heard() {
    let security = Security::builder()
        .issuer("https://auth.test")
        .audience("https://api.test")
        .signing_key(Hs256Key::random())
        .pages(Pages::new())
        .build()
        .expect("settings");
    let routes = security.routes(list).expect("routes");
    let app = App::new()
        .configure(routes.mount())
        .wrap_fn(|request, service| {
            let how = request.headers().get("x-how").cloned();
            let inner = service.call(request);
            async move {
                let mut response = inner.await?;
                let headers = response.headers_mut();
                match how.as_ref().map(header::HeaderValue::as_bytes) {
                    Some(b"adds") => {
                        headers.insert(header::VARY, header::HeaderValue::from_static("accept, a"));
                        headers.insert(header::ETAG, header::HeaderValue::from_static("\"a\""));
                        headers.insert(
                            header::HeaderName::from_static("x-theirs"),
                            header::HeaderValue::from_static("yes"),
                        );
                    }
                    Some(_) => {
                        let kind = header::HeaderValue::from_static("text/html");
                        headers.insert(header::CONTENT_TYPE, kind);
                        return Ok(
                            response.map_body(|_, _| actix_web::body::BoxBody::new("theirs"))
                        );
                    }
                    None => {}
                }
                Ok(response.map_into_boxed_body())
            }
        });
    let app = init_service(app.wrap(security.middleware())).await;
    let ask = async |how: &str| {
        let request = ActixRequest::get()
            .uri("/gone")
            .insert_header(("x-how", how));
        let request = request.insert_header(("accept", FIREFOX)).to_request();
        call_service(&app, request).await
    };
    let adds = ask("adds").await;
    let header = |name: &str| -> Vec<_> {
        let values = adds.headers().get_all(name);
        values.map(|value| value.to_str().expect("text")).collect()
    };
    assert_eq!(header("x-theirs"), ["yes"]);
    assert_eq!(header("vary"), ["accept, a"]);
    assert_eq!(header("etag"), [""; 0], "that was of another body");
    assert_eq!(header("content-type"), ["text/html; charset=utf-8"]);
    let replaces = ask("replaces").await;
    assert_eq!(actix_web::test::read_body(replaces).await, "theirs");
}

#[actix_web::test]
async fn a_sign_in_page_elsewhere_does_not_build() {
    let build = |pages: Pages| {
        Security::builder()
            .issuer("https://auth.test")
            .audience("https://api.test")
            .signing_key(Hs256Key::random())
            .pages(pages)
            .build()
    };
    assert!(build(Pages::new().sign_in("/login")).is_ok());
    for elsewhere in ["https://evil.example/login", "//evil.example", "login"] {
        let error = build(Pages::new().sign_in(elsewhere)).expect_err(elsewhere);
        assert!(error.to_string().contains("the sign-in page"), "{error}");
    }
}

/// Judged as browsers do (the URL standard).
#[test]
fn whatever_is_local_leads_nowhere_else() {
    let here = Url::parse("https://example.com/login").expect("a URL");
    let pieces = [
        "/",
        "\\",
        "//",
        ":",
        "@",
        "?",
        "#",
        ".",
        "..",
        "%2f",
        "a",
        "\t",
        "\n",
        " ",
        "evil.example",
    ];
    let mut checked = 0;
    for first in pieces {
        for second in pieces {
            for third in pieces {
                for fourth in pieces {
                    let text = format!("{first}{second}{third}{fourth}");
                    if let Ok(path) = text.parse::<LocalPath>() {
                        let there = here.join(path.as_str()).expect("an address");
                        assert_eq!(there.origin(), here.origin(), "{text:?}");
                        checked += 1;
                    }
                }
            }
        }
    }
    assert!(checked > 500, "{checked}");
}
