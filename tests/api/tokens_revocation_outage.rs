//! The store that holds the revocations does not answer (A8): who is refused, and who is not.

use std::time::Duration;

use actix_web::{Responder, web::Json};
use secure_runtime::{
    prelude::*,
    test::{TestApp, TestResponse},
    token::Grant,
};

use crate::support::{
    CHALLENGE, Complete, INVALID_TOKEN, Operation, SharedStore, all, problem, seen,
};

const BOUND: Duration = Duration::from_secs(1);
/// How long a store that has failed is left alone.
const COOL_DOWN: Duration = Duration::from_millis(250);
const MOMENT: Duration = Duration::from_millis(1);

#[validated]
struct Note {
    #[validate(length(max = 5))]
    text: String,
}

#[get("/me")]
#[protected]
async fn who(user: CurrentUser) -> impl Responder {
    user.subject().to_owned()
}

#[post("/notes")]
#[protected]
#[validated]
async fn write(note: Json<Note>) -> impl Responder {
    note.text.clone()
}

#[get("/open")]
#[public]
async fn open_route() -> impl Responder {
    "open"
}

#[get("/greeting")]
#[public]
async fn greet(user: Option<CurrentUser>) -> impl Responder {
    user.map_or_else(|| "hello".to_owned(), |user| user.subject().to_owned())
}

async fn app(change: impl FnOnce(Complete) -> Complete) -> (TestApp, SharedStore) {
    // The store's own time does not matter here.
    let store = SharedStore::new(&secure_runtime::test::TestClock::default());
    let app = TestApp::with(
        |settings| change(settings.store(store.clone())),
        |routes| {
            routes.service(who).service(write);
            routes.service(open_route).service(greet);
        },
        |_| {},
    )
    .await;
    (app, store)
}

async fn ask(app: &TestApp, token: &str) -> TestResponse {
    let authorization = format!("Bearer {token}");
    app.get("/me")
        .header("authorization", &authorization)
        .send()
        .await
}

async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

fn assert_unavailable(name: &str, response: &TestResponse) {
    let expected = problem(503, "Service Unavailable");
    assert_eq!(seen(response), (503, expected), "{name}");
    assert_eq!(all(response, "retry-after"), ["1"], "{name}");
    assert_eq!(all(response, "www-authenticate"), [""; 0], "{name}");
    assert_eq!(all(response, "cache-control"), ["no-store"], "{name}");
    let content_type = response.header("content-type");
    assert_eq!(content_type, Some("application/problem+json"), "{name}");
}

#[actix_web::test]
async fn tokens_are_good_up_to_the_bound_and_then_nobody_knows() {
    let (app, store) = app(|settings| settings).await;
    let token = app.token(&Grant::new("ada"));
    assert_eq!(ask(&app, &token).await.status(), 200);
    store.fails();
    app.clock().advance(BOUND - MOMENT);
    assert_eq!(
        ask(&app, &token).await.status(),
        200,
        "the facts are new enough"
    );
    settle().await;
    app.clock().advance(MOMENT);
    assert_unavailable("at the bound", &ask(&app, &token).await);
    app.clock().advance(Duration::from_secs(60));
    assert_unavailable("a minute later", &ask(&app, &token).await);
    store.works();
    app.clock().advance(COOL_DOWN);
    assert_eq!(ask(&app, &token).await.status(), 200, "it is back");
}

#[actix_web::test]
async fn an_instance_that_has_never_read_anything_refuses() {
    let (app, store) = app(|settings| {
        let outage = Duration::from_secs(3600);
        settings.accept_unchecked_tokens_for(outage)
    })
    .await;
    store.fails();
    let token = app.token(&Grant::new("ada"));
    assert_unavailable("at the start", &ask(&app, &token).await);
    store.works();
    app.clock().advance(COOL_DOWN);
    assert_eq!(ask(&app, &token).await.status(), 200);
}

#[actix_web::test]
async fn an_outage_is_tolerated_for_as_long_as_was_said() {
    let tolerated = Duration::from_secs(30);
    let (app, store) = app(|settings| settings.accept_unchecked_tokens_for(tolerated)).await;
    let tokens = app.security().tokens();
    let [token, revoked] = [(); 2].map(|()| app.token(&Grant::new("ada")));
    assert_eq!(ask(&app, &token).await.status(), 200);
    tokens.revoke(&revoked).await.expect("done");
    store.fails();
    app.clock().advance(BOUND);
    assert_eq!(ask(&app, &token).await.status(), 200, "past the bound");
    assert_eq!(
        ask(&app, &revoked).await.status(),
        401,
        "what is known is known"
    );
    app.clock().advance(tolerated - MOMENT);
    assert_eq!(ask(&app, &token).await.status(), 200, "nearly");
    app.clock().advance(MOMENT);
    assert_unavailable("over", &ask(&app, &token).await);
    // What is known to be bad stays so.
    assert_eq!(ask(&app, &revoked).await.status(), 401, "over, a bad one");
    store.works();
    app.clock().advance(COOL_DOWN);
    assert_eq!(ask(&app, &token).await.status(), 200, "it is back");
    assert_eq!(ask(&app, &revoked).await.status(), 401, "it is back");
}

