use std::{fmt, sync::Arc, time::Duration};

use super::{
    HORIZON,
    refresh::Families,
    revocation::{Fact, Revocations},
};
use crate::{
    audit::{AuditEvent, AuditKind, AuditSink, Origin},
    clock::Clock,
    policy::Via,
    principal::Principal,
    session::{Records, SessionId},
    store::StoreError,
};

/// How sign-ins end.
///
/// A family ends in two steps: its record is marked, so that its refresh tokens get nothing any more; then
/// the fact is written that ends its access tokens. The mark stays, so that whoever comes again after the
/// second step failed finds the family and does it. Each of these runs to its end even when the request that
/// asked for it is broken off.
///
/// A cookie session ends when its record is gone: nobody is let in who does not find it.
pub(crate) struct Endings {
    pub(super) families: Families,
    pub(super) sessions: Arc<Records>,
    pub(crate) revocations: Arc<Revocations>,
    pub(super) audit: Arc<dyn AuditSink>,
    pub(super) clock: Arc<dyn Clock>,
}

impl Endings {
    /// Ends a family, with its access tokens.
    pub(super) async fn end(
        self: &Arc<Self>,
        family: &str,
        why: AuditKind,
    ) -> Result<(), StoreError> {
        let (this, family) = (self.clone(), family.to_owned());
        to_the_end(async move { this.end_family(&family, why).await }).await
    }

    /// Ends a family, one of whose tokens was used a second time. Here its access tokens end even if the
    /// store fails now: nobody need come again.
    pub(super) async fn reused(self: &Arc<Self>, family: &str) -> Result<(), StoreError> {
        self.revocations.revoke_here(&self.family_fact(family))?;
        self.end(family, AuditKind::TokenReuse).await
    }

    /// Ends a caller's token and its family.
    pub(super) async fn sign_out(
        self: &Arc<Self>,
        caller: &Principal,
        leeway: Duration,
    ) -> Result<(), StoreError> {
        let (this, caller) = (self.clone(), caller.clone());
        to_the_end(async move {
            if caller.via() == Via::Session {
                return this.sign_out_of_session(&caller).await;
            }
            match caller.family() {
                Some(family) => this.end_family(family, AuditKind::SignedOut).await?,
                None => this.record(AuditKind::SignedOut, caller.subject(), None),
            }
            this.revoke_token(&caller, leeway).await
        })
        .await
    }

    /// Ends a session; `false` where it has ended before.
    pub(crate) async fn end_session(
        &self,
        subject: &str,
        id: SessionId,
        why: AuditKind,
    ) -> Result<bool, StoreError> {
        let ended = self.sessions.end(id).await?;
        let name = id.to_text();
        // Here alone: it says that the answer to a request of this session is to remove the cookie. Others
        // find the record gone. A memory that is full keeps nobody from signing out.
        let _ = self.revocations.revoke_here(&self.family_fact(&name));
        if ended {
            self.record(why, subject, Some(&name));
        }
        Ok(ended)
    }

    async fn sign_out_of_session(&self, caller: &Principal) -> Result<(), StoreError> {
        let Some(id) = caller.family().and_then(SessionId::parse) else {
            return Ok(());
        };
        let ended = self.end_session(caller.subject(), id, AuditKind::SignedOut);
        ended.await.map(drop)
    }

    /// Ends one access token, and nothing else.
    pub(super) async fn revoke_token(
        &self,
        bearer: &Principal,
        leeway: Duration,
    ) -> Result<(), StoreError> {
        let until = bearer.expires_at() + leeway;
        let fact = Fact::token(bearer.token_id(), until);
        self.revocations.revoke(&fact).await
    }

    /// Ends everything that a subject has.
    pub(super) async fn everywhere(self: &Arc<Self>, subject: &str) -> Result<(), StoreError> {
        let (this, subject) = (self.clone(), subject.to_owned());
        to_the_end(async move {
            this.end_all(&subject, None).await?;
            this.record(AuditKind::SignedOutEverywhere, &subject, None);
            Ok(())
        })
        .await
    }

    /// Ends everything that a subject has, but for one sign-in.
    pub(super) async fn elsewhere(
        self: &Arc<Self>,
        subject: &str,
        family: &str,
    ) -> Result<(), StoreError> {
        let (this, subject, family) = (self.clone(), subject.to_owned(), family.to_owned());
        to_the_end(async move {
            this.end_all(&subject, Some(&family)).await?;
            this.record(AuditKind::SignedOutElsewhere, &subject, None);
            Ok(())
        })
        .await
    }

    pub(crate) fn record(&self, kind: AuditKind, subject: &str, family: Option<&str>) {
        let event = AuditEvent::new(kind, self.clock.unix());
        self.audit.record(&event.about(subject).of_family(family));
    }

    /// Ends all tokens and sessions that a subject has, but those of one sign-in if it is named.
    async fn end_all(&self, subject: &str, except: Option<&str>) -> Result<(), StoreError> {
        // First, so that a subject who does it for itself can do it again when the store fails.
        self.end_sign_ins(subject, except).await?;
        let now = self.clock.unix();
        let fact = match except {
            Some(family) => Fact::subject_elsewhere(subject, family, now, HORIZON),
            None => Fact::subject(subject, now, HORIZON),
        };
        self.revocations.revoke(&fact).await?;
        // Sign-ins that were begun meanwhile by whoever could not know of it yet; see `Tokens::sign_in`.
        self.end_sign_ins(subject, except).await
    }

    async fn end_sign_ins(&self, subject: &str, except: Option<&str>) -> Result<(), StoreError> {
        let families = self.families.all_of_subject(subject).await?;
        let ids = families.iter().map(|(id, _)| id.as_str());
        for family in ids.filter(|id| Some(*id) != except) {
            self.families.end(family).await?;
            self.revoke_family(family).await?;
        }
        for session in self.sessions.of_subject(subject).await? {
            if except.and_then(SessionId::parse) != Some(session.id) {
                self.sessions.end(session.id).await?;
            }
        }
        Ok(())
    }

    async fn end_family(&self, family: &str, why: AuditKind) -> Result<(), StoreError> {
        let ended = self.families.end(family).await?;
        // Whoever ends it reports it, and nobody who comes later.
        if let Some(ended) = ended.filter(|ended| ended.just_now) {
            self.record(why, &ended.family.subject, Some(family));
        }
        self.revoke_family(family).await
    }

    async fn revoke_family(&self, family: &str) -> Result<(), StoreError> {
        self.revocations.revoke(&self.family_fact(family)).await
    }

    fn family_fact(&self, family: &str) -> Fact {
        Fact::family(family, self.clock.unix(), HORIZON)
    }
}

/// Runs a task to its end, whatever becomes of the request that waits for it and in whose name it goes on.
async fn to_the_end(
    task: impl Future<Output = Result<(), StoreError>> + Send + 'static,
) -> Result<(), StoreError> {
    match tokio::spawn(Origin::current().carry(task)).await {
        Ok(outcome) => outcome,
        Err(error) => Err(StoreError::unavailable(error)),
    }
}

impl fmt::Debug for Endings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endings").finish_non_exhaustive()
    }
}
