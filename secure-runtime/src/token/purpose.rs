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

impl Purpose for Access {
    const NAME: &'static str = "access";
}

impl Purpose for Refresh {
    const NAME: &'static str = "refresh";
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Access {}
    impl Sealed for super::Refresh {}
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