#[actix_web::test]
async fn a_store_that_has_failed_is_left_alone_for_a_moment() {
    let (app, store) = app(|settings| settings).await;
    let token = app.token(&Grant::new("ada"));
    assert_eq!(ask(&app, &token).await.status(), 200);
    app.clock().advance(BOUND);
    store.fails();
    store.asked();
    for _ in 0..100 {
        assert_unavailable("down", &ask(&app, &token).await);
    }
    assert_eq!(store.asked(), [(Operation::Get, 1)]);
    app.clock().advance(COOL_DOWN - MOMENT);
    assert_unavailable("down", &ask(&app, &token).await);
    assert_eq!(store.asked(), []);
    app.clock().advance(MOMENT);
    assert_unavailable("down", &ask(&app, &token).await);
    assert_eq!(store.asked(), [(Operation::Get, 1)]);
}

#[actix_web::test]
async fn who_needs_no_store_is_not_bothered() {
    let (app, store) = app(|settings| settings).await;
    let token = app.token(&Grant::new("ada"));
    store.fails();
    let authorization = format!("Bearer {token}");
    let open = app.get("/open").header("authorization", &authorization);
    assert_eq!(open.send().await.text(), "open");
    assert_eq!(app.get("/greeting").send().await.text(), "hello");
    let greeting = app.get("/greeting").header("authorization", &authorization);
    assert_unavailable("who is it?", &greeting.send().await);
    let lost = app.get("/nowhere").header("authorization", &authorization);
    assert_eq!(lost.send().await.status(), 404);
    let method = app.delete("/me").header("authorization", &authorization);
    assert_eq!(method.send().await.status(), 405);
}

/// Authenticate comes before extract, whether or not it has to be waited for.
#[actix_web::test]
async fn a_junk_body_is_read_for_nobody_who_is_not_known() {
    let (app, store) = app(|settings| settings).await;
    let token = app.token(&Grant::new("ada"));
    let send = async |authorization: Option<&str>, body: &str| {
        let request = app.post("/notes").body("application/json", body.to_owned());
        let request = match authorization {
            Some(value) => request.header("authorization", value),
            None => request,
        };
        request.send().await
    };
    let (good, bad) = (format!("Bearer {token}"), "Bearer a.b.c");
    let long = r#"{"text":"longer than five"}"#;
    for is_down in [false, true] {
        // Each time the facts have to be waited for.
        app.clock().advance(BOUND * 2);
        if is_down {
            store.fails();
        }
        for body in ["{junk", long, r#"{"text":"five"}"#] {
            let stranger = send(None, body).await;
            assert_eq!(stranger.status(), 401, "{body}, down: {is_down}");
            assert_eq!(all(&stranger, "www-authenticate"), [CHALLENGE]);
            let malformed = send(Some("Basic YTpi"), body).await;
            assert_eq!(malformed.status(), 401, "{body}, down: {is_down}");
            assert_eq!(all(&malformed, "www-authenticate"), [INVALID_TOKEN]);
            let refused = send(Some(bad), body).await.status();
            assert_eq!(refused, 401, "{body}, down: {is_down}");
        }
        for (body, status) in [("{junk", 400), (long, 422), (r#"{"text":"five"}"#, 200)] {
            app.clock().advance(BOUND * 2);
            let answer = send(Some(&good), body).await;
            match is_down {
                true => assert_unavailable(body, &answer),
                false => assert_eq!(answer.status(), status, "{body}"),
            }
        }
    }
}

#[actix_web::test]
async fn a_sign_out_that_fails_can_be_done_again() {
    let (app, store) = app(|settings| settings).await;
    let tokens = app.security().tokens();
    let issued = tokens.sign_in(&Grant::new("ada")).await.expect("tokens");
    let caller = tokens
        .access()
        .verify(issued.access())
        .await
        .expect("a caller");
    store.fails();
    assert!(tokens.sign_out(&caller).await.is_err());
    assert!(tokens.revoke(issued.refresh().expose()).await.is_err());
    assert!(
        tokens
            .sign_in(&Grant::new("ada"))
            .await
            .expect_err("down")
            .is_unavailable()
    );
    let answer = ask(&app, issued.access().expose()).await;
    assert_eq!(answer.status(), 200, "the caller can try again");
    store.works();
    tokens.sign_out(&caller).await.expect("done");
    assert_eq!(ask(&app, issued.access().expose()).await.status(), 401);
    assert_eq!(tokens.sign_ins("ada").await.expect("a list"), []);

    let everywhere = tokens.sign_in(&Grant::new("eve")).await.expect("tokens");
    app.clock().advance(MOMENT);
    store.fails();
    assert!(tokens.sign_out_everywhere("eve").await.is_err());
    let answer = ask(&app, everywhere.access().expose()).await;
    assert_eq!(answer.status(), 200, "the caller can try again");
    store.works();
    tokens.sign_out_everywhere("eve").await.expect("done");
    assert_eq!(tokens.sign_ins("eve").await.expect("a list"), []);
}
