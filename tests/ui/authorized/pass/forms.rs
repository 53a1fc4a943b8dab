use actix_web::HttpRequest;
use secure_runtime::{prelude::*, principal::NoAccount};

pub struct Article {
    author: String,
}

pub struct Read;
pub struct Edit;

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

/// Found by a word, and asked about by the account.
pub struct Page {
    owner: String,
}

pub struct Account {
    name: String,
}

#[validated]
#[derive(Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub enum Section {
    News,
    Sport,
}

impl secure_runtime::principal::LoadAccount for Account {
    async fn load(
        _: HttpRequest,
        caller: secure_runtime::Principal,
    ) -> Result<Option<Self>, Problem> {
        let name = caller.subject().to_owned();
        Ok(Some(Self { name }))
    }
}

impl Resource for Page {
    type Id = Section;
    type Account = Account;
    const PARAMETER: &'static str = "section";

    async fn load(section: Section, _: &HttpRequest) -> Result<Option<Self>, Problem> {
        let owner = match section {
            Section::News => "ada",
            Section::Sport => "eve",
        };
        Ok(Some(Self {
            owner: owner.to_owned(),
        }))
    }
}

impl<T: 'static> Allows<T> for Page {
    fn decide(&self, caller: Option<&CurrentUser<Account>>) -> Decision {
        match caller.is_some_and(|caller| caller.account().name == self.owner) {
            true => Decision::Allow,
            false => Decision::Hide,
        }
    }
}

#[routes]
#[put("/articles/{id}")]
#[put("/{kind}/articles/{id:[0-9]+}")]
#[protected]
async fn change(article: secure_runtime::Authorized<Article, Edit>) -> String {
    article.author.clone()
}

/// Nobody has to name what is not used.
#[get("/pages/{section}/{id}")]
#[public]
async fn two(
    article: Authorized<Article, Read>,
    _: Authorized<Page, (Read, Edit)>,
) -> impl actix_web::Responder {
    article.into_inner().author
}

#[protected]
async fn plain(page: Authorized<Page, ()>) -> String {
    page.into_inner().owner
}

fn main() {
    use secure_runtime::policy::Policy as _;

    assert!(change::POLICY.needs_resource() && !change::POLICY.loads_account());
    assert!(two::POLICY.is_public() && two::POLICY.loads_account());
    assert!(plain::POLICY.needs_resource());
}
