//! What the stores on SQL databases have in common.

#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;
mod statements;

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures_util::future::BoxFuture;
use sqlx::{Arguments as _, Encode, Pool, Type, error::DatabaseError, pool::PoolConnection};
use tokio::time::Instant;

use super::{
    Entry, Key, Listed, Space, StoreError, entry::check_owner, key::check_space, late::Late, time,
};
use crate::clock::{Clock, SystemClock};

#[cfg(feature = "postgres")]
pub use postgres::PostgresStore;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteStore;

/// The table in which our migrations are counted; the app's own are in `_sqlx_migrations`.
const MIGRATIONS: &str = "secure_store_migrations";

/// After how many writes of a handle rows that are over are deleted, and how many of them at most.
/// More than what was written meanwhile, so that it never falls behind.
const CLEAN_EVERY: u64 = 64;
const CLEANED_AT_ONCE: i64 = 512;

/// The pauses between two attempts at a database that is busy.
const FIRST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// What SQLite and PostgreSQL do differently.
trait Dialect: sqlx::Database {
    /// Deletes up to `$2` rows that were over at `$1`.
    const CLEAN: &'static str;

    /// Runs a statement and says how many rows it wrote.
    fn write<'a>(
        connection: &'a mut Self::Connection,
        statement: &'static str,
        values: &'a [Value<'a>],
    ) -> BoxFuture<'a, sqlx::Result<u64>>;

    /// Runs a statement that gives rows.
    fn read<'a>(
        connection: &'a mut Self::Connection,
        statement: &'static str,
        values: &'a [Value<'a>],
    ) -> BoxFuture<'a, sqlx::Result<Vec<Row>>>;

    /// Whether the statement did nothing because another one was in its way.
    fn is_busy(error: &dyn DatabaseError) -> bool;

    /// Whether there is no room left.
    fn is_full(error: &dyn DatabaseError) -> bool;

    /// Gets rid of a connection that did not answer in time.
    fn abandon(connection: PoolConnection<Self>);
}

/// The six operations of a [`Store`](super::Store) that is a newtype of [`Sql`].
macro_rules! operations {
    () => {
        fn get<'a>(&'a self, key: Key<'a>) -> StoreFuture<'a, Option<Vec<u8>>> {
            Box::pin(self.0.get(key))
        }

        fn put<'a>(&'a self, key: Key<'a>, entry: Entry<'a>) -> StoreFuture<'a, ()> {
            Box::pin(self.0.put(key, entry))
        }

        fn put_if_absent<'a>(&'a self, key: Key<'a>, entry: Entry<'a>) -> StoreFuture<'a, bool> {
            Box::pin(self.0.put_if_absent(key, entry))
        }

        fn take<'a>(&'a self, key: Key<'a>) -> StoreFuture<'a, Option<Vec<u8>>> {
            Box::pin(self.0.take(key))
        }

        fn compare_and_swap<'a>(
            &'a self,
            key: Key<'a>,
            expected: &'a [u8],
            entry: Entry<'a>,
        ) -> StoreFuture<'a, bool> {
            Box::pin(self.0.compare_and_swap(key, expected, entry))
        }

        fn list<'a>(&'a self, space: Space<'a>, owner: &'a str) -> StoreFuture<'a, Vec<Listed>> {
            Box::pin(self.0.list(space, owner))
        }
    };
}
use operations;

