mod table;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{
    Entry, Key, Listed, Space, Store, StoreFuture, entry::check_owner, key::check_space, time,
};
use crate::clock::{Clock, SystemClock};
use table::Table;

/// A store in the memory of this process.
///
/// It ends with the process, and no other process sees it: right for one instance of an app, whose
/// sessions may end when it is restarted.
///
/// # Memory
///
/// It holds at most as many bytes as [`with_capacity`](Self::with_capacity) says, which defaults to
/// [`DEFAULT_CAPACITY`](Self::DEFAULT_CAPACITY). An entry counts with its key, its owner, its value and
/// 256 bytes for what surrounds them. When a write finds no room, entries whose lifetime is over go;
/// if that makes none, the answer is [`StoreError::Full`](super::StoreError::Full). An entry that
/// still lives is never dropped.
///
/// Every operation also gives back up to four entries whose lifetime is over, the oldest first. So the
/// memory shrinks while the store is used; nothing runs in the background, and no operation looks at
/// every entry. The lock is held for one operation on a balanced tree, a few microseconds.
///
/// # Examples
///
/// ```
/// # #[actix_web::main]
/// # async fn main() -> Result<(), secure_runtime::store::StoreError> {
/// use std::time::Duration;
///
/// use secure_runtime::store::{Entry, MemoryStore, Space, Store};
///
/// let store = MemoryStore::new();
/// let key = Space::new("reset").key("7f3a");
/// let entry = Entry {
///     value: b"alice",
///     owner: Some("alice"),
///     lifetime: Duration::from_secs(15 * 60),
/// };
/// assert!(store.put_if_absent(key, entry).await?);
/// assert_eq!(store.take(key).await?.as_deref(), Some(&b"alice"[..]));
/// assert_eq!(store.take(key).await?, None);
/// # Ok(())
/// # }
/// ```
pub struct MemoryStore {
    table: Mutex<Table>,
    clock: Arc<dyn Clock>,
}

impl MemoryStore {
    /// The capacity by default, in bytes: 256 MiB.
    ///
    /// That is room for about 700 000 entries with 100 bytes of key, owner and value.
    pub const DEFAULT_CAPACITY: usize = 256 * 1024 * 1024;

    /// A store with the default capacity, on the machine's clock.
    #[must_use]
    pub fn new() -> Self {
        Self {
            table: Mutex::new(Table::new(Self::DEFAULT_CAPACITY)),
            clock: Arc::new(SystemClock::default()),
        }
    }

    /// Where the time comes from. Defaults to the machine's clock. Lifetimes are measured with
    /// [`Clock::unix`], as in every store.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// How many bytes it holds at most. Defaults to [`DEFAULT_CAPACITY`](Self::DEFAULT_CAPACITY).
    #[must_use]
    pub fn with_capacity(self, bytes: usize) -> Self {
        self.table().set_capacity(bytes);
        self
    }

    /// How many entries it holds, among them those which are over and were not given back yet.
    #[must_use]
    pub fn entries(&self) -> usize {
        self.table().entries()
    }

    /// How many bytes they count for; see [`with_capacity`](Self::with_capacity).
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.table().bytes()
    }

    /// The table and the time, with the oldest of what is over given back. The time is read under the
    /// lock, so that of two operations the later one never sees an earlier moment.
    fn now(&self) -> (MutexGuard<'_, Table>, u64) {
        let mut table = self.table();
        let now = time::milliseconds(&*self.clock);
        table.give_back(now);
        (table, now)
    }

    /// A poisoned lock is taken as it is: no operation leaves the table half changed but where memory
    /// cannot be allocated, which ends the process.
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn is_shared(&self) -> bool {
        false
    }

    fn get<'a>(&'a self, key: Key<'a>) -> StoreFuture<'a, Option<Vec<u8>>> {
        Box::pin(async move {
            key.check()?;
            let (table, now) = self.now();
            Ok(table.get(key, now).map(<[u8]>::to_vec))
        })
    }

    fn put<'a>(&'a self, key: Key<'a>, entry: Entry<'a>) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            key.check()?;
            entry.check()?;
            let (mut table, now) = self.now();
            table.put(key, entry, now)
        })
    }

    fn put_if_absent<'a>(&'a self, key: Key<'a>, entry: Entry<'a>) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            key.check()?;
            entry.check()?;
            let (mut table, now) = self.now();
            let absent = table.get(key, now).is_none();
            if absent {
                table.put(key, entry, now)?;
            }
            Ok(absent)
        })
    }

    fn take<'a>(&'a self, key: Key<'a>) -> StoreFuture<'a, Option<Vec<u8>>> {
        Box::pin(async move {
            key.check()?;
            let (mut table, now) = self.now();
            Ok(table.take(key, now))
        })
    }

    fn compare_and_swap<'a>(
        &'a self,
        key: Key<'a>,
        expected: &'a [u8],
        entry: Entry<'a>,
    ) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            key.check()?;
            entry.check()?;
            let (mut table, now) = self.now();
            let equal = table.get(key, now) == Some(expected);
            if equal {
                table.put(key, entry, now)?;
            }
            Ok(equal)
        })
    }

    fn list<'a>(&'a self, space: Space<'a>, owner: &'a str) -> StoreFuture<'a, Vec<Listed>> {
        Box::pin(async move {
            check_space(space)?;
            check_owner(owner)?;
            let (table, now) = self.now();
            Ok(table.list(space, owner, now))
        })
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

/// Without what is in it, which is secret.
impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let table = self.table();
        f.debug_struct("MemoryStore")
            .field("entries", &table.entries())
            .field("bytes", &table.bytes())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn its_debug_shows_nothing_that_is_in_it() {
        let store = MemoryStore::new().with_capacity(1024);
        let key = Space::new("test").key("key-7f3a");
        let entry = Entry {
            value: b"value-9b1c",
            owner: Some("alice"),
            lifetime: std::time::Duration::from_secs(60),
        };
        futures_util::FutureExt::now_or_never(store.put(key, entry))
            .unwrap()
            .unwrap();
        assert_eq!(store.entries(), 1);
        assert_eq!(
            format!("{store:?}"),
            "MemoryStore { entries: 1, bytes: 291, .. }"
        );
    }
}
