use std::{fmt, marker::PhantomData};

use crate::crypto::Secret;

/// What a token is for. Sealed: the purposes are ours.
pub trait Purpose: sealed::Sealed + 'static {
    /// The purpose's name in messages.
    const NAME: &'static str;
}

/// Tokens that call the API.
#[derive(Debug, Clone, Copy)]
pub enum Access {}

/// Tokens that get a new access token, and nothing else.
#[derive(Debug, Clone, Copy)]
pub enum Refresh {}

/// Tokens that set a new password, mailed to whoever forgot the old one.
#[derive(Debug, Clone, Copy)]
pub enum Reset {}

/// Tokens that show that somebody reads what is mailed to an address: at a sign-up.
#[derive(Debug, Clone, Copy)]
pub enum VerifyEmail {}

/// Tokens that give an account another address, mailed to that one.
#[derive(Debug, Clone, Copy)]
pub enum ChangeEmail {}

impl Purpose for Access {
    const NAME: &'static str = "access";
}

impl Purpose for Refresh {
    const NAME: &'static str = "refresh";
}

impl Purpose for Reset {
    const NAME: &'static str = "reset";
}

impl Purpose for VerifyEmail {
    const NAME: &'static str = "verify-email";
}

impl Purpose for ChangeEmail {
    const NAME: &'static str = "change-email";
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Access {}
    impl Sealed for super::Refresh {}
    impl Sealed for super::Reset {}
    impl Sealed for super::VerifyEmail {}
    impl Sealed for super::ChangeEmail {}
}

/// A token's text, together with what it is for: a `Token<Refresh>` is no `Token<Access>`.
#[derive(Clone)]
pub struct Token<P: Purpose> {
    text: Secret<String>,
    purpose: PhantomData<fn() -> P>,
}

impl<P: Purpose> Token<P> {
    /// Takes a text that was handed in as a token for `P`. It is not verified by that.
    pub fn from_untrusted(text: impl Into<String>) -> Self {
        Self {
            text: Secret::new(text.into()),
            purpose: PhantomData,
        }
    }

    /// The token itself, to hand to its owner.
    pub fn expose(&self) -> &str {
        self.text.expose()
    }
}

impl<P: Purpose> fmt::Debug for Token<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token<{}>([redacted])", P::NAME)
    }
}
