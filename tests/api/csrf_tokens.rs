//! Callers with a session, and the form token for browsers that do not say where a request comes from (G3).

use std::time::Duration;

use actix_web::{
    HttpResponse, Responder,
    http::Method,
    web::{Form, Html, Json},
};
use secure_runtime::{
    Profile,
    account::SessionSignIn,
    audit::AuditKind,
    cors,
    csrf::CsrfToken,
    prelude::*,
    session::{self, SessionSettings},
    test::{TestApp, TestRequest, TestResponse, TestSession},
    token::Grant,
};
use serde_json::json;

use crate::support::{Complete, Login, Scope, all, asking, new_key, problem_with, seen};

const OWN: &str = "https://accounts.example";
const APP: &str = "https://app.example";
const EVIL: &str = "https://evil.example";
const DETAIL: &str = "This request does not come from a page of this site. Open the page again and send it from there.";
const FORM: &str = "application/x-www-form-urlencoded";
const SITE: &str = "sec-fetch-site";
const HEADER: &str = "x-csrf-token";

#[validated]
struct Credentials {
    #[validate(length(max = 100))]
    name: String,
    #[validate(length(max = 100))]
    password: Secret<String>,
}

#[validated]
struct Note {
    #[validate(length(min = 1, max = 10))]
    text: String,
}

#[get("/login")]
#[public]
async fn login_page(token: CsrfToken) -> Html {
    Html::new(token.field())
}

#[post("/login")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn signs_in(
    sign_in: SessionSignIn,
    form: Form<Credentials>,
) -> Result<impl Responder, Problem> {
    let Credentials { name, password } = form.into_inner();
    let signed_in = sign_in.with_password(&name, password).await?;
    Ok(signed_in.subject().to_owned())
}

/// A page with two forms.
#[get("/page")]
#[protected]
async fn signed_page(caller: CurrentUser, token: CsrfToken, other: CsrfToken) -> impl Responder {
    assert_eq!(format!("{token:?} {other:?}"), "CsrfToken(…) CsrfToken(…)");
    assert_eq!(token.to_string(), token.as_str());
    assert!(!caller.subject().is_empty());
    format!("{token} {other}")
}

#[get("/both")]
#[public]
async fn page_for_everybody(token: CsrfToken, other: CsrfToken) -> impl Responder {
    format!("{token} {other}")
}

#[post("/notes")]
#[protected]
#[validated]
async fn write_note(note: Form<Note>) -> impl Responder {
    note.into_inner().text
}

#[post("/checked")]
#[protected]
#[validated]
async fn write_checked(note: Checked<Form<Note>>) -> impl Responder {
    match note.into_result() {
        Ok(note) => HttpResponse::Ok().body(note.text),
        Err(form) => HttpResponse::UnprocessableEntity().body(form.value("text").to_owned()),
    }
}

#[post("/json")]
#[protected]
#[validated]
async fn write_json(note: Json<Note>) -> impl Responder {
    note.into_inner().text
}

#[post("/bare")]
#[protected]
async fn posts_nothing() -> impl Responder {
    "done"
}

#[post("/keyed")]
#[protected(scopes = "notes:write", via = ["bearer", "api_key", "session"])]
async fn takes_keys() -> impl Responder {
    "done"
}

#[post("/open")]
#[protected(csrf_off = "because pages of partners post here")]
async fn is_open() -> impl Responder {
    "done"
}

#[post("/anybody")]
#[public(unlimited = "because it is a test")]
async fn greets(caller: Option<CurrentUser>) -> impl Responder {
    caller.map_or("nobody".to_owned(), |caller| caller.subject().to_owned())
}

/// Any method, to see which are asked.
#[route(
    "/any",
    method = "GET",
    method = "HEAD",
    method = "OPTIONS",
    method = "TRACE",
    method = "POST",
    method = "PUT",
    method = "PATCH",
    method = "DELETE"
)]
#[protected]
async fn takes_any() -> impl Responder {
    "done"
}

