//! What is behind a store: what several handles share, what outlasts a process, what is cleaned up.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use redis::AsyncCommands as _;
use secure_runtime::{
    store::{Entry, PostgresStore, Space, SqliteStore, Store},
    test::TestClock,
};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::{
    backend::{At, MINUTE, Place, owned, postgres_pool, sqlite_pool, value},
    services::{Folder, Postgres},
};

const SPACE: Space<'static> = Space::new("test");

/// A second handle sees what the first one does, and another one still does when both are gone.
async fn assert_shared(at: At) {
    let At {
        store,
        clock,
        place,
    } = at;
    let other = place.open(&clock).await;
    let key = SPACE.key("a");
    store.put(key, owned(b"one", "alice")).await.unwrap();
    assert_eq!(other.get(key).await.unwrap().unwrap(), b"one");
    let swapped = other.compare_and_swap(key, b"one", owned(b"two", "bob"));
    assert!(swapped.await.unwrap());
    assert_eq!(store.list(SPACE, "bob").await.unwrap().len(), 1);
    assert_eq!(store.list(SPACE, "alice").await.unwrap(), []);
    drop((store, other));
    let later = place.open(&clock).await;
    assert_eq!(later.take(key).await.unwrap().unwrap(), b"two");
}

#[tokio::test]
async fn sqlite_is_shared_and_outlasts_its_handles() {
    if let Some(at) = At::sqlite().await {
        assert_shared(at).await;
    }
}

#[tokio::test]
async fn postgres_is_shared_and_outlasts_its_handles() {
    if let Some(at) = At::postgres().await {
        assert_shared(at).await;
    }
}

#[tokio::test]
async fn redis_is_shared_and_outlasts_its_handles() {
    if let Some(at) = At::redis().await {
        assert_shared(at).await;
    }
}

/// Rows that are over go while others are written, the others stay.
async fn assert_cleaned<F: Future<Output = i64>>(
    store: &dyn Store,
    clock: &TestClock,
    rows: impl Fn() -> F,
) {
    let hour = Entry {
        lifetime: 60 * MINUTE,
        ..value(b"kept")
    };
    for id in 0..300 {
        store
            .put(SPACE.key(&id.to_string()), value(b""))
            .await
            .unwrap();
    }
    clock.advance(10 * MINUTE);
    let ids: Vec<_> = (300..428).map(|id| id.to_string()).collect();
    for id in &ids {
        store.put(SPACE.key(id), hour).await.unwrap();
    }
    assert_eq!(rows().await, ids.len() as i64);
    for id in &ids {
        assert!(store.get(SPACE.key(id)).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn sqlite_deletes_what_is_over() {
    let (folder, clock) = (Folder::new("sqlite"), TestClock::default());
    let pool = sqlite_pool(&folder, Duration::from_secs(5)).await;
    let store = SqliteStore::new(pool.clone()).with_clock(clock.clone());
    store.migrate().await.unwrap();
    assert_cleaned(&store, &clock, || async {
        let rows = sqlx::query_scalar("SELECT count(*) FROM secure_store");
        rows.fetch_one(&pool).await.unwrap()
    })
    .await;
}

#[tokio::test]
async fn postgres_deletes_what_is_over() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let clock = TestClock::default();
    let pool = postgres_pool(&server.database()).await;
    let store = PostgresStore::new(pool.clone()).with_clock(clock.clone());
    store.migrate().await.unwrap();
    assert_cleaned(&store, &clock, || async {
        let rows = sqlx::query_scalar("SELECT count(*) FROM secure_store");
        rows.fetch_one(&pool).await.unwrap()
    })
    .await;
}

/// An app may have chosen the strictest isolation for its pool: statements that meet are tried again.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn postgres_with_the_strictest_isolation() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let options: PgConnectOptions = server.database().parse().unwrap();
    let options = options.options([("default_transaction_isolation", "serializable")]);
    let pool = PgPoolOptions::new().max_connections(8);
    let store = PostgresStore::new(pool.connect_with(options).await.unwrap());
    store.migrate().await.unwrap();
    let store = Arc::new(store.with_timeout(MINUTE));
    let key = SPACE.key("a");
    for _ in 0..5 {
        let tasks = (0..32).map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.put_if_absent(key, value(b"one")).await.unwrap() })
        });
        let put = join_all(tasks).await.into_iter().map(Result::unwrap);
        assert_eq!(put.filter(|put| *put).count(), 1);
        let tasks = (0..32).map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.take(key).await.unwrap() })
        });
        let taken = join_all(tasks).await.into_iter().filter_map(Result::unwrap);
        assert_eq!(taken.count(), 1);
    }
}

