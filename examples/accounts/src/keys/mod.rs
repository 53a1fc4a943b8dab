//! The keys of the service: in development a secret that is made and kept, in production a set that an
//! operator makes and rotates.

mod commands;
mod development;

pub(crate) use commands::{KeysCommand, run};
pub(crate) use development::secret;
