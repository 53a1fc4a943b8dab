use std::{fmt, time::Duration};

use super::{ApiKeyError, addresses::Addresses};
use crate::{CurrentUser, FieldError, Principal, clock::moment::LATEST, token::Grant};

/// Characters of a name.
const LONGEST_NAME: usize = 100;
const MOST_ADDRESSES: usize = 20;
/// A vocabulary holds 64 words at most.
const MOST_SCOPES: usize = 64;
/// 100 years of 365 days: what the store takes for "for ever".
const LONGEST_LIFETIME: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// What a key is to be.
///
/// ```
/// use std::time::Duration;
///
/// use secure_runtime::api_key::NewApiKey;
///
/// let new = NewApiKey {
///     name: "nightly import".to_owned(),
///     scopes: vec!["articles:write".to_owned()],
///     expires_in: Some(Duration::from_secs(90 * 24 * 60 * 60)),
///     allowed_addresses: vec!["192.0.2.0/24".to_owned()],
/// };
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewApiKey {
    /// What its owner calls it: 1 to 100 characters.
    pub name: String,
    /// What it may do: at least one scope, and none that its owner may not have.
    pub scopes: Vec<String>,
    /// When it ends by itself: 100 years at most. `None` is never.
    pub expires_in: Option<Duration>,
    /// From where it may be used: at most 20 addresses or networks (`192.0.2.0/24`, `2001:db8::/32`). None
    /// is from anywhere.
    pub allowed_addresses: Vec<String>,
}

/// Whoever a key is made for: a caller who is signed in, or a grant that says what a subject may have.
pub trait KeyOwner: sealed::Sealed {
    #[doc(hidden)]
    fn subject(&self) -> &str;

    /// Whether it may have a key with this scope, as far as its own credential goes.
    #[doc(hidden)]
    fn holds(&self, scope: &str) -> bool;

    /// When its credential was issued, since 1970; `None` where it has none.
    #[doc(hidden)]
    fn issued_at(&self) -> Option<Duration>;

    /// The sign-in that its credential came from.
    #[doc(hidden)]
    fn family(&self) -> Option<&str>;

    /// The id of its credential; `None` where it has none.
    #[doc(hidden)]
    fn token_id(&self) -> Option<&str>;

    /// Whether its credential is narrower than its owner.
    #[doc(hidden)]
    fn is_restricted(&self) -> bool;

    #[doc(hidden)]
    fn is_api_key(&self) -> bool;
}

impl KeyOwner for Principal {
    fn subject(&self) -> &str {
        self.subject()
    }

    fn holds(&self, scope: &str) -> bool {
        self.scope_words().any(|held| held == scope)
    }

    fn issued_at(&self) -> Option<Duration> {
        Some(self.issued_at())
    }

    fn family(&self) -> Option<&str> {
        self.family()
    }

    fn token_id(&self) -> Option<&str> {
        Some(self.token_id())
    }

    fn is_restricted(&self) -> bool {
        self.is_restricted()
    }

    fn is_api_key(&self) -> bool {
        self.api_key_id().is_some()
    }
}

impl KeyOwner for Grant {
    fn subject(&self) -> &str {
        self.subject()
    }

    fn holds(&self, scope: &str) -> bool {
        self.scopes().iter().any(|held| held == scope)
    }

    fn issued_at(&self) -> Option<Duration> {
        None
    }

    fn family(&self) -> Option<&str> {
        None
    }

    fn token_id(&self) -> Option<&str> {
        None
    }

    fn is_restricted(&self) -> bool {
        self.is_restricted()
    }

    fn is_api_key(&self) -> bool {
        false
    }
}

/// The caller, whose account plays no part in it.
impl<A> KeyOwner for CurrentUser<A> {
    fn subject(&self) -> &str {
        KeyOwner::subject(&**self)
    }

    fn holds(&self, scope: &str) -> bool {
        KeyOwner::holds(&**self, scope)
    }

    fn issued_at(&self) -> Option<Duration> {
        KeyOwner::issued_at(&**self)
    }

    fn family(&self) -> Option<&str> {
        KeyOwner::family(&**self)
    }

    fn token_id(&self) -> Option<&str> {
        KeyOwner::token_id(&**self)
    }

    fn is_restricted(&self) -> bool {
        KeyOwner::is_restricted(&**self)
    }

