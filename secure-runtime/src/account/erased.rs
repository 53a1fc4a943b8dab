//! The app's traits, for a handle that holds any of them.

use futures_util::future::LocalBoxFuture;

use super::records::{
    AccountRecord, AccountRecords, AddressChanges, HashChange, NewAccount, SignUps,
};
use crate::{
    Problem, Secret,
    password::{
        NewPassword, PasswordHash, PasswordPolicy,
        policy::{BreachCheckedPolicy, BreachedPasswords, PasswordContext},
    },
};

type Answer<'a, T> = LocalBoxFuture<'a, Result<T, Problem>>;

pub(crate) trait ErasedRecords: Send + Sync {
    fn by_identifier<'a>(&'a self, identifier: &'a str) -> Answer<'a, Option<AccountRecord>>;

    fn by_subject<'a>(&'a self, subject: &'a str) -> Answer<'a, Option<AccountRecord>>;

    fn replace_hash<'a>(
        &'a self,
        subject: &'a str,
        old: Option<&'a PasswordHash>,
        new: &'a PasswordHash,
        why: HashChange,
    ) -> Answer<'a, bool>;
}

impl<T: AccountRecords> ErasedRecords for T {
    fn by_identifier<'a>(&'a self, identifier: &'a str) -> Answer<'a, Option<AccountRecord>> {
        Box::pin(AccountRecords::by_identifier(self, identifier))
    }

    fn by_subject<'a>(&'a self, subject: &'a str) -> Answer<'a, Option<AccountRecord>> {
        Box::pin(AccountRecords::by_subject(self, subject))
    }

    fn replace_hash<'a>(
        &'a self,
        subject: &'a str,
        old: Option<&'a PasswordHash>,
        new: &'a PasswordHash,
        why: HashChange,
    ) -> Answer<'a, bool> {
        Box::pin(AccountRecords::replace_hash(self, subject, old, new, why))
    }
}

pub(crate) trait ErasedSignUps: Send + Sync {
    fn create(&self, new: NewAccount) -> Answer<'_, bool>;
}

impl<T: SignUps> ErasedSignUps for T {
    fn create(&self, new: NewAccount) -> Answer<'_, bool> {
        Box::pin(SignUps::create(self, new))
    }
}

pub(crate) trait ErasedAddressChanges: Send + Sync {
    fn change_address<'a>(
        &'a self,
        subject: &'a str,
        old: &'a str,
        new: &'a str,
    ) -> Answer<'a, bool>;
}

impl<T: AddressChanges> ErasedAddressChanges for T {
    fn change_address<'a>(
        &'a self,
        subject: &'a str,
        old: &'a str,
        new: &'a str,
    ) -> Answer<'a, bool> {
        Box::pin(AddressChanges::change_address(self, subject, old, new))
    }
}

/// What decides which passwords are taken: a [`PasswordPolicy`], or one that also looks each password up.
pub trait JudgePasswords: sealed::Sealed + Send + Sync + 'static {
    /// Judges a password. `pointer` says where in the body it stands.
    #[doc(hidden)]
    fn judge<'a>(
        &'a self,
        password: Secret<String>,
        context: &'a PasswordContext,
        pointer: &'a str,
    ) -> Answer<'a, NewPassword>;
}

impl JudgePasswords for PasswordPolicy {
    fn judge<'a>(
        &'a self,
        password: Secret<String>,
        context: &'a PasswordContext,
        pointer: &'a str,
    ) -> Answer<'a, NewPassword> {
        let judged = self.check(password, context);
        Box::pin(async move { judged.map_err(|refused| refused.problem(pointer)) })
    }
}

impl<B: BreachedPasswords + Send + Sync + 'static> JudgePasswords for BreachCheckedPolicy<B> {
    fn judge<'a>(
        &'a self,
        password: Secret<String>,
        context: &'a PasswordContext,
        pointer: &'a str,
    ) -> Answer<'a, NewPassword> {
        Box::pin(async move {
            let judged = self.check(password, context).await;
            judged.map_err(|error| error.problem(pointer))
        })
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::PasswordPolicy {}
    impl<B> Sealed for super::BreachCheckedPolicy<B> {}
}
