//! What callers are allowed beyond what the attributes say: plans, without a new build (E6).

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use actix_web::{HttpResponse, Responder};
use secure_runtime::{
    Allowance, CallerLimit, Principal, Routes,
    prelude::*,
    test::{TestApp, TestResponse},
};

use crate::support::{Role, all};

#[get("/reports")]
#[protected]
#[rate_limit("2/minute; 3/hour", by = "user")]
async fn reports() -> impl Responder {
    "reports"
}

#[get("/smooth")]
#[protected]
#[rate_limit("60/minute", by = "user", burst = 2)]
async fn smooth() -> impl Responder {
    "smooth"
}

#[get("/failing")]
#[protected]
#[rate_limit("2/minute", by = "user", count = "failures")]
async fn failing(request: actix_web::HttpRequest) -> impl Responder {
    match request.query_string() {
        "fail" => HttpResponse::BadRequest().finish(),
        _ => HttpResponse::Ok().finish(),
    }
}

#[get("/both")]
#[protected]
#[rate_limit("4/minute")]
#[rate_limit("2/minute", by = "user")]
async fn both() -> impl Responder {
    "both"
}

#[get("/address")]
#[protected]
#[rate_limit("2/minute")]
async fn by_address() -> impl Responder {
    "address"
}

#[get("/open")]
#[public]
#[rate_limit("2/minute")]
async fn open(caller: Option<CurrentUser>) -> impl Responder {
    match caller {
        Some(_) => "somebody",
        None => "nobody",
    }
}

#[get("/huge")]
#[protected]
#[rate_limit("3000000000/minute", by = "user")]
async fn huge() -> impl Responder {
    "huge"
}

fn listing(routes: &mut Routes) {
    routes.service(reports).service(smooth).service(failing);
    routes.service(both).service(by_address).service(open);
    routes.service(huge);
}

/// Editors are allowed three times as much, admins as much as they like.
fn by_role(caller: &Principal, _: &CallerLimit<'_>) -> Allowance {
    match caller {
        caller if caller.has_role(&Role::Admin) => Allowance::unlimited(),
        caller if caller.has_role(&Role::Editor) => Allowance::times(3),
        _ => Allowance::standard(),
    }
}

async fn app() -> TestApp {
    TestApp::with(|settings| settings.allowances(by_role), listing, |_| {}).await
}

async fn call(app: &TestApp, path: &str, who: &str, role: &str) -> TestResponse {
    app.get(path).with_role(who, role).send().await
}

/// How many requests pass before one is refused; at most 50.
async fn passing(app: &TestApp, path: &str, who: &str, role: &str) -> usize {
    for passed in 0..50 {
        match call(app, path, who, role).await.status() {
            200 | 400 => {}
            429 => return passed,
            other => panic!("{path} answers {other}"),
        }
    }
    50
}

#[actix_web::test]
async fn a_plan_is_as_many_times_as_much() {
    let app = app().await;
    assert_eq!(passing(&app, "/reports", "ada", "user").await, 2);
    assert_eq!(passing(&app, "/reports", "eve", "editor").await, 6);
    assert_eq!(
        passing(&app, "/reports", "joe", "editor").await,
        6,
        "each caller has a counter"
    );
    assert_eq!(passing(&app, "/reports", "root", "admin").await, 50);
    assert_eq!(passing(&app, "/smooth", "ada", "user").await, 2);
    assert_eq!(passing(&app, "/smooth", "eve", "editor").await, 6);
    // The second quota is scaled too: one more in the next minute, or three.
    app.clock().advance(Duration::from_secs(60));
    assert_eq!(passing(&app, "/reports", "ada", "user").await, 1);
    assert_eq!(passing(&app, "/reports", "eve", "editor").await, 3);
}

#[actix_web::test]
async fn the_fields_show_what_the_caller_itself_is_allowed() {
    let app = app().await;
    let fields = |response: &TestResponse| {
        (
            all(response, "ratelimit-policy").join("|"),
            all(response, "ratelimit").join("|"),
        )
    };
    let said = |policy: &str, standing: &str| (policy.to_owned(), standing.to_owned());
    let ada = call(&app, "/reports", "ada", "user").await;
    let policy = "\"user/60s\";q=2;w=60, \"user/3600s\";q=3;w=3600";
    assert_eq!(fields(&ada), said(policy, "\"user/60s\";r=1;t=60"));
    let eve = call(&app, "/reports", "eve", "editor").await;
    let policy = "\"user/60s\";q=6;w=60, \"user/3600s\";q=9;w=3600";
    assert_eq!(fields(&eve), said(policy, "\"user/60s\";r=5;t=60"));
    for left in [4, 3, 2, 1, 0, 0] {
        let eve = call(&app, "/reports", "eve", "editor").await;
        assert_eq!(
            fields(&eve),
            said(policy, &format!("\"user/60s\";r={left};t=60"))
        );
    }
    // Nothing is said of a limit that the caller does not have, and the others are.
    assert_eq!(
        fields(&call(&app, "/reports", "root", "admin").await),
        said("", "")
    );
    let root = call(&app, "/both", "root", "admin").await;
    assert_eq!(
        fields(&root),
        said("\"ip/60s\";q=4;w=60", "\"ip/60s\";r=3;t=60")
    );
    // Who is not known yet is told what holds for everybody.
    let nobody = app.get("/both").from_address("192.0.2.7").send().await;
    let policy = "\"ip/60s\";q=4;w=60, \"user/60s\";q=2;w=60";
    assert_eq!(nobody.status(), 401);
    assert_eq!(fields(&nobody), said(policy, "\"ip/60s\";r=3;t=60"));
}

