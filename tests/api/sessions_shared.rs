//! Sessions between two instances on one store, and while the store is gone.

use std::time::Duration;

use futures_util::future::join_all;

use crate::support::{Browsers, Operation, all, problem, seen};

const BOUND: Duration = Duration::from_secs(1);
const MOMENT: Duration = Duration::from_millis(1);

#[actix_web::test]
async fn a_session_is_one_on_every_instance() {
    let (here, there) = Browsers::two().await;
    let session = here.sign_in("ada").await;
    assert_eq!(there.get(&session, "/me").await.text(), "ada by session");
}

#[actix_web::test]
async fn a_stolen_cookie_is_dead_elsewhere_within_the_bound() {
    let (here, there) = Browsers::two().await;
    let session = here.sign_in("ada").await;
    assert_eq!(there.status(&session).await, 200);
    here.pass(BOUND / 2);
    assert_eq!(here.post(&session, "/logout").await.status(), 303);
    assert_eq!(
        here.status(&session).await,
        401,
        "at once where it was ended"
    );
    here.pass(BOUND / 2 - MOMENT);
    assert_eq!(there.status(&session).await, 200, "within the bound");
    here.pass(MOMENT);
    assert_eq!(there.status(&session).await, 401);
}

#[actix_web::test]
async fn one_that_was_not_used_elsewhere_is_dead_at_once() {
    let (here, there) = Browsers::two().await;
    let session = here.sign_in("ada").await;
    assert_eq!(here.post(&session, "/logout").await.status(), 303);
    assert_eq!(there.status(&session).await, 401);
}

#[actix_web::test]
async fn a_new_secret_is_good_elsewhere_at_once() {
    let (here, there) = Browsers::two().await;
    let old = here.sign_in("ada").await;
    assert_eq!(there.status(&old).await, 200);
    let grant = secure_runtime::token::Grant::new("ada");
    here.owners.change("ada", |ada| ada.grant = grant);
    let new = here.get(&old, "/me").await.session().expect("a secret");
    assert_eq!(there.status(&new).await, 200);
    assert_eq!(there.status(&old).await, 200, "for a moment yet");
}

#[actix_web::test]
async fn where_the_store_is_gone_nobody_can_say() {
    let browsers = Browsers::new().await;
    let session = browsers.sign_in("ada").await;
    assert_eq!(browsers.status(&session).await, 200);
    browsers.store.fails();
    assert_eq!(browsers.status(&session).await, 200, "within the bound");
    browsers.pass(BOUND);
    for path in ["/me", "/who", "/by-session", "/sessions"] {
        let answer = browsers.get(&session, path).await;
        assert_eq!(
            seen(&answer),
            (503, problem(503, "Service Unavailable")),
            "{path}"
        );
        assert_eq!(all(&answer, "set-cookie"), [""; 0], "{path}");
    }
    let malformed = browsers
        .app
        .get("/who")
        .header("cookie", "__Host-session=x");
    assert_eq!(malformed.send().await.text(), "nobody", "nobody is asked");
    let nobody = browsers.app.get("/who").send().await;
    assert_eq!(nobody.text(), "nobody");
    browsers.store.works();
    assert_eq!(browsers.status(&session).await, 200);
}

#[actix_web::test]
async fn many_at_once_ask_once() {
    let browsers = Browsers::new().await;
    let session = browsers.sign_in("ada").await;
    assert_eq!(browsers.status(&session).await, 200);
    browsers.pass(BOUND);
    browsers.store.asked();
    browsers.owners.asked();
    let statuses = join_all((0..100).map(|_| browsers.status(&session))).await;
    assert_eq!(statuses, [200; 100]);
    assert_eq!(browsers.store.asked(), [(Operation::Get, 1)]);
    assert_eq!(browsers.owners.asked(), 1);
}

/// A wrong secret keeps nobody waiting, and is remembered by nobody.
#[actix_web::test]
async fn a_wrong_secret_asks_each_time() {
    let browsers = Browsers::new().await;
    let session = browsers.sign_in("ada").await;
    let (name, value) = session.cookie().split_once('.').expect("two parts");
    let wrong = format!("{name}.{}", "A".repeat(value.len()));
    browsers.owners.asked();
    for _ in 0..3 {
        let request = browsers.app.get("/me").header("cookie", &wrong);
        assert_eq!(request.send().await.status(), 401);
    }
    assert_eq!(browsers.owners.asked(), 0, "the accounts are not");
    assert_eq!(browsers.status(&session).await, 200);
}

/// Who signs in while it is signed out everywhere either is among those that end, or gets nothing.
#[actix_web::test]
async fn no_session_begins_that_outlives_being_signed_out_everywhere() {
    for _ in 0..5 {
        let (here, there) = Browsers::two().await;
        let security = there.app.security().clone();
        let sign_ins = join_all((0..10).map(|_| here.sign_in_with("ada", None)));
        let ended = security.tokens().sign_out_everywhere("ada");
        let (answers, ended) = futures_util::future::join(sign_ins, ended).await;
        ended.expect("an answer");
        here.pass(BOUND);
        for answer in answers {
            if let Some(session) = answer.session() {
                assert_eq!(here.status(&session).await, 401);
                assert_eq!(there.status(&session).await, 401);
            }
        }
        assert!(here.list("ada").await.is_empty());
    }
}
