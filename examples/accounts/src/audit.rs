//! Audit events go to the log at once, and to the database as soon as it takes them: whoever serves a request
//! waits for neither.

use secure_runtime::audit::{AuditEvent, AuditSink, TracingSink};
use tokio::sync::{mpsc, oneshot};

use crate::domain::audit::AuditLog;

/// How many events may wait for the database.
const WAITING: usize = 4096;
/// How many are written at once.
const BATCH: usize = 256;

/// Where the security layer hands its events in.
#[derive(Debug)]
pub(crate) struct Trail(mpsc::Sender<AuditEvent>);

/// What writes them down.
#[derive(Debug)]
pub(crate) struct Scribe {
    events: mpsc::Receiver<AuditEvent>,
    log: AuditLog,
}

/// A trail that leads to the database.
pub(crate) fn trail(log: AuditLog) -> (Trail, Scribe) {
    let (sender, events) = mpsc::channel(WAITING);
    (Trail(sender), Scribe { events, log })
}

impl AuditSink for Trail {
    fn record(&self, event: &AuditEvent) {
        TracingSink.record(event);
        if self.0.try_send(event.clone()).is_err() {
            tracing::error!(
                "an audit event is in this log alone: the database is behind, or has stopped"
            );
        }
    }
}

impl Scribe {
    /// Writes down what happens, until the service ends; what waits by then is written, too.
    pub(crate) async fn run_until(mut self, mut end: oneshot::Receiver<()>) {
        let mut events = Vec::with_capacity(BATCH);
        let mut ends = false;
        loop {
            tokio::select! {
                count = self.events.recv_many(&mut events, BATCH) => match count {
                    0 => return,
                    _ => self.write(&mut events).await,
                },
                _ = &mut end, if !ends => {
                    self.events.close();
                    ends = true;
                }
            }
        }
    }

    async fn write(&self, events: &mut Vec<AuditEvent>) {
        if let Err(failure) = self.log.write(events).await {
            let lost = events.len();
            tracing::error!(?failure, lost, "audit events are in this log alone");
        }
        events.clear();
    }
}
