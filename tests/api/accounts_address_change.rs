//! The change of an address: by who knows the password and reads what is mailed to the new one; the old one
//! is told (B8).

use futures_util::future::join_all;
use secure_runtime::{audit::AuditKind, test::cheap_hash};
use serde_json::Value;

use crate::support::{
    AccountApp, CURRENT, Fault, GOOD, HOUR, Operation, Query, SECOND, assert_refused_at, bad_token,
    problem,
};

const NEW: &str = "lovelace@example.com";

async fn address_of(app: &AccountApp, subject: &str) -> Option<String> {
    app.world.people.get(subject).expect("a person").address
}

#[actix_web::test]
async fn who_reads_the_letter_confirms_the_address() {
    let app = AccountApp::new().await;
    let ada = app.sign_in("ada").await;
    app.world.audit.events();
    let asked = app.move_to(ada.access(), " Lovelace@example.com", CURRENT);
    assert_eq!(asked.await, (202, Value::Null));
    assert_eq!(
        address_of(&app, "ada").await.as_deref(),
        Some("ada@example.com")
    );
    app.work_off().await;
    let letter = app.world.letterbox.one();
    assert_eq!(
        (letter.to.as_str(), letter.subject.as_str()),
        (NEW, "confirm address")
    );

    assert_eq!(app.moved(&letter.token).await, (204, Value::Null));
    assert_eq!(address_of(&app, "ada").await.as_deref(), Some(NEW));
    assert_eq!(app.world.audit.kinds(), [AuditKind::AddressChanged]);
    app.work_off().await;
    let notice = ("ada@example.com".to_owned(), "address changed".to_owned());
    assert_eq!(app.world.letterbox.subjects(), [notice]);
    assert!(app.is_good(ada.access()).await, "nobody is signed out");
    assert_eq!(app.moved(&letter.token).await, bad_token());
}

#[actix_web::test]
async fn an_address_that_is_taken_has_the_same_answer() {
    let app = AccountApp::new().await;
    let ada = app.sign_in("ada").await;
    let mut works = Vec::new();
    for address in ["bob@example.com", NEW] {
        // The worker's work comes after the answer's.
        let asked = app.move_to(ada.access(), address, CURRENT);
        let (answer, work) = app.work_of(asked).await;
        assert_eq!(answer, (202, Value::Null), "{address}");
        works.push(work.hashes);
        app.work_off().await;
    }
    assert_eq!(works, [1, 1]);
    let sent = [
        ("bob@example.com", "already registered"),
        (NEW, "confirm address"),
    ];
    let sent = sent.map(|(to, subject)| (to.to_owned(), subject.to_owned()));
    assert_eq!(app.world.letterbox.subjects(), sent);
}

#[actix_web::test]
async fn a_wrong_password_asks_for_nothing() {
    let app = AccountApp::new().await;
    let ada = app.sign_in("ada").await;
    let answer = app.move_to(ada.access(), NEW, "wrong").await;
    assert_refused_at(&answer, "#/current_password");
    app.work_off().await;
    assert_eq!(app.world.letterbox.take(), []);
    assert!(
        app.world
            .audit
            .kinds()
            .contains(&AuditKind::PasswordChangeFailed)
    );
}

#[actix_web::test]
async fn addresses_are_bounded_before_the_password_is_looked_at() {
    let app = AccountApp::new().await;
    let ada = app.sign_in("ada").await;
    let long = "a".repeat(255);
    for address in ["", "a\nb@example.com", &long] {
        let asked = app.move_to(ada.access(), address, CURRENT);
        let (answer, work) = app.work_of(asked).await;
        assert_refused_at(&answer, "#/email");
        assert_eq!(work.hashes, 0);
    }
}

#[actix_web::test]
async fn a_link_holds_for_an_hour_and_for_its_purpose() {
    let app = AccountApp::new().await;
    let (sign_up, reset) = (app.sign_up_token().await, app.reset_token().await);
    let token = app.move_token().await;
    for other in ["", "x", &sign_up, &reset] {
        assert_eq!(app.moved(other).await, bad_token(), "{other}");
    }
    assert_eq!(app.verify(&token, GOOD).await, bad_token());
    assert_eq!(app.reset(&token, GOOD).await, bad_token());
    app.world.clock.advance(HOUR - SECOND);
    let late = app.move_token().await;
    app.world.clock.advance(SECOND);
    assert_eq!(app.moved(&token).await, bad_token());
    assert_eq!(app.moved(&late).await.0, 204);
}

