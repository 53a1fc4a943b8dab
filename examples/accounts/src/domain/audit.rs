use secure_runtime::audit::AuditEvent;
use sqlx::{FromRow, SqlitePool};

use super::{Failure, Page, PageNumber, accounts::Moment, now};

/// For how long events are kept: 90 days, in seconds.
const KEPT: i64 = 90 * 24 * 60 * 60;

/// Something that happened to somebody's access.
#[derive(Debug, FromRow)]
pub(crate) struct Entry {
    pub(crate) id: i64,
    #[sqlx(try_from = "i64")]
    pub(crate) at: Moment,
    pub(crate) event: String,
    pub(crate) alarming: bool,
    pub(crate) subject: Option<String>,
    pub(crate) session: Option<String>,
    pub(crate) api_key: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) address: Option<String>,
}

/// The audit events in the database.
#[derive(Debug, Clone)]
pub(crate) struct AuditLog {
    pool: SqlitePool,
}

impl AuditLog {
    pub(crate) fn new(pool: SqlitePool) -> Self {
        Self { pool }
    }

    /// What happened, the latest first.
    pub(crate) async fn list(&self, page: PageNumber) -> Result<Page<Entry>, Failure> {
        let total = sqlx::query_scalar("SELECT COUNT(*) FROM audit")
            .fetch_one(&self.pool)
            .await?;
        let entries = sqlx::query_as("SELECT * FROM audit ORDER BY id DESC LIMIT ? OFFSET ?")
            .bind(page.limit())
            .bind(page.offset())
            .fetch_all(&self.pool)
            .await?;
        Ok(Page::new(entries, page, total))
    }

    /// Writes events down, all of them or none.
    pub(crate) async fn write(&self, events: &[AuditEvent]) -> Result<(), Failure> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        for event in events {
            sqlx::query(
                "INSERT INTO audit (at, event, alarming, subject, session, api_key, request_id, address) \
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            )
            .bind(i64::try_from(event.at.as_secs()).unwrap_or(i64::MAX))
            .bind(event.kind.name())
            .bind(event.kind.is_alarming())
            .bind(&event.subject)
            .bind(&event.family)
            .bind(&event.api_key)
            .bind(&event.request_id)
            .bind(event.address.map(|address| address.to_string()))
            .execute(&mut *transaction)
            .await?;
        }
        sqlx::query("DELETE FROM audit WHERE at < ?")
            .bind(now() - KEPT)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }
}
