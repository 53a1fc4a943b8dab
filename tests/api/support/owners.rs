use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use secure_runtime::{Problem, Secret, oauth::ResourceOwners, token::Grant};

/// The accounts of a small app. Clones are the same accounts.
#[derive(Clone, Default)]
pub(crate) struct Owners(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    accounts: HashMap<String, (String, Grant)>,
    is_down: bool,
    asked: usize,
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
        let password = format!("{username}'s password");
        let entry = (password, grant);
        self.state().accounts.insert(username.to_owned(), entry);
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
        std::mem::take(&mut self.state().asked)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(
        &self,
        is_it: impl Fn(&str, &(String, Grant)) -> bool,
    ) -> Result<Option<Grant>, Problem> {
        let mut state = self.state();
        state.asked += 1;
        if state.is_down {
            return Err(Problem::internal("the database is gone"));
        }
        let mut accounts = state.accounts.iter();
        let found = accounts.find(|(name, account)| is_it(name, account));
        Ok(found.map(|(_, (_, grant))| grant.clone()))
    }
}

impl ResourceOwners for Owners {
    async fn sign_in(
        &self,
        username: &str,
        password: Secret<String>,
    ) -> Result<Option<Grant>, Problem> {
        self.find(|name, (expected, _)| name == username && expected == password.expose())
    }

    async fn renew(&self, subject: &str) -> Result<Option<Grant>, Problem> {
        self.find(|_, (_, grant)| grant.subject() == subject)
    }
}
