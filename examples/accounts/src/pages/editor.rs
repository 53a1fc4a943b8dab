//! Writing an article, and writing it anew.

use actix_web::{
    HttpResponse, Responder,
    web::{Data, Form},
};
use askama::Template;
use secure_runtime::{Unaccepted, csrf::CsrfToken, edge::CspNonce, prelude::*};
use uuid::Uuid;

use super::{
    assets,
    form::{FormView, Labels},
    frame::{Frame, form_page, page, see_other},
    notice::Notice,
};
use crate::{
    api::articles::ArticleText,
    domain::{
        Role, Scope,
        accounts::Account,
        articles::{Article, Articles, Edit},
    },
};

const LABELS: Labels = &[
    ("title", "Title"),
    ("body_html", "Text"),
    ("draft", "Keep it as a draft"),
];

#[derive(Template)]
#[template(path = "editor.html")]
struct Editor<'a> {
    frame: Frame,
    form: FormView,
    heading: &'a str,
    /// Where the form goes, and where one gets without it.
    action: &'a str,
    back: &'a str,
}

#[derive(Template)]
#[template(path = "delete.html")]
struct Deletion<'a> {
    frame: Frame,
    article: &'a Article,
}

#[get("/write")]
#[protected(scopes = "articles:write")]
pub(crate) async fn blank(
    nonce: CspNonce,
    csrf: CsrfToken,
    author: CurrentUser<Account>,
) -> Result<impl Responder, Problem> {
    let frame = Frame::of(nonce, csrf, author.account());
    write(frame, &Unaccepted::blank::<ArticleText>())
}

#[post("/write")]
#[protected(scopes = "articles:write")]
#[validated]
pub(crate) async fn create(
    nonce: CspNonce,
    csrf: CsrfToken,
    author: CurrentUser<Account>,
    articles: Data<Articles>,
    sent: Checked<Form<ArticleText>>,
) -> Result<impl Responder, Problem> {
    let text = match sent.into_result() {
        Ok(text) => text,
        Err(form) => return write(Frame::of(nonce, csrf, author.account()), &form),
    };
    let article = articles.create(author.account(), text.as_text()).await?;
    Ok(saved(article.id))
}

#[get("/articles/{id}/edit")]
#[protected(scopes = "articles:write")]
pub(crate) async fn filled_in(
    nonce: CspNonce,
    csrf: CsrfToken,
    editor: CurrentUser<Account>,
    article: Authorized<Article, Edit>,
) -> Result<impl Responder, Problem> {
    let form = Unaccepted::blank::<ArticleText>()
        .with("title", &article.title)
        .with("body_html", article.body_html.html().as_str())
        .with("draft", article.draft);
    rewrite(Frame::of(nonce, csrf, editor.account()), article.id, &form)
}

#[post("/articles/{id}/edit")]
#[protected(scopes = "articles:write")]
#[validated]
pub(crate) async fn replace(
    nonce: CspNonce,
    csrf: CsrfToken,
    editor: CurrentUser<Account>,
    article: Authorized<Article, Edit>,
    articles: Data<Articles>,
    sent: Checked<Form<ArticleText>>,
) -> Result<impl Responder, Problem> {
    let text = match sent.into_result() {
        Ok(text) => text,
        Err(form) => return rewrite(Frame::of(nonce, csrf, editor.account()), article.id, &form),
    };
    let article = articles.update(&article, text.as_text()).await?;
    Ok(saved(article.id))
}

/// Asks first: without JavaScript nothing else would.
#[get("/articles/{id}/delete")]
#[protected(scopes = "articles:write")]
pub(crate) async fn ask(
    nonce: CspNonce,
    csrf: CsrfToken,
    editor: CurrentUser<Account>,
    article: Authorized<Article, Edit>,
) -> Result<impl Responder, Problem> {
    page(&Deletion {
        frame: Frame::of(nonce, csrf, editor.account()),
        article: &article,
    })
}

#[post("/articles/{id}/delete")]
#[protected(scopes = "articles:write")]
pub(crate) async fn delete(
    article: Authorized<Article, Edit>,
    articles: Data<Articles>,
) -> Result<impl Responder, Problem> {
    articles.delete(&article).await?;
    Ok(see_other(&Notice::ArticleDeleted.at("/")))
}

fn write(frame: Frame, form: &Unaccepted) -> Result<HttpResponse, Problem> {
    edit(frame, form, "Write an article", "/write", "/")
}

fn rewrite(frame: Frame, id: Uuid, form: &Unaccepted) -> Result<HttpResponse, Problem> {
    let (action, back) = (
        format!("/articles/{id}/edit"),
        format!("/articles/{id}/read"),
    );
    edit(frame, form, "Edit the article", &action, &back)
}

fn edit(
    frame: Frame,
    form: &Unaccepted,
    heading: &str,
    action: &str,
    back: &str,
) -> Result<HttpResponse, Problem> {
    let form = FormView::new(form, LABELS);
    let editor = Editor {
        frame,
        form,
        heading,
        action,
        back,
    };
    form_page(&editor.form, &editor)
}

fn saved(id: Uuid) -> HttpResponse {
    see_other(&Notice::ArticleSaved.at(&format!("/articles/{id}/read")))
}
