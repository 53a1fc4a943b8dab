//~ borrowed data escapes outside of function
use sqlx::SqlitePool;

async fn run(pool: &SqlitePool, sql: &str) -> Result<(), sqlx::Error> {
    sqlx::query(sql).execute(pool).await?;
    Ok(())
}

fn main() {
    let _ = run;
}
