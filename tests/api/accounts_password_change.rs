//! The change of a password: by who knows the one before, and an end to whatever else is signed in (B8).

use futures_util::future::join_all;
use secure_runtime::{
    audit::AuditKind,
    session::SessionSettings,
    test::{TestApp, TestResponse, TestSession},
    token::Grant,
};
use serde_json::{Value, json};

use crate::support::{
    AccountApp, BAD, CURRENT, Fault, GOOD, MINUTE, OTHER, Operation, Query, SECOND, Way, asking,
    assert_refused_at, bad_token, new_key, problem, seen,
};

#[actix_web::test]
async fn who_knows_the_password_sets_another_one_and_stays_signed_in() {
    let app = AccountApp::new().await;
    let (here, elsewhere) = (app.sign_in("ada").await, app.sign_in("ada").await);
    let bob = app.sign_in("bob").await;
    app.world.audit.events();
    assert_eq!(
        app.change(here.access(), CURRENT, GOOD).await,
        (204, Value::Null)
    );
    assert!(app.has_password("ada", GOOD).await);
    assert!(app.is_good(here.access()).await && app.lives(&here).await);
    assert!(!app.is_good(elsewhere.access()).await);
    assert!(!app.lives(&elsewhere).await);
    assert!(app.is_good(bob.access()).await && app.lives(&bob).await);
    let kinds = app.world.audit.kinds();
    let changed = kinds
        .iter()
        .filter(|kind| **kind == AuditKind::PasswordChanged);
    assert_eq!(changed.count(), 1, "{kinds:?}");
    app.work_off().await;
    let notice = ("ada@example.com".to_owned(), "password changed".to_owned());
    assert_eq!(app.world.letterbox.subjects(), [notice]);
}

#[actix_web::test]
async fn a_wrong_password_changes_nothing() {
    let app = AccountApp::new().await;
    let (here, elsewhere) = (app.sign_in("ada").await, app.sign_in("ada").await);
    app.world.audit.events();
    for current in ["", GOOD, "Correct horse battery staple"] {
        let answer = app.change(here.access(), current, GOOD).await;
        assert_refused_at(&answer, "#/current_password");
        assert_eq!(answer.1["errors"][0]["code"], "password_wrong");
    }
    assert!(app.has_password("ada", CURRENT).await);
    assert!(app.is_good(elsewhere.access()).await);
    let [first, ..] = &app.world.audit.events()[..] else {
        panic!("an event");
    };
    assert_eq!(first.kind, AuditKind::PasswordChangeFailed);
    assert_eq!(first.subject.as_deref(), Some("ada"));
    app.work_off().await;
    assert_eq!(app.world.letterbox.take(), []);
}

/// Whoever does not wait for the answer has guessed all the same.
#[actix_web::test]
async fn a_guess_that_hangs_up_is_charged_and_on_record() {
    use futures_util::FutureExt as _;

    let app = AccountApp::new().await;
    let ada = app.sign_in("ada").await;
    let people = &app.world.people;
    people.fails(Query::BySubject, Some(Fault::Hangs));
    for _ in 0..5 {
        people.asked();
        app.world.audit.events();
        let mut request = Box::pin(app.change(ada.access(), "wrong", GOOD));
        while !people.asked().contains(&Query::BySubject) {
            assert!(request.as_mut().now_or_never().is_none());
            tokio::task::yield_now().await;
        }
        drop(request);
        let kinds = app.world.audit.kinds();
        assert_eq!(kinds.first(), Some(&AuditKind::PasswordChangeFailed));
    }
    people.fails(Query::BySubject, None);
    assert_eq!(app.change(ada.access(), CURRENT, GOOD).await.0, 429);
}

