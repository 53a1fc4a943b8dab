use std::{net::IpAddr, rc::Rc, sync::Arc};

use actix_web::{HttpRequest, http::StatusCode, rt};
use serde::Serialize;
use serde_json::Value;

use super::{
    ErasedRecords,
    limits::{self, AccountLimit, AddressCharge},
    records::normalized,
};
use crate::{
    FieldError, Problem, Secret,
    audit::{AuditEvent, AuditKind, Origin},
    context::RequestContext,
    guard::Extraction,
    mail::Errand,
    password::{PasswordHash, Passwords, policy::PasswordContext},
    security::State,
    token::{OneTime, Redeemed},
};

/// The longest address: RFC 5321 §4.5.3.1.3, without the angle brackets.
const LONGEST_ADDRESS: usize = 254;
/// How much may be given at a sign-up besides the address, in bytes of JSON.
const LONGEST_DETAILS: usize = 8 * 1024;
/// Where an address stands in the body.
const ADDRESS: &str = "#/email";

/// How a link is answered that is good for nothing.
const BAD_LINK: StatusCode = StatusCode::BAD_REQUEST;

/// A request in which something is done to an account. Clones are the same one.
#[derive(Clone)]
pub(super) struct Visit {
    pub(super) state: Arc<State>,
    /// Where the request comes from.
    pub(super) address: Option<IpAddr>,
    context: Rc<RequestContext>,
}

impl Visit {
    /// As an argument of a handler.
    pub(super) fn extract<T>(request: &HttpRequest, wrap: impl FnOnce(Self) -> T) -> Extraction<T> {
        let context = RequestContext::of_guarded(request);
        Extraction::Ready(context.map(|context| wrap(Self::of(context))))
    }

    pub(super) fn of(context: Rc<RequestContext>) -> Self {
        Self {
            state: context.security.clone(),
            address: context.client_address(),
            context,
        }
    }

    pub(super) fn records(&self) -> Result<(&dyn ErasedRecords, &Passwords), Problem> {
        self.state.accounts().records()
    }

    /// Charges the address that the request comes from.
    pub(super) async fn charge(&self, which: AccountLimit) -> Result<AddressCharge<'_>, Problem> {
        limits::charge(&self.context, which).await
    }

    /// Leaves a letter to be written, if there may be one more.
    pub(super) async fn have_sent(&self, errand: &Errand) -> Result<(), Problem> {
        let charge = self.charge(AccountLimit::Mails).await?;
        let queued = self.enqueue(errand).await;
        if queued.is_err() {
            charge.give_back().await;
        }
        queued
    }

    /// Does what a link asks for, if not too many of them were good for nothing.
    pub(super) async fn by_link(
        &self,
        task: impl Future<Output = Result<(), Problem>>,
    ) -> Result<(), Problem> {
        let charge = self.charge(AccountLimit::FailedLinks).await?;
        let outcome = task.await;
        let is_bad = matches!(&outcome, Err(problem) if problem.status() == BAD_LINK);
        if !is_bad {
            charge.give_back().await;
        }
        outcome
    }

    /// Leaves a letter to be written.
    pub(super) async fn enqueue(&self, errand: &Errand) -> Result<(), Problem> {
        let post = self.state.accounts().mail.as_ref();
        let post = post.ok_or_else(|| Problem::internal("nobody said `.mail(…)`"))?;
        Ok(post.enqueue(&self.state, errand).await?)
    }

    /// The hash of a new password, once the policy has taken it. `pointer` says where in the body it stands.
    pub(super) async fn hash(
        &self,
        password: Secret<String>,
        context: &PasswordContext,
        pointer: &str,
    ) -> Result<PasswordHash, Problem> {
        let policy = &self.state.accounts().policy;
        let password = policy.judge(password, context, pointer).await?;
        let (_, passwords) = self.records()?;
        Ok(passwords.hash(&password).await?)
    }

    /// Makes a token good again, since what it was redeemed for has failed.
    pub(super) async fn put_back<P: OneTime>(&self, redeemed: Redeemed<P>) {
        if let Err(error) = self.state.one_time().put_back(redeemed).await {
            tracing::error!(%error, "a link is used up, and what it was for has failed");
        }
    }

    pub(super) fn record(&self, kind: AuditKind, subject: &str) {
        self.record_about(kind, Some(subject));
    }

    pub(super) fn record_about(&self, kind: AuditKind, subject: Option<&str>) {
        let event = AuditEvent::new(kind, self.state.clock().unix());
        let event = match subject {
            Some(subject) => event.about(subject),
            None => event,
        };
        self.state.audit().record(&event);
    }

    /// Does what must not be left half done, whatever becomes of the request that waits for it.
    pub(super) async fn to_the_end<T: 'static>(
        &self,
        task: impl Future<Output = Result<T, Problem>> + 'static,
    ) -> Result<T, Problem> {
        match rt::spawn(Origin::current().carry(task)).await {
            Ok(outcome) => outcome,
            Err(error) => Err(Problem::internal(error)),
        }
    }
}

/// The one answer to a token that is good for nothing: none of ours, used, expired, or for something that
/// is no longer so.
pub(super) fn bad_token() -> Problem {
    Problem::new(BAD_LINK).with_detail("This link is not valid: it has expired, or it was used.")
}

/// An address as accounts are found by it. That it looks like one is for the app to say.
pub(super) fn checked_address(address: &str) -> Result<String, Problem> {
    let address = normalized(address);
    let refused = |code, detail| Problem::invalid(vec![FieldError::at(ADDRESS, code, detail)]);
    if address.is_empty() || address.len() > LONGEST_ADDRESS {
        return Err(refused("length", "has no usual length"));
    }
    match address.contains(char::is_control) {
        true => Err(refused("control_character", "holds a control character")),
        false => Ok(address),
    }
}

/// What was given at a sign-up besides the address.
pub(super) fn checked_details(details: &impl Serialize) -> Result<Value, Problem> {
    let details = serde_json::to_value(details).map_err(Problem::internal)?;
    match details.to_string().len() > LONGEST_DETAILS {
        true => Err(Problem::invalid(vec![FieldError::at(
            "#",
            "length",
            "is too much",
        )])),
        false => Ok(details),
    }
}
