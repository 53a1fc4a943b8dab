//~ dynamic SQL strings should be audited for possible injections
use sqlx::SqlitePool;

async fn clean_up(pool: &SqlitePool, table: &str) -> Result<(), sqlx::Error> {
    let sql = String::from("DELETE FROM ") + table;
    sqlx::raw_sql(sql).execute(pool).await?;
    Ok(())
}

fn main() {
    let _ = clean_up;
}