#[actix_web::test]
async fn after_five_wrong_ones_nobody_looks_for_a_while() {
    let app = AccountApp::new().await;
    let ada = app.sign_in("ada").await;
    app.world.audit.events();
    for _ in 0..5 {
        assert_eq!(app.change(ada.access(), "wrong", GOOD).await.0, 422);
    }
    let kinds = app.world.audit.kinds();
    let failed = kinds
        .iter()
        .filter(|kind| **kind == AuditKind::PasswordChangeFailed);
    assert_eq!(failed.count(), 5);
    assert_eq!(kinds.last(), Some(&AuditKind::SignInThrottled));
    let (answer, work) = app.work_of(app.change(ada.access(), CURRENT, GOOD)).await;
    assert_eq!(answer, (429, problem(429, "Too Many Requests")));
    assert_eq!((work.hashes, work.queries.len()), (0, 0));
    // The address has the same counter.
    let moved = app.move_to(ada.access(), "new@example.com", CURRENT).await;
    assert_eq!(moved.0, 429);
    app.world.clock.advance(MINUTE);
    assert_eq!(app.change(ada.access(), CURRENT, GOOD).await.0, 204);
}

#[actix_web::test]
async fn a_password_that_is_refused_changes_nothing() {
    let app = AccountApp::new().await;
    let (here, elsewhere) = (app.sign_in("ada").await, app.sign_in("ada").await);
    // More of them than wrong ones are looked at: to know the password costs nothing.
    for password in ["ada@example.com", "short", BAD, "", "12345678", "qwerty"] {
        let answer = app.change(here.access(), CURRENT, password).await;
        assert_refused_at(&answer, "#/new_password");
    }
    assert!(app.has_password("ada", CURRENT).await);
    assert!(app.is_good(elsewhere.access()).await);
}

#[actix_web::test]
async fn a_narrow_credential_changes_no_password() {
    let app = AccountApp::new().await;
    let full = Grant::new("ada").with_scopes(["notes:read", "notes:write"]);
    let narrow = full.narrowed_to(&["notes:read".to_owned()]);
    let tokens = app.app.security().tokens();
    let issued = tokens.sign_in(&narrow).await.expect("tokens");
    let (answer, work) = app
        .work_of(app.change(issued.access(), CURRENT, GOOD))
        .await;
    assert_eq!((answer.0, work.hashes), (403, 0));
    let moved = app.move_to(issued.access(), "new@example.com", CURRENT);
    assert_eq!(moved.await.0, 403);
    assert!(app.has_password("ada", CURRENT).await);
}

#[actix_web::test]
async fn an_api_key_changes_no_password() {
    let app = AccountApp::new().await;
    let keys = app.app.security().api_keys();
    let key = keys
        .create(&asking("ada"), new_key(&["notes:read", "notes:write"]))
        .await;
    let key = key.expect("a key").key;
    let body = serde_json::json!({"current_password": CURRENT, "new_password": GOOD});
    let request = app.app.post("/keyed/password").json(&body);
    let request = request.header("x-api-key", key.expose());
    let (response, work) = app.work_of(request.send()).await;
    assert_eq!((response.status(), work.hashes), (403, 0));
    assert!(app.has_password("ada", CURRENT).await);
}

#[actix_web::test]
async fn nobody_is_401() {
    let app = AccountApp::new().await;
    let body = serde_json::json!({"current_password": CURRENT, "new_password": GOOD});
    assert_eq!(app.answer("/me/password", body).await.0, 401);
    let ada = app.sign_in("ada").await;
    app.world.people.change("ada", |ada| ada.disabled = true);
    assert_eq!(app.change(ada.access(), CURRENT, GOOD).await.0, 401);
    app.world.people.remove("ada");
    assert_eq!(app.change(ada.access(), CURRENT, GOOD).await.0, 401);
}

/// What somebody has asked for who found the mailbox open.
#[actix_web::test]
async fn links_that_were_mailed_before_are_good_for_nothing() {
    let app = AccountApp::new().await;
    let (reset, moved) = (app.reset_token().await, app.move_token().await);
    let ada = app.sign_in("ada").await;
    assert_eq!(app.change(ada.access(), CURRENT, GOOD).await.0, 204);
    assert_eq!(app.reset(&reset, OTHER).await, bad_token());
    assert_eq!(app.moved(&moved).await, bad_token());
}

