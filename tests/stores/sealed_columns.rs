//! Sealed values in a table of the app's own.

use std::time::Duration;

use secure_runtime::{
    Security, ServerSecret,
    crypto::{SealError, Sealable, Sealed},
    token::Es256Key,
};
use serde::{Deserialize, Serialize};
use sqlx::{Database, Executor, IntoArguments, Pool};

use crate::{
    backend::{postgres_pool, sqlite_pool},
    services::{Folder, Postgres},
};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct BankAccount {
    iban: String,
}

impl Sealable for BankAccount {
    const PURPOSE: &'static str = "bank account";
}

fn instance(secret: &ServerSecret, previous: Option<&ServerSecret>) -> Security {
    let settings = Security::builder()
        .issuer("https://auth.test")
        .audience("https://api.test")
        .signing_key(Es256Key::generate().expect("a key"))
        .secret(secret.clone());
    let settings = match previous {
        Some(previous) => settings.previous_secret(previous.clone()),
        None => settings,
    };
    settings.build().expect("settings")
}

fn account(iban: &str) -> BankAccount {
    let iban = iban.to_owned();
    BankAccount { iban }
}

fn context(id: i64) -> Vec<u8> {
    format!("customers.bank_account {id}").into_bytes()
}

/// Written, read, absent, copied to another row, and sealed anew after a change of the secret.
async fn is_a_column<DB: Database>(pool: &Pool<DB>)
where
    for<'c> &'c Pool<DB>: Executor<'c, Database = DB>,
    DB::Arguments: IntoArguments<DB>,
    for<'q> i64: sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    for<'q> String: sqlx::Encode<'q, DB> + sqlx::Decode<'q, DB> + sqlx::Type<DB>,
    for<'q> Option<Sealed<BankAccount>>: sqlx::Encode<'q, DB>,
    usize: sqlx::ColumnIndex<DB::Row>,
{
    let [old, new] = [ServerSecret::random(), ServerSecret::random()];
    let sealer = instance(&old, None).sealer().clone();
    let table = "CREATE TABLE customers (id BIGINT PRIMARY KEY, bank_account TEXT)";
    pool.execute(table).await.expect("a table");
    let insert = async |id: i64, sealed: Option<Sealed<BankAccount>>| {
        let query = sqlx::query::<DB>("INSERT INTO customers VALUES ($1, $2)");
        let done = query.bind(id).bind(sealed).execute(pool).await;
        done.expect("inserted");
    };
    let select = async |id: i64| -> Option<Sealed<BankAccount>> {
        let query = "SELECT bank_account FROM customers WHERE id = $1";
        let query = sqlx::query_scalar::<DB, Option<Sealed<BankAccount>>>(query);
        query.bind(id).fetch_one(pool).await.expect("a row")
    };

    let sealed = sealer.seal(&account("DE02"), &context(1)).expect("sealed");
    insert(1, Some(sealed.clone())).await;
    insert(2, None).await;
    insert(3, Some(sealed.clone())).await;
    let stored = select(1).await.expect("a value");
    assert_eq!(stored.as_str(), sealed.as_str());
    assert_eq!(sealer.open(&stored, &context(1)), Ok(account("DE02")));
    assert!(select(2).await.is_none());
    let copied = select(3).await.expect("a value");
    assert_eq!(sealer.open(&copied, &context(3)), Err(SealError::Forged));

    let sealer = instance(&new, Some(&old)).sealer().clone();
    assert!(sealer.needs_resealing(&stored));
    let opened = sealer.open(&stored, &context(1)).expect("opened");
    let anew = sealer.seal(&opened, &context(1)).expect("sealed");
    let update = sqlx::query::<DB>("UPDATE customers SET bank_account = $1 WHERE id = $2");
    let update = update.bind(Some(anew)).bind(1_i64).execute(pool).await;
    update.expect("updated");
    let stored = select(1).await.expect("a value");
    let sealer = instance(&new, None).sealer().clone();
    assert!(!sealer.needs_resealing(&stored));
    assert_eq!(sealer.open(&stored, &context(1)), Ok(account("DE02")));
}

#[tokio::test]
async fn of_sqlite() {
    let folder = Folder::new("sealed");
    is_a_column(&sqlite_pool(&folder, Duration::from_secs(5)).await).await;
}

#[tokio::test]
async fn of_postgres() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    is_a_column(&postgres_pool(&server.database()).await).await;
}
