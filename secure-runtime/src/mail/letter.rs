use std::fmt;

use zeroize::Zeroizing;

use crate::token::{ChangeEmail, Reset, Token, VerifyEmail};

/// A letter, in plain text. It may hold a token, so its text does not print.
#[derive(Clone)]
pub struct Letter {
    subject: String,
    text: Zeroizing<String>,
}

impl Letter {
    /// A letter with a subject line and a text.
    #[must_use]
    pub fn new(subject: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            subject: subject.into(),
            text: Zeroizing::new(text.into()),
        }
    }

    /// The subject line.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter")
            .field("subject", &self.subject)
            .finish_non_exhaustive()
    }
}

/// What the app writes on each occasion.
///
/// Nothing in a letter comes from whoever asked for it: it goes to somebody else as often as not.
///
/// ```
/// use secure_runtime::{
///     mail::{Letter, Letters},
///     token::{ChangeEmail, Reset, Token, VerifyEmail},
/// };
///
/// struct Words {
///     origin: String,
/// }
///
/// impl Words {
///     fn link(&self, path: &str, token: &str) -> String {
///         format!("{}{path}?token={token}\r\n\r\nIf it was not you, do nothing.\r\n", self.origin)
///     }
/// }
///
/// impl Letters for Words {
///     fn confirm_sign_up(&self, token: &Token<VerifyEmail>) -> Letter {
///         Letter::new("Confirm your address", self.link("/verify", token.expose()))
///     }
///
///     fn already_registered(&self) -> Letter {
///         Letter::new("You have an account already", "Sign in with it.\r\n")
///     }
///
///     fn reset_password(&self, token: &Token<Reset>) -> Letter {
///         Letter::new("A new password", self.link("/reset", token.expose()))
///     }
///
///     fn confirm_address(&self, token: &Token<ChangeEmail>) -> Letter {
///         Letter::new("Confirm your new address", self.link("/address", token.expose()))
///     }
///
///     fn password_changed(&self) -> Letter {
///         Letter::new("Your password was changed", "If it was not you, reset it now.\r\n")
///     }
///
///     fn address_changed(&self) -> Letter {
///         Letter::new("Your address was changed", "If it was not you, write to us.\r\n")
///     }
/// }
/// ```
pub trait Letters: Send + Sync + 'static {
    /// To somebody who wants an account: the link that makes it. It holds for as long as a token to verify
    /// an address does.
    fn confirm_sign_up(&self, token: &Token<VerifyEmail>) -> Letter;

    /// To somebody who has an account, whoever wanted another one with the same address.
    fn already_registered(&self) -> Letter;

    /// To the owner of an account: the link that sets a new password.
    fn reset_password(&self, token: &Token<Reset>) -> Letter;

    /// To the new address of an account: the link that confirms it.
    fn confirm_address(&self, token: &Token<ChangeEmail>) -> Letter;

    /// To the owner of an account whose password is another one now (OWASP ASVS 6.3.7).
    fn password_changed(&self) -> Letter;

    /// To the address that an account had until now (OWASP ASVS 6.3.7).
    fn address_changed(&self) -> Letter;
}
