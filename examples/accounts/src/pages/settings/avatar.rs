//! The picture of the account: its form stands on the page of the profile.

use actix_web::{Responder, web::Data};
use secure_runtime::{prelude::*, upload::Multipart};

use crate::{
    api::avatar::Picture,
    domain::{Scope, accounts::Account},
    pages::{frame::see_other, notice::Notice},
    pictures::Pictures,
};

#[post("/settings/avatar")]
#[protected(scopes = "profile:write")]
#[rate_limit("10/minute", by = "user")]
#[validated]
pub(crate) async fn replace(
    user: CurrentUser<Account>,
    pictures: Data<Pictures>,
    sent: Multipart<Picture>,
) -> Result<impl Responder, Problem> {
    pictures
        .replace(user.account().id, sent.into_inner().file)
        .await?;
    Ok(see_other(&Notice::Saved.at("/settings")))
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
