//! Signing up: an account is made by whoever reads what is mailed to the address, and the answer says nothing
//! about who has one (B8).

use futures_util::future::join_all;
use secure_runtime::{
    audit::AuditKind,
    token::{ChangeEmail, ChangeEmailClaims, Reset, ResetClaims, VerifyEmail, VerifyEmailClaims},
};
use serde_json::{Value, json};

use crate::support::{
    AccountApp, BAD, BUSY, DAY, Fault, GOOD, OTHER, Operation, Query, SECOND, Way, Work,
    assert_refused_at, bad_token, problem,
};

#[actix_web::test]
async fn the_holder_of_the_link_makes_the_account() {
    let app = AccountApp::new().await;
    let people = &app.world.people;
    assert_eq!(app.register(" New@Example.com ").await, (202, Value::Null));
    assert_eq!(people.count(), 2, "no account yet");
    assert_eq!(app.work_off().await, 0);
    let letter = app.world.letterbox.one();
    assert_eq!(
        (letter.to.as_str(), letter.subject.as_str()),
        ("new@example.com", "confirm")
    );
    assert_eq!(app.world.audit.kinds(), []);

    assert_eq!(app.verify(&letter.token, GOOD).await, (204, Value::Null));
    let made = people.get("new").expect("an account");
    assert_eq!(made.address.as_deref(), Some("new@example.com"));
    assert!(app.has_password("new", GOOD).await);
    assert_eq!(people.details(), [json!({"username": "Somebody"})]);
    let [event] = &app.world.audit.events()[..] else {
        panic!("one event");
    };
    assert_eq!(event.kind, AuditKind::AccountCreated);
    assert_eq!(event.subject.as_deref(), Some("new"));
    assert!(event.request_id.is_some() && event.address.is_some());

    // It signs nobody in, and the link is used up.
    assert_eq!(
        app.app
            .security()
            .tokens()
            .sign_ins("new")
            .await
            .expect("a list"),
        []
    );
    assert_eq!(app.verify(&letter.token, OTHER).await, bad_token());
    assert!(app.has_password("new", GOOD).await);
}

#[actix_web::test]
async fn who_has_an_account_is_told_so_by_mail_alone() {
    let app = AccountApp::new().await;
    // One that may not sign in has an account, too.
    app.world.people.change("bob", |bob| bob.disabled = true);
    for email in ["ada@example.com", "ADA@example.com", "bob@example.com"] {
        assert_eq!(app.register(email).await, (202, Value::Null));
    }
    app.work_off().await;
    let sent = app.world.letterbox.subjects();
    let already = |to: &str| (to.to_owned(), "already registered".to_owned());
    let [ada, bob] = ["ada@example.com", "bob@example.com"].map(already);
    assert_eq!(sent, [ada.clone(), ada, bob]);
}

/// Status, body, headers, hashes, queries and operations.
#[actix_web::test]
async fn an_answer_and_its_work_do_not_say_who_has_an_account() {
    let app = AccountApp::new().await;
    app.keep_the_worker_busy().await;
    let mut seen = Vec::new();
    for email in ["ada@example.com", "bob@example.com", "nob@example.com"] {
        let body = json!({"email": email, "username": "Somebody"});
        let (response, work) = app.work_of(app.post("/register", body)).await;
        let mut headers: Vec<_> = response
            .headers()
            .iter()
            // What the address has left counts down, whomever it asks about.
            .filter(|(name, _)| !["x-request-id", "ratelimit"].contains(&name.as_str()))
            .map(|(name, value)| (name.to_string(), value.to_str().expect("text").to_owned()))
            .collect();
        headers.sort();
        let one_write = Work {
            hashes: 0,
            queries: vec![],
            operations: vec![(Operation::Put, 1)],
        };
        assert_eq!(work, one_write, "{email}");
        seen.push((response.status(), response.text(), headers));
    }
    assert_eq!(seen[0], seen[2]);
    assert_eq!(seen[1], seen[2]);
    app.let_the_worker_go();
    app.work_off().await;
    assert_eq!(app.world.letterbox.take().len(), BUSY + 3);
}

