use std::fmt::Debug;

use super::AuditEvent;

/// Where audit events go.
///
/// It is called on the thread that serves requests, so it hands the event on and returns.
pub trait AuditSink: Debug + Send + Sync + 'static {
    /// Takes an event.
    fn record(&self, event: &AuditEvent);
}

/// Writes events to `tracing` at the target `audit`: `WARN` for what somebody should look at, `INFO` for
/// the rest. Debug formatting keeps line breaks of a subject out of the log.
#[derive(Debug, Clone, Copy, Default)]
pub struct TracingSink;

impl AuditSink for TracingSink {
    fn record(&self, event: &AuditEvent) {
        let AuditEvent {
            kind,
            at: _,
            subject,
            family,
            api_key,
            request_id,
            address,
        } = event;
        let name = kind.name();
        if kind.is_alarming() {
            tracing::warn!(
                target: "audit", event = name, ?subject, ?family, ?api_key, ?request_id, ?address
            );
        } else {
            tracing::info!(
                target: "audit", event = name, ?subject, ?family, ?api_key, ?request_id, ?address
            );
        }
    }
}
