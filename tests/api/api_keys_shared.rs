//! What a key costs, between two instances on one store and while the store is gone (K3, D8).

use std::time::Duration;

use futures_util::future::{join, join_all};
use secure_runtime::test::TestClock;

use crate::support::{Keys, Operation, Owners, SharedStore, all, problem, seen};

const BOUND: Duration = Duration::from_secs(1);
const MOMENT: Duration = Duration::from_millis(1);

/// Two instances on one store, with the same accounts.
async fn two() -> (Keys, Keys) {
    let (clock, owners) = (TestClock::default(), Owners::with_ada());
    let store = SharedStore::new(&clock);
    let key = crate::support::Forge::key();
    let here = Keys::on(store.clone(), clock.clone(), owners.clone(), |settings| {
        settings.signing_key(key.clone())
    });
    let here = here.await;
    let there = Keys::on(store, clock, owners, |settings| settings.signing_key(key));
    (here, there.await)
}

#[actix_web::test]
async fn a_key_that_is_used_all_the_time_asks_once_within_the_bound() {
    let keys = Keys::new().await;
    let key = keys.key(&["notes:read"]).await;
    keys.store.asked();
    keys.owners.asked();
    for _ in 0..3 {
        for _ in 0..200 {
            assert_eq!(keys.status(&key).await, 200);
            keys.pass(BOUND / 200);
        }
        assert_eq!(keys.store.asked(), [(Operation::Get, 1)]);
        assert_eq!(keys.owners.asked(), 1);
    }
}

#[actix_web::test]
async fn a_bound_of_the_apps_own() {
    let bound = Duration::from_secs(30);
    let keys = Keys::with(|settings| settings.revocation_bound(bound)).await;
    let key = keys.key(&["notes:read"]).await;
    assert_eq!(keys.status(&key).await, 200);
    keys.store.asked();
    keys.pass(bound - MOMENT);
    assert_eq!(keys.status(&key).await, 200);
    assert_eq!(keys.store.asked(), []);
    keys.pass(MOMENT);
    assert_eq!(keys.status(&key).await, 200);
    assert_eq!(keys.store.asked(), [(Operation::Get, 1)]);
}

/// Many at once, when what was found out is too old: one asks, and the others wait for it.
#[actix_web::test]
async fn many_at_once_ask_once() {
    let keys = Keys::new().await;
    let key = keys.key(&["notes:read"]).await;
    assert_eq!(keys.status(&key).await, 200);
    keys.pass(BOUND);
    keys.store.asked();
    keys.owners.asked();
    let statuses = join_all((0..100).map(|_| keys.status(&key))).await;
    assert_eq!(statuses, [200; 100]);
    assert_eq!(keys.store.asked(), [(Operation::Get, 1)]);
    assert_eq!(keys.owners.asked(), 1);
}

/// The first time nothing is known that would tell a good key from a wrong one: the store is asked by each,
/// the accounts by one.
#[actix_web::test]
async fn many_at_once_for_the_first_time_ask_the_accounts_once() {
    let keys = Keys::new().await;
    let key = keys.key(&["notes:read"]).await;
    keys.owners.asked();
    let statuses = join_all((0..100).map(|_| keys.status(&key))).await;
    assert_eq!(statuses, [200; 100]);
    assert_eq!(keys.owners.asked(), 1);
}

#[actix_web::test]
async fn a_revocation_elsewhere_counts_within_the_bound() {
    let (here, there) = two().await;
    let key = here.key(&["notes:read"]).await;
    assert_eq!(
        (here.status(&key).await, there.status(&key).await),
        (200, 200)
    );
    here.pass(BOUND / 2);
    let api_keys = there.app.security().api_keys();
    assert!(
        api_keys
            .revoke("ada", &key.info.id)
            .await
            .expect("an answer")
    );
    assert_eq!(
        there.status(&key).await,
        401,
        "at once where it was revoked"
    );
    here.pass(BOUND / 2 - MOMENT);
    assert_eq!(here.status(&key).await, 200, "within the bound");
    here.pass(MOMENT);
    assert_eq!(here.status(&key).await, 401);
}

