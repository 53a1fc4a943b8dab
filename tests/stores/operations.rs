//! What each operation does, on every backend.

use std::time::Duration;

use secure_runtime::store::{Entry, Listed, Space, Store};

use crate::backend::{At, MINUTE, owned, value};

const SPACE: Space<'static> = Space::new("test");

/// The ids that an owner has, in order.
async fn ids(store: &dyn Store, space: Space<'_>, owner: &str) -> Vec<String> {
    let listed = store.list(space, owner).await.unwrap();
    let mut ids: Vec<_> = listed.into_iter().map(|listed| listed.id).collect();
    ids.sort();
    ids
}

pub(crate) async fn what_is_put_is_there(at: &At) {
    let key = SPACE.key("a");
    assert_eq!(at.store.get(key).await.unwrap(), None);
    at.store.put(key, value(b"one")).await.unwrap();
    assert_eq!(at.store.get(key).await.unwrap().unwrap(), b"one");
    assert_eq!(at.store.get(key).await.unwrap().unwrap(), b"one");
    assert_eq!(at.store.get(SPACE.key("b")).await.unwrap(), None);
}

pub(crate) async fn a_ping_is_answered_and_changes_nothing(at: &At) {
    let key = SPACE.key("a");
    for _ in 0..2 {
        at.store.ping().await.unwrap();
    }
    at.store.put(key, owned(b"one", "alice")).await.unwrap();
    at.store.ping().await.unwrap();
    assert_eq!(at.store.get(key).await.unwrap().unwrap(), b"one");
    assert_eq!(ids(&*at.store, SPACE, "alice").await, ["a"]);
}

pub(crate) async fn what_is_put_again_is_replaced(at: &At) {
    let key = SPACE.key("a");
    at.store.put(key, value(b"one")).await.unwrap();
    at.clock.advance(MINUTE / 2);
    at.store.put(key, value(b"two")).await.unwrap();
    assert_eq!(at.store.get(key).await.unwrap().unwrap(), b"two");
    at.clock.advance(MINUTE * 3 / 4);
    assert_eq!(at.store.get(key).await.unwrap().unwrap(), b"two");
    at.clock.advance(MINUTE / 4);
    assert_eq!(at.store.get(key).await.unwrap(), None);
}

pub(crate) async fn what_is_there_is_not_put_again(at: &At) {
    let key = SPACE.key("a");
    assert!(at.store.put_if_absent(key, value(b"one")).await.unwrap());
    assert!(!at.store.put_if_absent(key, value(b"two")).await.unwrap());
    assert_eq!(at.store.get(key).await.unwrap().unwrap(), b"one");
    at.clock.advance(MINUTE);
    assert!(at.store.put_if_absent(key, value(b"three")).await.unwrap());
    assert_eq!(at.store.get(key).await.unwrap().unwrap(), b"three");
}

pub(crate) async fn what_is_taken_is_gone(at: &At) {
    let key = SPACE.key("a");
    assert_eq!(at.store.take(key).await.unwrap(), None);
    at.store.put(key, owned(b"one", "alice")).await.unwrap();
    assert_eq!(at.store.take(key).await.unwrap().unwrap(), b"one");
    assert_eq!(at.store.take(key).await.unwrap(), None);
    assert_eq!(at.store.get(key).await.unwrap(), None);
    assert_eq!(ids(&*at.store, SPACE, "alice").await, [""; 0]);
    assert!(at.store.put_if_absent(key, value(b"two")).await.unwrap());
}

pub(crate) async fn a_swap_needs_the_expected_value(at: &At) {
    let key = SPACE.key("a");
    let swap = async |expected: &[u8], new: &[u8]| {
        let swapped = at.store.compare_and_swap(key, expected, value(new)).await;
        swapped.unwrap()
    };
    assert!(!swap(b"", b"one").await, "nothing is there");
    at.store.put(key, value(b"one")).await.unwrap();
    assert!(!swap(b"on", b"two").await);
    assert!(!swap(b"one ", b"two").await);
    assert!(!swap(b"", b"two").await);
    assert!(swap(b"one", b"").await);
    assert!(swap(b"", b"two").await, "an empty value is a value");
    assert_eq!(at.store.get(key).await.unwrap().unwrap(), b"two");
    at.clock.advance(MINUTE);
    assert!(!swap(b"two", b"three").await, "it is over");
    assert_eq!(at.store.get(key).await.unwrap(), None);
}

