//! Looking after accounts, mounted under `/admin`.

use actix_web::{
    HttpResponse, Responder,
    web::{Data, Json, Path, Query},
};
use secure_runtime::{account::ApiKeyFate, prelude::*};
use serde::Serialize;
use uuid::Uuid;

use super::me::AccountView;
use crate::{
    domain::{
        PageNumber, Role, Scope,
        accounts::{Account, Accounts, Change},
    },
    sign_outs::SignOuts,
};

/// An account as an admin sees it.
#[derive(Serialize)]
struct UserView {
    #[serde(flatten)]
    account: AccountView,
    disabled: bool,
}

/// Which page of the list.
#[validated]
pub(crate) struct ListPage {
    #[validate(range(min = 1, max = 1_000_000))]
    pub(crate) page: Option<u32>,
}

/// What an admin changes; what is left out stays.
#[validated]
pub(crate) struct UserChange {
    role: Option<Role>,
    disabled: Option<bool>,
}

#[get("/users")]
#[protected(roles = "admin", scopes = "admin:users")]
#[validated]
pub(crate) async fn list_users(
    _admin: CurrentUser<Account>,
    accounts: Data<Accounts>,
    query: Query<ListPage>,
) -> Result<impl Responder, Problem> {
    let users = accounts.list(PageNumber::new(query.page)).await?;
    Ok(Json(users.map(UserView::from)))
}

#[patch("/users/{id}")]
#[protected(roles = "admin", scopes = "admin:users")]
#[validated]
pub(crate) async fn change_user(
    _admin: CurrentUser<Account>,
    accounts: Data<Accounts>,
    sign_outs: Data<SignOuts>,
    id: Path<Uuid>,
    change: Json<UserChange>,
) -> Result<impl Responder, Problem> {
    let change = Change {
        role: change.role,
        disabled: change.disabled,
    };
    let account = accounts.change(*id, &change).await?;
    sign_outs.settle().await?;
    Ok(Json(UserView::from(account)))
}

#[delete("/users/{id}")]
#[protected(roles = "admin", scopes = "admin:users")]
#[validated]
pub(crate) async fn delete_user(
    _admin: CurrentUser<Account>,
    accounts: Data<Accounts>,
    sign_outs: Data<SignOuts>,
    id: Path<Uuid>,
) -> Result<impl Responder, Problem> {
    accounts.delete(*id).await?;
    sign_outs.settle().await?;
    Ok(HttpResponse::NoContent())
}

/// Signs the account out everywhere, and ends the links that were mailed for it; it may sign in again. Its API
/// keys go on.
#[delete("/users/{id}/sessions")]
#[protected(roles = "admin", scopes = "admin:users")]
#[validated]
pub(crate) async fn end_sessions(
    _admin: CurrentUser<Account>,
    accounts: Data<Accounts>,
    security: Security,
    id: Path<Uuid>,
) -> Result<impl Responder, Problem> {
    let account = accounts.find(*id).await?;
    let subject = account.id.to_string();
    security.end_access(&subject, ApiKeyFate::Keep).await?;
    Ok(HttpResponse::NoContent())
}

impl From<Account> for UserView {
    fn from(account: Account) -> Self {
        Self {
            disabled: account.disabled,
            account: account.into(),
        }
    }
}
