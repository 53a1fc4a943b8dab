use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    Problem,
    oauth::ResourceOwners,
    password::{PasswordHash, policy::PasswordContext},
};

/// The app's accounts, as signing in, the reset and the change of a password ask them. What an account
/// may do is said by [`ResourceOwners::renew`].
///
/// ```
/// use secure_runtime::{
///     Problem,
///     account::{AccountRecord, AccountRecords},
///     oauth::ResourceOwners,
///     password::PasswordHash,
///     token::Grant,
/// };
///
/// struct Accounts;
///
/// impl ResourceOwners for Accounts {
///     async fn renew(&self, subject: &str) -> Result<Option<Grant>, Problem> {
///         // SELECT role FROM accounts WHERE id = ? AND NOT disabled
///         Ok(Some(Grant::new(subject).with_roles(["user"])))
///     }
/// }
///
/// impl AccountRecords for Accounts {
///     async fn by_identifier(&self, identifier: &str) -> Result<Option<AccountRecord>, Problem> {
///         // SELECT … FROM accounts WHERE email = ?
/// #       let _ = identifier;
///         Ok(None)
///     }
///
///     async fn by_subject(&self, subject: &str) -> Result<Option<AccountRecord>, Problem> {
///         // SELECT … FROM accounts WHERE id = ?
/// #       let _ = subject;
///         Ok(None)
///     }
///
///     async fn replace_hash(
///         &self,
///         subject: &str,
///         old: Option<&PasswordHash>,
///         new: &PasswordHash,
///     ) -> Result<bool, Problem> {
///         // UPDATE accounts SET password_hash = ? WHERE id = ? AND password_hash = ?
/// #       let _ = (subject, old, new);
///         Ok(true)
///     }
/// }
/// ```
pub trait AccountRecords: ResourceOwners {
    /// The account that somebody names in order to sign in; one that is disabled, too. The identifier is
    /// normalised: trimmed, and in lower case.
    ///
    /// Compare it exactly. Failures are counted by the identifier, so a collation that takes `adá` for `ada`
    /// gives whoever guesses a counter for each spelling.
    ///
    /// # Errors
    /// When nobody can say.
    fn by_identifier(
        &self,
        identifier: &str,
    ) -> impl Future<Output = Result<Option<AccountRecord>, Problem>>;

    /// The account of a subject; one that is disabled, too.
    ///
    /// # Errors
    /// When nobody can say.
    fn by_subject(
        &self,
        subject: &str,
    ) -> impl Future<Output = Result<Option<AccountRecord>, Problem>>;

    /// Stores `new` in the place of `old`; `false`, and nothing is changed, where the account does not
    /// have `old` (any more). It must be one statement: `UPDATE … WHERE id = ? AND password_hash = ?`.
    ///
    /// # Errors
    /// When it cannot be stored.
    fn replace_hash(
        &self,
        subject: &str,
        old: Option<&PasswordHash>,
        new: &PasswordHash,
    ) -> impl Future<Output = Result<bool, Problem>>;

    /// The account has another password, and everything that it has is about to be signed out. An app
    /// that wants that to happen in spite of a crash notes it here, before the hash is replaced. Does
    /// nothing by default.
    ///
    /// # Errors
    /// When it cannot be noted; nothing is changed then.
    fn before_sign_out(&self, subject: &str) -> impl Future<Output = Result<(), Problem>> {
        let _ = subject;
        async { Ok(()) }
    }
}

/// An account, as far as signing in needs it.
///
/// It does not print, serialize or compare what is secret in it, and is no type to answer with.
#[derive(Debug, Clone)]
#[must_use]
pub struct AccountRecord {
    pub(crate) subject: String,
    pub(crate) address: Option<String>,
    pub(crate) username: Option<String>,
    pub(crate) hash: Option<PasswordHash>,
    pub(crate) disabled: bool,
}

