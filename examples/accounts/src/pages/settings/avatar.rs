//! The picture of the account: its form stands on the page of the profile.

use actix_web::{Responder, web::Data};
use secure_runtime::{csrf::CsrfToken, edge::CspNonce, prelude::*, upload::Multipart};

use crate::{
    api::avatar::Picture,
    domain::{Scope, accounts::Account, avatars::Avatars},
    pages::{
        frame::{Frame, see_other},
        notice::Notice,
        settings::profile::{as_it_is, profile},
    },
    pictures::Pictures,
};

#[post("/settings/avatar")]
#[protected(scopes = "profile:write")]
#[rate_limit("10/minute", by = "user")]
#[validated]
pub(crate) async fn replace(
    nonce: CspNonce,
    csrf: CsrfToken,
    user: CurrentUser<Account>,
    avatars: Data<Avatars>,
    pictures: Data<Pictures>,
    sent: Checked<Multipart<Picture>>,
) -> Result<impl Responder, Problem> {
    let account = user.account();
    match sent.into_result() {
        Ok(picture) => {
            pictures.replace(account.id, picture.file).await?;
            Ok(see_other(&Notice::Saved.at("/settings")))
        }
        Err(picture) => {
            let frame = Frame::of(nonce, csrf, account);
            profile(frame, account, &avatars, &as_it_is(account), &picture).await
        }
    }
}

#[post("/settings/avatar/remove")]
#[protected(scopes = "profile:write")]
pub(crate) async fn remove(
    user: CurrentUser<Account>,
    pictures: Data<Pictures>,
) -> Result<impl Responder, Problem> {
    pictures.remove(user.account().id).await?;
    Ok(see_other(&Notice::Saved.at("/settings")))
}
