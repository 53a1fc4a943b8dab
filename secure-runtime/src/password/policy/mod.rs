//! Which passwords are taken.
//!
//! Length is what counts, and that nobody else would think of it (NIST SP 800-63B-4 §3.1.1.2): no rules
//! about kinds of characters, no expiry, no truncation. A character is a Unicode code point, counted after
//! normalisation (NFC, as RFC 8265 has it for passwords), and it is the normalised text that is hashed.
//!
//! Whether a password was stolen somewhere says a list that the app names
//! ([`PasswordPolicy::breached`]): one of its own, or with the feature `breached-passwords` that of Have I Been
//! Pwned, `PwnedPasswords`. Of the password only five digits of a hash leave the app.

mod breached;
mod common;
mod context;
#[cfg(feature = "breached-passwords")]
mod pwned;
mod reason;
mod strength;

use std::time::Duration;

use zeroize::Zeroizing;

pub use breached::{BreachCheckError, BreachCheckedPolicy, BreachQuery, BreachedPasswords};
pub use context::PasswordContext;
#[cfg(feature = "breached-passwords")]
pub use pwned::{PwnedPasswords, PwnedPasswordsError};
pub use reason::{PasswordRefused, Reason};

use super::{NewPassword, text};
use crate::Secret;

/// When to come back to a list of stolen passwords that does not answer.
const LIST_IS_BACK: Duration = Duration::from_secs(30);

/// Fewest characters where the password alone opens the account.
const ALONE: usize = 15;

/// Fewest characters where a second factor is required beside it.
const WITH_SECOND_FACTOR: usize = 8;

/// Decides which passwords are taken.
///
/// By default: at least 15 characters and at most 1024 bytes of UTF-8, no control characters, none of
/// 17 950 common passwords, not made of the account's name, address or the service's name, and hard to guess
/// (`zxcvbn` score 3 of 4, on the first 64 characters). Every reason against a password is told at once.
///
/// ```
/// use secure_runtime::{Secret, password::{PasswordPolicy, policy::PasswordContext}};
///
/// let policy = PasswordPolicy::default().context_word("accounts");
/// let ada = PasswordContext::new().username("Ada").email("ada@example.com");
/// let judge = |text: &str| policy.check(Secret::new(text.to_owned()), &ada);
///
/// assert!(judge("tangerine lighthouse umbrella").is_ok());
/// let refused = judge("passwordpassword").unwrap_err();
/// let codes: Vec<_> = refused.reasons().iter().map(|reason| reason.code()).collect();
/// assert_eq!(codes, ["password_common", "password_guessable"]);
/// ```
///
/// A check takes about a millisecond, and some ten at worst.
#[derive(Debug, Clone)]
#[must_use]
pub struct PasswordPolicy {
    minimum: usize,
    composition: bool,
    words: Vec<String>,
}

impl PasswordPolicy {
    /// At least 8 characters, for accounts that a password alone never opens: each of them requires a
    /// second factor. Otherwise the same.
    pub fn beside_second_factor() -> Self {
        Self {
            minimum: WITH_SECOND_FACTOR,
            ..Self::default()
        }
    }

    /// Asks for more characters. Fewer than there are already is no change, and more than 64 cannot be
    /// asked for: password managers and people must be able to.
    pub fn minimum_characters(mut self, minimum: usize) -> Self {
        self.minimum = self.minimum.max(minimum.min(64));
        self
    }

    /// A word that no password is made of, whoever's it is: the name of the service.
    pub fn context_word(mut self, word: impl Into<String>) -> Self {
        self.words.push(word.into());
        self
    }

    /// Asks for a lower-case letter, an upper-case letter, a digit and a symbol too.
    ///
    /// For those who must: NIST and OWASP advise against such rules, which make passwords more alike
    /// and not harder to guess.
    pub fn composition_rules(mut self) -> Self {
        self.composition = true;
        self
    }

    /// Looks each password up in a list of stolen ones as well.
    pub fn breached<B: BreachedPasswords>(self, list: B) -> BreachCheckedPolicy<B> {
        BreachCheckedPolicy::new(self, list)
    }

    /// Judges a password; `context` is what is known about the account.
    ///
    /// # Errors
    /// Every reason why it is not taken.
    pub fn check(
        &self,
        password: Secret<String>,
        context: &PasswordContext,
    ) -> Result<NewPassword, PasswordRefused> {
        // Before anything that takes longer for a longer text.
        let longest = text::MAX_BYTES;
        let too_long = Reason::TooLong { maximum: longest };
        if password.expose().len() > longest {
            return Err(PasswordRefused::new(vec![too_long]));
        }
        let mut normal = text::normalized(password.expose());
        if normal.len() > longest {
            return Err(PasswordRefused::new(vec![too_long]));
        }
        let reasons = self.reasons(&normal, context);
        match reasons.is_empty() {
            true => Ok(NewPassword::taken(std::mem::take(&mut *normal))),
            false => Err(PasswordRefused::new(reasons)),
        }
    }

    fn reasons(&self, password: &Zeroizing<String>, context: &PasswordContext) -> Vec<Reason> {
        let context = context.clone().and(&self.words);
        let minimum = self.minimum;
        let has = |is: fn(char) -> bool| password.chars().any(is);
        let composition = self.composition;
        let checks = [
            (
                password.chars().count() < minimum,
                Reason::TooShort { minimum },
            ),
            (has(char::is_control), Reason::ControlCharacter),
            (common::is_common(password), Reason::Common),
            (context.makes_up(password), Reason::ContextWord),
            (
                strength::is_guessable(password, &context),
                Reason::Guessable,
            ),
            (composition && !has(char::is_lowercase), Reason::NoLowerCase),
            (composition && !has(char::is_uppercase), Reason::NoUpperCase),
            (composition && !has(|c| c.is_numeric()), Reason::NoDigit),
            (
                composition && !has(|c| !c.is_alphanumeric()),
                Reason::NoSymbol,
            ),
        ];
        let broken = checks.into_iter().filter(|(broken, _)| *broken);
        broken.map(|(_, reason)| reason).collect()
    }
}

/// For accounts that a password alone opens.
impl Default for PasswordPolicy {
    fn default() -> Self {
        Self {
            minimum: ALONE,
            composition: false,
            words: Vec::new(),
        }
    }
}
