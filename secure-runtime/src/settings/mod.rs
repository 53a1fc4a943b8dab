//! Where secrets come from: a secret manager, the environment, files.
//!
//! [`Security::from_env`](crate::Security::from_env) reads a secret from its variable, or from the file that
//! `…_FILE` names. Where a secret manager keeps it, a [`SecretLoader`] asks for it, under the variable's
//! name, and [`Security::builder_from`](crate::Security::builder_from) takes it in their place: the secrets of
//! `SECURE_SECRET`, `SECURE_PREVIOUS_SECRET` and `SECURE_KEYS`. What is no secret stays in the environment.
//! [`secret_from`] does the same for the app's own: a database, a mail server, a pepper.
//!
//! A secret is said in one place. Where two of them have it, nothing starts: it would be a matter of luck
//! which of them is changed when it leaks. None of them is ever logged, and what is wrong with one is said
//! without it.
//!
//! A manager is plugged in by a type that asks it. This one keeps its secrets in a map; with AWS Secrets
//! Manager the body of `load` is `get_secret_value().secret_id(…)`, with Vault a `GET /v1/secret/data/…`,
//! and what they say of a name that they do not have becomes `Ok(None)`:
//!
//! ```
//! use std::collections::HashMap;
//!
//! use secure_runtime::{
//!     Secret, Security, ServerSecret,
//!     password::{Passwords, Pepper},
//!     settings::{SecretLoader, SecretLoaderError, secret_from},
//! };
//!
//! /// The secrets of one service, such as those below `accounts/production/`.
//! struct Manager(HashMap<String, String>);
//!
//! impl SecretLoader for Manager {
//!     async fn load(&self, name: &str) -> Result<Option<Secret<String>>, SecretLoaderError> {
//!         // let asked = self.client.get_secret_value().secret_id(format!("accounts/{name}")).send().await;
//!         Ok(self.0.get(name).cloned().map(Secret::new))
//!     }
//! }
//!
//! # #[actix_web::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let entries = [
//! #     ("SECURE_SECRET", "q83vEjRWeJC6mHZUMhDerb7v/+7dzLuqmYh3ZlVEMyI="),
//! #     ("DATABASE_URL", "postgres://accounts:hunter2@db/accounts"),
//! #     ("PASSWORD_PEPPER", "HXV61v0yP3CHaPFD9vLqz1uUj9N1sFFUS5IBBDnbGHw="),
//! # ];
//! # let entries = entries.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
//! let manager = Manager(entries);
//! let security = Security::builder_from(&manager).await?
//!     .issuer("https://auth.example.com")
//!     .audience("https://api.example.com")
//!     .build()?;
//!
//! let database = secret_from(&manager, "DATABASE_URL").await?.ok_or("there is no database")?;
//! assert_eq!(format!("{database:?}"), "Secret([redacted])");
//!
//! let mut passwords = Passwords::builder(Default::default());
//! if let Some(text) = secret_from(&manager, "PASSWORD_PEPPER").await? {
//!     passwords = passwords.pepper(Pepper::new(&ServerSecret::from_text(text.expose())?));
//! }
//! # drop((security, passwords));
//! # Ok(())
//! # }
//! ```

mod places;

use std::{env, error::Error, fmt, sync::Arc};

use futures_util::future::join_all;

use crate::{Secret, SettingsError};
pub(crate) use places::{Found, find, read_text};

/// Keeps secrets, and gives them to whoever may have them: a secret manager.
///
/// It is asked once, at the start. A manager that hangs keeps the app from starting, so let the client
/// have a timeout.
pub trait SecretLoader: Send + Sync {
    /// The secret of a name such as `SECURE_SECRET`; `None` where there is none, and then the environment is
    /// asked.
    ///
    /// # Errors
    /// When the manager does not answer, or refuses to. Nothing starts then, and the error is shown: no
    /// secret may be in it.
    fn load(
        &self,
        name: &str,
    ) -> impl Future<Output = Result<Option<Secret<String>>, SecretLoaderError>>;
}

impl<L: SecretLoader> SecretLoader for Arc<L> {
    async fn load(&self, name: &str) -> Result<Option<Secret<String>>, SecretLoaderError> {
        L::load(self, name).await
    }
}

/// Why a secret manager did not give a secret.
#[derive(Debug)]
pub struct SecretLoaderError(Box<dyn Error + Send + Sync>);

impl SecretLoaderError {
    /// The cause, in which there is no secret.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

impl fmt::Display for SecretLoaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the secret manager does not give it: {}", self.0)
    }
}

impl Error for SecretLoaderError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.0)
    }
}

/// A secret of the app's own: from the manager, from the variable `name`, or from the file that the variable
/// `…_FILE` names, without the blanks around it. `None` where none of them has it.
///
/// # Errors
/// When two of them have it, when the file cannot be read, is blank or larger than 1 MiB, when what there is is
/// not UTF-8, when the manager fails or has a blank.
pub async fn secret_from(
    loader: &impl SecretLoader,
    name: &str,
) -> Result<Option<Secret<String>>, SettingsError> {
    match ask(loader, name).await {
        Ok(loaded) => app_secret(name, loaded),
        Err(finding) => Err(SettingsError::new(vec![finding])),
    }
}

/// As [`secret_from`], without a manager.
///
/// ```
/// use secure_runtime::settings::secret_from_env;
///
/// # fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let mail_server = secret_from_env("MAIL_URL")?.ok_or("`MAIL_URL` is not set")?;
/// # Ok(()) }
/// ```
///
/// # Errors
/// When both have it, when the file cannot be read, is blank or larger than 1 MiB, when what there is is not
/// UTF-8.
pub fn secret_from_env(name: &str) -> Result<Option<Secret<String>>, SettingsError> {
    app_secret(name, None)
}

fn app_secret(
    name: &str,
    loaded: Option<Secret<String>>,
) -> Result<Option<Secret<String>>, SettingsError> {
    let found = find(name, |name| env::var(name), loaded);
    let found = found.map_err(|finding| SettingsError::new(vec![finding]))?;
    Ok(found.map(|found| Secret::new(found.text.trim().to_owned())))
}

/// What a manager has said, before anything else is read.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    secrets: Vec<(&'static str, Secret<String>)>,
    pub(crate) findings: Vec<String>,
}

impl Loaded {
    /// Asks for all of them at once.
    pub(crate) async fn ask(loader: &impl SecretLoader, names: &[&'static str]) -> Self {
        let mut loaded = Self::default();
        let answers = join_all(names.iter().map(|name| ask(loader, name))).await;
        for (name, answer) in names.iter().zip(answers) {
            match answer {
                Ok(Some(secret)) => loaded.secrets.push((name, secret)),
                Ok(None) => {}
                Err(finding) => loaded.findings.push(finding),
            }
        }
        loaded
    }

    pub(crate) fn secret(&self, name: &str) -> Option<Secret<String>> {
        let found = self.secrets.iter().find(|(known, _)| *known == name);
        found.map(|(_, secret)| Secret::new(secret.expose().clone()))
    }
}

/// What the manager says, or what is wrong with it. Whoever has made an entry has meant it, so a blank one
/// is an error.
async fn ask(loader: &impl SecretLoader, name: &str) -> Result<Option<Secret<String>>, String> {
    match loader.load(name).await {
        Ok(Some(secret)) if secret.expose().trim().is_empty() => {
            Err(format!("`{name}`: the secret manager has a blank for it"))
        }
        Ok(secret) => Ok(secret),
        Err(error) => Err(format!("`{name}`: {error}")),
    }
}

#[cfg(test)]
mod tests;
