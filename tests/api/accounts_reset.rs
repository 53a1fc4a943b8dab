//! The reset of a password: one answer and one work for everybody, a link that holds once and for the
//! password that there was, and an end to everything that is signed in (B7).

use std::time::Duration;

use futures_util::future::join_all;
use secure_runtime::{
    account::{ApiKeyFate, HashChange},
    audit::AuditKind,
    test::cheap_hash,
    token::{Reset, ResetClaims, VerifyEmail, VerifyEmailClaims},
};
use serde_json::{Value, json};

use crate::support::{
    AccountApp, BAD, CURRENT, Fault, GOOD, MINUTE, OTHER, Operation, Query, SECOND, Work, asking,
    assert_refused_at, bad_token, new_key, problem, problem_with,
};

/// What is said of a password that is stored while the rest is not done.
const DONE: &str = "The password is changed. What it ends is ended as soon as possible.";

#[actix_web::test]
async fn the_holder_of_the_link_sets_a_password_and_ends_all_that_is_signed_in() {
    let app = AccountApp::new().await;
    let signed_in = [app.sign_in("ada").await, app.sign_in("ada").await];
    let bob = app.sign_in("bob").await;
    assert_eq!(app.forgot(" ADA@example.com").await, (202, Value::Null));
    app.work_off().await;
    let letter = app.world.letterbox.one();
    assert_eq!(
        (letter.to.as_str(), letter.subject.as_str()),
        ("ada@example.com", "reset")
    );
    app.world.audit.events();

    let body = json!({"token": letter.token, "new_password": GOOD});
    let response = app.post("/reset-password", body).await;
    assert_eq!((response.status(), response.text().as_str()), (204, ""));
    assert!(
        response.header("set-cookie").is_none(),
        "it signs nobody in"
    );
    assert!(app.has_password("ada", GOOD).await);
    for issued in &signed_in {
        assert!(!app.is_good(issued.access()).await);
        assert!(!app.lives(issued).await);
    }
    assert!(app.is_good(bob.access()).await && app.lives(&bob).await);
    let left = app.app.security().tokens().sign_ins("ada").await;
    assert_eq!(left.expect("a list"), []);
    let noted = (
        "ada".to_owned(),
        HashChange::Reset {
            revoke_api_keys: false,
        },
    );
    assert_eq!(app.world.people.noted(), [noted]);
    let events = app.world.audit.events();
    let reset: Vec<_> = events
        .iter()
        .filter(|event| event.kind == AuditKind::PasswordReset)
        .collect();
    assert_eq!(reset.len(), 1, "{events:?}");
    assert_eq!(reset[0].subject.as_deref(), Some("ada"));
    assert!(reset[0].request_id.is_some() && reset[0].address.is_some());
    assert!(
        events
            .iter()
            .any(|event| event.kind == AuditKind::SignedOutEverywhere)
    );

    app.work_off().await;
    let notice = ("ada@example.com".to_owned(), "password changed".to_owned());
    assert_eq!(app.world.letterbox.subjects(), [notice]);
    assert_eq!(app.reset(&letter.token, OTHER).await, bad_token());
    assert!(app.has_password("ada", GOOD).await);
}

#[actix_web::test]
async fn an_answer_and_its_work_do_not_say_who_has_an_account() {
    let app = AccountApp::new().await;
    app.world.people.change("bob", |bob| bob.disabled = true);
    app.keep_the_worker_busy().await;
    let mut seen = Vec::new();
    for email in ["ada@example.com", "bob@example.com", "nob@example.com"] {
        let body = json!({"email": email});
        let (response, work) = app.work_of(app.post("/forgot-password", body)).await;
        let names = response.headers().iter().map(|(name, _)| name.to_string());
        let mut names: Vec<_> = names.collect();
        names.sort();
        let one_write = Work {
            hashes: 0,
            queries: vec![],
            operations: vec![(Operation::Put, 1)],
        };
        assert_eq!(work, one_write, "{email}");
        seen.push((response.status(), response.text(), names));
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], seen[2]);
    app.let_the_worker_go();
    assert_eq!(app.work_off().await, 0);
    // Nobody but ada is written to.
    let mut sent = app.world.letterbox.subjects();
    sent.retain(|(_, subject)| subject != "confirm");
    assert_eq!(sent, [("ada@example.com".to_owned(), "reset".to_owned())]);
}

