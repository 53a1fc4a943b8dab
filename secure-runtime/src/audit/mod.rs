//! What happened to somebody's access, for the record.
//!
//! Events are typed and named as the [OWASP logging vocabulary] names them. They never hold a
//! credential. By default they go to `tracing`, at the target `audit`; an [`AuditSink`] takes them
//! elsewhere.
//!
//! [OWASP logging vocabulary]: https://cheatsheetseries.owasp.org/cheatsheets/Logging_Vocabulary_Cheat_Sheet.html

mod sink;

use std::time::Duration;

pub use sink::{AuditSink, TracingSink};

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuditEvent {
    /// What happened.
    pub kind: AuditKind,
    /// When, since 1970-01-01T00:00:00Z.
    pub at: Duration,
    /// Whose access it is about.
    pub subject: String,
    /// The refresh family (`sid`) that it is about, where it is about one.
    pub family: Option<String>,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuditKind {
    /// Tokens were issued at a sign-in.
    TokenCreated,
    /// A refresh token was used a second time, and its family has ended: somebody has copied it.
    TokenReuse,
    /// A token was called back.
    TokenRevoked,
    /// A caller signed out.
    SignedOut,
    /// All tokens of a subject were called back.
    SignedOutEverywhere,
}

impl AuditKind {
    /// The event's name in the OWASP logging vocabulary.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TokenCreated => "authn_token_created",
            Self::TokenReuse => "authn_token_reuse",
            Self::TokenRevoked => "authn_token_revoked",
            Self::SignedOut => "session_expired",
            Self::SignedOutEverywhere => "authn_token_revoked_all",
        }
    }

    /// Whether somebody should look at it.
    pub const fn is_alarming(self) -> bool {
        matches!(self, Self::TokenReuse)
    }
}
