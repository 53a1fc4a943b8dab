use actix_web::{
    HttpResponse, Responder,
    web::{Form, Query},
};
use askama::Template;
use secure_runtime::{Unaccepted, account::SignUp, csrf::CsrfToken, edge::CspNonce, prelude::*};

use super::{
    assets,
    form::{FormView, Labels, refuse},
    frame::{Frame, form_page, see_other},
    notice::{Notice, Told},
};
use crate::{
    api::auth::{Details, Registration},
    domain::{Role, accounts::Account},
};

const LABELS: Labels = &[("email", "E-mail address"), ("username", "Name")];

#[derive(Template)]
#[template(path = "register.html")]
struct Register {
    frame: Frame,
    form: FormView,
}

#[get("/register")]
#[public]
#[validated]
pub(crate) async fn show(
    nonce: CspNonce,
    csrf: CsrfToken,
    visitor: Option<CurrentUser<Account>>,
    told: Query<Told>,
) -> Result<impl Responder, Problem> {
    let frame = Frame::new(nonce, csrf, visitor).saying(told.notice());
    register(frame, &Unaccepted::blank::<Registration>())
}

/// The answer is the same whether or not the address has an account: what differs is the mail.
#[post("/register")]
#[public]
#[rate_limit("5/minute")]
#[validated]
pub(crate) async fn submit(
    nonce: CspNonce,
    csrf: CsrfToken,
    visitor: Option<CurrentUser<Account>>,
    sign_up: SignUp,
    sent: Checked<Form<Registration>>,
) -> Result<impl Responder, Problem> {
    let frame = Frame::new(nonce, csrf, visitor);
    let (new, mut form) = match sent.accept() {
        Ok(accepted) => accepted,
        Err(form) => return register(frame, &form),
    };
    let Registration { email, username } = new;
    match sign_up.request(&email, &Details { username }).await {
        Ok(()) => Ok(see_other(&Notice::LinkMailed.at("/register"))),
        Err(problem) => {
            refuse(&mut form, problem)?;
            register(frame, &form)
        }
    }
}

fn register(frame: Frame, form: &Unaccepted) -> Result<HttpResponse, Problem> {
    let form = FormView::new(form, LABELS);
    let content = Register { frame, form };
    form_page(&content.form, &content)
}
