//~ dynamic SQL strings should be audited for possible injections
use sqlx::SqlitePool;

async fn search(pool: &SqlitePool, q: &str) -> Result<i64, sqlx::Error> {
    let sql = format!("SELECT COUNT(*) FROM articles WHERE title = '{q}'");
    sqlx::query_scalar(&sql).fetch_one(pool).await
}

fn main() {
    let _ = search;
}
