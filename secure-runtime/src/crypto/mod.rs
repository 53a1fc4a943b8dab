//! Secrets and randomness.

mod random;
mod secret;

pub(crate) use random::{fill_random, random_hex};
pub use secret::{IsSecret, Secret};
