//! What every response carries, wherever it comes from.

mod headers;
mod rate_limit;

pub(crate) use headers::DefaultHeaders;
pub(crate) use rate_limit::write_rate_limit_fields;
