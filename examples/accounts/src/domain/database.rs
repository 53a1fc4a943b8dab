use std::{path::Path, str::FromStr as _, time::Duration};

use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{folders, startup::StartupError};

/// How long a statement waits for another process's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const CONNECTIONS: u32 = 8;

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
        folders::create_private(folder).map_err(|error| {
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

/// A database that is locked or cannot be written shows itself at the start rather than to the
/// first person who signs up. Nothing is changed.
async fn prove_writable(pool: &SqlitePool) -> Result<(), sqlx::Error> {
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query("DELETE FROM accounts WHERE FALSE")
        .execute(&mut *transaction)
        .await?;
    transaction.rollback().await
}
