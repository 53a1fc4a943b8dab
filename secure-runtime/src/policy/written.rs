//! How the attributes write a policy.

use super::{Access, Demands, Endpoint, Floors, InputKind, Parameter, RateLimit, RoutePolicy};

/// Written by the attributes; nothing else calls these.
#[doc(hidden)]
impl RoutePolicy {
    pub const fn public(handler: &'static str, module: &'static str) -> Self {
        Self::new(handler, module, Access::Public)
    }

    pub const fn protected(handler: &'static str, module: &'static str, demands: Demands) -> Self {
        Self::new(handler, module, Access::Protected(demands))
    }

    const fn new(handler: &'static str, module: &'static str, access: Access) -> Self {
        Self {
            handler,
            module,
            endpoints: &[],
            access,
            limits: &[],
            unlimited: None,
            any_host: None,
            csrf_off: None,
            parameters: &[],
            body_limit: None,
            wrapped: false,
            floors: Floors::NONE,
        }
    }

    #[must_use]
    pub const fn with_endpoints(mut self, endpoints: &'static [Endpoint]) -> Self {
        self.endpoints = endpoints;
        self
    }

    #[must_use]
    pub const fn with_limits(mut self, limits: &'static [RateLimit]) -> Self {
        self.limits = limits;
        self
    }

    #[must_use]
    pub const fn with_unlimited(mut self, because: &'static str) -> Self {
        self.unlimited = Some(because);
        self
    }

    #[must_use]
    pub const fn with_any_host(mut self, because: &'static str) -> Self {
        self.any_host = Some(because);
        self
    }

    /// Whether each argument is one: of what is none there is an error of its own, and it may be what another check
    /// misses.
    pub const fn knows_its_arguments(&self) -> bool {
        let mut at = 0;
        while at < self.parameters.len() {
            if !self.parameters[at].is_known() {
                return false;
            }
            at += 1;
        }
        true
    }

    /// Whether a browser may add by itself what the route counts on, or be signed in by it.
    pub const fn is_open_to_forgery(&self) -> bool {
        let asks = self.is_protected() || self.asks_who_calls();
        self.sets_session() || (asks && self.takes_sessions())
    }

    /// Whether no endpoint that is known begins a session by a method that a link has.
    pub const fn begins_sessions_by_unsafe_methods(&self) -> bool {
        let mut at = 0;
        while at < self.endpoints.len() {
            if self.sets_session() && !self.endpoints[at].changes_state() {
                return false;
            }
            at += 1;
        }
        true
    }

    #[must_use]
    pub const fn with_csrf_off(mut self, because: &'static str) -> Self {
        self.csrf_off = Some(because);
        self
    }

    #[must_use]
    pub const fn with_wrapper(mut self) -> Self {
        self.wrapped = true;
        self
    }

    #[must_use]
    pub const fn with_body_limit(mut self, bytes: u64) -> Self {
        self.body_limit = Some(bytes);
        self
    }

    /// Whether an argument reads the body, or may.
    pub const fn may_read_body(&self) -> bool {
        let mut at = 0;
        while at < self.parameters.len() {
            if let Some(input) = self.parameters[at].input()
                && input.may_be_body()
            {
                return true;
            }
            at += 1;
        }
        false
    }

    /// Whether no argument reads a form with files, each of which has a size of its own.
    pub const fn reads_no_files(&self) -> bool {
        let mut at = 0;
        while at < self.parameters.len() {
            if let Some(input) = self.parameters[at].input()
                && matches!(input.kind(), InputKind::Multipart)
            {
                return false;
            }
            at += 1;
        }
        true
    }

    /// Whether no two arguments validate the body: the first leaves nothing to the second.
    pub const fn reads_body_once(&self) -> bool {
        let (mut at, mut readers) = (0, 0);
        while at < self.parameters.len() {
            if let Some(input) = self.parameters[at].input()
                && input.may_be_body()
                && input.unvalidated_because().is_none()
            {
                readers += 1;
            }
            at += 1;
        }
        readers < 2
    }

    #[must_use]
    pub const fn with_parameters(mut self, parameters: &'static [Parameter]) -> Self {
        self.parameters = parameters;
        self
    }
}
