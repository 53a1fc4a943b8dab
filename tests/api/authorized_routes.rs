//! Resources and policies where they are mounted: what keeps the app from starting, the matrix, the assertions.

use actix_web::{HttpRequest, Responder};
use secure_runtime::{
    LaunchError, Principal, Security, assert_policy, floor,
    prelude::*,
    principal::NoAccount,
    test::{TestApp, TestClock},
};
use serde_json::{Value, json};

use crate::support::{Article, Edit, Member, Read, Scope, problem, seen, settings};

struct OnDuty;

impl AccessPolicy for OnDuty {
    type Facts = ();

    async fn facts(_: &HttpRequest, _: &Principal) -> Result<(), Problem> {
        Ok(())
    }

    fn decide(_: &Principal, (): &()) -> Decision {
        Decision::Allow
    }
}

/// Found by another parameter, and by what the caller is called.
struct Shelf(String);

impl Resource for Shelf {
    type Id = u8;
    type Account = NoAccount;
    const PARAMETER: &'static str = "shelf";

    async fn load(id: u8, _: &HttpRequest) -> Result<Option<Self>, Problem> {
        Ok((id < 3).then(|| Self(["ada", "eve", ""][usize::from(id)].to_owned())))
    }
}

impl<T: 'static> Allows<Put<T>> for Shelf {
    fn decide(&self, caller: Option<&CurrentUser>) -> Decision {
        match caller.is_some_and(|caller| caller.subject() == self.0) {
            true => Decision::Allow,
            false => Decision::Hide,
        }
    }
}

/// Found by a word.
struct Tag(String);