/// A letter goes where the account says, and not where somebody says who asks.
#[actix_web::test]
async fn the_letter_goes_to_the_address_of_the_account() {
    let app = AccountApp::new().await;
    app.world.people.change("ada", |ada| ada.address = None);
    app.forgot("ada@example.com").await;
    app.forgot("ada").await;
    assert_eq!(app.work_off().await, 0);
    assert_eq!(app.world.letterbox.take(), []);
}

#[actix_web::test]
async fn a_token_that_is_good_for_nothing_has_one_answer_and_costs_no_hash() {
    let app = AccountApp::new().await;
    let good = app.reset_token().await;
    let tokens = app.app.security().one_time_tokens();
    let claims = VerifyEmailClaims {
        address: "ada@example.com".to_owned(),
        details: Value::Null,
    };
    let verify = tokens
        .issue::<VerifyEmail>("ada@example.com", &claims)
        .await;
    let verify = verify.expect("a token");
    let hash = app.world.people.get("ada").expect("ada").hash;
    let nobodys = ResetClaims::new("nobody", hash.as_ref(), "nobody@example.com");
    let nobodys = tokens
        .issue::<Reset>("nobody", &nobodys)
        .await
        .expect("a token");
    let access = app.sign_in("ada").await;
    let first = if good.starts_with('A') { "B" } else { "A" };
    let nothing = "A".repeat(43);
    for token in [
        "",
        &nothing,
        &format!("{first}{}", &good[1..]),
        &format!("{good}A"),
        &good[..42],
        verify.expose(),
        nobodys.expose(),
        access.access().expose(),
        access.refresh().expose(),
    ] {
        let (answer, work) = app.work_of(app.reset(token, GOOD)).await;
        assert_eq!((answer, work.hashes), (bad_token(), 0), "{token}");
        assert_eq!(app.reset(token, BAD).await, bad_token(), "{token}");
    }
    assert!(app.has_password("ada", CURRENT).await);
    assert_eq!(app.reset(&good, GOOD).await.0, 204);
}

#[actix_web::test]
async fn every_answer_to_a_bad_token_has_the_same_headers() {
    let app = AccountApp::new().await;
    let (used, expired) = (app.reset_token().await, app.reset_token().await);
    app.world.clock.advance(15 * MINUTE);
    let bobs = {
        app.forgot("bob@example.com").await;
        app.mailed_token().await
    };
    assert_eq!(app.reset(&bobs, GOOD).await.0, 204);
    let (mut seen, mut left) = (Vec::new(), Vec::new());
    for token in ["x", &used, &expired, &bobs] {
        let body = json!({"token": token, "new_password": OTHER});
        let response = app.post("/reset-password", body).await;
        let mut headers: Vec<_> = response
            .headers()
            .iter()
            // What the address has left counts down, whomever it asks about.
            .filter(|(name, _)| !["x-request-id", "ratelimit"].contains(&name.as_str()))
            .map(|(name, value)| (name.to_string(), value.to_str().expect("text").to_owned()))
            .collect();
        headers.sort();
        left.extend(crate::support::all(&response, "ratelimit"));
        seen.push((response.status(), response.text(), headers));
    }
    let counted_down = [29, 28, 27, 26].map(|left| format!("\"failed-links/600s\";r={left};t=600"));
    assert_eq!(left, counted_down);
    assert!(seen.iter().all(|one| *one == seen[0]), "{seen:?}");
    assert_eq!(seen[0].0, 400);
}

#[actix_web::test]
async fn a_link_holds_for_fifteen_minutes() {
    let app = AccountApp::new().await;
    let token = app.reset_token().await;
    app.world.clock.advance(15 * MINUTE - SECOND);
    assert_refused_at(&app.reset(&token, BAD).await, "#/new_password");
    app.world.clock.advance(SECOND);
    assert_eq!(app.reset(&token, GOOD).await, bad_token());
    assert!(app.has_password("ada", CURRENT).await);
}

#[actix_web::test]
async fn a_link_is_good_after_a_password_that_is_refused() {
    let app = AccountApp::new().await;
    app.world
        .people
        .change("ada", |ada| ada.username = Some("lovelace".to_owned()));
    let token = app.reset_token().await;
    for password in ["ada@example.com", "lovelace lovelace", "short", BAD, ""] {
        assert_refused_at(&app.reset(&token, password).await, "#/new_password");
        assert!(app.has_password("ada", CURRENT).await);
    }
    assert_eq!(app.reset(&token, GOOD).await.0, 204);
}

