use actix_web::{Responder, web::Query};
use askama::Template;
use secure_runtime::{csrf::CsrfToken, edge::CspNonce, prelude::*};

use super::{
    assets,
    frame::{Frame, page},
    notice::Told,
};
use crate::domain::{
    Role,
    accounts::Account,
    articles::{Article, Read},
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
    article: Authorized<Article, Read>,
    told: Query<Told>,
) -> Result<impl Responder, Problem> {
    let account = reader.as_ref().map(CurrentUser::account);
    page(&Reading {
        may_edit: article.may_be_edited_by(account).is_allowed(),
        frame: Frame::new(nonce, csrf, reader).saying(told.notice()),
        article: article.into_inner(),
    })
}