/// A letter that is still in the queue is for the password that there was.
#[actix_web::test]
async fn what_is_queued_is_called_off() {
    let app = AccountApp::new().await;
    app.world.letterbox.set(Way::Fails);
    let ada = app.sign_in("ada").await;
    let moved = app.move_to(ada.access(), "eve@example.com", CURRENT);
    assert_eq!(moved.await.0, 202);
    assert_eq!(app.work_off().await, 1);
    assert_eq!(app.change(ada.access(), CURRENT, GOOD).await.0, 204);
    app.world.letterbox.set(Way::Arrives);
    app.world.clock.advance(MINUTE);
    assert_eq!(app.work_off().await, 0);
    let notice = ("ada@example.com".to_owned(), "password changed".to_owned());
    assert_eq!(app.world.letterbox.subjects(), [notice]);
}

#[actix_web::test]
async fn of_many_at_once_one_changes_it() {
    let app = AccountApp::new().await;
    let ada = app.sign_in("ada").await;
    let all = (0..4).map(|number| {
        let (app, ada) = (&app, &ada);
        async move {
            let new = format!("{GOOD} {number}");
            app.change(ada.access(), CURRENT, &new).await.0
        }
    });
    let mut answers = join_all(all).await;
    let won = answers
        .iter()
        .position(|answer| *answer == 204)
        .expect("one");
    assert!(app.has_password("ada", &format!("{GOOD} {won}")).await);
    answers.retain(|answer| *answer != 204);
    // The others were too late: the password that they gave is no longer the one, or is not any more.
    assert_eq!(answers.len(), 3);
    assert!(
        answers
            .iter()
            .all(|answer| [409, 422, 429].contains(answer)),
        "{answers:?}"
    );
}

#[actix_web::test]
async fn what_cannot_be_stored_changes_nothing() {
    let app = AccountApp::new().await;
    let (here, elsewhere) = (app.sign_in("ada").await, app.sign_in("ada").await);
    for query in [Query::BySubject, Query::ReplaceHash] {
        // More often than wrong passwords are looked at: nobody is charged for it.
        for _ in 0..6 {
            app.world.people.fails(query, Some(Fault::Refused));
            assert_eq!(app.change(here.access(), CURRENT, GOOD).await.0, 500);
        }
        app.world.people.fails(query, None);
    }
    app.world
        .people
        .fails(Query::ReplaceHash, Some(Fault::TooLate));
    let answer = app.change(here.access(), CURRENT, GOOD).await;
    assert_eq!(answer, (409, problem(409, "Conflict")));
    app.world.people.fails(Query::ReplaceHash, None);
    pass_a_minute().await;
    assert!(app.is_good(elsewhere.access()).await);
    assert_eq!(app.change(here.access(), CURRENT, GOOD).await.0, 204);
}

#[actix_web::test]
async fn what_was_stored_after_all_ends_the_other_sign_ins() {
    let app = AccountApp::new().await;
    let (here, elsewhere) = (app.sign_in("ada").await, app.sign_in("ada").await);
    app.world
        .people
        .fails(Query::ReplaceHash, Some(Fault::AnswerLost));
    assert_eq!(app.change(here.access(), CURRENT, GOOD).await.0, 500);
    app.world.people.fails(Query::ReplaceHash, None);
    pass_a_minute().await;
    assert!(app.has_password("ada", GOOD).await);
    assert!(!app.is_good(elsewhere.access()).await);
    assert!(app.is_good(here.access()).await);
}

#[actix_web::test]
async fn what_cannot_be_ended_now_is_ended_later() {
    let app = AccountApp::new().await;
    let (here, elsewhere) = (app.sign_in("ada").await, app.sign_in("ada").await);
    app.world.store.fails_to(&[Operation::List]);
    let (status, body) = app.change(here.access(), CURRENT, GOOD).await;
    assert_eq!(status, 503);
    let detail = "The password is changed. What it ends is ended as soon as possible.";
    assert_eq!(body["detail"], detail);
    assert!(app.has_password("ada", GOOD).await);
    app.world.store.works();
    pass_a_minute().await;
    assert!(!app.is_good(elsewhere.access()).await && !app.lives(&elsewhere).await);
    assert!(app.is_good(here.access()).await && app.lives(&here).await);
    app.work_off().await;
    assert_eq!(app.world.letterbox.one().subject, "password changed");
}