#[actix_web::test]
async fn of_a_hundred_at_once_one_sets_the_password() {
    let app = AccountApp::crowded().await;
    let token = app.reset_token().await;
    app.world.audit.events();
    let all = (0..100).map(|number| {
        let (app, token) = (&app, &token);
        async move { app.reset(token, &format!("{GOOD} {number}")).await }
    });
    let answers = join_all(all).await;
    let won: Vec<_> = (0..100)
        .filter(|number| answers[*number].0 == 204)
        .collect();
    assert_eq!(won.len(), 1);
    let bad = answers.iter().filter(|answer| **answer == bad_token());
    let strange = answers
        .iter()
        .find(|answer| answer.0 != 204 && answer.0 != 400);
    assert_eq!(strange, None);
    assert_eq!(bad.count(), 99);
    assert!(app.has_password("ada", &format!("{GOOD} {}", won[0])).await);
    let kinds = app.world.audit.kinds();
    let resets = kinds
        .iter()
        .filter(|kind| **kind == AuditKind::PasswordReset);
    assert_eq!(resets.count(), 1);
}

/// Two links to one account at once: one of them, since the password that they were for is another one then.
#[actix_web::test]
async fn of_several_links_one_sets_the_password() {
    let app = AccountApp::new().await;
    let tokens = [app.reset_token().await, app.reset_token().await];
    let answers = join_all(tokens.iter().map(|token| app.reset(token, GOOD))).await;
    let mut statuses = answers.iter().map(|answer| answer.0).collect::<Vec<_>>();
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 400]);
    for token in &tokens {
        let (answer, work) = app.work_of(app.reset(token, OTHER)).await;
        assert_eq!((answer, work.hashes), (bad_token(), 0));
    }
}

#[actix_web::test]
async fn a_link_is_good_for_nothing_once_the_password_is_another_one() {
    let app = AccountApp::new().await;
    let token = app.reset_token().await;
    // The app's own way, which ends no tokens.
    app.world
        .people
        .change("ada", |ada| ada.hash = Some(cheap_hash(OTHER)));
    assert_eq!(app.reset(&token, GOOD).await, bad_token());
    app.world.people.change("ada", |ada| ada.hash = None);
    assert_eq!(app.reset(&token, GOOD).await, bad_token());

    let (token, ada) = (app.reset_token().await, app.sign_in("ada").await);
    app.world
        .people
        .change("ada", |ada| ada.hash = Some(cheap_hash(CURRENT)));
    assert_eq!(app.change(ada.access(), CURRENT, OTHER).await.0, 204);
    assert_eq!(app.reset(&token, GOOD).await, bad_token());
    assert!(app.has_password("ada", OTHER).await);
}

/// Whoever reads the old mailbox has no business with the account any more.
#[actix_web::test]
async fn a_link_is_good_for_nothing_once_the_address_is_another_one() {
    let app = AccountApp::new().await;
    let token = app.reset_token().await;
    // The app's own way, which ends no tokens.
    let moves = |address: Option<&str>| {
        let address = address.map(str::to_owned);
        app.world.people.change("ada", |ada| ada.address = address);
    };
    for address in [Some("lovelace@example.com"), None] {
        moves(address);
        let (answer, work) = app.work_of(app.reset(&token, GOOD)).await;
        assert_eq!((answer, work.hashes), (bad_token(), 0), "{address:?}");
    }
    moves(Some("Ada@example.com"));
    assert_eq!(app.reset(&token, GOOD).await.0, 204);
}

#[actix_web::test]
async fn an_account_that_is_disabled_or_gone_is_not_reset() {
    let app = AccountApp::new().await;
    let token = app.reset_token().await;
    app.world.people.change("ada", |ada| ada.disabled = true);
    let (answer, work) = app.work_of(app.reset(&token, GOOD)).await;
    assert_eq!((answer, work.hashes), (bad_token(), 0));
    app.world.people.remove("ada");
    assert_eq!(app.reset(&token, GOOD).await, bad_token());
}

/// Somebody who came in another way sets a first password.
#[actix_web::test]
async fn an_account_without_a_password_gets_one() {
    let app = AccountApp::new().await;
    app.world.people.change("ada", |ada| ada.hash = None);
    let token = app.reset_token().await;
    assert_eq!(app.reset(&token, GOOD).await.0, 204);
    assert!(app.has_password("ada", GOOD).await);
}

