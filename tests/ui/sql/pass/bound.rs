//! A statement is a literal, and what comes from outside is bound.

use sqlx::SqlitePool;

async fn search(pool: &SqlitePool, q: &str) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT COUNT(*) FROM articles WHERE title = ?")
        .bind(q)
        .fetch_one(pool)
        .await
}

fn main() {
    let _ = search;
}
