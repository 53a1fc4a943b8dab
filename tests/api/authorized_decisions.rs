//! Who may do what with which resource, and what is answered to whoever may not (C3, C4, C5).

use actix_web::{
    Responder,
    web::{Data, Json},
};
use secure_runtime::{
    prelude::*,
    test::{TestApp, TestResponse},
};
use serde_json::json;

use crate::support::{
    Article, Asked, CHALLENGE, Edit, INVALID_TOKEN, Library, Member, Read, all, problem, seen,
};

#[get("/articles/{id}")]
#[public]
async fn show(article: Authorized<Article, Read>) -> impl Responder {
    let caller = article.caller().map(|caller| caller.subject().to_owned());
    Json(json!({"id": article.id, "for": caller}))
}

#[put("/articles/{id}")]
#[public(unlimited = "because it is a test")]
async fn open_edit(article: Authorized<Article, Edit>) -> impl Responder {
    edited(&article)
}

#[put("/own/articles/{id}")]
#[protected]
async fn edit(article: Authorized<Article, Edit>) -> impl Responder {
    edited(&article)
}

/// Both, and the account beside them, in another order than that in which they are needed.
#[get("/own/articles/{id}/all")]
#[protected]
async fn everything(
    member: CurrentUser<Member>,
    to_edit: Authorized<Article, Edit>,
    to_read: Authorized<Article, Read>,
    caller: CurrentUser,
) -> impl Responder {
    assert_eq!(to_edit.id, to_read.id);
    let (same, account) = (caller.subject().to_owned(), member.into_account());
    format!("{same} {} {}", account.name, edited(&to_edit))
}

#[get("/articles/{id}/reader")]
#[public]
async fn reader(
    article: Authorized<Article, Read>,
    member: Option<CurrentUser<Member>>,
) -> impl Responder {
    let name = member.map(|member| member.account().name.clone());
    format!("{} for {name:?}", article.into_inner().id)
}

fn edited(article: &Authorized<Article, Edit>) -> String {
    let caller = article.caller().expect("a caller");
    format!("{} by {}", article.id, caller.subject())
}

async fn app() -> (TestApp, Library) {
    let library = Library::new();
    let data = Data::new(library.clone());
    let list = |routes: &mut Routes| {
        routes.service(show).service(open_edit).service(edit);
        routes.service(everything).service(reader);
    };
    let app = TestApp::with(
        |settings| settings,
        list,
        |config| {
            config.app_data(data);
        },
    );
    (app.await, library)
}

/// All that a client sees, without what is another one in every answer.
fn bytes(response: &TestResponse) -> (u16, Vec<(String, String)>, String) {
    let mut headers: Vec<_> = response
        .headers()
        .iter()
        .filter(|(name, _)| *name != "x-request-id")
        .map(|(name, value)| (name.to_string(), format!("{value:?}")))
        .collect();
    headers.sort();
    (response.status(), headers, response.text())
}

#[actix_web::test]
async fn whoever_may_gets_the_resource() {
    let (app, _) = app().await;
    let nobody = app.get("/articles/1").send().await;
    assert_eq!(seen(&nobody), (200, json!({"id": 1, "for": null})));
    let ada = app.get("/articles/2").as_user("ada").send().await;
    assert_eq!(seen(&ada), (200, json!({"id": 2, "for": "ada"})));
    for answer in [nobody, ada] {
        // What is answered hangs on who calls.
        assert_eq!(all(&answer, "cache-control"), ["no-store"]);
    }
    for (path, caller, answer) in [
        ("/own/articles/1", "ada", "1 by ada"),
        ("/own/articles/2", "ada", "2 by ada"),
        ("/own/articles/1", "mod", "1 by mod"),
        ("/articles/3", "eve", "3 by eve"),
    ] {
        let response = app.put(path).as_user(caller).send().await;
        assert_eq!((response.status(), response.text().as_str()), (200, answer));
    }
}

#[actix_web::test]
async fn who_may_not_is_told_so_and_who_may_not_know_is_told_nothing() {
    let (app, _) = app().await;
    for (path, caller, status) in [
        ("/own/articles/1", "eve", 403),
        ("/own/articles/3", "ada", 403),
        ("/own/articles/2", "eve", 404),
        ("/own/articles/2", "mod", 404),
        ("/own/articles/4", "ada", 404),
        ("/articles/1", "eve", 403),
        ("/articles/2", "eve", 404),
    ] {
        let response = app.put(path).as_user(caller).send().await;
        let title = if status == 403 {
            "Forbidden"
        } else {
            "Not Found"
        };
        let wanted = (status, problem(status, title));
        assert_eq!(seen(&response), wanted, "{caller} at {path}");
        assert_eq!(all(&response, "www-authenticate"), [""; 0], "{path}");
        assert_eq!(all(&response, "cache-control"), ["no-store"], "{path}");
    }
}

