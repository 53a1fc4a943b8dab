//! `Retry-After`, `RateLimit-Policy` and `RateLimit`, with exact values (E4).

use std::time::Duration;

use actix_web::{Responder, web::Json};
use secure_runtime::{
    prelude::*,
    test::{TestApp, TestResponse},
};
use serde_json::json;

use crate::support::{Role, all, problem, seen};

#[validated]
struct Note {
    #[validate(length(min = 1, max = 10))]
    text: String,
}

#[post("/notes")]
#[protected(roles = "user")]
#[rate_limit("3/minute")]
#[validated]
async fn write_note(note: Json<Note>) -> impl Responder {
    note.text.clone()
}

#[get("/several")]
#[protected]
#[rate_limit("2/second; 3/minute")]
#[rate_limit("5/hour", by = "user")]
async fn several() -> impl Responder {
    "several"
}

#[get("/smooth")]
#[public]
#[rate_limit("60/minute", burst = 3)]
async fn smooth() -> impl Responder {
    "smooth"
}

#[get("/free")]
#[public]
async fn free() -> impl Responder {
    "free"
}

#[get("/both-counts")]
#[public]
#[rate_limit("5/minute")]
#[rate_limit("3/minute", count = "failures")]
async fn both_counts() -> impl Responder {
    "both"
}

#[get("/tenants")]
#[public]
#[rate_limit("9/day", header = "X-Tenant")]
#[rate_limit("8/week", by = "global")]
async fn tenants() -> impl Responder {
    "tenants"
}

async fn app() -> TestApp {
    TestApp::new(|routes| {
        routes.service(write_note).service(several).service(smooth);
        routes.service(free).service(both_counts).service(tenants);
    })
    .await
}

/// Status, `RateLimit-Policy`, `RateLimit`, `Retry-After`.
type Fields = (u16, Vec<String>, Vec<String>, Vec<String>);

fn fields(response: &TestResponse) -> Fields {
    (
        response.status(),
        all(response, "ratelimit-policy"),
        all(response, "ratelimit"),
        all(response, "retry-after"),
    )
}

fn expected(status: u16, policy: &str, standing: &str, retry_after: Option<u32>) -> Fields {
    let list = |text: &str| match text {
        "" => Vec::new(),
        text => vec![text.to_owned()],
    };
    let retry_after = retry_after.map(|seconds| seconds.to_string());
    (
        status,
        list(policy),
        list(standing),
        retry_after.into_iter().collect(),
    )
}

#[actix_web::test]
async fn a_window_says_what_is_left_and_when_it_grows() {
    let app = app().await;
    let policy = "\"ip/60s\";q=3;w=60";
    let write = || app.post("/notes").json(&json!({"text": "hello"}));
    let good = write().with_role("ada", "user").send().await;
    assert_eq!(
        fields(&good),
        expected(200, policy, "\"ip/60s\";r=2;t=60", None)
    );
    app.clock().advance(Duration::from_secs(10));
    let nobody = write().send().await;
    assert_eq!(
        fields(&nobody),
        expected(401, policy, "\"ip/60s\";r=1;t=50", None)
    );
    app.clock().advance(Duration::from_millis(250));
    let invalid = app.post("/notes").json(&json!({"text": ""}));
    let invalid = invalid.with_role("ada", "user").send().await;
    assert_eq!(
        fields(&invalid),
        expected(422, policy, "\"ip/60s\";r=0;t=50", None)
    );

    app.clock().advance(Duration::from_secs(10));
    let refused = write().with_role("ada", "user").send().await;
    let rounded_up = expected(429, policy, "\"ip/60s\";r=0;t=40", Some(40));
    assert_eq!(fields(&refused), rounded_up, "39.75 s, rounded up");
    assert_eq!(seen(&refused), (429, problem(429, "Too Many Requests")));
    app.clock().advance(Duration::from_millis(39_749));
    let refused = write().send().await;
    assert_eq!(
        fields(&refused),
        expected(429, policy, "\"ip/60s\";r=0;t=1", Some(1))
    );
    app.clock().advance(Duration::from_millis(1));
    let good = write().with_role("ada", "user").send().await;
    assert_eq!(
        fields(&good),
        expected(200, policy, "\"ip/60s\";r=0;t=10", None)
    );
}

