use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use secure_runtime::{
    Problem,
    account::{AccountRecord, AccountRecords, AddressChanges, HashChange, NewAccount, SignUps},
    oauth::ResourceOwners,
    password::PasswordHash,
    token::Grant,
};

/// What the app is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Query {
    ByIdentifier,
    BySubject,
    ReplaceHash,
    Create,
    ChangeAddress,
}

/// How a query goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing was done.
    Refused,
    /// It was done, and the answer is lost.
    AnswerLost,
    /// Somebody else was quicker.
    TooLate,
    /// No answer comes.
    Hangs,
}

/// One account.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) address: Option<String>,
    pub(crate) username: Option<String>,
    pub(crate) hash: Option<PasswordHash>,
    pub(crate) disabled: bool,
}

/// The accounts of an app, in memory: the subject is the name. Clones are the same accounts.
#[derive(Debug, Clone, Default)]
pub(crate) struct People(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    people: BTreeMap<String, Person>,
    asked: Vec<Query>,
    faults: BTreeMap<Query, Fault>,
    /// Whose hash was replaced, and why.
    noted: Vec<(String, HashChange)>,
    /// The details of each sign-up.
    details: Vec<serde_json::Value>,
}

impl People {
    /// An account with the address `<subject>@example.com`.
    pub(crate) fn add(&self, subject: &str, hash: Option<PasswordHash>) {
        let person = Person {
            address: Some(format!("{subject}@example.com")),
            username: None,
            hash,
            disabled: false,
        };
        self.state().people.insert(subject.to_owned(), person);
    }

    pub(crate) fn change(&self, subject: &str, change: impl FnOnce(&mut Person)) {
        change(self.state().people.get_mut(subject).expect("a person"));
    }

    pub(crate) fn remove(&self, subject: &str) {
        self.state().people.remove(subject);
    }

    pub(crate) fn get(&self, subject: &str) -> Option<Person> {
        self.state().people.get(subject).cloned()
    }

    pub(crate) fn count(&self) -> usize {
        self.state().people.len()
    }

    /// What was asked since this was last called.
    pub(crate) fn asked(&self) -> Vec<Query> {
        std::mem::take(&mut self.state().asked)
    }

    /// From now on a query goes wrong; `None`: it does not.
    pub(crate) fn fails(&self, query: Query, fault: Option<Fault>) {
        let mut state = self.state();
        match fault {
            Some(fault) => drop(state.faults.insert(query, fault)),
            None => drop(state.faults.remove(&query)),
        }
    }

    /// Whose hash was replaced, and why.
    pub(crate) fn noted(&self) -> Vec<(String, HashChange)> {
        self.state().noted.clone()
    }

    /// What was given at the sign-ups that are done.
    pub(crate) fn details(&self) -> Vec<serde_json::Value> {
        self.state().details.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks, lets others run as a database does, and then does it.
    async fn ask<T>(
        &self,
        query: Query,
        late: impl FnOnce() -> T,
        work: impl FnOnce(&mut State) -> T,
    ) -> Result<T, Problem> {
        tokio::task::yield_now().await;
        let fault = {
            let mut state = self.state();
            state.asked.push(query);
            state.faults.get(&query).copied()
        };
        if fault == Some(Fault::Hangs) {
            std::future::pending::<()>().await;
        }
        let mut state = self.state();
        match fault {
            None => Ok(work(&mut state)),
            Some(Fault::TooLate) => Ok(late()),
            Some(Fault::Refused | Fault::Hangs) => Err(Problem::internal("the database is gone")),
            Some(Fault::AnswerLost) => {
                work(&mut state);
                Err(Problem::internal("the database does not answer"))
            }
        }
    }
}

fn record(subject: &str, person: &Person) -> AccountRecord {
    let record = AccountRecord::new(subject).disabled(person.disabled);
    let record = match &person.address {
        Some(address) => record.with_address(address),
        None => record,
    };
    let record = match &person.username {
        Some(username) => record.with_username(username),
        None => record,
    };
    match &person.hash {
        Some(hash) => record.with_password_hash(hash.clone()),
        None => record,
    }
}

impl ResourceOwners for People {
    async fn renew(&self, subject: &str) -> Result<Option<Grant>, Problem> {
        let person = self.get(subject).filter(|person| !person.disabled);
        let scopes = ["notes:read", "notes:write"];
        Ok(person.map(|_| Grant::new(subject).with_scopes(scopes)))
    }
}

impl AccountRecords for People {
    async fn by_identifier(&self, identifier: &str) -> Result<Option<AccountRecord>, Problem> {
        let find = |state: &mut State| {
            let mut people = state.people.iter();
            let found = people.find(|(_, person)| person.address.as_deref() == Some(identifier));
            found.map(|(subject, person)| record(subject, person))
        };
        self.ask(Query::ByIdentifier, || None, find).await
    }

    async fn by_subject(&self, subject: &str) -> Result<Option<AccountRecord>, Problem> {
        let find = |state: &mut State| {
            let person = state.people.get(subject);
            person.map(|person| record(subject, person))
        };
        self.ask(Query::BySubject, || None, find).await
    }

    async fn replace_hash(
        &self,
        subject: &str,
        old: Option<&PasswordHash>,
        new: &PasswordHash,
        why: HashChange,
    ) -> Result<bool, Problem> {
        let replace = |state: &mut State| {
            let Some(person) = state.people.get_mut(subject) else {
                return false;
            };
            let is_old =
                person.hash.as_ref().map(PasswordHash::expose) == old.map(PasswordHash::expose);
            if is_old {
                person.hash = Some(new.clone());
                state.noted.push((subject.to_owned(), why));
            }
            is_old
        };
        self.ask(Query::ReplaceHash, || false, replace).await
    }
}

impl SignUps for People {
    async fn create(&self, new: NewAccount) -> Result<bool, Problem> {
        let details: serde_json::Value = new.details()?;
        let create = |state: &mut State| {
            let has = |person: &Person| person.address.as_ref() == Some(&new.address);
            if state.people.values().any(has) {
                return false;
            }
            let subject = new.address.split('@').next().expect("a name").to_owned();
            let person = Person {
                username: details["username"].as_str().map(str::to_owned),
                address: Some(new.address),
                hash: Some(new.password_hash),
                disabled: false,
            };
            state.people.insert(subject, person);
            state.details.push(details);
            true
        };
        self.ask(Query::Create, || false, create).await
    }
}

impl AddressChanges for People {
    async fn change_address(&self, subject: &str, old: &str, new: &str) -> Result<bool, Problem> {
        let change = |state: &mut State| {
            let is_new = |person: &Person| person.address.as_deref() == Some(new);
            if state.people.values().any(is_new) {
                return false;
            }
            match state.people.get_mut(subject) {
                Some(person) if person.address.as_deref() == Some(old) => {
                    person.address = Some(new.to_owned());
                    true
                }
                _ => false,
            }
        };
        self.ask(Query::ChangeAddress, || false, change).await
    }
}