fn list(routes: &mut Routes) {
    routes
        .service(login_page)
        .service(signs_in)
        .service(signed_page)
        .service(page_for_everybody)
        .service(write_note)
        .service(write_checked)
        .service(write_json)
        .service(posts_nothing)
        .service(takes_keys)
        .service(is_open)
        .service(greets)
        .service(takes_any)
        .service(session::sign_out);
}

async fn app() -> Login {
    let change = |settings: Complete| {
        settings
            .sessions(SessionSettings::new())
            .public_origin(OWN)
            .cors(cors!(origins = ["https://app.example"], credentials = true))
    };
    Login::mounting(change, list).await
}

/// A browser that is signed in, and says nothing about where a request comes from.
fn send<'a>(
    app: &'a TestApp,
    method: Method,
    path: &str,
    session: &TestSession,
) -> TestRequest<'a> {
    app.request(method, path).header("cookie", session.cookie())
}

fn post<'a>(app: &'a TestApp, path: &str, session: &TestSession) -> TestRequest<'a> {
    send(app, Method::POST, path, session)
}

async fn token_of(app: &TestApp, session: &TestSession) -> String {
    let response = send(app, Method::GET, "/page", session).send().await;
    assert_eq!(response.status(), 200);
    let text = response.text();
    let (token, other) = text.split_once(' ').expect("two tokens");
    assert_ne!(token, other);
    token.to_owned()
}

/// The token of a page that nobody is signed in to, with the cookie that came with it.
async fn visit(app: &TestApp) -> (String, String) {
    let response = app.get("/login").send().await;
    let page = response.text();
    let token = page
        .strip_prefix("<input type=\"hidden\" name=\"csrf_token\" value=\"")
        .and_then(|rest| rest.strip_suffix("\">"))
        .unwrap_or_else(|| panic!("{page}"));
    let cookies = all(&response, "set-cookie");
    let [cookie] = &cookies[..] else {
        panic!("one cookie: {cookies:?}")
    };
    let (pair, rest) = cookie.split_once(';').expect("attributes");
    assert_eq!(rest, " Path=/; Secure; HttpOnly; SameSite=Lax");
    assert!(pair.starts_with("__Host-csrf="), "{pair}");
    assert_eq!(response.header("cache-control"), Some("no-store"));
    (token.to_owned(), pair.to_owned())
}

#[track_caller]
fn assert_refused(name: &str, response: &TestResponse) {
    let wanted = (403, problem_with(403, "Forbidden", DETAIL));
    assert_eq!(seen(response), wanted, "{name}");
}

#[actix_web::test]
async fn a_caller_with_a_session_is_asked_where_from() {
    let Login { app, .. } = app().await;
    let session = app.session("ada").await;
    let cases: &[(&[(&str, &str)], bool)] = &[
        (&[(SITE, "same-origin")], true),
        (&[(SITE, "none")], true),
        (
            &[
                (SITE, "same-site"),
                ("origin", "https://x.accounts.example"),
            ],
            false,
        ),
        (&[(SITE, "same-site"), ("origin", APP)], true),
        (&[(SITE, "cross-site"), ("origin", EVIL)], false),
        (&[(SITE, "cross-site"), ("origin", APP)], true),
        (&[(SITE, "cross-site")], false),
        (&[(SITE, "x")], false),
        (&[("origin", OWN)], true),
        (&[("origin", APP)], true),
        (&[("origin", EVIL)], false),
        (&[("origin", "null")], false),
        (&[], false),
    ];
    for (headers, passes) in cases {
        for path in ["/bare", "/json", "/keyed", "/anybody"] {
            let request = post(&app, path, &session).json(&json!({"text": "done"}));
            let headers = headers.iter();
            let request = headers.fold(request, |request, (name, value)| {
                request.header(name, value)
            });
            let response = request.send().await;
            match (passes, path) {
                (true, "/anybody") => assert_eq!(response.text(), "ada", "{cases:?}"),
                (true, _) => assert_eq!(response.text(), "done", "{path}"),
                (false, _) => assert_refused(path, &response),
            }
        }
    }
}