pub(crate) async fn what_is_over_is_absent(at: &At) {
    let key = SPACE.key("a");
    at.store.put(key, owned(b"one", "alice")).await.unwrap();
    at.clock.advance(MINUTE - Duration::from_millis(1));
    assert_eq!(at.store.get(key).await.unwrap().unwrap(), b"one");
    assert_eq!(ids(&*at.store, SPACE, "alice").await, ["a"]);
    at.clock.advance(Duration::from_millis(1));
    assert_eq!(at.store.get(key).await.unwrap(), None);
    assert_eq!(ids(&*at.store, SPACE, "alice").await, [""; 0]);
    assert_eq!(at.store.take(key).await.unwrap(), None);
}

pub(crate) async fn a_swap_renews_the_lifetime(at: &At) {
    let key = SPACE.key("a");
    at.store.put(key, value(b"one")).await.unwrap();
    at.clock.advance(MINUTE / 2);
    let new = owned(b"two", "alice");
    let swapped = at.store.compare_and_swap(key, b"one", new).await;
    assert!(swapped.unwrap());
    at.clock.advance(MINUTE * 3 / 4);
    assert_eq!(at.store.get(key).await.unwrap().unwrap(), b"two");
    assert_eq!(ids(&*at.store, SPACE, "alice").await, ["a"]);
}

pub(crate) async fn a_lifetime_is_counted_in_milliseconds(at: &At) {
    let key = SPACE.key("a");
    // Two minutes, and a millisecond for what is left over.
    let lifetime = 2 * MINUTE + Duration::from_nanos(1);
    let entry = Entry {
        lifetime,
        ..value(b"one")
    };
    at.store.put(key, entry).await.unwrap();
    at.clock.advance(2 * MINUTE);
    assert!(at.store.get(key).await.unwrap().is_some());
    at.clock.advance(Duration::from_millis(1));
    assert_eq!(at.store.get(key).await.unwrap(), None);
}

pub(crate) async fn for_ever_is_long(at: &At) {
    let key = SPACE.key("a");
    let entry = Entry {
        lifetime: Duration::MAX,
        ..owned(b"one", "alice")
    };
    at.store.put(key, entry).await.unwrap();
    assert!(!at.store.put_if_absent(key, entry).await.unwrap());
    at.clock
        .advance(Duration::from_secs(99 * 365 * 24 * 60 * 60));
    assert_eq!(at.store.get(key).await.unwrap().unwrap(), b"one");
    assert_eq!(ids(&*at.store, SPACE, "alice").await, ["a"]);
}

pub(crate) async fn an_owner_lists_what_is_his(at: &At) {
    let put = async |id: &str, entry| at.store.put(SPACE.key(id), entry).await.unwrap();
    put("a", owned(b"one", "alice")).await;
    put("b", owned(b"two", "bob")).await;
    put("c", value(b"three")).await;
    let fourth = at
        .store
        .put_if_absent(SPACE.key("d"), owned(b"four", "alice"));
    assert!(fourth.await.unwrap());
    let again = at
        .store
        .put_if_absent(SPACE.key("b"), owned(b"five", "alice"));
    assert!(!again.await.unwrap());
    let mut listed = at.store.list(SPACE, "alice").await.unwrap();
    listed.sort_by(|a, b| a.id.cmp(&b.id));
    let entry = |id: &str, value: &[u8]| Listed {
        id: id.into(),
        value: value.into(),
    };
    assert_eq!(listed, [entry("a", b"one"), entry("d", b"four")]);
    assert_eq!(ids(&*at.store, SPACE, "bob").await, ["b"]);
    assert_eq!(ids(&*at.store, SPACE, "alic").await, [""; 0]);
    assert_eq!(ids(&*at.store, SPACE, "alice ").await, [""; 0]);
}

pub(crate) async fn spaces_do_not_meet(at: &At) {
    let spaces = [
        SPACE,
        SPACE.of_tenant("acme"),
        SPACE.of_tenant("Acme"),
        SPACE.of_tenant("acme:a"),
        Space::new("test:acme"),
        Space::new("tes"),
    ];
    for (number, space) in spaces.into_iter().enumerate() {
        let (key, number) = (space.key("a"), number.to_string());
        let entry = owned(number.as_bytes(), "alice");
        assert!(at.store.put_if_absent(key, entry).await.unwrap());
    }
    for (number, space) in spaces.into_iter().enumerate() {
        let there = at.store.get(space.key("a")).await.unwrap().unwrap();
        assert_eq!(there, number.to_string().as_bytes());
        assert_eq!(ids(&*at.store, space, "alice").await, ["a"]);
    }
    assert!(at.store.take(spaces[1].key("a")).await.unwrap().is_some());
    assert_eq!(ids(&*at.store, spaces[1], "alice").await, [""; 0]);
    assert_eq!(ids(&*at.store, SPACE, "alice").await, ["a"]);
}

