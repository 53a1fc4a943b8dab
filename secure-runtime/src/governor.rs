//! Key extractors and the middleware of [actix-governor], for apps that have them already.
//!
//! **actix-governor is GPL-3.0-or-later**, and so is what is built with the feature `actix-governor`. Nothing else
//! in here needs it: the smooth limiter (`burst = n`) stands on `governor`, the engine under it, which is MIT.
//!
//! - `#[rate_limit("5/minute", extractor = PeerIpKeyExtractor)]` asks a [`KeyExtractor`](actix_governor::KeyExtractor) whose counter it is. The
//!   quota, its promise, the shared backend and the fields of the answer are those of every `#[rate_limit]`. Keys in
//!   [`whitelisted_keys`](actix_governor::KeyExtractor::whitelisted_keys) are not limited. The extractor is a constant or a type
//!   without fields, since a policy is const data.
//! - [`AppLimit`] mounts the middleware itself for the whole app.
//!
//! ```
//! use actix_web::{HttpRequest, Responder, dev::ServiceRequest};
//! use secure_runtime::{governor::actix_governor::{KeyExtractor, SimpleKeyExtractionError}, prelude::*};
//!
//! #[derive(Clone)]
//! struct ByTenant;
//!
//! impl KeyExtractor for ByTenant {
//!     type Key = Vec<u8>;
//!     type KeyExtractionError = SimpleKeyExtractionError<&'static str>;
//!
//!     fn extract(&self, request: &ServiceRequest) -> Result<Self::Key, Self::KeyExtractionError> {
//!         let tenant = request.headers().get("x-tenant");
//!         Ok(tenant.map_or_else(Vec::new, |tenant| tenant.as_bytes().to_vec()))
//!     }
//! }
//!
//! #[get("/report")]
//! #[public]
//! #[rate_limit("5/minute", extractor = ByTenant)]
//! async fn report() -> impl Responder {
//!     "a report"
//! }
//! ```
//!
//! [actix-governor]: https://crates.io/crates/actix-governor

mod app_limit;
mod extracted;

pub use actix_governor;

pub use app_limit::{AppLimit, AppLimitService};
pub use extracted::extracted;
