use std::fmt;

use actix_web::{HttpRequest, dev::Payload};

use super::{
    aftermath::{Aftermath, SignOut, Stored},
    proof::proven,
    visit::{Visit, bad_token, checked_address},
};
use crate::{
    Principal, Problem, Secret,
    audit::AuditKind,
    guard::{Argument, Caller, Extraction},
    mail::Errand,
    policy::{Input, Need},
    token::{ChangeEmail, ChangeEmailClaims, Redeemed, Token},
};

/// The change of an account's address, as an argument of a handler: the account has the new one once
/// somebody has shown that they read what is mailed there. The old one is told.
///
/// ```
/// use actix_web::{HttpResponse, Responder, web::Json};
/// use secure_runtime::{account::AddressChange, prelude::*};
///
/// #[validated]
/// struct NewAddress {
///     #[validate(email, length(max = 254))]
///     email: String,
///     #[validate(length(max = 1024))]
///     current_password: Secret<String>,
/// }
///
/// #[validated]
/// struct Confirmation {
///     #[validate(length(max = 128))]
///     token: Secret<String>,
/// }
///
/// #[post("/me/address")]
/// #[protected]
/// #[validated]
/// async fn change_address(
///     caller: CurrentUser,
///     change: AddressChange,
///     sent: Json<NewAddress>,
/// ) -> Result<impl Responder, Problem> {
///     let sent = sent.into_inner();
///     change.request(&caller, &sent.email, sent.current_password).await?;
///     Ok(HttpResponse::Accepted())
/// }
///
/// #[post("/confirm-address")]
/// #[public]
/// #[rate_limit("10/minute")]
/// #[validated]
/// async fn confirm_address(change: AddressChange, sent: Json<Confirmation>) -> Result<impl Responder, Problem> {
///     change.confirm(&sent.token).await?;
///     Ok(HttpResponse::NoContent())
/// }
/// ```
pub struct AddressChange {
    visit: Visit,
}

impl AddressChange {
    /// Has a letter sent to the new address: the link that confirms it, or, where another account has
    /// that address, that there is one. The answer is the same.
    ///
    /// # Errors
    /// 422 at `#/email` for an address that is longer than 254 bytes or holds a control character, and at
    /// `#/current_password` where that is wrong; 429 with `Retry-After` after too many wrong ones, and after too many
    /// letters from one address; 403 for a
    /// credential that is narrower than its owner, and for an API key; 409 for an account without an address.
    pub async fn request(
        &self,
        caller: &Principal,
        new_address: &str,
        current_password: Secret<String>,
    ) -> Result<(), Problem> {
        let to = checked_address(new_address)?;
        let account = proven(&self.visit, caller, current_password).await?;
        let Some(from) = account.address else {
            return Err(Problem::conflict().with_detail("This account has no address."));
        };
        let hash = account.hash.as_ref();
        let claims = ChangeEmailClaims::new(&account.subject, hash, from, to);
        self.visit
            .have_sent(&Errand::AddressChange { claims })
            .await
    }

    /// Gives the account the new address, for the holder of the token in the letter.
    ///
    /// # Errors
    /// 400 with one text for every token that is good for nothing, and where the address belongs to another
    /// account by now; 429 with `Retry-After` after too many of them from one address. Where the address could not be stored the token is still good. 503 with a detail
    /// where it was stored, and links that were mailed to the old one could not be ended: that is tried
    /// again without the caller.
    pub async fn confirm(&self, token: &Secret<String>) -> Result<(), Problem> {
        self.visit.by_link(self.look_at(token)).await
    }

    async fn look_at(&self, token: &Secret<String>) -> Result<(), Problem> {
        let token = Token::<ChangeEmail>::from_untrusted(token.expose());
        let visit = self.visit.clone();
        let finish = async move {
            let redeemed = visit.state.one_time().redeem(&token).await?;
            let redeemed = redeemed.ok_or_else(bad_token)?;
            finish(&visit, redeemed).await
        };
        self.visit.to_the_end(finish).await
    }
}

async fn finish(visit: &Visit, redeemed: Redeemed<ChangeEmail>) -> Result<(), Problem> {
    let ChangeEmailClaims {
        subject, from, to, ..
    } = redeemed.claims().clone();
    let changed = change(visit, redeemed.claims()).await;
    let address = from.clone();
    let aftermath = Aftermath {
        kind: AuditKind::AddressChanged,
        sign_out: SignOut::Nobody,
        revoke_api_keys: false,
        notice: Some(Errand::AddressChanged { address }),
        subject,
    };
    match changed {
        Ok(true) => aftermath.now(visit, "The address is changed.").await,
        Ok(false) => Err(bad_token()),
        Err(problem) => {
            aftermath.once(visit, Stored::Address(to));
            visit.put_back(redeemed).await;
            Err(problem)
        }
    }
}

/// Stores the new address, if the account still has the old one, and the password with which that was asked
/// for.
async fn change(visit: &Visit, claims: &ChangeEmailClaims) -> Result<bool, Problem> {
    let (records, _) = visit.records()?;
    let changes = visit.state.accounts().address_changes.as_ref();
    let changes = changes.ok_or_else(|| Problem::internal("nobody said `.address_changes(…)`"))?;
    let account = records.by_subject(&claims.subject).await?;
    if !account.is_some_and(|account| account.may_move(claims)) {
        return Ok(false);
    }
    let ChangeEmailClaims {
        subject, from, to, ..
    } = claims;
    changes.change_address(subject, from, to).await
}

impl Argument for AddressChange {
    type Value = Self;
    const INPUT: Option<Input> = None;
    const CALLER: Caller = Caller::Unused;
    const NEEDS: &'static [Need] = &[
        Need::Accounts,
        Need::AddressChanges,
        Need::Mail,
        Need::FailedSignIns,
        Need::AccountMails,
        Need::FailedLinks,
    ];

    fn extract(request: &HttpRequest, _: &mut Payload) -> Extraction<Self> {
        Visit::extract(request, |visit| Self { visit })
    }
}

impl fmt::Debug for AddressChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AddressChange").finish_non_exhaustive()
    }
}
