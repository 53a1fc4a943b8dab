//! Mail: what the app writes, what takes it away, and the queue between.
//!
//! A request that leads to a letter leaves an errand in the [`Store`](crate::store::Store), and is
//! answered: one write, whoever it is about, so that neither the answer nor the time that it takes says
//! whether an address has an account. Beside the requests one worker of the process looks who it is about,
//! makes the token, has the app write the letter ([`Letters`]) and hands it over ([`Mailer`]). The queue
//! holds no token, and what it holds is sealed.
//!
//! A letter that cannot be handed over is tried again, later and later, for a day; one whose worker died
//! goes out a minute later, by whichever instance looks first. So a letter arrives at least once, and
//! twice where a worker died between sending it and saying so. An address gets at most five letters a day
//! that anybody can ask for, and at most five notices.

mod delivery;
mod errand;
mod letter;
mod mailer;
mod post;
mod queue;
mod quota;
#[cfg(feature = "mail")]
mod transport;

use std::{fmt, sync::Arc};

pub(crate) use errand::Errand;
pub use letter::{Letter, Letters};
pub use mailer::{MailError, Mailer};
pub(crate) use post::Post;
#[cfg(feature = "mail")]
pub use transport::{FileOutbox, Smtp, Transport, TransportError, transport};

use crate::{security::State, store::StoreError};

/// The queue of letters. It is at hand as [`Security::mail`](crate::Security::mail).
///
/// It works by itself once the app is mounted with [`Security::middleware`](crate::Security::middleware).
pub struct Mail<'a> {
    state: &'a Arc<State>,
}

impl<'a> Mail<'a> {
    pub(crate) fn of(state: &'a Arc<State>) -> Self {
        Self { state }
    }

    /// Works off what is queued now, such as at the end of the process or in a test, and says how many
    /// letters are left: those that failed, those that are not due yet, and those that another instance
    /// has at work.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn work_off(&self) -> Result<usize, StoreError> {
        match self.state.accounts().mail.as_ref() {
            Some(post) => post.work_off(self.state).await,
            None => Ok(0),
        }
    }
}

impl fmt::Debug for Mail<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").finish_non_exhaustive()
    }
}
