//~ dynamic SQL strings should be audited for possible injections
use sqlx::SqlitePool;

#[derive(sqlx::FromRow)]
struct Article {
    #[allow(dead_code)]
    title: String,
}

async fn sorted(pool: &SqlitePool, column: &str) -> Result<Vec<Article>, sqlx::Error> {
    sqlx::query_as(format!("SELECT title FROM articles ORDER BY {column}"))
        .fetch_all(pool)
        .await
}

fn main() {
    let _ = sorted;
}
