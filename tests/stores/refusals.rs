//! What no backend takes, and each refuses in the same way.

use std::{fmt::Debug, time::Duration};

use secure_runtime::store::{Entry, Key, Space, StoreError};

use crate::backend::{At, owned, value};

const SPACE: Space<'static> = Space::new("test");

fn assert_refused<T: Debug>(answer: Result<T, StoreError>, expected: &str) {
    match answer {
        Err(StoreError::Invalid(what)) => assert_eq!(what, expected),
        other => panic!("not refused: {other:?}"),
    }
}

/// Every operation on a key.
async fn assert_no_key(at: &At, key: Key<'_>, what: &str) {
    assert_refused(at.store.get(key).await, what);
    assert_refused(at.store.put(key, value(b"")).await, what);
    assert_refused(at.store.put_if_absent(key, value(b"")).await, what);
    assert_refused(at.store.take(key).await, what);
    let swapped = at.store.compare_and_swap(key, b"", value(b""));
    assert_refused(swapped.await, what);
}

pub(crate) async fn keys_that_cannot_be(at: &At) {
    let long = "x".repeat(256);
    // 255 characters, but 256 bytes.
    let wide = format!("{}é", "x".repeat(254));
    for bad in ["", "a\0", "\0", &long, &wide] {
        assert_no_key(at, SPACE.key(bad), "id").await;
        assert_refused(at.store.list(SPACE, bad).await, "owner");
    }
    for bad in ["a\0", &long, &wide] {
        let space = SPACE.of_tenant(bad);
        assert_no_key(at, space.key("a"), "tenant").await;
        assert_refused(at.store.list(space, "alice").await, "tenant");
    }
    for bad in ["", "a\0b"] {
        let space = Space::new(bad);
        assert_no_key(at, space.key("a"), "purpose").await;
        assert_refused(at.store.list(space, "alice").await, "purpose");
    }
}

/// Every operation that writes.
async fn assert_no_entry(at: &At, entry: Entry<'_>, what: &str) {
    let key = SPACE.key("a");
    assert_refused(at.store.put(key, entry).await, what);
    assert_refused(at.store.put_if_absent(key, entry).await, what);
    let swapped = at.store.compare_and_swap(key, b"one", entry);
    assert_refused(swapped.await, what);
}

pub(crate) async fn entries_that_cannot_be(at: &At) {
    let long = "x".repeat(256);
    for bad in ["", "a\0", &long] {
        assert_no_entry(at, owned(b"", bad), "owner").await;
    }
    let large = vec![0; 64 * 1024 + 1];
    assert_no_entry(at, value(&large), "value").await;
    let never = Entry {
        lifetime: Duration::ZERO,
        ..value(b"")
    };
    assert_no_entry(at, never, "lifetime").await;
}

pub(crate) async fn what_is_refused_changes_nothing(at: &At) {
    let key = SPACE.key("a");
    at.store.put(key, owned(b"one", "alice")).await.unwrap();
    let large = vec![0; 64 * 1024 + 1];
    assert_no_entry(at, owned(&large, "bob"), "value").await;
    assert_eq!(at.store.get(key).await.unwrap().unwrap(), b"one");
    assert_eq!(at.store.list(SPACE, "alice").await.unwrap().len(), 1);
    assert_eq!(at.store.list(SPACE, "bob").await.unwrap(), []);
}