#[actix_web::test]
async fn a_password_that_cannot_be_stored_costs_no_link() {
    let app = AccountApp::new().await;
    let (token, ada) = (app.reset_token().await, app.sign_in("ada").await);
    for query in [Query::BySubject, Query::ReplaceHash] {
        app.world.people.fails(query, Some(Fault::Refused));
        let answer = app.reset(&token, GOOD).await;
        assert_eq!(
            answer,
            (500, problem(500, "Internal Server Error")),
            "{query:?}"
        );
        app.world.people.fails(query, None);
        assert!(app.has_password("ada", CURRENT).await);
    }
    pass(Duration::from_secs(600)).await;
    assert!(app.is_good(ada.access()).await, "nothing has changed");
    assert_eq!(app.reset(&token, GOOD).await.0, 204);
}

#[actix_web::test]
async fn who_was_quicker_wins() {
    let app = AccountApp::new().await;
    let token = app.reset_token().await;
    app.world
        .people
        .fails(Query::ReplaceHash, Some(Fault::TooLate));
    assert_eq!(app.reset(&token, GOOD).await, bad_token());
    assert!(app.has_password("ada", CURRENT).await);
}

#[actix_web::test]
async fn api_keys_end_where_that_is_asked_for() {
    for revoke in [None, Some(false), Some(true)] {
        let app = AccountApp::new().await;
        let keys = app.app.security().api_keys();
        for owner in ["ada", "bob"] {
            let new = new_key(&["notes:read"]);
            let _ = keys.create(&asking(owner), new).await.expect("a key");
        }
        let token = app.reset_token().await;
        let body = match revoke {
            None => json!({"token": token, "new_password": GOOD}),
            Some(revoke) => {
                json!({"token": token, "new_password": GOOD, "revoke_api_keys": revoke})
            }
        };
        assert_eq!(app.answer("/reset-password", body).await.0, 204);
        // So that the app can note it in the same transaction.
        let revoke_api_keys = revoke == Some(true);
        let noted = ("ada".to_owned(), HashChange::Reset { revoke_api_keys });
        assert_eq!(app.world.people.noted(), [noted]);
        let left = async |owner| keys.list(owner).await.expect("a list").len();
        let expected = usize::from(revoke != Some(true));
        assert_eq!(left("ada").await, expected, "{revoke:?}");
        assert_eq!(left("bob").await, 1, "{revoke:?}");
    }
}

/// The database has done it, and its answer is lost.
#[actix_web::test]
async fn a_password_that_was_stored_after_all_ends_what_is_signed_in() {
    let app = AccountApp::new().await;
    let (token, ada) = (app.reset_token().await, app.sign_in("ada").await);
    app.world.audit.events();
    app.world
        .people
        .fails(Query::ReplaceHash, Some(Fault::AnswerLost));
    assert_eq!(app.reset(&token, GOOD).await.0, 500);
    app.world.people.fails(Query::ReplaceHash, None);
    assert!(app.has_password("ada", GOOD).await);
    pass(SECOND * 2).await;
    assert!(!app.is_good(ada.access()).await);
    assert!(!app.lives(&ada).await);
    assert!(app.world.audit.kinds().contains(&AuditKind::PasswordReset));
    assert_eq!(app.reset(&token, OTHER).await, bad_token());
    app.work_off().await;
    assert_eq!(app.world.letterbox.one().subject, "password changed");
}

/// The database is still at work on it when its answer is given up.
#[actix_web::test]
async fn a_password_that_is_stored_minutes_later_ends_what_is_signed_in() {
    let app = AccountApp::new().await;
    let (token, ada) = (app.reset_token().await, app.sign_in("ada").await);
    let people = &app.world.people;
    people.fails(Query::ReplaceHash, Some(Fault::AnswerLost));
    assert_eq!(app.reset(&token, GOOD).await.0, 500);
    people.fails(Query::ReplaceHash, None);
    let late = people.get("ada").expect("ada").hash;
    people.change("ada", |ada| ada.hash = Some(cheap_hash(CURRENT)));
    pass(MINUTE * 2).await;
    assert!(app.is_good(ada.access()).await, "nothing has changed");
    people.change("ada", |ada| ada.hash = late);
    pass(MINUTE * 3).await;
    assert!(!app.is_good(ada.access()).await);
    assert!(!app.lives(&ada).await);
    app.work_off().await;
    assert_eq!(app.world.letterbox.one().subject, "password changed");
}

