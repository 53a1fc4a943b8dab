use std::{sync::Arc, time::Duration};

use secure_runtime::store::{MemoryStore, PostgresStore, RedisStore, SqliteStore, Store};
use sqlx::{
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions},
};

use super::services::{Folder, Postgres, Redis};
use crate::Failure;

/// 64 tasks wait for one another; nobody is to give up.
const PATIENCE: Duration = Duration::from_secs(60);
const CONNECTIONS: u32 = 8;

/// Where the entries are. A server and a folder go with the last of its clones.
#[derive(Debug, Clone)]
pub(super) enum Backend {
    Memory,
    Sqlite(Arc<Folder>),
    Postgres(Arc<Postgres>),
    Redis(Arc<Redis>),
}

impl Backend {
    /// Those whose programs are on this machine; the others are named on stderr.
    pub(super) fn at_hand() -> Vec<Self> {
        let folder = Arc::new(Folder::new("benches"));
        let mut backends = vec![Self::Memory, Self::Sqlite(folder)];
        backends.extend(Postgres::start().map(|server| Self::Postgres(Arc::new(server))));
        backends.extend(Redis::start().map(|server| Self::Redis(Arc::new(server))));
        backends
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Sqlite(_) => "sqlite",
            Self::Postgres(_) => "postgres",
            Self::Redis(_) => "redis",
        }
    }

    pub(super) async fn open(self) -> Result<Arc<dyn Store>, Failure> {
        Ok(match self {
            Self::Memory => Arc::new(MemoryStore::new()),
            Self::Sqlite(folder) => {
                let options = SqliteConnectOptions::new()
                    .filename(folder.path().join("app.db"))
                    .create_if_missing(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    .busy_timeout(Duration::from_millis(250));
                let pool = SqlitePoolOptions::new().max_connections(CONNECTIONS);
                let store = SqliteStore::new(pool.connect_with(options).await?);
                store.migrate().await?;
                Arc::new(store.with_timeout(PATIENCE))
            }
            Self::Postgres(server) => {
                let pool = PgPoolOptions::new().max_connections(CONNECTIONS);
                let store = PostgresStore::new(pool.connect(&server.database()).await?);
                store.migrate().await?;
                Arc::new(store.with_timeout(PATIENCE))
            }
            Self::Redis(server) => {
                let store = RedisStore::connect(&server.url()).await?;
                Arc::new(store.with_timeout(PATIENCE))
            }
        })
    }
}
