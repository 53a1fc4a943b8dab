use actix_web::{
    HttpResponse, Responder,
    web::{Data, Json, Query},
};
use secure_runtime::{field::SafeHtml, prelude::*};
use serde::Serialize;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::domain::{
    Manuscript, PageNumber, Scope,
    accounts::Account,
    articles::{Article, Articles, Edit, Read, Text},
};

/// An article as everybody sees it.
#[derive(Serialize)]
struct ArticleView {
    id: Uuid,
    title: String,
    body_html: SafeHtml<Manuscript>,
    author: Uuid,
    draft: bool,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
}

/// What is looked for.
#[validated]
pub(crate) struct Search {
    #[validate(length(max = 100), non_control_character)]
    #[serde(default)]
    q: String,
    #[validate(range(min = 1, max = 1_000_000))]
    page: Option<u32>,
}

/// What an author sends.
#[validated]
pub(crate) struct ArticleText {
    #[validate(length(min = 1, max = 200), printable)]
    title: String,
    body_html: SafeHtml<Manuscript>,
    draft: Option<bool>,
}

#[get("/articles")]
#[public]
#[validated]
pub(crate) async fn list(
    reader: Option<CurrentUser<Account>>,
    articles: Data<Articles>,
    search: Query<Search>,
) -> Result<impl Responder, Problem> {
    let reader = reader.as_ref().map(CurrentUser::account);
    let page = PageNumber::new(search.page);
    let found = articles.list(reader, &search.q, page).await?;
    Ok(Json(found.map(ArticleView::from)))
}

#[get("/articles/{id}")]
#[public]
pub(crate) async fn show(article: Authorized<Article, Read>) -> impl Responder {
    Json(ArticleView::from(article.into_inner()))
}

#[post("/articles")]
#[protected(scopes = "articles:write", via = ["bearer", "session", "api_key"])]
#[rate_limit("60/minute", by = "api_key")]
#[validated]
pub(crate) async fn create(
    author: CurrentUser<Account>,
    articles: Data<Articles>,
    text: Json<ArticleText>,
) -> Result<impl Responder, Problem> {
    let article = articles.create(author.account(), text.as_text()).await?;
    Ok(HttpResponse::Created()
        .insert_header(("Location", format!("/articles/{}", article.id)))
        .json(ArticleView::from(article)))
}

#[put("/articles/{id}")]
#[protected(scopes = "articles:write", via = ["bearer", "session", "api_key"])]
#[validated]
pub(crate) async fn replace(
    article: Authorized<Article, Edit>,
    articles: Data<Articles>,
    text: Json<ArticleText>,
) -> Result<impl Responder, Problem> {
    let article = articles.update(&article, text.as_text()).await?;
    Ok(Json(ArticleView::from(article)))
}

#[delete("/articles/{id}")]
#[protected(scopes = "articles:write", via = ["bearer", "session", "api_key"])]
pub(crate) async fn delete(
    article: Authorized<Article, Edit>,
    articles: Data<Articles>,
) -> Result<impl Responder, Problem> {
    articles.delete(&article).await?;
    Ok(HttpResponse::NoContent())
}

impl ArticleText {
    pub(crate) fn as_text(&self) -> Text<'_> {
        Text {
            title: &self.title,
            body_html: &self.body_html,
            draft: self.draft.unwrap_or(false),
        }
    }
}

impl From<Article> for ArticleView {
    fn from(article: Article) -> Self {
        Self {
            id: article.id,
            title: article.title,
            body_html: article.body_html.html().clone(),
            author: article.author,
            draft: article.draft,
            created_at: article.created_at.0,
        }
    }
}
