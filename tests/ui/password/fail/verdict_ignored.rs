//~ unused
#![deny(unused_must_use)]
use secure_runtime::{
    Secret,
    password::{PasswordError, Passwords},
};

async fn sign_in(
    passwords: &Passwords,
    typed: Secret<String>,
    stored: &str,
) -> Result<(), PasswordError> {
    passwords.verify(typed, Some(stored)).await?;
    Ok(())
}

fn main() {}
