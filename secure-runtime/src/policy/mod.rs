//! What a route demands, as plain const data.
//!
//! The attributes write one [`RoutePolicy`] for each annotated handler. Everything that is said
//! about routes is read from it: the guard that enforces it, the launch checks, the route × policy
//! matrix and the assertions of [`assert_policy!`](crate::assert_policy).

mod access;
mod assertion;
mod endpoint;
mod floor;
mod input;
mod limit;
mod need;
mod vocabulary;
mod written;

use crate::authorize::ResourceCheck;
pub use access::{Access, Demands, Via};
pub use endpoint::Endpoint;
pub use floor::Floor;
pub(crate) use floor::Floors;
#[doc(hidden)]
pub use input::Parameter;
pub use input::{Input, InputKind};
#[cfg(feature = "actix-governor")]
pub use limit::ExtractorFunction;
pub use limit::{Count, KeyFunction, LimitKey, RateLimit};
pub use need::Need;
pub use vocabulary::{RoleWord, ScopeWord, Vocabulary, WordSet};

/// A type that carries the policy of one handler. The attributes implement it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` declares no policy",
    label = "no policy",
    note = "annotate the handler with `#[protected]` or `#[public]`"
)]
pub trait Policy: 'static {
    /// What the handler demands.
    const POLICY: RoutePolicy;
}

/// What one handler demands: who may call it, how often, with which inputs.
///
/// Plain const data with const methods, so that an invariant over named handlers is a `const`
/// assertion ([`assert_policy!`](crate::assert_policy)) and one over everything that is mounted is
/// checked at launch ([`Routes::assert`](crate::Routes::assert)).
#[derive(Debug, Clone, Copy)]
pub struct RoutePolicy {
    handler: &'static str,
    module: &'static str,
    endpoints: &'static [Endpoint],
    access: Access,
    limits: &'static [RateLimit],
    unlimited: Option<&'static str>,
    any_host: Option<&'static str>,
    csrf_off: Option<&'static str>,
    parameters: &'static [Parameter],
    body_limit: Option<u64>,
    wrapped: bool,
    /// What the scopes demand that the route is mounted in.
    floors: Floors,
}

