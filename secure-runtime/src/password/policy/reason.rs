use std::fmt;

use crate::{FieldError, Problem};

/// One reason why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// It has too few characters.
    TooShort {
        /// How many it must have.
        minimum: usize,
    },
    /// It has more bytes than can be accepted.
    TooLong {
        /// How many it may have, in UTF-8.
        maximum: usize,
    },
    /// It holds a control character, which no keyboard types reliably (RFC 8265 §4.2).
    ControlCharacter,
    /// It is one that many people choose.
    Common,
    /// It consists of what everybody knows about the account.
    ContextWord,
    /// It can be guessed in fewer tries than an attacker has.
    Guessable,
    /// It stands in a list of stolen passwords.
    Breached,
    /// A composition rule asks for a lower-case letter.
    NoLowerCase,
    /// A composition rule asks for an upper-case letter.
    NoUpperCase,
    /// A composition rule asks for a digit.
    NoDigit,
    /// A composition rule asks for a character that is neither letter nor digit.
    NoSymbol,
}

impl Reason {
    /// For programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TooShort { .. } => "password_too_short",
            Self::TooLong { .. } => "password_too_long",
            Self::ControlCharacter => "password_control_character",
            Self::Common => "password_common",
            Self::ContextWord => "password_context",
            Self::Guessable => "password_guessable",
            Self::Breached => "password_breached",
            Self::NoLowerCase => "password_no_lower_case",
            Self::NoUpperCase => "password_no_upper_case",
            Self::NoDigit => "password_no_digit",
            Self::NoSymbol => "password_no_symbol",
        }
    }
}

/// For people.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort { minimum } => write!(f, "has fewer than {minimum} characters"),
            Self::TooLong { maximum } => write!(f, "is longer than {maximum} bytes"),
            Self::ControlCharacter => f.write_str("holds a control character"),
            Self::Common => f.write_str("is one that many people choose"),
            Self::ContextWord => {
                f.write_str("is made of your name, your address or the name of this service")
            }
            Self::Guessable => f.write_str("is easy to guess; a few unrelated words are not"),
            Self::Breached => f.write_str("stands in a list of stolen passwords"),
            Self::NoLowerCase => f.write_str("has no lower-case letter"),
            Self::NoUpperCase => f.write_str("has no upper-case letter"),
            Self::NoDigit => f.write_str("has no digit"),
            Self::NoSymbol => f.write_str("has no character that is neither letter nor digit"),
        }
    }
}

/// Why a password was not taken: every reason at once. It does not hold the password.
///
/// As a [`Problem`] it is a 422; [`field_errors`](Self::field_errors) names the field that is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordRefused {
    reasons: Vec<Reason>,
}

impl PasswordRefused {
    pub(super) fn new(reasons: Vec<Reason>) -> Self {
        Self { reasons }
    }

    /// All of them; there is at least one.
    #[must_use]
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }

    /// As they stand in a 422; `pointer` is the place of the password in the body (`#/password`).
    #[must_use]
    pub fn field_errors(&self, pointer: &str) -> Vec<FieldError> {
        let error = |reason: &Reason| FieldError::at(pointer, reason.code(), reason.to_string());
        self.reasons.iter().map(error).collect()
    }

    /// A 422 about the field at `pointer`.
    #[must_use]
    pub fn problem(&self, pointer: &str) -> Problem {
        Problem::invalid(self.field_errors(pointer))
    }
}

impl fmt::Display for PasswordRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the password ")?;
        for (index, reason) in self.reasons.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{reason}")?;
        }
        Ok(())
    }
}

impl std::error::Error for PasswordRefused {}
