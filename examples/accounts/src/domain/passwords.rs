use std::{io, thread};

use actix_web::web;
use argon2::{
    Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version,
    password_hash::{self, phc::PasswordHash},
};
use secure_runtime::Secret;
use tokio::sync::Semaphore;

use super::Failure;

/// OWASP's second set: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// How many may wait for each that is at work; who comes later is told to come back.
const WAITING_FOR_EACH: usize = 16;

const SHORTEST_CHARACTERS: usize = 15;
const LONGEST_CHARACTERS: usize = 128;

/// A password that somebody chose and the policy takes.
#[derive(Debug)]
pub(crate) struct NewPassword(Secret<String>);

impl NewPassword {
    /// Length is what counts (NIST SP 800-63B): no rules about kinds of characters.
    ///
    /// # Errors
    /// What is wrong with it, for people.
    pub(crate) fn new(text: Secret<String>) -> Result<Self, String> {
        let length = text.expose().chars().count();
        match (SHORTEST_CHARACTERS..=LONGEST_CHARACTERS).contains(&length) {
            true => Ok(Self(text)),
            false => Err(format!(
                "a password has {SHORTEST_CHARACTERS} to {LONGEST_CHARACTERS} characters"
            )),
        }
    }
}

/// Argon2id, off the event loop, a bounded number at once.
#[derive(Debug)]
pub(crate) struct Passwords {
    argon2: Argon2<'static>,
    /// Verified where there is no account, so that the work is the same.
    stand_in: String,
    at_work: Semaphore,
    admitted: Semaphore,
}

impl Passwords {
    /// # Errors
    /// When the machine cannot hash: no memory or no randomness.
    pub(crate) fn new() -> Result<Self, password_hash::Error> {
        let parameters = Params::new(MEMORY_KIB, PASSES, LANES, None)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters);
        let stand_in = argon2.hash_password(b"nobody's password")?.to_string();
        let at_once = thread::available_parallelism().map_or(1, usize::from);
        Ok(Self {
            argon2,
            stand_in,
            at_work: Semaphore::new(at_once),
            admitted: Semaphore::new(at_once * (1 + WAITING_FOR_EACH)),
        })
    }

    /// The password's hash, in PHC format.
    pub(crate) async fn hash(&self, password: NewPassword) -> Result<String, Failure> {
        let argon2 = self.argon2.clone();
        let hash = move || argon2.hash_password(password.0.expose().as_bytes());
        match self.work(hash).await? {
            Ok(hash) => Ok(hash.to_string()),
            Err(error) => Err(Failure::Fault(Box::new(error))),
        }
    }

    /// Whether `password` is the one that `hash` was made of. Without a hash it is not, after the
    /// same work.
    pub(crate) async fn verify(
        &self,
        password: Secret<String>,
        hash: Option<&str>,
    ) -> Result<bool, Failure> {
        let (argon2, known) = (self.argon2.clone(), hash.is_some());
        let hash = hash.unwrap_or(&self.stand_in).to_owned();
        let matches = self
            .work(move || {
                let hash = PasswordHash::new(&hash)?;
                let password = password.expose().as_bytes();
                match argon2.verify_password(password, &hash) {
                    Ok(()) => Ok(true),
                    Err(password_hash::Error::PasswordInvalid) => Ok(false),
                    Err(error) => Err(error),
                }
            })
            .await?
            .map_err(|error| Failure::Fault(Box::new(error)))?;
        Ok(matches && known)
    }

    async fn work<T: Send + 'static>(
        &self,
        task: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let _admitted = self
            .admitted
            .try_acquire()
            .map_err(|_| Failure::Overloaded)?;
        let _at_work = self.at_work.acquire().await.map_err(fault)?;
        web::block(task).await.map_err(fault)
    }
}

fn fault(error: impl std::error::Error) -> Failure {
    Failure::Fault(io::Error::other(error.to_string()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Secret<String> {
        Secret::new(text.to_owned())
    }

    #[test]
    fn length_is_what_counts() {
        assert!(NewPassword::new(password("14 characters!")).is_err());
        assert!(NewPassword::new(password("15 characters!!")).is_ok());
        assert!(NewPassword::new(password(&"ä".repeat(128))).is_ok());
        assert!(NewPassword::new(password(&"a".repeat(129))).is_err());
    }

    #[actix_web::test]
    async fn a_hash_verifies_its_password_only() {
        let passwords = Passwords::new().expect("parameters");
        let text = "correct horse battery staple";
        let chosen = NewPassword::new(password(text)).expect("long enough");
        let hash = passwords.hash(chosen).await.expect("a hash");
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        let verify = |text, hash| passwords.verify(password(text), hash);
        assert!(verify(text, Some(&hash)).await.expect("an answer"));
        assert!(!verify("another", Some(&hash)).await.expect("an answer"));
        // The stand-in's own password opens nothing.
        assert!(!verify("nobody's password", None).await.expect("an answer"));
    }

    #[actix_web::test]
    async fn who_comes_when_the_queue_is_full_is_told_so() {
        let passwords = Passwords::new().expect("parameters");
        passwords.admitted.forget_permits(usize::MAX);
        let refused = passwords.verify(password("x"), None).await;
        assert!(matches!(refused, Err(Failure::Overloaded)));
    }
}
