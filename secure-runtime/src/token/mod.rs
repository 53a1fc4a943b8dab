//! Access tokens: JWTs per RFC 9068, strict as RFC 8725 asks.
//!
//! Every claim is written, required and typed; the purpose stands in the header (`typ: at+jwt`), in
//! the key, which is derived for it, and in the type ([`Token<Access>`]).

mod claims;
mod issuer;
pub mod keys;
mod purpose;

pub use issuer::{AccessTokens, Grant, TokenError};
pub use keys::{
    EdDsaKey, Es256Key, Es384Key, Hs256Key, Hs384Key, Hs512Key, KeyError, KeyRing, Ps256Key,
    Ps384Key, Ps512Key, Rs256Key, Rs384Key, Rs512Key,
};
pub use purpose::{Access, Purpose, Refresh, Token};

pub(crate) use issuer::{AccessTokenSettings, DEFAULT_LIFETIME};
