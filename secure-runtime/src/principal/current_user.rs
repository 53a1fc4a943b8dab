use std::{fmt, ops::Deref};

use actix_web::HttpRequest;

use super::Principal;
use crate::Problem;

/// The caller of a protected route, as an argument of its handler.
///
/// It derefs to [`Principal`]. `CurrentUser<Account>` also loads the app's own record of the caller,
/// of any type that implements [`LoadAccount`]. On a public route take `Option<CurrentUser>`: `None`
/// where no credential was sent, and where it is one that is narrower than its owner, since a public route names no scope; a
/// credential that does not verify is a 401 there too.
#[derive(Clone)]
pub struct CurrentUser<A = NoAccount> {
    principal: Principal,
    account: A,
}

/// The caller alone, without an account.
#[derive(Debug, Clone, Copy)]
pub struct NoAccount;

/// The app's own record of a caller.
///
/// ```
/// use actix_web::HttpRequest;
/// use secure_runtime::{Principal, Problem, principal::LoadAccount};
///
/// struct Account {
///     email: String,
/// }
///
/// impl LoadAccount for Account {
///     async fn load(_request: HttpRequest, caller: Principal) -> Result<Option<Self>, Problem> {
///         // Ask the database; an account that is gone or disabled is `None`.
///         let email = format!("{}@example.com", caller.subject());
///         Ok(Some(Self { email }))
///     }
/// }
/// ```
pub trait LoadAccount: Sized + 'static {
    /// Loads the account of a caller whose credential was verified. The stores that it needs come
    /// from the request's `app_data`.
    ///
    /// `None` where the account is gone or disabled: the answer is then 401, as for a credential
    /// that is no longer valid.
    ///
    /// # Errors
    /// When the account cannot be loaded.
    fn load(
        request: HttpRequest,
        caller: Principal,
    ) -> impl Future<Output = Result<Option<Self>, Problem>>;
}

/// What a [`CurrentUser`] may carry: an account, or [`NoAccount`].
pub trait CallerAccount: sealed::FromCaller {}

impl<A: sealed::FromCaller> CallerAccount for A {}

pub(crate) mod sealed {
    use actix_web::HttpRequest;

    use super::{CurrentUser, LoadAccount, NoAccount};
    use crate::{Principal, Problem};

    /// How a [`CurrentUser`] is made of a principal.
    #[doc(hidden)]
    #[diagnostic::on_unimplemented(
        message = "`{Self}` is no account of a caller",
        label = "no account",
        note = "`impl LoadAccount for {Self}`, or write `NoAccount` where none is needed"
    )]
    pub trait FromCaller: Sized + 'static {
        /// Whether the app is asked for it.
        const IS_LOADED: bool;

        /// `None` where it is gone or disabled.
        fn current_user(
            request: HttpRequest,
            principal: Principal,
        ) -> impl Future<Output = Result<Option<CurrentUser<Self>>, Problem>>;
    }

    impl FromCaller for NoAccount {
        const IS_LOADED: bool = false;

        async fn current_user(
            _: HttpRequest,
            principal: Principal,
        ) -> Result<Option<CurrentUser>, Problem> {
            Ok(Some(CurrentUser::new(principal)))
        }
    }

    impl<A: LoadAccount> FromCaller for A {
        const IS_LOADED: bool = true;

        async fn current_user(
            request: HttpRequest,
            principal: Principal,
        ) -> Result<Option<CurrentUser<A>>, Problem> {
            let account = A::load(request, principal.clone()).await?;
            Ok(account.map(|account| CurrentUser::of(principal, account)))
        }
    }
}

impl CurrentUser {
    pub(crate) fn new(principal: Principal) -> Self {
        Self::of(principal, NoAccount)
    }
}

impl<A> CurrentUser<A> {
    pub(crate) fn of(principal: Principal, account: A) -> Self {
        Self { principal, account }
    }
}

impl<A: LoadAccount> CurrentUser<A> {
    /// The caller's account.
    pub fn account(&self) -> &A {
        &self.account
    }

    /// The caller's account, without the caller.
    pub fn into_account(self) -> A {
        self.account
    }
}

impl<A> Deref for CurrentUser<A> {
    type Target = Principal;

    fn deref(&self) -> &Principal {
        &self.principal
    }
}

impl<A> fmt::Debug for CurrentUser<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.principal.fmt(f)
    }
}
