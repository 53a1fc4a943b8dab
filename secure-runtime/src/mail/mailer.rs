use std::{error::Error, fmt};

use futures_util::future::LocalBoxFuture;

use super::Letter;

/// What takes letters to where they are read.
///
/// It is called by the queue alone, and nobody's answer waits for it. A letter that takes longer than 30
/// seconds has failed.
pub trait Mailer: Send + Sync + 'static {
    /// Hands a letter over. `Ok` means that somebody else is answerable for it now.
    ///
    /// # Errors
    /// When that failed. It is tried again later, unless [`MailError::refused`] says that this is of no
    /// use.
    fn send(&self, to: &str, letter: &Letter) -> impl Future<Output = Result<(), MailError>>;
}

/// Why a letter was not taken.
#[derive(Debug)]
pub struct MailError {
    cause: Box<dyn Error + Send + Sync>,
    is_refusal: bool,
}

impl MailError {
    /// It could not be sent now; later it may.
    pub fn failed(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            cause: cause.into(),
            is_refusal: false,
        }
    }

    /// Nobody will ever take a letter for this address.
    pub fn refused(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            cause: cause.into(),
            is_refusal: true,
        }
    }

    /// Whether it is of no use to try again.
    pub fn is_refusal(&self) -> bool {
        self.is_refusal
    }
}

impl fmt::Display for MailError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_refusal {
            true => write!(f, "the letter is refused: {}", self.cause),
            false => write!(f, "the letter was not sent: {}", self.cause),
        }
    }
}

impl Error for MailError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.cause)
    }
}

/// The same for a handle that holds any of them.
pub(crate) trait ErasedMailer: Send + Sync {
    fn send<'a>(
        &'a self,
        to: &'a str,
        letter: &'a Letter,
    ) -> LocalBoxFuture<'a, Result<(), MailError>>;
}

impl<T: Mailer> ErasedMailer for T {
    fn send<'a>(
        &'a self,
        to: &'a str,
        letter: &'a Letter,
    ) -> LocalBoxFuture<'a, Result<(), MailError>> {
        Box::pin(Mailer::send(self, to, letter))
    }
}

/// What the app holds itself, too.
impl<T: Mailer> Mailer for std::sync::Arc<T> {
    async fn send(&self, to: &str, letter: &Letter) -> Result<(), MailError> {
        T::send(self, to, letter).await
    }
}