#[actix_web::test]
async fn a_key_made_anew_elsewhere_is_good_at_once() {
    let (here, there) = two().await;
    let old = here.key(&["notes:read"]).await;
    assert_eq!(
        (here.status(&old).await, there.status(&old).await),
        (200, 200)
    );
    let api_keys = there.app.security().api_keys();
    let new = api_keys.rotate("ada", &old.info.id, Duration::ZERO).await;
    let new = new.expect("an answer").expect("a key");
    // What is remembered here is older than the new form.
    assert_eq!(
        (here.status(&new).await, there.status(&new).await),
        (200, 200)
    );
    // Having seen it, nobody takes the old one any more, though the bound is not over.
    assert_eq!(
        (here.status(&old).await, there.status(&old).await),
        (401, 401)
    );
    assert_eq!(
        (here.status(&new).await, there.status(&new).await),
        (200, 200)
    );
}

#[actix_web::test]
async fn an_old_form_counts_elsewhere_within_the_bound() {
    let (here, there) = two().await;
    let old = here.key(&["notes:read"]).await;
    assert_eq!(here.status(&old).await, 200);
    let api_keys = there.app.security().api_keys();
    let new = api_keys.rotate("ada", &old.info.id, Duration::ZERO).await;
    let _ = new.expect("an answer").expect("a key");
    here.pass(BOUND);
    assert_eq!(here.status(&old).await, 401);
}

#[actix_web::test]
async fn while_the_store_is_gone_keys_are_good_within_the_bound_and_then_nobody_gets_in() {
    let keys = Keys::new().await;
    let (used, unused) = (
        keys.key(&["notes:read"]).await,
        keys.key(&["notes:read"]).await,
    );
    assert_eq!(keys.status(&used).await, 200);
    keys.store.fails();
    assert_eq!(keys.status(&used).await, 200, "within the bound");
    let refused = keys.get("/read", unused.key.expose()).await;
    assert_eq!(seen(&refused), (503, problem(503, "Service Unavailable")));
    assert_eq!(all(&refused, "retry-after"), ["1"]);
    assert_eq!(all(&refused, "cache-control"), ["no-store"]);
    keys.pass(BOUND);
    assert_eq!(keys.status(&used).await, 503);
    keys.store.works();
    assert_eq!(
        (keys.status(&used).await, keys.status(&unused).await),
        (200, 200)
    );
}

/// A request that has read a key just before it is revoked must not have it remembered.
#[actix_web::test]
async fn what_is_revoked_while_it_is_looked_up_is_not_remembered() {
    for turns in 0..40 {
        let keys = Keys::new().await;
        let key = keys.key(&["notes:read"]).await;
        let api_keys = keys.app.security().api_keys();
        // The store lets others run before each answer, so that the two meet at each step of the other.
        let revoke = async {
            for _ in 0..turns {
                tokio::task::yield_now().await;
            }
            api_keys
                .revoke("ada", &key.info.id)
                .await
                .expect("an answer")
        };
        let (_, revoked) = join(keys.status(&key), revoke).await;
        assert!(revoked);
        assert_eq!(keys.status(&key).await, 401, "after {turns} turns");
    }
}

/// Many wait for accounts that cannot say: they are asked once, and not by one after the other.
#[actix_web::test]
async fn many_who_wait_for_nothing_wait_once() {
    let keys = Keys::new().await;
    let key = keys.key(&["notes:read"]).await;
    assert_eq!(keys.status(&key).await, 200);
    for _ in 0..2 {
        keys.pass(BOUND);
        keys.owners.asked();
        keys.owners.is_down(true);
        let statuses = join_all((0..50).map(|_| keys.status(&key))).await;
        assert_eq!(statuses, [500; 50]);
        assert_eq!(keys.owners.asked(), 1);
        // Who comes afterwards asks again.
        keys.owners.is_down(false);
        let statuses = join_all((0..50).map(|_| keys.status(&key))).await;
        assert_eq!(statuses, [200; 50]);
        assert_eq!(keys.owners.asked(), 1);
    }
}
