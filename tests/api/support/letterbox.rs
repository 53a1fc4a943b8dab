use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::{self, ThreadId},
};

use secure_runtime::{
    mail::{Letter, Letters, MailError, Mailer},
    token::{ChangeEmail, Reset, Token, VerifyEmail},
};
use tokio::sync::{Notify, Semaphore};

/// A letter that arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arrived {
    pub(crate) to: String,
    /// Which letter it is.
    pub(crate) subject: String,
    /// The token in it, if there is one.
    pub(crate) token: String,
}

/// What becomes of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Way {
    #[default]
    Arrives,
    Fails,
    Refused,
    Panics,
    /// It is on its way until it is let go.
    Hangs,
}

/// A mailer that keeps what it is given. Clones keep it together.
#[derive(Debug, Clone)]
pub(crate) struct Letterbox(Arc<Inside>);

#[derive(Debug)]
struct Inside {
    state: Mutex<State>,
    gate: Semaphore,
    arrival: Notify,
}

#[derive(Debug, Default)]
struct State {
    arrived: Vec<Arrived>,
    tried: usize,
    way: Way,
    /// The threads that letters were handed over by.
    threads: Vec<ThreadId>,
}

impl Default for Letterbox {
    fn default() -> Self {
        Self(Arc::new(Inside {
            state: Mutex::default(),
            gate: Semaphore::new(0),
            arrival: Notify::new(),
        }))
    }
}

impl Letterbox {
    /// What becomes of the letters from now on.
    pub(crate) fn set(&self, way: Way) {
        self.state().way = way;
    }

    /// Lets one letter go that hangs.
    pub(crate) fn let_one_go(&self) {
        self.0.gate.add_permits(1);
    }

    /// What arrived since this was last called, by address.
    pub(crate) fn take(&self) -> Vec<Arrived> {
        let mut arrived = std::mem::take(&mut self.state().arrived);
        arrived.sort_by(|one, other| one.to.cmp(&other.to));
        arrived
    }

    /// The one letter that arrived since this was last called.
    pub(crate) fn one(&self) -> Arrived {
        let mut arrived = self.take();
        assert_eq!(arrived.len(), 1, "{arrived:?}");
        arrived.remove(0)
    }

    /// Whom what was written to, since this was last called.
    pub(crate) fn subjects(&self) -> Vec<(String, String)> {
        let arrived = self.take().into_iter();
        arrived.map(|letter| (letter.to, letter.subject)).collect()
    }

    /// Waits for a letter, and says which thread has handed it over.
    pub(crate) async fn arrival(&self) -> ThreadId {
        self.0.arrival.notified().await;
        self.state().threads.pop().expect("a thread")
    }

    /// How many letters were handed over, since this was last called.
    pub(crate) fn tried(&self) -> usize {
        std::mem::take(&mut self.state().tried)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Mailer for Letterbox {
    async fn send(&self, to: &str, letter: &Letter) -> Result<(), MailError> {
        let way = {
            let mut state = self.state();
            state.tried += 1;
            state.threads.push(thread::current().id());
            state.way
        };
        tokio::task::yield_now().await;
        match way {
            Way::Arrives => {}
            Way::Fails => return Err(MailError::failed("the server is down")),
            Way::Refused => return Err(MailError::refused("there is no such mailbox")),
            Way::Panics => panic!("a mailer that panics"),
            Way::Hangs => self.0.gate.acquire().await.expect("a gate").forget(),
        }
        self.state().arrived.push(Arrived {
            to: to.to_owned(),
            subject: letter.subject().to_owned(),
            token: letter.text().to_owned(),
        });
        self.0.arrival.notify_one();
        Ok(())
    }
}

/// Letters that are nothing but their token.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlainLetters;

impl Letters for PlainLetters {
    fn confirm_sign_up(&self, token: &Token<VerifyEmail>) -> Letter {
        Letter::new("confirm", token.expose())
    }

    fn already_registered(&self) -> Letter {
        Letter::new("already registered", "")
    }

    fn reset_password(&self, token: &Token<Reset>) -> Letter {
        Letter::new("reset", token.expose())
    }

    fn confirm_address(&self, token: &Token<ChangeEmail>) -> Letter {
        Letter::new("confirm address", token.expose())
    }

    fn password_changed(&self) -> Letter {
        Letter::new("password changed", "")
    }

    fn address_changed(&self) -> Letter {
        Letter::new("address changed", "")
    }
}
