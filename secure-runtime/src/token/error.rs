use std::{error::Error, fmt};

use crate::store::StoreError;

/// Why a token was refused or could not be issued.
#[derive(Debug, Clone)]
pub struct TokenError(pub(super) Reason);

#[derive(Debug, Clone)]
pub(super) enum Reason {
    Grant,
    OwnClaims,
    SignedOut,
    Signing,
    Shape,
    Header,
    Purpose,
    Key,
    Signature,
    Claims,
    Issuer,
    Audience,
    Expired,
    NotYet,
    Revoked,
    Store(StoreError),
}

impl TokenError {
    pub(super) fn claims() -> Self {
        Self(Reason::OwnClaims)
    }

    /// Whether it is the store that failed, and not the token.
    pub fn is_unavailable(&self) -> bool {
        matches!(self.0, Reason::Store(_))
    }

    /// Whether a token was refused, and not one that could not be issued.
    pub fn is_refusal(&self) -> bool {
        !matches!(
            self.0,
            Reason::Grant
                | Reason::OwnClaims
                | Reason::SignedOut
                | Reason::Signing
                | Reason::Store(_)
        )
    }

    /// Whether the subject was signed out everywhere after it proved who it is.
    pub fn is_signed_out(&self) -> bool {
        matches!(self.0, Reason::SignedOut)
    }
}

impl From<Reason> for TokenError {
    fn from(reason: Reason) -> Self {
        Self(reason)
    }
}

impl From<StoreError> for TokenError {
    fn from(error: StoreError) -> Self {
        Self(Reason::Store(error))
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            Reason::Grant => {
                "the grant has an empty or too long subject, a scope that is none, a sign-in in the future, or too much to fit a token"
            }
            Reason::OwnClaims => {
                "the claims of the app's own are no object, do not read as the type that was named for them, or one has the name of a claim that every token has"
            }
            Reason::SignedOut => "the subject was signed out everywhere meanwhile",
            Reason::Signing => "the signing key does not sign",
            Reason::Shape => "the token is not three base64url parts",
            Reason::Header => "the token's header is not one of ours",
            Reason::Purpose => "the token is not an access token",
            Reason::Key => "the token names no key of ours",
            Reason::Signature => "the token's signature is not ours",
            Reason::Claims => "a claim is absent, of the wrong type or written twice",
            Reason::Issuer => "the token is from another issuer",
            Reason::Audience => "the token is for another audience",
            Reason::Expired => "the token has expired",
            Reason::NotYet => "the token is from the future",
            Reason::Revoked => "the token is revoked",
            Reason::Store(error) => return write!(f, "whether the token is revoked is not known: {error}"),
        })
    }
}

impl Error for TokenError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.0 {
            Reason::Store(error) => Some(error),
            _ => None,
        }
    }
}
