use std::sync::Arc;

use futures_util::future::LocalBoxFuture;

use crate::{Problem, Secret, token::Grant};

/// Who may have tokens, and what they may do: the app's own records, as the token endpoint asks them.
/// The term is RFC 6749's, §1.1.
///
/// ```
/// use secure_runtime::{Problem, Secret, oauth::ResourceOwners, token::Grant};
///
/// struct Accounts;
///
/// impl ResourceOwners for Accounts {
///     async fn sign_in(
///         &self,
///         username: &str,
///         password: Secret<String>,
///     ) -> Result<Option<Grant>, Problem> {
///         // Ask the database, and verify the password's hash.
/// #       let _ = (username, password);
///         Ok(None)
///     }
///
///     async fn renew(&self, subject: &str) -> Result<Option<Grant>, Problem> {
///         // Ask the database whether the account is still there, and what it may do now.
///         Ok(Some(Grant::new(subject).with_roles(["user"])))
///     }
/// }
/// ```
pub trait ResourceOwners: Send + Sync + 'static {
    /// What the holder of these credentials is granted; `None` where they are wrong, or the account is
    /// gone or disabled. It must do the same work in every case, so that the time it takes does not
    /// tell whether there is an account.
    ///
    /// Asked by [`legacy::token`](super::legacy::token) alone.
    ///
    /// # Errors
    /// When nobody can say.
    fn sign_in(
        &self,
        username: &str,
        password: Secret<String>,
    ) -> impl Future<Output = Result<Option<Grant>, Problem>>;

    /// What a subject is granted that signed in earlier; `None` where its account is gone or disabled,
    /// which ends the sign-in. Scopes that were not granted at the sign-in are left out by who asks.
    ///
    /// # Errors
    /// When nobody can say. The refresh token is still good then.
    fn renew(&self, subject: &str) -> impl Future<Output = Result<Option<Grant>, Problem>>;
}

/// What the app holds itself, too.
impl<T: ResourceOwners> ResourceOwners for Arc<T> {
    async fn sign_in(
        &self,
        username: &str,
        password: Secret<String>,
    ) -> Result<Option<Grant>, Problem> {
        T::sign_in(self, username, password).await
    }

    async fn renew(&self, subject: &str) -> Result<Option<Grant>, Problem> {
        T::renew(self, subject).await
    }
}

/// The same for a builder that holds any of them.
pub(crate) trait ErasedOwners: Send + Sync {
    fn sign_in<'a>(
        &'a self,
        username: &'a str,
        password: Secret<String>,
    ) -> LocalBoxFuture<'a, Result<Option<Grant>, Problem>>;

    fn renew<'a>(&'a self, subject: &'a str) -> LocalBoxFuture<'a, Result<Option<Grant>, Problem>>;
}

impl<T: ResourceOwners> ErasedOwners for T {
    fn sign_in<'a>(
        &'a self,
        username: &'a str,
        password: Secret<String>,
    ) -> LocalBoxFuture<'a, Result<Option<Grant>, Problem>> {
        Box::pin(ResourceOwners::sign_in(self, username, password))
    }

    fn renew<'a>(&'a self, subject: &'a str) -> LocalBoxFuture<'a, Result<Option<Grant>, Problem>> {
        Box::pin(ResourceOwners::renew(self, subject))
    }
}
