//! What the builder is told about accounts.

use std::sync::Arc;

use super::Builder;
use crate::{
    account::{AccountRecords, AddressChanges, JudgePasswords, SignUps},
    mail::{Letters, Mailer, Post},
    password::Passwords,
};

impl<I, A, K> Builder<I, A, K> {
    /// The app's accounts, and what hashes their passwords: for signing in, and for the reset and the
    /// change of a password. They are the [`resource_owners`](Self::resource_owners) too.
    pub fn accounts(mut self, accounts: impl AccountRecords, passwords: Passwords) -> Self {
        let accounts = Arc::new(accounts);
        self.options.owners = Some(accounts.clone());
        self.options.accounts.records = Some((accounts, passwords));
        self
    }

    /// How people make accounts themselves.
    pub fn sign_ups(mut self, sign_ups: impl SignUps) -> Self {
        self.options.accounts.sign_ups = Some(Arc::new(sign_ups));
        self
    }

    /// How the address of an account is changed.
    pub fn address_changes(mut self, changes: impl AddressChanges) -> Self {
        self.options.accounts.address_changes = Some(Arc::new(changes));
        self
    }

    /// How mail goes out, and what is written: the letters of sign-ups, resets and changes. They are
    /// queued in the [`store`](Self::store), and sent beside the requests.
    pub fn mail(mut self, mailer: impl Mailer, letters: impl Letters) -> Self {
        self.options.accounts.mail = Some(Post::new(mailer, letters));
        self
    }

    /// Which passwords are taken. Defaults to
    /// [`PasswordPolicy::default`](crate::password::PasswordPolicy).
    pub fn password_policy(mut self, policy: impl JudgePasswords) -> Self {
        self.options.accounts.policy = Arc::new(policy);
        self
    }
}
