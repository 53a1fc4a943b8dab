//! What happened to somebody's access, for the record.
//!
//! Events are typed and named as the [OWASP logging vocabulary] names them. They never hold a
//! credential. By default they go to `tracing`, at the target `audit`; an [`AuditSink`] takes them
//! elsewhere.
//!
//! [OWASP logging vocabulary]: https://cheatsheetseries.owasp.org/cheatsheets/Logging_Vocabulary_Cheat_Sheet.html

mod origin;
mod sink;

use std::{net::IpAddr, time::Duration};

pub(crate) use origin::{Origin, in_request, later_in_request};
pub use sink::{AuditSink, TracingSink};

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuditEvent {
    /// What happened.
    pub kind: AuditKind,
    /// When, since 1970-01-01T00:00:00Z.
    pub at: Duration,
    /// Whose access it is about; `None` where nobody has the account that was named.
    pub subject: Option<String>,
    /// The sign-in that it is about, where it is about one: a refresh family (`sid`) or a session.
    pub family: Option<String>,
    /// The API key that it is about, where it is about one.
    pub api_key: Option<String>,
    /// The correlation id of the request in which it happened, where it was in one.
    pub request_id: Option<String>,
    /// The client's address, where it was in a request.
    pub address: Option<IpAddr>,
}

impl AuditEvent {
    /// An event of this moment, in the request that is under way.
    pub(crate) fn new(kind: AuditKind, at: Duration) -> Self {
        let Origin {
            request_id,
            address,
        } = Origin::current();
        Self {
            kind,
            at,
            subject: None,
            family: None,
            api_key: None,
            request_id,
            address,
        }
    }

    pub(crate) fn about(mut self, subject: &str) -> Self {
        self.subject = Some(subject.to_owned());
        self
    }

    pub(crate) fn of_family(mut self, family: Option<&str>) -> Self {
        self.family = family.map(str::to_owned);
        self
    }

    pub(crate) fn of_api_key(mut self, id: &str) -> Self {
        self.api_key = Some(id.to_owned());
        self
    }
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuditKind {
    /// Somebody signed in.
    SignedIn,
    /// Somebody failed to sign in.
    SignInFailed,
    /// Somebody failed so often that nobody looks at the next attempt for a while.
    SignInThrottled,
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
    /// All tokens of a subject were called back, but those of the sign-in that asked for it.
    SignedOutElsewhere,
    /// A password was changed by somebody who knew the one before.
    PasswordChanged,
    /// A change of the password failed: the one before was not known.
    PasswordChangeFailed,
    /// A password was set by the holder of a link that was mailed.
    PasswordReset,
    /// An account was made.
    AccountCreated,
    /// The address of an account was changed.
    AddressChanged,
    /// An API key was made.
    ApiKeyCreated,
    /// An API key was given another secret.
    ApiKeyRotated,
    /// An API key was called back.
    ApiKeyRevoked,
    /// A good API key came from an address that it is not for: somebody may have copied it.
    ApiKeyRefused,
    /// A request that counts on a cookie was refused, since no page of this site has sent it (CSRF).
    CrossSiteRefused,
    /// A file that was uploaded was refused, since a scanner has found malware in it.
    MalwareRefused,
    /// A session began at a sign-in.
    SessionStarted,
    /// A session was given another secret, since its subject may do something else now.
    SessionRenewed,
    /// A session was ended by somebody else than its holder at that moment: from a list, by a later sign-in,
    /// or because the account is gone.
    SessionEnded,
}

impl AuditKind {
    /// The event's name in the OWASP logging vocabulary.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignedIn => "authn_login_success",
            Self::SignInFailed => "authn_login_fail",
            Self::SignInThrottled => "authn_login_fail_max",
            Self::TokenCreated | Self::ApiKeyCreated | Self::ApiKeyRotated => "authn_token_created",
            Self::TokenReuse => "authn_token_reuse",
            Self::TokenRevoked | Self::ApiKeyRevoked => "authn_token_revoked",
            Self::SignedOut | Self::SessionEnded => "session_expired",
            Self::SessionStarted => "session_created",
            Self::SessionRenewed => "session_renewed",
            Self::SignedOutEverywhere | Self::SignedOutElsewhere => "authn_token_revoked_all",
            Self::PasswordChanged | Self::PasswordReset => "authn_password_change",
            Self::PasswordChangeFailed => "authn_password_change_fail",
            Self::AccountCreated => "user_created",
            Self::AddressChanged => "user_updated",
            Self::ApiKeyRefused => "authz_fail",
            Self::CrossSiteRefused => "malicious_cors",
            Self::MalwareRefused => "upload_validation",
        }
    }

    /// Whether somebody should look at it.
    pub const fn is_alarming(self) -> bool {
        matches!(
            self,
            Self::TokenReuse
                | Self::SignInThrottled
                | Self::ApiKeyRefused
                | Self::CrossSiteRefused
                | Self::MalwareRefused
        )
    }
}