#[actix_web::test]
async fn of_a_hundred_at_once_one_confirms() {
    let app = AccountApp::crowded().await;
    let token = app.move_token().await;
    app.world.audit.events();
    let answers = join_all((0..100).map(|_| app.moved(&token))).await;
    let won = answers.iter().filter(|answer| answer.0 == 204).count();
    let bad = answers.iter().filter(|answer| **answer == bad_token());
    let strange = answers
        .iter()
        .find(|answer| answer.0 != 204 && answer.0 != 400);
    assert_eq!(strange, None);
    assert_eq!((won, bad.count()), (1, 99));
    assert_eq!(app.world.audit.kinds(), [AuditKind::AddressChanged]);
}

/// Each link is for the address that the account had.
#[actix_web::test]
async fn a_link_is_good_for_nothing_once_the_address_is_another_one() {
    let app = AccountApp::new().await;
    let (first, second) = (app.move_token().await, app.move_token().await);
    let reset = app.reset_token().await;
    assert_eq!(app.moved(&first).await.0, 204);
    assert_eq!(app.moved(&second).await, bad_token());
    // It went to the old address, which may be the reason for the change.
    assert_eq!(app.reset(&reset, GOOD).await, bad_token());
    app.work_off().await;
    assert_eq!(app.world.letterbox.one().subject, "address changed");

    // The app's own way, which ends no tokens.
    let token = {
        let ada = app.sign_in("ada").await;
        app.move_to(ada.access(), "third@example.com", CURRENT)
            .await;
        app.mailed_token().await
    };
    let other = Some("fourth@example.com".to_owned());
    app.world
        .people
        .change("ada", |ada| ada.address.clone_from(&other));
    assert_eq!(app.moved(&token).await, bad_token());
    assert_eq!(address_of(&app, "ada").await, other);
}

/// Whoever knew the password asked for it; its owner has set another one since.
#[actix_web::test]
async fn a_link_is_good_for_nothing_once_the_password_is_another_one() {
    let app = AccountApp::new().await;
    let token = app.move_token().await;
    // The app's own way, which ends no tokens.
    for hash in [Some(cheap_hash(GOOD)), None] {
        app.world.people.change("ada", |ada| ada.hash = hash);
        assert_eq!(app.moved(&token).await, bad_token());
    }
    let address = address_of(&app, "ada").await;
    assert_eq!(address.as_deref(), Some("ada@example.com"));
}

#[actix_web::test]
async fn an_account_that_is_disabled_gone_or_too_late_stays_as_it_is() {
    let app = AccountApp::new().await;
    let token = app.move_token().await;
    app.world.people.change("ada", |ada| ada.disabled = true);
    assert_eq!(app.moved(&token).await, bad_token());
    app.world.people.change("ada", |ada| ada.disabled = false);

    let token = app.move_token().await;
    app.world
        .people
        .change("bob", |bob| bob.address = Some(NEW.to_owned()));
    assert_eq!(app.moved(&token).await, bad_token(), "bob was quicker");
    assert_eq!(
        address_of(&app, "ada").await.as_deref(),
        Some("ada@example.com")
    );
    app.world.people.remove("ada");
    assert_eq!(app.moved(&token).await, bad_token());
}

#[actix_web::test]
async fn an_account_without_an_address_has_none_to_change() {
    let app = AccountApp::new().await;
    let ada = app.sign_in("ada").await;
    app.world.people.change("ada", |ada| ada.address = None);
    let answer = app.move_to(ada.access(), NEW, CURRENT).await;
    assert_eq!(answer.0, 409);
}

#[actix_web::test]
async fn what_cannot_be_stored_costs_no_link() {
    let app = AccountApp::new().await;
    let token = app.move_token().await;
    for query in [Query::BySubject, Query::ChangeAddress] {
        app.world.people.fails(query, Some(Fault::Refused));
        let answer = app.moved(&token).await;
        assert_eq!(answer, (500, problem(500, "Internal Server Error")));
        app.world.people.fails(query, None);
    }
    for operation in [Operation::Get, Operation::Take] {
        app.world.store.fails_to(&[operation]);
        assert_eq!(app.moved(&token).await.0, 503);
        app.world.store.works();
    }
    assert_eq!(app.moved(&token).await.0, 204);
}

/// The database has done it, and its answer is lost.
#[actix_web::test]
async fn the_old_address_is_told_of_what_was_stored_after_all() {
    let app = AccountApp::new().await;
    let (token, reset) = (app.move_token().await, app.reset_token().await);
    app.world
        .people
        .fails(Query::ChangeAddress, Some(Fault::AnswerLost));
    assert_eq!(app.moved(&token).await.0, 500);
    app.world.people.fails(Query::ChangeAddress, None);
    tokio::time::pause();
    tokio::time::sleep(SECOND * 2).await;
    tokio::time::resume();
    app.work_off().await;
    let notice = ("ada@example.com".to_owned(), "address changed".to_owned());
    assert_eq!(app.world.letterbox.subjects(), [notice]);
    assert_eq!(app.reset(&reset, GOOD).await, bad_token());
}
