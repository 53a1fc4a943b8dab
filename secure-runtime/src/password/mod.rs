//! Passwords: hashed with Argon2id, judged before they are taken, calibrated for the machine.
//!
//! - [`Passwords`] hashes and verifies off the event loop, a bounded number at once, and says when a
//!   hash is out of date.
//! - [`Argon2Params`] below OWASP's floor do not build; [`calibrate`] says what the machine can do.
//! - [`PasswordPolicy`] decides which passwords are taken; only what it took can be hashed.
//! - [`Pepper`] is a key beside the database.
//!
//! # Old hashes
//! With the feature `password-legacy`, hashes of bcrypt (`$2a$`, `$2b$`, `$2y$`), scrypt and PBKDF2 with
//! SHA-256 or SHA-512 verify, and [`Verdict::ValidRehash`] brings their replacement.
//! bcrypt takes 72 bytes into account: a longer password is refused, unless
//! `dangerous::bcrypt_truncating` says that the library which made the
//! hashes cut them off.
//!
//! # Memory
//! Each hash at work has the memory of its parameters, and keeps it for the next: in all at most
//! [`at_once`](Builder::at_once) × memory, 19 MiB for each of all cores but one by default. A stored hash that asks for more
//! than that gets it for as long as it takes, up to [`VerifyLimits`]. Reused memory is quicker than fresh
//! (measured: 51 ms instead of 54 ms with 19 MiB/2, 61 ms instead of 120 ms with 46 MiB/1), although it is
//! overwritten after each use.
//!
//! Sources: OWASP Password Storage Cheat Sheet, NIST SP 800-63B-4 §3.1.1, RFC 9106.

mod argon2id;
mod calibrate;
mod error;
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing;
mod hash;
#[cfg(feature = "password-legacy")]
mod legacy;
mod limits;
mod new_password;
mod params;
mod passwords;
mod pepper;
mod phc;
pub mod policy;
mod pool;
mod stored;
#[cfg(test)]
mod tests;
mod text;

pub use calibrate::{Calibration, Measured, calibrate, calibrate_with};
pub use error::PasswordError;
pub use hash::PasswordHash;
pub use limits::VerifyLimits;
pub use new_password::NewPassword;
pub use params::{Argon2Params, ParamsError};
pub use passwords::{Builder, Passwords, Verdict};
pub use pepper::Pepper;
pub use policy::PasswordPolicy;
pub(crate) use text::MAX_BYTES;
