//! `policy = …`: rules of the app's own that are about no one resource (C5).

use std::time::Duration;

use actix_web::{
    HttpRequest, Responder,
    web::{Data, Json},
};
use secure_runtime::{
    Principal, floor,
    prelude::*,
    test::{TestApp, principal},
    token::Grant,
};

use crate::support::{Article, Asked, Edit, Library, Member, Role, Scope, all, problem, seen};

/// What the app says of its callers, and how often it was asked.
#[derive(Debug, Clone, Default)]
struct Roster(std::sync::Arc<std::sync::Mutex<Vec<String>>>);

impl Roster {
    async fn ask(request: &HttpRequest, caller: &Principal) -> Result<Shift, Problem> {
        let roster = request.app_data::<Data<Self>>();
        let roster = roster.ok_or_else(|| Problem::internal("no roster"))?;
        actix_rt::task::yield_now().await;
        roster.asked_about(caller.subject());
        match caller.subject() {
            "down" => Err(Problem::unavailable(Duration::from_secs(3)).because("a secret")),
            "broken" => Err(std::io::Error::other("a secret").into()),
            _ => Ok(Shift {
                guest: request.headers().contains_key("x-guest"),
                on_duty: "ada",
            }),
        }
    }

    fn asked_about(&self, subject: &str) {
        self.0.lock().expect("a lock").push(subject.to_owned());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("a lock"))
    }
}

/// What it is decided by.
struct Shift {
    guest: bool,
    on_duty: &'static str,
}

struct OnDuty;

impl AccessPolicy for OnDuty {
    type Facts = Shift;

    async fn facts(request: &HttpRequest, caller: &Principal) -> Result<Shift, Problem> {
        Roster::ask(request, caller).await
    }

    fn decide(caller: &Principal, shift: &Shift) -> Decision {
        match (shift.guest, caller.subject() == shift.on_duty) {
            (true, _) => Decision::Hide,
            (false, true) => Decision::Allow,
            (false, false) => Decision::Forbid,
        }
    }
}

mod rules {
    use super::*;

    /// Nobody but those whose name is short.
    pub(super) struct Short<const LENGTH: usize>;

    impl<const LENGTH: usize> AccessPolicy for Short<LENGTH> {
        type Facts = ();

        async fn facts(_: &HttpRequest, _: &Principal) -> Result<(), Problem> {
            Ok(())
        }

        fn decide(caller: &Principal, (): &()) -> Decision {
            match caller.subject().len() <= LENGTH {
                true => Decision::Allow,
                false => Decision::Forbid,
            }
        }
    }
}

#[validated]
struct Note {
    #[validate(length(min = 1, max = 10))]
    text: String,
}

#[post("/alarm")]
#[protected(policy = OnDuty)]
#[validated]
async fn alarm(note: Json<Note>) -> impl Responder {
    note.into_inner().text
}

#[post("/all/{user_id}")]
#[protected(
    roles = "user",
    scopes = "notes:write",
    owner = "user_id",
    policy = OnDuty
)]
async fn all_of_them() -> impl Responder {
    "all"
}

#[get("/short")]
#[protected(policy = rules::Short::<3>)]
async fn short() -> impl Responder {
    "short"
}

#[put("/articles/{id}")]
#[protected(policy = OnDuty)]
async fn edit(article: Authorized<Article, Edit>, member: CurrentUser<Member>) -> impl Responder {
    format!("{} by {}", article.id, member.account().name)
}

#[get("/plain")]
#[protected]
async fn plain() -> impl Responder {
    "plain"
}

#[get("/too")]
#[protected(policy = rules::Short::<3>)]
async fn short_too() -> impl Responder {
    "short"
}

fn list(routes: &mut Routes) {
    routes.service(alarm).service(all_of_them).service(short);
    routes.service(edit);
    routes.scope("/duty", |duty| {
        duty.floor(floor!(policy = OnDuty));
        duty.service(plain).service(short_too);
    });
}

async fn app() -> (TestApp, Roster, Library) {
    let (roster, library) = (Roster::default(), Library::new());
    let (data, more) = (Data::new(roster.clone()), Data::new(library.clone()));
    let app = TestApp::with(
        |settings| settings,
        list,
        |config| {
            config.app_data(data).app_data(more);
        },
    );
    (app.await, roster, library)
}

