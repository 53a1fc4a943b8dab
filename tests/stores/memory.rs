//! What only the store in memory has: a bound, and no server to clean up.

use std::time::Duration;

use secure_runtime::{
    store::{Entry, MemoryStore, Space, Store as _, StoreError},
    test::TestClock,
};

use crate::backend::{MINUTE, owned, value};

const SPACE: Space<'static> = Space::new("test");

/// What an entry with the id of one digit, no owner and no value counts for.
async fn bytes_of_one() -> usize {
    let store = MemoryStore::new();
    store.put(SPACE.key("0"), value(b"")).await.unwrap();
    store.bytes()
}

fn bounded(bytes: usize) -> (MemoryStore, TestClock) {
    let clock = TestClock::default();
    let store = MemoryStore::new().with_clock(clock.clone());
    (store.with_capacity(bytes), clock)
}

#[tokio::test]
async fn what_lives_is_never_dropped() {
    let (store, clock) = bounded(3 * bytes_of_one().await);
    for id in ["0", "1", "2"] {
        store.put(SPACE.key(id), value(b"")).await.unwrap();
    }
    let full = store.put(SPACE.key("3"), value(b"")).await;
    assert!(matches!(full, Err(StoreError::Full)), "{full:?}");
    let full = store.put_if_absent(SPACE.key("3"), value(b"")).await;
    assert!(matches!(full, Err(StoreError::Full)), "{full:?}");
    // One that is there cannot grow, and stays.
    let full = store.compare_and_swap(SPACE.key("2"), b"", value(b"x"));
    assert!(matches!(full.await, Err(StoreError::Full)));
    for id in ["0", "1", "2"] {
        assert!(store.get(SPACE.key(id)).await.unwrap().is_some());
        // And can be written again at its size.
        store.put(SPACE.key(id), value(b"")).await.unwrap();
    }
    clock.advance(MINUTE);
    store.put(SPACE.key("3"), value(b"")).await.unwrap();
    assert!(store.get(SPACE.key("3")).await.unwrap().is_some());
}

#[tokio::test]
async fn room_is_made_of_what_is_over() {
    let count = 100;
    let (store, clock) = bounded(count * bytes_of_one().await);
    let short = Entry {
        lifetime: Duration::from_secs(1),
        ..value(b"")
    };
    for id in 0..10 {
        store.put(SPACE.key(&id.to_string()), short).await.unwrap();
    }
    clock.advance(Duration::from_secs(1));
    // As large as all of them: more than one operation gives back by itself.
    let large = vec![0; 60 * bytes_of_one().await];
    store.put(SPACE.key("a"), value(&large)).await.unwrap();
    store
        .put(SPACE.key("b"), value(&large[..39 * 256]))
        .await
        .unwrap();
    assert!(store.get(SPACE.key("a")).await.unwrap().is_some());
}

#[tokio::test]
async fn memory_is_given_back_bit_by_bit() {
    let (store, clock) = bounded(usize::MAX);
    for id in 0..100 {
        let entry = owned(b"value", "alice");
        store.put(SPACE.key(&id.to_string()), entry).await.unwrap();
    }
    let all = store.bytes();
    clock.advance(MINUTE);
    assert_eq!(store.get(SPACE.key("x")).await.unwrap(), None);
    assert!(store.entries() >= 90, "not all at once");
    assert!(store.bytes() < all);
    for _ in 0..25 {
        assert_eq!(store.get(SPACE.key("x")).await.unwrap(), None);
    }
    assert_eq!((store.entries(), store.bytes()), (0, 0));
}

#[tokio::test]
async fn what_is_written_anew_counts_once() {
    let (store, _) = bounded(usize::MAX);
    for _ in 0..10 {
        store
            .put(SPACE.key("a"), owned(b"one", "alice"))
            .await
            .unwrap();
        store
            .put(SPACE.key("a"), owned(b"two", "bob"))
            .await
            .unwrap();
    }
    assert_eq!(store.entries(), 1);
    store.take(SPACE.key("a")).await.unwrap();
    assert_eq!((store.entries(), store.bytes()), (0, 0));
}

#[tokio::test]
async fn without_room_nothing_is_held() {
    let (store, _) = bounded(0);
    let full = store.put(SPACE.key("a"), value(b"")).await;
    assert!(matches!(full, Err(StoreError::Full)));
    assert_eq!(store.get(SPACE.key("a")).await.unwrap(), None);
}

#[tokio::test]
async fn a_clock_at_the_end_of_time_breaks_nothing() {
    #[derive(Debug)]
    struct Broken;
    impl secure_runtime::Clock for Broken {
        fn unix(&self) -> Duration {
            Duration::MAX
        }
        fn monotonic(&self) -> Duration {
            Duration::MAX
        }
    }
    let store = MemoryStore::new().with_clock(Broken);
    store.put(SPACE.key("a"), value(b"one")).await.unwrap();
    assert!(store.get(SPACE.key("a")).await.unwrap().is_some());
}