#[validated]
struct Word(#[validate(length(min = 1, max = 5))] String);

impl Resource for Tag {
    type Id = Word;
    type Account = NoAccount;
    const PARAMETER: &'static str = "tag";

    async fn load(Word(word): Word, _: &HttpRequest) -> Result<Option<Self>, Problem> {
        Ok(Some(Self(word)))
    }
}

impl Allows<()> for Tag {
    fn decide(&self, _: Option<&CurrentUser>) -> Decision {
        Decision::Allow
    }
}

#[get("/tags/{tag}")]
#[public]
async fn tagged(tag: Authorized<Tag, ()>) -> impl Responder {
    tag.into_inner().0
}

/// To put something on it.
struct Put<T>(std::marker::PhantomData<T>);

#[get("/articles/{id}")]
#[public]
async fn show(article: Authorized<Article, Read>) -> impl Responder {
    article.id.to_string()
}

#[put("/articles/{id}")]
#[protected(scopes = "notes:write", policy = OnDuty)]
async fn change(article: Authorized<Article, Edit>) -> impl Responder {
    article.id.to_string()
}

#[post("/shelves/{shelf}/{id}")]
#[protected]
async fn put_on(
    shelf: Authorized<Shelf, Put<Article>>,
    article: Authorized<Article, Read>,
    _member: CurrentUser<Member>,
) -> impl Responder {
    format!("{} {}", shelf.0, article.id)
}

#[protected]
async fn plain(shelf: Authorized<Shelf, Put<Article>>) -> impl Responder {
    shelf.into_inner().0
}

#[protected]
async fn without() -> impl Responder {
    "without"
}

assert_policy!(change, put_on, plain; |policy| policy.needs_resource());
assert_policy!(without; |policy| !policy.needs_resource() && !policy.needs_policy());
assert_policy!(change; |policy| policy.needs_policy() && policy.loads_account());
assert_policy!(show; |policy| policy.is_public() && policy.asks_who_calls());
assert_policy!(plain; |policy| !policy.loads_account() && policy.asks_who_calls());

fn launch(list: impl Fn(&mut Routes) + Send + Sync + 'static) -> Result<Security, LaunchError> {
    let security = settings(&TestClock::default()).build().expect("settings");
    security.routes(list)?;
    Ok(security)
}

#[test]
fn a_path_without_the_parameter_does_not_launch() {
    let error = launch(|routes| {
        routes.get("/shelves/{id}", plain);
    });
    let error = error.expect_err("a finding");
    let [finding] = error.findings() else {
        panic!("one finding: {error}");
    };
    assert_eq!(
        finding,
        "GET /shelves/{id} (`plain`) takes `Authorized<Shelf, Put<Article>>`, which is found by the path \
         parameter `shelf`, and the path has no `{shelf}`"
    );
}

#[actix_web::test]
async fn a_parameter_of_a_scope_is_one() {
    let app = TestApp::new(|routes| {
        routes.scope("/shelves/{shelf}", |shelf| {
            shelf.get("", plain).get("/all", plain);
        });
        routes.get("/shelf/{shelf:[0-9]+}/{tail}*", plain);
    })
    .await;
    for path in ["/shelves/1", "/shelves/1/all", "/shelf/1/a/b"] {
        let eve = app.get(path).as_user("eve").send().await;
        assert_eq!((eve.status(), eve.text().as_str()), (200, "eve"), "{path}");
        let ada = app.get(path).as_user("ada").send().await;
        assert_eq!(ada.status(), 404, "{path}");
    }
}

#[actix_web::test]
async fn an_id_that_is_a_text_keeps_to_its_rules_or_nothing_has_it() {
    let app = TestApp::new(|routes| {
        routes.service(tagged);
    })
    .await;
    for (path, word) in [
        ("/tags/rust", "rust"),
        ("/tags/%72ust", "rust"),
        ("/tags/a%2Fb", "a/b"),
        ("/tags/%2572", "%72"),
        ("/tags/gr%C3%BCn", "grün"),
    ] {
        let found = app.get(path).send().await;
        assert_eq!(
            (found.status(), found.text().as_str()),
            (200, word),
            "{path}"
        );
    }
    for path in [
        "/tags/toolong",
        "/tags/a%00b",
        "/tags/%FF",
        "/tags/a%C3",
        "/tags/%25%FF",
    ] {
        let missing = app.get(path).send().await;
        assert_eq!(seen(&missing), (404, problem(404, "Not Found")), "{path}");
    }
}

#[test]
fn the_matrix_says_what_is_asked() {
    let security = launch(|routes| {
        routes.service(show).service(change).service(put_on);
        routes.scope("/duty", |duty| {
            duty.floor(floor!(policy = OnDuty));
            duty.get("/without", without);
        });
    });
    let report = security.expect("routes").report();
    let markdown = report.markdown();
    for line in [
        "| GET | /articles/{id} | everyone; Authorized<Article, Read> | – | – | api::authorized_routes::show |",
        "| PUT | /articles/{id} | scope notes:write; policy OnDuty; Authorized<Article, Edit> | – | – | \
         api::authorized_routes::change |",
        "| POST | /shelves/{shelf}/{id} | signed in; Authorized<Shelf, Put<Article>>; Authorized<Article, \
         Read> | – | – | api::authorized_routes::put_on |",
        "| GET | /duty/without | policy OnDuty (floor) | – | – | api::authorized_routes::without |",
    ] {
        assert!(markdown.contains(line), "no {line} in\n{markdown}");
    }
    let report: Value = serde_json::from_str(&report.json()).expect("JSON");
    let rows = report["routes"].as_array().expect("rows");
    let row = |handler: &str| {
        let handler = format!("api::authorized_routes::{handler}");
        let row = rows.iter().find(|row| row["handler"] == handler.as_str());
        row.expect("a row")
    };
    let asked = json!([{"resource": "Article", "action": "Edit", "parameter": "id"}]);
    assert_eq!(row("change")["resources"], asked);
    assert_eq!(row("change")["policy"], "OnDuty");
    assert_eq!(row("put_on")["resources"][0]["action"], "Put<Article>");
    assert_eq!(row("without")["floors"][0]["policy"], "OnDuty");
    // What is not asked is not there.
    assert_eq!(row("show").get("policy"), None);
    assert_eq!(row("without").get("resources"), None);
}
