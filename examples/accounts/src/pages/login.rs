use actix_web::{
    HttpResponse, Responder,
    http::StatusCode,
    web::{Form, Query},
};
use askama::Template;
use secure_runtime::{
    Unaccepted,
    account::SessionSignIn,
    csrf::CsrfToken,
    edge::{CspNonce, LocalPath},
    prelude::*,
};

use super::{
    assets,
    form::{FormView, Labels},
    frame::{Frame, form_page},
    notice::Notice,
};
use crate::{
    api::auth::Credentials,
    domain::{Role, accounts::Account},
};

const LABELS: Labels = &[("email", "E-mail address"), ("password", "Password")];

/// One text for every reason.
const DENIED: &str = "The address or the password is wrong.";

/// Where one wanted to go, and what has just been done.
#[validated(unknown = "ignore")]
pub(crate) struct Way {
    next: Option<LocalPath>,
    #[validate(length(max = 32))]
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "login.html")]
struct Login<'a> {
    frame: Frame,
    form: FormView,
    next: Option<&'a str>,
}

#[get("/login")]
#[public]
#[validated]
pub(crate) async fn show(
    nonce: CspNonce,
    csrf: CsrfToken,
    visitor: Option<CurrentUser<Account>>,
    way: Query<Way>,
) -> Result<impl Responder, Problem> {
    let done = way.done.as_deref().and_then(Notice::named);
    let frame = Frame::new(nonce, csrf, visitor).saying(done);
    login(frame, &way, &Unaccepted::blank::<Credentials>())
}

/// Guesses are counted by account; the limit by address is for whoever tries many.
#[post("/login")]
#[public]
#[rate_limit("10/minute")]
#[validated]
pub(crate) async fn submit(
    nonce: CspNonce,
    csrf: CsrfToken,
    visitor: Option<CurrentUser<Account>>,
    sign_in: SessionSignIn,
    way: Query<Way>,
    sent: Checked<Form<Credentials>>,
) -> Result<impl Responder, Problem> {
    let frame = Frame::new(nonce, csrf, visitor);
    let (credentials, mut form) = match sent.accept() {
        Ok(accepted) => accepted,
        Err(form) => return login(frame, &way, &form),
    };
    let Credentials { email, password } = credentials;
    match sign_in.with_password(&email, password).await {
        Ok(_) => Ok(way.into_inner().next.unwrap_or_default().see_other()),
        Err(problem) if problem.status() == StatusCode::UNAUTHORIZED => {
            form.add_general(DENIED);
            login(frame, &way, &form)
        }
        Err(problem) => Err(problem),
    }
}

fn login(frame: Frame, way: &Way, form: &Unaccepted) -> Result<HttpResponse, Problem> {
    let content = Login {
        frame,
        form: FormView::new(form, LABELS),
        next: way.next.as_ref().map(LocalPath::as_str),
    };
    form_page(&content.form, &content)
}