#[actix_web::test]
async fn a_policy_lets_in_whom_it_decides_for_before_the_body_is_read() {
    let (app, roster, _) = app().await;
    for (kind, body) in [
        ("application/json", r#"{"text":"fire"}"#),
        ("application/json", "{junk"),
        ("text/plain", "fire"),
    ] {
        let send = || app.post("/alarm").body(kind, body);
        let nobody = send().send().await;
        assert_eq!(nobody.status(), 401);
        assert_eq!(roster.take(), [""; 0], "nobody is asked about");
        let eve = send().as_user("eve").send().await;
        assert_eq!(seen(&eve), (403, problem(403, "Forbidden")));
        assert_eq!(all(&eve, "www-authenticate"), [""; 0]);
        let guest = send().as_user("ada").header("x-guest", "1").send().await;
        assert_eq!(seen(&guest), (404, problem(404, "Not Found")));
        assert_eq!(roster.take(), ["eve", "ada"]);
        let ada = send().as_user("ada").send().await;
        let expected = match (kind, body.starts_with("{junk")) {
            ("text/plain", _) => 415,
            (_, true) => 400,
            _ => 200,
        };
        assert_eq!(ada.status(), expected);
        assert_eq!(roster.take(), ["ada"]);
    }
}

#[actix_web::test]
async fn everything_that_is_demanded_holds_and_the_policy_is_asked_last() {
    let (app, roster, _) = app().await;
    let full = |subject: &str| {
        let grant = Grant::new(subject).with_roles(["user"]);
        grant.with_scopes(["notes:write"])
    };
    for (name, path, grant, status) in [
        (
            "no role",
            "/all/ada",
            Grant::new("ada").with_scopes(["notes:write"]),
            403,
        ),
        (
            "no scope",
            "/all/ada",
            Grant::new("ada").with_roles(["user"]),
            403,
        ),
        ("not the owner", "/all/eve", full("ada"), 403),
    ] {
        let response = app.post(path).with_grant(&grant).send().await;
        assert_eq!(response.status(), status, "{name}");
        assert_eq!(roster.take(), [""; 0], "{name}");
    }
    let eve = app.post("/all/eve").with_grant(&full("eve")).send().await;
    assert_eq!(eve.status(), 403, "the policy is not met");
    let ada = app.post("/all/ada").with_grant(&full("ada")).send().await;
    assert_eq!(ada.text(), "all");
}

#[actix_web::test]
async fn a_policy_comes_before_a_resource_and_both_are_met() {
    let (app, _, library) = app().await;
    for (path, caller, status, asked) in [
        ("/articles/1", "eve", 403, &[][..]),
        ("/articles/4", "eve", 403, &[]),
        ("/articles/3", "ada", 403, &[Asked::Member, Asked::Article]),
        ("/articles/4", "ada", 404, &[Asked::Member, Asked::Article]),
        ("/articles/1", "ada", 200, &[Asked::Member, Asked::Article]),
    ] {
        let response = app.put(path).as_user(caller).send().await;
        assert_eq!(response.status(), status, "{caller} at {path}");
        assert_eq!(library.asked(), asked, "{caller} at {path}");
    }
}

#[actix_web::test]
async fn a_policy_of_a_floor_is_asked_beside_the_routes_own() {
    let (app, roster, _) = app().await;
    let get = async |path: &str, caller: &str| {
        let request = app.get(path).as_user(caller);
        request.send().await.status()
    };
    assert_eq!(get("/duty/plain", "ada").await, 200);
    assert_eq!(get("/duty/plain", "eve").await, 403);
    assert_eq!(get("/duty/too", "ada").await, 200);
    assert_eq!(get("/duty/too", "eve").await, 403);
    assert_eq!(roster.take(), ["ada", "eve", "ada", "eve"]);
    assert_eq!(get("/short", "eve").await, 200);
    assert_eq!(get("/short", "anna").await, 403);
}

#[actix_web::test]
async fn what_cannot_be_known_lets_nobody_in_and_says_nothing() {
    let (app, _, _) = app().await;
    for (caller, status, title) in [
        ("broken", 500, "Internal Server Error"),
        ("down", 503, "Service Unavailable"),
    ] {
        let response = app.get("/duty/plain").as_user(caller).send().await;
        assert_eq!(seen(&response), (status, problem(status, title)));
    }
}

#[test]
fn a_policy_is_tested_without_a_request() {
    let shift = |guest| Shift {
        guest,
        on_duty: "ada",
    };
    let (ada, eve) = (principal(&Grant::new("ada")), principal(&Grant::new("eve")));
    assert_eq!(OnDuty::decide(&ada, &shift(false)), Decision::Allow);
    assert_eq!(OnDuty::decide(&eve, &shift(false)), Decision::Forbid);
    assert_eq!(OnDuty::decide(&ada, &shift(true)), Decision::Hide);
    assert_eq!(rules::Short::<2>::decide(&ada, &()), Decision::Forbid);
}
