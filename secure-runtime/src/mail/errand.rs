use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{lane::Lane, quota::Class};
use crate::{crypto::Sealable, token::ChangeEmailClaims};

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
        /// With the password that it had: who sets another one calls off what was asked for with the one
        /// before.
        claims: ChangeEmailClaims,
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
    /// Who waits for the letter.
    pub(super) fn lane(&self) -> Lane {
        match self {
            Self::PasswordChanged { .. } | Self::AddressChanged { .. } => Lane::Notices,
            Self::Reset { .. } | Self::AddressChange { .. } => Lane::Owners,
            Self::SignUp { .. } => Lane::SignUps,
        }
    }

    /// As what it counts for whom it goes to.
    pub(super) fn class(&self) -> Class {
        match self {
            Self::SignUp { .. } => Class::SignUp,
            Self::Reset { .. } => Class::Reset,
            Self::AddressChange { .. } => Class::AddressChange,
            Self::PasswordChanged { .. } | Self::AddressChanged { .. } => Class::Notice,
        }
    }

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
