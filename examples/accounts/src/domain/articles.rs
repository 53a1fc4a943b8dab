use sqlx::{FromRow, SqlitePool};
use uuid::Uuid;

use super::{
    Failure, Page, PageNumber, Role,
    accounts::{Account, Moment},
    now,
};

/// An article.
#[derive(Debug, FromRow)]
pub(crate) struct Article {
    pub(crate) id: Uuid,
    #[sqlx(rename = "author_id")]
    pub(crate) author: Uuid,
    /// The author's display name.
    pub(crate) author_name: String,
    pub(crate) title: String,
    pub(crate) body_html: String,
    pub(crate) draft: bool,
    #[sqlx(try_from = "i64")]
    pub(crate) created_at: Moment,
}

/// What an author writes.
#[derive(Debug)]
pub(crate) struct Text<'a> {
    pub(crate) title: &'a str,
    pub(crate) body_html: &'a str,
    pub(crate) draft: bool,
}

/// The proof that somebody may change an article: only [`Articles::editable_by`] makes one, and
/// nothing is changed without one.
#[derive(Debug)]
pub(crate) struct Editable {
    article: Article,
}

/// The articles in the database.
#[derive(Debug)]
pub(crate) struct Articles {
    pool: SqlitePool,
}

impl Articles {
    pub(crate) fn new(pool: SqlitePool) -> Self {
        Self { pool }
    }

    /// What `reader` may see and holds `search` in its title or text, the newest first.
    pub(crate) async fn list(
        &self,
        reader: Option<&Account>,
        search: &str,
        page: PageNumber,
    ) -> Result<Page<Article>, Failure> {
        let reader = reader.map(|account| account.id);
        let pattern = containing(search);
        let total = sqlx::query_scalar(
            r"SELECT COUNT(*) FROM articles WHERE (draft = 0 OR author_id = ?1)
              AND (title LIKE ?2 ESCAPE '\' OR body_html LIKE ?2 ESCAPE '\')",
        )
        .bind(reader)
        .bind(&pattern)
        .fetch_one(&self.pool)
        .await?;
        let articles = sqlx::query_as(
            r"SELECT articles.*, username AS author_name
              FROM articles JOIN accounts ON accounts.id = author_id WHERE (draft = 0 OR author_id = ?1)
              AND (title LIKE ?2 ESCAPE '\' OR body_html LIKE ?2 ESCAPE '\')
              ORDER BY articles.id DESC LIMIT ?3 OFFSET ?4",
        )
        .bind(reader)
        .bind(&pattern)
        .bind(page.limit())
        .bind(page.offset())
        .fetch_all(&self.pool)
        .await?;
        Ok(Page::new(articles, page, total))
    }

    /// The article, if `reader` may see it.
    pub(crate) async fn visible_to(
        &self,
        reader: Option<&Account>,
        id: Uuid,
    ) -> Result<Article, Failure> {
        let article: Article = sqlx::query_as(
            "SELECT articles.*, username AS author_name \
             FROM articles JOIN accounts ON accounts.id = author_id WHERE articles.id = ?",
        )
        .bind(id)
        .fetch_one(&self.pool)
        .await?;
        let is_author = reader.is_some_and(|reader| reader.id == article.author);
        match !article.draft || is_author {
            true => Ok(article),
            false => Err(Failure::NotFound),
        }
    }

    /// The article, if `editor` wrote it or is a moderator who may see it.
    pub(crate) async fn editable_by(
        &self,
        editor: &Account,
        id: Uuid,
    ) -> Result<Editable, Failure> {
        let article = self.visible_to(Some(editor), id).await?;
        match article.is_editable_by(editor) {
            true => Ok(Editable { article }),
            false => Err(Failure::Forbidden),
        }
    }

    pub(crate) async fn create(
        &self,
        author: &Account,
        text: Text<'_>,
    ) -> Result<Article, Failure> {
        let created = sqlx::query_as(
            "INSERT INTO articles (id, author_id, title, body_html, draft, created_at) \
             VALUES (?, ?, ?, ?, ?, ?) \
             RETURNING *, (SELECT username FROM accounts WHERE id = author_id) AS author_name",
        )
        .bind(Uuid::now_v7())
        .bind(author.id)
        .bind(text.title)
        .bind(text.body_html)
        .bind(text.draft)
        .bind(now())
        .fetch_one(&self.pool)
        .await;
        created.map_err(|error: sqlx::Error| match error.as_database_error() {
            // Somebody has deleted the author since the request began.
            Some(error) if error.is_foreign_key_violation() => Failure::SignedOut,
            _ => error.into(),
        })
    }

    pub(crate) async fn update(
        &self,
        target: Editable,
        text: Text<'_>,
    ) -> Result<Article, Failure> {
        let article = sqlx::query_as(
            "UPDATE articles SET title = ?, body_html = ?, draft = ? WHERE id = ? \
             RETURNING *, (SELECT username FROM accounts WHERE id = author_id) AS author_name",
        )
        .bind(text.title)
        .bind(text.body_html)
        .bind(text.draft)
        .bind(target.article.id)
        .fetch_one(&self.pool)
        .await?;
        Ok(article)
    }

    pub(crate) async fn delete(&self, target: Editable) -> Result<(), Failure> {
        sqlx::query("DELETE FROM articles WHERE id = ?")
            .bind(target.article.id)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

impl Article {
    /// Whether somebody who sees it may change it.
    pub(crate) fn is_editable_by(&self, editor: &Account) -> bool {
        self.author == editor.id || editor.role.includes(Role::Moderator)
    }
}

impl Editable {
    pub(crate) fn article(&self) -> &Article {
        &self.article
    }
}

/// The `LIKE` pattern for a text that contains `search`, in which no character is a wildcard.
fn containing(search: &str) -> String {
    let mut pattern = String::from("%");
    for character in search.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use std::{env, fs};

    use time::OffsetDateTime;

    use super::*;
    use crate::domain::{accounts::Moment, database};

    #[actix_web::test]
    async fn an_author_who_is_gone_writes_nothing() {
        let folder = env::temp_dir().join(Uuid::now_v7().to_string());
        let url = format!("sqlite:{}/accounts.db", folder.display());
        let articles = Articles::new(database::open(&url).await.expect("a new database"));
        let nobody = Account {
            id: Uuid::now_v7(),
            email: "ada@example.com".to_owned(),
            username: "Ada".to_owned(),
            role: Role::User,
            disabled: false,
            created_at: Moment(OffsetDateTime::UNIX_EPOCH),
        };
        let text = Text {
            title: "On notes",
            body_html: "",
            draft: false,
        };
        let failure = articles.create(&nobody, text).await;
        assert!(matches!(failure, Err(Failure::SignedOut)), "{failure:?}");
        fs::remove_dir_all(folder).expect("the folder");
    }

    #[test]
    fn a_search_has_no_wildcards() {
        assert_eq!(containing("100%_\\"), r"%100\%\_\\%");
        assert_eq!(containing("' OR 1=1 --"), "%' OR 1=1 --%");
    }
}
