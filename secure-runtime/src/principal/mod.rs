//! Who calls.

mod bearer;
mod credential;
mod current_user;

use std::{any::Any, fmt, str::FromStr, sync::Arc, time::Duration};

use crate::{
    Problem,
    policy::{RoleWord, ScopeWord, Via, Vocabulary, WordSet},
};

pub(crate) use bearer::challenge;
pub(crate) use credential::{Credential, find_credential};
pub(crate) use current_user::sealed::FromCaller;
pub use current_user::{CallerAccount, CurrentUser, LoadAccount, NoAccount};

/// A caller whose credential was verified: subject, roles and scopes.
///
/// A cheap handle; clones share what it says.
#[derive(Clone)]
pub struct Principal(Arc<Facts>);

struct Facts {
    parts: Parts,
    /// What the words mean to the mounted routes.
    role_mask: u64,
    scope_mask: u64,
}

impl Principal {
    pub(crate) fn new(parts: Parts, words: Vocabularies) -> Self {
        Self(Arc::new(Facts {
            role_mask: held(words.roles, parts.roles.iter().map(String::as_str)),
            scope_mask: held(words.scopes, scopes(&parts.scope)),
            parts,
        }))
    }

    /// The caller's id, as the credential names it (`sub`).
    pub fn subject(&self) -> &str {
        &self.0.parts.subject
    }

    /// The caller's id as the app's own type of id. Where the subject is none of that type, nobody is
    /// signed in: the problem is a 401.
    ///
    /// ```
    /// # use secure_runtime::{Principal, Problem};
    /// fn account_number(caller: &Principal) -> Result<u64, Problem> {
    ///     caller.subject_as()
    /// }
    /// ```
    ///
    /// # Errors
    /// When the subject does not parse.
    pub fn subject_as<T: FromStr>(&self) -> Result<T, Problem> {
        self.0
            .parts
            .subject
            .parse()
            .map_err(|_| Problem::invalid_token("the subject is no id of the app's own type"))
    }

    /// With what the caller has come.
    pub fn via(&self) -> Via {
        self.0.parts.via
    }

    /// The credential's own id (`jti`); that of an API key is [`api_key_id`](Self::api_key_id).
    pub fn token_id(&self) -> &str {
        &self.0.parts.token_id
    }

    /// The sign-in that the credential came from, where it can be refreshed (`sid`): the id of its
    /// [`Family`](crate::token::Family).
    pub fn family(&self) -> Option<&str> {
        self.0.parts.family.as_deref()
    }

    /// The API key that the caller calls by, where it is one; its id opens nothing.
    pub fn api_key_id(&self) -> Option<&str> {
        self.0.parts.api_key.as_deref()
    }

    /// The claims of the app's own, of the type that was named by
    /// [`Builder::token_claims`](crate::Builder::token_claims); `None` for any other type.
    pub fn claims<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.0.parts.claims.as_deref()?.downcast_ref()
    }

    /// The client that the credential was issued to (`client_id`). Empty for an API key, which is its
    /// owner's own.
    pub fn client_id(&self) -> &str {
        &self.0.parts.client_id
    }

    /// Whether the caller holds `role`, itself or through one that implies it. The enum is the one
    /// of `role`, whichever enum the mounted routes speak.
    pub fn has_role<R: RoleWord>(&self, role: &R) -> bool {
        let words = self.0.parts.roles.iter().map(String::as_str);
        held(Some(R::VOCABULARY), words) & R::VOCABULARY.bit(role.word()) != 0
    }

    /// Whether the caller holds `scope`.
    pub fn has_scope<S: ScopeWord>(&self, scope: &S) -> bool {
        held(Some(S::VOCABULARY), scopes(&self.0.parts.scope)) & S::VOCABULARY.bit(scope.word())
            != 0
    }

    /// Whether the credential is narrower than its owner: fewer scopes were granted than the caller may
    /// have. It is refused by routes that name no scope. Every API key is.
    pub fn is_restricted(&self) -> bool {
        self.0.parts.restricted
    }

    /// When the caller last proved who it is (`auth_time`), since 1970-01-01T00:00:00Z. For an API key that
    /// is when it was made.
    pub fn signed_in_at(&self) -> Duration {
        self.0.parts.signed_in_at
    }

    /// When the credential was issued (`iat`), since 1970-01-01T00:00:00Z. For an API key that is when it was
    /// made, also where it was made anew since.
    pub fn issued_at(&self) -> Duration {
        self.0.parts.issued_at
    }

    /// When the credential ends (`exp`), since 1970-01-01T00:00:00Z. For an API key that does not end by
    /// itself, the end of year 9999.
    pub fn expires_at(&self) -> Duration {
        self.0.parts.expires_at
    }

    pub(crate) fn scope_words(&self) -> impl Iterator<Item = &str> {
        scopes(&self.0.parts.scope)
    }

    /// Whether the caller holds any of the roles, whichever enum the mounted routes speak.
    pub(crate) fn holds_any(&self, roles: &WordSet) -> bool {
        let words = self.0.parts.roles.iter().map(String::as_str);
        roles.any_in(held(Some(roles.vocabulary()), words))
    }

    /// Whether the caller holds all of the scopes.
    pub(crate) fn has_all(&self, wanted: &WordSet) -> bool {
        wanted.all_in(held(Some(wanted.vocabulary()), scopes(&self.0.parts.scope)))
    }

    pub(crate) fn role_mask(&self) -> u64 {
        self.0.role_mask
    }

    pub(crate) fn scope_mask(&self) -> u64 {
        self.0.scope_mask
    }
}

impl fmt::Debug for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Principal")
            .field("subject", &self.0.parts.subject)
            .field("client_id", &self.0.parts.client_id)
            .field("api_key", &self.0.parts.api_key)
            .field("roles", &self.0.parts.roles)
            .field("scope", &self.0.parts.scope)
            .field("signed_in_at", &self.0.parts.signed_in_at)
            .field("expires_at", &self.0.parts.expires_at)
            .finish_non_exhaustive()
    }
}

/// What a verified credential says.
pub(crate) struct Parts {
    pub(crate) via: Via,
    pub(crate) subject: String,
    pub(crate) client_id: String,
    pub(crate) token_id: String,
    pub(crate) family: Option<String>,
    pub(crate) api_key: Option<String>,
    pub(crate) roles: Vec<String>,
    pub(crate) scope: String,
    pub(crate) restricted: bool,
    pub(crate) signed_in_at: Duration,
    pub(crate) issued_at: Duration,
    pub(crate) expires_at: Duration,
    pub(crate) claims: Option<Arc<dyn Any + Send + Sync>>,
}

/// The words that the mounted routes speak: how the words of a token become masks.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Vocabularies {
    pub(crate) roles: Option<&'static Vocabulary>,
    pub(crate) scopes: Option<&'static Vocabulary>,
}

/// RFC 6749 §3.3: scopes are separated by single spaces.
fn scopes(scope: &str) -> impl Iterator<Item = &str> {
    scope.split(' ')
}

/// What the holder of `words` holds. A word that the vocabulary does not know gives nothing.
fn held<'a>(vocabulary: Option<&Vocabulary>, words: impl Iterator<Item = &'a str>) -> u64 {
    vocabulary.map_or(0, |vocabulary| {
        words.fold(0, |mask, word| mask | vocabulary.held_by(word))
    })
}
