//! The pictures of accounts.

use actix_web::{
    HttpResponse, Responder,
    web::{Data, Path},
};
use secure_runtime::{
    prelude::*,
    upload::{Download, Multipart, Upload, Uploads},
};
use uuid::Uuid;

use crate::{
    domain::{Scope, accounts::Account, avatars::Avatars},
    pictures::Pictures,
};

/// A picture, as it is sent.
#[validated]
pub(crate) struct Picture {
    #[upload(max = "2MiB", types = ["image/png", "image/jpeg", "image/webp"])]
    pub(crate) file: Upload,
}

#[put("/me/avatar")]
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
    Ok(HttpResponse::NoContent())
}

#[delete("/me/avatar")]
#[protected(scopes = "profile:write")]
pub(crate) async fn remove(
    user: CurrentUser<Account>,
    pictures: Data<Pictures>,
) -> Result<impl Responder, Problem> {
    pictures.remove(user.account().id).await?;
    Ok(HttpResponse::NoContent())
}

#[get("/users/{id}/avatar")]
#[public]
#[validated]
pub(crate) async fn show(
    avatars: Data<Avatars>,
    uploads: Uploads,
    id: Path<Uuid>,
) -> Result<Download, Problem> {
    let file = avatars.of(*id).await?.ok_or_else(Problem::not_found)?;
    let found = uploads.open(&file).await?;
    Ok(found.ok_or_else(Problem::not_found)?.inline())
}
