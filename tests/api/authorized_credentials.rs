//! Resources and what a caller comes with: API keys, sessions, and forms whose token has yet to be read.

use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::{
    Responder,
    web::{Data, Form},
};
use secure_runtime::{
    csrf::CsrfToken,
    prelude::*,
    session::SessionSettings,
    test::{TestApp, TestRequest, TestResponse, TestSession},
    token::Grant,
};

use crate::support::{
    Article, Asked, Complete, Edit, Library, Member, Owners, Read, Scope, all, asking, new_key,
    problem, problem_with, seen,
};

const DETAIL: &str = "This request does not come from a page of this site. Open the page again and send it from there.";
const FORM: &str = "application/x-www-form-urlencoded";

static EDITS: AtomicUsize = AtomicUsize::new(0);

#[validated]
struct Note {
    #[validate(length(min = 1, max = 10))]
    text: String,
}

#[put("/articles/{id}")]
#[protected(scopes = "notes:write", via = ["bearer", "session", "api_key"])]
async fn change(article: Authorized<Article, Edit>) -> impl Responder {
    let caller = article.caller().expect("a caller");
    format!("{} by {}", article.id, caller.via().word())
}

#[get("/page")]
#[protected]
async fn token_page(token: CsrfToken) -> impl Responder {
    token.as_str().to_owned()
}

#[get("/articles/{id}")]
#[public]
async fn show(article: Authorized<Article, Read>) -> impl Responder {
    format!("{} {}", article.id, article.caller().is_some())
}

/// Everybody may ask, and only its author may.
#[get("/articles/{id}/source")]
#[public]
async fn source(article: Authorized<Article, Edit>) -> impl Responder {
    article.id.to_string()
}

/// The guard reads the form.
#[post("/articles/{id}/bare")]
#[protected]
async fn post_bare(article: Authorized<Article, Edit>) -> impl Responder {
    EDITS.fetch_add(1, Ordering::SeqCst);
    format!("{} changed", article.id)
}

/// The handler reads the form.
#[post("/articles/{id}/form")]
#[protected]
#[validated]
async fn post_form(
    form: Form<Note>,
    member: CurrentUser<Member>,
    article: Authorized<Article, Edit>,
) -> impl Responder {
    EDITS.fetch_add(1, Ordering::SeqCst);
    assert_eq!(
        (form.text.as_str(), member.account().name.as_str()),
        ("x", "ada")
    );
    format!("{} changed", article.id)
}

struct World {
    app: TestApp,
    library: Library,
}

async fn world() -> World {
    let (library, owners) = (Library::new(), Owners::with_ada());
    let data = Data::new(library.clone());
    let settings = |settings: Complete| {
        let settings = settings.resource_owners(owners);
        settings.sessions(SessionSettings::new())
    };
    let list = |routes: &mut Routes| {
        routes.service(change).service(token_page);
        routes.service(show).service(source);
        routes.service(post_bare).service(post_form);
    };
    let app = TestApp::with(settings, list, |config| {
        config.app_data(data);
    });
    World {
        app: app.await,
        library,
    }
}

/// A browser that is signed in, and says nothing about where a request comes from.
fn post<'a>(app: &'a TestApp, path: &str, session: &TestSession) -> TestRequest<'a> {
    app.post(path).header("cookie", session.cookie())
}

#[actix_web::test]
async fn a_key_does_with_a_resource_what_its_scopes_and_its_owner_may() {
    let World { app, library } = world().await;
    let keys = app.security().api_keys();
    let key = async |scope: &str| {
        let key = keys.create(&asking("ada"), new_key(&[scope])).await;
        key.expect("a key").key.expose().to_owned()
    };
    let (writes, reads) = (key("notes:write").await, key("notes:read").await);
    let put = async |id: u32, key: &str| -> TestResponse {
        let request = app.put(&format!("/articles/{id}"));
        request.header("x-api-key", key).send().await
    };
    for id in [1, 2] {
        let own = put(id, &writes).await;
        assert_eq!(own.text(), format!("{id} by api_key"));
    }
    library.asked();
    assert_eq!(
        seen(&put(3, &writes).await),
        (403, problem(403, "Forbidden"))
    );
    assert_eq!(library.asked(), [Asked::Member, Asked::Article]);
    assert_eq!(put(4, &writes).await.status(), 404);
    library.asked();
    // The scope is asked first, and named.
    for id in [1, 3, 4] {
        let refused = put(id, &reads).await;
        let challenge = "Bearer realm=\"api\", error=\"insufficient_scope\", scope=\"notes:write\"";
        assert_eq!(refused.status(), 403);
        assert_eq!(all(&refused, "www-authenticate"), [challenge]);
    }
    assert_eq!(library.asked(), []);
    // A key of somebody whose account is gone opens nothing.
    library.remove_member("ada");
    assert_eq!(put(1, &writes).await.status(), 401);
    // A route that names no keys takes none.
    let bare = app.post("/articles/1/bare").header("x-api-key", &writes);
    assert_eq!(bare.send().await.status(), 401);
}

