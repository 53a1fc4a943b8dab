//! Accounts: signing in, signing up, and the change of a password or an address.
//!
//! The app keeps its accounts in a table of its own and says how they are found
//! ([`AccountRecords`]); what is done with them is here.
//!
//! # Signing in
//!
//! A handler takes [`SignIn`] and hands it what was typed:
//!
//! ```
//! use actix_web::web::Json;
//! use secure_runtime::{account::SignIn, prelude::*, token::IssuedTokens};
//! # use secure_runtime::{account::{AccountRecord, AccountRecords, HashChange}, oauth::ResourceOwners, token::Grant};
//! # use secure_runtime::password::{PasswordHash, Passwords};
//! # #[derive(Default)]
//! # struct Accounts;
//! # impl ResourceOwners for Accounts {
//! #     async fn renew(&self, _: &str) -> Result<Option<Grant>, Problem> { Ok(None) }
//! # }
//! # impl AccountRecords for Accounts {
//! #     async fn by_identifier(&self, _: &str) -> Result<Option<AccountRecord>, Problem> { Ok(None) }
//! #     async fn by_subject(&self, _: &str) -> Result<Option<AccountRecord>, Problem> { Ok(None) }
//! #     async fn replace_hash(&self, _: &str, _: Option<&PasswordHash>, _: &PasswordHash, _: HashChange) -> Result<bool, Problem> { Ok(true) }
//! # }
//!
//! #[validated]
//! struct Credentials {
//!     #[validate(length(max = 254))]
//!     email: String,
//!     #[validate(length(max = 1024))]
//!     password: Secret<String>,
//! }
//!
//! #[post("/login")]
//! #[public]
//! #[rate_limit("60/minute")]
//! #[validated]
//! async fn login(
//!     sign_in: SignIn,
//!     credentials: Json<Credentials>,
//! ) -> Result<IssuedTokens, Problem> {
//!     let Credentials { email, password } = credentials.into_inner();
//!     sign_in.with_password(&email, password).await
//! }
//!
//! # fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let security = Security::builder_from_env()?
//!     .accounts(Accounts::default(), Passwords::new(Default::default()))
//!     .build()?;
//! let routes = security.routes(|routes| {
//!     routes.service(login);
//! })?;
//! # Ok(()) }
//! ```
//!
//! # How often somebody may fail
//!
//! | counted is | failures | then |
//! |---|---|---|
//! | an account, by one network (an IPv4 address, the /56 of an IPv6 one) | 5 | a pause of 60 seconds, and one more attempt; each that fails doubles the pause, up to an hour |
//! | an account, wherever it is guessed at | 100; one is forgiven every 15 minutes | the same |
//! | an account on a device where it has signed in before, in the place of the first | 5 | the same |
//! | an account on all such devices together, in the place of the second | 100; one is forgiven every 15 minutes | the same |
//!
//! In a pause the answer is 429 with `Retry-After`, and no password is looked at. An account is known by its
//! normalised name, whether or not there is one. The counters stand in the [`Store`](crate::store::Store),
//! and are forgotten 24 hours after the last failure; a store that does not answer lets nobody in (503). An
//! attempt is charged before the password is looked at, so that hundreds at once get no more than five
//! verdicts, and what it was charged is given back if the password is the right one or nobody could say.
//!
//! A device is known for 400 days by a signed cookie, which every success renews. Whoever guesses elsewhere
//! can so bring an account to its pause, and cannot keep its owner out. One network alone cannot even do
//! that: it takes five that go on guessing.
//!
//! An account has one name. Where an app takes an e-mail address or a user name for the same account, each
//! name has counters of its own, and twice as much can be guessed.

mod access_end;
mod address_change;
mod aftermath;
mod device;
mod erased;
pub(crate) mod limits;
mod password_change;
mod proof;
mod records;
mod reset;
mod session_sign_in;
mod sign_in;
mod sign_up;
pub(crate) mod throttle;
mod visit;

use std::{fmt, sync::Arc};

pub use access_end::ApiKeyFate;
pub use address_change::AddressChange;
pub use erased::JudgePasswords;
pub(crate) use erased::{ErasedAddressChanges, ErasedRecords, ErasedSignUps};
pub use password_change::PasswordChange;
pub(crate) use records::normalized;
pub use records::{AccountRecord, AccountRecords, AddressChanges, HashChange, NewAccount, SignUps};
pub use reset::{PasswordReset, ResetOptions};
pub use session_sign_in::SessionSignIn;
pub use sign_in::SignIn;
pub(crate) use sign_in::{SignInError, Wanted};
pub use sign_up::SignUp;

use limits::LimitSettings;

use crate::{
    Problem,
    mail::Post,
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
    pub(crate) mail: Option<Post>,
    /// How often one address may try.
    pub(crate) limits: LimitSettings,
}

impl Default for AccountSettings {
    fn default() -> Self {
        Self {
            records: None,
            sign_ups: None,
            address_changes: None,
            policy: Arc::new(PasswordPolicy::default()),
            mail: None,
            limits: LimitSettings::default(),
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
            Need::Mail => self.mail.is_some(),
            // Of these the builder was told elsewhere.
            Need::Sessions | Need::Uploads => false,
            // These have defaults.
            Need::FailedSignIns | Need::AccountMails | Need::FailedLinks => true,
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
