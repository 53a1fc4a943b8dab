//! Refresh tokens: used once, known again when they are used twice, and not for ever (A7).

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use secure_runtime::{
    ServerSecret,
    audit::AuditKind,
    test::TestClock,
    token::{Grant, Refresh, RefreshError, Token},
};

use crate::support::{Operation, SharedStore, SignIns};

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Longer than the grace.
const A_WHILE: Duration = Duration::from_secs(11);

#[actix_web::test]
async fn each_use_gives_the_next_token() {
    let app = SignIns::new();
    let mut issued = app.sign_in("ada").await;
    assert_eq!(app.audit.kinds(), [AuditKind::TokenCreated]);
    let mut seen = vec![issued.refresh().expose().to_owned()];
    for _ in 0..20 {
        app.pass(A_WHILE);
        let next = app.refresh(issued.refresh()).await.expect("tokens");
        assert!(app.is_good(next.access()).await);
        assert!(app.is_good(issued.access()).await, "it ends by itself");
        assert!(!seen.contains(&next.refresh().expose().to_owned()));
        seen.push(next.refresh().expose().to_owned());
        issued = next;
    }
    assert_eq!(app.audit.kinds(), []);
    let sign_ins = app.security.tokens().sign_ins("ada").await.expect("a list");
    assert_eq!(sign_ins.len(), 1, "one sign-in, however often refreshed");
}

#[actix_web::test]
async fn a_second_use_ends_the_family_and_its_access_tokens() {
    let app = SignIns::new();
    let (first, other) = (app.sign_in("ada").await, app.sign_in("ada").await);
    let second = app.refresh(first.refresh()).await.expect("tokens");
    app.pass(A_WHILE);
    let third = app.refresh(second.refresh()).await.expect("tokens");
    app.pass(A_WHILE);
    app.audit.events();
    let refused = app.refresh(first.refresh()).await;
    assert!(matches!(refused, Err(RefreshError::Invalid)), "{refused:?}");
    let [event] = &app.audit.events()[..] else {
        panic!("one event");
    };
    assert_eq!(
        (event.kind, event.subject.as_deref()),
        (AuditKind::TokenReuse, Some("ada"))
    );
    let family = event.family.clone().expect("a family");
    assert!(event.kind.is_alarming());
    for (name, issued) in [("first", &first), ("second", &second), ("third", &third)] {
        assert!(!app.is_good(issued.access()).await, "{name}");
        // Once it has ended it is reported no more.
        app.assert_invalid(name, issued.refresh()).await;
    }
    assert!(
        app.is_good(other.access()).await,
        "another sign-in lives on"
    );
    let left = app.security.tokens().sign_ins("ada").await.expect("a list");
    assert!(left.iter().all(|left| left.id != family), "{left:?}");
    let _ = app.refresh(other.refresh()).await.expect("tokens");
}

/// Who reads the audit log has to hear of it, whatever else fails.
#[actix_web::test]
async fn a_second_use_is_recorded_though_the_store_fails_meanwhile() {
    let store = SharedStore::new(&TestClock::default());
    let app = SignIns::with(|settings| settings.store(store.clone()));
    let first = app.sign_in("ada").await;
    let _ = app.refresh(first.refresh()).await.expect("tokens");
    app.pass(A_WHILE);
    app.audit.events();
    store.fails_to(&[Operation::Put]);
    let failed = app.refresh(first.refresh()).await;
    assert!(matches!(failed, Err(RefreshError::Failed(_))), "{failed:?}");
    assert_eq!(app.audit.kinds(), [AuditKind::TokenReuse]);
    assert!(!app.is_good(first.access()).await, "here it counts already");
}

#[actix_web::test]
async fn a_token_of_any_older_generation_ends_the_family() {
    for older in 0..4 {
        let app = SignIns::new();
        let mut issued = vec![app.sign_in("ada").await];
        for _ in 0..5 {
            app.pass(A_WHILE);
            let last = issued.last().expect("tokens");
            issued.push(app.refresh(last.refresh()).await.expect("tokens"));
        }
        // At once, so within the grace of the newest.
        app.assert_reused(&older.to_string(), issued[older].refresh())
            .await;
        app.assert_invalid("the newest", issued[5].refresh()).await;
    }
}

#[actix_web::test]
async fn an_unused_token_ends_after_seven_days() {
    let app = SignIns::new();
    let [used, unused] = [app.sign_in("ada").await, app.sign_in("ada").await];
    app.pass(DAY * 7 - Duration::from_millis(1));
    let next = app.refresh(used.refresh()).await.expect("tokens");
    app.pass(Duration::from_millis(1));
    app.assert_invalid("seven days unused", unused.refresh())
        .await;
    app.pass(DAY * 7 - Duration::from_millis(2));
    let last = app.refresh(next.refresh()).await.expect("tokens");
    app.pass(DAY * 7);
    app.assert_invalid("seven days after its use", last.refresh())
        .await;
    let left = app.security.tokens().sign_ins("ada").await.expect("a list");
    assert_eq!(left, []);
}

#[actix_web::test]
async fn a_sign_in_ends_after_thirty_days_however_often_it_is_refreshed() {
    let app = SignIns::new();
    let mut issued = app.sign_in("ada").await;
    for _ in 0..29 {
        app.pass(DAY);
        issued = app.refresh(issued.refresh()).await.expect("tokens");
    }
    app.pass(DAY - Duration::from_millis(1));
    let last = app.refresh(issued.refresh()).await.expect("tokens");
    app.pass(Duration::from_millis(1));
    app.assert_invalid("thirty days", last.refresh()).await;
}