/// What is bound to a placeholder.
enum Value<'a> {
    Text(&'a str),
    TextOrNull(Option<&'a str>),
    Bytes(&'a [u8]),
    Number(i64),
}

/// The values, as a database takes them.
fn arguments<'a, D>(values: &'a [Value<'a>]) -> sqlx::Result<D::Arguments>
where
    D: sqlx::Database,
    &'a str: Encode<'a, D> + Type<D>,
    Option<&'a str>: Encode<'a, D> + Type<D>,
    &'a [u8]: Encode<'a, D> + Type<D>,
    i64: Encode<'a, D> + Type<D>,
{
    let mut arguments = D::Arguments::default();
    for value in values {
        let added = match value {
            Value::Text(text) => arguments.add(*text),
            Value::TextOrNull(text) => arguments.add(*text),
            Value::Bytes(bytes) => arguments.add(*bytes),
            Value::Number(number) => arguments.add(*number),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

/// `id, value, expires_at`.
type Row = (String, Vec<u8>, i64);

type Operation<D, T> = for<'a> fn(
    &'a mut <D as sqlx::Database>::Connection,
    &'static str,
    &'a [Value<'a>],
) -> BoxFuture<'a, sqlx::Result<T>>;

/// The store on a pool, for either dialect.
struct Sql<D: Dialect> {
    pool: Pool<D>,
    clock: Arc<dyn Clock>,
    timeout: Duration,
    writes: AtomicU64,
}

impl<D: Dialect> Sql<D> {
    fn new(pool: Pool<D>) -> Self {
        Self {
            pool,
            clock: Arc::new(SystemClock::default()),
            timeout: super::DEFAULT_TIMEOUT,
            writes: AtomicU64::new(0),
        }
    }

    async fn get(&self, key: Key<'_>) -> Result<Option<Vec<u8>>, StoreError> {
        key.check()?;
        let [purpose, tenant, id] = place(key);
        let values = [purpose, tenant, id, moment(self.now())];
        let rows = self.ask(D::read, statements::GET, &values).await?;
        Ok(rows.into_iter().next().map(|(_, value, _)| value))
    }

    async fn put(&self, key: Key<'_>, entry: Entry<'_>) -> Result<(), StoreError> {
        key.check()?;
        entry.check()?;
        let [purpose, tenant, id] = place(key);
        let [owner, value, end] = content(entry, self.now());
        let values = [purpose, tenant, id, owner, value, end];
        self.write(statements::PUT, &values).await?;
        Ok(())
    }

    async fn put_if_absent(&self, key: Key<'_>, entry: Entry<'_>) -> Result<bool, StoreError> {
        key.check()?;
        entry.check()?;
        let now = self.now();
        let [purpose, tenant, id] = place(key);
        let [owner, value, end] = content(entry, now);
        let values = [purpose, tenant, id, owner, value, end, moment(now)];
        Ok(self.write(statements::PUT_IF_ABSENT, &values).await? == 1)
    }

    async fn take(&self, key: Key<'_>) -> Result<Option<Vec<u8>>, StoreError> {
        key.check()?;
        let now = self.now();
        let rows = self.ask(D::read, statements::TAKE, &place(key)).await?;
        let lives = |end: i64| u64::try_from(end).is_ok_and(|end| end > now);
        Ok(rows
            .into_iter()
            .next()
            .and_then(|(_, value, end)| lives(end).then_some(value)))
    }

    async fn compare_and_swap(
        &self,
        key: Key<'_>,
        expected: &[u8],
        entry: Entry<'_>,
    ) -> Result<bool, StoreError> {
        key.check()?;
        entry.check()?;
        let now = self.now();
        let [purpose, tenant, id] = place(key);
        let [owner, value, end] = content(entry, now);
        let expected = Value::Bytes(expected);
        let values = [
            purpose,
            tenant,
            id,
            owner,
            value,
            end,
            moment(now),
            expected,
        ];
        Ok(self.write(statements::COMPARE_AND_SWAP, &values).await? == 1)
    }

    async fn list(&self, space: Space<'_>, owner: &str) -> Result<Vec<Listed>, StoreError> {
        check_space(space)?;
        check_owner(owner)?;
        let values = [
            Value::Text(space.purpose()),
            Value::Text(space.tenant()),
            Value::Text(owner),
            moment(self.now()),
        ];
        let rows = self.ask(D::read, statements::LIST, &values).await?;
        Ok(rows
            .into_iter()
            .map(|(id, value, _)| Listed { id, value })
            .collect())
    }

    /// Writes, and now and then deletes some of what is over.
    async fn write(
        &self,
        statement: &'static str,
        values: &[Value<'_>],
    ) -> Result<u64, StoreError> {
        let written = self.ask(D::write, statement, values).await?;
        let before = self.writes.fetch_add(1, Ordering::Relaxed);
        if before.is_multiple_of(CLEAN_EVERY) {
            self.clean().await;
        }
        Ok(written)
    }

    /// Deletes some rows that are over. What was asked for is done by then, so a failure is only told.
    async fn clean(&self) {
        let over = self.now().saturating_sub(time::KEPT_AFTER_END);
        let values = [moment(over), Value::Number(CLEANED_AT_ONCE)];
        if let Err(error) = self.ask(D::write, D::CLEAN, &values).await {
            tracing::warn!(%error, "entries that are over could not be deleted");
        }
    }

    /// Runs a statement within the time limit, again while the database is busy.
    async fn ask<T>(
        &self,
        operation: Operation<D, T>,
        statement: &'static str,
        values: &[Value<'_>],
    ) -> Result<T, StoreError> {
        let late = |_| StoreError::unavailable(Late(self.timeout));
        let deadline = Instant::now() + self.timeout;
        let mut pause = FIRST_PAUSE;
        loop {
            let mut connection = tokio::time::timeout_at(deadline, self.pool.acquire())
                .await
                .map_err(late)?
                .map_err(StoreError::unavailable)?;
            let answer = operation(&mut connection, statement, values);
            let error = match tokio::time::timeout_at(deadline, answer).await {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(error)) => error,
                Err(elapsed) => {
                    D::abandon(connection);
                    return Err(late(elapsed));
                }
            };
            let busy = error.as_database_error().is_some_and(D::is_busy);
            if !busy || Instant::now() + pause >= deadline {
                return Err(failure::<D>(error));
            }
            drop(connection);
            tokio::time::sleep(pause).await;
            pause = (2 * pause).min(LONGEST_PAUSE);
        }
    }

    fn now(&self) -> u64 {
        time::milliseconds(&*self.clock)
    }
}

impl<D: Dialect> fmt::Debug for Sql<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(D::NAME)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

fn failure<D: Dialect>(error: sqlx::Error) -> StoreError {
    match &error {
        sqlx::Error::Database(cause) if D::is_full(&**cause) => StoreError::Full,
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => StoreError::Corrupt("a row"),
        _ => StoreError::unavailable(error),
    }
}

const fn place<'a>(key: Key<'a>) -> [Value<'a>; 3] {
    [
        Value::Text(key.space().purpose()),
        Value::Text(key.space().tenant()),
        Value::Text(key.id()),
    ]
}

fn content(entry: Entry<'_>, now: u64) -> [Value<'_>; 3] {
    [
        Value::TextOrNull(entry.owner),
        Value::Bytes(entry.value),
        moment(entry.end(now)),
    ]
}

/// A moment as the databases have it. Ours are below 2^63: see `time::milliseconds`.
fn moment(milliseconds: u64) -> Value<'static> {
    Value::Number(i64::try_from(milliseconds).unwrap_or(i64::MAX))
}