#[actix_web::test]
async fn a_token_that_is_good_for_nothing_has_one_answer_and_costs_no_hash() {
    let app = AccountApp::new().await;
    let good = app.sign_up_token().await;
    let mut tampered = good.clone();
    let last = if tampered.ends_with('A') { "E" } else { "A" };
    tampered.replace_range(..1, if tampered.starts_with('A') { "B" } else { "A" });
    let mut another = good.clone();
    another.replace_range(10..11, if &another[10..11] == "x" { "y" } else { "x" });
    let tokens = app.app.security().one_time_tokens();
    let claims = ResetClaims::new("ada", None, "ada@example.com");
    let reset = tokens
        .issue::<Reset>("ada", &claims)
        .await
        .expect("a token");
    let claims = ChangeEmailClaims::new("ada", None, "ada@example.com", "new@example.com");
    let change = tokens
        .issue::<ChangeEmail>("ada", &claims)
        .await
        .expect("a token");
    let nothing = "A".repeat(43);
    for token in [
        "",
        "x",
        &nothing,
        &tampered,
        &another,
        &format!("{good}{last}"),
        &good[1..],
        reset.expose(),
        change.expose(),
    ] {
        let (answer, work) = app.work_of(app.verify(token, GOOD)).await;
        assert_eq!(answer, bad_token(), "{token}");
        assert_eq!((work.hashes, work.queries.len()), (0, 0), "{token}");
        // Nor does a bad password make it another answer.
        assert_eq!(app.verify(token, BAD).await, bad_token(), "{token}");
    }
    assert_eq!(app.verify(&good, GOOD).await.0, 204);
}

#[actix_web::test]
async fn a_link_holds_for_a_day() {
    let app = AccountApp::new().await;
    let token = app.sign_up_token().await;
    app.world.clock.advance(DAY - SECOND);
    assert_refused_at(&app.verify(&token, BAD).await, "#/password");
    app.world.clock.advance(SECOND);
    assert_eq!(app.verify(&token, GOOD).await, bad_token());
    assert_eq!(app.world.people.count(), 2);
}

#[actix_web::test]
async fn a_link_is_good_after_a_password_that_is_refused() {
    let app = AccountApp::new().await;
    let token = app.sign_up_token().await;
    // The address, the display name, too short, too common.
    for password in ["new@example.com", "somebody somebody", "short", BAD, ""] {
        let answer = app.verify(&token, password).await;
        assert_refused_at(&answer, "#/password");
        assert_eq!(app.world.people.count(), 2);
    }
    assert_eq!(app.verify(&token, GOOD).await.0, 204);
}

#[actix_web::test]
async fn of_a_hundred_at_once_one_makes_the_account() {
    let app = AccountApp::crowded().await;
    let token = app.sign_up_token().await;
    let all = (0..100).map(|number| {
        let (app, token) = (&app, &token);
        async move { app.verify(token, &format!("{GOOD} {number}")).await }
    });
    let answers = join_all(all).await;
    let made = answers.iter().filter(|answer| answer.0 == 204).count();
    let bad = answers.iter().filter(|answer| **answer == bad_token());
    let strange = answers
        .iter()
        .find(|answer| answer.0 != 204 && answer.0 != 400);
    assert_eq!(strange, None);
    assert_eq!((made, bad.count()), (1, 99));
    assert_eq!(app.world.people.count(), 3);
    assert_eq!(app.world.audit.kinds(), [AuditKind::AccountCreated]);
}

#[actix_web::test]
async fn of_several_links_to_one_address_one_makes_the_account() {
    let app = AccountApp::new().await;
    let mut tokens = Vec::new();
    for _ in 0..3 {
        tokens.push(app.sign_up_token().await);
    }
    assert_eq!(app.verify(&tokens[1], GOOD).await.0, 204);
    let (answer, work) = app.work_of(app.verify(&tokens[0], OTHER)).await;
    assert_eq!((answer, work.hashes), (bad_token(), 0), "they have ended");
    assert_eq!(app.verify(&tokens[2], OTHER).await, bad_token());
    assert!(app.has_password("new", GOOD).await);
}

