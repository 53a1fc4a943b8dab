use std::sync::Arc;

use futures_util::future::LocalBoxFuture;

use crate::{Problem, token::Grant};

/// Who may have tokens, and what they may do: the app's own records, as the token endpoint asks them.
/// The term is RFC 6749's, §1.1.
///
/// ```
/// use secure_runtime::{Problem, oauth::ResourceOwners, token::Grant};
///
/// struct Accounts;
///
/// impl ResourceOwners for Accounts {
///     async fn renew(&self, subject: &str) -> Result<Option<Grant>, Problem> {
///         // Ask the database whether the account is still there, and what it may do now.
///         Ok(Some(Grant::new(subject).with_roles(["user"])))
///     }
/// }
/// ```
pub trait ResourceOwners: Send + Sync + 'static {
    /// What a subject is granted that signed in earlier; `None` where its account is gone or disabled,
    /// which ends the sign-in. Scopes that were not granted at the sign-in are left out by who asks.
    ///
    /// # Errors
    /// When nobody can say. The refresh token is still good then.
    fn renew(&self, subject: &str) -> impl Future<Output = Result<Option<Grant>, Problem>>;
}

/// What the app holds itself, too.
impl<T: ResourceOwners> ResourceOwners for Arc<T> {
    async fn renew(&self, subject: &str) -> Result<Option<Grant>, Problem> {
        T::renew(self, subject).await
    }
}

/// The same for a builder that holds any of them.
pub(crate) trait ErasedOwners: Send + Sync {
    fn renew<'a>(&'a self, subject: &'a str) -> LocalBoxFuture<'a, Result<Option<Grant>, Problem>>;
}

impl<T: ResourceOwners> ErasedOwners for T {
    fn renew<'a>(&'a self, subject: &'a str) -> LocalBoxFuture<'a, Result<Option<Grant>, Problem>> {
        Box::pin(ResourceOwners::renew(self, subject))
    }
}
