//! Access tokens: JWTs per RFC 9068, strict as RFC 8725 asks.
//!
//! Every claim is written, required and typed; the purpose stands in the header (`typ: at+jwt`), in
//! the key, which is derived for it, and in the type ([`Token<Access>`]).

mod claims;
mod issuer;
mod key;
mod purpose;

pub use issuer::{AccessTokens, Grant, TokenError};
pub use key::{Hs256Key, KeyError};
pub use purpose::{Access, Purpose, Refresh, Token};

pub(crate) use issuer::{AccessTokenSettings, DEFAULT_LIFETIME};
