//! Who may do what with which resource, and rules that are about no resource.
//!
//! [`Resource`] says how something is found and loaded, [`Allows`] who may do what with it. A handler that
//! takes an [`Authorized`] runs only for callers who may, and a function that changes data takes
//! `&Authorized<…>`, so that a check that was forgotten does not build. [`AccessPolicy`] is for rules that are about
//! no one resource: `#[protected(policy = …)]`.
//!
//! ```
//! use actix_web::{HttpRequest, Responder};
//! use secure_runtime::{prelude::*, principal::NoAccount};
//!
//! pub struct Article {
//!     author: String,
//!     draft: bool,
//! }
//!
//! /// To read an article.
//! pub struct Read;
//! /// To change an article.
//! pub struct Edit;
//!
//! impl Resource for Article {
//!     type Id = u64;
//!     type Account = NoAccount;
//!
//!     async fn load(id: u64, _request: &HttpRequest) -> Result<Option<Self>, Problem> {
//!         // Ask the database, which comes from the request's `app_data`.
//!         Ok((id == 7).then(|| Self { author: "ada".to_owned(), draft: true }))
//!     }
//! }
//!
//! impl Allows<Read> for Article {
//!     fn decide(&self, caller: Option<&CurrentUser>) -> Decision {
//!         match self.draft && caller.is_none_or(|caller| caller.subject() != self.author) {
//!             // Nobody else learns that there is such a draft.
//!             true => Decision::Hide,
//!             false => Decision::Allow,
//!         }
//!     }
//! }
//!
//! impl Allows<Edit> for Article {
//!     fn decide(&self, caller: Option<&CurrentUser>) -> Decision {
//!         let may_read = Allows::<Read>::decide(self, caller);
//!         may_read.and_then(|| match caller {
//!             Some(caller) if caller.subject() == self.author => Decision::Allow,
//!             _ => Decision::Forbid,
//!         })
//!     }
//! }
//!
//! #[get("/articles/{id}")]
//! #[public]
//! async fn show(article: Authorized<Article, Read>) -> impl Responder {
//!     format!("by {}", article.author)
//! }
//!
//! #[delete("/articles/{id}")]
//! #[protected]
//! async fn delete(article: Authorized<Article, Edit>) -> impl Responder {
//!     remove(&article);
//!     "gone"
//! }
//!
//! /// Whoever calls this has asked first.
//! fn remove(article: &Authorized<Article, Edit>) {
//!     // …
//! #   let _ = article;
//! }
//!
//! # #[actix_web::main]
//! # async fn main() {
//! # use secure_runtime::test::TestApp;
//! # let app = TestApp::new(|routes| {
//! #     routes.service(show).service(delete);
//! # })
//! # .await;
//! # assert_eq!(app.get("/articles/7").send().await.status(), 404);
//! # assert_eq!(app.get("/articles/7").as_user("ada").send().await.text(), "by ada");
//! # assert_eq!(app.delete("/articles/7").as_user("eve").send().await.status(), 404);
//! # assert_eq!(app.delete("/articles/7").as_user("ada").send().await.text(), "gone");
//! # }
//! ```

mod access_policy;
mod authorized;
mod decision;
mod id;
mod kept;
mod name;
mod resource;
mod stage;

pub use access_policy::{AccessPolicy, NoPolicy, PolicyCheck, PolicyProbe};
pub use authorized::Authorized;
#[cfg(feature = "test")]
pub(crate) use authorized::proof;
pub use decision::Decision;
pub use id::ResourceId;
pub(crate) use kept::Kept;
pub use resource::{Allows, Resource};
pub use stage::ResourceCheck;