#[actix_web::test]
async fn methods_that_change_nothing_are_not_asked() {
    let Login { app, .. } = app().await;
    let session = app.session("ada").await;
    for (method, is_asked) in [
        (Method::GET, false),
        (Method::HEAD, false),
        (Method::OPTIONS, false),
        (Method::TRACE, false),
        (Method::POST, true),
        (Method::PUT, true),
        (Method::PATCH, true),
        (Method::DELETE, true),
    ] {
        let request = send(&app, method.clone(), "/any", &session).header(SITE, "cross-site");
        // No header makes another method of it.
        let request = request.header("x-http-method-override", "GET");
        let status = request.send().await.status();
        assert_eq!(status, if is_asked { 403 } else { 200 }, "{method}");
    }
    let posed = send(&app, Method::GET, "/any", &session).header(SITE, "cross-site");
    let posed = posed.header("x-http-method-override", "DELETE");
    assert_eq!(posed.send().await.status(), 200);
}

#[actix_web::test]
async fn a_web_socket_is_opened_by_a_page_of_this_site() {
    let Login { app, .. } = app().await;
    let session = app.session("ada").await;
    let open = || {
        let request = send(&app, Method::GET, "/any", &session);
        request
            .header("connection", "Upgrade")
            .header("upgrade", "WebSocket")
    };
    assert_refused("nothing said", &open().send().await);
    let evil = open().header("origin", EVIL).send().await;
    assert_refused("evil", &evil);
    let evil = open().header("origin", EVIL).header(SITE, "cross-site");
    assert_refused("evil, and said so", &evil.send().await);
    let own = open().header("origin", OWN).send().await;
    assert_eq!(own.status(), 200);
    // By a token, anybody may.
    let bearer = app
        .get("/any")
        .as_user("ada")
        .header("upgrade", "websocket");
    assert_eq!(bearer.header("origin", EVIL).send().await.status(), 200);
}

#[actix_web::test]
async fn what_no_browser_sends_by_itself_is_not_asked() {
    let Login { app, .. } = app().await;
    let session = app.session("ada").await;
    let grant = Grant::new("ada").with_scopes(["notes:write"]);
    let keys = app.security().api_keys();
    let key = keys.create(&asking("ada"), new_key(&["notes:write"])).await;
    let key = key.expect("a key");
    for cookie in ["", session.cookie()] {
        let evil = || {
            let request = app
                .post("/keyed")
                .header("origin", EVIL)
                .header("cookie", cookie);
            request.header(SITE, "cross-site")
        };
        assert_eq!(evil().with_grant(&grant).send().await.text(), "done");
        let by_key = evil().header("x-api-key", key.key.expose());
        assert_eq!(by_key.send().await.text(), "done");
    }
}

#[actix_web::test]
async fn a_route_may_be_open_with_its_reason() {
    let Login { app, .. } = app().await;
    let session = app.session("ada").await;
    let evil = post(&app, "/open", &session).header("origin", EVIL);
    assert_eq!(evil.send().await.text(), "done");
    let report = app.security().report();
    let row = report.routes().iter().find(|row| row.path == "/open");
    let reason = row.and_then(|row| row.csrf_off);
    assert_eq!(reason, Some("because pages of partners post here"));
    assert!(
        report
            .to_string()
            .contains("signed in; from pages of any site")
    );
}

#[actix_web::test]
async fn nobody_is_signed_out_by_another_site() {
    let Login { app, .. } = app().await;
    let session = app.session("ada").await;
    let evil = post(&app, "/logout", &session).header("origin", EVIL);
    assert_refused("evil", &evil.send().await);
    let still = send(&app, Method::GET, "/any", &session).send().await;
    assert_eq!(still.status(), 200);
    let own = post(&app, "/logout", &session).header("origin", OWN);
    assert_eq!(own.send().await.status(), 303);
    let over = send(&app, Method::GET, "/any", &session).send().await;
    assert_eq!(over.status(), 401);
}

