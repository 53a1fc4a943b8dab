use serde_json::Value;

use super::{Errand, Letter, Letters, quota::Class};
use crate::{
    Problem,
    account::AccountRecord,
    security::State,
    token::{ChangeEmail, ChangeEmailClaims, Reset, ResetClaims, VerifyEmail, VerifyEmailClaims},
};

/// A letter that is due: to whom, and about what.
pub(super) struct Delivery {
    pub(super) to: String,
    pub(super) class: Class,
    occasion: Occasion,
}

enum Occasion {
    ConfirmSignUp {
        details: Value,
    },
    AlreadyRegistered,
    ResetPassword(AccountRecord),
    ConfirmAddress {
        owner: ResetClaims,
        claims: ChangeEmailClaims,
    },
    PasswordChanged,
    AddressChanged,
}

impl Delivery {
    /// Looks who an errand is about; `None` where nobody is written to.
    pub(super) async fn of(state: &State, errand: Errand) -> Result<Option<Self>, Problem> {
        let (to, occasion) = match errand {
            Errand::SignUp { address, details } => match has_account(state, &address).await? {
                true => (address, Occasion::AlreadyRegistered),
                false => (address, Occasion::ConfirmSignUp { details }),
            },
            Errand::Reset { identifier } => {
                let (records, _) = state.accounts().records()?;
                let account = records.by_identifier(&identifier).await?;
                let Some(account) = account.filter(|account| !account.disabled) else {
                    return Ok(None);
                };
                // Where the account says that its mail goes, and not what somebody has typed.
                let Some(address) = account.address.clone() else {
                    return Ok(None);
                };
                (address, Occasion::ResetPassword(account))
            }
            Errand::AddressChange { owner, from, to } => match has_account(state, &to).await? {
                true => (to, Occasion::AlreadyRegistered),
                false => {
                    let claims = ChangeEmailClaims {
                        subject: owner.subject.clone(),
                        from,
                        to: to.clone(),
                    };
                    (to, Occasion::ConfirmAddress { owner, claims })
                }
            },
            Errand::PasswordChanged { address } => (address, Occasion::PasswordChanged),
            Errand::AddressChanged { address } => (address, Occasion::AddressChanged),
        };
        Ok(Some(Self {
            to,
            class: occasion.class(),
            occasion,
        }))
    }

    /// Makes the token, where there is one in the letter, and has the app write it; `None` where it is not
    /// due any more.
    pub(super) async fn write(
        self,
        state: &State,
        letters: &dyn Letters,
    ) -> Result<Option<(String, Letter)>, Problem> {
        let (to, tokens) = (self.to, state.one_time());
        let letter = match self.occasion {
            Occasion::ConfirmSignUp { details } => {
                let address = to.clone();
                let claims = VerifyEmailClaims { address, details };
                let token = tokens.issue::<VerifyEmail>(&to, &claims).await?;
                letters.confirm_sign_up(&token)
            }
            Occasion::AlreadyRegistered => letters.already_registered(),
            Occasion::ResetPassword(account) => {
                let subject = &account.subject;
                let claims = ResetClaims::new(subject, account.hash.as_ref());
                let token = tokens.issue::<Reset>(subject, &claims).await?;
                letters.reset_password(&token)
            }
            Occasion::ConfirmAddress { owner, claims } => {
                let subject = &claims.subject;
                let token = tokens.issue::<ChangeEmail>(subject, &claims).await?;
                // In this order: whoever sets another password does that, and then ends the tokens that
                // there are. So either this sees it, or the token is among them.
                if !is_due(state, &owner, &claims.from).await? {
                    drop(tokens.redeem(&token).await?);
                    return Ok(None);
                }
                letters.confirm_address(&token)
            }
            Occasion::PasswordChanged => letters.password_changed(),
            Occasion::AddressChanged => letters.address_changed(),
        };
        Ok(Some((to, letter)))
    }
}

impl Occasion {
    fn class(&self) -> Class {
        match self {
            Self::ConfirmSignUp { .. }
            | Self::AlreadyRegistered
            | Self::ResetPassword(_)
            | Self::ConfirmAddress { .. } => Class::Asked,
            Self::PasswordChanged | Self::AddressChanged => Class::Notice,
        }
    }
}

/// Whether an account is in use, with the password and the address that it had.
async fn is_due(state: &State, owner: &ResetClaims, address: &str) -> Result<bool, Problem> {
    let (records, _) = state.accounts().records()?;
    let account = records.by_subject(&owner.subject).await?;
    Ok(
        account
            .is_some_and(|account| account.is_at(address) && owner.is_due(account.hash.as_ref())),
    )
}

async fn has_account(state: &State, address: &str) -> Result<bool, Problem> {
    let (records, _) = state.accounts().records()?;
    let account = records.by_identifier(address).await?;
    Ok(account.is_some())
}
