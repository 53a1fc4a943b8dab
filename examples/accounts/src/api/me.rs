//! The caller's own account.

use actix_web::{
    HttpResponse, Responder,
    web::{Data, Json},
};
use secure_runtime::prelude::*;
use serde::Serialize;
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
    username: String,
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

/// The account goes, and with it everything that it wrote and every token that it has.
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