#[actix_web::test]
async fn lifetimes_are_what_was_set() {
    let app = SignIns::with(|settings| {
        let settings = settings.refresh_idle_lifetime(SECOND * 60);
        settings.refresh_absolute_lifetime(SECOND * 100)
    });
    let issued = app.sign_in("ada").await;
    app.pass(SECOND * 59);
    let next = app.refresh(issued.refresh()).await.expect("tokens");
    app.pass(Duration::from_millis(40_999));
    let last = app.refresh(next.refresh()).await.expect("tokens");
    app.pass(Duration::from_millis(1));
    app.assert_invalid("100 s", last.refresh()).await;
}

#[actix_web::test]
async fn what_is_no_token_of_ours_gets_nothing_and_harms_nobody() {
    let app = SignIns::new();
    let issued = app.sign_in("ada").await;
    let text = issued.refresh().expose();
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).expect("base64");
    let mut cases: Vec<String> = vec![
        String::new(),
        ".".to_owned(),
        "null".to_owned(),
        text[1..].to_owned(),
        text[..text.len() - 1].to_owned(),
        format!("{text}A"),
        format!("{text}="),
        format!(" {text}"),
        format!("{text}\n"),
        text.to_lowercase(),
        text.replace(['-', '_'], "+"),
        BASE64_URL_SAFE_NO_PAD.encode([0; 68]),
        BASE64_URL_SAFE_NO_PAD.encode([0xff; 68]),
        "A".repeat(100_000),
        issued.access().expose().to_owned(),
    ];
    for at in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[at / 8] ^= 1 << (at % 8);
        cases.push(BASE64_URL_SAFE_NO_PAD.encode(changed));
    }
    // The next generation, under the tag of this one.
    let mut later = bytes.clone();
    later[35] += 1;
    cases.push(BASE64_URL_SAFE_NO_PAD.encode(later));
    cases.retain(|case| case != text);
    for case in cases {
        let token: Token<Refresh> = Token::from_untrusted(case.clone());
        app.assert_invalid(&case, &token).await;
    }
    let _ = app
        .refresh(issued.refresh())
        .await
        .expect("it is still good");
}

#[actix_web::test]
async fn a_token_is_worth_nothing_under_another_secret() {
    let clock = TestClock::default();
    let store = SharedStore::new(&clock);
    let with = |secret: &ServerSecret, previous: &[&ServerSecret]| {
        SignIns::with(|settings| {
            let settings = settings.store(store.clone()).secret(secret.clone());
            let mut previous = previous.iter();
            previous.by_ref().fold(settings, |settings, secret| {
                settings.previous_secret((*secret).clone())
            })
        })
    };
    let [old, new] = [ServerSecret::random(), ServerSecret::random()];
    let before = with(&old, &[]);
    let [first, second] = [before.sign_in("ada").await, before.sign_in("ada").await];
    with(&new, &[])
        .assert_invalid("a stranger's", first.refresh())
        .await;

    let after = with(&new, &[&old]);
    let next = after.refresh(first.refresh()).await.expect("recognised");
    let again = after
        .refresh(first.refresh())
        .await
        .expect("within the grace");
    assert_eq!(again.refresh().expose(), next.refresh().expose());
    // What it gave is made with the new secret alone.
    before
        .assert_invalid("a new token, for the old instance", next.refresh())
        .await;
    let alone = with(&new, &[]);
    let _ = alone.refresh(next.refresh()).await.expect("tokens");
    alone
        .assert_invalid("an old one, once the secret is gone", second.refresh())
        .await;
}

#[actix_web::test]
async fn sign_ins_of_one_subject_are_listed_and_ended_one_by_one() {
    let app = SignIns::new();
    let phone = app
        .sign_in_with(&Grant::new("ada").with_client_id("phone"))
        .await;
    app.pass(SECOND);
    let laptop = app
        .sign_in_with(&Grant::new("ada").with_client_id("laptop"))
        .await;
    let _ = app.sign_in("eve").await;
    app.pass(SECOND);
    let tokens = app.security.tokens();
    let phone = app.refresh(phone.refresh()).await.expect("tokens");
    let listed = tokens.sign_ins("ada").await.expect("a list");
    let clients: Vec<_> = listed
        .iter()
        .map(|family| family.client_id.as_str())
        .collect();
    assert_eq!(clients, ["phone", "laptop"], "the last refreshed first");
    assert_eq!(listed[0].refreshed_at - listed[0].started_at, SECOND * 2);
    let id = &listed[0].id;
    app.audit.events();
    assert!(
        !tokens.end_sign_in("eve", id).await.expect("an answer"),
        "not hers"
    );
    assert!(
        !tokens
            .end_sign_in("ada", "no such")
            .await
            .expect("an answer")
    );
    assert_eq!(app.audit.kinds(), []);
    assert!(app.is_good(phone.access()).await);
    assert!(tokens.end_sign_in("ada", id).await.expect("an answer"));
    assert_eq!(app.audit.kinds(), [AuditKind::TokenRevoked]);
    assert!(!app.is_good(phone.access()).await);
    app.assert_invalid("ended", phone.refresh()).await;
    assert!(app.is_good(laptop.access()).await);
    assert!(
        !tokens.end_sign_in("ada", id).await.expect("an answer"),
        "twice"
    );
}