#[actix_web::test]
async fn a_refusal_says_whose_session_was_to_be_used() {
    let Login { app, audit, .. } = app().await;
    let session = app.session("ada").await;
    audit.events();
    post(&app, "/bare", &session)
        .header("origin", EVIL)
        .send()
        .await;
    let events = audit.events();
    let [event] = &events[..] else {
        panic!("one event: {events:?}")
    };
    assert_eq!(event.kind, AuditKind::CrossSiteRefused);
    assert_eq!(event.subject.as_deref(), Some("ada"));
    assert!(
        session
            .cookie()
            .contains(event.family.as_deref().expect("a session"))
    );
}

#[actix_web::test]
async fn the_token_stands_in_the_header() {
    let Login { app, .. } = app().await;
    let session = app.session("ada").await;
    let token = token_of(&app, &session).await;
    let json = json!({"text": "done"});
    for path in ["/bare", "/json"] {
        let with = |token: &str| post(&app, path, &session).json(&json).header(HEADER, token);
        assert_eq!(with(&token).send().await.text(), "done", "{path}");
        for bad in [
            "",
            "a",
            &token[1..],
            &format!("{token}a"),
            &token.to_uppercase(),
        ] {
            assert_refused(path, &with(bad).send().await);
        }
        let twice = with(&token).header(HEADER, &token);
        assert_refused("twice", &twice.send().await);
        // It says nothing against what the browser says.
        let evil = with(&token).header("origin", EVIL);
        assert_refused("evil", &evil.send().await);
        let evil = with(&token).header(SITE, "cross-site");
        assert_refused("evil", &evil.send().await);
    }
    // A field of JSON, or of the query, is no place for it.
    let body = json!({"text": "done", "csrf_token": token});
    let elsewhere = post(&app, "/json", &session).json(&body).send().await;
    assert_refused("in JSON", &elsewhere);
    let path = format!("/bare?csrf_token={token}");
    assert_refused("in the query", &post(&app, &path, &session).send().await);
    let body = format!("csrf_token={token}");
    let form = post(&app, "/json", &session).body(FORM, body).send().await;
    assert_refused("in a form, where JSON is read", &form);
}

#[actix_web::test]
async fn a_form_without_fields_carries_its_token_all_the_same() {
    let Login { app, .. } = app().await;
    let session = app.session("ada").await;
    let token = token_of(&app, &session).await;
    let with = |pairs: String| post(&app, "/bare", &session).body(FORM, pairs);
    let good = with(format!("csrf_token={token}")).send().await;
    assert_eq!(good.text(), "done");
    let more = with(format!("csrf_token={token}&go=1")).send().await;
    assert_eq!(more.text(), "done");
    for bad in [
        String::new(),
        "go=1".to_owned(),
        "csrf_token=a".to_owned(),
        format!("csrf_token={token}a"),
        format!("csrf_token={token}&csrf_token={token}"),
        "%zz".to_owned(),
    ] {
        assert_refused(&bad, &with(bad.clone()).send().await);
    }
    let long = with(format!("csrf_token={token}&x={}", "a".repeat(300_000)));
    assert_eq!(long.send().await.status(), 413);
    let no_form = post(&app, "/bare", &session).body("text/plain", format!("csrf_token={token}"));
    assert_refused("no form", &no_form.send().await);
}

