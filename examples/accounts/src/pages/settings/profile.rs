use actix_web::{
    HttpResponse, Responder,
    web::{Data, Form, Query},
};
use askama::Template;
use secure_runtime::{Unaccepted, csrf::CsrfToken, edge::CspNonce, prelude::*};

use crate::{
    api::me::ProfileChange,
    domain::{
        Role, Scope,
        accounts::{Account, Accounts},
    },
    pages::{
        assets,
        form::{FormView, Labels},
        frame::{Frame, form_page, see_other},
        notice::{Notice, Told},
    },
};

const LABELS: Labels = &[("username", "Name")];

#[derive(Template)]
#[template(path = "settings/profile.html")]
struct Profile<'a> {
    frame: Frame,
    form: FormView,
    account: &'a Account,
}

#[get("/settings")]
#[protected(scopes = "profile:read")]
#[validated]
pub(crate) async fn show(
    nonce: CspNonce,
    csrf: CsrfToken,
    user: CurrentUser<Account>,
    told: Query<Told>,
) -> Result<impl Responder, Problem> {
    let frame = Frame::of(nonce, csrf, user.account()).saying(told.notice());
    let form = Unaccepted::blank::<ProfileChange>().with("username", &user.account().username);
    profile(frame, user.account(), &form)
}

#[post("/settings")]
#[protected(scopes = "profile:write")]
#[validated]
pub(crate) async fn change(
    nonce: CspNonce,
    csrf: CsrfToken,
    user: CurrentUser<Account>,
    accounts: Data<Accounts>,
    sent: Checked<Form<ProfileChange>>,
) -> Result<impl Responder, Problem> {
    let account = user.account();
    match sent.into_result() {
        Ok(change) => {
            accounts.rename(account.id, &change.username).await?;
            Ok(see_other(&Notice::Saved.at("/settings")))
        }
        Err(form) => profile(Frame::of(nonce, csrf, account), account, &form),
    }
}

fn profile(frame: Frame, account: &Account, form: &Unaccepted) -> Result<HttpResponse, Problem> {
    let form = FormView::new(form, LABELS);
    let content = Profile {
        frame,
        form,
        account,
    };
    form_page(&content.form, &content)
}
