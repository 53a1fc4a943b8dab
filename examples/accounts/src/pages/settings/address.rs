use actix_web::{
    HttpResponse, Responder,
    web::{Form, Query},
};
use askama::Template;
use secure_runtime::{
    Unaccepted, account::AddressChange, csrf::CsrfToken, edge::CspNonce, prelude::*,
};

use crate::{
    api::me::AddressRequest,
    domain::{Role, Scope, accounts::Account},
    pages::{
        assets,
        form::{FormView, Labels, refuse},
        frame::{Frame, form_page, see_other},
        notice::{Notice, Told},
    },
};

const LABELS: Labels = &[
    ("email", "New e-mail address"),
    ("current_password", "Password"),
];

#[derive(Template)]
#[template(path = "settings/address.html")]
struct Address<'a> {
    frame: Frame,
    form: FormView,
    email: &'a str,
}

#[get("/settings/address")]
#[protected(scopes = "profile:write")]
#[validated]
pub(crate) async fn show(
    nonce: CspNonce,
    csrf: CsrfToken,
    user: CurrentUser<Account>,
    told: Query<Told>,
) -> Result<impl Responder, Problem> {
    let frame = Frame::of(nonce, csrf, user.account()).saying(told.notice());
    address(
        frame,
        user.account(),
        &Unaccepted::blank::<AddressRequest>(),
    )
}

/// The answer is the same whether or not somebody else has the address.
#[post("/settings/address")]
#[protected(scopes = "profile:write")]
#[rate_limit("5/minute", by = "user")]
#[validated]
pub(crate) async fn change(
    nonce: CspNonce,
    csrf: CsrfToken,
    user: CurrentUser<Account>,
    change: AddressChange,
    sent: Checked<Form<AddressRequest>>,
) -> Result<impl Responder, Problem> {
    let account = user.account();
    let frame = Frame::of(nonce, csrf, account);
    let (asked, mut form) = match sent.accept() {
        Ok(accepted) => accepted,
        Err(form) => return address(frame, account, &form),
    };
    let requested = change.request(&user, &asked.email, asked.current_password);
    match requested.await {
        Ok(()) => Ok(see_other(&Notice::LinkMailed.at("/settings/address"))),
        Err(problem) => {
            refuse(&mut form, problem)?;
            address(frame, account, &form)
        }
    }
}

fn address(frame: Frame, account: &Account, form: &Unaccepted) -> Result<HttpResponse, Problem> {
    let form = FormView::new(form, LABELS);
    let content = Address {
        frame,
        form,
        email: &account.email,
    };
    form_page(&content.form, &content)
}
