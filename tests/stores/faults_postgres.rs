//! The server is gone, hangs, or has no table or no connection for us.

use std::time::Duration;

use secure_runtime::store::{PostgresStore, Store as _, StoreError};
use sqlx::postgres::PgPoolOptions;

use crate::{
    backend::{postgres, value},
    patience::{LIMIT, assert_recovers, assert_unavailable, assert_works},
    services::{Postgres, Wire},
};

async fn store(url: &str) -> PostgresStore {
    let store = postgres(url).await.with_timeout(LIMIT);
    store.migrate().await.expect("migrations");
    store
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_was_killed() {
    let Some(mut server) = Postgres::start() else {
        return;
    };
    let store = store(&server.database()).await;
    let kept = secure_runtime::store::Space::new("test").key("kept");
    store.put(kept, value(b"kept")).await.unwrap();
    assert_works(&store).await;
    server.kill();
    assert_unavailable(&store).await;
    assert_unavailable(&store).await;
    server.start_again();
    assert_recovers(&store).await;
    let there = store.get(kept).await.unwrap().unwrap();
    assert_eq!(there, b"kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs() {
    let Some(server) = Postgres::start() else {
        return;
    };
    let store = store(&server.database()).await;
    assert_works(&store).await;
    server.hang();
    // More rounds than the pool has connections: none of them is stuck with the server.
    for _ in 0..3 {
        assert_unavailable(&store).await;
    }
    server.go_on();
    assert_recovers(&store).await;
    assert_works(&store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_drops_packets() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let wire = Wire::to(server.port());
    let port = |port: u16| format!(":{port}/");
    let url = server.database();
    let url = url.replace(&port(server.port()), &port(wire.port()));
    // Without a test a silent connection is only noticed by the statement.
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .test_before_acquire(false);
    let pool = pool.connect(&url).await.unwrap();
    let store = PostgresStore::new(pool.clone()).with_timeout(LIMIT);
    store.migrate().await.unwrap();
    assert_works(&store).await;
    // The pool asks a connection that it takes back whether it lives; that must be over.
    while pool.num_idle() == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    wire.cut();
    let key = secure_runtime::store::Space::new("test").key("a");
    let error = store.get(key).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    // No connection has ended; another one takes its place all the same.
    assert_recovers(&store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_that_the_app_has_used_up() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .connect(&server.database())
        .await
        .unwrap();
    let store = PostgresStore::new(pool.clone()).with_timeout(LIMIT);
    store.migrate().await.unwrap();
    let taken = pool.acquire().await.unwrap();
    assert_unavailable(&store).await;
    drop(taken);
    assert_recovers(&store).await;
}

#[tokio::test]
async fn a_database_that_was_not_migrated() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let store = postgres(&server.database()).await;
    let key = secure_runtime::store::Space::new("test").key("a");
    let error = store.get(key).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    assert!(error.to_string().contains("secure_store"), "{error}");
    let ping = store.ping().await;
    assert!(matches!(ping, Err(StoreError::Unavailable(_))), "{ping:?}");
}
