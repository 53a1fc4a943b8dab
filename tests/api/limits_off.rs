//! No limits for load tests, which production refuses.

use actix_web::Responder;
use secure_runtime::{
    Profile, Routes,
    dangerous::no_limits,
    prelude::*,
    test::{TestApp, TestClock},
};

use crate::support::{Complete, Login, all, settings};

#[get("/limited")]
#[public]
#[rate_limit("1/hour")]
#[rate_limit("1/hour", by = "global", burst = 1)]
async fn limited() -> impl Responder {
    "in"
}

fn listing(routes: &mut Routes) {
    routes.service(limited);
}

fn unlimited(settings: Complete) -> Complete {
    no_limits(settings.profile(Profile::Development))
}

#[actix_web::test]
async fn nothing_is_counted_and_nothing_said() {
    let app = TestApp::with(unlimited, listing, |_| {}).await;
    for _ in 0..50 {
        let answer = app.get("/limited").send().await;
        assert_eq!(answer.status(), 200);
        for field in ["ratelimit", "ratelimit-policy", "retry-after"] {
            assert_eq!(all(&answer, field), [""; 0]);
        }
    }
}

/// It is for load tests and opens no account.
#[actix_web::test]
async fn how_often_the_password_of_an_account_is_wrong_is_still_counted() {
    let login = Login::with(unlimited).await;
    for number in 0..60 {
        let answer = login.try_with(&format!("user{number}"), "a guess").await;
        assert_eq!(answer.status(), 401, "{number}");
    }
    for _ in 0..5 {
        assert_eq!(login.wrong().await.status(), 401);
    }
    assert_eq!(login.wrong().await.status(), 429);
}

#[test]
fn production_refuses_it() {
    let refused = no_limits(settings(&TestClock::default()).profile(Profile::Production)).build();
    let refused = refused.expect_err("nothing is limited");
    let [finding] = refused.findings() else {
        panic!("{refused}");
    };
    assert!(finding.starts_with("nothing is limited: "), "{finding}");
}
