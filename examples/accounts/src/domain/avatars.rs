use secure_runtime::upload::FileId;
use sqlx::SqlitePool;
use uuid::Uuid;

use super::Failure;

/// The pictures of accounts, in the database: which kept file is whose, and which is nobody's any more.
#[derive(Debug)]
pub(crate) struct Avatars {
    pool: SqlitePool,
}

impl Avatars {
    pub(crate) fn new(pool: SqlitePool) -> Self {
        Self { pool }
    }

    /// The picture of an account, if there is such an account and it has one.
    pub(crate) async fn of(&self, account: Uuid) -> Result<Option<FileId>, Failure> {
        let file = sqlx::query_scalar(
            "SELECT avatar FROM accounts WHERE id = ? AND avatar IS NOT NULL AND disabled = 0",
        )
        .bind(account)
        .fetch_optional(&self.pool)
        .await?;
        Ok(file)
    }

    /// Gives an account another picture, or none. What it had before is then nobody's.
    pub(crate) async fn replace(
        &self,
        account: Uuid,
        file: Option<&FileId>,
    ) -> Result<(), Failure> {
        let replaced = sqlx::query("UPDATE accounts SET avatar = ? WHERE id = ?")
            .bind(file)
            .bind(account)
            .execute(&self.pool)
            .await?;
        match replaced.rows_affected() {
            0 => Err(Failure::SignedOut),
            _ => Ok(()),
        }
    }

    /// The files that are nobody's any more.
    pub(crate) async fn unused(&self) -> Result<Vec<FileId>, Failure> {
        let files = sqlx::query_scalar("SELECT file FROM unused_files")
            .fetch_all(&self.pool)
            .await?;
        Ok(files)
    }

    /// The file is deleted.
    pub(crate) async fn deleted(&self, file: &FileId) -> Result<(), Failure> {
        sqlx::query("DELETE FROM unused_files WHERE file = ?")
            .bind(file)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