/// Somebody made an account with the address in the meantime, in another way.
#[actix_web::test]
async fn a_link_makes_no_second_account() {
    let app = AccountApp::new().await;
    let token = app.sign_up_token().await;
    app.world.people.add("new", None);
    assert_eq!(app.verify(&token, GOOD).await, bad_token());
    assert!(app.world.people.get("new").expect("it").hash.is_none());
    assert_eq!(app.world.audit.kinds(), []);
}

#[actix_web::test]
async fn what_cannot_be_made_now_can_be_made_later_with_the_same_link() {
    let app = AccountApp::new().await;
    let token = app.sign_up_token().await;
    app.world.people.fails(Query::Create, Some(Fault::Refused));
    let answer = app.verify(&token, GOOD).await;
    assert_eq!(answer, (500, problem(500, "Internal Server Error")));
    app.world.people.fails(Query::Create, None);
    assert_eq!(app.verify(&token, GOOD).await.0, 204);
    assert!(app.has_password("new", GOOD).await);
}

#[actix_web::test]
async fn a_store_that_fails_is_503_and_costs_no_link() {
    let app = AccountApp::new().await;
    let token = app.sign_up_token().await;
    for operation in [Operation::Get, Operation::Take] {
        app.world.store.fails_to(&[operation]);
        assert_eq!(app.verify(&token, GOOD).await.0, 503, "{operation:?}");
        app.world.store.works();
    }
    app.world.store.fails();
    assert_eq!(app.register("other@example.com").await.0, 503);
    app.world.store.works();
    assert_eq!(app.verify(&token, GOOD).await.0, 204);
}

/// What is left of the others ends by itself, and gets nobody an account.
#[actix_web::test]
async fn an_account_is_made_though_the_other_links_cannot_be_ended() {
    let app = AccountApp::new().await;
    let tokens = [app.sign_up_token().await, app.sign_up_token().await];
    app.world.store.fails_to(&[Operation::List]);
    assert_eq!(app.verify(&tokens[0], GOOD).await.0, 204);
    app.world.store.works();
    assert_eq!(app.verify(&tokens[1], OTHER).await, bad_token());
    assert!(app.has_password("new", GOOD).await);
}

#[actix_web::test]
async fn addresses_and_details_are_bounded() {
    let app = AccountApp::new().await;
    let long = format!("{}@example.com", "a".repeat(243));
    assert_eq!(long.len(), 255);
    for email in [
        long.as_str(),
        "",
        "  ",
        "a\0b@example.com",
        "a\r\nb@example.com",
        "a\u{7f}b",
    ] {
        assert_refused_at(&app.register(email).await, "#/email");
        assert_refused_at(&app.forgot(email).await, "#/email");
    }
    assert_eq!(app.register(&long[1..]).await.0, 202);
    let body = json!({"email": "new@example.com", "username": "x".repeat(9000)});
    assert_refused_at(&app.answer("/register", body).await, "#");
    app.work_off().await;
    assert_eq!(app.world.letterbox.one().to, long[1..]);
}

/// Nobody who reads the store reads who wants an account, nor has a token.
#[actix_web::test]
async fn the_queue_says_nothing() {
    use secure_runtime::store::{Space, Store as _};

    let app = AccountApp::new().await;
    app.world.letterbox.set(Way::Fails);
    app.register("secretive@example.com").await;
    app.work_off().await;
    let queued = app
        .world
        .store
        .list(Space::new("mail"), "sign-ups")
        .await
        .expect("a list");
    assert_eq!(queued.len(), 1);
    let text = String::from_utf8_lossy(&queued[0].value).into_owned();
    for word in ["secretive", "example.com", "Somebody", "sign_up"] {
        assert!(!text.contains(word), "{word}: {text}");
    }
    let claims = VerifyEmailClaims {
        address: "secretive@example.com".to_owned(),
        details: Value::Null,
    };
    let tokens = app.app.security().one_time_tokens();
    let token = tokens
        .issue::<VerifyEmail>("x", &claims)
        .await
        .expect("a token");
    assert!(!text.contains(token.expose()));
}