#[actix_web::test]
async fn what_only_failures_cost_is_given_back_to_the_right_counter() {
    let app = app().await;
    for (who, role, most) in [("ada", "user", 2), ("eve", "editor", 6)] {
        for _ in 0..20 {
            assert_eq!(
                call(&app, "/failing", who, role).await.status(),
                200,
                "{who}"
            );
        }
        assert_eq!(
            passing(&app, "/failing?fail", who, role).await,
            most,
            "{who}"
        );
    }
    assert_eq!(passing(&app, "/failing?fail", "root", "admin").await, 50);
}

/// Somebody at the address of a partner is no partner.
#[actix_web::test]
async fn limits_by_address_are_nobodys_to_change() {
    let app = app().await;
    assert_eq!(passing(&app, "/address", "root", "admin").await, 2);
    for expected in [200, 200, 429] {
        let answer = app.get("/open").with_role("root", "admin").send().await;
        assert_eq!(answer.status(), expected);
    }
    // And what the one limit refuses is charged to none of the other's.
    let other = || {
        app.get("/both")
            .with_role("eve", "editor")
            .from_address("192.0.2.9")
    };
    for expected in [200, 200, 200, 200, 429] {
        assert_eq!(other().send().await.status(), expected);
    }
}

#[actix_web::test]
async fn it_is_asked_about_each_limit_and_may_change_while_the_app_runs() {
    let factor = Arc::new(AtomicU32::new(1));
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let allowances = {
        let (factor, asked) = (factor.clone(), asked.clone());
        move |caller: &Principal, limit: &CallerLimit<'_>| {
            let route = limit.route().expect("a route");
            let quotas = limit.limit().quotas().len();
            let line = format!("{} {} {quotas}", caller.subject(), route.handler());
            asked.lock().expect("no panic").push(line);
            Allowance::times(factor.load(Ordering::Relaxed))
        }
    };
    let settings = |settings: crate::support::Complete| settings.allowances(allowances);
    let app = TestApp::with(settings, listing, |_| {}).await;
    assert_eq!(passing(&app, "/reports", "ada", "user").await, 2);
    factor.store(5, Ordering::Relaxed);
    assert_eq!(
        passing(&app, "/reports", "ada", "user").await,
        10,
        "a new plan starts anew"
    );
    factor.store(0, Ordering::Relaxed);
    assert_eq!(
        passing(&app, "/reports", "bob", "user").await,
        2,
        "zero makes nothing stricter"
    );
    let lines = std::mem::take(&mut *asked.lock().expect("no panic"));
    assert_eq!(lines[0], "ada reports 2");
    // Nobody is asked about a limit by address, or where nobody is signed in.
    assert_eq!(passing(&app, "/address", "ada", "user").await, 2);
    assert_eq!(app.get("/reports").send().await.status(), 401);
    assert_eq!(*asked.lock().expect("no panic"), Vec::<String>::new());
}

#[actix_web::test]
async fn more_than_a_number_can_say_is_the_largest_number() {
    let settings =
        |settings: crate::support::Complete| settings.allowances(|_, _| Allowance::times(u32::MAX));
    let app = TestApp::with(settings, listing, |_| {}).await;
    let answer = call(&app, "/huge", "ada", "user").await;
    assert_eq!(answer.status(), 200);
    assert_eq!(
        all(&answer, "ratelimit-policy"),
        ["\"user/60s\";q=4294967295;w=60"]
    );
}

/// A function that gives everybody a factor of its own does not fill the memory.
#[actix_web::test]
async fn of_too_many_factors_the_next_smaller_one_counts() {
    let settings = |settings: crate::support::Complete| {
        settings.allowances(|caller, _| Allowance::times(caller.subject().parse().unwrap_or(1)))
    };
    let app = TestApp::with(settings, listing, |_| {}).await;
    let quota = async |factor: u32| {
        let answer = call(&app, "/both", &factor.to_string(), "user").await;
        let policy = all(&answer, "ratelimit-policy").join("");
        let (_, quota) = policy.split_once("\"user/60s\";q=").expect("a limit");
        quota
            .split(';')
            .next()
            .and_then(|text| text.parse::<u32>().ok())
    };
    for factor in (10..1290).step_by(10) {
        app.clock().advance(Duration::from_secs(60));
        assert_eq!(quota(factor).await, Some(2 * factor));
    }
    for (factor, counts) in [(1281, 1280), (15, 10), (9, 1), (u32::MAX, 1280), (500, 500)] {
        app.clock().advance(Duration::from_secs(60));
        assert_eq!(quota(factor).await, Some(2 * counts), "{factor}");
    }
}
