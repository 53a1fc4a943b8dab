//! A refresh token that is sent twice by an honest client (A7).

use std::{collections::HashSet, time::Duration};

use futures_util::future::join_all;
use secure_runtime::{audit::AuditKind, test::TestClock, token::RefreshError};

use crate::support::{SharedStore, SignIns};

const GRACE: Duration = Duration::from_secs(10);
const MOMENT: Duration = Duration::from_millis(1);

#[actix_web::test]
async fn within_the_grace_the_same_token_gives_the_same_successor() {
    let app = SignIns::new();
    let first = app.sign_in("ada").await;
    let second = app.refresh(first.refresh()).await.expect("tokens");
    app.pass(GRACE);
    for _ in 0..3 {
        let again = app.refresh(first.refresh()).await.expect("tokens");
        assert_eq!(again.refresh().expose(), second.refresh().expose());
        assert_ne!(again.access().expose(), second.access().expose());
        assert!(app.is_good(again.access()).await);
    }
    app.pass(MOMENT);
    app.assert_reused("after the grace", first.refresh()).await;
    assert!(!app.is_good(second.access()).await);
    app.assert_invalid("the successor", second.refresh()).await;
}

#[actix_web::test]
async fn a_replay_does_not_prolong_the_grace() {
    let app = SignIns::new();
    let first = app.sign_in("ada").await;
    let _ = app.refresh(first.refresh()).await.expect("tokens");
    for _ in 0..10 {
        app.pass(Duration::from_secs(1));
        let _ = app.refresh(first.refresh()).await.expect("tokens");
    }
    app.pass(MOMENT);
    app.assert_reused("ten times within it, once after it", first.refresh())
        .await;
}

#[actix_web::test]
async fn once_the_successor_is_used_the_old_token_ends_the_family() {
    let app = SignIns::new();
    let first = app.sign_in("ada").await;
    let second = app.refresh(first.refresh()).await.expect("tokens");
    let third = app.refresh(second.refresh()).await.expect("tokens");
    // No time has passed at all.
    app.assert_reused("the first", first.refresh()).await;
    app.assert_invalid("the second", second.refresh()).await;
    app.assert_invalid("the third", third.refresh()).await;
    for issued in [first, second, third] {
        assert!(!app.is_good(issued.access()).await);
    }
}

#[actix_web::test]
async fn the_successor_has_a_grace_of_its_own() {
    let app = SignIns::new();
    let first = app.sign_in("ada").await;
    let second = app.refresh(first.refresh()).await.expect("tokens");
    app.pass(GRACE + MOMENT);
    let third = app.refresh(second.refresh()).await.expect("tokens");
    app.pass(GRACE);
    let again = app.refresh(second.refresh()).await.expect("tokens");
    assert_eq!(again.refresh().expose(), third.refresh().expose());
}

#[actix_web::test]
async fn without_a_grace_the_second_use_ends_the_family_at_once() {
    let app = SignIns::with(|settings| settings.refresh_grace(Duration::ZERO));
    let first = app.sign_in("ada").await;
    let second = app.refresh(first.refresh()).await.expect("tokens");
    app.assert_reused("at the same moment", first.refresh())
        .await;
    app.assert_invalid("the successor", second.refresh()).await;
}

#[actix_web::test]
async fn the_grace_has_a_bound() {
    let clock = TestClock::default();
    let build = |grace| {
        let built = crate::support::settings(&clock)
            .refresh_grace(grace)
            .build();
        built.map(drop).map_err(|error| error.findings().to_vec())
    };
    assert_eq!(build(Duration::from_secs(60)), Ok(()));
    let refused = build(Duration::from_secs(60) + MOMENT);
    let expected = "the grace of refresh tokens is at most 60 seconds".to_owned();
    assert_eq!(refused, Err(vec![expected]));
}

#[actix_web::test]
async fn a_hundred_at_once_get_the_one_successor() {
    let clock = TestClock::default();
    // Where nobody is asked for revocations, all of them come to the family at the same moment.
    let store = SharedStore::of_one_instance(&clock);
    let app = SignIns::with(|settings| settings.store(store.clone()));
    let first = app.sign_in("ada").await;
    store.asked();
    app.audit.events();
    let refreshes = (0..100).map(|_| app.refresh(first.refresh()));
    let answers = join_all(refreshes).await;
    let issued: Vec<_> = answers
        .into_iter()
        .map(|answer| answer.expect("tokens"))
        .collect();
    let successors: HashSet<_> = issued.iter().map(|one| one.refresh().expose()).collect();
    assert_eq!(successors.len(), 1);
    let access: HashSet<_> = issued.iter().map(|one| one.access().expose()).collect();
    assert_eq!(access.len(), 100);
    assert_eq!(app.audit.kinds(), [], "nobody is alarmed");
    let asked = store.asked();
    let (_, swaps) = asked.last().expect("swaps");
    assert!(*swaps > 1, "they did meet: {asked:?}");
    let next = app.refresh(issued[7].refresh()).await.expect("tokens");
    app.assert_reused("once it was used", first.refresh()).await;
    app.assert_invalid("the newest", next.refresh()).await;
}

/// The strict setting: of many at once one gets a successor, and that is worth nothing either.
#[actix_web::test]
async fn a_hundred_at_once_without_a_grace_end_the_family_once() {
    let clock = TestClock::default();
    let store = SharedStore::new(&clock);
    let app = SignIns::with(|settings| {
        let settings = settings.store(store.clone());
        settings.refresh_grace(Duration::ZERO)
    });
    let first = app.sign_in("ada").await;
    app.audit.events();
    let answers = join_all((0..100).map(|_| app.refresh(first.refresh()))).await;
    let good: Vec<_> = answers.iter().flatten().collect();
    assert_eq!(good.len(), 1);
    for refused in answers.iter().filter_map(|answer| answer.as_ref().err()) {
        assert!(matches!(refused, RefreshError::Invalid), "{refused:?}");
    }
    assert_eq!(
        app.audit.kinds(),
        [AuditKind::TokenReuse],
        "reported by one"
    );
    app.assert_invalid("what the one got", good[0].refresh())
        .await;
    assert!(!app.is_good(good[0].access()).await);
}
