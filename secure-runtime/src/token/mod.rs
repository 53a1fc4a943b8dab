//! Tokens: access tokens that call the API, refresh tokens that keep a sign-in alive, and what
//! calls both of them back.
//!
//! Access tokens are JWTs per RFC 9068, strict as RFC 8725 asks. Every claim is written, required and
//! typed; the purpose stands in the header (`typ: at+jwt`), in an HMAC key, which is derived for it,
//! and in the type ([`Token<Access>`]). Refresh tokens are opaque, and no JWTs; so are the tokens that
//! are mailed and used once ([`OneTimeTokens`]).

mod access;
mod cache;
mod claims;
mod endings;
mod error;
mod grant;
mod issued;
pub mod keys;
mod keys_in_use;
mod one_time;
mod purpose;
mod refresh;
mod revocation;
mod settings;
mod tokens;

pub use access::AccessTokens;
pub(crate) use access::{OwnClaims, revocable};
pub(crate) use endings::Endings;
pub use error::TokenError;
pub use grant::Grant;
pub use issued::IssuedTokens;
pub use keys::{
    EdDsaKey, Es256Key, Es384Key, Hs256Key, Hs384Key, Hs512Key, KeyError, KeyRing, Ps256Key,
    Ps384Key, Ps512Key, Rs256Key, Rs384Key, Rs512Key,
};
pub(crate) use one_time::fingerprint;
pub use one_time::{
    ChangeEmailClaims, OneTime, OneTimeTokens, Redeemed, ResetClaims, VerifyEmailClaims,
};
pub use purpose::{Access, ChangeEmail, Purpose, Refresh, Reset, Token, VerifyEmail};
pub use refresh::Family;
pub use tokens::{RefreshError, Tokens};

/// No access token lives longer than this, leeway included, whatever an instance is configured with.
const HORIZON: std::time::Duration =
    access::LONGEST_LIFETIME.saturating_add(access::LONGEST_LEEWAY);

pub(crate) use revocation::{Freshness, Revocable, Revocations};
pub(crate) use settings::TokenSettings;

use crate::clock::millis;
