//! `accounts check --deploy`: what keeps this configuration out of production.
//!
//! Nothing is made, asked or sent: the database is not opened, and nobody listens. The codes are those of
//! `docs/deploy-checks.md`.

use actix_web::web::Data;
use secure_runtime::{
    Security,
    deploy::{Check, DeployReport, Deployment, Finding, Level},
    limit::RedisLimiter,
    mail::Transport as MailTransport,
    store::SqliteStore,
    upload::{Clamd, UploadSettings},
};
use sqlx::SqlitePool;

use crate::{
    domain::accounts::Accounts,
    mail::Words,
    routes::routes,
    security,
    settings::{DATA, Settings, uploads_folder},
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
    "sign-ins, revocations and throttles are in the database file, which other machines cannot share, and \
     limits in the process",
    "run one instance, or set `REDIS_URL`",
);
const TLS_REFUSED: Check = Check::new(
    "accounts-tls-refused",
    Level::Error,
    "the service does not start with a certificate that it cannot show",
    "name a certificate chain and its key, both in PEM",
);

const CERTIFICATE_REFUSED: Check = Check::new(
    "accounts-certificate-refused",
    Level::Error,
    "no browser takes a certificate that is out of date, or another site's",
    "get one for the host of `SECURE_PUBLIC_ORIGIN`, and let what renews it send SIGHUP",
);
const KEY_READABLE: Check = Check::new(
    "accounts-key-readable",
    Level::Warning,
    "whoever has an account on the machine can take the key, and be this site",
    "let nobody but the service read it: `chmod 600`, `defaultMode: 0400` of a mounted secret",
);
const REDIS_PLAIN: Check = Check::new(
    "accounts-redis-plain",
    Level::Warning,
    "whoever is on the way to Redis reads its password, and reads and writes sessions and revocations \
     (ASVS 12.3.1)",
    "write `rediss://`; where the way is encrypted by something else, accept this with that reason",
);

/// It stands for one that is not known, and nobody asks it.
const UNKNOWN_REDIS: &str = "rediss://unknown";

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
        Ok(Some(certificates)) => {
            let host = settings.as_ref().ok().and_then(Settings::public_host);
            let refused = host.and_then(|host| certificates.refused_for(host));
            findings.extend(refused.map(|why| {
                CERTIFICATE_REFUSED.found(format!("the certificate is refused: {why}"))
            }));
            if certificates.key_is_readable() {
                findings.push(KEY_READABLE.found("everybody on this machine reads `--tls-key`"));
            }
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
    let uploads = match &settings {
        Ok(settings) => security::uploads(settings),
        // What is wrong with the settings is said above; what scans is looked at once they can be read.
        Err(_) => UploadSettings::new(uploads_folder()).scanner(Clamd::tcp("unknown:3310")),
    };
    let mut builder = security::with_accounts(builder, &accounts, security::NoMail, words)
        .store(SqliteStore::new(pool))
        .uploads(uploads);
    let counted_in = match &settings {
        // `SECURE_LIMITS_URL` is looked at by the layer itself.
        Ok(settings) if settings.has_limits => None,
        Ok(settings) => settings.redis_url.as_ref().map(|url| url.expose().as_str()),
        // As above.
        Err(_) => Some(UNKNOWN_REDIS),
    };
    if let Some(url) = counted_in {
        let limiter = |url| RedisLimiter::lazy(url, security::WHEN_LIMITS_ARE_DOWN);
        // What is wrong with the address is said above.
        let limiter = limiter(url).or_else(|_| limiter(UNKNOWN_REDIS));
        let limiter = limiter.map_err(|error| StartupError::new("`REDIS_URL`", &error))?;
        builder = builder.limiter(limiter);
    }
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
    findings.extend(of_redis(
        settings.redis_url.as_ref().map(|url| url.expose()),
    ));
    findings
}

/// The address may hold a password, so it is not shown.
fn of_redis(url: Option<&String>) -> Option<Finding> {
    let Some(url) = url else {
        return Some(NO_REDIS.found("`REDIS_URL` is not set"));
    };
    let (scheme, place) = url.split_once("://").unwrap_or_default();
    let place = place.split(['/', '?', '#']).next().unwrap_or_default();
    let host = place.rsplit_once('@').map_or(place, |(_, host)| host);
    let is_here = ["localhost", "127.0.0.1", "[::1]"].iter().any(|here| {
        host.strip_prefix(here)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
    });
    match scheme {
        "redis" | "rediss" if host.is_empty() => {
            Some(SETTING_REFUSED.found("`REDIS_URL`: it names no host"))
        }
        "redis" if !is_here => {
            Some(REDIS_PLAIN.found("`REDIS_URL` begins with `redis://`, which is not encrypted"))
        }
        "redis" | "rediss" | "unix" | "redis+unix" => None,
        _ => Some(
            SETTING_REFUSED
                .found("`REDIS_URL`: it begins with none of `rediss://`, `redis://` and `unix://`"),
        ),
    }
}
