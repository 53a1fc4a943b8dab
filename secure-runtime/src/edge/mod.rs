//! What every request is known by and every response carries, wherever it comes from.

mod client_address;
mod cookie;
mod cors;
mod forwarded;
mod headers;
mod hosts;
mod https;
mod proxies;
mod rate_limit;
mod settings;
#[cfg(test)]
mod tests;

pub use client_address::ClientAddress;
pub(crate) use cookie::{ResponseCookie, cookies};
pub use cors::Cors;
pub(crate) use cors::CorsPolicy;
pub use forwarded::ForwardedHeader;
pub(crate) use headers::DefaultHeaders;
pub(crate) use hosts::AllowedHosts;
pub use hosts::Hosts;
pub(crate) use https::{HttpsOnly, Transport, wants_page};
pub(crate) use proxies::{ProxySettings, TrustedProxies};
pub(crate) use rate_limit::write_rate_limit_fields;
pub(crate) use settings::{Edge, EdgeSettings};
