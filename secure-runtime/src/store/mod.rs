//! Where state lives that outlasts a request: refresh families, revocations, one-time tokens,
//! counters of failed sign-ins, API keys.
//!
//! One trait of six atomic operations, and a backend for each place: [`MemoryStore`] in this process,
//! and behind the features of the same name `SqliteStore`, `PostgresStore` and `RedisStore`. Which one an app uses is a matter of configuration: nothing that is written against [`Store`]
//! knows it.

mod entry;
mod error;
mod handle;
mod key;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod late;
mod memory;
#[cfg(feature = "redis")]
mod redis;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod sql;
mod time;

use std::fmt;

use futures_util::{TryFutureExt as _, future::BoxFuture};

pub use entry::{Entry, Listed};
pub use error::StoreError;
pub use key::{Key, Space};
pub use memory::MemoryStore;
#[cfg(feature = "redis")]
pub use redis::RedisStore;
#[cfg(feature = "postgres")]
pub use sql::PostgresStore;
#[cfg(feature = "sqlite")]
pub use sql::SqliteStore;

/// How long an operation of a store outside this process may take.
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "redis"))]
const DEFAULT_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(1);

/// What [`Store::ping`] asks for. Nobody ever writes it.
const NOTHING: Key<'static> = Space::new("ping").key("nothing");

/// What an operation of a [`Store`] gives, once the store has answered.
pub type StoreFuture<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// A store of small values that end by themselves.
///
/// Each operation is atomic: whatever else runs at the same time, in this process or in another one
/// on the same store, it happens before or after and never in between. An entry whose lifetime is over
/// is absent, whether or not the store has cleaned it up yet.
///
/// A store that cannot be asked answers [`StoreError::Unavailable`] within a time limit of its own, and
/// works again once what is behind it does. Such an operation may have happened all the same: the
/// question arrived, the answer did not. Nothing is ever dropped to make room for something else.
///
/// Every backend refuses the same keys, owners and entries with [`StoreError::Invalid`], before it does
/// anything: see [`Key::check`] and [`Entry::check`].
pub trait Store: fmt::Debug + Send + Sync + 'static {
    /// The value at `key`; `None` where there is none.
    fn get<'a>(&'a self, key: Key<'a>) -> StoreFuture<'a, Option<Vec<u8>>>;

    /// Writes the entry, whatever was there before.
    fn put<'a>(&'a self, key: Key<'a>, entry: Entry<'a>) -> StoreFuture<'a, ()>;

    /// Writes the entry if nothing is there. Of any number of callers at once, exactly one gets
    /// `true`.
    fn put_if_absent<'a>(&'a self, key: Key<'a>, entry: Entry<'a>) -> StoreFuture<'a, bool>;

    /// Removes the value and returns it. Of any number of callers at once, exactly one gets it.
    fn take<'a>(&'a self, key: Key<'a>) -> StoreFuture<'a, Option<Vec<u8>>>;

    /// Writes the entry if the value that is there equals `expected`; `false` where it does not, or
    /// nothing is there.
    fn compare_and_swap<'a>(
        &'a self,
        key: Key<'a>,
        expected: &'a [u8],
        entry: Entry<'a>,
    ) -> StoreFuture<'a, bool>;

    /// Every entry of an owner within a space, in no particular order.
    fn list<'a>(&'a self, space: Space<'a>, owner: &'a str) -> StoreFuture<'a, Vec<Listed>>;

    /// Whether it answers, for a check of readiness. Defaults to reading an entry that is not there, which
    /// needs all that reading needs: the connection, the right to read, and the table.
    fn ping(&self) -> StoreFuture<'_, ()> {
        Box::pin(self.get(NOTHING).map_ok(drop))
    }

    /// Whether another process may read and write the same entries. Defaults to `true`; what is held
    /// in memory alone says `false`, and nobody then asks it for what others have written.
    fn is_shared(&self) -> bool {
        true
    }
}