impl AccountRecord {
    /// The account of a subject: the id that its tokens carry.
    pub fn new(subject: impl Into<String>) -> Self {
        Self {
            subject: subject.into(),
            address: None,
            username: None,
            hash: None,
            disabled: false,
        }
    }

    /// The hash of its password. An account without one cannot sign in with a password.
    pub fn with_password_hash(mut self, hash: PasswordHash) -> Self {
        self.hash = Some(hash);
        self
    }

    /// Where its mail goes.
    pub fn with_address(mut self, address: impl Into<String>) -> Self {
        self.address = Some(address.into());
        self
    }

    /// What its passwords are not made of, besides the address.
    pub fn with_username(mut self, username: impl Into<String>) -> Self {
        self.username = Some(username.into());
        self
    }

    /// Whether it may not sign in.
    pub fn disabled(mut self, disabled: bool) -> Self {
        self.disabled = disabled;
        self
    }

    /// Whose account it is.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// What its passwords are judged by.
    pub(crate) fn password_context(&self) -> PasswordContext {
        password_context(self.address.as_deref(), self.username.as_deref())
    }
}

pub(crate) fn password_context(address: Option<&str>, username: Option<&str>) -> PasswordContext {
    let context = PasswordContext::new();
    let context = match address {
        Some(address) => context.email(address),
        None => context,
    };
    match username {
        Some(username) => context.username(username),
        None => context,
    }
}

/// Accounts that people make themselves, once they have shown that an address is theirs.
pub trait SignUps: Send + Sync + 'static {
    /// Makes the account; `false` where the address has one by now.
    ///
    /// # Errors
    /// When it cannot be made.
    fn create(&self, new: NewAccount) -> impl Future<Output = Result<bool, Problem>>;
}

/// An account to be made.
#[derive(Debug)]
#[non_exhaustive]
pub struct NewAccount {
    /// The address that was confirmed, normalised.
    pub address: String,
    /// The hash of the password.
    pub password_hash: PasswordHash,
    pub(crate) details: Value,
}

impl NewAccount {
    /// What was given at the sign-up besides the address.
    ///
    /// # Errors
    /// When it is not of that type: the sign-up was made by another version of the app.
    pub fn details<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        serde_json::from_value(self.details.clone()).map_err(Problem::internal)
    }
}

/// Accounts whose address can be changed.
pub trait AddressChanges: Send + Sync + 'static {
    /// Stores `new` in the place of `old`; `false`, and nothing is changed, where the account does not
    /// have `old` (any more), or another account has `new`.
    ///
    /// # Errors
    /// When it cannot be stored.
    fn change_address(
        &self,
        subject: &str,
        old: &str,
        new: &str,
    ) -> impl Future<Output = Result<bool, Problem>>;
}

/// An identifier as accounts are looked up by it: trimmed, and in lower case.
pub(crate) fn normalized(identifier: &str) -> String {
    identifier.trim().to_lowercase()
}

/// What the app holds itself, too.
impl<T: AccountRecords> AccountRecords for Arc<T> {
    async fn by_identifier(&self, identifier: &str) -> Result<Option<AccountRecord>, Problem> {
        T::by_identifier(self, identifier).await
    }

    async fn by_subject(&self, subject: &str) -> Result<Option<AccountRecord>, Problem> {
        T::by_subject(self, subject).await
    }

    async fn replace_hash(
        &self,
        subject: &str,
        old: Option<&PasswordHash>,
        new: &PasswordHash,
    ) -> Result<bool, Problem> {
        T::replace_hash(self, subject, old, new).await
    }

    async fn before_sign_out(&self, subject: &str) -> Result<(), Problem> {
        T::before_sign_out(self, subject).await
    }
}

impl<T: SignUps> SignUps for Arc<T> {
    async fn create(&self, new: NewAccount) -> Result<bool, Problem> {
        T::create(self, new).await
    }
}

impl<T: AddressChanges> AddressChanges for Arc<T> {
    async fn change_address(&self, subject: &str, old: &str, new: &str) -> Result<bool, Problem> {
        T::change_address(self, subject, old, new).await
    }
}
