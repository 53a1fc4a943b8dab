//! The link of the mail to an account's new address leads here; of its token, see `verify.rs`.

use actix_web::{
    HttpResponse, Responder,
    web::{Form, Query},
};
use askama::Template;
use secure_runtime::{
    Unaccepted, account::AddressChange, csrf::CsrfToken, edge::CspNonce, prelude::*,
};

use super::{
    assets,
    form::{FormView, Labels, refuse},
    frame::{Frame, form_page, see_other},
    notice::Notice,
    verify::Link,
};
use crate::domain::{Role, accounts::Account};

const LABELS: Labels = &[("token", "Token")];

/// What stood in the mail to a new address.
#[validated]
pub(crate) struct Confirmation {
    #[validate(length(max = 128))]
    #[not_secret = "because the form is shown again with it until it is used; nothing else shows it"]
    token: String,
}

#[derive(Template)]
#[template(path = "confirm_email.html")]
struct ConfirmEmail {
    frame: Frame,
    form: FormView,
}

#[get("/confirm-email")]
#[public]
#[validated]
pub(crate) async fn show(
    nonce: CspNonce,
    csrf: CsrfToken,
    visitor: Option<CurrentUser<Account>>,
    link: Query<Link>,
) -> Result<impl Responder, Problem> {
    let form = Unaccepted::blank::<Confirmation>().with("token", &link.token);
    confirm(Frame::new(nonce, csrf, visitor), &form)
}

#[post("/confirm-email")]
#[public]
#[rate_limit("10/minute")]
#[validated]
pub(crate) async fn submit(
    nonce: CspNonce,
    csrf: CsrfToken,
    visitor: Option<CurrentUser<Account>>,
    change: AddressChange,
    sent: Checked<Form<Confirmation>>,
) -> Result<impl Responder, Problem> {
    let frame = Frame::new(nonce, csrf, visitor);
    let (confirmation, mut form) = match sent.accept() {
        Ok(accepted) => accepted,
        Err(form) => return confirm(frame, &form),
    };
    match change.confirm(&Secret::new(confirmation.token)).await {
        Ok(()) => Ok(see_other(&Notice::AddressConfirmed.at("/login"))),
        Err(problem) => {
            refuse(&mut form, problem)?;
            confirm(frame, &form)
        }
    }
}

fn confirm(frame: Frame, form: &Unaccepted) -> Result<HttpResponse, Problem> {
    let form = FormView::new(form, LABELS);
    let content = ConfirmEmail { frame, form };
    form_page(&content.form, &content)
}