pub(crate) async fn another_owner_takes_over(at: &At) {
    let key = SPACE.key("a");
    at.store.put(key, owned(b"one", "alice")).await.unwrap();
    at.store.put(key, owned(b"two", "bob")).await.unwrap();
    assert_eq!(ids(&*at.store, SPACE, "alice").await, [""; 0]);
    assert_eq!(ids(&*at.store, SPACE, "bob").await, ["a"]);
    let new = owned(b"three", "carol");
    let swapped = at.store.compare_and_swap(key, b"two", new).await;
    assert!(swapped.unwrap());
    let refused = at.store.compare_and_swap(key, b"two", owned(b"", "dave"));
    assert!(!refused.await.unwrap());
    assert_eq!(ids(&*at.store, SPACE, "bob").await, [""; 0]);
    assert_eq!(ids(&*at.store, SPACE, "carol").await, ["a"]);
    assert_eq!(ids(&*at.store, SPACE, "dave").await, [""; 0]);
    at.store.put(key, value(b"four")).await.unwrap();
    assert_eq!(ids(&*at.store, SPACE, "carol").await, [""; 0]);
    at.store.put(key, owned(b"five", "carol")).await.unwrap();
    at.store.put(key, owned(b"six", "carol")).await.unwrap();
    assert_eq!(ids(&*at.store, SPACE, "carol").await, ["a"]);
}

pub(crate) async fn many_entries_of_one_owner(at: &At) {
    let mut expected: Vec<_> = (0..300).map(|number| number.to_string()).collect();
    for id in &expected {
        let entry = owned(id.as_bytes(), "alice");
        at.store.put(SPACE.key(id), entry).await.unwrap();
    }
    expected.sort();
    assert_eq!(ids(&*at.store, SPACE, "alice").await, expected);
}

pub(crate) async fn odd_keys_are_kept_apart(at: &At) {
    let (long, longer) = ("x".repeat(254), "x".repeat(255));
    let wide = "\u{1F511}".repeat(63);
    let odd = [
        "a",
        "A",
        "a ",
        " a",
        "a:b",
        "a%3Ab",
        "a%",
        "{a}",
        "{}",
        "}{",
        "{a}b",
        "a\n",
        "a\r\n",
        "'",
        "\"",
        "\\",
        "\\0",
        "$1",
        "?",
        "*",
        "%_",
        "é",
        "e\u{301}",
        "ß",
        "ss",
        "İ",
        "\u{1}",
        "\u{7f}",
        "\u{feff}a",
        "a\u{200d}",
        &long,
        &longer,
        &wide,
    ];
    for id in odd {
        let tenant = SPACE.of_tenant(id);
        for (key, entry) in [
            (SPACE.key(id), owned(id.as_bytes(), id)),
            (tenant.key("a"), value(id.as_bytes())),
        ] {
            let put = at.store.put_if_absent(key, entry).await.unwrap();
            assert!(put, "{id:?} is another one's");
        }
    }
    for id in odd {
        let there = at.store.get(SPACE.key(id)).await.unwrap().unwrap();
        assert_eq!(there, id.as_bytes());
        let tenant = SPACE.of_tenant(id);
        let there = at.store.get(tenant.key("a")).await.unwrap().unwrap();
        assert_eq!(there, id.as_bytes());
        assert_eq!(ids(&*at.store, SPACE, id).await, [id]);
    }
    for id in odd {
        let taken = at.store.take(SPACE.key(id)).await.unwrap().unwrap();
        assert_eq!(taken, id.as_bytes());
    }
}

pub(crate) async fn values_are_bytes(at: &At) {
    let every: Vec<u8> = (0..=255).collect();
    let largest: Vec<u8> = (0..64 * 1024).map(|number| (number % 251) as u8).collect();
    for (number, bytes) in [&b""[..], b"\0", b"\xff\xfe", &every, &largest]
        .into_iter()
        .enumerate()
    {
        let id = number.to_string();
        let key = SPACE.key(&id);
        at.store.put(key, owned(bytes, "alice")).await.unwrap();
        assert_eq!(at.store.get(key).await.unwrap().unwrap(), bytes);
        let swapped = at.store.compare_and_swap(key, bytes, owned(bytes, "bob"));
        assert!(swapped.await.unwrap());
        let listed = at.store.list(SPACE, "bob").await.unwrap();
        assert!(listed.iter().any(|listed| listed.value == bytes));
        assert_eq!(at.store.take(key).await.unwrap().unwrap(), bytes);
    }
}
