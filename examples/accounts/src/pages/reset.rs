//! The link of the mail to whoever has forgotten the password leads here; of its token, see `verify.rs`.

use actix_web::{
    HttpResponse, Responder,
    web::{Form, Query},
};
use askama::Template;
use secure_runtime::{
    Unaccepted,
    account::{PasswordReset, ResetOptions},
    csrf::CsrfToken,
    edge::CspNonce,
    prelude::*,
};

use super::{
    assets,
    form::{FormView, Labels, refuse},
    frame::{Frame, form_page, see_other},
    notice::Notice,
    verify::Link,
};
use crate::domain::{Role, accounts::Account};

const LABELS: Labels = &[
    ("token", "Token"),
    ("new_password", "New password"),
    ("revoke_api_keys", "Revoke my API keys, too"),
];

/// What stood in the mail, and the password from now on.
#[validated]
pub(crate) struct NewPassword {
    #[validate(length(max = 128))]
    #[not_secret = "because the form is shown again with it until it is used; nothing else shows it"]
    token: String,
    #[validate(length(max = 1024))]
    new_password: Secret<String>,
    revoke_api_keys: Option<bool>,
}

#[derive(Template)]
#[template(path = "reset.html")]
struct Reset {
    frame: Frame,
    form: FormView,
}

#[get("/reset")]
#[public]
#[validated]
pub(crate) async fn show(
    nonce: CspNonce,
    csrf: CsrfToken,
    visitor: Option<CurrentUser<Account>>,
    link: Query<Link>,
) -> Result<impl Responder, Problem> {
    let form = Unaccepted::blank::<NewPassword>().with("token", &link.token);
    reset(Frame::new(nonce, csrf, visitor), &form)
}

/// It signs nobody in, and whoever was signed in no longer is.
#[post("/reset")]
#[public]
#[rate_limit("10/minute")]
#[validated]
pub(crate) async fn submit(
    nonce: CspNonce,
    csrf: CsrfToken,
    visitor: Option<CurrentUser<Account>>,
    password: PasswordReset,
    sent: Checked<Form<NewPassword>>,
) -> Result<impl Responder, Problem> {
    let frame = Frame::new(nonce, csrf, visitor);
    let (new, mut form) = match sent.accept() {
        Ok(accepted) => accepted,
        Err(form) => return reset(frame, &form),
    };
    let token = Secret::new(new.token);
    let options = ResetOptions::new().revoke_api_keys(new.revoke_api_keys.unwrap_or(false));
    match password.confirm(&token, new.new_password, options).await {
        Ok(()) => Ok(see_other(&Notice::PasswordSet.at("/login"))),
        Err(problem) => {
            refuse(&mut form, problem)?;
            reset(frame, &form)
        }
    }
}

fn reset(frame: Frame, form: &Unaccepted) -> Result<HttpResponse, Problem> {
    let form = FormView::new(form, LABELS);
    let content = Reset { frame, form };
    form_page(&content.form, &content)
}
