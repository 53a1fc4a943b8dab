//! Who calls.

mod bearer;
mod current_user;

use std::time::Duration;

use crate::policy::{RoleWord, ScopeWord, Vocabulary};

pub(crate) use bearer::{Credential, challenge, find_credential};
pub use current_user::{CurrentUser, LoadAccount, NoAccount};

/// A caller whose credential was verified: subject, roles and scopes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    subject: String,
    client_id: String,
    roles: Vec<String>,
    scope: String,
    /// What the words mean to the mounted routes.
    role_mask: u64,
    scope_mask: u64,
    signed_in_at: Duration,
    expires_at: Duration,
}

impl Principal {
    pub(crate) fn new(parts: Parts<'_>, words: Vocabularies) -> Self {
        Self {
            subject: parts.subject.to_owned(),
            client_id: parts.client_id.to_owned(),
            role_mask: held(words.roles, parts.roles.iter().map(String::as_str)),
            scope_mask: held(words.scopes, scopes(parts.scope)),
            roles: parts.roles.to_vec(),
            scope: parts.scope.to_owned(),
            signed_in_at: parts.signed_in_at,
            expires_at: parts.expires_at,
        }
    }

    /// The caller's id, as the credential names it (`sub`).
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The client that the credential was issued to (`client_id`).
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Whether the caller holds `role`, itself or through one that implies it. The enum is the one
    /// of `role`, whichever enum the mounted routes speak.
    pub fn has_role<R: RoleWord>(&self, role: &R) -> bool {
        let words = self.roles.iter().map(String::as_str);
        held(Some(R::VOCABULARY), words) & R::VOCABULARY.bit(role.word()) != 0
    }

    /// Whether the caller holds `scope`.
    pub fn has_scope<S: ScopeWord>(&self, scope: &S) -> bool {
        held(Some(S::VOCABULARY), scopes(&self.scope)) & S::VOCABULARY.bit(scope.word()) != 0
    }

    /// When the caller last proved who it is (`auth_time`), since 1970-01-01T00:00:00Z.
    pub fn signed_in_at(&self) -> Duration {
        self.signed_in_at
    }

    /// When the credential ends (`exp`), since 1970-01-01T00:00:00Z.
    pub fn expires_at(&self) -> Duration {
        self.expires_at
    }

    pub(crate) fn role_mask(&self) -> u64 {
        self.role_mask
    }

    pub(crate) fn scope_mask(&self) -> u64 {
        self.scope_mask
    }
}

/// What a verified credential says.
pub(crate) struct Parts<'a> {
    pub(crate) subject: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) roles: &'a [String],
    pub(crate) scope: &'a str,
    pub(crate) signed_in_at: Duration,
    pub(crate) expires_at: Duration,
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
