//~ mismatched types
use actix_web::HttpRequest;
use secure_runtime::{prelude::*, principal::NoAccount};

struct Article {
    author: String,
}

struct Read;
struct Edit;

impl Resource for Article {
    type Id = u32;
    type Account = NoAccount;

    async fn load(_: u32, _: &HttpRequest) -> Result<Option<Self>, Problem> {
        Ok(None)
    }
}

impl Allows<Read> for Article {
    fn decide(&self, _: Option<&CurrentUser>) -> Decision {
        Decision::Allow
    }
}

impl Allows<Edit> for Article {
    fn decide(&self, _: Option<&CurrentUser>) -> Decision {
        Decision::Allow
    }
}

fn remove(article: &Authorized<Article, Edit>) -> &str {
    &article.author
}

fn job(article: Article) {
    remove(&article);
}

fn main() {}