#[actix_web::test]
async fn the_token_stands_in_the_form() {
    let Login { app, .. } = app().await;
    let session = app.session("ada").await;
    let token = token_of(&app, &session).await;
    for path in ["/notes", "/checked"] {
        let with = |pairs: String| post(&app, path, &session).body(FORM, pairs);
        let good = with(format!("csrf_token={token}&text=done"));
        assert_eq!(good.send().await.text(), "done", "{path}");
        let again = with(format!("text=again&csrf_token={token}"));
        assert_eq!(again.send().await.text(), "again", "{path}");
        // Before anything is said about the rest.
        for bad in [
            "text=done".to_owned(),
            "text=".to_owned(),
            "other=x".to_owned(),
            "csrf_token=&text=done".to_owned(),
            "csrf_token=a&text=done".to_owned(),
            format!("csrf_token={token}a&text=done"),
            format!("csrf_token={token}&csrf_token={token}&text=done"),
            format!("CSRF_TOKEN={token}&text=done"),
        ] {
            assert_refused(&bad, &with(bad.clone()).send().await);
        }
        let broken = with(format!("csrf_token={token}&text="));
        assert_eq!(broken.send().await.status(), 422, "{path}");
        // The header comes first.
        let header = with("text=done".to_owned()).header(HEADER, &token);
        assert_eq!(header.send().await.text(), "done", "{path}");
        let header = with(format!("csrf_token={token}&text=done")).header(HEADER, "a");
        assert_refused("a bad header", &header.send().await);
        let other = post(&app, path, &session).json(&json!({"csrf_token": token}));
        assert_refused("no form", &other.send().await);
        // Where the browser says where from, nobody looks for it.
        let told = with("text=done".to_owned()).header("origin", OWN);
        assert_eq!(told.send().await.text(), "done", "{path}");
    }
}

#[actix_web::test]
async fn the_token_is_good_for_one_session_and_for_as_long_as_it_lasts() {
    let Login {
        app, owners, clock, ..
    } = app().await;
    owners.set("eve", Grant::new("eve"));
    let (session, other) = (app.session("ada").await, app.session("ada").await);
    let eve = app.session("eve").await;
    let token = token_of(&app, &session).await;
    let foreign = [token_of(&app, &other).await, token_of(&app, &eve).await];
    for foreign in foreign {
        let stolen = post(&app, "/bare", &session).header(HEADER, &foreign);
        assert_refused("somebody else's", &stolen.send().await);
    }
    let (visitors, cookie) = visit(&app).await;
    let both = format!("{}; {cookie}", session.cookie());
    let visitors = app
        .post("/bare")
        .header("cookie", &both)
        .header(HEADER, &visitors);
    assert_refused("a visitor's", &visitors.send().await);

    // The session gets another secret, since its subject may do something else now.
    owners.change("ada", |ada| {
        ada.grant = Grant::new("ada").with_roles(["admin"])
    });
    clock.advance(Duration::from_secs(120));
    let renewed = send(&app, Method::GET, "/any", &session).send().await;
    let renewed = renewed.session().expect("another secret");
    assert_ne!(renewed.cookie(), session.cookie());
    let still = post(&app, "/bare", &renewed).header(HEADER, &token);
    assert_eq!(still.send().await.text(), "done");
}

#[actix_web::test]
async fn a_visitor_signs_in_by_the_form_of_the_page() {
    let Login { app, .. } = app().await;
    let (token, cookie) = visit(&app).await;
    let pairs = |token: &str| format!("csrf_token={token}&name=ada&password=ada%27s+password");
    let sign_in = |cookie: &str, token: &str| {
        let request = app.post("/login").body(FORM, pairs(token));
        match cookie {
            "" => request,
            cookie => request.header("cookie", cookie),
        }
    };
    let (other_token, other_cookie) = visit(&app).await;
    let planted = format!("{cookie}; {other_cookie}");
    for (name, cookie, token) in [
        ("no cookie", "", &token),
        ("another browser's cookie", &other_cookie, &token),
        ("another browser's token", &cookie, &other_token),
        ("two cookies", &planted, &token),
        ("two cookies, the other token", &planted, &other_token),
        (
            "an invented cookie",
            "__Host-csrf=AAAAAAAAAAAAAAAAAAAAAA",
            &token,
        ),
        (
            "a cookie without its prefix",
            &cookie.replace("__Host-", ""),
            &token,
        ),
        ("no token", &cookie, &String::new()),
    ] {
        let response = sign_in(cookie, token).send().await;
        assert_refused(name, &response);
        assert!(response.session().is_none(), "{name}");
    }
    let response = sign_in(&cookie, &token).send().await;
    assert_eq!(response.text(), "ada");
    let session = response.session().expect("a session");

    // From now on it is worth nothing, whatever cookies there are.
    let both = format!("{cookie}; {}", session.cookie());
    let after = app
        .post("/bare")
        .header("cookie", &both)
        .header(HEADER, &token);
    assert_refused("after the sign-in", &after.send().await);
    let again = sign_in(&both, &token).send().await;
    assert_refused("to sign in once more", &again);
    let own = token_of(&app, &session).await;
    let again = sign_in(&both, &own).send().await;
    assert_eq!(again.text(), "ada");
}

