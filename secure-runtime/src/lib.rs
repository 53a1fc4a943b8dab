#![doc = include_str!("../../README.md")]

// Generated code names this crate from outside; inside, for the tests, it is the same.
extern crate self as secure_runtime;

#[doc(hidden)]
pub mod __private;
pub mod account;
mod allowance;
pub mod api_key;
mod app_limits;
pub mod audit;
pub mod authorize;
mod clock;
mod context;
pub mod crypto;
pub mod csrf;
pub mod dangerous;
pub mod deploy;
pub mod edge;
pub mod field;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
#[cfg(feature = "actix-governor")]
pub mod governor;
mod guard;
mod in_flight;
mod input;
pub mod limit;
mod log;
pub mod mail;
mod middleware;
pub mod oauth;
pub mod password;
pub mod policy;
pub mod principal;
mod problem;
#[cfg(feature = "redis")]
mod redis_link;
mod remembered;
mod report;
mod routes;
mod security;
pub mod session;
pub mod settings;
pub mod store;
#[cfg(feature = "test")]
pub mod test;
pub mod token;

pub use allowance::{Allowance, CallerLimit};
pub use authorize::{AccessPolicy, Allows, Authorized, Decision, Resource};
pub use clock::{Clock, SystemClock};
pub use crypto::{Secret, SecretError, ServerSecret};
pub use edge::{ClientAddress, Cors, ForwardedHeader, Hosts};
#[cfg(feature = "uploads")]
pub use input::upload;
pub use input::{Checkable, Checked, FieldError, Unaccepted};
pub use middleware::{SecurityMiddleware, SecurityService};
pub use principal::{CurrentUser, Principal};
pub use problem::Problem;
pub use report::{AppRow, FloorRow, Report, ReportRow, ResourceRow, UncheckedRow};
pub use routes::{LaunchError, MountedRoutes, Route, Routes, Unchecked, unchecked};
pub use secure_macros::{
    Role, Scope, connect, cookie, cors, csp, delete, floor, get, head, hosts, hsts, limit, options,
    patch, permissions_policy, post, protected, public, put, query, rate_limit, route, routes,
    templates, trace, validated,
};
pub use security::{
    Builder, CompleteBuilder, Missing, Profile, Security, Set, SettingsError, SigningKeys, part,
};

/// Everything that a module with handlers needs.
pub mod prelude {
    pub use crate::{
        AccessPolicy, Allows, Authorized, Checked, CurrentUser, Decision, LaunchError, Problem,
        Resource, Routes, Secret, Security, unchecked,
    };
    pub use secure_macros::{
        Role, Scope, connect, delete, floor, get, head, limit, options, patch, post, protected,
        public, put, query, rate_limit, route, routes, trace, validated,
    };
}
