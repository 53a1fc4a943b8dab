//! Security annotations for actix-web that are checked when the program is compiled.
//!
//! A handler says what it demands; a mistake in what it says does not build; a route that says
//! nothing does not build either.
//!
//! ```no_run
//! use actix_web::{App, HttpServer, Responder, web::Json};
//! use secure_runtime::prelude::*;
//!
//! #[derive(Role)]
//! pub enum Role {
//!     #[role(implies = "user")]
//!     Admin,
//!     User,
//! }
//!
//! #[validated]
//! pub struct NewNote {
//!     #[validate(length(min = 1, max = 200))]
//!     text: String,
//! }
//!
//! #[get("/health")]
//! #[public]
//! async fn health() -> impl Responder { "ok" }
//!
//! #[post("/notes")]
//! #[protected(roles = "user")]
//! #[rate_limit("5/minute")]
//! #[validated]
//! async fn create_note(user: CurrentUser, note: Json<NewNote>) -> Result<impl Responder, Problem> {
//!     Ok(format!("{} wrote: {}", user.subject(), note.text))
//! }
//!
//! #[actix_web::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let security = Security::from_env()?;
//!     let routes = security.routes(|routes| {
//!         routes.service(health).service(create_note);
//!     })?;
//!     HttpServer::new(move || {
//!         App::new()
//!             .wrap(security.middleware())
//!             .configure(routes.mount())
//!     })
//!     .bind(("127.0.0.1", 8080))?
//!     .run()
//!     .await?;
//!     Ok(())
//! }
//! ```

// Generated code names this crate from outside; inside, for the tests, it is the same.
extern crate self as secure_runtime;

#[doc(hidden)]
pub mod __private;
mod clock;
mod context;
mod crypto;
mod edge;
mod guard;
mod input;
pub mod limit;
mod middleware;
pub mod policy;
pub mod principal;
mod problem;
mod report;
mod routes;
mod security;
#[cfg(feature = "test")]
pub mod test;
pub mod token;

pub use clock::{Clock, SystemClock};
pub use crypto::Secret;
pub use input::FieldError;
pub use middleware::{SecurityMiddleware, SecurityService};
pub use principal::{CurrentUser, Principal};
pub use problem::Problem;
pub use report::{Report, ReportRow, UncheckedRow};
pub use routes::{LaunchError, MountedRoutes, Route, Routes, Unchecked, unchecked};
pub use secure_macros::{
    Role, Scope, connect, delete, get, head, options, patch, post, protected, public, put, query,
    rate_limit, route, routes, trace, validated,
};
pub use security::{Builder, Missing, Profile, Security, Set, SettingsError, part};

/// Everything that a module with handlers needs.
pub mod prelude {
    pub use crate::{CurrentUser, LaunchError, Problem, Routes, Secret, Security, unchecked};
    pub use secure_macros::{
        Role, Scope, connect, delete, get, head, options, patch, post, protected, public, put,
        query, rate_limit, route, routes, trace, validated,
    };
}
