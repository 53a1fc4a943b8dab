//! Our tables beside the app's, made once by whoever comes first.

use std::time::Duration;

use futures_util::future::try_join_all;
use secure_runtime::store::{PostgresStore, SqliteStore};
use sqlx::{
    SqlSafeStr as _,
    migrate::{Migration, MigrationType, Migrator},
};

use crate::{
    backend::{postgres_pool, sqlite_pool},
    patience::assert_works,
    services::{Folder, Postgres},
};

/// The app's own, with the same version as ours.
fn of_the_app() -> Migrator {
    let migration = |version, sql: &'static str| {
        let kind = MigrationType::Simple;
        Migration::new(version, "app".into(), kind, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(vec![
        migration(1, "CREATE TABLE notes (id INTEGER PRIMARY KEY)"),
        migration(2, "ALTER TABLE notes ADD COLUMN text TEXT"),
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_beside_the_apps() {
    // Ours first, and the app's first.
    for ours_first in [true, false] {
        let folder = Folder::new("sqlite");
        let pool = sqlite_pool(&folder, Duration::from_secs(5)).await;
        let store = SqliteStore::new(pool.clone());
        if ours_first {
            store.migrate().await.unwrap();
        }
        of_the_app().run(&pool).await.unwrap();
        for _ in 0..2 {
            store.migrate().await.unwrap();
            of_the_app().run(&pool).await.unwrap();
        }
        assert_works(&store).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_beside_the_apps() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    for ours_first in [true, false] {
        let pool = postgres_pool(&server.database()).await;
        let store = PostgresStore::new(pool.clone());
        if ours_first {
            store.migrate().await.unwrap();
        }
        of_the_app().run(&pool).await.unwrap();
        for _ in 0..2 {
            store.migrate().await.unwrap();
            of_the_app().run(&pool).await.unwrap();
        }
        assert_works(&store).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sqlite_by_several_at_once() {
    for _ in 0..5 {
        let folder = Folder::new("sqlite");
        sqlite_pool(&folder, Duration::from_secs(5)).await;
        let migrations = (0..6).map(async |_| {
            let pool = sqlite_pool(&folder, Duration::from_secs(5)).await;
            let store = SqliteStore::new(pool);
            store.migrate().await.map(|()| store)
        });
        for store in try_join_all(migrations).await.unwrap() {
            assert_works(&store).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn postgres_by_several_at_once() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let url = server.database();
    let migrations = (0..6).map(async |_| {
        let store = PostgresStore::new(postgres_pool(&url).await);
        store.migrate().await.map(|()| store)
    });
    for store in try_join_all(migrations).await.unwrap() {
        assert_works(&store).await;
    }
}
