use crate::{
    dangerous::cheap_hashes,
    password::{Argon2Params, PasswordHash, Passwords},
};

/// Passwords whose hashes take microseconds, for apps under test:
/// [`dangerous::cheap_hashes`](crate::dangerous::cheap_hashes).
///
/// ```
/// use secure_runtime::{Secret, test::{cheap_hash, cheap_passwords}};
///
/// # #[actix_web::main]
/// # async fn main() -> Result<(), secure_runtime::password::PasswordError> {
/// let (passwords, stored) = (cheap_passwords(), cheap_hash("hunter2"));
/// let typed = Secret::new("hunter2".to_owned());
/// assert!(passwords.verify(typed, Some(stored.expose())).await?.is_valid());
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn cheap_passwords() -> Passwords {
    cheap_hashes(Passwords::builder(Argon2Params::default())).build()
}

/// The hash of any password, as [`cheap_passwords`] makes them; no policy judges it.
///
/// # Panics
/// When there is no memory for it.
#[allow(clippy::panic)]
#[must_use]
pub fn cheap_hash(password: &str) -> PasswordHash {
    match cheap_passwords().hash_unjudged(password) {
        Ok(hash) => hash,
        Err(error) => panic!("{error}"),
    }
}

/// How many hashes were computed by these passwords, be it to store them or to compare.
#[must_use]
pub fn hashes_computed(passwords: &Passwords) -> usize {
    passwords.computed()
}
