use std::sync::Arc;

use super::{Entry, Key, Listed, Space, Store, StoreFuture};

/// A handle on a store is a store, so that an app can go on to hold what it gives to
/// [`Builder::store`](crate::Builder::store), and can choose the backend when it runs.
impl<S: Store + ?Sized> Store for Arc<S> {
    fn get<'a>(&'a self, key: Key<'a>) -> StoreFuture<'a, Option<Vec<u8>>> {
        (**self).get(key)
    }

    fn put<'a>(&'a self, key: Key<'a>, entry: Entry<'a>) -> StoreFuture<'a, ()> {
        (**self).put(key, entry)
    }

    fn put_if_absent<'a>(&'a self, key: Key<'a>, entry: Entry<'a>) -> StoreFuture<'a, bool> {
        (**self).put_if_absent(key, entry)
    }

    fn take<'a>(&'a self, key: Key<'a>) -> StoreFuture<'a, Option<Vec<u8>>> {
        (**self).take(key)
    }

    fn compare_and_swap<'a>(
        &'a self,
        key: Key<'a>,
        expected: &'a [u8],
        entry: Entry<'a>,
    ) -> StoreFuture<'a, bool> {
        (**self).compare_and_swap(key, expected, entry)
    }

    fn list<'a>(&'a self, space: Space<'a>, owner: &'a str) -> StoreFuture<'a, Vec<Listed>> {
        (**self).list(space, owner)
    }

    fn ping(&self) -> StoreFuture<'_, ()> {
        (**self).ping()
    }

    fn is_shared(&self) -> bool {
        (**self).is_shared()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;
    use crate::store::{MemoryStore, StoreError};

    /// Says of itself what no default says.
    #[derive(Debug, Default)]
    struct Silent(MemoryStore);

    impl Store for Silent {
        fn get<'a>(&'a self, key: Key<'a>) -> StoreFuture<'a, Option<Vec<u8>>> {
            self.0.get(key)
        }

        fn put<'a>(&'a self, key: Key<'a>, entry: Entry<'a>) -> StoreFuture<'a, ()> {
            self.0.put(key, entry)
        }

        fn put_if_absent<'a>(&'a self, key: Key<'a>, entry: Entry<'a>) -> StoreFuture<'a, bool> {
            self.0.put_if_absent(key, entry)
        }

        fn take<'a>(&'a self, key: Key<'a>) -> StoreFuture<'a, Option<Vec<u8>>> {
            self.0.take(key)
        }

        fn compare_and_swap<'a>(
            &'a self,
            key: Key<'a>,
            expected: &'a [u8],
            entry: Entry<'a>,
        ) -> StoreFuture<'a, bool> {
            self.0.compare_and_swap(key, expected, entry)
        }

        fn list<'a>(&'a self, space: Space<'a>, owner: &'a str) -> StoreFuture<'a, Vec<Listed>> {
            self.0.list(space, owner)
        }

        fn ping(&self) -> StoreFuture<'_, ()> {
            Box::pin(async { Err(StoreError::unavailable("it says nothing")) })
        }

        fn is_shared(&self) -> bool {
            false
        }
    }

    #[test]
    fn a_handle_says_what_the_store_says() {
        let store: Arc<dyn Store> = Arc::new(Silent::default());
        // A handle on a handle, whose own words are asked for.
        let handle = Arc::new(store);
        assert!(!Store::is_shared(&handle));
        let answer = Store::ping(&handle).now_or_never().unwrap();
        assert!(matches!(answer, Err(StoreError::Unavailable(_))));
    }
}
