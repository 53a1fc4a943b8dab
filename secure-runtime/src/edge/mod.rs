//! What every request is known by and every response carries, wherever it comes from.
//!
//! Browsers are told by policies, each a literal that is checked while the program is compiled, or a text
//! from configuration that is checked at launch:
//!
//! ```
//! use secure_runtime::{Security, csp, edge, hsts, permissions_policy, token::Hs256Key};
//!
//! let security = Security::builder()
//!     .issuer("https://auth.example.com")
//!     .audience("https://api.example.com")
//!     .signing_key(Hs256Key::random())
//!     .page_csp(csp!("default-src 'none'; script-src 'nonce'; style-src 'self'; base-uri 'none'"))
//!     .permissions_policy(permissions_policy!("camera=(), geolocation=(self)"))
//!     .hsts(hsts!("max-age=63072000; includeSubDomains"))
//!     .build()?;
//! security.routes(|routes| {
//!     routes.service(edge::csp_reports);
//! })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod accept;
mod browser;
mod client_address;
mod cookie;
mod cors;
mod csp;
mod forwarded;
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing;
mod header_text;
mod headers;
mod hosts;
mod https;
mod local_path;
mod nonce;
mod pages;
mod problem_text;
mod proxies;
mod rate_limit;
mod reports;
mod settings;
#[cfg(test)]
mod tests;

pub(crate) use accept::wants_page;
pub use browser::{Hsts, PermissionsPolicy};
pub use client_address::ClientAddress;
pub use cookie::CookiePolicy;
pub(crate) use cookie::{MOST_OF_ONE_NAME, ResponseCookie, cookies};
pub use cors::Cors;
pub(crate) use cors::CorsPolicy;
pub use csp::{Csp, EveryResponse, PageCsp};
pub use forwarded::ForwardedHeader;
pub(crate) use header_text::header_value;
pub(crate) use headers::{DefaultHeaders, HeaderSettings, keep_out_of_caches, set as set_header};
pub use hosts::Hosts;
pub(crate) use hosts::{AllowedHosts, may_have_hsts};
pub(crate) use https::{HttpsOnly, Transport};
pub use local_path::{LocalPath, NotLocal};
pub use nonce::CspNonce;
pub use pages::{Pages, ProblemPage};
pub(crate) use pages::{Presentation, Visitor};
pub use problem_text::ProblemText;
pub(crate) use proxies::{ProxySettings, TrustedProxies};
pub(crate) use rate_limit::write_rate_limit_fields;
pub use reports::csp_reports;
pub use secure_grammar::{GrammarError, SameSite};
pub(crate) use settings::{Edge, EdgeSettings};
