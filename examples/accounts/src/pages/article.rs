use actix_web::{
    Responder,
    web::{Data, Path, Query},
};
use askama::Template;
use secure_runtime::{csrf::CsrfToken, edge::CspNonce, prelude::*};
use uuid::Uuid;

use super::{
    assets,
    frame::{Frame, page},
    notice::Told,
};
use crate::domain::{
    Role,
    accounts::Account,
    articles::{Article, Articles},
};

#[derive(Template)]
#[template(path = "article.html")]
struct Reading {
    frame: Frame,
    article: Article,
    may_edit: bool,
}

/// Beside `GET /articles/{id}`, which programs read.
#[get("/articles/{id}/read")]
#[public]
#[validated]
pub(crate) async fn show(
    nonce: CspNonce,
    csrf: CsrfToken,
    reader: Option<CurrentUser<Account>>,
    articles: Data<Articles>,
    id: Path<Uuid>,
    told: Query<Told>,
) -> Result<impl Responder, Problem> {
    let account = reader.as_ref().map(CurrentUser::account);
    let article = articles.visible_to(account, *id).await?;
    page(&Reading {
        may_edit: account.is_some_and(|account| article.is_editable_by(account)),
        frame: Frame::new(nonce, csrf, reader).saying(told.notice()),
        article,
    })
}