    fn is_api_key(&self) -> bool {
        KeyOwner::is_api_key(&**self)
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for crate::Principal {}
    impl<A> Sealed for crate::CurrentUser<A> {}
    impl Sealed for crate::token::Grant {}
}

/// What was asked for, after everything that can be said without asking anybody.
pub(super) struct Checked {
    pub(super) name: String,
    /// None twice.
    pub(super) scopes: Vec<String>,
    pub(super) expires_in: Option<Duration>,
    pub(super) addresses: Addresses,
}

impl NewApiKey {
    pub(super) fn check(self) -> Result<Checked, ApiKeyError> {
        let mut errors = Vec::new();
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > LONGEST_NAME {
            errors.push(too(
                "#/name",
                format_args!("must have 1 to {LONGEST_NAME} characters"),
            ));
        } else if name.chars().any(char::is_control) {
            errors.push(FieldError::at(
                "#/name",
                "characters",
                "must stand on one line",
            ));
        }
        if self.scopes.is_empty() || self.scopes.len() > MOST_SCOPES {
            errors.push(too(
                "#/scopes",
                format_args!("must have 1 to {MOST_SCOPES} scopes"),
            ));
        }
        let lasts = |lifetime: Duration| !lifetime.is_zero() && lifetime <= LONGEST_LIFETIME;
        if !self.expires_in.is_none_or(lasts) {
            let detail = "must be in the future, and not after 100 years";
            errors.push(FieldError::at("#/expires_in", "range", detail));
        }
        let addresses = addresses(&self.allowed_addresses, &mut errors);
        if !errors.is_empty() {
            return Err(ApiKeyError::Invalid(errors));
        }
        let mut scopes: Vec<String> = Vec::with_capacity(self.scopes.len());
        for scope in self.scopes {
            if !scopes.contains(&scope) {
                scopes.push(scope);
            }
        }
        Ok(Checked {
            name: name.to_owned(),
            scopes,
            expires_in: self.expires_in,
            addresses,
        })
    }
}

impl Checked {
    /// # Errors
    /// When one of the scopes is none that the owner may have, by its credential and by the app's records.
    pub(super) fn within(&self, owner: &impl KeyOwner, may: &Grant) -> Result<(), ApiKeyError> {
        let beyond = |scope: &String| !may.scopes().contains(scope) || !owner.holds(scope);
        match self.scopes.iter().any(beyond) {
            true => Err(ApiKeyError::Invalid(vec![FieldError::at(
                "#/scopes",
                "scope",
                "must be scopes that you may have yourself",
            )])),
            false => Ok(()),
        }
    }

    /// When it ends, since 1970.
    pub(super) fn expires_at(&self, now: Duration) -> Option<Duration> {
        let end = |lifetime| now.saturating_add(lifetime).min(LATEST);
        self.expires_in.map(end)
    }
}

fn addresses(texts: &[String], errors: &mut Vec<FieldError>) -> Addresses {
    if texts.len() > MOST_ADDRESSES {
        errors.push(too(
            "#/allowed_addresses",
            format_args!("must have at most {MOST_ADDRESSES} entries"),
        ));
        return Addresses::default();
    }
    Addresses::parse(texts).unwrap_or_else(|bad| {
        errors.extend(bad.into_iter().map(|at| {
            let pointer = format!("#/allowed_addresses/{at}");
            let detail = "must be an address or a network, such as 192.0.2.0/24 or 2001:db8::/32";
            FieldError::at(pointer, "address", detail)
        }));
        Addresses::default()
    })
}

fn too(pointer: &'static str, detail: fmt::Arguments<'_>) -> FieldError {
    FieldError::at(pointer, "length", detail.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new() -> NewApiKey {
        NewApiKey {
            name: "import".to_owned(),
            scopes: vec!["notes:read".to_owned()],
            ..NewApiKey::default()
        }
    }

    fn pointers(new: NewApiKey) -> Vec<String> {
        match new.check() {
            Ok(_) => Vec::new(),
            Err(ApiKeyError::Invalid(errors)) => {
                let pointers = errors.iter().filter_map(FieldError::pointer);
                pointers.map(str::to_owned).collect()
            }
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn every_mistake_is_named_at_once() {
        let wrong = NewApiKey {
            name: "  ".to_owned(),
            scopes: Vec::new(),
            expires_in: Some(Duration::ZERO),
            allowed_addresses: vec!["192.0.2.1".to_owned(), "here".to_owned()],
        };
        let expected = [
            "#/name",
            "#/scopes",
            "#/expires_in",
            "#/allowed_addresses/1",
        ];
        assert_eq!(pointers(wrong), expected);
    }

    #[test]
    fn names_are_short_and_stand_on_one_line() {
        let named = |name: &str| NewApiKey {
            name: name.to_owned(),
            ..new()
        };
        assert!(pointers(named(&"ß".repeat(100))).is_empty());
        assert_eq!(pointers(named(&"ß".repeat(101))), ["#/name"]);
        assert_eq!(pointers(named("two\nlines")), ["#/name"]);
        let trimmed = named("  import ").check().expect("a name");
        assert_eq!(trimmed.name, "import");
    }

    #[test]
    fn lists_are_bounded() {
        let scopes = (0..65).map(|number| format!("s:{number}")).collect();
        assert_eq!(pointers(NewApiKey { scopes, ..new() }), ["#/scopes"]);
        let addresses = |count: u8| NewApiKey {
            allowed_addresses: (0..count).map(|last| format!("192.0.2.{last}")).collect(),
            ..new()
        };
        assert!(pointers(addresses(20)).is_empty());
        assert_eq!(pointers(addresses(21)), ["#/allowed_addresses"]);
    }

    #[test]
    fn a_key_lasts_a_hundred_years_at_most() {
        let lasting = |lifetime: Duration| NewApiKey {
            expires_in: Some(lifetime),
            ..new()
        };
        assert!(pointers(lasting(LONGEST_LIFETIME)).is_empty());
        let over = LONGEST_LIFETIME + Duration::from_nanos(1);
        assert_eq!(pointers(lasting(over)), ["#/expires_in"]);
        assert_eq!(pointers(lasting(Duration::MAX)), ["#/expires_in"]);
    }

    #[test]
    fn a_scope_is_asked_for_once() {
        let scopes = ["a:b", "c:d", "a:b"].map(str::to_owned).to_vec();
        let checked = NewApiKey { scopes, ..new() }.check().expect("scopes");
        assert_eq!(checked.scopes, ["a:b", "c:d"]);
    }
}
