//! Somebody else writes, or there is no table.

use std::time::Duration;

use secure_runtime::store::{Space, SqliteStore, Store as _, StoreError};
use sqlx::SqlitePool;

use crate::{
    backend::{sqlite, sqlite_pool, value},
    patience::{LIMIT, assert_recovers, assert_works},
    services::Folder,
};

const SPACE: Space<'static> = Space::new("test");

async fn store(folder: &Folder, busy: Duration) -> SqliteStore {
    let store = sqlite(folder, busy).await;
    store.migrate().await.expect("migrations");
    store
}

/// A connection that is in the middle of a write.
async fn writer(folder: &Folder) -> (SqlitePool, sqlx::Transaction<'static, sqlx::Sqlite>) {
    let pool = sqlite_pool(folder, Duration::from_secs(60)).await;
    let writing = pool.begin_with("BEGIN IMMEDIATE").await.expect("a lock");
    (pool, writing)
}

#[tokio::test(flavor = "multi_thread")]
async fn another_writer_for_too_long() {
    // The pool gives up before our limit, and after it.
    for busy in [Duration::ZERO, 5 * LIMIT] {
        let folder = Folder::new("sqlite");
        let store = store(&folder, busy).await.with_timeout(LIMIT);
        assert_works(&store).await;
        store.put(SPACE.key("b"), value(b"one")).await.unwrap();
        let (_pool, writing) = writer(&folder).await;
        let start = std::time::Instant::now();
        let put = store.put(SPACE.key("a"), value(b"one")).await;
        assert!(matches!(put, Err(StoreError::Unavailable(_))), "{put:?}");
        assert!(start.elapsed() >= LIMIT / 2, "it has not tried for long");
        assert!(start.elapsed() < Duration::from_secs(20));
        // Reading goes on.
        let there = store.get(SPACE.key("b")).await.unwrap();
        assert_eq!(there.unwrap(), b"one");
        writing.rollback().await.unwrap();
        assert_recovers(&store).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_writer_for_a_while_is_waited_for() {
    let folder = Folder::new("sqlite");
    let store = store(&folder, Duration::ZERO).await;
    let store = store.with_timeout(Duration::from_secs(60));
    let (_pool, writing) = writer(&folder).await;
    let release = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        writing.rollback().await.unwrap();
    };
    let (put, ()) = tokio::join!(store.put(SPACE.key("a"), value(b"one")), release);
    put.unwrap();
    assert!(store.get(SPACE.key("a")).await.unwrap().is_some());
}

#[tokio::test]
async fn a_database_that_was_not_migrated() {
    let folder = Folder::new("sqlite");
    let store = sqlite(&folder, Duration::ZERO).await;
    let error = store.get(SPACE.key("a")).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    assert!(error.to_string().contains("secure_store"), "{error}");
    let ping = store.ping().await;
    assert!(matches!(ping, Err(StoreError::Unavailable(_))), "{ping:?}");
}

#[tokio::test]
async fn a_database_that_is_full() {
    let folder = Folder::new("sqlite");
    let pool = sqlite_pool(&folder, Duration::ZERO).await;
    let store = SqliteStore::new(pool.clone());
    store.migrate().await.unwrap();
    // For each connection that the pool may open.
    let mut connections = Vec::new();
    for _ in 0..8 {
        let mut connection = pool.acquire().await.unwrap();
        let bound = sqlx::query("PRAGMA max_page_count = 40");
        bound.execute(&mut *connection).await.unwrap();
        connections.push(connection);
    }
    drop(connections);
    let large = [7; 64 * 1024];
    let mut written = 0;
    let error = loop {
        let id = written.to_string();
        match store.put(SPACE.key(&id), value(&large)).await {
            Ok(()) => written += 1,
            Err(error) => break error,
        }
        assert!(written < 100, "it takes more than it may hold");
    };
    assert!(matches!(error, StoreError::Full), "{error}");
    for id in 0..written {
        let taken = store.take(SPACE.key(&id.to_string())).await.unwrap();
        assert_eq!(taken.unwrap(), large);
    }
    assert_works(&store).await;
}
