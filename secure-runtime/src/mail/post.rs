use std::{
    collections::HashSet,
    panic::AssertUnwindSafe,
    sync::{Arc, PoisonError},
    time::Duration,
};

use actix_web::rt::{self, time::timeout};
use futures_util::{FutureExt as _, StreamExt as _, stream};
use tokio::sync::{Mutex, Notify};

use super::{
    Errand, Letters,
    delivery::Delivery,
    mailer::ErasedMailer,
    queue::{Queue, Waiting},
    quota,
};
use crate::{Problem, security::State, store::StoreError};

/// How often the queue is looked at, whether or not somebody says that there is something in it: another
/// instance may have died over it.
const INTERVAL: Duration = Duration::from_secs(30);
/// How long one letter may take, all in all: less than what an errand is claimed for.
const DEADLINE: Duration = Duration::from_secs(30);
/// How many letters are on their way at once.
const AT_ONCE: usize = 4;

/// What works off the queue.
pub(crate) struct Post {
    mailer: Box<dyn ErasedMailer>,
    letters: Box<dyn Letters>,
    /// Says that there is something in the queue.
    wake: Notify,
    /// Held by the worker that looks after the queue. Every worker of the server waits for it, so that
    /// another one goes on when this one ends.
    at_work: Mutex<()>,
    /// Held while the queue is worked off once.
    round: Mutex<()>,
    /// The errands that are done and could not be taken away: they are not done again.
    done: std::sync::Mutex<HashSet<String>>,
}

/// What came of an errand.
enum Outcome {
    Done,
    /// Nothing was sent, and nothing will be.
    Dropped(String),
    Failed(String),
}

impl Post {
    pub(crate) fn new(mailer: impl super::Mailer, letters: impl Letters) -> Self {
        Self {
            mailer: Box::new(mailer),
            letters: Box::new(letters),
            wake: Notify::new(),
            at_work: Mutex::new(()),
            round: Mutex::new(()),
            done: std::sync::Mutex::default(),
        }
    }

    /// Leaves an errand. It is one write, whatever it is about.
    pub(crate) async fn enqueue(&self, state: &State, errand: &Errand) -> Result<(), StoreError> {
        Queue::of(state).add(errand).await?;
        self.wake.notify_one();
        Ok(())
    }

    /// Has this worker of the server look after the queue, as soon as no other one does.
    pub(crate) fn watch(state: &Arc<State>) {
        if state.accounts().mail.is_some() {
            rt::spawn(run(state.clone()));
        }
    }

    /// Works off what is due, and says how many errands are left.
    pub(super) async fn work_off(&self, state: &State) -> Result<usize, StoreError> {
        let _round = self.round.lock().await;
        let all = Queue::of(state).all().await?;
        self.done()
            .retain(|id| all.iter().any(|waiting| waiting.id == *id));
        let left = stream::iter(all).map(|waiting| self.work_on(state, waiting));
        let left = left.buffer_unordered(AT_ONCE).collect::<Vec<_>>().await;
        left.into_iter()
            .try_fold(0, |sum, left| Ok(sum + usize::from(left?)))
    }

    /// Does one errand; whether it is left over.
    async fn work_on(&self, state: &State, mut waiting: Waiting) -> Result<bool, StoreError> {
        let queue = Queue::of(state);
        if self.is_done(&waiting.id) {
            return self.remove(&queue, &waiting.id).await.map(|()| false);
        }
        if !queue.is_due(&waiting) || !queue.claim(&mut waiting).await? {
            return Ok(true);
        }
        let delivered = AssertUnwindSafe(self.deliver(state, &waiting)).catch_unwind();
        let outcome = match timeout(DEADLINE, delivered).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Outcome::Failed("the app's mailer or its letters panicked".to_owned()),
            Err(_) => Outcome::Failed(format!("it takes longer than {DEADLINE:?}")),
        };
        let (errand, cause) = match outcome {
            Outcome::Done => {
                self.remove(&queue, &waiting.id).await?;
                return Ok(false);
            }
            Outcome::Dropped(cause) => {
                tracing::warn!(errand = waiting.id, cause, "a letter is not written");
                self.remove(&queue, &waiting.id).await?;
                return Ok(false);
            }
            Outcome::Failed(cause) => (&waiting.id.clone(), cause),
        };
        let retry = queue.postpone(&mut waiting).await?;
        tracing::error!(errand, cause, ?retry, "a letter waits: it cannot be sent");
        Ok(true)
    }

    async fn deliver(&self, state: &State, waiting: &Waiting) -> Outcome {
        let Some(errand) = Queue::of(state).errand(waiting) else {
            return Outcome::Failed("nobody here can read it".to_owned());
        };
        let kind = errand.name();
        let failed = |problem: Problem| Outcome::Failed(format!("{kind}: {problem:?}"));
        let delivery = match Delivery::of(state, errand).await {
            Ok(Some(delivery)) => delivery,
            Ok(None) => return Outcome::Done,
            Err(problem) => return failed(problem),
        };
        match quota::grants(state, delivery.class, &delivery.to, &waiting.id).await {
            Ok(true) => {}
            Ok(false) => {
                return Outcome::Dropped(format!("{kind}: the address had enough for a day"));
            }
            Err(error) => return failed(error.into()),
        }
        let (to, letter) = match delivery.write(state, &*self.letters).await {
            Ok(Some(written)) => written,
            Ok(None) => return Outcome::Done,
            Err(problem) => return failed(problem),
        };
        match self.mailer.send(&to, &letter).await {
            Ok(()) => Outcome::Done,
            Err(error) if error.is_refusal() => Outcome::Dropped(format!("{kind}: {error}")),
            Err(error) => Outcome::Failed(format!("{kind}: {error}")),
        }
    }

    /// Takes an errand away, or notes that it is to be taken away.
    async fn remove(&self, queue: &Queue<'_>, id: &str) -> Result<(), StoreError> {
        self.done().insert(id.to_owned());
        queue.remove(id).await?;
        self.done().remove(id);
        Ok(())
    }

    fn is_done(&self, id: &str) -> bool {
        self.done().contains(id)
    }

    fn done(&self) -> std::sync::MutexGuard<'_, HashSet<String>> {
        self.done.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Works off whatever comes, for as long as the worker runs.
async fn run(state: Arc<State>) {
    let Some(post) = &state.accounts().mail else {
        return;
    };
    let _at_work = post.at_work.lock().await;
    loop {
        if let Err(error) = post.work_off(&state).await {
            tracing::error!(%error, "mail waits: the store does not answer");
        }
        // The result only says which of the two it was.
        drop(timeout(INTERVAL, post.wake.notified()).await);
    }
}
