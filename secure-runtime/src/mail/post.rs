use std::{
    collections::{HashMap, HashSet},
    panic::AssertUnwindSafe,
    pin::pin,
    sync::{Arc, PoisonError},
    time::Duration,
};

use actix_web::rt::{self, time::timeout};
use futures_util::{
    FutureExt as _, StreamExt as _,
    future::{Either, select},
    stream::FuturesUnordered,
};
use tokio::sync::{Mutex, Notify};

use super::{
    Errand, Letters,
    delivery::Delivery,
    lane::Lane,
    load::Load,
    mailer::ErasedMailer,
    queue::{Queue, Waiting},
    quota::{self, Class},
    round::Round,
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
    done: std::sync::Mutex<HashMap<String, Lane>>,
    pub(super) load: Load,
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
            load: Load::default(),
        }
    }

    /// Leaves an errand. It is one write, whatever it is about.
    ///
    /// # Errors
    /// When the store does not take it, and when too many wait already.
    pub(crate) async fn enqueue(&self, state: &State, errand: &Errand) -> Result<(), StoreError> {
        let lane = errand.lane();
        if self.load.is_full(lane) {
            return Err(StoreError::unavailable("too many letters wait"));
        }
        Queue::of(state).add(errand).await?;
        self.load.added(lane);
        self.wake.notify_one();
        Ok(())
    }

    /// Has this worker of the server look after the queue, as soon as no other one does.
    pub(crate) fn watch(state: &Arc<State>) {
        if state.accounts().mail.is_some() {
            rt::spawn(run(state.clone()));
        }
    }

    /// Works off what is due, also what comes meanwhile, and says how many errands are left.
    pub(super) async fn work_off(&self, state: &State) -> Result<usize, StoreError> {
        let _round = self.round.lock().await;
        let mut round = Round::new(self, state);
        let mut at_work = FuturesUnordered::new();
        let mut failed = None;
        loop {
            while failed.is_none() && at_work.len() < AT_ONCE {
                match round.next().await {
                    Ok(Some(waiting)) => at_work.push(self.work_on(state, waiting)),
                    Ok(None) => break,
                    Err(error) => failed = Some(error),
                }
            }
            // What is at work is brought to its end, whatever has failed.
            if at_work.is_empty() {
                break;
            }
            match select(at_work.next(), pin!(self.wake.notified())).await {
                Either::Left((Some(Ok(is_left)), _)) => round.left += usize::from(is_left),
                Either::Left((Some(Err(error)), _)) => failed = failed.or(Some(error)),
                Either::Left((None, _)) | Either::Right(_) => {}
            }
        }
        match failed {
            Some(error) => Err(error),
            None => Ok(round.left),
        }
    }

    /// How much there is in a lane. What was done and is not there any more was taken away.
    pub(super) fn counted(&self, lane: Lane, all: &[Waiting]) {
        self.load.counted(lane, all.len());
        let mut done = self.done();
        if done.is_empty() {
            return;
        }
        let there: HashSet<_> = all.iter().map(|waiting| waiting.id.as_str()).collect();
        done.retain(|id, its| *its != lane || there.contains(id.as_str()));
    }

    /// Does one errand; whether it is left over.
    async fn work_on(&self, state: &State, mut waiting: Waiting) -> Result<bool, StoreError> {
        let queue = Queue::of(state);
        if self.is_done(&waiting.id) {
            return self.remove(&queue, &waiting).await.map(|()| false);
        }
        // Before it is claimed: another instance may have the secret that this one lacks.
        let Some(errand) = queue.errand(&waiting) else {
            tracing::warn!(
                errand = waiting.id,
                "a letter waits: nobody here can read it"
            );
            return Ok(true);
        };
        if !queue.claim(&mut waiting).await? {
            return Ok(true);
        }
        let delivered = AssertUnwindSafe(self.deliver(state, &waiting.id, errand)).catch_unwind();
        let outcome = match timeout(DEADLINE, delivered).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Outcome::Failed("the app's mailer or its letters panicked".to_owned()),
            Err(_) => Outcome::Failed(format!("it takes longer than {DEADLINE:?}")),
        };
        let (errand, cause) = match outcome {
            Outcome::Done => {
                self.remove(&queue, &waiting).await?;
                return Ok(false);
            }
            Outcome::Dropped(cause) => {
                tracing::warn!(errand = waiting.id, cause, "a letter is not written");
                self.remove(&queue, &waiting).await?;
                return Ok(false);
            }
            Outcome::Failed(cause) => (&waiting.id.clone(), cause),
        };
        let retry = queue.postpone(&mut waiting).await?;
        tracing::error!(errand, cause, ?retry, "a letter waits: it cannot be sent");
        Ok(true)
    }

    async fn deliver(&self, state: &State, id: &str, errand: Errand) -> Outcome {
        let kind = errand.name();
        let failed = |problem: Problem| Outcome::Failed(format!("{kind}: {problem:?}"));
        let delivery = match Delivery::of(state, errand).await {
            Ok(Some(delivery)) => delivery,
            Ok(None) => return Outcome::Done,
            Err(problem) => return failed(problem),
        };
        if delivery.ends_links() {
            // Whoever has reset the password and forgets it again waits for no link that was used.
            if let Err(error) = quota::forget(state, Class::Reset, &delivery.to).await {
                return failed(error.into());
            }
        }
        match quota::grants(state, delivery.class, &delivery.to, id).await {
            Ok(true) => {}
            Ok(false) => {
                return Outcome::Dropped(format!("{kind}: the address had enough for a while"));
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
    async fn remove(&self, queue: &Queue<'_>, errand: &Waiting) -> Result<(), StoreError> {
        self.done().insert(errand.id.clone(), errand.lane);
        queue.remove(&errand.id).await?;
        self.done().remove(&errand.id);
        self.load.removed(errand.lane);
        Ok(())
    }

    pub(super) fn is_done(&self, id: &str) -> bool {
        self.done().contains_key(id)
    }

    fn done(&self) -> std::sync::MutexGuard<'_, HashMap<String, Lane>> {
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
