use std::{sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use sqlx::{
    PgPool, Postgres, SqlSafeStr as _,
    error::DatabaseError,
    migrate::{Migration, MigrationType, Migrator},
    pool::PoolConnection,
};

use super::{Dialect, MIGRATIONS, Row, Sql, Value, arguments, operations};
use crate::{
    clock::Clock,
    store::{Entry, Key, Listed, Space, Store, StoreError, StoreFuture},
};

/// A store in a PostgreSQL database, on a pool of the app's.
///
/// It outlasts the process, and every instance of the app that uses the same database shares it. The
/// database must be in UTF-8, and the user must be allowed to make a table in the first schema of its
/// `search_path`.
///
/// # Examples
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use secure_runtime::store::PostgresStore;
/// use sqlx::PgPool;
///
/// let pool = PgPool::connect("postgres://app@db.internal/app").await?;
/// let store = PostgresStore::new(pool);
/// store.migrate().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct PostgresStore(Sql<Postgres>);

impl PostgresStore {
    /// A store on a pool, which the app may use for anything else, too.
    #[must_use]
    pub fn new(pool: PgPool) -> Self {
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
    /// of the app; instances that start at the same moment wait for each other. Without a time limit: it
    /// waits as long as the database does.
    ///
    /// # Errors
    /// When the database does not do it, or the table was made by a newer version of this crate.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let done = migrator().run(&self.0.pool).await;
        done.map_err(StoreError::unavailable)
    }
}

impl Store for PostgresStore {
    operations!();
}

impl Dialect for Postgres {
    /// Rows that somebody else is about to change are left alone, and what was renewed meanwhile stays.
    const CLEAN: &'static str = "
        DELETE FROM secure_store WHERE expires_at <= $1 AND (purpose, tenant, id) IN
        (SELECT purpose, tenant, id FROM secure_store
         WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)";

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

    /// `serialization_failure`, `deadlock_detected`, `lock_not_available`, `cannot_connect_now`:
    /// <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
    fn is_busy(error: &dyn DatabaseError) -> bool {
        matches!(
            error.code().as_deref(),
            Some("40001" | "40P01" | "55P03" | "57P03")
        )
    }

    /// `disk_full`.
    fn is_full(error: &dyn DatabaseError) -> bool {
        error.code().as_deref() == Some("53100")
    }

    /// Out of the pool: in it, it would take a place until the server is reached again.
    fn abandon(connection: PoolConnection<Self>) {
        drop(connection.detach());
    }
}

/// The migrations, as they are compiled in.
fn migrator() -> Migrator {
    let first = Migration::new(
        1,
        "the table of the store".into(),
        MigrationType::Simple,
        include_str!("migrations/postgres_1.sql").into_sql_str(),
        false,
    );
    let mut migrator = Migrator::with_migrations(vec![first]);
    migrator.dangerous_set_table_name(MIGRATIONS);
    migrator
}
