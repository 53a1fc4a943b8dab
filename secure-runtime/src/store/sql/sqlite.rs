use std::{sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use sqlx::{
    SqlSafeStr as _, Sqlite, SqlitePool,
    error::DatabaseError,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
    pool::PoolConnection,
};

use super::{Dialect, MIGRATIONS, Row, Sql, Value, arguments, operations};
use crate::{
    clock::Clock,
    store::{Entry, Key, Listed, Space, Store, StoreError, StoreFuture},
};

/// A store in a SQLite database, on a pool of the app's.
///
/// It outlasts the process. Several processes on one machine may share the file; over a network file
/// system SQLite does not work.
///
/// SQLite has one writer at a time. While somebody else writes, an operation waits, and is
/// [`StoreError::Unavailable`] only when the time limit is over. Give the pool a `busy_timeout` below that
/// limit and the write-ahead log, so that readers never wait:
///
/// # Examples
///
/// ```
/// # #[actix_web::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = std::env::temp_dir().join(format!("secure-store-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let file = folder.join("app.db");
/// use std::time::Duration;
///
/// use secure_runtime::store::SqliteStore;
/// use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool};
///
/// let options = SqliteConnectOptions::new()
///     .filename(file)
///     .create_if_missing(true)
///     .journal_mode(SqliteJournalMode::Wal)
///     .busy_timeout(Duration::from_millis(250));
/// let store = SqliteStore::new(SqlitePool::connect_with(options).await?);
/// store.migrate().await?;
/// # drop(store);
/// # std::fs::remove_dir_all(folder)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct SqliteStore(Sql<Sqlite>);

impl SqliteStore {
    /// A store on a pool, which the app may use for anything else, too.
    #[must_use]
    pub fn new(pool: SqlitePool) -> Self {
        Self(Sql::new(pool))
    }

    /// Where the time comes from. Defaults to the machine's clock.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.0.clock = Arc::new(clock);
        self
    }

    /// How long an operation may take, together with the wait for a connection. Defaults to one second.
    #[must_use]
    pub const fn with_timeout(mut self, timeout: Duration) -> Self {
        self.0.timeout = timeout;
        self
    }

    /// Makes or updates the table `secure_store`. To be called at every start; it does nothing where
    /// nothing is to be done. The migrations are counted in `secure_store_migrations`, apart from those
    /// of the app. Without a time limit: it waits as long as the database does.
    ///
    /// # Errors
    /// When the database does not do it, or the table was made by a newer version of this crate.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        /// SQLite has no lock for migrations: of two processes that start at the same moment one fails,
        /// because the other one has done it, and then finds it done.
        const ATTEMPTS: usize = 5;
        let mut attempt = 1;
        loop {
            match migrator().run(&self.0.pool).await {
                Ok(()) => return Ok(()),
                Err(MigrateError::Execute(_) | MigrateError::ExecuteMigration(..))
                    if attempt < ATTEMPTS =>
                {
                    attempt += 1;
                }
                Err(error) => return Err(StoreError::unavailable(error)),
            }
        }
    }
}

impl Store for SqliteStore {
    operations!();
}

impl Dialect for Sqlite {
    const CLEAN: &'static str = "
        DELETE FROM secure_store WHERE rowid IN
        (SELECT rowid FROM secure_store WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)";

    fn write<'a>(
        connection: &'a mut Self::Connection,
        statement: &'static str,
        values: &'a [Value<'a>],
    ) -> BoxFuture<'a, sqlx::Result<u64>> {
        Box::pin(async move {
            let query = sqlx::query_with(statement, arguments::<Self>(values)?);
            Ok(query.execute(connection).await?.rows_affected())
        })
    }

    fn read<'a>(
        connection: &'a mut Self::Connection,
        statement: &'static str,
        values: &'a [Value<'a>],
    ) -> BoxFuture<'a, sqlx::Result<Vec<Row>>> {
        Box::pin(async move {
            let arguments = arguments::<Self>(values)?;
            sqlx::query_as_with(statement, arguments)
                .fetch_all(connection)
                .await
        })
    }

    /// `SQLITE_BUSY` and `SQLITE_LOCKED`: <https://sqlite.org/rescode.html>.
    fn is_busy(error: &dyn DatabaseError) -> bool {
        matches!(primary_code(error), Some(5 | 6))
    }

    /// `SQLITE_FULL`.
    fn is_full(error: &dyn DatabaseError) -> bool {
        primary_code(error) == Some(13)
    }

    /// Back to the pool, which waits for the statement: a database in memory would end with its
    /// connection.
    fn abandon(connection: PoolConnection<Self>) {
        drop(connection);
    }
}

/// The lowest byte of the code; the others say more exactly what it was.
fn primary_code(error: &dyn DatabaseError) -> Option<u32> {
    let code: u32 = error.code()?.parse().ok()?;
    Some(code & 0xff)
}

/// The migrations, as they are compiled in.
fn migrator() -> Migrator {
    let first = Migration::new(
        1,
        "the table of the store".into(),
        MigrationType::Simple,
        include_str!("migrations/sqlite_1.sql").into_sql_str(),
        false,
    );
    let mut migrator = Migrator::with_migrations(vec![first]);
    migrator.dangerous_set_table_name(MIGRATIONS);
    migrator
}
