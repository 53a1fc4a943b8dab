//! When a key was last used, and how often: counted in memory, and written now and then (K3).

use std::time::Duration;

use futures_util::future::join;
use secure_runtime::{
    store::{Space, Store as _},
    test::TestClock,
};

use crate::support::{Forge, Keys, Operation, Owners, SharedStore};

const SECOND: Duration = Duration::from_secs(1);
const USES: Space<'static> = Space::new("api-key-use");

/// Lets everything run that can.
async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

async fn uses(keys: &Keys) -> Vec<(u64, Option<Duration>)> {
    let listed = keys.app.security().api_keys().list("ada").await;
    let listed = listed.expect("a list");
    listed
        .iter()
        .map(|key| (key.uses, key.last_used_at))
        .collect()
}

#[actix_web::test]
async fn uses_are_counted_here_at_once() {
    let keys = Keys::new().await;
    let key = keys.key(&["notes:read"]).await;
    assert_eq!(uses(&keys).await, [(0, None)]);
    for _ in 0..5 {
        keys.pass(SECOND);
        assert_eq!(keys.status(&key).await, 200);
    }
    assert_eq!(uses(&keys).await, [(5, Some(keys.now()))]);
    // A route that the key may not have was tried with it all the same.
    assert_eq!(keys.get("/edit", key.key.expose()).await.status(), 403);
    assert_eq!(uses(&keys).await, [(6, Some(keys.now()))]);
    // A wrong key is none.
    assert_eq!(keys.get("/read", "key_wrong").await.status(), 401);
    assert_eq!(uses(&keys).await, [(6, Some(keys.now()))]);
}

#[actix_web::test]
async fn no_request_writes() {
    tokio::time::pause();
    let keys = Keys::new().await;
    let key = keys.key(&["notes:read"]).await;
    keys.store.asked();
    for _ in 0..1000 {
        assert_eq!(keys.status(&key).await, 200);
    }
    settle().await;
    assert_eq!(keys.store.asked(), [(Operation::Get, 1)]);
    // After ten seconds all of it is one write.
    tokio::time::advance(SECOND * 9).await;
    settle().await;
    assert_eq!(keys.store.asked(), []);
    tokio::time::advance(SECOND + Duration::from_millis(2)).await;
    settle().await;
    let written = [(Operation::Get, 2), (Operation::PutIfAbsent, 1)];
    assert_eq!(
        keys.store.asked(),
        written,
        "the use, and whether the key is still there"
    );
    assert_eq!(keys.store.list(USES, "ada").await.expect("a list").len(), 1);
    keys.store.asked();

    // Nothing is written where nothing was counted.
    tokio::time::advance(SECOND * 60).await;
    settle().await;
    assert_eq!(keys.store.asked(), []);
    for _ in 0..1000 {
        assert_eq!(keys.status(&key).await, 200);
    }
    settle().await;
    tokio::time::advance(SECOND * 11).await;
    settle().await;
    let written = [(Operation::Get, 1), (Operation::Swap, 1)];
    assert_eq!(keys.store.asked(), written);
    assert_eq!(uses(&keys).await, [(2000, Some(keys.now()))]);
}

#[actix_web::test]
async fn what_could_not_be_written_is_not_lost() {
    tokio::time::pause();
    let keys = Keys::new().await;
    let key = keys.key(&["notes:read"]).await;
    for _ in 0..7 {
        assert_eq!(keys.status(&key).await, 200);
    }
    let api_keys = keys.app.security().api_keys();
    for operation in [Operation::Get, Operation::PutIfAbsent] {
        keys.store.fails_to(&[operation]);
        assert!(api_keys.flush().await.is_err(), "{operation:?}");
    }
    keys.store.works();
    assert_eq!(uses(&keys).await, [(7, Some(keys.now()))]);
    // Nobody uses the key any more, and it is written all the same.
    keys.store.fails();
    tokio::time::advance(SECOND * 11).await;
    settle().await;
    keys.store.works();
    tokio::time::advance(SECOND * 11).await;
    settle().await;
    let stored = keys.store.list(USES, "ada").await.expect("a list");
    let stored = String::from_utf8_lossy(&stored[0].value).into_owned();
    assert!(stored.contains("\"uses\":7"), "{stored}");
}

#[actix_web::test]
async fn at_the_end_everything_is_written() {
    let (clock, owners) = (TestClock::default(), Owners::with_ada());
    let store = SharedStore::new(&clock);
    let signing = |settings: crate::support::Complete| settings.signing_key(Forge::key());
    let first = Keys::on(store.clone(), clock.clone(), owners.clone(), signing).await;
    let key = first.key(&["notes:read"]).await;
    for _ in 0..3 {
        assert_eq!(first.status(&key).await, 200);
    }
    first
        .app
        .security()
        .api_keys()
        .flush()
        .await
        .expect("the store works");
    let then = first.now();
    drop(first);
    let second = Keys::on(store, clock, owners, signing).await;
    assert_eq!(uses(&second).await, [(3, Some(then))]);
    second.pass(SECOND);
    assert_eq!(second.status(&key).await, 200);
    assert_eq!(uses(&second).await, [(4, Some(then + SECOND))]);
}

/// Two instances add to one number.
#[actix_web::test]
async fn two_instances_count_together() {
    let (clock, owners) = (TestClock::default(), Owners::with_ada());
    let store = SharedStore::new(&clock);
    let signing = |settings: crate::support::Complete| settings.signing_key(Forge::key());
    let here = Keys::on(store.clone(), clock.clone(), owners.clone(), signing).await;
    let there = Keys::on(store, clock, owners, signing).await;
    let key = here.key(&["notes:read"]).await;
    for _ in 0..10 {
        for _ in 0..3 {
            assert_eq!(here.status(&key).await, 200);
        }
        for _ in 0..2 {
            assert_eq!(there.status(&key).await, 200);
        }
        let [here, there] = [&here, &there].map(|keys| keys.app.security().api_keys().flush());
        let (here, there) = join(here, there).await;
        assert!(here.is_ok() && there.is_ok(), "{here:?} {there:?}");
    }
    assert_eq!(uses(&here).await, [(50, Some(here.now()))]);
    assert_eq!(uses(&there).await, [(50, Some(here.now()))]);
}

#[actix_web::test]
async fn a_key_that_is_gone_leaves_no_use_behind() {
    for turns in 0..20 {
        let keys = Keys::new().await;
        let key = keys.key(&["notes:read"]).await;
        assert_eq!(keys.status(&key).await, 200);
        let api_keys = keys.app.security().api_keys();
        // Written at each step of the revocation.
        let flush = async {
            for _ in 0..turns {
                tokio::task::yield_now().await;
            }
            api_keys.flush().await
        };
        let (revoked, flushed) = join(api_keys.revoke("ada", &key.info.id), flush).await;
        assert!(revoked.expect("an answer"));
        flushed.expect("the store works");
        let left = keys.store.list(USES, "ada").await.expect("a list");
        assert_eq!(left, [], "after {turns} turns");
    }
}
