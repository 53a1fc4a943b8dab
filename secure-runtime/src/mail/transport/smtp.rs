use std::{fmt, net::IpAddr, time::Duration};

use actix_web::http::Uri;
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor,
    message::Mailbox,
    transport::smtp::{
        self,
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};
use percent_encoding::percent_decode_str;
use tokio::time::timeout;

use super::{
    TransportError,
    message::{message, sender},
};
use crate::mail::{Letter, MailError, Mailer};

/// How long connecting may take.
const CONNECTION: Duration = Duration::from_secs(10);

/// How long a letter may take, all in all. lettre bounds nothing but the connection.
const LETTER: Duration = Duration::from_secs(25);

/// What a server says of a mailbox that takes no mail, now or ever: RFC 5321 §4.2.3's 550, 551, 553.
const NO_MAILBOX: [u16; 3] = [550, 551, 553];

/// A mail server.
#[derive(Clone)]
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Smtp {
    /// Sends the letters by the server of a URL: `smtps://user:password@smtp.example.com` speaks TLS
    /// from the start (port 465), `smtp://…` asks for STARTTLS and goes no further without it (port
    /// 587). `smtp://` to this machine itself (`localhost`, `127.0.0.1`, `[::1]`) is not encrypted (port
    /// 25). What stands in the user and the password is percent-encoded.
    ///
    /// ```
    /// use secure_runtime::mail::Smtp;
    ///
    /// let server = Smtp::from_url("smtp://postbox:se%40cret@smtp.example.com", "no-reply@example.com")?;
    /// # drop(server);
    /// # Ok::<(), secure_runtime::mail::TransportError>(())
    /// ```
    ///
    /// # Errors
    /// When the URL is none of these, or `from` is no sender.
    pub fn from_url(url: &str, from: &str) -> Result<Self, TransportError> {
        let from = sender(from)?;
        let server = Server::read(url)?;
        let (tls, usual_port) = match (server.is_tls, is_loopback(&server.host)) {
            (true, _) => (Tls::Wrapper(parameters(&server.host)?), 465),
            (false, false) => (Tls::Required(parameters(&server.host)?), 587),
            (false, true) => (Tls::None, 25),
        };
        let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server.host)
            .port(server.port.unwrap_or(usual_port))
            .tls(tls)
            .timeout(Some(CONNECTION));
        let builder = match server.credentials {
            Some(credentials) => builder.credentials(credentials),
            None => builder,
        };
        Ok(Self {
            transport: builder.build(),
            from,
        })
    }
}

impl Mailer for Smtp {
    async fn send(&self, to: &str, letter: &Letter) -> Result<(), MailError> {
        let message = message(&self.from, to, letter)?;
        let sent = timeout(LETTER, self.transport.send(message)).await;
        let sent = sent.map_err(|_| MailError::failed("the server takes too long"))?;
        sent.map(drop).map_err(|error| match is_final(&error) {
            true => MailError::refused(error),
            false => MailError::failed(error),
        })
    }
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp").finish_non_exhaustive()
    }
}

/// Whether the server will say the same of that mailbox the next time.
fn is_final(error: &smtp::Error) -> bool {
    let status = error.status().map(u16::from);
    status.is_some_and(|status| NO_MAILBOX.contains(&status))
}

/// Verifies the server's certificate for its name, by what the machine trusts.
fn parameters(host: &str) -> Result<TlsParameters, TransportError> {
    TlsParameters::new(host.to_owned())
        .map_err(|error| TransportError::new(format_args!("TLS with the mail server: {error}")))
}

/// What a URL says.
struct Server {
    is_tls: bool,
    host: String,
    port: Option<u16>,
    credentials: Option<Credentials>,
}

impl Server {
    fn read(url: &str) -> Result<Self, TransportError> {
        let wrong =
            |what: &str| TransportError::new(format_args!("the URL of the mail server {what}"));
        let uri: Uri = url.parse().map_err(|_| wrong("is none"))?;
        let is_tls = match uri.scheme_str() {
            Some("smtps") => true,
            Some("smtp") => false,
            _ => return Err(wrong("begins with neither `smtps://` nor `smtp://`")),
        };
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Err(wrong("says more than the server"));
        }
        let authority = uri.authority().ok_or_else(|| wrong("names no server"))?;
        let host = authority.host().trim_matches(['[', ']']);
        if host.is_empty() {
            return Err(wrong("names no server"));
        }
        let (user, server) = match authority.as_str().rsplit_once('@') {
            Some((user, server)) => (Some(user), server),
            None => (None, authority.as_str()),
        };
        if authority.port_u16().is_none() && server != authority.host() {
            return Err(wrong("has a port that is none"));
        }
        let credentials = match user.map(|user| user.split_once(':')) {
            None => None,
            Some(None) => return Err(wrong("names a user without a password")),
            Some(Some((user, password))) => {
                let decoded = |text| percent_decode_str(text).decode_utf8();
                match (decoded(user), decoded(password)) {
                    (Ok(user), Ok(password)) => {
                        Some(Credentials::new(user.into_owned(), password.into_owned()))
                    }
                    _ => return Err(wrong("has a user or a password that is no text")),
                }
            }
        };
        Ok(Self {
            is_tls,
            host: host.to_owned(),
            port: authority.port_u16(),
            credentials,
        })
    }
}

fn is_loopback(host: &str) -> bool {
    match host.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host.eq_ignore_ascii_case("localhost"),
    }
}
