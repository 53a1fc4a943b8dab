use actix_web::{
    Responder,
    web::{Data, Query},
};
use askama::Template;
use secure_runtime::{csrf::CsrfToken, edge::CspNonce, prelude::*};

use super::{
    assets,
    frame::{Frame, page},
    notice::Notice,
};
use crate::domain::{
    Page, PageNumber, Role,
    accounts::Account,
    articles::{Article, Articles},
};

/// What is looked for, and what has just been done.
#[validated(unknown = "ignore")]
pub(crate) struct Search {
    #[validate(length(max = 100), non_control_character)]
    #[serde(default)]
    q: String,
    #[validate(range(min = 1, max = 1_000_000))]
    page: Option<u32>,
    #[validate(length(max = 32))]
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    frame: Frame,
    q: &'a str,
    found: Page<Article>,
}

#[get("/")]
#[public]
#[validated]
pub(crate) async fn show(
    nonce: CspNonce,
    csrf: CsrfToken,
    reader: Option<CurrentUser<Account>>,
    articles: Data<Articles>,
    search: Query<Search>,
) -> Result<impl Responder, Problem> {
    let account = reader.as_ref().map(CurrentUser::account);
    let number = PageNumber::new(search.page);
    let found = articles.list(account, &search.q, number).await?;
    let done = search.done.as_deref().and_then(Notice::named);
    page(&Home {
        frame: Frame::new(nonce, csrf, reader).saying(done),
        q: &search.q,
        found,
    })
}
