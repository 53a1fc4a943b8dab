use std::fmt;

use actix_web::{HttpRequest, dev::Payload};
use serde::Serialize;
use serde_json::Value;

use super::{
    NewAccount,
    records::password_context,
    visit::{Visit, bad_token, checked_address, checked_details},
};
use crate::{
    Problem, Secret,
    audit::AuditKind,
    guard::{Argument, Caller, Extraction},
    mail::Errand,
    policy::{Input, Need},
    token::{Redeemed, Token, VerifyEmail},
};

/// Signing up, as an argument of a handler: an account is made once somebody has shown that the address is
/// theirs.
///
/// Until then there is no account and no password, so that nobody can prepare an account for somebody
/// else's address. The answer to [`request`](Self::request) says nothing about the address: what differs
/// is the letter.
///
/// ```
/// use actix_web::{HttpResponse, Responder, web::Json};
/// use secure_runtime::{account::SignUp, prelude::*};
/// use serde_json::json;
///
/// #[validated]
/// struct Registration {
///     #[validate(email, length(max = 254))]
///     email: String,
///     #[validate(length(min = 1, max = 50), non_control_character)]
///     username: String,
/// }
///
/// #[validated]
/// struct Verification {
///     #[validate(length(max = 128))]
///     token: Secret<String>,
///     #[validate(length(max = 1024))]
///     password: Secret<String>,
/// }
///
/// #[post("/register")]
/// #[public]
/// #[rate_limit("5/minute")]
/// #[validated]
/// async fn register(sign_up: SignUp, new: Json<Registration>) -> Result<impl Responder, Problem> {
///     let details = json!({"username": new.username});
///     sign_up.request(&new.email, &details).await?;
///     Ok(HttpResponse::Accepted())
/// }
///
/// #[post("/verify-email")]
/// #[public]
/// #[rate_limit("10/minute")]
/// #[validated]
/// async fn verify_email(sign_up: SignUp, sent: Json<Verification>) -> Result<impl Responder, Problem> {
///     let Verification { token, password } = sent.into_inner();
///     sign_up.confirm(&token, password).await?;
///     Ok(HttpResponse::NoContent())
/// }
/// ```
pub struct SignUp {
    visit: Visit,
}

impl SignUp {
    /// Has a letter sent to `address`: the link that makes the account, or, where there is one already,
    /// that there is. It asks nobody whether there is; all that it does is one write. `details` are what
    /// [`SignUps::create`](super::SignUps::create) gets; a `username` in them is what the password must
    /// not be made of.
    ///
    /// # Errors
    /// 422 at `#/email` for an address that is longer than 254 bytes or holds a control character, and at
    /// `#` for more than 8 KiB of details; 429 with `Retry-After` after too many letters from one address; 503 when the store does not answer.
    pub async fn request(&self, address: &str, details: &impl Serialize) -> Result<(), Problem> {
        let (address, details) = (checked_address(address)?, checked_details(details)?);
        let errand = Errand::SignUp { address, details };
        self.visit.have_sent(&errand).await
    }

    /// Makes the account, with the first password, for the holder of the token in the letter.
    ///
    /// # Errors
    /// 400 with one text for every token that is good for nothing, and where the address has an account by
    /// now; 429 with `Retry-After` after too many of them from one address; 422 at `#/password` for a password that the policy refuses. The token is still good then, and
    /// also where the account could not be made.
    pub async fn confirm(
        &self,
        token: &Secret<String>,
        password: Secret<String>,
    ) -> Result<(), Problem> {
        self.visit.by_link(self.look_at(token, password)).await
    }

    async fn look_at(
        &self,
        token: &Secret<String>,
        password: Secret<String>,
    ) -> Result<(), Problem> {
        let token = Token::<VerifyEmail>::from_untrusted(token.expose());
        let tokens = self.visit.state.one_time();
        // Before the expensive part, so that nobody makes us hash without a token.
        let claims = tokens.find(&token).await?.ok_or_else(bad_token)?;
        let username = claims.details.get("username").and_then(Value::as_str);
        let context = password_context(Some(&claims.address), username);
        let hash = self.visit.hash(password, &context, "#/password").await?;
        let visit = self.visit.clone();
        let finish = async move {
            let redeemed = visit.state.one_time().redeem(&token).await?;
            let redeemed = redeemed.ok_or_else(bad_token)?;
            let claims = redeemed.claims();
            let account = NewAccount {
                address: claims.address.clone(),
                password_hash: hash,
                details: claims.details.clone(),
            };
            create(&visit, account, redeemed).await
        };
        self.visit.to_the_end(finish).await
    }
}

async fn create(
    visit: &Visit,
    account: NewAccount,
    redeemed: Redeemed<VerifyEmail>,
) -> Result<(), Problem> {
    let accounts = visit.state.accounts();
    let sign_ups = accounts.sign_ups.as_ref();
    let sign_ups = sign_ups.ok_or_else(|| Problem::internal("nobody said `.sign_ups(…)`"))?;
    let address = account.address.clone();
    match sign_ups.create(account).await {
        Ok(true) => {}
        Ok(false) => return Err(bad_token()),
        Err(problem) => {
            visit.put_back(redeemed).await;
            return Err(problem);
        }
    }
    // The others make no account any more: the address has one.
    if let Err(error) = visit
        .state
        .one_time()
        .end_all::<VerifyEmail>(&address)
        .await
    {
        tracing::warn!(%error, "links of a sign-up that is done stay until they expire");
    }
    let (records, _) = visit.records()?;
    let made = records.by_identifier(&address).await;
    let subject = made.ok().flatten().map(|account| account.subject);
    visit.record_about(AuditKind::AccountCreated, subject.as_deref());
    Ok(())
}

impl Argument for SignUp {
    type Value = Self;
    const INPUT: Option<Input> = None;
    const CALLER: Caller = Caller::Unused;
    const NEEDS: &'static [Need] = &[
        Need::Accounts,
        Need::SignUps,
        Need::Mail,
        Need::AccountMails,
        Need::FailedLinks,
    ];

    fn extract(request: &HttpRequest, _: &mut Payload) -> Extraction<Self> {
        Visit::extract(request, |visit| Self { visit })
    }
}

impl fmt::Debug for SignUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignUp").finish_non_exhaustive()
    }
}
