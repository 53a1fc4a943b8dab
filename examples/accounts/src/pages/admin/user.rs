//! One account, and what an admin does with it.

use actix_web::{
    HttpResponse, Responder,
    web::{Data, Form, Path, Query},
};
use askama::Template;
use secure_runtime::{
    Unaccepted, account::ApiKeyFate, csrf::CsrfToken, edge::CspNonce, policy::RoleWord as _,
    prelude::*,
};
use uuid::Uuid;

use crate::{
    domain::{
        Failure, Role, Scope,
        accounts::{Account, Accounts, Change},
    },
    pages::{
        assets,
        form::{FormView, Labels, refuse},
        frame::{Frame, form_page, see_other},
        notice::{Notice, Told},
    },
    sign_outs::SignOuts,
};

const LABELS: Labels = &[("role", "Role"), ("email", "E-mail address of the account")];

/// A role for an account.
#[validated]
pub(crate) struct NewRole {
    role: Role,
}

/// The account that is to be deleted, in the admin's own words.
#[validated]
pub(crate) struct Confirmation {
    #[validate(length(max = 254))]
    email: String,
}

#[derive(Template)]
#[template(path = "admin/user.html")]
struct User {
    frame: Frame,
    form: FormView,
    user: Account,
}

#[get("/accounts/{id}")]
#[protected(roles = "admin", scopes = "admin:users")]
#[validated]
pub(crate) async fn show(
    nonce: CspNonce,
    csrf: CsrfToken,
    admin: CurrentUser<Account>,
    accounts: Data<Accounts>,
    id: Path<Uuid>,
    told: Query<Told>,
) -> Result<impl Responder, Problem> {
    let frame = Frame::of(nonce, csrf, admin.account()).saying(told.notice());
    let user = accounts.find(*id).await?;
    show_form(frame, user, &Unaccepted::blank::<NewRole>())
}

#[post("/accounts/{id}/role")]
#[protected(roles = "admin", scopes = "admin:users")]
#[validated]
pub(crate) async fn set_role(
    nonce: CspNonce,
    csrf: CsrfToken,
    admin: CurrentUser<Account>,
    accounts: Data<Accounts>,
    sign_outs: Data<SignOuts>,
    id: Path<Uuid>,
    sent: Checked<Form<NewRole>>,
) -> Result<impl Responder, Problem> {
    let frame = Frame::of(nonce, csrf, admin.account());
    match sent.into_result() {
        Ok(NewRole { role }) => {
            let change = Change {
                role: Some(role),
                disabled: None,
            };
            apply(frame, &accounts, &sign_outs, *id, &change).await
        }
        Err(form) => show_form(frame, accounts.find(*id).await?, &form),
    }
}

#[post("/accounts/{id}/disable")]
#[protected(roles = "admin", scopes = "admin:users")]
#[validated]
pub(crate) async fn disable(
    nonce: CspNonce,
    csrf: CsrfToken,
    admin: CurrentUser<Account>,
    accounts: Data<Accounts>,
    sign_outs: Data<SignOuts>,
    id: Path<Uuid>,
) -> Result<impl Responder, Problem> {
    let frame = Frame::of(nonce, csrf, admin.account());
    apply(frame, &accounts, &sign_outs, *id, &disabled(true)).await
}

#[post("/accounts/{id}/enable")]
#[protected(roles = "admin", scopes = "admin:users")]
#[validated]
pub(crate) async fn enable(
    nonce: CspNonce,
    csrf: CsrfToken,
    admin: CurrentUser<Account>,
    accounts: Data<Accounts>,
    sign_outs: Data<SignOuts>,
    id: Path<Uuid>,
) -> Result<impl Responder, Problem> {
    let frame = Frame::of(nonce, csrf, admin.account());
    apply(frame, &accounts, &sign_outs, *id, &disabled(false)).await
}

/// Signs the account out everywhere, and ends the links that were mailed for it; it may sign in again. Its API
/// keys go on.
#[post("/accounts/{id}/end-sessions")]
#[protected(roles = "admin", scopes = "admin:users")]
#[validated]
pub(crate) async fn end_sessions(
    _admin: CurrentUser<Account>,
    accounts: Data<Accounts>,
    security: Security,
    id: Path<Uuid>,
) -> Result<impl Responder, Problem> {
    let subject = accounts.find(*id).await?.id.to_string();
    security.end_access(&subject, ApiKeyFate::Keep).await?;
    Ok(see_other(&Notice::SessionEnded.at(&at(*id))))
}

/// The address is typed again, so that it is the account that is meant.
#[post("/accounts/{id}/delete")]
#[protected(roles = "admin", scopes = "admin:users")]
#[validated]
pub(crate) async fn delete(
    nonce: CspNonce,
    csrf: CsrfToken,
    admin: CurrentUser<Account>,
    accounts: Data<Accounts>,
    sign_outs: Data<SignOuts>,
    id: Path<Uuid>,
    sent: Checked<Form<Confirmation>>,
) -> Result<impl Responder, Problem> {
    let frame = Frame::of(nonce, csrf, admin.account());
    let user = accounts.find(*id).await?;
    let (confirmation, mut form) = match sent.accept() {
        Ok(accepted) => accepted,
        Err(form) => return show_form(frame, user, &form),
    };
    if !confirmation.email.trim().eq_ignore_ascii_case(&user.email) {
        form.add("email", "is that of another account");
        return show_form(frame, user, &form);
    }
    match accounts.delete(*id).await {
        Ok(()) => {
            sign_outs.settle().await?;
            Ok(see_other(&Notice::AccountDeleted.at("/admin")))
        }
        Err(failure) => refused(frame, user, form, failure),
    }
}

async fn apply(
    frame: Frame,
    accounts: &Accounts,
    sign_outs: &SignOuts,
    id: Uuid,
    change: &Change,
) -> Result<HttpResponse, Problem> {
    match accounts.change(id, change).await {
        Ok(_) => {
            sign_outs.settle().await?;
            Ok(see_other(&Notice::Saved.at(&at(id))))
        }
        Err(failure) => {
            let user = accounts.find(id).await?;
            refused(frame, user, Unaccepted::blank::<NewRole>(), failure)
        }
    }
}

/// Such as that it is the last admin.
fn refused(
    frame: Frame,
    user: Account,
    mut form: Unaccepted,
    failure: Failure,
) -> Result<HttpResponse, Problem> {
    refuse(&mut form, failure.into())?;
    show_form(frame, user, &form)
}

fn show_form(frame: Frame, user: Account, form: &Unaccepted) -> Result<HttpResponse, Problem> {
    let form = FormView::new(form, LABELS);
    let content = User { frame, form, user };
    form_page(&content.form, &content)
}

fn disabled(disabled: bool) -> Change {
    Change {
        role: None,
        disabled: Some(disabled),
    }
}

fn at(id: Uuid) -> String {
    format!("/admin/accounts/{id}")
}
