use actix_web::{
    HttpResponse, Responder,
    web::{Form, Query},
};
use askama::Template;
use secure_runtime::{
    Unaccepted, account::PasswordChange, csrf::CsrfToken, edge::CspNonce, prelude::*,
};

use crate::{
    api::me::PasswordRequest,
    domain::{Role, Scope, accounts::Account},
    pages::{
        assets,
        form::{FormView, Labels, refuse},
        frame::{Frame, form_page, see_other},
        notice::{Notice, Told},
    },
};

const LABELS: Labels = &[
    ("current_password", "Current password"),
    ("new_password", "New password"),
];

#[derive(Template)]
#[template(path = "settings/password.html")]
struct Password<'a> {
    frame: Frame,
    form: FormView,
    email: &'a str,
}

#[get("/settings/password")]
#[protected(scopes = "profile:write")]
#[validated]
pub(crate) async fn show(
    nonce: CspNonce,
    csrf: CsrfToken,
    user: CurrentUser<Account>,
    told: Query<Told>,
) -> Result<impl Responder, Problem> {
    let frame = Frame::of(nonce, csrf, user.account()).saying(told.notice());
    password(
        frame,
        user.account(),
        &Unaccepted::blank::<PasswordRequest>(),
    )
}

/// Every other sign-in of the account ends.
#[post("/settings/password")]
#[protected(scopes = "profile:write")]
#[rate_limit("10/minute", by = "user")]
#[validated]
pub(crate) async fn change(
    nonce: CspNonce,
    csrf: CsrfToken,
    user: CurrentUser<Account>,
    change: PasswordChange,
    sent: Checked<Form<PasswordRequest>>,
) -> Result<impl Responder, Problem> {
    let account = user.account();
    let frame = Frame::of(nonce, csrf, account);
    let (asked, mut form) = match sent.accept() {
        Ok(accepted) => accepted,
        Err(form) => return password(frame, account, &form),
    };
    let changed = change.change(&user, asked.current_password, asked.new_password);
    match changed.await {
        Ok(()) => Ok(see_other(&Notice::PasswordChanged.at("/settings/password"))),
        Err(problem) => {
            refuse(&mut form, problem)?;
            password(frame, account, &form)
        }
    }
}

fn password(frame: Frame, account: &Account, form: &Unaccepted) -> Result<HttpResponse, Problem> {
    let form = FormView::new(form, LABELS);
    let content = Password {
        frame,
        form,
        email: &account.email,
    };
    form_page(&content.form, &content)
}
