//! Secrets, and values that leave the app and come back: signed ones, which anybody can read and nobody
//! can change ([`Signed`]), and sealed ones, which nobody can read either ([`Sealed`]).
//!
//! Their keys are derived from the [`ServerSecret`], another one for each purpose. What a previous secret
//! made is still recognised, so that the secret can be changed.

mod derive;
mod envelope;
mod error;
mod random;
mod sealed;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod sealed_column;
mod secret;
mod secret_hash;
mod secret_ring;
mod server_secret;
mod signed;
mod strength;
#[cfg(test)]
mod tests;

pub(crate) use derive::derive;
pub use error::{SealError, SerializeError, SignatureError};
pub(crate) use random::{fill_random, hex, random_hex};
pub use sealed::{Sealable, Sealed, Sealer};
pub use secret::{IsSecret, Secret};
pub(crate) use secret_hash::SecretHash;
pub(crate) use secret_ring::{PurposeKey, SecretRing};
pub use server_secret::ServerSecret;
pub use signed::{Signable, Signed, Signer};
pub use strength::SecretError;
pub(crate) use strength::{check_secret, secret_from_text};
