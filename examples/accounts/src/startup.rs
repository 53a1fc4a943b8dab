//! From settings to a running service, and what keeps it from running.

use std::{
    error::Error,
    fmt,
    io::{self, IsTerminal as _, Write as _},
    net::TcpListener,
};

use actix_web::{App, HttpServer, rt, web::Data};
use secure_runtime::{Profile, Report, Secret, Security, token::Hs256Key};
use tracing_subscriber::EnvFilter;

use crate::{
    api,
    domain::{
        Failure,
        accounts::{Accounts, Address},
        articles::Articles,
        database,
        passwords::{NewPassword, Passwords},
        registrations::Registrations,
    },
    keys,
    mail::Outbox,
    settings::{self, Settings},
};

/// How long requests that are under way may take once the service is told to stop, in seconds.
const SHUTDOWN_TIMEOUT: u64 = 30;
/// The address in an admin's record where there is no better name.
const ADMIN_NAME: &str = "Admin";

/// Runs the service until it is told to stop.
pub(crate) async fn serve(settings: Settings) -> Result<(), StartupError> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr)
        .init();

    let security = security()?;
    let production = security.profile() == Profile::Production;
    if production && settings.public_origin.is_none() {
        return Err(StartupError::setting(
            "SECURE_PUBLIC_ORIGIN",
            "it is not set, and the links in the mails need it",
        ));
    }
    let wanted = (settings.host, settings.port);
    let cannot_listen = |error: io::Error| {
        StartupError::new(
            format!("cannot listen on {}:{}", wanted.0, wanted.1),
            &error,
        )
    };
    let listener = TcpListener::bind(wanted).map_err(cannot_listen)?;
    let here = format!("http://{}", listener.local_addr().map_err(cannot_listen)?);

    let pool = database::open(&settings.database_url).await?;
    let passwords = Passwords::new().map_err(|error| StartupError::new("Argon2id", &error))?;
    let accounts = Data::new(Accounts::new(pool.clone(), passwords));
    let articles = Data::new(Articles::new(pool.clone()));
    let registrations = Data::new(Registrations::new(pool.clone()));
    let origin = settings.public_origin.unwrap_or_else(|| here.clone());
    let outbox = Data::new(Outbox::open(&settings.outbox, origin, !production)?);

    let handle = Data::new(security.clone());
    let routes = security.routes(api::routes)?;
    let mail = rt::spawn({
        let (outbox, registrations) = (outbox.clone(), registrations.clone());
        async move { outbox.run(&registrations).await }
    });
    let server = HttpServer::new(move || {
        App::new()
            .app_data(accounts.clone())
            .app_data(articles.clone())
            .app_data(registrations.clone())
            .app_data(outbox.clone())
            .app_data(handle.clone())
            .configure(routes.mount())
            .wrap(security.middleware())
    })
    .shutdown_timeout(SHUTDOWN_TIMEOUT)
    .listen(listener)
    .map_err(cannot_listen)?
    .run();
    // What is printed is true: by then the workers run, and SIGTERM is listened to.
    let server = rt::spawn(server);
    rt::task::yield_now().await;
    match production {
        true => say(&format!("accounts: listening on {here}")),
        false => say(&greeting(&here)),
    }

    // Ends after SIGTERM, when the requests that are under way are answered.
    let ended = server.await;
    ended
        .map_err(|error| StartupError::new("the server", &error))?
        .map_err(cannot_listen)?;
    mail.abort();
    pool.close().await;
    say("accounts: stopped");
    Ok(())
}

