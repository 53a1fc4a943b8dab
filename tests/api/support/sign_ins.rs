use std::time::Duration;

use secure_runtime::{
    Problem, Security,
    audit::AuditKind,
    test::TestClock,
    token::{Access, Family, Grant, IssuedTokens, Refresh, RefreshError, Token},
};

use super::{Complete, Recorder, settings};

/// Tokens without an app around them, with a clock that is moved and a record of what happened.
pub(crate) struct SignIns {
    pub(crate) security: Security,
    pub(crate) clock: TestClock,
    pub(crate) audit: Recorder,
}

impl SignIns {
    pub(crate) fn new() -> Self {
        Self::with(|settings| settings)
    }

    pub(crate) fn with(change: impl FnOnce(Complete) -> Complete) -> Self {
        let (clock, audit) = (TestClock::default(), Recorder::default());
        let settings = change(settings(&clock).audit(audit.clone()));
        Self {
            security: settings.build().expect("settings"),
            clock,
            audit,
        }
    }

    pub(crate) async fn sign_in(&self, subject: &str) -> IssuedTokens {
        self.sign_in_with(&Grant::new(subject)).await
    }

    pub(crate) async fn sign_in_with(&self, grant: &Grant) -> IssuedTokens {
        self.security.tokens().sign_in(grant).await.expect("tokens")
    }

    /// As its subject may have now: the same, and nothing more.
    pub(crate) async fn refresh(
        &self,
        token: &Token<Refresh>,
    ) -> Result<IssuedTokens, RefreshError> {
        let renew = async |family: &Family| {
            let grant = Grant::new(&family.subject).with_scopes(family.scopes.clone());
            Ok(Some(grant))
        };
        self.security
            .tokens()
            .refresh(token, None, None, renew)
            .await
    }

    pub(crate) async fn refresh_as(
        &self,
        token: &Token<Refresh>,
        renewed: Result<Option<Grant>, Problem>,
    ) -> Result<IssuedTokens, RefreshError> {
        let renew = async |_: &Family| renewed;
        self.security
            .tokens()
            .refresh(token, None, None, renew)
            .await
    }

    pub(crate) async fn is_good(&self, token: &Token<Access>) -> bool {
        self.security.access_tokens().verify(token).await.is_ok()
    }

    pub(crate) fn pass(&self, time: Duration) {
        self.clock.advance(time);
    }

    /// Asserts that the token is good for nothing and that nobody was alarmed.
    pub(crate) async fn assert_invalid(&self, name: &str, token: &Token<Refresh>) {
        self.audit.events();
        let refused = self.refresh(token).await;
        assert!(
            matches!(refused, Err(RefreshError::Invalid)),
            "{name}: {refused:?}"
        );
        assert_eq!(self.audit.kinds(), [], "{name}");
    }

    /// Asserts that the token is known to have been used, and that this is on the record.
    pub(crate) async fn assert_reused(&self, name: &str, token: &Token<Refresh>) {
        self.audit.events();
        let refused = self.refresh(token).await;
        assert!(
            matches!(refused, Err(RefreshError::Invalid)),
            "{name}: {refused:?}"
        );
        assert_eq!(self.audit.kinds(), [AuditKind::TokenReuse], "{name}");
    }
}
