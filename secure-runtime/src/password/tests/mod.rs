//! Known answers, made by the reference tools, and every verdict and error.

#[cfg(feature = "password-legacy")]
mod legacy;
mod policy;
mod vectors;
mod verdicts;

use super::{Argon2Params, NewPassword, PasswordError, Passwords, Verdict};
use crate::Secret;

/// What the hashes in these tests are of.
const PASSWORD: &str = "correct horse battery staple";

/// The least work that there is.
const PARAMS: Argon2Params = Argon2Params::new(7 * 1024, 5, 1);

/// The parameters that the reference hashes were made with.
const REFERENCE: Argon2Params = Argon2Params::new(19 * 1024, 2, 1);

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

fn new_password(text: &str) -> NewPassword {
    NewPassword::taken(text.to_owned())
}

async fn verify(
    passwords: &Passwords,
    password: &str,
    hash: &str,
) -> Result<Verdict, PasswordError> {
    passwords.verify(secret(password), Some(hash)).await
}

/// `valid`, `rehash`, `invalid`, or the error.
async fn told(passwords: &Passwords, password: &str, hash: &str) -> String {
    match verify(passwords, password, hash).await {
        Ok(Verdict::Valid) => "valid".to_owned(),
        Ok(Verdict::ValidRehash(_)) => "rehash".to_owned(),
        Ok(Verdict::Invalid) => "invalid".to_owned(),
        Err(error) => format!("{error:?}"),
    }
}
