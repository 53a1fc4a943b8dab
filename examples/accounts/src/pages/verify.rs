//! The link of the mail to a new address leads here.
//!
//! The token is in the query of that address, since a page without JavaScript cannot read the fragment. It
//! stays here: the page is kept in no cache (`no-store`) and tells no other site where one comes from
//! (`Referrer-Policy: same-origin`), as every page does that takes a nonce. Looking at the page uses nothing
//! up, so that a mail reader which opens links in advance does no harm; the form sends the token in its body,
//! and it is good once.

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
    notice::Notice,
};
use crate::domain::{Role, accounts::Account};

const LABELS: Labels = &[("token", "Token"), ("password", "Password")];

/// The link that was mailed.
#[validated(unknown = "ignore")]
pub(crate) struct Link {
    #[validate(length(max = 128))]
    #[serde(default)]
    #[not_secret = "because it goes into the form of the page, and nowhere else"]
    pub(crate) token: String,
}

/// What stood in the mail, and the password of the account to be.
#[validated]
pub(crate) struct FirstPassword {
    #[validate(length(max = 128))]
    #[not_secret = "because the form is shown again with it until it is used; nothing else shows it"]
    token: String,
    #[validate(length(max = 1024))]
    password: Secret<String>,
}

#[derive(Template)]
#[template(path = "verify.html")]
struct Verify {
    frame: Frame,
    form: FormView,
}

#[get("/verify")]
#[public]
#[validated]
pub(crate) async fn show(
    nonce: CspNonce,
    csrf: CsrfToken,
    visitor: Option<CurrentUser<Account>>,
    link: Query<Link>,
) -> Result<impl Responder, Problem> {
    let form = Unaccepted::blank::<FirstPassword>().with("token", &link.token);
    verify(Frame::new(nonce, csrf, visitor), &form)
}

#[post("/verify")]
#[public]
#[rate_limit("10/minute")]
#[validated]
pub(crate) async fn submit(
    nonce: CspNonce,
    csrf: CsrfToken,
    visitor: Option<CurrentUser<Account>>,
    sign_up: SignUp,
    sent: Checked<Form<FirstPassword>>,
) -> Result<impl Responder, Problem> {
    let frame = Frame::new(nonce, csrf, visitor);
    let (first, mut form) = match sent.accept() {
        Ok(accepted) => accepted,
        Err(form) => return verify(frame, &form),
    };
    let token = Secret::new(first.token);
    match sign_up.confirm(&token, first.password).await {
        Ok(()) => Ok(see_other(&Notice::AccountMade.at("/login"))),
        Err(problem) => {
            refuse(&mut form, problem)?;
            verify(frame, &form)
        }
    }
}

fn verify(frame: Frame, form: &Unaccepted) -> Result<HttpResponse, Problem> {
    let form = FormView::new(form, LABELS);
    let content = Verify { frame, form };
    form_page(&content.form, &content)
}
