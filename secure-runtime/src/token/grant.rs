use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Family, TokenError};

/// What a token says about its bearer.
///
/// ```
/// use secure_runtime::token::Grant;
///
/// let grant = Grant::new("7f9c24e8").with_roles(["user"]);
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Grant {
    pub(super) subject: String,
    pub(super) client_id: Option<String>,
    pub(super) roles: Vec<String>,
    pub(super) scopes: Vec<String>,
    pub(super) signed_in_at: Option<Duration>,
    /// Whether it is narrower than what the subject may have.
    pub(super) restricted: bool,
    /// The refresh family that the token belongs to.
    pub(super) family: Option<String>,
    pub(super) claims: Map<String, Value>,
}

impl Grant {
    /// A token for `subject`, the caller's id.
    pub fn new(subject: impl Into<String>) -> Self {
        Self {
            subject: subject.into(),
            client_id: None,
            roles: Vec::new(),
            scopes: Vec::new(),
            signed_in_at: None,
            restricted: false,
            family: None,
            claims: Map::new(),
        }
    }

    /// Adds roles, by their words.
    pub fn with_roles<W: Into<String>>(mut self, roles: impl IntoIterator<Item = W>) -> Self {
        self.roles.extend(roles.into_iter().map(Into::into));
        self
    }

    /// Adds scopes, by their words.
    pub fn with_scopes<W: Into<String>>(mut self, scopes: impl IntoIterator<Item = W>) -> Self {
        self.scopes.extend(scopes.into_iter().map(Into::into));
        self
    }

    /// The OAuth client that the token is for. Defaults to the issuer itself.
    pub fn with_client_id(mut self, client_id: impl Into<String>) -> Self {
        self.client_id = Some(client_id.into());
        self
    }

    /// When the caller proved who it is, since 1970-01-01T00:00:00Z. Defaults to now.
    ///
    /// Who measures it *before* the password is verified makes sure that a sign-in which is under way
    /// while its subject is signed out everywhere gets no token.
    pub fn with_signed_in_at(mut self, at: Duration) -> Self {
        self.signed_in_at = Some(at);
        self
    }

    /// Adds claims of the app's own, as the members of a struct or a map. The type that reads them
    /// is named once, by [`Builder::token_claims`](crate::Builder::token_claims).
    ///
    /// ```
    /// use secure_runtime::token::Grant;
    /// use serde::Serialize;
    ///
    /// #[derive(Serialize)]
    /// struct Plan {
    ///     plan: &'static str,
    /// }
    ///
    /// let grant = Grant::new("7f9c24e8").with_claims(&Plan { plan: "free" })?;
    /// # Ok::<(), secure_runtime::token::TokenError>(())
    /// ```
    ///
    /// # Errors
    /// When `claims` is not an object, or one of its members has the name of a claim that every token
    /// has (`sub`, `exp`, `scope`, …).
    pub fn with_claims(mut self, claims: &impl Serialize) -> Result<Self, TokenError> {
        match serde_json::to_value(claims) {
            Ok(Value::Object(claims)) if !claims.keys().any(|name| is_ours(name)) => {
                self.claims.extend(claims);
                Ok(self)
            }
            _ => Err(TokenError::claims()),
        }
    }

    /// The caller's id.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The scopes, by their words.
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    #[cfg(feature = "test")]
    pub(crate) fn client_id(&self) -> Option<&str> {
        self.client_id.as_deref()
    }

    #[cfg(feature = "test")]
    pub(crate) fn signed_in_at(&self) -> Option<Duration> {
        self.signed_in_at
    }

    pub(crate) fn roles(&self) -> &[String] {
        &self.roles
    }

    /// Whether it is narrower than what its subject may have.
    pub(crate) fn is_restricted(&self) -> bool {
        self.restricted
    }

    /// Keeps those of the scopes that are among `scopes`. If that leaves one out, the token is narrower than
    /// its owner: it is refused by routes that name no scope, whatever the roles of its bearer.
    pub fn narrowed_to(mut self, scopes: &[String]) -> Self {
        let before = self.scopes.len();
        self.scopes.retain(|scope| scopes.contains(scope));
        self.restricted |= self.scopes.len() < before;
        self
    }

    pub(super) fn of_family(mut self, id: &str) -> Self {
        self.family = Some(id.to_owned());
        self
    }

    /// What a renewed grant gives within a family: no more than was granted at the sign-in, and of that
    /// what is wanted now.
    pub(super) fn in_family(mut self, family: &Family, wanted: Option<&[String]>) -> Self {
        self.scopes.retain(|scope| family.scopes.contains(scope));
        self.restricted |= family.restricted;
        let grant = match wanted {
            Some(wanted) => self.narrowed_to(wanted),
            None => self,
        };
        grant
            .with_client_id(&family.client_id)
            .with_signed_in_at(family.signed_in_at)
            .of_family(&family.id)
    }
}

/// The claims that are written by us or mean something to others.
fn is_ours(name: &str) -> bool {
    const OURS: [&str; 17] = [
        "iss",
        "aud",
        "sub",
        "client_id",
        "exp",
        "iat",
        "nbf",
        "jti",
        "sid",
        "auth_time",
        "acr",
        "amr",
        "azp",
        "cnf",
        "roles",
        "scope",
        "restricted",
    ];
    OURS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_of_ones_own_take_the_place_of_none_of_ours() {
        let claim = |name: &str| Map::from_iter([(name.to_owned(), Value::from(1))]);
        assert!(Grant::new("ada").with_claims(&claim("plan")).is_ok());
        for name in ["sub", "exp", "scope", "roles", "sid"] {
            assert!(
                Grant::new("ada").with_claims(&claim(name)).is_err(),
                "{name}"
            );
        }
        assert!(Grant::new("ada").with_claims(&"text").is_err());
        assert!(Grant::new("ada").with_claims(&[1]).is_err());
    }
}
