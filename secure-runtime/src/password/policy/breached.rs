use std::{error::Error, fmt, future::Future};

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use super::{PasswordContext, PasswordPolicy, PasswordRefused, Reason};
use crate::{Problem, Secret, password::NewPassword};

/// Looks a password up in a list of stolen ones.
///
/// With the feature `breached-passwords` there is one that asks Have I Been Pwned, `PwnedPasswords`. Others
/// are the app's: a file, a table, or a service that answers by prefix (k-anonymity), to which only five
/// digits of a SHA-1 go:
///
/// ```
/// use secure_runtime::password::policy::{BreachQuery, BreachedPasswords};
///
/// struct Range;
///
/// impl BreachedPasswords for Range {
///     type Error = std::io::Error;
///
///     async fn is_breached(&self, query: &BreachQuery) -> Result<bool, Self::Error> {
///         // GET https://api.pwnedpasswords.com/range/{query.prefix()}, `Add-Padding: true`
///         # let answer = "";
///         # let get = async |_: &str| Ok::<_, std::io::Error>(answer);
///         Ok(query.is_in(get(query.prefix()).await?))
///     }
/// }
/// ```
pub trait BreachedPasswords {
    /// Why it cannot say.
    type Error: Error + Send + Sync + 'static;

    /// Whether the password is in the list.
    fn is_breached(&self, query: &BreachQuery) -> impl Future<Output = Result<bool, Self::Error>>;
}

/// A password to be looked up, as its SHA-1: that is what the lists are of.
pub struct BreachQuery {
    /// 40 upper-case hexadecimal digits.
    hash: Secret<String>,
}

impl BreachQuery {
    pub(in crate::password) fn of(password: &str) -> Self {
        let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes());
        let digits = hash.as_ref().iter().map(|byte| format!("{byte:02X}"));
        Self {
            hash: Secret::new(digits.collect()),
        }
    }

    /// The first five digits: some eight hundred stolen passwords share them, and so this may be sent.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.hash.expose()[..5]
    }

    /// All 40 digits, for a list of one's own. They are worth guessing at; send them nowhere.
    #[must_use]
    pub fn expose_hash(&self) -> &str {
        self.hash.expose()
    }

    /// Whether the rest stands in an answer to the prefix: lines of `rest:count`. A count of 0 is padding.
    #[must_use]
    pub fn is_in(&self, answer: &str) -> bool {
        let rest = &self.hash.expose()[5..];
        answer
            .lines()
            .any(|line| match line.trim().split_once(':') {
                Some((is, count)) => is.eq_ignore_ascii_case(rest) && count.trim() != "0",
                None => false,
            })
    }
}

impl fmt::Debug for BreachQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BreachQuery([redacted])")
    }
}

/// A policy that also looks each password up ([`PasswordPolicy::breached`]).
#[derive(Debug, Clone)]
#[must_use]
pub struct BreachCheckedPolicy<B> {
    policy: PasswordPolicy,
    breached: B,
    lenient: bool,
}

impl<B: BreachedPasswords> BreachCheckedPolicy<B> {
    pub(super) fn new(policy: PasswordPolicy, breached: B) -> Self {
        Self {
            policy,
            breached,
            lenient: false,
        }
    }

    /// Takes a password unseen where the list does not answer, and logs that. By default nobody can
    /// choose a password until it answers again.
    pub fn accept_when_unavailable(mut self) -> Self {
        self.lenient = true;
        self
    }

    /// Judges a password.
    ///
    /// # Errors
    /// Every reason why it is not taken, or why the list does not answer. The list is asked only about
    /// what is taken otherwise.
    pub async fn check(
        &self,
        password: Secret<String>,
        context: &PasswordContext,
    ) -> Result<NewPassword, BreachCheckError> {
        let new = self.policy.check(password, context)?;
        let query = BreachQuery::of(new.text());
        match self.breached.is_breached(&query).await {
            Ok(false) => Ok(new),
            Ok(true) => Err(PasswordRefused::new(vec![Reason::Breached]).into()),
            Err(error) if self.lenient => {
                tracing::warn!(%error, "the list of stolen passwords does not answer");
                Ok(new)
            }
            Err(error) => Err(BreachCheckError::Unavailable(Box::new(error))),
        }
    }
}

/// Why a password was not taken by a policy that looks it up.
#[derive(Debug)]
#[non_exhaustive]
pub enum BreachCheckError {
    /// It is none that can be taken.
    Refused(PasswordRefused),
    /// The list does not answer.
    Unavailable(Box<dyn Error + Send + Sync>),
}

impl BreachCheckError {
    /// A 422 about the field at `pointer` (`#/password`), or a 503.
    #[must_use]
    pub fn problem(&self, pointer: &str) -> Problem {
        match self {
            Self::Refused(refused) => refused.problem(pointer),
            Self::Unavailable(_) => Problem::unavailable(super::LIST_IS_BACK).because(self),
        }
    }
}

impl From<PasswordRefused> for BreachCheckError {
    fn from(refused: PasswordRefused) -> Self {
        Self::Refused(refused)
    }
}

impl fmt::Display for BreachCheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refused) => refused.fmt(f),
            Self::Unavailable(error) => {
                write!(f, "the list of stolen passwords does not answer: {error}")
            }
        }
    }
}

impl Error for BreachCheckError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Refused(refused) => Some(refused),
            Self::Unavailable(error) => Some(&**error),
        }
    }
}
