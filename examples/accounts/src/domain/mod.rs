//! What the service knows, without HTTP. All SQL lives here.

pub(crate) mod accounts;
mod article_body;
pub(crate) mod articles;
pub(crate) mod audit;
pub(crate) mod avatars;
pub(crate) mod database;
mod failure;
mod pages;
pub(crate) mod passwords;
mod roles;
mod sign_outs;

use time::OffsetDateTime;

pub(crate) use article_body::{Body, Manuscript};
pub(crate) use failure::Failure;
pub(crate) use pages::{Page, PageNumber};
pub(crate) use roles::{Role, Scope};

/// A change that happens whole or not at all.
type Transaction = sqlx::Transaction<'static, sqlx::Sqlite>;

/// Seconds since 1970-01-01T00:00:00Z, as the database holds times.
fn now() -> i64 {
    OffsetDateTime::now_utc().unix_timestamp()
}