/// The app calls it for what it has noted, and for an account that it disables or deletes.
#[actix_web::test]
async fn the_access_to_an_account_ends_as_a_whole() {
    for fate in [ApiKeyFate::Keep, ApiKeyFate::Revoke] {
        let app = AccountApp::new().await;
        let security = app.app.security();
        for owner in ["ada", "bob"] {
            let new = new_key(&["notes:read"]);
            let _ = security
                .api_keys()
                .create(&asking(owner), new)
                .await
                .expect("a key");
        }
        let (reset, moves) = (app.reset_token().await, app.move_token().await);
        let (ada, bob) = (app.sign_in("ada").await, app.sign_in("bob").await);
        app.world.store.fails();
        let failed = security.end_access("ada", fate).await;
        assert!(failed.is_err());
        app.world.store.works();
        security.end_access("ada", fate).await.expect("a store");

        assert!(!app.is_good(ada.access()).await);
        assert!(!app.lives(&ada).await);
        assert!(app.is_good(bob.access()).await && app.lives(&bob).await);
        assert_eq!(app.reset(&reset, GOOD).await, bad_token());
        assert_eq!(app.moved(&moves).await, bad_token());
        let left = async |owner| security.api_keys().list(owner).await.expect("a list").len();
        let expected = usize::from(fate == ApiKeyFate::Keep);
        assert_eq!(left("ada").await, expected, "{fate:?}");
        assert_eq!(left("bob").await, 1, "{fate:?}");
    }
}

/// The store dies once the password is stored.
#[actix_web::test]
async fn what_cannot_be_ended_now_is_ended_later() {
    for operation in [Operation::List, Operation::Put, Operation::Swap] {
        let app = AccountApp::new().await;
        let (token, ada) = (app.reset_token().await, app.sign_in("ada").await);
        app.world.store.fails_to(&[operation]);
        let answer = app.reset(&token, GOOD).await;
        let expected = problem_with(503, "Service Unavailable", DONE);
        assert_eq!(answer, (503, expected), "{operation:?}");
        assert!(app.has_password("ada", GOOD).await);
        // Not yet, and not while the store is down.
        pass(SECOND * 10).await;
        app.world.store.works();
        pass(MINUTE).await;
        assert!(!app.is_good(ada.access()).await, "{operation:?}");
        assert!(!app.lives(&ada).await, "{operation:?}");
        app.work_off().await;
        let notice = ("ada@example.com".to_owned(), "password changed".to_owned());
        assert_eq!(app.world.letterbox.subjects(), [notice], "{operation:?}");
    }
}

#[actix_web::test]
async fn a_store_that_fails_before_that_is_503_and_costs_no_link() {
    let app = AccountApp::new().await;
    let token = app.reset_token().await;
    for operation in [Operation::Get, Operation::Take] {
        app.world.store.fails_to(&[operation]);
        assert_eq!(
            app.reset(&token, GOOD).await,
            (503, problem(503, "Service Unavailable")),
            "{operation:?}"
        );
        app.world.store.works();
        assert!(app.has_password("ada", CURRENT).await);
    }
    app.world.store.fails();
    assert_eq!(app.forgot("ada@example.com").await.0, 503);
    app.world.store.works();
    assert_eq!(app.reset(&token, GOOD).await.0, 204);
}

/// The connection breaks while the password is stored.
#[actix_web::test]
async fn who_hangs_up_leaves_nothing_half_done() {
    use futures_util::FutureExt as _;

    let app = AccountApp::new().await;
    let (token, ada) = (app.reset_token().await, app.sign_in("ada").await);
    app.world.people.asked();
    let mut request = Box::pin(app.reset(&token, GOOD));
    while !app.world.people.asked().contains(&Query::ReplaceHash) {
        assert!(request.as_mut().now_or_never().is_none());
        tokio::task::yield_now().await;
    }
    drop(request);
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    assert!(app.has_password("ada", GOOD).await);
    assert!(!app.is_good(ada.access()).await);
    assert!(!app.lives(&ada).await);
}

/// Lets time pass for what waits for it, without waiting.
async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::sleep(time).await;
    tokio::time::resume();
}
