use std::sync::{Arc, Mutex, PoisonError};

use secure_runtime::audit::{AuditEvent, AuditKind, AuditSink};

/// An audit sink that keeps what it is given. Clones keep it together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Recorder(Arc<Mutex<Vec<AuditEvent>>>);

impl Recorder {
    /// What was recorded since this was last called.
    pub(crate) fn events(&self) -> Vec<AuditEvent> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The same, without whom it is about.
    pub(crate) fn kinds(&self) -> Vec<AuditKind> {
        self.events().into_iter().map(|event| event.kind).collect()
    }
}

impl AuditSink for Recorder {
    fn record(&self, event: &AuditEvent) {
        let mut events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        events.push(event.clone());
    }
}
