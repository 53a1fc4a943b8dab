//! The security layer, from its settings and what the service adds to them.

use actix_web::web::Data;
use secure_runtime::{
    CompleteBuilder, Report, Security, password::Passwords, store::RedisStore, token::Hs256Key,
};
use sqlx::SqlitePool;

use crate::{
    api,
    domain::{accounts::Accounts, database, passwords},
    keys,
    settings::Settings,
    startup::StartupError,
};

/// Completes what the environment says. `origin` is how the service is reached.
pub(crate) async fn build(
    builder: CompleteBuilder,
    settings: &Settings,
    origin: &str,
    accounts: &Data<Accounts>,
    pool: &SqlitePool,
) -> Result<Security, StartupError> {
    let mut builder = builder
        .issuer(settings.issuer.as_deref().unwrap_or(origin))
        .audience(settings.audience.as_deref().unwrap_or(origin))
        .resource_owners(accounts.clone().into_inner())
        .without_announcement();
    // Only in development: production has said by now that it needs one.
    if !settings.has_secret {
        let secret = keys::secret()?;
        if !settings.has_keys {
            builder = builder.signing_key(Hs256Key::from_secret(&secret));
        }
        builder = builder.secret(secret);
    }
    builder = match &settings.redis_url {
        Some(url) => {
            let store = RedisStore::connect(url.expose()).await;
            builder.store(store.map_err(|error| StartupError::new("`REDIS_URL`", &error))?)
        }
        None => builder.store(database::store(pool).await?),
    };
    Ok(builder.build()?)
}

/// Who may call which route. Nothing is asked of the database.
pub(crate) async fn report() -> Result<Report, StartupError> {
    let pool = SqlitePool::connect_lazy("sqlite::memory:")
        .map_err(|error| StartupError::new("the database", &error))?;
    let passwords = Passwords::new(passwords::PARAMS);
    let security = Security::builder()
        .issuer("http://localhost")
        .audience("http://localhost")
        .signing_key(Hs256Key::random())
        .resource_owners(Accounts::new(pool, passwords))
        .build()?;
    security.routes(api::routes)?;
    Ok(security.report())
}
