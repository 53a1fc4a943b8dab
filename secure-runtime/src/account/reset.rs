use std::fmt;

use actix_web::{HttpRequest, dev::Payload};

use super::{
    AccountRecord, HashChange,
    aftermath::{Aftermath, SignOut, Stored},
    visit::{Visit, bad_token, checked_address},
};
use crate::{
    Problem, Secret,
    audit::AuditKind,
    guard::{Argument, Caller, Extraction},
    mail::Errand,
    password::PasswordHash,
    policy::{Input, Need},
    token::{Reset, ResetClaims, Token},
};

/// The reset of a forgotten password, as an argument of a handler.
///
/// The answer to [`request`](Self::request) says nothing about whether there is such an account, nor does
/// the work that it takes: one write, whoever it is about. The token comes in a letter to the address of
/// the account, holds 15 minutes, once, and only as long as the password and the address are the ones that they
/// were. It belongs into the body of a request: what stands in a URL stands in logs.
///
/// A reset signs nobody in, and ends everything that the account has signed in.
///
/// ```
/// use actix_web::{HttpResponse, Responder, web::Json};
/// use secure_runtime::{
///     account::{PasswordReset, ResetOptions},
///     prelude::*,
/// };
///
/// #[validated]
/// struct Forgotten {
///     #[validate(length(max = 254))]
///     email: String,
/// }
///
/// #[validated]
/// struct Renewal {
///     #[validate(length(max = 128))]
///     token: Secret<String>,
///     #[validate(length(max = 1024))]
///     new_password: Secret<String>,
///     revoke_api_keys: bool,
/// }
///
/// #[post("/forgot-password")]
/// #[public]
/// #[rate_limit("5/minute")]
/// #[validated]
/// async fn forgot_password(reset: PasswordReset, sent: Json<Forgotten>) -> Result<impl Responder, Problem> {
///     reset.request(&sent.email).await?;
///     Ok(HttpResponse::Accepted())
/// }
///
/// #[post("/reset-password")]
/// #[public]
/// #[rate_limit("10/minute")]
/// #[validated]
/// async fn reset_password(reset: PasswordReset, sent: Json<Renewal>) -> Result<impl Responder, Problem> {
///     let sent = sent.into_inner();
///     let options = ResetOptions::new().revoke_api_keys(sent.revoke_api_keys);
///     reset.confirm(&sent.token, sent.new_password, options).await?;
///     Ok(HttpResponse::NoContent())
/// }
/// ```
pub struct PasswordReset {
    visit: Visit,
}

/// What a reset ends, besides what is signed in.
#[derive(Debug, Clone, Copy, Default)]
#[must_use]
pub struct ResetOptions {
    revoke_api_keys: bool,
}

impl ResetOptions {
    /// Nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether the API keys of the account end too. Defaults to no: programs that have one go on.
    pub fn revoke_api_keys(mut self, revoke: bool) -> Self {
        self.revoke_api_keys = revoke;
        self
    }
}

impl PasswordReset {
    /// Has a letter with a link sent to whoever signs in by this name, if anybody does.
    ///
    /// # Errors
    /// 422 at `#/email` for a name that is longer than 254 bytes or holds a control character; 429 with
    /// `Retry-After` after too many letters from one address; 503 when the store does not answer.
    pub async fn request(&self, identifier: &str) -> Result<(), Problem> {
        let identifier = checked_address(identifier)?;
        self.visit.have_sent(&Errand::Reset { identifier }).await
    }

    /// Sets the password, for the holder of the token in the letter.
    ///
    /// # Errors
    /// 400 with one text for every token that is good for nothing; 422 at `#/new_password` for a password
    /// that the policy refuses. The token is still good then, and also where the password could not be
    /// stored. 429 with `Retry-After` after too many bad tokens from one address. 503 with a detail where the password was stored, and what is signed in could not be ended:
    /// that is tried again without the caller.
    pub async fn confirm(
        &self,
        token: &Secret<String>,
        new_password: Secret<String>,
        options: ResetOptions,
    ) -> Result<(), Problem> {
        let confirmed = self.look_at(token, new_password, options);
        self.visit.by_link(confirmed).await
    }

    async fn look_at(
        &self,
        token: &Secret<String>,
        new_password: Secret<String>,
        options: ResetOptions,
    ) -> Result<(), Problem> {
        let token = Token::<Reset>::from_untrusted(token.expose());
        let tokens = self.visit.state.one_time();
        // Before the expensive part, so that nobody makes us hash without a token.
        let claims = tokens.find(&token).await?.ok_or_else(bad_token)?;
        let account = due(&self.visit, &claims).await?.ok_or_else(bad_token)?;
        let context = account.password_context();
        let pointer = "#/new_password";
        let hash = self.visit.hash(new_password, &context, pointer).await?;
        let visit = self.visit.clone();
        let finish = async move { finish(&visit, &token, account, hash, options).await };
        self.visit.to_the_end(finish).await
    }
}

/// The account whose password is to be set, if it still has the one that it had.
async fn due(visit: &Visit, claims: &ResetClaims) -> Result<Option<AccountRecord>, Problem> {
    let (records, _) = visit.records()?;
    let account = records.by_subject(&claims.subject).await?;
    Ok(account.filter(|account| account.may_reset(claims)))
}

async fn finish(
    visit: &Visit,
    token: &Token<Reset>,
    account: AccountRecord,
    hash: PasswordHash,
    options: ResetOptions,
) -> Result<(), Problem> {
    let (records, _) = visit.records()?;
    let redeemed = visit.state.one_time().redeem(token).await?;
    let redeemed = redeemed.ok_or_else(bad_token)?;
    let subject = &account.subject;
    let old = account.hash.as_ref();
    let revoke_api_keys = options.revoke_api_keys;
    let why = HashChange::Reset { revoke_api_keys };
    let replaced = records.replace_hash(subject, old, &hash, why);
    let address = account.address.clone();
    let aftermath = Aftermath {
        kind: AuditKind::PasswordReset,
        subject: subject.clone(),
        sign_out: SignOut::Everywhere,
        revoke_api_keys,
        notice: address.map(|address| Errand::PasswordChanged { address }),
    };
    match replaced.await {
        Ok(true) => aftermath.now(visit, "The password is changed.").await,
        Ok(false) => Err(bad_token()),
        Err(problem) => {
            aftermath.once(visit, Stored::Hash(hash));
            visit.put_back(redeemed).await;
            Err(problem)
        }
    }
}

impl Argument for PasswordReset {
    type Value = Self;
    const INPUT: Option<Input> = None;
    const CALLER: Caller = Caller::Unused;
    const NEEDS: &'static [Need] = &[
        Need::Accounts,
        Need::Mail,
        Need::AccountMails,
        Need::FailedLinks,
    ];

    fn extract(request: &HttpRequest, _: &mut Payload) -> Extraction<Self> {
        Visit::extract(request, |visit| Self { visit })
    }
}

impl fmt::Debug for PasswordReset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordReset").finish_non_exhaustive()
    }
}