/// The store must say how often somebody has failed, or nobody looks.
#[actix_web::test]
async fn without_a_store_no_password_is_looked_at() {
    let app = AccountApp::new().await;
    let ada = app.sign_in("ada").await;
    let bearer = format!("Bearer {}", ada.access().expose());
    app.world.store.fails_to(&[Operation::PutIfAbsent]);
    let (answer, work) = app
        .work_of(async {
            let body = serde_json::json!({"current_password": CURRENT, "new_password": GOOD});
            let request = app.app.post("/me/password").json(&body);
            seen(&request.header("authorization", &bearer).send().await)
        })
        .await;
    assert_eq!((answer.0, work.hashes), (503, 0));
}

async fn pass_a_minute() {
    tokio::time::pause();
    tokio::time::sleep(MINUTE).await;
    tokio::time::resume();
}

/// An app whose people come with a session too.
async fn with_sessions() -> AccountApp {
    let AccountApp { world, .. } = AccountApp::new().await;
    let routes = crate::support::account_routes;
    let settings = |settings| world.settings(settings).sessions(SessionSettings::new());
    let app = TestApp::with(settings, routes, |_| {}).await;
    AccountApp { app, world }
}

async fn change_by(app: &AccountApp, session: &TestSession, current: &str) -> TestResponse {
    let body = json!({"current_password": current, "new_password": GOOD});
    let request = app.app.post("/me/password").with_session(session);
    request.json(&body).send().await
}

/// Whether somebody is signed in by it: a wrong password is told, but not to a stranger.
async fn is_in(app: &AccountApp, session: &TestSession) -> bool {
    match change_by(app, session, "wrong").await.status() {
        422 => true,
        401 => false,
        status => panic!("{status}"),
    }
}

/// Who has the cookie of the one that changes the password, and not the password, is out.
#[actix_web::test]
async fn a_cookie_that_was_stolen_is_dead_after_the_change() {
    let app = with_sessions().await;
    let (here, elsewhere) = (app.app.session("ada").await, app.app.session("ada").await);
    let stolen = here.clone();
    app.world.clock.advance(SECOND);
    app.world.audit.events();
    let answer = change_by(&app, &here, CURRENT).await;
    assert_eq!(answer.status(), 204);
    let new = answer.session().expect("another cookie");
    assert_ne!(new.cookie(), stolen.cookie());
    let kinds = app.world.audit.kinds();
    assert!(kinds.contains(&AuditKind::SessionRenewed), "{kinds:?}");
    assert!(!is_in(&app, &elsewhere).await);
    assert!(is_in(&app, &new).await);
    // Requests that are under way get through, and no other cookie.
    let under_way = change_by(&app, &stolen, "wrong").await;
    assert_eq!((under_way.status(), under_way.session()), (422, None));
    app.world.clock.advance(10 * SECOND);
    assert!(!is_in(&app, &stolen).await);
    assert!(is_in(&app, &new).await);
}

/// Nothing is changed that would leave the one who has stolen it signed in.
#[actix_web::test]
async fn where_no_other_cookie_can_be_given_the_password_stays() {
    let app = with_sessions().await;
    let here = app.app.session("ada").await;
    assert!(is_in(&app, &here).await);
    for operation in [Operation::Get, Operation::Swap] {
        app.world.store.fails_to(&[operation]);
        let answer = change_by(&app, &here, CURRENT).await;
        assert_eq!(answer.status(), 503, "{operation:?}");
        assert_eq!(answer.session(), None, "{operation:?}");
        app.world.store.works();
        assert!(app.has_password("ada", CURRENT).await, "{operation:?}");
    }
    assert_eq!(change_by(&app, &here, CURRENT).await.status(), 204);
}

#[actix_web::test]
async fn a_wrong_password_gives_no_other_cookie() {
    let app = with_sessions().await;
    let here = app.app.session("ada").await;
    let answer = change_by(&app, &here, "wrong").await;
    assert_eq!((answer.status(), answer.session()), (422, None));
}
