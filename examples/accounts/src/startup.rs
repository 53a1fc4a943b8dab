//! From settings to a running service, and what keeps it from running.

use std::{
    error::Error,
    fmt,
    io::{self, IsTerminal as _},
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener},
    sync::Arc,
};

use actix_web::{App, HttpServer, rt, web::Data};
use secure_runtime::{
    Secret, Security,
    password::{Passwords, policy::PasswordContext},
};
use tokio::sync::oneshot;
use tracing_subscriber::EnvFilter;

use crate::{
    audit,
    domain::{
        accounts::{Accounts, Address},
        articles::Articles,
        audit::AuditLog,
        avatars::Avatars,
        database, passwords,
    },
    greeting::{greeting, say},
    pictures::Pictures,
    routes::routes,
    security,
    settings::Settings,
    sign_outs::SignOuts,
    tls::{Certificates, Transport},
};

/// How long requests that are under way may take once the service is told to stop, in seconds.
const SHUTDOWN_TIMEOUT: u64 = 30;
/// The address in an admin's record where there is no better name.
const ADMIN_NAME: &str = "Admin";

/// Runs the service until it is told to stop.
pub(crate) async fn serve(settings: Settings, transport: &Transport) -> Result<(), StartupError> {
    log_to_stderr();
    // What is wrong with it is said before anything is made.
    let mut builder = Security::builder_from_env()?;
    let certificates = transport.certificates()?;
    let scheme = certificates.as_ref().map_or("http", |_| "https");
    let (host, port) = (settings.host, settings.port);
    let cannot_listen =
        |error: io::Error| StartupError::new(format!("cannot listen on {host}:{port}"), &error);
    let listener = TcpListener::bind((host, port)).map_err(cannot_listen)?;
    let here = reached_at(scheme, listener.local_addr().map_err(cannot_listen)?);
    let origin = settings.public_origin.as_deref().unwrap_or(&here);
    let plain = transport.http_port.map(|port| plain_listener(host, port));
    let plain = plain.transpose()?;
    if certificates.is_some() {
        builder = builder.public_origin(origin).enforce_https(true);
    }

    let pool = database::open(&settings.database_url).await?;
    let accounts = Data::new(Accounts::new(pool.clone()));
    let articles = Data::new(Articles::new(pool.clone()));
    let audit_log = Data::new(AuditLog::new(pool.clone()));
    let (trail, scribe) = audit::trail(AuditLog::clone(&audit_log));

    let production = builder.is_production();
    if production && settings.public_origin.is_none() {
        return Err(StartupError::setting(
            "SECURE_PUBLIC_ORIGIN",
            "it is not set, and the links in the mails need it",
        ));
    }
    let security =
        security::build(builder.audit(trail), &settings, origin, &accounts, &pool).await?;
    let sign_outs = Data::new(SignOuts::new(accounts.clone(), security.clone()));
    let avatars = Data::new(Avatars::new(pool.clone()));
    let uploads = security.uploads().cloned();
    let uploads = uploads.ok_or_else(|| StartupError::because("there is no folder of uploads"))?;
    let pictures = Data::new(Pictures::new(avatars.clone(), uploads));
    let routes = security.routes(routes)?;

    let signing_out = rt::spawn({
        let sign_outs = sign_outs.clone();
        async move { sign_outs.run().await }
    });
    let tidying = rt::spawn({
        let pictures = pictures.clone();
        async move { pictures.run().await }
    });
    let (stop, stopped) = oneshot::channel();
    let writing = rt::spawn(scribe.run_until(stopped));
    let at_the_end = security.clone();
    let mut server = HttpServer::new(move || {
        App::new()
            .app_data(accounts.clone())
            .app_data(articles.clone())
            .app_data(audit_log.clone())
            .app_data(sign_outs.clone())
            .app_data(avatars.clone())
            .app_data(pictures.clone())
            .configure(routes.mount())
            .wrap(security.middleware())
    })
    .shutdown_timeout(SHUTDOWN_TIMEOUT);
    server = match &certificates {
        Some(certificates) => server.listen_rustls_0_23(listener, certificates.config()?),
        None => server.listen(listener),
    }
    .map_err(cannot_listen)?;
    let mut plain_at = None;
    if let Some(plain) = plain {
        plain_at = plain.local_addr().ok();
        server = server.listen(plain).map_err(cannot_listen)?;
    }
    let reading_again = certificates.map(|certificates| rt::spawn(read_again(certificates)));
    let server = server.run();
    // What is printed is true: by then the workers run, and SIGTERM is listened to.
    let server = rt::spawn(server);
    rt::task::yield_now().await;
    let keys = match settings.has_secret {
        true => "the environment",
        false => "./data/dev-keys",
    };
    match production {
        true => say(&format!("accounts: listening on {here}")),
        false => say(&greeting(&here, keys)),
    }
    if let Some(address) = plain_at {
        let plain = reached_at("http", address);
        say(&format!(
            "accounts: {plain} sends pages to {origin}, and refuses the rest"
        ));
    }

    // Ends after SIGTERM, when the requests that are under way are answered.
    let ended = server.await;
    ended
        .map_err(|error| StartupError::new("the server", &error))?
        .map_err(cannot_listen)?;
    signing_out.abort();
    tidying.abort();
    if let Some(reading_again) = reading_again {
        reading_again.abort();
    }
    if let Err(error) = at_the_end.api_keys().flush().await {
        tracing::warn!(%error, "the last uses of API keys are not counted");
    }
    // What has happened by now is written down.
    let _ = stop.send(());
    let _ = writing.await;
    pool.close().await;
    say("accounts: stopped");
    Ok(())
}

