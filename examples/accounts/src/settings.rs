//! What the environment says.

use std::{
    env,
    env::VarError,
    net::IpAddr,
    path::{Path, PathBuf},
};

use secure_runtime::{Secret, settings::secret_from_env};

use crate::startup::StartupError;

/// Where the service keeps what it makes itself, below the folder that it is started in.
pub(crate) const DATA: &str = "./data";

/// The settings of the service; those of its security layer are `SECURE_…`, and
/// [`Security::builder_from_env`](secure_runtime::Security::builder_from_env) reads them.
#[derive(Debug)]
pub(crate) struct Settings {
    /// `HOST`. Defaults to `127.0.0.1`.
    pub(crate) host: IpAddr,
    /// `PORT`; 0 is any that is free. Defaults to 8080.
    pub(crate) port: u16,
    /// `DATABASE_URL`, or in a file `DATABASE_URL_FILE`. Defaults to `sqlite:./data/accounts.db`.
    pub(crate) database_url: String,
    /// Whether `DATABASE_URL` or `DATABASE_URL_FILE` says it.
    pub(crate) has_database: bool,
    /// `REDIS_URL`, or `REDIS_URL_FILE`: what several instances share, and where limits are counted.
    /// Defaults to the database, and to counters in this process.
    pub(crate) redis_url: Option<Secret<String>>,
    /// Whether `SECURE_LIMITS_URL` or `SECURE_LIMITS_URL_FILE` names a Redis of their own for limits.
    pub(crate) has_limits: bool,
    /// `MAIL_URL`, or `MAIL_URL_FILE`: a mail server (`smtps://user:password@host`), or the folder that
    /// mail is written into. Defaults to `./data/outbox` in development.
    pub(crate) mail_url: Option<Secret<String>>,
    /// `MAIL_FROM`: from whom mail comes. Defaults to `no-reply` at the public origin.
    pub(crate) mail_from: Option<String>,
    /// `UPLOADS_FOLDER`: where pictures are kept. Defaults to `./data/uploads`.
    pub(crate) uploads_folder: PathBuf,
    /// `CLAMD`: what scans pictures for malware, `host:port` or the path of a socket. Defaults to nothing.
    pub(crate) clamd: Option<String>,
    /// `SECURE_PUBLIC_ORIGIN`: where links lead. Defaults to the address that is listened on.
    pub(crate) public_origin: Option<String>,
    /// `SECURE_ISSUER`. Defaults to the public origin in development.
    pub(crate) issuer: Option<String>,
    /// `SECURE_AUDIENCE`. Defaults to the public origin in development.
    pub(crate) audience: Option<String>,
    /// Whether `SECURE_SECRET` or `SECURE_SECRET_FILE` says the secret.
    pub(crate) has_secret: bool,
    /// Whether `SECURE_KEYS` or `SECURE_KEYS_FILE` says the keys.
    pub(crate) has_keys: bool,
    /// `SECURE_KEYS_FILE`: where the keys are kept.
    pub(crate) keys_file: Option<PathBuf>,
}

impl Settings {
    /// Reads the settings from the environment.
    pub(crate) fn from_env() -> Result<Self, StartupError> {
        Ok(Self {
            host: parsed("HOST", "127.0.0.1", "an IP address such as `127.0.0.1`")?,
            port: parsed("PORT", "8080", "a port between 0 and 65535")?,
            database_url: database_url()?,
            has_database: is_given("DATABASE_URL")?,
            redis_url: secret("REDIS_URL")?,
            has_limits: is_given("SECURE_LIMITS_URL")?,
            mail_url: secret("MAIL_URL")?,
            mail_from: text("MAIL_FROM")?,
            uploads_folder: text("UPLOADS_FOLDER")?.map_or_else(uploads_folder, PathBuf::from),
            clamd: text("CLAMD")?,
            public_origin: text("SECURE_PUBLIC_ORIGIN")?,
            issuer: text("SECURE_ISSUER")?,
            audience: text("SECURE_AUDIENCE")?,
            has_secret: is_given("SECURE_SECRET")?,
            has_keys: is_given("SECURE_KEYS")?,
            keys_file: text("SECURE_KEYS_FILE")?.map(PathBuf::from),
        })
    }

    /// The name or the address of the public origin, without its port.
    pub(crate) fn public_host(&self) -> Option<&str> {
        let (_, place) = self.public_origin.as_deref()?.split_once("://")?;
        match place.strip_prefix('[') {
            Some(address) => address.split(']').next(),
            None => place.split(':').next(),
        }
    }
}

/// Reads a `.env` file in development, where the environment itself says nothing else.
pub(crate) fn load_dotenv() -> Result<(), StartupError> {
    let profile = text("SECURE_PROFILE")?;
    let development = match profile.as_deref() {
        Some(profile) => profile == "development",
        None => cfg!(debug_assertions),
    };
    if !development {
        return Ok(());
    }
    match dotenvy::dotenv() {
        Ok(_) => Ok(()),
        Err(error) if error.not_found() => Ok(()),
        Err(error) => Err(StartupError::new("the file .env", &error)),
    }
}

/// The variable's text, or `default` where it is not set.
fn text_or(name: &str, default: &str) -> Result<String, StartupError> {
    Ok(text(name)?.unwrap_or_else(|| default.to_owned()))
}

/// Where pictures are kept when nothing else is said.
pub(crate) fn uploads_folder() -> PathBuf {
    Path::new(DATA).join("uploads")
}

fn database_url() -> Result<String, StartupError> {
    let url = match secret("DATABASE_URL")? {
        Some(url) => url.expose().clone(),
        None => format!("sqlite:{DATA}/accounts.db"),
    };
    match url.starts_with("sqlite:") && !url.contains(":memory:") {
        true => Ok(url),
        // It may hold a password, so it is not shown.
        false => Err(StartupError::setting(
            "DATABASE_URL",
            "it names a file, such as `sqlite:./data/accounts.db`",
        )),
    }
}

fn parsed<T: std::str::FromStr>(name: &str, default: &str, what: &str) -> Result<T, StartupError> {
    let text = text_or(name, default)?;
    text.trim()
        .parse()
        .map_err(|_| StartupError::setting(name, &format!("`{text}` is not {what}")))
}

/// Whether a secret is said in either way: in the variable, or in the file that `…_FILE` names.
fn is_given(name: &str) -> Result<bool, StartupError> {
    Ok(text(name)?.is_some() || text(&format!("{name}_FILE"))?.is_some())
}

/// A secret: in the variable, or in the file that `…_FILE` names.
fn secret(name: &str) -> Result<Option<Secret<String>>, StartupError> {
    Ok(secret_from_env(name)?)
}

/// The variable's text; `None` where it is not set or blank.
fn text(name: &str) -> Result<Option<String>, StartupError> {
    match env::var(name) {
        Ok(text) if text.trim().is_empty() => Ok(None),
        Ok(text) => Ok(Some(text)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(StartupError::setting(name, "it is not UTF-8")),
    }
}
