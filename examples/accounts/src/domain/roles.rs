use secure_runtime::{
    policy::{RoleWord as _, ScopeWord as _},
    prelude::*,
};
use serde::Serialize;

/// What an account may do. The words of the attributes come from here, so that a misspelt one does
/// not build.
#[validated]
#[derive(Role, Serialize, sqlx::Type, Debug, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
#[sqlx(rename_all = "snake_case")]
pub(crate) enum Role {
    #[role(implies = "moderator")]
    Admin,
    #[role(implies = "user")]
    Moderator,
    User,
}

impl Role {
    /// Whether who holds this role holds `other` too.
    pub(crate) fn includes(self, other: Self) -> bool {
        let held = |role: Self| Self::VOCABULARY.held_by(role.word());
        held(self) & held(other) == held(other)
    }

    pub(crate) const ALL: [Self; 3] = [Self::User, Self::Moderator, Self::Admin];

    /// Its name, for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Admin => "Admin",
            Self::Moderator => "Moderator",
            Self::User => "User",
        }
    }

    /// What a token for an account of this role may be used for.
    pub(crate) fn scopes(self) -> impl Iterator<Item = &'static str> {
        let everyone = [
            Scope::ArticlesRead,
            Scope::ArticlesWrite,
            Scope::ProfileRead,
            Scope::ProfileWrite,
        ];
        let admins = (self == Self::Admin).then_some(Scope::AdminUsers);
        everyone.into_iter().chain(admins).map(|scope| scope.word())
    }
}

/// What a token or an API key may be used for.
#[validated]
#[derive(Scope, Debug, Clone, Copy)]
pub(crate) enum Scope {
    #[serde(rename = "articles:read")]
    ArticlesRead,
    #[serde(rename = "articles:write")]
    ArticlesWrite,
    #[serde(rename = "profile:read")]
    ProfileRead,
    #[serde(rename = "profile:write")]
    ProfileWrite,
    #[serde(rename = "admin:users")]
    AdminUsers,
}