/// Makes an admin with the password on standard input.
pub(crate) async fn create_admin(settings: &Settings, email: &str) -> Result<(), StartupError> {
    let text = io::read_to_string(io::stdin())
        .map_err(|error| StartupError::new("the password on standard input", &error))?;
    let text = Secret::new(text);
    let line = text.expose().trim_end_matches(['\r', '\n']);
    let password = NewPassword::new(Secret::new(line.to_owned())).map_err(StartupError)?;
    let address: lettre::Address = email
        .parse()
        .map_err(|_| StartupError(format!("`{email}` is not an e-mail address")))?;
    let address = Address::new(address.as_ref());

    let pool = database::open(&settings.database_url).await?;
    let passwords = Passwords::new().map_err(|error| StartupError::new("Argon2id", &error))?;
    let accounts = Accounts::new(pool.clone(), passwords);
    match accounts.create_admin(&address, ADMIN_NAME, password).await {
        Ok(()) => say(&format!("{} is an admin now", address.as_str())),
        Err(Failure::AddressTaken) => {
            let email = address.as_str();
            return Err(StartupError(format!("{email} has an account already")));
        }
        Err(failure) => return Err(StartupError(format!("the admin is not made: {failure:?}"))),
    }
    pool.close().await;
    Ok(())
}

/// Who may call which route.
pub(crate) fn report() -> Result<Report, StartupError> {
    let security = Security::builder()
        .issuer("accounts")
        .audience("accounts")
        .signing_key(Hs256Key::random())
        .build()?;
    security.routes(api::routes)?;
    Ok(security.report())
}

/// The security layer: from the environment, and in development with the keys that are kept.
fn security() -> Result<Security, StartupError> {
    let given = Security::from_env()?;
    if given.profile() == Profile::Production || settings::has_secret()? {
        return Ok(given);
    }
    // The builder takes what is parsed here, and nothing parses a size for us.
    settings::refuse_inert("SECURE_BODY_LIMIT")?;
    let security = Security::builder()
        .issuer(settings::text_or(
            "SECURE_ISSUER",
            "urn:accounts:development",
        )?)
        .audience(settings::text_or(
            "SECURE_AUDIENCE",
            "urn:accounts:development",
        )?)
        .signing_key(keys::development()?)
        .profile(Profile::Development)
        .access_token_lifetime(given.access_tokens().lifetime())
        .build()?;
    Ok(security)
}

/// Prints a line. Where nobody reads it, that is no reason to stop.
fn say(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// What a newcomer pastes next.
fn greeting(here: &str) -> String {
    format!(
        r#"accounts: listening on {here}
Development: the signing keys are in ./data/dev-keys, mail goes to ./data/outbox. Paste into another
terminal, in this folder:

1. make an admin

   printf 'a long phrase that only you know' |
     cargo run -q -p accounts -- create-admin --email admin@example.com --password-stdin

2. sign up: the mail brings a token, and the token makes the account

   curl -sS {here}/auth/register -H 'Content-Type: application/json' \
     -d '{{"email":"ada@example.com","username":"Ada"}}'; sleep 1
   TOKEN=$(grep -hoE '^[A-Za-z0-9_-]{{43}}' "$(ls -t data/outbox/*.eml | head -n 1)")
   curl -sS -i {here}/auth/verify-email -H 'Content-Type: application/json' \
     -d '{{"token":"'"$TOKEN"'","password":"correct horse battery staple"}}'

3. sign in, and call a protected route

   ACCESS=$(curl -sS {here}/auth/login -H 'Content-Type: application/json' \
     -d '{{"email":"ada@example.com","password":"correct horse battery staple"}}' |
     sed 's/.*"access_token":"\([^"]*\)".*/\1/')
   curl -sS -i {here}/me -H "Authorization: Bearer $ACCESS"
"#
    )
}

/// Why the service does not start, in one line.
#[derive(Debug)]
pub(crate) struct StartupError(String);

impl StartupError {
    /// What does not work, and why.
    pub(crate) fn new(what: impl fmt::Display, error: &dyn Error) -> Self {
        Self(format!("{what}: {error}"))
    }

    /// A variable that is not understood.
    pub(crate) fn setting(name: &str, why: &str) -> Self {
        Self(format!("`{name}`: {why}"))
    }
}

impl fmt::Display for StartupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.replace('\n', " "))
    }
}

impl From<secure_runtime::SettingsError> for StartupError {
    fn from(error: secure_runtime::SettingsError) -> Self {
        Self(error.findings().join("; "))
    }
}

impl From<secure_runtime::LaunchError> for StartupError {
    fn from(error: secure_runtime::LaunchError) -> Self {
        Self(error.findings().join("; "))
    }
}