#[actix_web::test]
async fn nobody_is_asked_to_sign_in_where_that_might_help() {
    let (app, library) = app().await;
    let nobody = app.put("/articles/1").send().await;
    assert_eq!(seen(&nobody), (401, problem(401, "Unauthorized")));
    assert_eq!(all(&nobody, "www-authenticate"), [CHALLENGE]);
    // That there is such a draft is nobody's business, signed in or not.
    for id in [2, 4] {
        let nobody = app.put(&format!("/articles/{id}")).send().await;
        assert_eq!(seen(&nobody), (404, problem(404, "Not Found")), "{id}");
    }
    assert_eq!(library.asked(), [Asked::Article; 3]);
    let nobody = app.put("/own/articles/1").send().await;
    assert_eq!(nobody.status(), 401);
    assert_eq!(library.asked(), [], "a protected route asks for nobody");
}

#[actix_web::test]
async fn hidden_and_missing_and_unreadable_are_one_answer() {
    let (app, _) = app().await;
    for caller in [None, Some("eve")] {
        let get = async |id: &str| {
            let request = app.get(&format!("/articles/{id}"));
            let request = match caller {
                Some(caller) => request.as_user(caller),
                None => request,
            };
            bytes(&request.send().await)
        };
        let hidden = get("2").await;
        assert_eq!(hidden.0, 404);
        for id in [
            "4",
            "04294967295",
            "4294967296",
            "-1",
            "1.0",
            "x",
            "0x1",
            "1%00",
            "%00",
            "%31%00",
            "%FF",
            "1%20",
            "%2F",
            "1;2",
            "1,2",
            "null",
            "%EF%BC%91",
        ] {
            assert_eq!(get(id).await, hidden, "{id} as {caller:?}");
        }
        let written_otherwise = get("%31").await;
        assert_eq!(written_otherwise.0, 200, "decoded once, as `Path` does");
    }
}

#[actix_web::test]
async fn an_account_that_is_gone_is_nobody_and_learns_nothing() {
    let (app, library) = app().await;
    library.remove_member("ada");
    for path in ["/articles/1", "/articles/2", "/articles/4", "/articles/x"] {
        let response = app.get(path).as_user("ada").send().await;
        assert_eq!(
            seen(&response),
            (401, problem(401, "Unauthorized")),
            "{path}"
        );
        assert_eq!(
            all(&response, "www-authenticate"),
            [INVALID_TOKEN],
            "{path}"
        );
        assert_eq!(library.asked(), [Asked::Member], "{path}");
    }
    let bad = app.get("/articles/1").header("authorization", "Bearer x");
    assert_eq!(
        bad.send().await.status(),
        401,
        "a bad credential is no nobody"
    );
    assert_eq!(library.asked(), []);
}

#[actix_web::test]
async fn what_cannot_be_loaded_lets_nobody_in_and_says_nothing() {
    for (question, status, title) in [
        (Asked::Article, 500, "Internal Server Error"),
        (Asked::Article, 503, "Service Unavailable"),
        (Asked::Member, 500, "Internal Server Error"),
        (Asked::Member, 503, "Service Unavailable"),
    ] {
        let (app, library) = app().await;
        library.fails(question, status);
        let response = app.put("/own/articles/1").as_user("ada").send().await;
        assert_eq!(
            seen(&response),
            (status, problem(status, title)),
            "{question:?}"
        );
        let retry: &[&str] = if status == 503 { &["2"] } else { &[] };
        assert_eq!(all(&response, "retry-after"), retry);
    }
}

#[actix_web::test]
async fn an_account_is_loaded_once_a_request() {
    let (app, library) = app().await;
    let path = "/own/articles/1/all";
    let response = app.get(path).as_user("ada").send().await;
    assert_eq!(response.text(), "ada ada 1 by ada");
    // Two proofs are two questions about the article.
    let asked = [Asked::Member, Asked::Article, Asked::Article];
    assert_eq!(library.asked(), asked);
    // The next request asks again, so nothing outlives one.
    library.remove_member("ada");
    assert_eq!(app.get(path).as_user("ada").send().await.status(), 401);
    for (caller, answer) in [(None, "3 for None"), (Some("eve"), "3 for Some(\"eve\")")] {
        library.asked();
        let request = app.get("/articles/3/reader");
        let request = match caller {
            Some(caller) => request.as_user(caller),
            None => request,
        };
        assert_eq!(request.send().await.text(), answer);
        let loads = library.asked();
        let of_members = loads.iter().filter(|asked| **asked == Asked::Member);
        assert_eq!(of_members.count(), usize::from(caller.is_some()));
    }
}
