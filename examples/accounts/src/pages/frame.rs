use actix_web::{
    HttpResponse,
    http::{StatusCode, header::LOCATION},
};
use askama::Template;
use secure_runtime::{CurrentUser, Problem, csrf::CsrfToken, edge::CspNonce};

use super::{form::FormView, notice::Notice};
use crate::domain::accounts::Account;

/// What stands around the content of every page.
pub(crate) struct Frame {
    /// Without it the page's script does not run.
    pub(crate) nonce: CspNonce,
    /// What every form sends back.
    pub(crate) csrf: CsrfToken,
    /// Who looks at the page.
    pub(crate) visitor: Option<Account>,
    /// What has just been done.
    pub(crate) notice: Option<Notice>,
}

impl Frame {
    /// Around a page for everybody.
    pub(crate) fn new(
        nonce: CspNonce,
        csrf: CsrfToken,
        visitor: Option<CurrentUser<Account>>,
    ) -> Self {
        Self {
            nonce,
            csrf,
            visitor: visitor.map(CurrentUser::into_account),
            notice: None,
        }
    }

    /// Around a page for whoever is signed in.
    pub(crate) fn of(nonce: CspNonce, csrf: CsrfToken, account: &Account) -> Self {
        Self {
            nonce,
            csrf,
            visitor: Some(account.clone()),
            notice: None,
        }
    }

    /// The same, saying what has just been done.
    pub(crate) fn saying(mut self, notice: Option<Notice>) -> Self {
        self.notice = notice;
        self
    }
}

/// A page.
pub(crate) fn page(content: &impl Template) -> Result<HttpResponse, Problem> {
    answer(StatusCode::OK, content)
}

/// A page with a form: 422 where what was sent is not accepted.
pub(crate) fn form_page(form: &FormView, content: &impl Template) -> Result<HttpResponse, Problem> {
    match form.is_refused() {
        true => answer(StatusCode::UNPROCESSABLE_ENTITY, content),
        false => page(content),
    }
}

/// Where to go on after something was done (Post/Redirect/Get), so that reloading does not do it again.
pub(crate) fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((LOCATION, path))
        .finish()
}

fn answer(status: StatusCode, content: &impl Template) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .body(content.render()?))
}
