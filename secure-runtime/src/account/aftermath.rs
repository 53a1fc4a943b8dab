use std::time::Duration;

use actix_web::{
    http::StatusCode,
    rt::{self, time::sleep},
};

use super::{AccountRecord, visit::Visit};
use crate::{
    Principal, Problem,
    audit::{AuditKind, Origin},
    mail::Errand,
    password::PasswordHash,
    token::{ChangeEmail, Reset, ResetClaims},
};

/// How often what failed is tried again, and how long to wait before the first time; each further wait is
/// twice as long: four minutes in all.
const RETRIES: u32 = 8;
const FIRST_RETRY: Duration = Duration::from_secs(1);

/// What is due once an account has another password or another address.
pub(super) struct Aftermath {
    /// What happened.
    pub(super) kind: AuditKind,
    pub(super) subject: String,
    pub(super) sign_out: SignOut,
    pub(super) revoke_api_keys: bool,
    /// Goes out once.
    pub(super) notice: Option<Errand>,
}

/// Who is signed out.
pub(super) enum SignOut {
    Nobody,
    /// Every sign-in but the one that this caller came with.
    ElsewhereThan(Principal),
    Everywhere,
}

/// What was to be stored, and may have been although nobody could say so.
pub(super) enum Stored {
    Hash(PasswordHash),
    Address(String),
}

impl Aftermath {
    /// Does it; what cannot be done now is done later, and the answer says so after `done`.
    pub(super) async fn now(mut self, visit: &Visit, done: &str) -> Result<(), Problem> {
        visit.record(self.kind, &self.subject);
        let Err(problem) = self.attempt(visit).await else {
            return Ok(());
        };
        let cause = format!("{problem:?}");
        self.later(visit, None);
        // Without Retry-After: what was asked for is done.
        let detail = format!("{done} What it ends is ended as soon as possible.");
        Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE)
            .with_detail(detail)
            .because(cause))
    }

    /// Does it later, if it turns out that the change was stored: whoever was asked to do so could not
    /// say.
    pub(super) fn once(self, visit: &Visit, stored: Stored) {
        self.later(visit, Some(stored));
    }

    fn later(mut self, visit: &Visit, mut unsure: Option<Stored>) {
        let visit = visit.clone();
        rt::spawn(Origin::current().carry(async move {
            let mut wait = FIRST_RETRY;
            for _ in 0..RETRIES {
                sleep(wait).await;
                wait *= 2;
                match self.attempt_if(&visit, &mut unsure).await {
                    Ok(()) => return,
                    Err(problem) => tracing::error!(
                        subject = self.subject,
                        ?problem,
                        "an account was changed, and what that ends is not ended yet"
                    ),
                }
            }
        }));
    }

    async fn attempt_if(
        &mut self,
        visit: &Visit,
        unsure: &mut Option<Stored>,
    ) -> Result<(), Problem> {
        if let Some(stored) = unsure {
            let (records, _) = visit.records()?;
            let account = records.by_subject(&self.subject).await?;
            if !account.is_some_and(|account| stored.is_in(&account)) {
                return Ok(());
            }
            *unsure = None;
            visit.record(self.kind, &self.subject);
        }
        self.attempt(visit).await
    }

    /// Each part may be done twice; the notice is not.
    async fn attempt(&mut self, visit: &Visit) -> Result<(), Problem> {
        let (tokens, subject) = (visit.state.tokens(), &self.subject);
        match &self.sign_out {
            SignOut::Nobody => {}
            SignOut::ElsewhereThan(caller) => tokens.sign_out_elsewhere(caller).await?,
            SignOut::Everywhere => tokens.sign_out_everywhere(subject).await?,
        }
        let one_time = visit.state.one_time();
        one_time.end_all::<Reset>(subject).await?;
        one_time.end_all::<ChangeEmail>(subject).await?;
        if self.revoke_api_keys {}
        if self.revoke_api_keys {
            visit.state.api_keys().revoke_all(subject).await?;
        }
        if let Some(notice) = &self.notice {
            visit.enqueue(notice).await?;
            self.notice = None;
        }
        Ok(())
    }
}

impl Stored {
    fn is_in(&self, account: &AccountRecord) -> bool {
        match self {
            Self::Hash(hash) => ResetClaims::new("", Some(hash)).is_due(account.hash.as_ref()),
            Self::Address(address) => account.is_at(address),
        }
    }
}
