//! Looking after accounts, mounted under `/admin`.

pub(crate) mod events;
pub(crate) mod user;
pub(crate) mod users;
