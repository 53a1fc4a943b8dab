use actix_web::{
    HttpResponse, Responder,
    web::{Data, Form, Query},
};
use askama::Template;
use secure_runtime::{Unaccepted, csrf::CsrfToken, edge::CspNonce, prelude::*};

use crate::{
    api::{avatar::Picture, me::ProfileChange},
    domain::{
        Role, Scope,
        accounts::{Account, Accounts},
        avatars::Avatars,
    },
    pages::{
        assets,
        form::{FormView, Labels},
        frame::{Frame, form_page, see_other},
        notice::{Notice, Told},
    },
};

const LABELS: Labels = &[("username", "Name")];
const PICTURE_LABELS: Labels = &[("file", "Picture")];

#[derive(Template)]
#[template(path = "settings/profile.html")]
struct Profile<'a> {
    frame: Frame,
    form: FormView,
    picture: FormView,
    account: &'a Account,
    has_picture: bool,
}

#[get("/settings")]
#[protected(scopes = "profile:read")]
#[validated]
pub(crate) async fn show(
    nonce: CspNonce,
    csrf: CsrfToken,
    user: CurrentUser<Account>,
    avatars: Data<Avatars>,
    told: Query<Told>,
) -> Result<impl Responder, Problem> {
    let frame = Frame::of(nonce, csrf, user.account()).saying(told.notice());
    let form = as_it_is(user.account());
    profile(frame, user.account(), &avatars, &form, &no_picture()).await
}

#[post("/settings")]
#[protected(scopes = "profile:write")]
#[validated]
pub(crate) async fn change(
    nonce: CspNonce,
    csrf: CsrfToken,
    user: CurrentUser<Account>,
    accounts: Data<Accounts>,
    avatars: Data<Avatars>,
    sent: Checked<Form<ProfileChange>>,
) -> Result<impl Responder, Problem> {
    let account = user.account();
    match sent.into_result() {
        Ok(change) => {
            accounts.rename(account.id, &change.username).await?;
            Ok(see_other(&Notice::Saved.at("/settings")))
        }
        Err(form) => {
            let frame = Frame::of(nonce, csrf, account);
            profile(frame, account, &avatars, &form, &no_picture()).await
        }
    }
}

/// The form with what there is.
pub(super) fn as_it_is(account: &Account) -> Unaccepted {
    Unaccepted::blank::<ProfileChange>().with("username", &account.username)
}

fn no_picture() -> Unaccepted {
    Unaccepted::blank::<Picture>()
}

/// The page, of whose two forms one may be refused.
pub(super) async fn profile(
    frame: Frame,
    account: &Account,
    avatars: &Avatars,
    form: &Unaccepted,
    picture: &Unaccepted,
) -> Result<HttpResponse, Problem> {
    let content = Profile {
        frame,
        form: FormView::new(form, LABELS),
        picture: FormView::new(picture, PICTURE_LABELS),
        account,
        has_picture: avatars.of(account.id).await?.is_some(),
    };
    match content.picture.is_refused() {
        true => form_page(&content.picture, &content),
        false => form_page(&content.form, &content),
    }
}
