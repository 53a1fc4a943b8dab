//! The accounts, as the security layer asks them: who signs in, what an account may do, and what
//! changes it. All decisions about passwords, tokens and mails are its own.

use secure_runtime::{
    Problem,
    account::{AccountRecord, AccountRecords, AddressChanges, HashChange, NewAccount, SignUps},
    oauth::ResourceOwners,
    password::PasswordHash,
    policy::RoleWord as _,
    token::Grant,
};
use uuid::Uuid;

use super::auth::Details;
use crate::domain::accounts::{Accounts, Address, Stored};

impl ResourceOwners for Accounts {
    async fn renew(&self, subject: &str) -> Result<Option<Grant>, Problem> {
        let Some(id) = id(subject) else {
            return Ok(None);
        };
        let account = self.find_active(id).await?;
        Ok(account.map(|account| {
            Grant::new(account.id.to_string())
                .with_roles([account.role.word()])
                .with_scopes(account.role.scopes())
        }))
    }
}

impl AccountRecords for Accounts {
    async fn by_identifier(&self, identifier: &str) -> Result<Option<AccountRecord>, Problem> {
        let stored = self.at_address(&Address::new(identifier)).await?;
        Ok(stored.map(record))
    }

    async fn by_subject(&self, subject: &str) -> Result<Option<AccountRecord>, Problem> {
        let Some(id) = id(subject) else {
            return Ok(None);
        };
        Ok(self.stored(id).await?.map(record))
    }

    async fn replace_hash(
        &self,
        subject: &str,
        old: Option<&PasswordHash>,
        new: &PasswordHash,
        why: HashChange,
    ) -> Result<bool, Problem> {
        // Every account of this service has a password.
        let (Some(id), Some(old)) = (id(subject), old) else {
            return Ok(false);
        };
        let signs_out = why == HashChange::Reset;
        Ok(self.replace_hash(id, old, new, signs_out).await?)
    }
}

impl SignUps for Accounts {
    async fn create(&self, new: NewAccount) -> Result<bool, Problem> {
        let Details { username } = new.details()?;
        let address = Address::new(&new.address);
        Ok(self.create(&address, &username, &new.password_hash).await?)
    }
}

impl AddressChanges for Accounts {
    async fn change_address(&self, subject: &str, old: &str, new: &str) -> Result<bool, Problem> {
        let Some(id) = id(subject) else {
            return Ok(false);
        };
        let (old, new) = (Address::new(old), Address::new(new));
        Ok(self.change_address(id, &old, &new).await?)
    }
}

/// A subject that is no id of ours is nobody's.
fn id(subject: &str) -> Option<Uuid> {
    subject.parse().ok()
}

fn record(stored: Stored) -> AccountRecord {
    AccountRecord::new(stored.account.id.to_string())
        .with_address(stored.account.email)
        .with_username(stored.account.username)
        .with_password_hash(stored.password_hash)
        .disabled(stored.account.disabled)
}
