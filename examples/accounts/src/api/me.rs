//! The caller's own account.

use actix_web::{
    HttpResponse, Responder,
    web::{Data, Json},
};
use secure_runtime::{
    account::{AddressChange, PasswordChange},
    prelude::*,
};
use serde::Serialize;
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    domain::{
        Role, Scope,
        accounts::{Account, Accounts},
    },
    sign_outs::SignOuts,
};

/// What its owner, and an admin, get to see of an account.
#[derive(Serialize)]
pub(crate) struct AccountView {
    id: Uuid,
    email: String,
    username: String,
    role: Role,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
}

/// What its owner may change.
#[validated]
pub(crate) struct ProfileChange {
    #[validate(length(min = 1, max = 50), non_control_character)]
    pub(crate) username: String,
}

/// A new password, from somebody who knows the one before.
#[validated]
pub(crate) struct PasswordRequest {
    #[validate(length(max = 1024))]
    pub(crate) current_password: Secret<String>,
    #[validate(length(max = 1024))]
    pub(crate) new_password: Secret<String>,
}

/// A new address, from somebody who knows the password.
#[validated]
pub(crate) struct AddressRequest {
    #[validate(email, length(max = 254))]
    pub(crate) email: String,
    #[validate(length(max = 1024))]
    pub(crate) current_password: Secret<String>,
}

#[get("/me")]
#[protected(scopes = "profile:read")]
pub(crate) async fn show(user: CurrentUser<Account>) -> impl Responder {
    Json(AccountView::from(user.into_account()))
}

#[patch("/me")]
#[protected(scopes = "profile:write")]
#[validated]
pub(crate) async fn change(
    user: CurrentUser<Account>,
    accounts: Data<Accounts>,
    change: Json<ProfileChange>,
) -> Result<impl Responder, Problem> {
    let account = accounts.rename(user.account().id, &change.username).await?;
    Ok(Json(AccountView::from(account)))
}

/// Every other sign-in of the account ends.
#[post("/me/password")]
#[protected(scopes = "profile:write")]
#[rate_limit("10/minute", by = "user")]
#[validated]
pub(crate) async fn change_password(
    user: CurrentUser<Account>,
    password: PasswordChange,
    sent: Json<PasswordRequest>,
) -> Result<impl Responder, Problem> {
    let PasswordRequest {
        current_password,
        new_password,
    } = sent.into_inner();
    password
        .change(&user, current_password, new_password)
        .await?;
    Ok(HttpResponse::NoContent())
}

/// The address is the account's once the mail to it was read (`/auth/confirm-email`). The answer is the
/// same whether or not somebody else has it.
#[post("/me/email")]
#[protected(scopes = "profile:write")]
#[rate_limit("5/minute", by = "user")]
#[validated]
pub(crate) async fn change_email(
    user: CurrentUser<Account>,
    address: AddressChange,
    sent: Json<AddressRequest>,
) -> Result<impl Responder, Problem> {
    let AddressRequest {
        email,
        current_password,
    } = sent.into_inner();
    address.request(&user, &email, current_password).await?;
    Ok(HttpResponse::Accepted().json(json!({
        "message": "If this address can be yours, a mail with a link is on its way to it."
    })))
}

/// The account goes, and with it everything that it wrote, and every token and API key that it
/// has.
#[delete("/me")]
#[protected(scopes = "profile:write")]
pub(crate) async fn delete(
    user: CurrentUser<Account>,
    accounts: Data<Accounts>,
    sign_outs: Data<SignOuts>,
) -> Result<impl Responder, Problem> {
    accounts.delete(user.account().id).await?;
    sign_outs.settle().await?;
    Ok(HttpResponse::NoContent())
}

impl From<Account> for AccountView {
    fn from(account: Account) -> Self {
        Self {
            id: account.id,
            email: account.email,
            username: account.username,
            role: account.role,
            created_at: account.created_at.0,
        }
    }
}
