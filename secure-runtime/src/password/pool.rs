//! A bounded number at work, a bounded number waiting, off the event loop.

use std::{num::NonZeroUsize, sync::Arc, thread};

use tokio::sync::{Semaphore, oneshot};

use super::PasswordError;

/// Admits work.
#[derive(Debug, Clone)]
pub(super) struct Pool {
    at_work: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
}

impl Pool {
    /// `at_once` may be at work, and `queue` more wait.
    pub(super) fn new(at_once: NonZeroUsize, queue: usize) -> Self {
        let at_once = at_once.get().min(Semaphore::MAX_PERMITS);
        let admitted = at_once.saturating_add(queue).min(Semaphore::MAX_PERMITS);
        Self {
            at_work: Arc::new(Semaphore::new(at_once)),
            admitted: Arc::new(Semaphore::new(admitted)),
        }
    }

    /// Runs `task` on a thread of its own, as soon as it is its turn. A task takes a thousand times as long
    /// as it takes to start the thread, and the thread gives way to everybody else's.
    ///
    /// The permits travel with the task: who stops waiting for the answer does not stop the task, and
    /// until it ends its place is taken.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        task: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        let admitted = Arc::clone(&self.admitted).try_acquire_owned();
        let admitted = admitted.map_err(|_| PasswordError::Overloaded)?;
        let at_work = Arc::clone(&self.at_work).acquire_owned().await;
        let at_work = at_work.map_err(|_| PasswordError::Aborted)?;
        let (answer, result) = oneshot::channel();
        let work = move || {
            give_way();
            let result = task();
            drop(admitted);
            drop(at_work);
            // Nobody may wait for it any more.
            let _ = answer.send(result);
        };
        let thread = thread::Builder::new().name("password".to_owned());
        thread.spawn(work).map_err(|_| PasswordError::Overloaded)?;
        // Where the task panics there is no answer.
        result.await.map_err(|_| PasswordError::Aborted)
    }
}

/// How much this thread gives way to others: one that is nicer by 10 gets a tenth of the time where there is
/// not enough for both, and all of it where there is.
#[cfg(target_os = "linux")]
const NICER: i32 = 10;

/// Has the others' threads go first, so that requests which hash nothing stay fast while passwords are
/// hashed.
fn give_way() {
    // On Linux the priority is the thread's own, and nobody is refused a lower one; elsewhere it is the
    // process's.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, NICER) {
        tracing::debug!(%error, "passwords are hashed at the priority of everything else");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    };

    use actix_web::rt;
    use futures_util::future::join_all;

    use super::*;

    fn pool(at_once: usize, queue: usize) -> Pool {
        Pool::new(NonZeroUsize::new(at_once).expect("not zero"), queue)
    }

    #[actix_web::test]
    async fn no_more_than_n_are_at_work() {
        let pool = pool(3, 100);
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let tasks = (0..60).map(|_| {
            let (now, most) = (Arc::clone(&now), Arc::clone(&most));
            pool.run(move || {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::yield_now();
                now.fetch_sub(1, Ordering::SeqCst);
            })
        });
        let done = join_all(tasks).await;
        assert!(done.iter().all(Result::is_ok));
        assert!((1..=3).contains(&most.load(Ordering::SeqCst)));
        assert_eq!(pool.at_work.available_permits(), 3);
        assert_eq!(pool.admitted.available_permits(), 103);
    }

    #[actix_web::test]
    async fn who_finds_the_queue_full_is_refused() {
        let pool = pool(1, 1);
        let (release, gate) = mpsc::channel::<()>();
        let (started, begun) = tokio::sync::oneshot::channel();
        let first = rt::spawn({
            let pool = pool.clone();
            async move {
                pool.run(move || {
                    let _ = started.send(());
                    gate.recv()
                })
                .await
            }
        });
        begun.await.expect("the first is at work");
        let second = rt::spawn({
            let pool = pool.clone();
            async move { pool.run(|| 2).await }
        });
        rt::task::yield_now().await;
        assert_eq!(pool.run(|| 3).await, Err(PasswordError::Overloaded));
        release.send(()).expect("the first waits");
        assert!(first.await.expect("no panic").is_ok());
        assert_eq!(second.await.expect("no panic"), Ok(2));
        assert_eq!(pool.run(|| 4).await, Ok(4));
    }

    /// A caller that goes away leaves its work running: its place is free when the work ends, and not
    /// before.
    #[actix_web::test]
    async fn who_stops_waiting_keeps_the_place_until_the_work_ends() {
        let pool = pool(1, 1);
        let (release, gate) = mpsc::channel::<()>();
        let gate = Mutex::new(gate);
        let (started, begun) = tokio::sync::oneshot::channel();
        let caller = rt::spawn({
            let pool = pool.clone();
            async move {
                pool.run(move || {
                    let _ = started.send(());
                    gate.lock().map(|gate| gate.recv()).is_ok()
                })
                .await
            }
        });
        begun.await.expect("it is at work");
        caller.abort();
        assert!(caller.await.is_err_and(|error| error.is_cancelled()));
        assert_eq!(pool.at_work.available_permits(), 0);
        assert_eq!(pool.admitted.available_permits(), 1);

        // One that waits and goes away takes nothing with it.
        let waiting = rt::spawn({
            let pool = pool.clone();
            async move { pool.run(|| 1).await }
        });
        rt::task::yield_now().await;
        assert_eq!(pool.admitted.available_permits(), 0);
        waiting.abort();
        assert!(waiting.await.is_err());
        assert_eq!(pool.admitted.available_permits(), 1);

        release.send(()).expect("the work goes on");
        assert_eq!(pool.run(|| 2).await, Ok(2));
        assert_eq!(pool.admitted.available_permits(), 2);
    }

    #[actix_web::test]
    async fn work_that_panics_gives_its_place_back() {
        let pool = pool(1, 0);
        let panicked: Result<(), _> = pool.run(|| panic!("on purpose")).await;
        assert_eq!(panicked, Err(PasswordError::Aborted));
        assert_eq!(pool.run(|| 1).await, Ok(1));
    }
}
