use std::{path::Path, str::FromStr as _, time::Duration};

use secure_runtime::store::SqliteStore;
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{private, startup::StartupError};

/// How long a statement waits for another process's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const CONNECTIONS: u32 = 8;

/// The same for the store of the security layer, which has a second for each operation.
const STORE_BUSY_TIMEOUT: Duration = Duration::from_millis(250);
const STORE_CONNECTIONS: u32 = 4;

/// Opens the database, creates it where there is none, and brings it to the present schema.
pub(crate) async fn open(url: &str) -> Result<SqlitePool, StartupError> {
    let refused = |error: sqlx::Error| StartupError::new(format!("the database {url}"), &error);
    let mut options = SqliteConnectOptions::from_str(url)
        .map_err(refused)?
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        // An answer means that the change is on the disk: it survives a power cut too.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_TIMEOUT);
    // Where the URL says nothing else.
    if !url.contains("mode=") {
        options = options.create_if_missing(true);
    }
    if let Some(folder) = options
        .get_filename()
        .parent()
        .filter(|path| *path != Path::new(""))
    {
        private::create_folder(folder).map_err(|error| {
            StartupError::new(format!("the folder {}", folder.display()), &error)
        })?;
    }
    let pool = SqlitePoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(BUSY_TIMEOUT * 2)
        .connect_with(options)
        .await
        .map_err(refused)?;
    sqlx::migrate!()
        .run(&pool)
        .await
        .map_err(|error| StartupError::new(format!("the database {url}"), &error))?;
    prove_writable(&pool).await.map_err(refused)?;
    Ok(pool)
}

/// The store of the security layer, in a table of its own beside ours. It has connections of its own:
/// a long list of articles keeps nobody from being signed in.
pub(crate) async fn store(pool: &SqlitePool) -> Result<SqliteStore, StartupError> {
    let options = SqliteConnectOptions::clone(&pool.connect_options());
    let beside = SqlitePoolOptions::new()
        .max_connections(STORE_CONNECTIONS)
        .connect_with(options.busy_timeout(STORE_BUSY_TIMEOUT))
        .await
        .map_err(|error| StartupError::new("the store", &error))?;
    let store = SqliteStore::new(beside);
    let migrated = store.migrate().await;
    migrated.map_err(|error| StartupError::new("the store", &error))?;
    Ok(store)
}

/// A database that is locked or cannot be written shows itself at the start rather than to the
/// first person who signs up. Nothing is changed.
async fn prove_writable(pool: &SqlitePool) -> Result<(), sqlx::Error> {
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query("DELETE FROM accounts WHERE FALSE")
        .execute(&mut *transaction)
        .await?;
    transaction.rollback().await
}

#[cfg(test)]
mod tests {
    use std::{env, fs};

    use uuid::Uuid;

    use super::*;

    #[actix_web::test]
    async fn a_locked_database_is_found_at_the_start() {
        let folder = env::temp_dir().join(Uuid::now_v7().to_string());
        let url = format!("sqlite:{}/accounts.db", folder.display());
        let pool = open(&url).await.expect("a new database");
        let lock = pool.begin_with("BEGIN IMMEDIATE").await.expect("a lock");
        let error = open(&url).await.expect_err("a refusal").to_string();
        assert!(error.contains("database is locked"), "{error}");

        lock.rollback().await.expect("the lock is given up");
        let again = open(&url).await.expect("the same database");
        let check: String = sqlx::query_scalar("PRAGMA integrity_check")
            .fetch_one(&again)
            .await
            .expect("an answer");
        assert_eq!(check, "ok");
        fs::remove_dir_all(folder).expect("the folder");
    }

    #[actix_web::test]
    async fn the_settings_that_count() {
        let folder = env::temp_dir().join(Uuid::now_v7().to_string());
        let url = format!("sqlite:{}/accounts.db", folder.display());
        let pool = open(&url).await.expect("a new database");
        let text = |pragma: &'static str| sqlx::query_scalar::<_, String>(pragma).fetch_one(&pool);
        let number = |pragma: &'static str| sqlx::query_scalar::<_, i64>(pragma).fetch_one(&pool);
        assert_eq!(text("PRAGMA journal_mode").await.expect("an answer"), "wal");
        assert_eq!(number("PRAGMA foreign_keys").await.expect("an answer"), 1);
        assert_eq!(number("PRAGMA synchronous").await.expect("an answer"), 2);
        fs::remove_dir_all(folder).expect("the folder");
    }
}
