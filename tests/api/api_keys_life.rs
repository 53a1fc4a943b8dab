//! How keys end and are made anew: expiry, revocation, rotation (K3).

use std::time::Duration;

use futures_util::future::join_all;
use secure_runtime::{
    Problem,
    api_key::{ApiKeyError, DEFAULT_OVERLAP, IssuedApiKey, NewApiKey},
    audit::AuditKind,
};

use crate::support::{Keys, Operation, new_key};

const MOMENT: Duration = Duration::from_millis(1);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn rotate(keys: &Keys, key: &IssuedApiKey, overlap: Duration) -> IssuedApiKey {
    let api_keys = keys.app.security().api_keys();
    let rotated = api_keys.rotate("ada", &key.info.id, overlap).await;
    rotated.expect("an answer").expect("a key")
}

#[actix_web::test]
async fn a_key_ends_when_it_is_said() {
    let keys = Keys::new().await;
    let key = keys
        .make(NewApiKey {
            expires_in: Some(HOUR),
            ..new_key(&["notes:read"])
        })
        .await;
    let start = keys.now();
    assert_eq!(key.info.expires_at, Some(start + HOUR));
    let answer = keys.get("/read", key.key.expose()).await.json();
    assert_eq!(answer["until"], (start + HOUR).as_secs());
    keys.pass(HOUR - MOMENT);
    assert_eq!(keys.status(&key).await, 200);
    // Remembered, and expired all the same.
    keys.pass(MOMENT);
    assert_eq!(keys.status(&key).await, 401);
    keys.pass(HOUR);
    assert_eq!(keys.status(&key).await, 401);
    let api_keys = keys.app.security().api_keys();
    assert_eq!(api_keys.list("ada").await.expect("a list"), []);
    let rotated = api_keys.rotate("ada", &key.info.id, DEFAULT_OVERLAP).await;
    assert!(rotated.expect("an answer").is_none());
}

#[actix_web::test]
async fn a_key_without_an_end_goes_on() {
    let keys = Keys::new().await;
    let key = keys.key(&["notes:read"]).await;
    keys.pass(DAY * 365 * 50);
    assert_eq!(keys.status(&key).await, 200);
}

#[actix_web::test]
async fn a_key_that_is_revoked_ends_at_once() {
    let keys = Keys::new().await;
    let (key, other) = (
        keys.key(&["notes:read"]).await,
        keys.key(&["notes:read"]).await,
    );
    assert_eq!(keys.status(&key).await, 200);
    keys.audit.events();
    let api_keys = keys.app.security().api_keys();
    assert!(
        api_keys
            .revoke("ada", &key.info.id)
            .await
            .expect("an answer")
    );
    assert_eq!(keys.status(&key).await, 401);
    assert_eq!(keys.status(&other).await, 200);
    let [event] = &keys.audit.events()[..] else {
        panic!("one event")
    };
    assert_eq!(event.kind, AuditKind::ApiKeyRevoked);
    assert_eq!(event.subject.as_deref(), Some("ada"));
    assert_eq!(event.api_key.as_deref(), Some(key.info.id.as_str()));
    // A second time there is none.
    assert!(
        !api_keys
            .revoke("ada", &key.info.id)
            .await
            .expect("an answer")
    );
    assert_eq!(keys.audit.kinds(), []);
    let rotated = api_keys.rotate("ada", &key.info.id, HOUR).await;
    assert!(rotated.expect("an answer").is_none());
}

#[actix_web::test]
async fn ids_that_are_none_are_nobodys() {
    let keys = Keys::new().await;
    let api_keys = keys.app.security().api_keys();
    let long = "a".repeat(1000);
    for id in ["", "000000000000", "a\0b", "short", long.as_str(), "äöüäöü"] {
        assert!(
            !api_keys.revoke("ada", id).await.expect("an answer"),
            "{id}"
        );
        let rotated = api_keys.rotate("ada", id, HOUR).await;
        assert!(rotated.expect("an answer").is_none(), "{id}");
    }
}

#[actix_web::test]
async fn all_keys_of_a_subject_at_once() {
    let keys = Keys::new().await;
    let [first, second] = [
        keys.key(&["notes:read"]).await,
        keys.key(&["notes:read"]).await,
    ];
    assert_eq!(
        (keys.status(&first).await, keys.status(&second).await),
        (200, 200)
    );
    keys.audit.events();
    let api_keys = keys.app.security().api_keys();
    assert_eq!(api_keys.revoke_all("ada").await.expect("an answer"), 2);
    assert_eq!(keys.audit.kinds(), [AuditKind::ApiKeyRevoked; 2]);
    assert_eq!(
        (keys.status(&first).await, keys.status(&second).await),
        (401, 401)
    );
    assert_eq!(api_keys.revoke_all("ada").await.expect("an answer"), 0);
    assert_eq!(api_keys.list("ada").await.expect("a list"), []);
}

#[actix_web::test]
async fn where_the_store_fails_a_key_is_not_revoked_and_says_so() {
    let keys = Keys::new().await;
    let key = keys.key(&["notes:read"]).await;
    let api_keys = keys.app.security().api_keys();
    for operation in [Operation::List, Operation::Take] {
        keys.store.fails_to(&[operation]);
        assert!(api_keys.revoke("ada", &key.info.id).await.is_err());
        assert!(api_keys.revoke_all("ada").await.is_err());
    }
    keys.store.works();
    assert_eq!(keys.status(&key).await, 200);
    assert!(
        api_keys
            .revoke("ada", &key.info.id)
            .await
            .expect("an answer")
    );
}

