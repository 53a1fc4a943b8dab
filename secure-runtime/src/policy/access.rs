use super::WordSet;
use crate::authorize::PolicyCheck;

/// Who may call a route.
#[derive(Debug, Clone, Copy)]
pub enum Access {
    /// Everyone, signed in or not.
    Public,
    /// Signed-in callers that meet the demands.
    Protected(Demands),
}

/// What a caller shows to say who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Via {
    /// An access token: `bearer`.
    Bearer,
    /// An API key: `api_key`. Only where it is named.
    ApiKey,
    /// The cookie of a [session](crate::session): `session`.
    Session,
}

impl Via {
    /// What is taken where nothing is named.
    pub(crate) const DEFAULT: &'static [Self] = &[Self::Bearer, Self::Session];

    /// The word for it in `via = …`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Bearer => "bearer",
            Self::ApiKey => "api_key",
            Self::Session => "session",
        }
    }
}

/// What a protected route demands of its caller, besides being signed in.
#[derive(Debug, Clone, Copy)]
pub struct Demands {
    /// Any one of these roles.
    pub(crate) roles: Option<WordSet>,
    /// All of these scopes.
    pub(crate) scopes: Option<WordSet>,
    /// The path parameter that must equal the caller's subject.
    pub(crate) owner: Option<&'static str>,
    /// Any one of these roles stands in for ownership.
    pub(crate) or_roles: Option<WordSet>,
    /// A rule of the app's own.
    pub(crate) policy: Option<PolicyCheck>,
    /// What the caller may show.
    pub(crate) via: &'static [Via],
}

impl Demands {
    /// The roles of which a caller needs any one.
    pub const fn roles(&self) -> Option<&WordSet> {
        self.roles.as_ref()
    }

    /// The scopes of which a caller needs every one.
    pub const fn scopes(&self) -> Option<&WordSet> {
        self.scopes.as_ref()
    }

    /// The path parameter that must equal the caller's subject.
    pub const fn owner(&self) -> Option<&'static str> {
        self.owner
    }

    /// The roles of which any one stands in for ownership.
    pub const fn or_roles(&self) -> Option<&WordSet> {
        self.or_roles.as_ref()
    }

    /// The name of the app's own rule, an [`AccessPolicy`](crate::AccessPolicy), as it is written.
    pub const fn policy(&self) -> Option<&'static str> {
        match &self.policy {
            Some(policy) => Some(policy.name()),
            None => None,
        }
    }

    /// What a caller may show to say who it is; a bearer token or a session, where nothing else is named.
    pub const fn via(&self) -> &'static [Via] {
        self.via
    }

    pub(crate) const fn takes(&self, credential: Via) -> bool {
        let mut at = 0;
        while at < self.via.len() {
            if self.via[at] as u8 == credential as u8 {
                return true;
            }
            at += 1;
        }
        false
    }

    pub(crate) const fn needs_role(&self, role: &str) -> bool {
        match &self.roles {
            // `roles` stands beside ownership, never instead of it.
            Some(roles) => roles.each_implies(role),
            None => false,
        }
    }

    pub(crate) const fn needs_scope(&self, scope: &str) -> bool {
        match &self.scopes {
            Some(scopes) => scopes.contains(scope),
            None => false,
        }
    }
}

/// Written by the attributes; nothing else calls these.
#[doc(hidden)]
impl Demands {
    pub const SIGNED_IN: Self = Self {
        roles: None,
        scopes: None,
        owner: None,
        or_roles: None,
        policy: None,
        via: Via::DEFAULT,
    };

    #[must_use]
    pub const fn with_roles(mut self, roles: WordSet) -> Self {
        self.roles = Some(roles);
        self
    }

    #[must_use]
    pub const fn with_scopes(mut self, scopes: WordSet) -> Self {
        self.scopes = Some(scopes);
        self
    }

    #[must_use]
    pub const fn with_owner(mut self, parameter: &'static str) -> Self {
        self.owner = Some(parameter);
        self
    }

    #[must_use]
    pub const fn with_policy(mut self, policy: PolicyCheck) -> Self {
        self.policy = Some(policy);
        self
    }

    #[must_use]
    pub const fn with_via(mut self, via: &'static [Via]) -> Self {
        self.via = via;
        self
    }

    #[must_use]
    pub const fn with_or_roles(mut self, roles: WordSet) -> Self {
        self.or_roles = Some(roles);
        self
    }
}
