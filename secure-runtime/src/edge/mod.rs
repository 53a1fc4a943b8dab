//! What every request is known by and every response carries, wherever it comes from.

mod client_address;
mod cookie;
mod forwarded;
mod headers;
mod proxies;
mod rate_limit;
#[cfg(test)]
mod tests;

pub use client_address::ClientAddress;
pub(crate) use cookie::{ResponseCookie, cookies};
pub use forwarded::ForwardedHeader;
pub(crate) use headers::DefaultHeaders;
pub(crate) use proxies::{ProxySettings, TrustedProxies};
pub(crate) use rate_limit::write_rate_limit_fields;