impl RoutePolicy {
    /// The handler's name, as written.
    pub const fn handler(&self) -> &'static str {
        self.handler
    }

    /// The path of the module that holds the handler.
    pub const fn module(&self) -> &'static str {
        self.module
    }

    /// The method × path pairs that the route attributes name; empty for a plain function, whose
    /// path and method are said where it is mounted.
    pub const fn endpoints(&self) -> &'static [Endpoint] {
        self.endpoints
    }

    /// Who may call.
    pub const fn access(&self) -> &Access {
        &self.access
    }

    /// What a protected route itself demands of its caller; `None` for a public one.
    /// What is demanded beside it stands in [`floors`](Self::floors).
    pub const fn demands(&self) -> Option<&Demands> {
        match &self.access {
            Access::Protected(demands) => Some(demands),
            Access::Public => None,
        }
    }

    /// The floors of the scopes that the route is mounted in, which a caller has to meet as well. They
    /// are known where the whole table is ([`Routes::assert`](crate::Routes::assert)), and not yet to
    /// [`assert_policy!`](crate::assert_policy): a handler does not say where it is mounted.
    pub fn floors(&self) -> impl Iterator<Item = Floor> + use<> {
        self.floors.iter()
    }

    pub(crate) const fn on_floors(mut self, floors: Floors) -> Self {
        self.floors = floors;
        self
    }

    /// All that a caller has to meet: each floor, then what the route itself demands. Nothing for a
    /// public route, which stands on no floor.
    pub(crate) fn every_demand(&self) -> impl Iterator<Item = &Demands> {
        let floors = self.floors.iter().map(|floor| floor.demands());
        floors.chain(self.demands())
    }

    /// Whether the route or a floor names scopes.
    pub(crate) fn names_scopes(&self) -> bool {
        self.every_demand()
            .any(|demands| demands.scopes().is_some())
    }

    /// What has to be found and decided about before any argument is extracted.
    pub(crate) fn resources(&self) -> impl Iterator<Item = ResourceCheck> + use<> {
        self.parameters.iter().filter_map(Parameter::resource)
    }

    /// The rate limits, in the order in which they were written.
    pub const fn limits(&self) -> &'static [RateLimit] {
        self.limits
    }

    /// Why a public route that changes state carries no limit.
    pub const fn unlimited_because(&self) -> Option<&'static str> {
        self.unlimited
    }

    /// Why the route answers whatever the request calls the host, and by plain HTTP too; `None` where it
    /// does not.
    pub const fn any_host_because(&self) -> Option<&'static str> {
        self.any_host
    }

    /// Why pages of other sites may have a browser send requests to the route, although it takes sessions
    /// or can begin one; `None` where they may not.
    pub const fn csrf_off_because(&self) -> Option<&'static str> {
        self.csrf_off
    }

    /// The inputs that the handler reads from the request.
    pub fn inputs(&self) -> impl Iterator<Item = Input> + use<> {
        self.parameters.iter().filter_map(Parameter::input)
    }

    /// Whether an input is validated before the handler runs.
    pub const fn validates(&self) -> bool {
        let mut at = 0;
        while at < self.parameters.len() {
            if let Some(input) = self.parameters[at].input()
                && input.unvalidated_because().is_none()
            {
                return true;
            }
            at += 1;
        }
        false
    }

    /// How many bytes the body may have, where the route says so (`#[validated(max = "64KiB")]`); elsewhere
    /// it is as many as the app allows.
    pub const fn body_limit(&self) -> Option<u64> {
        self.body_limit
    }

    /// Whether the handler takes the caller as an argument.
    pub const fn asks_who_calls(&self) -> bool {
        let mut at = 0;
        while at < self.parameters.len() {
            if self.parameters[at].is_caller() {
                return true;
            }
            at += 1;
        }
        false
    }

    /// Whether the caller is loaded with its account (`CurrentUser<Account>`, or an `Authorized` resource that
    /// decides by it), so that a caller
    /// whose account is gone or disabled is refused.
    pub const fn loads_account(&self) -> bool {
        let mut at = 0;
        while at < self.parameters.len() {
            if self.parameters[at].is_account() {
                return true;
            }
            at += 1;
        }
        false
    }

    /// Whether the handler takes an argument that can begin a [session](crate::session), or have the browser
    /// forget one: whether it sets who the browser is signed in as.
    pub const fn sets_session(&self) -> bool {
        let mut at = 0;
        while at < self.parameters.len() {
            if self.parameters[at].sets_session() {
                return true;
            }
            at += 1;
        }
        false
    }

    /// What the handler's arguments need the builder of `Security` to have been told.
    pub fn needs(&self) -> impl Iterator<Item = Need> + use<> {
        let needs = self
            .parameters
            .iter()
            .flat_map(|parameter| parameter.needs());
        needs.copied()
    }

    /// Whether a route attribute of the handler names a middleware (`wrap = "…"`), which sees requests
    /// before the guard does.
    pub const fn is_wrapped(&self) -> bool {
        self.wrapped
    }

    /// Whether everyone may call.
    pub const fn is_public(&self) -> bool {
        matches!(self.access, Access::Public)
    }

    /// Whether a caller must be signed in.
    pub const fn is_protected(&self) -> bool {
        !self.is_public()
    }

    /// Whether every caller must hold `role` or a role that implies it, so that nobody below it
    /// gets in. False where an owner gets in without the role.
    pub const fn needs_role(&self, role: &str) -> bool {
        let mut at = 0;
        while let Some(floor) = self.floors.at(at) {
            if floor.demands().needs_role(role) {
                return true;
            }
            at += 1;
        }
        match self.demands() {
            Some(demands) => demands.needs_role(role),
            None => false,
        }
    }

    /// Whether every caller must hold `scope`.
    pub const fn needs_scope(&self, scope: &str) -> bool {
        let mut at = 0;
        while let Some(floor) = self.floors.at(at) {
            if floor.demands().needs_scope(scope) {
                return true;
            }
            at += 1;
        }
        match self.demands() {
            Some(demands) => demands.needs_scope(scope),
            None => false,
        }
    }

    /// Whether a caller may come with an API key.
    pub const fn takes_api_keys(&self) -> bool {
        self.takes(Via::ApiKey)
    }

    /// Whether a caller may come with the cookie of a [session](crate::session), where the app has sessions.
    pub const fn takes_sessions(&self) -> bool {
        self.takes(Via::Session)
    }

    /// Whether a caller may come with such a credential. On a public route that asks who calls it is a
    /// bearer token or a session.
    pub(crate) const fn takes(&self, credential: Via) -> bool {
        match self.demands() {
            Some(demands) => demands.takes(credential),
            None => matches!(credential, Via::Bearer | Via::Session),
        }
    }

    /// Whether a path parameter must equal the caller's subject (or the caller holds a role that
    /// `or_roles` names).
    pub const fn needs_owner(&self) -> bool {
        let mut at = 0;
        while let Some(floor) = self.floors.at(at) {
            if floor.owner().is_some() {
                return true;
            }
            at += 1;
        }
        match self.demands() {
            Some(demands) => demands.owner.is_some(),
            None => false,
        }
    }

    /// Whether the handler takes an [`Authorized`](crate::Authorized), so that a caller who may not do it with that very
    /// resource is refused.
    pub const fn needs_resource(&self) -> bool {
        let mut at = 0;
        while at < self.parameters.len() {
            if self.parameters[at].resource().is_some() {
                return true;
            }
            at += 1;
        }
        false
    }

    /// Whether an [`AccessPolicy`](crate::AccessPolicy) is asked about every caller: the route's own, or that of a floor.
    pub const fn needs_policy(&self) -> bool {
        let mut at = 0;
        while let Some(floor) = self.floors.at(at) {
            if floor.policy().is_some() {
                return true;
            }
            at += 1;
        }
        match self.demands() {
            Some(demands) => demands.policy().is_some(),
            None => false,
        }
    }

    /// Whether at least one limit counts the route's requests.
    pub const fn is_limited(&self) -> bool {
        !self.limits.is_empty()
    }

    /// Whether a limit counts every request, whoever sends it: keyed by address or global, and not
    /// only failures.
    pub const fn limits_everyone(&self) -> bool {
        let mut at = 0;
        while at < self.limits.len() {
            if self.limits[at].counts_everyone() {
                return true;
            }
            at += 1;
        }
        false
    }

    /// Whether an endpoint answers a method that changes state (anything but GET, HEAD, OPTIONS,
    /// TRACE and QUERY; RFC 9110 §9.2.1).
    pub const fn changes_state(&self) -> bool {
        let mut at = 0;
        while at < self.endpoints.len() {
            if self.endpoints[at].changes_state() {
                return true;
            }
            at += 1;
        }
        false
    }
}
