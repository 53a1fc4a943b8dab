//! Ready-made fields in a table of the app's own: what is read is checked as what is sent.

use std::{fmt::Debug, time::Duration};

use secure_runtime::field::{Email, PlainText, SafeHtml, Slug, Url, Username};
use sqlx::{ColumnIndex, Database, Decode, Encode, Executor, IntoArguments, Pool, Type};

use crate::{
    backend::{postgres_pool, sqlite_pool},
    services::{Folder, Postgres},
};

/// A value is stored and read, `NULL` too, and what somebody else wrote is refused.
async fn is_a_column<DB, T>(pool: &Pool<DB>, good: T, bad: &[&str])
where
    DB: Database,
    for<'a> &'a Pool<DB>: Executor<'a, Database = DB>,
    DB::Arguments: IntoArguments<DB>,
    for<'q> T:
        Encode<'q, DB> + Decode<'q, DB> + Type<DB> + Clone + PartialEq + Debug + Send + Unpin,
    T: 'static,
    for<'q> Option<T>: Encode<'q, DB>,
    for<'q> String: Encode<'q, DB> + Decode<'q, DB> + Type<DB>,
    usize: ColumnIndex<DB::Row>,
{
    pool.execute("DROP TABLE IF EXISTS fields")
        .await
        .expect("no table");
    pool.execute("CREATE TABLE fields (value TEXT)")
        .await
        .expect("a table");
    let insert = async |value: Option<T>| {
        let query = sqlx::query::<DB>("INSERT INTO fields VALUES ($1)");
        query.bind(value).execute(pool).await.expect("inserted");
    };
    let select = async || -> Result<Option<T>, sqlx::Error> {
        let query = sqlx::query_scalar::<DB, Option<T>>("SELECT value FROM fields");
        query.fetch_one(pool).await
    };
    let clear = async || {
        pool.execute("DELETE FROM fields").await.expect("empty");
    };
    insert(Some(good.clone())).await;
    assert_eq!(select().await.expect("a value"), Some(good.clone()));
    clear().await;
    insert(None).await;
    assert_eq!(select().await.expect("a row"), None);
    for bad in bad {
        clear().await;
        let query = sqlx::query::<DB>("INSERT INTO fields VALUES ($1)");
        let query = query.bind((*bad).to_owned());
        query.execute(pool).await.expect("inserted");
        let error = select().await.expect_err(bad);
        let text = error.to_string();
        assert!(
            matches!(error, sqlx::Error::ColumnDecode { .. }),
            "{bad:?}: {text}"
        );
        assert!(bad.is_empty() || !text.contains(bad), "{text}");
    }
}

/// What was stored before there was a cleaner, or by somebody else, is cleaned when it is read.
async fn is_cleaned_again<DB>(pool: &Pool<DB>)
where
    DB: Database,
    for<'a> &'a Pool<DB>: Executor<'a, Database = DB>,
    DB::Arguments: IntoArguments<DB>,
    for<'q> String: Encode<'q, DB> + Decode<'q, DB> + Type<DB>,
    for<'q> SafeHtml: Decode<'q, DB> + Type<DB>,
    usize: ColumnIndex<DB::Row>,
{
    pool.execute("DELETE FROM fields").await.expect("empty");
    let query = sqlx::query::<DB>("INSERT INTO fields VALUES ($1)");
    let stored = "<p onclick=x()>a</p><script>x()</script>".to_owned();
    query.bind(stored).execute(pool).await.expect("inserted");
    let query = sqlx::query_scalar::<DB, SafeHtml>("SELECT value FROM fields");
    let read = query.fetch_one(pool).await.expect("a value");
    assert_eq!(read.as_str(), "<p>a</p>");
}

macro_rules! all_are_columns {
    ($pool:expr) => {{
        let pool = $pool;
        let email: Email = "Ada@Bücher.example".parse().expect("an address");
        is_a_column(pool, email, &["", "ada", "ada@localhost"]).await;
        let name: Username = "Ada.Lovelace".parse().expect("a name");
        is_a_column(pool, name, &["", "xq", "adа.lovelace", "root"]).await;
        let url: Url = "https://example.com/".parse().expect("an address");
        is_a_column(pool, url, &["", "javascript:x()", "http://example.com/"]).await;
        let slug: Slug = "on-locks".parse().expect("a slug");
        is_a_column(pool, slug, &["", "../locks", "On Locks"]).await;
        let text: PlainText = "&lt;b&gt; <i>or</i> not\nZoe\u{308}"
            .parse()
            .expect("a text");
        is_a_column(pool, text, &["a\u{202e}b", "a\r\nb", "Zoe\u{308}"]).await;
        let html: SafeHtml = SafeHtml::clean("<p>On <b>locks</b>").expect("clean");
        is_a_column(pool, html, &[&"<p>".repeat(3001)]).await;
        is_cleaned_again(pool).await;
    }};
}

#[tokio::test]
async fn of_sqlite() {
    let folder = Folder::new("fields");
    let pool = sqlite_pool(&folder, Duration::from_secs(5)).await;
    all_are_columns!(&pool);
}

#[tokio::test]
async fn of_postgres() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let pool = postgres_pool(&server.database()).await;
    all_are_columns!(&pool);
}
