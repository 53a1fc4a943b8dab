//! The keys that tokens are signed and verified with (RFC 7515, 7517, 7518, 7638, 8037).
//!
//! Each key's type says its algorithm, so that an algorithm is never named beside a key: a token
//! whose header names another one is refused before its signature is looked at (RFC 8725 §3.1).
//! A key that is weak, broken or meant for something else is refused when it is loaded.
//!
//! | keys | where they come from | what they are good for |
//! |---|---|---|
//! | [`Es256Key`], [`Es384Key`], [`EdDsaKey`] | `generate()`, `from_pem`, `from_jwk` | several services verify, one signs |
//! | [`Rs256Key`], [`Ps256Key`] and their siblings | the same | verifiers that know nothing newer |
//! | [`Hs256Key`], [`Hs384Key`], [`Hs512Key`] | `random()`, `from_text`, `from_jwk` | one service both signs and verifies |
//!
//! A [`KeyRing`] holds the key that signs and those that verify; a [`KeySet`] is the text that an
//! operator keeps of it, and knows when a key may come, sign and go.

mod algorithm;
mod compact;
mod curves;
mod error;
mod jwk;
mod key_set;
mod pem;
mod public;
mod ring;
mod rotation;
mod rsa;
mod signing;
#[cfg(test)]
mod tests;
mod typed;
mod verifying;

pub use algorithm::Algorithm;
pub(crate) use compact::Compact;
pub use compact::JwsError;
pub use error::KeyError;
pub use jwk::PublicJwk;
pub use key_set::{KeyEntry, KeySet, KeyStatus};
pub use ring::{JwkSet, KeyRing};
pub use rotation::{Rotation, RotationError, RotationStep, RotationTimes};
pub use signing::SigningKey;
pub use typed::{
    EdDsaKey, EdDsaPublicKey, Es256Key, Es256PublicKey, Es384Key, Es384PublicKey, Hs256Key,
    Hs384Key, Hs512Key, Ps256Key, Ps256PublicKey, Ps384Key, Ps384PublicKey, Ps512Key,
    Ps512PublicKey, Rs256Key, Rs256PublicKey, Rs384Key, Rs384PublicKey, Rs512Key, Rs512PublicKey,
};
pub use verifying::VerifyingKey;
