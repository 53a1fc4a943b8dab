use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use secure_runtime::{
    Problem,
    account::{AccountRecord, AccountRecords},
    oauth::ResourceOwners,
    password::PasswordHash,
    test::cheap_hash,
    token::Grant,
};

/// The accounts of a small app, with hashes that cost nothing. Clones are the same accounts.
#[derive(Clone, Default)]
pub(crate) struct Owners(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    accounts: HashMap<String, Account>,
    is_down: bool,
    asked: Vec<Question>,
}

/// What is known of one.
#[derive(Clone)]
pub(crate) struct Account {
    pub(crate) grant: Grant,
    pub(crate) hash: Option<PasswordHash>,
    pub(crate) disabled: bool,
}

/// What the accounts are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Question {
    ByIdentifier,
    BySubject,
    ReplaceHash,
    Renew,
}

impl Owners {
    /// With `ada`, who may read and write notes.
    pub(crate) fn with_ada() -> Self {
        let owners = Self::default();
        let grant = Grant::new("ada").with_roles(["user"]);
        owners.set("ada", grant.with_scopes(["notes:read", "notes:write"]));
        owners
    }

    /// An account whose password is its name and `'s password`.
    pub(crate) fn set(&self, username: &str, grant: Grant) {
        let account = Account {
            grant,
            hash: Some(cheap_hash(&format!("{username}'s password"))),
            disabled: false,
        };
        self.state().accounts.insert(username.to_owned(), account);
    }

    /// Changes an account that there is.
    pub(crate) fn change(&self, username: &str, change: impl FnOnce(&mut Account)) {
        let mut state = self.state();
        change(state.accounts.get_mut(username).expect("an account"));
    }

    /// An account that there is.
    pub(crate) fn account(&self, username: &str) -> Account {
        self.state().accounts[username].clone()
    }

    pub(crate) fn remove(&self, username: &str) {
        self.state().accounts.remove(username);
    }

    /// From now on nobody can say anything, or can again.
    pub(crate) fn is_down(&self, is_down: bool) {
        self.state().is_down = is_down;
    }

    /// How often anything was asked since this was last called.
    pub(crate) fn asked(&self) -> usize {
        self.questions().len()
    }

    /// What was asked since this was last called.
    pub(crate) fn questions(&self) -> Vec<Question> {
        std::mem::take(&mut self.state().asked)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(&self, question: Question) -> Result<MutexGuard<'_, State>, Problem> {
        let mut state = self.state();
        state.asked.push(question);
        match state.is_down {
            true => Err(Problem::internal("the database is gone")),
            false => Ok(state),
        }
    }

    fn find(
        &self,
        question: Question,
        is_it: impl Fn(&str, &Account) -> bool,
    ) -> Result<Option<Account>, Problem> {
        let state = self.ask(question)?;
        let mut accounts = state.accounts.iter();
        let found = accounts.find(|(name, account)| is_it(name, account));
        Ok(found.map(|(_, account)| account.clone()))
    }
}

fn record(account: Account) -> AccountRecord {
    let record = AccountRecord::new(account.grant.subject()).disabled(account.disabled);
    match account.hash {
        Some(hash) => record.with_password_hash(hash),
        None => record,
    }
}

impl ResourceOwners for Owners {
    async fn renew(&self, subject: &str) -> Result<Option<Grant>, Problem> {
        let found = self.find(Question::Renew, |_, account| {
            account.grant.subject() == subject && !account.disabled
        });
        Ok(found?.map(|account| account.grant))
    }
}

impl AccountRecords for Owners {
    async fn by_identifier(&self, identifier: &str) -> Result<Option<AccountRecord>, Problem> {
        let found = self.find(Question::ByIdentifier, |name, _| name == identifier);
        Ok(found?.map(record))
    }

    async fn by_subject(&self, subject: &str) -> Result<Option<AccountRecord>, Problem> {
        let found = self.find(Question::BySubject, |_, account| {
            account.grant.subject() == subject
        });
        Ok(found?.map(record))
    }

    async fn replace_hash(
        &self,
        subject: &str,
        old: Option<&PasswordHash>,
        new: &PasswordHash,
    ) -> Result<bool, Problem> {
        let mut state = self.ask(Question::ReplaceHash)?;
        let mut accounts = state.accounts.values_mut();
        let account = accounts.find(|account| {
            let hash = account.hash.as_ref().map(PasswordHash::expose);
            account.grant.subject() == subject && hash == old.map(PasswordHash::expose)
        });
        let Some(account) = account else {
            return Ok(false);
        };
        account.hash = Some(new.clone());
        Ok(true)
    }
}
