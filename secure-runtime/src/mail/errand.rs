use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{crypto::Sealable, token::ResetClaims};

/// What is to be written about, and to whom. No token is in it, and whether anybody has the account is
/// looked up when it is worked off.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Errand {
    /// Somebody wants an account with this address.
    SignUp { address: String, details: Value },
    /// Somebody who goes by this name has forgotten the password.
    Reset { identifier: String },
    /// An account is to have another address.
    AddressChange {
        /// Whose account it is, and which password it had: who sets another one calls off what was asked
        /// for with the one before.
        owner: ResetClaims,
        from: String,
        to: String,
    },
    /// The password of the account with this address is another one now.
    PasswordChanged { address: String },
    /// The account that had this address has another one now.
    AddressChanged { address: String },
}

impl Sealable for Errand {
    const PURPOSE: &'static str = "secure-runtime mail errand";
}

impl Errand {
    /// For the log: it says nothing about whom it is about.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::SignUp { .. } => "sign-up",
            Self::Reset { .. } => "reset",
            Self::AddressChange { .. } => "address change",
            Self::PasswordChanged { .. } => "password changed",
            Self::AddressChanged { .. } => "address changed",
        }
    }
}
