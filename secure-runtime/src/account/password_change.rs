use std::{fmt, rc::Rc};

use actix_web::{HttpRequest, dev::Payload};

use super::{
    AccountRecord, HashChange,
    aftermath::{Aftermath, SignOut, Stored},
    proof::proven,
    visit::Visit,
};
use crate::{
    Principal, Problem, Secret,
    audit::AuditKind,
    context::RequestContext,
    guard::{Argument, Caller, Extraction},
    mail::Errand,
    password::PasswordHash,
    policy::{Input, Need},
};

/// The change of a password by somebody who is signed in and knows the one before, as an argument of a
/// handler.
///
/// ```
/// use actix_web::{HttpResponse, Responder, web::Json};
/// use secure_runtime::{account::PasswordChange, prelude::*};
///
/// #[validated]
/// struct NewPassword {
///     #[validate(length(max = 1024))]
///     current_password: Secret<String>,
///     #[validate(length(max = 1024))]
///     new_password: Secret<String>,
/// }
///
/// #[post("/me/password")]
/// #[protected]
/// #[validated]
/// async fn change_password(
///     caller: CurrentUser,
///     change: PasswordChange,
///     sent: Json<NewPassword>,
/// ) -> Result<impl Responder, Problem> {
///     let sent = sent.into_inner();
///     change.change(&caller, sent.current_password, sent.new_password).await?;
///     Ok(HttpResponse::NoContent())
/// }
/// ```
pub struct PasswordChange {
    visit: Visit,
    context: Rc<RequestContext>,
    /// Whether cookies are for HTTPS alone.
    secure_cookies: bool,
}

impl PasswordChange {
    /// Sets the password of the caller's account. The sign-in that the caller came with stays, and every
    /// other one ends; a reset that somebody has asked for is good for nothing. A [session](crate::session)
    /// that stays has another cookie from this answer on: who has stolen the one before is out 10 seconds later.
    ///
    /// # Errors
    /// 422 at `#/current_password` where that is wrong, and at `#/new_password` where the policy refuses
    /// the new one; 429 with `Retry-After` after too many wrong ones; 403 for a credential that is narrower
    /// than its owner, and for an API key; 409 where somebody else changes it at the same time. 503 with a detail where
    /// the password was stored, and what is signed in elsewhere could not be ended: that is tried again
    /// without the caller.
    pub async fn change(
        &self,
        caller: &Principal,
        current_password: Secret<String>,
        new_password: Secret<String>,
    ) -> Result<(), Problem> {
        let account = proven(&self.visit, caller, current_password).await?;
        let context = account.password_context();
        let pointer = "#/new_password";
        let hash = self.visit.hash(new_password, &context, pointer).await?;
        // First: where that cannot be done nothing is, and the caller may try again.
        self.renew_session(caller).await?;
        let (visit, caller) = (self.visit.clone(), caller.clone());
        let finish = async move { finish(&visit, caller, account, hash).await };
        self.visit.to_the_end(finish).await
    }

    async fn renew_session(&self, caller: &Principal) -> Result<(), Problem> {
        let sessions = self.context.security.sessions();
        if let Some(cookie) = sessions.renew_secret(caller).await? {
            let cookie = sessions.cookie(&cookie, self.secure_cookies);
            self.context.add_cookie(cookie);
        }
        Ok(())
    }
}

async fn finish(
    visit: &Visit,
    caller: Principal,
    account: AccountRecord,
    hash: PasswordHash,
) -> Result<(), Problem> {
    let (records, _) = visit.records()?;
    let subject = &account.subject;
    let old = account.hash.as_ref();
    let replaced = records.replace_hash(subject, old, &hash, HashChange::Changed);
    let address = account.address.clone();
    let aftermath = Aftermath {
        kind: AuditKind::PasswordChanged,
        subject: subject.clone(),
        sign_out: SignOut::ElsewhereThan(caller),
        revoke_api_keys: false,
        notice: address.map(|address| Errand::PasswordChanged { address }),
    };
    match replaced.await {
        Ok(true) => aftermath.now(visit, "The password is changed.").await,
        Ok(false) => Err(Problem::conflict().because("the password was changed meanwhile")),
        Err(problem) => {
            aftermath.once(visit, Stored::Hash(hash));
            Err(problem)
        }
    }
}

impl Argument for PasswordChange {
    type Value = Self;
    const INPUT: Option<Input> = None;
    const CALLER: Caller = Caller::Unused;
    const NEEDS: &'static [Need] = &[Need::Accounts, Need::Mail, Need::FailedSignIns];

    fn extract(request: &HttpRequest, _: &mut Payload) -> Extraction<Self> {
        let context = RequestContext::of_guarded(request);
        Extraction::Ready(context.map(|context| Self {
            visit: Visit::of(context.clone()),
            secure_cookies: context.security.sets_secure_cookies(request),
            context,
        }))
    }
}

impl fmt::Debug for PasswordChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordChange").finish_non_exhaustive()
    }
}
