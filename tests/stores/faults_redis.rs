//! The server is gone, hangs, is full, or holds what we did not write.

use redis::AsyncCommands as _;
use secure_runtime::store::{RedisStore, Space, Store as _, StoreError};

use crate::{
    backend::{owned, value},
    patience::{LIMIT, assert_recovers, assert_unavailable, assert_works},
    services::{Redis, Wire},
};

const SPACE: Space<'static> = Space::new("test");

async fn connect(server: &Redis) -> RedisStore {
    let store = RedisStore::connect(&server.url()).await.expect("a server");
    store.with_timeout(LIMIT)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_was_killed() {
    let Some(mut server) = Redis::start() else {
        return;
    };
    let store = connect(&server).await;
    assert_works(&store).await;
    server.kill();
    assert_unavailable(&store).await;
    assert_unavailable(&store).await;
    server.start_again();
    assert_recovers(&store).await;
    assert_works(&store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs() {
    let Some(server) = Redis::start() else {
        return;
    };
    let store = connect(&server).await;
    assert_works(&store).await;
    server.hang();
    assert_unavailable(&store).await;
    // By now there is no connection, and a new one gets no answer either.
    assert_unavailable(&store).await;
    server.go_on();
    assert_recovers(&store).await;
    assert_works(&store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_drops_packets() {
    let Some(server) = Redis::shared() else {
        return;
    };
    let wire = Wire::to(server.port());
    let url = format!("redis://127.0.0.1:{}", wire.port());
    let store = RedisStore::connect(&url).await.expect("a server");
    let store = store.with_prefix("wire:").with_timeout(LIMIT);
    assert_works(&store).await;
    wire.cut();
    assert_unavailable(&store).await;
    // No connection has ended; the next one is made all the same.
    assert_recovers(&store).await;
}

#[tokio::test]
async fn a_server_that_was_never_there() {
    let Some(mut server) = Redis::start() else {
        return;
    };
    server.kill();
    let error = RedisStore::connect(&server.url()).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    let error = RedisStore::connect("http://127.0.0.1").await.unwrap_err();
    assert!(error.to_string().contains("URL"), "{error}");
}

#[tokio::test]
async fn a_server_that_is_full_drops_nothing() {
    let Some(server) = Redis::start_with(&["--maxmemory", "8mb"]) else {
        return;
    };
    let store = connect(&server).await;
    let large = vec![7; 64 * 1024];
    let mut written = Vec::new();
    let error = loop {
        let id = written.len().to_string();
        match store.put(SPACE.key(&id), owned(&large, "alice")).await {
            Ok(()) => written.push(id),
            Err(error) => break error,
        }
        assert!(written.len() < 1000, "it takes more than it may hold");
    };
    assert!(matches!(error, StoreError::Full), "{error}");
    for id in &written {
        assert!(store.get(SPACE.key(id)).await.unwrap().is_some());
    }
    for id in &written {
        assert!(store.take(SPACE.key(id)).await.unwrap().is_some());
    }
    assert_works(&store).await;
}

#[tokio::test]
async fn scripts_that_the_server_has_forgotten() {
    let Some(server) = Redis::start() else {
        return;
    };
    let store = connect(&server).await;
    let client = redis::Client::open(server.url()).unwrap();
    let mut other = client.get_multiplexed_async_connection().await.unwrap();
    for round in 0..2 {
        let id = round.to_string();
        let put = store.put_if_absent(SPACE.key(&id), owned(b"one", "alice"));
        assert!(put.await.unwrap());
        let _: () = redis::cmd("SCRIPT")
            .arg("FLUSH")
            .query_async(&mut other)
            .await
            .unwrap();
    }
    assert_eq!(store.list(SPACE, "alice").await.unwrap().len(), 2);
}

#[tokio::test]
async fn what_somebody_else_wrote_is_no_value() {
    let Some(server) = Redis::start() else {
        return;
    };
    let store = connect(&server).await;
    let client = redis::Client::open(server.url()).unwrap();
    let mut other = client.get_multiplexed_async_connection().await.unwrap();
    for foreign in [
        "",
        "1",
        "a text of somebody else, long enough to have a header",
    ] {
        let _: () = other.set("secure:value:test::a", foreign).await.unwrap();
        let key = SPACE.key("a");
        let answers = [
            store.get(key).await.map(drop),
            store.put_if_absent(key, value(b"one")).await.map(drop),
            store
                .compare_and_swap(key, b"", value(b"one"))
                .await
                .map(drop),
        ];
        for answer in answers {
            assert!(matches!(answer, Err(StoreError::Corrupt(_))), "{answer:?}");
        }
        let there: String = other.get("secure:value:test::a").await.unwrap();
        assert_eq!(there, foreign, "it is left as it is");
    }
}
