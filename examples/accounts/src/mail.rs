//! Mail is written apart from the requests that ask for it: an answer takes no longer where there
//! is one to write. What is to be written stands in the database, so that a crash loses none.

use std::{path::Path, time::Duration};

use actix_web::{rt, web};
use lettre::{
    FileTransport, Message, Transport as _,
    message::{Mailbox, header::ContentType},
};
use secure_runtime::Secret;
use tokio::sync::Notify;

use crate::{
    domain::{
        Failure,
        registrations::{Registrations, ToMail},
    },
    private,
    startup::StartupError,
};

/// How long to wait after a mail that could not be written, and how often to look anyway.
const RETRY: Duration = Duration::from_secs(30);

/// What writes the mails.
#[derive(Debug)]
pub(crate) struct Outbox {
    transport: FileTransport,
    from: Mailbox,
    /// With scheme and host: where the links lead.
    origin: String,
    /// Whether links go to the log too, for a newcomer without a mail reader.
    logs_links: bool,
    waiting: Notify,
}

impl Outbox {
    /// Writes the mails into `folder`, which is made where there is none.
    pub(crate) fn open(
        folder: &Path,
        origin: String,
        logs_links: bool,
    ) -> Result<Self, StartupError> {
        let what = format!("the mail folder {}", folder.display());
        private::create_folder(folder).map_err(|error| StartupError::new(&what, &error))?;
        let host = origin.split_once("://").map_or("", |(_, host)| host);
        let from = format!("no-reply@{host}")
            .parse()
            .or_else(|_| "no-reply@localhost".parse())
            .map_err(|error: lettre::address::AddressError| StartupError::new(what, &error))?;
        Ok(Self {
            transport: FileTransport::new(folder),
            from: Mailbox::new(Some("Accounts".to_owned()), from),
            origin,
            logs_links,
            waiting: Notify::new(),
        })
    }

    /// Says that there is something to write.
    pub(crate) fn wake(&self) {
        self.waiting.notify_one();
    }

    /// Writes whatever comes, for as long as the process runs.
    pub(crate) async fn run(&self, registrations: &Registrations) {
        loop {
            match self.write_all(registrations).await {
                // The result only says which of the two it was.
                Ok(()) => drop(rt::time::timeout(RETRY, self.waiting.notified()).await),
                Err(failure) => {
                    tracing::error!(?failure, "mail waits: it cannot be written");
                    rt::time::sleep(RETRY).await;
                }
            }
        }
    }

    async fn write_all(&self, registrations: &Registrations) -> Result<(), Failure> {
        registrations.forget_expired().await?;
        while let Some(to) = registrations.next_to_mail().await? {
            match self.message(registrations, &to).await? {
                Some(message) => self.write(message).await?,
                None => tracing::warn!(
                    "an address is skipped: it is none, or had enough mail for a day"
                ),
            }
            registrations.mailed(&to).await?;
        }
        Ok(())
    }

    async fn message(
        &self,
        registrations: &Registrations,
        to: &ToMail,
    ) -> Result<Option<Message>, Failure> {
        let Ok(address) = to.email.parse() else {
            return Ok(None);
        };
        if to.has_enough {
            return Ok(None);
        }
        let (subject, text) = if to.has_account {
            ("You have an account already", already_there())
        } else {
            let token = registrations.issue_token(to).await?;
            if self.logs_links {
                tracing::info!("sign-up link (development): {}", path(&token));
            }
            ("Confirm your address", link(&self.origin, &token))
        };
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, address))
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .body(text);
        message
            .map(Some)
            .map_err(|error| Failure::Fault(error.into()))
    }

    async fn write(&self, message: Message) -> Result<(), Failure> {
        let transport = self.transport.clone();
        let written = web::block(move || transport.send(&message)).await;
        match written {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(Failure::Fault(error.into())),
            Err(error) => Err(Failure::Fault(error.to_string().into())),
        }
    }
}

fn path(token: &Secret<String>) -> String {
    format!("/verify?token={}", token.expose())
}

/// Nothing in it comes from whoever asked for the mail.
fn link(origin: &str, token: &Secret<String>) -> String {
    format!(
        "Somebody, hopefully you, wants an account with this address.\r\n\
         \r\n\
         {origin}{}\r\n\
         \r\n\
         It holds for 24 hours, once. Until there is a page behind it, send this token and a\r\n\
         password of your choice as JSON to POST {origin}/auth/verify-email:\r\n\
         \r\n\
         {}\r\n\
         \r\n\
         If it was not you, do nothing: without the link there is no account.\r\n",
        path(token),
        token.expose()
    )
}

fn already_there() -> String {
    "Somebody, hopefully you, wanted an account with this address. You have one already:\r\n\
     sign in with it. If it was not you, do nothing.\r\n"
        .to_owned()
}
