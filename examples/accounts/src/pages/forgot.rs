use actix_web::{
    HttpResponse, Responder,
    web::{Form, Query},
};
use askama::Template;
use secure_runtime::{
    Unaccepted, account::PasswordReset, csrf::CsrfToken, edge::CspNonce, prelude::*,
};

use super::{
    assets,
    form::{FormView, Labels, refuse},
    frame::{Frame, form_page, see_other},
    notice::{Notice, Told},
};
use crate::{
    api::auth::Forgotten,
    domain::{Role, accounts::Account},
};

const LABELS: Labels = &[("email", "E-mail address")];

#[derive(Template)]
#[template(path = "forgot.html")]
struct Forgot {
    frame: Frame,
    form: FormView,
}

#[get("/forgot")]
#[public]
#[validated]
pub(crate) async fn show(
    nonce: CspNonce,
    csrf: CsrfToken,
    visitor: Option<CurrentUser<Account>>,
    told: Query<Told>,
) -> Result<impl Responder, Problem> {
    let frame = Frame::new(nonce, csrf, visitor).saying(told.notice());
    forgot(frame, &Unaccepted::blank::<Forgotten>())
}

/// The answer is the same whether or not there is an account.
#[post("/forgot")]
#[public]
#[rate_limit("5/minute")]
#[validated]
pub(crate) async fn submit(
    nonce: CspNonce,
    csrf: CsrfToken,
    visitor: Option<CurrentUser<Account>>,
    reset: PasswordReset,
    sent: Checked<Form<Forgotten>>,
) -> Result<impl Responder, Problem> {
    let frame = Frame::new(nonce, csrf, visitor);
    let (forgotten, mut form) = match sent.accept() {
        Ok(accepted) => accepted,
        Err(form) => return forgot(frame, &form),
    };
    match reset.request(&forgotten.email).await {
        Ok(()) => Ok(see_other(&Notice::LinkMailed.at("/forgot"))),
        Err(problem) => {
            refuse(&mut form, problem)?;
            forgot(frame, &form)
        }
    }
}

fn forgot(frame: Frame, form: &Unaccepted) -> Result<HttpResponse, Problem> {
    let form = FormView::new(form, LABELS);
    let content = Forgot { frame, form };
    form_page(&content.form, &content)
}
