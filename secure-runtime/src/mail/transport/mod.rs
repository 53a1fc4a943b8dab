//! Where letters go.

mod file;
mod message;
mod smtp;

use std::fmt;

pub use file::FileOutbox;
pub use smtp::Smtp;

use super::{Letter, MailError, Mailer};

/// Where an app's mail goes, by one setting: an `smtps://` or `smtp://` URL is [`Smtp`], and anything else
/// the path of a folder, which is [`FileOutbox`]. `from` is what the letters say that they come from:
/// `no-reply@example.com`, `Accounts <no-reply@example.com>`.
///
/// ```
/// use secure_runtime::mail;
///
/// let mailer = mail::transport(
///     "smtps://postbox:secret@smtp.example.com",
///     "Accounts <no-reply@example.com>",
/// )?;
/// # drop(mailer);
/// assert!(mail::transport("smtps://smtp.example.com", "nobody").is_err());
/// # Ok::<(), mail::TransportError>(())
/// ```
///
/// # Errors
/// When the URL or the sender is none, or the folder cannot be made.
pub fn transport(url_or_folder: &str, from: &str) -> Result<Transport, TransportError> {
    match url_or_folder.contains("://") {
        true => Smtp::from_url(url_or_folder, from).map(Transport::Smtp),
        false => FileOutbox::open(url_or_folder, from).map(Transport::File),
    }
}

/// A transport that was chosen by a setting: see [`transport`].
#[derive(Debug)]
#[non_exhaustive]
pub enum Transport {
    /// A folder.
    File(FileOutbox),
    /// A mail server.
    Smtp(Smtp),
}

impl Mailer for Transport {
    async fn send(&self, to: &str, letter: &Letter) -> Result<(), MailError> {
        match self {
            Self::File(folder) => folder.send(to, letter).await,
            Self::Smtp(server) => server.send(to, letter).await,
        }
    }
}

/// What is wrong with where mail is to go. It does not repeat the URL, which may hold a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransportError(String);

impl TransportError {
    fn new(what: impl fmt::Display) -> Self {
        Self(what.to_string())
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TransportError {}
