//! `count = "failures"`: every request is charged when it comes, and given back when it succeeds.

use std::time::Duration;

use actix_web::{
    HttpResponse, Responder,
    error::ErrorBadRequest,
    web::{Json, Query},
};
use futures_util::future::join_all;
use secure_runtime::{prelude::*, test::TestApp};
use serde_json::json;

use crate::support::{all, settings};

#[validated]
struct Wanted {
    #[validate(range(max = 599))]
    status: u16,
}

#[validated]
struct Attempt {
    #[validate(length(max = 10))]
    guess: String,
}

/// Answers in the way it is asked to.
#[get("/answer")]
#[public]
#[rate_limit("3/minute", count = "failures")]
#[validated]
async fn as_asked(wanted: Query<Wanted>) -> Result<HttpResponse, actix_web::Error> {
    match wanted.status {
        1 => panic!("on purpose"),
        2 => Err(Problem::not_found().into()),
        3 => Err(ErrorBadRequest("no")),
        4 => Ok(HttpResponse::NotFound().finish()),
        5 => Ok(HttpResponse::SeeOther().finish()),
        6 => Ok(HttpResponse::NoContent().finish()),
        _ => Ok(HttpResponse::Ok().finish()),
    }
}

/// Takes its time, so that many are under way at once.
#[post("/sign-in")]
#[public]
#[rate_limit("100/minute")]
#[rate_limit("3/minute", by = "global", count = "failures", cost = 1)]
#[validated]
async fn sign_in(attempt: Json<Attempt>) -> Result<impl Responder, Problem> {
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    match attempt.guess.as_str() {
        "right" => Ok("welcome"),
        _ => Err(Problem::forbidden()),
    }
}

#[get("/costly")]
#[public]
#[rate_limit("4/minute", count = "failures", cost = 2)]
#[validated]
async fn costly(wanted: Query<Wanted>) -> HttpResponse {
    match wanted.status {
        200 => HttpResponse::Ok().finish(),
        _ => HttpResponse::BadRequest().finish(),
    }
}

async fn app() -> TestApp {
    TestApp::new(|routes| {
        routes.service(as_asked).service(sign_in).service(costly);
    })
    .await
}

#[actix_web::test]
async fn a_success_is_given_back() {
    let app = app().await;
    for (what, status) in [(0, 200), (5, 303), (6, 204)] {
        for _ in 0..10 {
            let response = app.get(&format!("/answer?status={what}")).send().await;
            assert_eq!(response.status(), status, "{what}");
        }
    }
    // Nothing was kept: three failures still fit.
    for _ in 0..3 {
        assert_eq!(app.get("/answer?status=4").send().await.status(), 404);
    }
    assert_eq!(app.get("/answer?status=0").send().await.status(), 429);
}

#[actix_web::test]
async fn every_way_to_fail_counts() {
    for (name, query, status) in [
        ("a panic", "status=1", 500),
        ("a problem", "status=2", 404),
        ("an error of actix-web", "status=3", 400),
        ("a response", "status=4", 404),
        ("an invalid input", "status=600", 422),
        ("an input of another type", "status=x", 422),
        ("no input", "", 422),
    ] {
        let app = app().await;
        let fail = || app.get(&format!("/answer?{query}")).send();
        for count in 1..=3 {
            assert_eq!(fail().await.status(), status, "{name}, number {count}");
        }
        let refused = fail().await;
        assert_eq!(refused.status(), 429, "{name}, one too many");
        assert_eq!(all(&refused, "retry-after"), ["60"], "{name}");
        let success = app.get("/answer?status=0").send().await;
        assert_eq!(
            success.status(),
            429,
            "{name}: nobody knows before whether it succeeds"
        );
    }
}

