//! `accounts check --deploy`: what keeps this configuration out of production.
//!
//! Nothing is made, asked or sent: the database is not opened, and nobody listens. The codes are those of
//! `docs/deploy-checks.md`.

use actix_web::web::Data;
use secure_runtime::{
    Security,
    deploy::{Check, DeployReport, Deployment, Finding, Level},
    mail::Transport as MailTransport,
    store::SqliteStore,
};
use sqlx::SqlitePool;

use crate::{
    domain::accounts::Accounts,
    mail::Words,
    routes::routes,
    security,
    settings::{DATA, Settings},
    startup::StartupError,
    tls::Transport,
};

const SETTING_REFUSED: Check = Check::new(
    "accounts-setting-refused",
    Level::Error,
    "the service does not start with a setting of its own that is malformed",
    "change it as the sentence says; `examples/accounts/README.md` has every setting",
);
const ORIGIN_REQUIRED: Check = Check::new(
    "accounts-origin-required",
    Level::Error,
    "the links in the mails lead to the public origin, so the service does not start without one",
    "set `SECURE_PUBLIC_ORIGIN`",
);
const MAIL_MISSING: Check = Check::new(
    "accounts-mail-missing",
    Level::Error,
    "sign-ups, resets and changes of an address are mailed, so the service does not start without mail",
    "set `MAIL_URL` to a mail server, such as `smtps://user:password@smtp.example.com`",
);
const MAIL_FOLDER: Check = Check::new(
    "accounts-mail-folder",
    Level::Warning,
    "nobody gets letters that lie in a folder, and whoever reads the folder can set passwords",
    "set `MAIL_URL` to a mail server",
);
const DATABASE_DEFAULT: Check = Check::new(
    "accounts-database-default",
    Level::Warning,
    "the database lies below the folder that the service happens to be started in: from another one it \
     starts with an empty database",
    "set `DATABASE_URL` to an absolute path on a disk that is backed up",
);
const NO_REDIS: Check = Check::new(
    "accounts-no-redis",
    Level::Notice,
    "sign-ins, revocations and throttles are in the database file, which other machines cannot share",
    "run one instance, or set `REDIS_URL`",
);
const TLS_REFUSED: Check = Check::new(
    "accounts-tls-refused",
    Level::Error,
    "the service does not start with a certificate that it cannot show",
    "name a certificate chain and its key, both in PEM",
);

/// Looks at the configuration as it stands.
pub(crate) async fn run(
    settings: Result<Settings, StartupError>,
    transport: &Transport,
) -> Result<DeployReport, StartupError> {
    let mut findings = Vec::new();
    let mut deployment = Deployment::new();
    let mut builder = Security::draft_from_env();
    match transport.certificates() {
        Ok(None) => {}
        Ok(Some(_)) => {
            deployment = deployment.with_tls();
            builder = builder.enforce_https(true);
        }
        Err(error) => findings.push(TLS_REFUSED.found(error.to_string())),
    }
    match &settings {
        Ok(settings) => findings.extend(of_settings(settings)),
        Err(error) => findings.push(SETTING_REFUSED.found(error.to_string())),
    }
    let pool = SqlitePool::connect_lazy("sqlite::memory:")
        .map_err(|error| StartupError::new("the database", &error))?;
    let accounts = Data::new(Accounts::new(pool.clone()));
    let words = Words::new(String::new(), false);
    // It stands for the one that `serve` connects to, and nobody asks it.
    let builder = security::with_accounts(builder, &accounts, security::NoMail, words)
        .store(SqliteStore::new(pool));
    let mut report = builder.deploy_check(&deployment, routes);
    report.extend(findings);
    Ok(report)
}

fn of_settings(settings: &Settings) -> Vec<Finding> {
    let mut findings = Vec::new();
    if settings.public_origin.is_none() {
        findings.push(ORIGIN_REQUIRED.found("`SECURE_PUBLIC_ORIGIN` is not set"));
    }
    match settings.mail_url.as_ref().map(|url| url.expose()) {
        None => findings.push(MAIL_MISSING.found("`MAIL_URL` is not set")),
        Some(url) if !url.contains("://") => {
            findings.push(MAIL_FOLDER.found("`MAIL_URL` names a folder"));
        }
        Some(url) => {
            let from = settings.mail_from.as_deref();
            let from = from.unwrap_or("no-reply@example.com");
            if let Err(error) =
                secure_runtime::mail::transport(url, from).map(drop::<MailTransport>)
            {
                findings.push(SETTING_REFUSED.found(format!("`MAIL_URL`: {error}")));
            }
        }
    }
    if !settings.has_database {
        let what = format!("`DATABASE_URL` is not set, so it is {DATA}/accounts.db");
        findings.push(DATABASE_DEFAULT.found(what));
    }
    if settings.redis_url.is_none() {
        findings.push(NO_REDIS.found("`REDIS_URL` is not set"));
    }
    findings
}