#[actix_web::test]
async fn a_narrowed_token_is_refused_before_the_resource_is_asked_for() {
    let World { app, library } = world().await;
    let scopes = ["notes:read".to_owned()];
    let narrow = Grant::new("ada").with_scopes(["notes:read", "notes:write"]);
    let narrow = narrow.narrowed_to(&scopes);
    let refused = app.post("/articles/1/bare").with_grant(&narrow).send();
    assert_eq!(refused.await.status(), 403);
    assert_eq!(library.asked(), []);
}

#[actix_web::test]
async fn a_narrowed_token_shows_on_a_public_route_what_everybody_sees() {
    let World { app, library } = world().await;
    let whole = Grant::new("ada").with_scopes(["notes:read", "notes:write"]);
    let narrow = whole.clone().narrowed_to(&["notes:read".to_owned()]);
    let get = async |path: &str, grant: &Grant| app.get(path).with_grant(grant).send().await;
    assert_eq!(get("/articles/2", &whole).await.text(), "2 true");
    assert_eq!(get("/articles/1", &narrow).await.text(), "1 false");
    // Her draft is as what is not there, and nobody asks who she is.
    library.asked();
    let (hidden, missing) = (
        get("/articles/2", &narrow).await,
        get("/articles/9", &narrow).await,
    );
    assert_eq!(seen(&hidden), (404, problem(404, "Not Found")));
    assert_eq!(seen(&hidden), seen(&missing));
    assert_eq!(library.asked(), [Asked::Article, Asked::Article]);
    // What nobody is told to sign in for, a narrow token is told that it does not suffice.
    assert_eq!(get("/articles/1/source", &whole).await.text(), "1");
    assert_eq!(app.get("/articles/1/source").send().await.status(), 401);
    let refused = get("/articles/1/source", &narrow).await;
    assert_eq!(refused.status(), 403);
    let challenge = "Bearer realm=\"api\", error=\"insufficient_scope\"";
    assert_eq!(all(&refused, "www-authenticate"), [challenge]);
}

/// Nobody in between keeps what was shown to somebody, nor that there was nothing for somebody else.
#[actix_web::test]
async fn no_answer_about_a_resource_is_kept() {
    let World { app, .. } = world().await;
    for (path, status) in [
        ("/articles/1", 200),
        ("/articles/2", 404),
        ("/articles/9", 404),
        ("/articles/x", 404),
    ] {
        let own = app.get(path).with_role("ada", "user").send().await;
        let foreign = app.get(path).send().await;
        assert_eq!(foreign.status(), status, "{path}");
        for answer in [own, foreign] {
            let kept = all(&answer, "cache-control").join(",");
            assert!(kept.contains("no-store"), "{path}: {kept:?}");
        }
    }
}

#[actix_web::test]
async fn a_session_is_asked_where_from_before_the_resource_is_asked_for() {
    let World { app, library } = world().await;
    let own = app.put("/articles/2").in_session_of("ada").send().await;
    assert_eq!(own.text(), "2 by session");
    library.asked();
    let foreign = app.put("/articles/2").in_session_of("ada");
    let foreign = foreign.header("sec-fetch-site", "cross-site").send().await;
    assert_eq!(
        seen(&foreign),
        (403, problem_with(403, "Forbidden", DETAIL))
    );
    assert_eq!(library.asked(), []);
}

#[actix_web::test]
async fn a_form_that_has_yet_to_tell_is_read_after_the_decision_and_tells_all_the_same() {
    let World { app, library } = world().await;
    let session = app.session("ada").await;
    let page = app.get("/page").header("cookie", session.cookie());
    let token = page.send().await.text();
    EDITS.store(0, Ordering::SeqCst);
    for kind in ["bare", "form"] {
        let send = async |id: u32, token: &str| -> TestResponse {
            let request = post(&app, &format!("/articles/{id}/{kind}"), &session);
            let request = request.body(FORM, format!("csrf_token={token}&text=x"));
            request.send().await
        };
        library.asked();
        let own = send(1, &token).await;
        assert_eq!(
            (own.status(), own.text().as_str()),
            (200, "1 changed"),
            "{kind}"
        );
        assert_eq!(library.asked(), [Asked::Member, Asked::Article], "{kind}");
        let done = EDITS.load(Ordering::SeqCst);
        // With the right token and with a wrong one the resource says the same.
        for token in [token.as_str(), "wrong", ""] {
            let foreign = send(3, token).await;
            assert_eq!(seen(&foreign), (403, problem(403, "Forbidden")), "{kind}");
            assert_eq!(send(4, token).await.status(), 404, "{kind}");
        }
        // Nothing is done to what is one's own without the token.
        for token in ["wrong", ""] {
            let refused = send(1, token).await;
            let wanted = (403, problem_with(403, "Forbidden", DETAIL));
            assert_eq!(seen(&refused), wanted, "{kind}");
        }
        assert_eq!(EDITS.load(Ordering::SeqCst), done, "{kind}");
    }
    assert_eq!(EDITS.load(Ordering::SeqCst), 2);
}
