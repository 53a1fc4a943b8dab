use secure_runtime::{Authorized, Decision, field::SafeHtml};
use sqlx::{FromRow, SqlitePool};
use uuid::Uuid;

use super::{
    Body, Failure, Manuscript, Page, PageNumber, Role,
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
    #[sqlx(try_from = "String")]
    pub(crate) body_html: Body,
    pub(crate) draft: bool,
    #[sqlx(try_from = "i64")]
    pub(crate) created_at: Moment,
}

/// What an author writes.
#[derive(Debug)]
pub(crate) struct Text<'a> {
    pub(crate) title: &'a str,
    pub(crate) body_html: &'a SafeHtml<Manuscript>,
    pub(crate) draft: bool,
}

/// To read an article.
pub(crate) enum Read {}

/// To change an article, or to delete it. Nothing is changed without the proof that somebody may.
pub(crate) enum Edit {}

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
              AND (title LIKE ?2 ESCAPE '\' OR body_text LIKE ?2 ESCAPE '\')",
        )
        .bind(reader)
        .bind(&pattern)
        .fetch_one(&self.pool)
        .await?;
        let articles = sqlx::query_as(
            r"SELECT articles.*, username AS author_name
              FROM articles JOIN accounts ON accounts.id = author_id WHERE (draft = 0 OR author_id = ?1)
              AND (title LIKE ?2 ESCAPE '\' OR body_text LIKE ?2 ESCAPE '\')
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

    /// The article, whoever may see it.
    pub(crate) async fn find(&self, id: Uuid) -> Result<Option<Article>, Failure> {
        let article = sqlx::query_as(
            "SELECT articles.*, username AS author_name \
             FROM articles JOIN accounts ON accounts.id = author_id WHERE articles.id = ?",
        )
        .bind(id)
        .fetch_optional(&self.pool)
        .await?;
        Ok(article)
    }

    pub(crate) async fn create(
        &self,
        author: &Account,
        text: Text<'_>,
    ) -> Result<Article, Failure> {
        let created = sqlx::query_as(
            "INSERT INTO articles (id, author_id, title, body_html, body_text, draft, created_at) \
             VALUES (?, ?, ?, ?, ?, ?, ?) \
             RETURNING *, (SELECT username FROM accounts WHERE id = author_id) AS author_name",
        )
        .bind(Uuid::now_v7())
        .bind(author.id)
        .bind(text.title)
        .bind(text.body_html)
        .bind(text.body_html.to_plain_text().as_str())
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
        article: &Authorized<Article, Edit>,
        text: Text<'_>,
    ) -> Result<Article, Failure> {
        let updated = sqlx::query_as(
            "UPDATE articles SET title = ?, body_html = ?, body_text = ?, draft = ? WHERE id = ? \
             RETURNING *, (SELECT username FROM accounts WHERE id = author_id) AS author_name",
        )
        .bind(text.title)
        .bind(text.body_html)
        .bind(text.body_html.to_plain_text().as_str())
        .bind(text.draft)
        .bind(article.id)
        .fetch_one(&self.pool)
        .await?;
        Ok(updated)
    }

    pub(crate) async fn delete(&self, article: &Authorized<Article, Edit>) -> Result<(), Failure> {
        sqlx::query("DELETE FROM articles WHERE id = ?")
            .bind(article.id)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

impl Article {
    /// A draft is hidden from all but its author, and so is that there is one.
    pub(crate) fn may_be_read_by(&self, reader: Option<&Account>) -> Decision {
        match !self.draft || reader.is_some_and(|reader| reader.id == self.author) {
            true => Decision::Allow,
            false => Decision::Hide,
        }
    }

    /// Its author changes it, and moderators look after what everybody sees.
    pub(crate) fn may_be_edited_by(&self, editor: Option<&Account>) -> Decision {
        self.may_be_read_by(editor).and_then(|| match editor {
            Some(editor) if editor.id == self.author => Decision::Allow,
            Some(editor) if editor.role.includes(Role::Moderator) => Decision::Allow,
            _ => Decision::Forbid,
        })
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
    use crate::domain::database;

    #[actix_web::test]
    async fn an_author_who_is_gone_writes_nothing() {
        let folder = env::temp_dir().join(Uuid::now_v7().to_string());
        let url = format!("sqlite:{}/accounts.db", folder.display());
        let articles = Articles::new(database::open(&url).await.expect("a new database"));
        let nobody = account(Role::User);
        let body = SafeHtml::clean("").expect("no text");
        let text = Text {
            title: "On notes",
            body_html: &body,
            draft: false,
        };
        let failure = articles.create(&nobody, text).await;
        assert!(matches!(failure, Err(Failure::SignedOut)), "{failure:?}");
        fs::remove_dir_all(folder).expect("the folder");
    }

    fn account(role: Role) -> Account {
        Account {
            id: Uuid::now_v7(),
            email: "ada@example.com".to_owned(),
            username: "Ada".to_owned(),
            role,
            disabled: false,
            created_at: Moment(OffsetDateTime::UNIX_EPOCH),
        }
    }

    #[test]
    fn who_may_do_what() {
        let (author, other) = (account(Role::User), account(Role::User));
        let (moderator, admin) = (account(Role::Moderator), account(Role::Admin));
        let article = |draft| Article {
            id: Uuid::now_v7(),
            author: author.id,
            author_name: author.username.clone(),
            title: "On notes".to_owned(),
            body_html: Body::try_from(String::new()).expect("no text"),
            draft,
            created_at: Moment(OffsetDateTime::UNIX_EPOCH),
        };
        let (draft, public) = (article(true), article(false));
        use Decision::{Allow, Forbid, Hide};
        for (caller, of_draft, edit) in [
            (Some(&author), Allow, Allow),
            (Some(&other), Hide, Forbid),
            (Some(&moderator), Hide, Allow),
            (Some(&admin), Hide, Allow),
            (None, Hide, Forbid),
        ] {
            assert_eq!(public.may_be_read_by(caller), Allow);
            assert_eq!(public.may_be_edited_by(caller), edit);
            assert_eq!(draft.may_be_read_by(caller), of_draft);
            assert_eq!(draft.may_be_edited_by(caller), of_draft);
        }
    }

    #[test]
    fn what_was_stored_under_other_rules_is_harmless() {
        let read = |stored: String| Body::try_from(stored).expect("a text").html().to_string();
        let kept = "One.\n\n&lt;Two&gt; &amp; three";
        assert_eq!(read(kept.to_owned()), kept);
        let evil = "<h1 onclick=x>A</h1><script>x</script><p>b";
        assert_eq!(read(evil.to_owned()), "A<p>b</p>");
        for too_much in ["<blockquote>".repeat(500), "é<b>&".repeat(40_000)] {
            let shown = read(too_much);
            assert!(shown.starts_with(['&', 'é']), "{shown}");
            assert!(!shown.contains('<') && shown.len() < 16_384, "{shown}");
        }
    }

    #[test]
    fn a_search_has_no_wildcards() {
        assert_eq!(containing("100%_\\"), r"%100\%\_\\%");
        assert_eq!(containing("' OR 1=1 --"), "%' OR 1=1 --%");
    }
}