#[actix_web::test]
async fn a_browser_keeps_its_cookie_and_each_page_has_another_token() {
    let Login { app, .. } = app().await;
    let response = app.get("/both").send().await;
    let text = response.text();
    let (one, other) = text.split_once(' ').expect("two tokens");
    assert_ne!(one, other);
    let cookies = all(&response, "set-cookie");
    let [cookie] = &cookies[..] else {
        panic!("one cookie: {cookies:?}")
    };
    let cookie = cookie.split(';').next().expect("a pair");
    let login = |token: &str| {
        let request = app
            .post("/login")
            .header("cookie", cookie)
            .header(HEADER, token);
        request.body(FORM, "name=ada&password=ada%27s+password")
    };
    for token in [one, other] {
        assert_eq!(login(token).send().await.text(), "ada");
    }
    let again = app.get("/both").header("cookie", cookie).send().await;
    assert_eq!(all(&again, "set-cookie"), [""; 0]);
    assert_eq!(again.header("cache-control"), Some("no-store"));
    let text = again.text();
    let (third, _) = text.split_once(' ').expect("two tokens");
    assert!(third != one && third != other);
    assert_eq!(login(third).send().await.text(), "ada");
    // What is no cookie of ours gives way to one that is.
    let broken = app
        .get("/both")
        .header("cookie", "__Host-csrf=x")
        .send()
        .await;
    assert_eq!(all(&broken, "set-cookie").len(), 1);
    // Whoever is signed in needs none.
    let session = app.session("ada").await;
    let page = send(&app, Method::GET, "/both", &session).send().await;
    assert_eq!(all(&page, "set-cookie"), [""; 0]);
    let text = page.text();
    let (own, _) = text.split_once(' ').expect("two tokens");
    let posted = post(&app, "/bare", &session).header(HEADER, own);
    assert_eq!(posted.send().await.text(), "done");
}

#[actix_web::test]
async fn in_development_the_cookie_goes_over_plain_http() {
    let change = |settings: Complete| {
        let settings = settings.sessions(SessionSettings::new());
        settings.profile(Profile::Development)
    };
    let Login { app, .. } = Login::mounting(change, list).await;
    let response = app.get("/login").send().await;
    let cookies = all(&response, "set-cookie");
    let (pair, rest) = cookies[0].split_once(';').expect("attributes");
    assert!(pair.starts_with("csrf="), "{pair}");
    assert_eq!(rest, " Path=/; HttpOnly; SameSite=Lax");
}

#[actix_web::test]
async fn a_dead_session_is_nobody() {
    let Login { app, clock, .. } = app().await;
    let session = app.session("ada").await;
    clock.advance(Duration::from_secs(60 * 60));
    let over = post(&app, "/bare", &session).header("origin", EVIL);
    assert_eq!(over.send().await.status(), 401);
    let anybody = post(&app, "/anybody", &session).header("origin", EVIL);
    assert_eq!(anybody.send().await.text(), "nobody");
}