/// Where somebody on this machine reaches the service.
fn reached_at(scheme: &str, mut address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        address.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    format!("{scheme}://{address}")
}

/// Where plain HTTP comes to beside TLS. The security layer sends it on or refuses it.
fn plain_listener(host: IpAddr, port: u16) -> Result<TcpListener, StartupError> {
    TcpListener::bind((host, port))
        .map_err(|error| StartupError::new(format!("cannot listen on {host}:{port}"), &error))
}

/// Reads the certificate again at each SIGHUP, as whatever renews it asks for.
async fn read_again(certificates: Arc<Certificates>) {
    #[cfg(unix)]
    {
        use rt::signal::unix::{SignalKind, signal};

        let mut asked = match signal(SignalKind::hangup()) {
            Ok(asked) => asked,
            Err(error) => return tracing::error!(%error, "SIGHUP is not listened to"),
        };
        while asked.recv().await.is_some() {
            match certificates.read_again() {
                Ok(()) => tracing::info!("the certificate was read again"),
                Err(error) => tracing::error!(%error, "the certificate stays as it was"),
            }
        }
    }
    #[cfg(not(unix))]
    drop(certificates);
}

fn log_to_stderr() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr)
        .init();
}

/// Makes an admin with the password on standard input.
pub(crate) async fn create_admin(settings: &Settings, email: &str) -> Result<(), StartupError> {
    let text = io::read_to_string(io::stdin())
        .map_err(|error| StartupError::new("the password on standard input", &error))?;
    let text = Secret::new(text);
    let line = text.expose().trim_end_matches(['\r', '\n']);
    let password = Secret::new(line.to_owned());
    let address: lettre::Address = email
        .parse()
        .map_err(|_| StartupError(format!("`{email}` is not an e-mail address")))?;
    let address = Address::new(address.as_ref());
    let context = PasswordContext::new()
        .email(address.as_str())
        .username(ADMIN_NAME);
    let password = passwords::policy()
        .check(password, &context)
        .map_err(|refused| StartupError(refused.to_string()))?;
    let hash = Passwords::new(passwords::PARAMS).hash(&password).await;
    let hash = hash.map_err(|error| StartupError::new("the password", &error))?;

    let pool = database::open(&settings.database_url).await?;
    let accounts = Accounts::new(pool.clone());
    let email = address.as_str();
    match accounts.create_admin(&address, ADMIN_NAME, &hash).await {
        Ok(true) => say(&format!("{email} is an admin now")),
        Ok(false) => return Err(StartupError(format!("{email} has an account already"))),
        Err(failure) => return Err(StartupError(format!("the admin is not made: {failure:?}"))),
    }
    pool.close().await;
    Ok(())
}

/// Why the service does not start, in one line.
#[derive(Debug)]
pub(crate) struct StartupError(String);

impl StartupError {
    /// What does not work, and why.
    pub(crate) fn new(what: impl fmt::Display, error: &dyn Error) -> Self {
        Self(format!("{what}: {error}"))
    }

    /// What is missing.
    pub(crate) fn because(text: &str) -> Self {
        Self(text.to_owned())
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
