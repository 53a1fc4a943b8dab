//! Accounts: signing in, signing up, and the change of a password or an address.
//!
//! The app keeps its accounts in a table of its own and says how they are found
//! ([`AccountRecords`]); what is done with them is here.

mod device;
mod erased;
mod records;
mod sign_in;
pub(crate) mod throttle;

use std::{fmt, sync::Arc};

pub use erased::JudgePasswords;
pub(crate) use erased::{ErasedAddressChanges, ErasedRecords, ErasedSignUps};
pub use records::{AccountRecord, AccountRecords, AddressChanges, NewAccount, SignUps};
pub use sign_in::SignIn;
pub(crate) use sign_in::{SignInError, Wanted};

use crate::{
    Problem,
    password::{PasswordPolicy, Passwords},
    policy::Need,
};

/// What the builder is told about accounts.
pub(crate) struct AccountSettings {
    /// The accounts, and what hashes their passwords.
    pub(crate) records: Option<(Arc<dyn ErasedRecords>, Passwords)>,
    pub(crate) sign_ups: Option<Arc<dyn ErasedSignUps>>,
    pub(crate) address_changes: Option<Arc<dyn ErasedAddressChanges>>,
    pub(crate) policy: Arc<dyn JudgePasswords>,
}

impl Default for AccountSettings {
    fn default() -> Self {
        Self {
            records: None,
            sign_ups: None,
            address_changes: None,
            policy: Arc::new(PasswordPolicy::default()),
        }
    }
}

impl AccountSettings {
    /// Whether the builder was told what a handler needs.
    pub(crate) fn has(&self, need: Need) -> bool {
        match need {
            Need::Accounts => self.records.is_some(),
            Need::SignUps => self.sign_ups.is_some(),
            Need::AddressChanges => self.address_changes.is_some(),
            Need::Mail => false,
        }
    }

    /// The accounts, and what hashes their passwords. The launch check makes sure that there are some.
    pub(crate) fn records(&self) -> Result<(&dyn ErasedRecords, &Passwords), Problem> {
        let records = self.records.as_ref();
        records
            .map(|(records, passwords)| (&**records, passwords))
            .ok_or_else(|| Problem::internal("nobody said `.accounts(…)`"))
    }
}

impl fmt::Debug for AccountSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountSettings").finish_non_exhaustive()
    }
}
