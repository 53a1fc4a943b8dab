//! Secrets and randomness.

mod derive;
mod random;
mod secret;
mod secret_ring;
mod server_secret;
mod strength;

pub(crate) use derive::derive;
pub(crate) use random::{fill_random, random_hex};
pub use secret::{IsSecret, Secret};
pub(crate) use secret_ring::{PurposeKey, SecretRing};
pub use server_secret::ServerSecret;
pub use strength::SecretError;
pub(crate) use strength::{check_secret, secret_from_text};