#[actix_web::test]
async fn a_success_between_failures_gives_back_itself_and_no_failure() {
    let app = app().await;
    let call = async |what: u16| {
        app.get(&format!("/answer?status={what}"))
            .send()
            .await
            .status()
    };
    assert_eq!(call(2).await, 404);
    assert_eq!(call(0).await, 200);
    assert_eq!(call(2).await, 404);
    for _ in 0..20 {
        assert_eq!(call(0).await, 200);
    }
    assert_eq!(call(2).await, 404);
    assert_eq!(call(0).await, 429);
    // What is refused is charged nothing: a minute after the failures there is room again.
    app.clock().advance(Duration::from_secs(60));
    assert_eq!(call(0).await, 200);
}

#[actix_web::test]
async fn a_costly_success_is_given_back_whole() {
    let app = app().await;
    let call = async |what: u16| {
        app.get(&format!("/costly?status={what}"))
            .send()
            .await
            .status()
    };
    for _ in 0..5 {
        assert_eq!(call(200).await, 200);
    }
    assert_eq!(call(400).await, 400);
    assert_eq!(call(200).await, 200);
    assert_eq!(call(400).await, 400);
    assert_eq!(call(200).await, 429);
}

#[actix_web::test]
async fn a_volley_of_guesses_at_once_does_not_slip_through() {
    let app = app().await;
    let guess = |guess: &str| app.post("/sign-in").json(&json!({"guess": guess})).send();
    let statuses = |answers: Vec<secure_runtime::test::TestResponse>| {
        let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status()).collect();
        statuses.sort_unstable();
        statuses
    };
    let answers = join_all((0..12).map(|_| guess("wrong"))).await;
    let expected = [[403; 3].as_slice(), &[429; 9]].concat();
    assert_eq!(statuses(answers), expected, "of twelve guesses at once");

    // Right ones at once: no more are under way than might fail, and then all is given back.
    app.clock().advance(Duration::from_secs(60));
    for round in 0..3 {
        let answers = join_all((0..12).map(|_| guess("right"))).await;
        let expected = [[200; 3].as_slice(), &[429; 9]].concat();
        assert_eq!(statuses(answers), expected, "round {round}");
    }
    for _ in 0..3 {
        assert_eq!(guess("wrong").await.status(), 403);
    }
    assert_eq!(guess("right").await.status(), 429);
}

#[actix_web::test]
async fn an_error_of_a_middleware_inside_ours_counts() {
    use actix_web::dev::Service as _;
    use actix_web::{
        App,
        error::ErrorImATeapot,
        test::{TestRequest, init_service},
    };

    let clock = secure_runtime::test::TestClock::default();
    let security = settings(&clock).build().expect("settings");
    let routes = security.routes(|routes| {
        routes.service(as_asked);
    });
    let routes = routes.expect("routes");
    let app = App::new()
        .configure(routes.mount())
        .wrap_fn(|request, service| {
            let inner = service.call(request);
            async move {
                inner.await?;
                Err(ErrorImATeapot("after the handler had succeeded"))
            }
        })
        .wrap(security.middleware());
    let app =
        init_service::<_, _, actix_web::body::EitherBody<actix_web::body::BoxBody>, _>(app).await;
    let mut statuses = Vec::new();
    for _ in 0..4 {
        let request = TestRequest::with_uri("/answer?status=0");
        let request = request.peer_addr("192.0.2.1:1".parse().expect("an address"));
        statuses.push(match app.call(request.to_request()).await {
            Ok(response) => response.status().as_u16(),
            Err(error) => error.error_response().status().as_u16(),
        });
    }
    // The fourth is 429 inside, and the middleware makes it 418 too; the counter is what matters.
    assert_eq!(statuses, [418; 4]);
    let request = TestRequest::with_uri("/answer?status=0");
    let request = request.peer_addr("192.0.2.1:1".parse().expect("an address"));
    let error = app.call(request.to_request()).await.expect_err("a teapot");
    let standing = error.error_response().headers().get("ratelimit").cloned();
    assert_eq!(
        standing.expect("a standing"),
        "\"ip-failures/60s\";r=0;t=60"
    );
}
