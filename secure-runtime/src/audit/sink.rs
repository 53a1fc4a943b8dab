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

#[cfg(test)]
mod tests {
    use std::{
        fmt::{self, Write as _},
        sync::{Arc, Mutex},
        time::Duration,
    };

    use tracing::{
        Event, Level, Metadata, Subscriber,
        field::{Field, Visit},
        span,
    };

    use super::*;
    use crate::audit::AuditKind;

    /// Writes events as they are given to it, and escapes nothing.
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<(String, Level, String)>>>);

    struct Line<'a>(&'a mut String);

    impl Visit for Line<'_> {
        fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
            write!(self.0, " {}={value:?}", field.name()).expect("room");
        }

        fn record_str(&mut self, field: &Field, value: &str) {
            write!(self.0, " {}={value}", field.name()).expect("room");
        }
    }

    impl Subscriber for Lines {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }

        fn event(&self, event: &Event<'_>) {
            let mut line = String::new();
            event.record(&mut Line(&mut line));
            let metadata = event.metadata();
            let line = (metadata.target().to_owned(), *metadata.level(), line);
            self.0.lock().expect("no panic").push(line);
        }

        fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
            span::Id::from_u64(1)
        }

        fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
        fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
        fn enter(&self, _: &span::Id) {}
        fn exit(&self, _: &span::Id) {}
    }

    /// What is written of an event.
    fn written(event: &AuditEvent) -> (String, Level, String) {
        let lines = Lines::default();
        tracing::subscriber::with_default(lines.clone(), || TracingSink.record(event));
        let written = std::mem::take(&mut *lines.0.lock().expect("no panic"));
        let [line] = &written[..] else {
            panic!("one event: {written:?}")
        };
        line.clone()
    }

    #[test]
    fn an_event_is_one_line_whatever_is_in_it() {
        for break_ in [
            "\n",
            "\r\n",
            "\r",
            "\u{2028}",
            "\u{85}",
            "\u{1b}[2J",
            "\0",
            "\"",
        ] {
            for kind in [AuditKind::SignInFailed, AuditKind::TokenReuse] {
                let forged = format!("ada{break_}event=authn_login_success subject=root");
                let mut event = AuditEvent::new(kind, Duration::ZERO).about(&forged);
                event.family = Some(forged.clone());
                event.api_key = Some(forged.clone());
                event.request_id = Some(forged);
                let (_, _, line) = written(&event);
                let told = line.replace("\\\"", "");
                assert!(!line.chars().any(char::is_control), "{line:?}");
                assert!(!line.contains('\u{2028}'), "{line:?}");
                // Each of the four stays within its own quotes.
                assert_eq!(told.matches('"').count(), 8, "{line}");
            }
        }
    }

    #[test]
    fn an_event_is_written_whole_and_as_loud_as_it_is_alarming() {
        let mut event = AuditEvent::new(AuditKind::SignedOut, Duration::ZERO)
            .about("ada")
            .of_family(Some("f1"));
        event.request_id = Some("r1".to_owned());
        event.address = Some([192, 0, 2, 1].into());
        let line = " event=session_expired subject=Some(\"ada\") family=Some(\"f1\") api_key=None \
                    request_id=Some(\"r1\") address=Some(192.0.2.1)";
        let audit = "audit".to_owned();
        assert_eq!(
            written(&event),
            (audit.clone(), Level::INFO, line.to_owned())
        );
        event.kind = AuditKind::SignInThrottled;
        let line = line.replace("session_expired", "authn_login_fail_max");
        assert_eq!(written(&event), (audit, Level::WARN, line));
    }
}
