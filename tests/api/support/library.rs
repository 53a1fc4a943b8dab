//! A small app whose articles belong to somebody, and which counts what it is asked.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use actix_web::{HttpRequest, web::Data};
use secure_runtime::{
    Principal, Problem,
    authorize::{Allows, Decision, Resource},
    principal::{CurrentUser, LoadAccount},
};

/// The articles and the members. Clones are the same ones.
#[derive(Debug, Clone, Default)]
pub(crate) struct Library(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    articles: BTreeMap<u32, Article>,
    members: BTreeMap<String, Member>,
    asked: Vec<Asked>,
    fails: Option<(Asked, u16)>,
}

/// What the library is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    Article,
    Member,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Article {
    pub(crate) id: u32,
    pub(crate) author: String,
    pub(crate) draft: bool,
}

/// The account of a caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) moderates: bool,
}

/// To see an article: everybody, and a draft its author.
#[derive(Debug)]
pub(crate) struct Read;
/// To change an article: its author and moderators, who do not see drafts of others.
#[derive(Debug)]
pub(crate) struct Edit;

impl Library {
    /// Article 1 of ada's, her draft 2, and article 3 of eve's; mod moderates.
    pub(crate) fn new() -> Self {
        let library = Self::default();
        for (id, author, draft) in [(1, "ada", false), (2, "ada", true), (3, "eve", false)] {
            let author = author.to_owned();
            let article = Article { id, author, draft };
            library.state().articles.insert(id, article);
        }
        for (name, moderates) in [("ada", false), ("eve", false), ("mod", true)] {
            let name = name.to_owned();
            let member = Member {
                name: name.clone(),
                moderates,
            };
            library.state().members.insert(name, member);
        }
        library
    }

    pub(crate) fn article(&self, id: u32) -> Option<Article> {
        self.state().articles.get(&id).cloned()
    }

    pub(crate) fn member(&self, name: &str) -> Option<Member> {
        self.state().members.get(name).cloned()
    }

    pub(crate) fn remove_member(&self, name: &str) {
        self.state().members.remove(name);
    }

    /// What was asked since this was last called.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.state().asked)
    }

    /// From now on a question is answered with this status.
    pub(crate) fn fails(&self, question: Asked, status: u16) {
        self.state().fails = Some((question, status));
    }

    /// Asks, and lets others run as a database does.
    async fn ask(request: &HttpRequest, question: Asked) -> Result<Self, Problem> {
        let library = request.app_data::<Data<Self>>();
        let library = library.ok_or_else(|| Problem::internal("no library"))?;
        actix_rt::task::yield_now().await;
        library.state().asked.push(question);
        let fails = library.state().fails;
        match fails {
            Some((what, 503)) if what == question => {
                Err(Problem::unavailable(Duration::from_secs(2)).because("the secret of the shelf"))
            }
            Some((what, _)) if what == question => {
                Err(std::io::Error::other("the secret of the shelf").into())
            }
            _ => Ok(library.as_ref().clone()),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LoadAccount for Member {
    async fn load(request: HttpRequest, caller: Principal) -> Result<Option<Self>, Problem> {
        let library = Library::ask(&request, Asked::Member).await?;
        Ok(library.member(caller.subject()))
    }
}

impl Resource for Article {
    type Id = u32;
    type Account = Member;

    async fn load(id: u32, request: &HttpRequest) -> Result<Option<Self>, Problem> {
        let library = Library::ask(request, Asked::Article).await?;
        Ok(library.article(id))
    }
}

impl Allows<Read> for Article {
    fn decide(&self, caller: Option<&CurrentUser<Member>>) -> Decision {
        let is_author = caller.is_some_and(|caller| caller.account().name == self.author);
        match !self.draft || is_author {
            true => Decision::Allow,
            false => Decision::Hide,
        }
    }
}

impl Allows<Edit> for Article {
    fn decide(&self, caller: Option<&CurrentUser<Member>>) -> Decision {
        let may_read = Allows::<Read>::decide(self, caller);
        may_read.and_then(|| match caller.map(CurrentUser::account) {
            Some(member) if member.name == self.author || member.moderates => Decision::Allow,
            _ => Decision::Forbid,
        })
    }
}