#[actix_web::test]
async fn who_waits_as_long_as_it_says_passes_and_who_waits_less_does_not() {
    let app = app().await;
    let nobody = || app.post("/notes").json(&json!({"text": "hello"}));
    for wait in [0, 7, 11] {
        app.clock().advance(Duration::from_secs(wait));
        assert_eq!(nobody().send().await.status(), 401);
    }
    for _ in 0..5 {
        let refused = nobody().send().await;
        assert_eq!(refused.status(), 429);
        let wait: u64 = all(&refused, "retry-after")[0].parse().expect("seconds");
        app.clock().advance(Duration::from_secs(wait - 1));
        assert_eq!(
            nobody().send().await.status(),
            429,
            "a second less than {wait}"
        );
        app.clock().advance(Duration::from_secs(1));
        assert_eq!(nobody().send().await.status(), 401, "after {wait} seconds");
    }
}

#[actix_web::test]
async fn several_quotas_are_listed_and_the_strictest_of_each_limit_stands_for_it_the_strictest_of_all_first()
 {
    let app = app().await;
    let policy = "\"ip/1s\";q=2;w=1, \"ip/60s\";q=3;w=60, \"user/3600s\";q=5;w=3600";
    let call = || app.get("/several").as_user("ada");
    let first = call().send().await;
    let standing = "\"ip/1s\";r=1;t=1, \"user/3600s\";r=4;t=3600";
    assert_eq!(fields(&first), expected(200, policy, standing, None));
    let second = call().send().await;
    let standing = "\"ip/1s\";r=0;t=1, \"user/3600s\";r=3;t=3600";
    assert_eq!(fields(&second), expected(200, policy, standing, None));
    // The limit by caller was not asked.
    let third = call().send().await;
    assert_eq!(
        fields(&third),
        expected(429, policy, "\"ip/1s\";r=0;t=1", Some(1))
    );
    app.clock().advance(Duration::from_secs(1));
    let fourth = call().send().await;
    let standing = "\"ip/60s\";r=0;t=59, \"user/3600s\";r=2;t=3599";
    assert_eq!(fields(&fourth), expected(200, policy, standing, None));
    let fifth = call().send().await;
    assert_eq!(
        fields(&fifth),
        expected(429, policy, "\"ip/60s\";r=0;t=59", Some(59))
    );
    // Nobody knows the caller, so the limit by caller says nothing.
    let nobody = app.get("/several").from_address("192.0.2.9").send().await;
    assert_eq!(
        fields(&nobody),
        expected(401, policy, "\"ip/1s\";r=1;t=1", None)
    );
    let elsewhere = |n: u8| call().from_address(&format!("192.0.2.{}", 100 + n));
    for n in 0..2 {
        assert_eq!(elsewhere(n).send().await.status(), 200);
    }
    let by_caller = elsewhere(3).send().await;
    let standing = "\"user/3600s\";r=0;t=3599, \"ip/1s\";r=1;t=1";
    assert_eq!(
        fields(&by_caller),
        expected(429, policy, standing, Some(3599))
    );
}

#[actix_web::test]
async fn a_burst_says_what_is_left_of_it() {
    let app = app().await;
    let policy = "\"ip/60s\";q=60;w=60";
    for left in [2, 1, 0] {
        let response = app.get("/smooth").send().await;
        let standing = format!("\"ip/60s\";r={left};t=1");
        assert_eq!(fields(&response), expected(200, policy, &standing, None));
    }
    let refused = app.get("/smooth").send().await;
    assert_eq!(
        fields(&refused),
        expected(429, policy, "\"ip/60s\";r=0;t=1", Some(1))
    );
}

#[actix_web::test]
async fn names_tell_header_and_global_limits_apart() {
    let app = app().await;
    let response = app.get("/tenants").header("x-tenant", "acme").send().await;
    let policy = "\"x-tenant/86400s\";q=9;w=86400, \"global/604800s\";q=8;w=604800";
    let standing = "\"global/604800s\";r=7;t=604800, \"x-tenant/86400s\";r=8;t=86400";
    assert_eq!(fields(&response), expected(200, policy, standing, None));
}

#[actix_web::test]
async fn without_a_limit_there_are_no_fields() {
    let app = app().await;
    for (path, status) in [("/free", 200), ("/nothing", 404)] {
        let response = app.get(path).send().await;
        assert_eq!(fields(&response), expected(status, "", "", None), "{path}");
    }
}

#[actix_web::test]
async fn two_limits_of_one_route_have_two_names() {
    let app = app().await;
    let response = app.get("/both-counts").send().await;
    let policy = all(&response, "ratelimit-policy").join(", ");
    let names: Vec<&str> = policy
        .split(", ")
        .map(|item| item.split(';').next().expect("a name"))
        .collect();
    assert_eq!(names.len(), 2, "{policy}");
    assert_ne!(
        names[0], names[1],
        "a client cannot tell them apart: {policy}"
    );
}