#[tokio::test]
async fn redis_ends_every_key_by_itself() {
    let Some(at) = At::redis().await else {
        return;
    };
    let Place::Redis { url, prefix } = &at.place else {
        unreachable!("it is Redis");
    };
    let client = redis::Client::open(url.as_str()).unwrap();
    let mut server = client.get_multiplexed_async_connection().await.unwrap();
    let hour = Entry {
        lifetime: 60 * MINUTE,
        ..owned(b"one", "alice")
    };
    at.store.put(SPACE.key("a"), hour).await.unwrap();
    let second = at
        .store
        .put_if_absent(SPACE.key("b"), owned(b"one", "alice"));
    assert!(second.await.unwrap());
    let third = at.store.compare_and_swap(SPACE.key("b"), b"one", hour);
    assert!(third.await.unwrap());
    at.store.put(SPACE.key("c"), value(b"one")).await.unwrap();
    let keys: Vec<String> = server.keys(format!("{prefix}*")).await.unwrap();
    assert_eq!(keys.len(), 4, "{keys:?}");
    for key in keys {
        let left: i64 = server.pttl(&key).await.unwrap();
        let lifetime = if key.ends_with(":c") {
            60_000
        } else {
            3_600_000
        };
        assert!(left > lifetime - 30_000, "{key}: {left} ms");
        assert!(left <= lifetime + 60_000, "{key}: {left} ms");
    }
    // And truly: a lifetime of a moment is over in the server, although our clock stands still.
    let moment = Entry {
        lifetime: Duration::from_millis(1),
        ..value(b"one")
    };
    at.store.put(SPACE.key("d"), moment).await.unwrap();
    while at.store.get(SPACE.key("d")).await.unwrap().is_some() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn redis_keeps_nothing_of_what_was_taken() {
    let Some(at) = At::redis().await else {
        return;
    };
    let Place::Redis { url, prefix } = &at.place else {
        unreachable!("it is Redis");
    };
    let client = redis::Client::open(url.as_str()).unwrap();
    let mut server = client.get_multiplexed_async_connection().await.unwrap();
    for id in ["a", "b"] {
        for value in [b"one", b"two"] {
            let key = SPACE.key(id);
            at.store.put(key, owned(value, "alice")).await.unwrap();
            let refused = at.store.put_if_absent(key, owned(b"three", "alice"));
            assert!(!refused.await.unwrap());
            let refused = at
                .store
                .compare_and_swap(key, b"three", owned(b"", "alice"));
            assert!(!refused.await.unwrap());
        }
    }
    let members: usize = server
        .zcard(format!("{prefix}owner:test::alice"))
        .await
        .unwrap();
    assert_eq!(members, 2);
    for id in ["a", "b"] {
        at.store.take(SPACE.key(id)).await.unwrap();
    }
    let keys: Vec<String> = server.keys(format!("{prefix}*")).await.unwrap();
    assert_eq!(keys, [""; 0]);
}

/// A process that ends between its commands leaves members in an index whose values are not there, or are
/// somebody else's.
#[tokio::test]
async fn redis_passes_over_what_a_crash_has_left() {
    let Some(at) = At::redis().await else {
        return;
    };
    let Place::Redis { url, prefix } = &at.place else {
        unreachable!("it is Redis");
    };
    let client = redis::Client::open(url.as_str()).unwrap();
    let mut server = client.get_multiplexed_async_connection().await.unwrap();
    for (id, owner) in [("a", "alice"), ("b", "bob")] {
        let entry = owned(b"one", owner);
        at.store.put(SPACE.key(id), entry).await.unwrap();
    }
    let index = format!("{prefix}owner:test::alice");
    for id in ["a", "b", "c", ""] {
        let member = format!("0123456789abcdef{id}");
        let _: () = server.zadd(&index, member, 1_u64 << 52).await.unwrap();
    }
    let _: () = server.zadd(&index, "short", 1_u64 << 52).await.unwrap();
    let listed = at.store.list(SPACE, "alice").await.unwrap();
    let ids: Vec<_> = listed.into_iter().map(|listed| listed.id).collect();
    assert_eq!(ids, ["a"]);
}
