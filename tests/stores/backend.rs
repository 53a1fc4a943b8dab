use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use secure_runtime::{
    store::{Entry, MemoryStore, PostgresStore, RedisStore, SqliteStore, Store},
    test::TestClock,
};
use sqlx::{
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions},
};

use crate::services::{Folder, Postgres, Redis};

/// Long enough for any machine: where a limit matters, a test sets its own.
const PATIENCE: Duration = Duration::from_secs(60);

/// A minute.
pub(crate) const MINUTE: Duration = Duration::from_secs(60);

/// What a test runs against.
pub(crate) struct At {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: TestClock,
    pub(crate) place: Place,
}

/// Where entries are.
pub(crate) enum Place {
    Memory,
    Sqlite(Folder),
    Postgres(String),
    Redis { url: String, prefix: String },
}

impl At {
    pub(crate) async fn memory() -> Option<Self> {
        Some(Self::new(Place::Memory).await)
    }

    pub(crate) async fn sqlite() -> Option<Self> {
        Some(Self::new(Place::Sqlite(Folder::new("sqlite"))).await)
    }

    pub(crate) async fn postgres() -> Option<Self> {
        let url = Postgres::shared()?.database();
        Some(Self::new(Place::Postgres(url)).await)
    }

    pub(crate) async fn redis() -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let place = Place::Redis {
            url: Redis::shared()?.url(),
            prefix: format!("test-{number}:"),
        };
        Some(Self::new(place).await)
    }

    async fn new(place: Place) -> Self {
        let clock = TestClock::default();
        let store = place.open(&clock).await;
        Self {
            store,
            clock,
            place,
        }
    }
}

impl Place {
    /// A new handle, as another process would have it.
    pub(crate) async fn open(&self, clock: &TestClock) -> Arc<dyn Store> {
        let clock = clock.clone();
        match self {
            Self::Memory => Arc::new(MemoryStore::new().with_clock(clock)),
            Self::Sqlite(folder) => {
                let store = sqlite(folder, Duration::from_millis(100)).await;
                store.migrate().await.expect("migrations");
                Arc::new(store.with_clock(clock).with_timeout(PATIENCE))
            }
            Self::Postgres(url) => {
                let store = postgres(url).await;
                store.migrate().await.expect("migrations");
                Arc::new(store.with_clock(clock).with_timeout(PATIENCE))
            }
            Self::Redis { url, prefix } => {
                let store = RedisStore::connect(url).await.expect("a server");
                let store = store.with_prefix(prefix).with_clock(clock);
                Arc::new(store.with_timeout(PATIENCE))
            }
        }
    }
}

/// Not migrated yet.
pub(crate) async fn sqlite(folder: &Folder, busy: Duration) -> SqliteStore {
    SqliteStore::new(sqlite_pool(folder, busy).await)
}

/// A pool on the one database of a folder.
pub(crate) async fn sqlite_pool(folder: &Folder, busy: Duration) -> sqlx::SqlitePool {
    let options = SqliteConnectOptions::new()
        .filename(folder.path().join("app.db"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .busy_timeout(busy);
    SqlitePoolOptions::new()
        .max_connections(8)
        .connect_with(options)
        .await
        .expect("a database")
}

/// Not migrated yet.
pub(crate) async fn postgres(url: &str) -> PostgresStore {
    PostgresStore::new(postgres_pool(url).await)
}

pub(crate) async fn postgres_pool(url: &str) -> sqlx::PgPool {
    PgPoolOptions::new()
        .max_connections(8)
        .connect(url)
        .await
        .expect("a database")
}

/// A value without an owner that lives for a minute.
pub(crate) const fn value(value: &[u8]) -> Entry<'_> {
    Entry {
        value,
        owner: None,
        lifetime: MINUTE,
    }
}

/// A value with an owner that lives for a minute.
pub(crate) const fn owned<'a>(value: &'a [u8], owner: &'a str) -> Entry<'a> {
    Entry {
        value,
        owner: Some(owner),
        lifetime: MINUTE,
    }
}
