//! Tokens: access tokens that call the API, refresh tokens that keep a sign-in alive, and what
//! calls both of them back.
//!
//! Access tokens are JWTs per RFC 9068, strict as RFC 8725 asks. Every claim is written, required and
//! typed; the purpose stands in the header (`typ: at+jwt`), in an HMAC key, which is derived for it,
//! and in the type ([`Token<Access>`]). Refresh tokens are opaque, and no JWTs.

mod access;
mod cache;
mod claims;
mod error;
mod grant;
mod issued;
mod keys;
mod purpose;
mod refresh;
mod revocation;
mod tokens;

pub use access::AccessTokens;
pub use error::TokenError;
pub use grant::Grant;
pub use issued::IssuedTokens;
pub use keys::{Hs256Key, KeyError};
pub use purpose::{Access, Purpose, Refresh, Token};
pub use refresh::Family;
pub use tokens::{RefreshError, Tokens};

pub(crate) use access::{
    AccessTokenSettings, DEFAULT_LEEWAY, DEFAULT_LIFETIME, DEFAULT_REMEMBERED, LONGEST_LEEWAY,
    LONGEST_LIFETIME, OwnClaims,
};
pub(crate) use refresh::RefreshSettings;
pub(crate) use revocation::{Freshness, RevocationSettings, Revocations};