#[actix_web::test]
async fn a_key_that_is_made_anew_is_good_in_both_forms_for_a_while() {
    let keys = Keys::new().await;
    let old = keys.key(&["notes:read"]).await;
    assert_eq!(keys.status(&old).await, 200);
    keys.pass(HOUR);
    keys.audit.events();
    let new = rotate(&keys, &old, DEFAULT_OVERLAP).await;
    assert_eq!(keys.audit.kinds(), [AuditKind::ApiKeyCreated]);
    let now = keys.now();
    assert_eq!((&new.info.id, new.info.uses), (&old.info.id, 1));
    assert_eq!(new.info.name, "import");
    assert_eq!(new.info.created_at, now - HOUR);
    assert_eq!(new.info.rotated_at, now);
    assert_eq!(new.info.overlap_ends_at, Some(now + DAY));
    assert_ne!(new.key.expose(), old.key.expose());
    keys.pass(DAY - MOMENT);
    assert_eq!(
        (keys.status(&old).await, keys.status(&new).await),
        (200, 200)
    );
    // Remembered, and over all the same.
    keys.pass(MOMENT);
    assert_eq!(
        (keys.status(&old).await, keys.status(&new).await),
        (401, 200)
    );
    let listed = keys.app.security().api_keys().list("ada").await;
    let [info] = &listed.expect("a list")[..] else {
        panic!("one key")
    };
    assert_eq!((info.overlap_ends_at, info.uses), (None, 4));
}

#[actix_web::test]
async fn without_an_overlap_the_old_form_ends_at_once() {
    let keys = Keys::new().await;
    let old = keys.key(&["notes:read"]).await;
    assert_eq!(keys.status(&old).await, 200);
    let new = rotate(&keys, &old, Duration::ZERO).await;
    assert_eq!(
        (keys.status(&old).await, keys.status(&new).await),
        (401, 200)
    );
    assert_eq!(new.info.overlap_ends_at, None);
}

/// Who presses the button twice must not cut off what runs with the key.
#[actix_web::test]
async fn rotated_twice_the_first_form_is_still_good() {
    let keys = Keys::new().await;
    let first = keys.key(&["notes:read"]).await;
    let api_keys = keys.app.security().api_keys();
    let twice = (0..2).map(|_| api_keys.rotate("ada", &first.info.id, HOUR));
    let forms: Vec<IssuedApiKey> = join_all(twice)
        .await
        .into_iter()
        .map(|rotated| rotated.expect("an answer").expect("a key"))
        .collect();
    for key in forms.iter().chain([&first]) {
        assert_eq!(keys.status(key).await, 200);
    }
    // One that has leaked ends all before it.
    let last = rotate(&keys, &first, Duration::ZERO).await;
    for key in forms.iter().chain([&first]) {
        assert_eq!(keys.status(key).await, 401);
    }
    assert_eq!(keys.status(&last).await, 200);
}

#[actix_web::test]
async fn an_overlap_is_thirty_days_at_most() {
    let keys = Keys::new().await;
    let key = keys.key(&["notes:read"]).await;
    let api_keys = keys.app.security().api_keys();
    let too_long = api_keys
        .rotate("ada", &key.info.id, DAY * 30 + MOMENT)
        .await;
    assert!(
        matches!(too_long, Err(ApiKeyError::Invalid(_))),
        "{too_long:?}"
    );
    assert_eq!(Problem::from(too_long.expect_err("refused")).status(), 422);
    let new = rotate(&keys, &key, DAY * 30).await;
    keys.pass(DAY * 30 - MOMENT);
    assert_eq!(
        (keys.status(&key).await, keys.status(&new).await),
        (200, 200)
    );
}

#[actix_web::test]
async fn a_rotation_does_not_prolong_a_key() {
    let keys = Keys::new().await;
    let key = keys
        .make(NewApiKey {
            expires_in: Some(HOUR),
            ..new_key(&["notes:read"])
        })
        .await;
    keys.pass(HOUR / 2);
    let new = rotate(&keys, &key, DAY).await;
    assert_eq!(new.info.expires_at, key.info.expires_at);
    keys.pass(HOUR / 2);
    assert_eq!(
        (keys.status(&key).await, keys.status(&new).await),
        (401, 401)
    );
}

#[actix_web::test]
async fn where_the_store_fails_a_key_stays_as_it_is() {
    let keys = Keys::new().await;
    let key = keys.key(&["notes:read"]).await;
    let api_keys = keys.app.security().api_keys();
    for operation in [Operation::Get, Operation::Swap] {
        keys.store.fails_to(&[operation]);
        let rotated = api_keys.rotate("ada", &key.info.id, HOUR).await;
        let problem = Problem::from(rotated.expect_err("no store"));
        assert_eq!(problem.status(), 503, "{operation:?}");
    }
    keys.store.works();
    assert_eq!(keys.status(&key).await, 200);
}

#[actix_web::test]
async fn lists_show_the_newest_first() {
    let keys = Keys::new().await;
    let mut expected = Vec::new();
    for name in ["first", "second", "third"] {
        let key = keys
            .make(NewApiKey {
                name: name.to_owned(),
                ..new_key(&["notes:read"])
            })
            .await;
        expected.insert(0, key.info);
        keys.pass(MOMENT);
    }
    let listed = keys.app.security().api_keys().list("ada").await;
    assert_eq!(listed.expect("a list"), expected);
}

/// Signing out is about sign-ins; a key is revoked by its id.
#[actix_web::test]
async fn signing_out_ends_no_key() {
    let keys = Keys::new().await;
    let key = keys.key(&["notes:read"]).await;
    let tokens = keys.app.security().tokens();
    tokens
        .sign_out_everywhere("ada")
        .await
        .expect("the store works");
    assert_eq!(keys.status(&key).await, 200);
}
