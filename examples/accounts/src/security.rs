//! The security layer, from its settings and what the service adds to them.

use std::{env, fs};

use actix_web::web::Data;
use secure_runtime::{
    Allowance, CallerLimit, CompleteBuilder, Principal, Report, Security,
    edge::Pages,
    limit,
    limit::{RedisLimiter, WhenDown},
    mail::{self, Letter, MailError, Mailer, Transport},
    password::Passwords,
    policy::RateLimit,
    session::SessionSettings,
    store::RedisStore,
    token::Hs256Key,
    upload::{Clamd, UploadSettings},
};
use sqlx::SqlitePool;
use uuid::Uuid;

use crate::{
    domain::{Role, accounts::Accounts, database, passwords},
    keys,
    mail::Words,
    pages,
    routes::routes,
    settings::{DATA, Settings},
    startup::StartupError,
};

/// How the keys of this service begin, so that whoever finds one knows what it opens.
const API_KEY_PREFIX: &str = "acct";

/// While Redis is down each instance counts for itself: articles are still read, and whoever floods them is
/// still stopped. Nobody guesses passwords meanwhile, since signing in needs Redis as well.
pub(crate) const WHEN_LIMITS_ARE_DOWN: WhenDown = WhenDown::CountHere;
/// What one address may ask for, whatever that is, and what one account may. Opening a page is about five
/// requests; behind one address there may be an office.
const BY_ADDRESS: RateLimit = limit!("1200/minute");
const BY_ACCOUNT: RateLimit = limit!("600/minute", by = "user");

/// How many requests are worked at, at once. Beyond that an answer would come too late to be of use.
const MOST_IN_FLIGHT: usize = 1_000;
const MOST_IN_FLIGHT_FROM_ONE_CLIENT: usize = 100;

/// Who moderates opens many more pages than who writes.
fn allowance(caller: &Principal, _: &CallerLimit<'_>) -> Allowance {
    match caller.has_role(&Role::Moderator) {
        true => Allowance::times(5),
        false => Allowance::standard(),
    }
}

/// Where a browser goes that has signed out.
const AFTER_SIGN_OUT: &str = "/?done=signed-out";

/// Completes what the environment says. `origin` is how the service is reached.
pub(crate) async fn build(
    builder: CompleteBuilder,
    settings: &Settings,
    origin: &str,
    accounts: &Data<Accounts>,
    pool: &SqlitePool,
) -> Result<Security, StartupError> {
    let production = builder.is_production();
    let mailer = transport(settings, origin, production)?;
    let words = Words::new(origin.to_owned(), !production);
    let mut builder = builder
        .issuer(settings.issuer.as_deref().unwrap_or(origin))
        .audience(settings.audience.as_deref().unwrap_or(origin))
        .without_announcement();
    builder = with_accounts(builder, accounts, mailer, words).uploads(uploads(settings));
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
            let store = store.map_err(|error| StartupError::new("`REDIS_URL`", &error))?;
            let builder = builder.store(store);
            match settings.has_limits {
                true => builder,
                false => {
                    let limiter = RedisLimiter::connect(url.expose(), WHEN_LIMITS_ARE_DOWN).await;
                    let limiter =
                        limiter.map_err(|error| StartupError::new("`REDIS_URL`", &error))?;
                    builder.limiter(limiter)
                }
            }
        }
        None => builder.store(database::store(pool).await?),
    };
    Ok(builder.build()?)
}

/// What signing in and up, resets, changes and API keys need to know of this service.
pub(crate) fn with_accounts(
    builder: CompleteBuilder,
    accounts: &Data<Accounts>,
    mailer: impl Mailer,
    words: Words,
) -> CompleteBuilder {
    let accounts = || accounts.clone().into_inner();
    builder
        .accounts(accounts(), Passwords::new(passwords::PARAMS))
        .sign_ups(accounts())
        .address_changes(accounts())
        .password_policy(passwords::policy())
        .mail(mailer, words)
        .api_key_prefix(API_KEY_PREFIX)
        .app_limit(BY_ADDRESS)
        .app_limit(BY_ACCOUNT)
        .allowances(allowance)
        .most_in_flight(MOST_IN_FLIGHT)
        .most_in_flight_from_one_client(MOST_IN_FLIGHT_FROM_ONE_CLIENT)
        .sessions(SessionSettings::new().after_sign_out(AFTER_SIGN_OUT))
        .pages(Pages::new().sign_in("/login").problem(pages::problem))
        .accept_finding(
            "password-grant",
            "because there are clients that speak nothing else; all others have /auth/login",
        )
}

/// A mail server or a folder. Letters come from the host of the service, where nothing else is said.
fn transport(
    settings: &Settings,
    origin: &str,
    production: bool,
) -> Result<Transport, StartupError> {
    let outbox = format!("{DATA}/outbox");
    let url = match &settings.mail_url {
        Some(url) => url.expose(),
        // Links that reset passwords do not lie about in a folder by accident.
        None if production => {
            return Err(StartupError::setting(
                "MAIL_URL",
                "it is not set; production needs a mail server, or a folder that is meant",
            ));
        }
        None => &outbox,
    };
    let host = origin.split_once("://").map_or("", |(_, host)| host);
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    let host = match host.parse::<std::net::IpAddr>() {
        Err(_) if !host.is_empty() && !host.starts_with('[') => host,
        _ => "localhost",
    };
    let from = format!("Accounts <no-reply@{host}>");
    let from = settings.mail_from.as_deref().unwrap_or(&from);
    mail::transport(url, from).map_err(|error| StartupError::new("`MAIL_URL`", &error))
}

/// Where pictures are kept, and what looks at them before.
pub(crate) fn uploads(settings: &Settings) -> UploadSettings {
    let uploads = UploadSettings::new(&settings.uploads_folder);
    match settings.clamd.as_deref() {
        None => uploads,
        Some(path) if path.starts_with('/') => uploads.scanner(Clamd::socket(path)),
        Some(address) => uploads.scanner(Clamd::tcp(address)),
    }
}

/// Nobody is written to: for what only looks at the service.
pub(crate) struct NoMail;

impl Mailer for NoMail {
    async fn send(&self, _: &str, _: &Letter) -> Result<(), MailError> {
        Err(MailError::refused("there is no mail"))
    }
}

/// Who may call which route. Nothing is asked of the database.
pub(crate) async fn report() -> Result<Report, StartupError> {
    let pool = SqlitePool::connect_lazy("sqlite::memory:")
        .map_err(|error| StartupError::new("the database", &error))?;
    let builder = Security::builder()
        .issuer("http://localhost")
        .audience("http://localhost")
        .signing_key(Hs256Key::random());
    let accounts = Data::new(Accounts::new(pool));
    let words = Words::new(String::new(), false);
    // A folder that is gone again: nothing is uploaded.
    let folder = env::temp_dir().join(Uuid::now_v7().to_string());
    let builder = with_accounts(builder, &accounts, NoMail, words);
    let security = builder.uploads(UploadSettings::new(&folder)).build()?;
    let report = security.routes(routes).map(|_| security.report());
    let _ = fs::remove_dir_all(folder);
    Ok(report?)
}
