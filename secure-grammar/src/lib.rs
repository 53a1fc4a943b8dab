//! Turns the words of a security policy into values, and says exactly what is wrong with those it cannot.
//!
//! The attributes (`#[rate_limit("5/minute")]`, `#[post("/notes/{id}")]`) call it while the program
//! is compiled and put its messages on the user's literal; the runtime calls it for values from
//! configuration. Both therefore accept the same language and word their mistakes alike. It depends
//! on nothing and never panics, whatever the text.
//!
//! | text | parsed by | value |
//! |---|---|---|
//! | `10/minute; 100/day` | [`parse_quotas`] | [`Quota`]s: so many in any window of that length |
//! | `1h30m` | [`parse_duration`] | [`Duration`](std::time::Duration) |
//! | `64KiB` | [`parse_size`] | a number of bytes |
//! | `/notes/{id}` | [`PathPattern::parse`] | [`PathPattern`] |
//! | `*.example.com` | `parse` | [`HostPattern`]: under which names a service is called |
//! | `https://app.example.com` | `parse` | [`Origin`]: where a page comes from |
//! | `default-src 'none'; script-src 'nonce'; base-uri 'none'` | [`ContentSecurityPolicy::parse`] | [`ContentSecurityPolicy`] |
//! | `camera=(), geolocation=(self)` | [`PermissionsPolicy::parse`] | [`PermissionsPolicy`] |
//! | `__Host-theme; Secure; SameSite=Lax` | [`CookiePolicy::parse`] | [`CookiePolicy`] |
//! | `max-age=63072000; includeSubDomains` | [`StrictTransportSecurity::parse`] | [`StrictTransportSecurity`] |
//!
//! Each of them answers a mistake with a [`GrammarError`]: a message, the guilty characters, a
//! drawing with a caret under them, and what to write instead.
//!
//! ```
//! let error = secure_grammar::parse_quotas("5/minuet").unwrap_err();
//! assert_eq!(error.span(), 2..8);
//! assert_eq!(
//!     error.to_string(),
//!     r#"unknown time unit `minuet` in rate limit
//!          "5/minuet"
//!             ^^^^^^ did you mean `minute`?
//! help: write `minute`; the units are `second`, `minute`, `hour`, `day`, `week`, `month`, `year`"#,
//! );
//! ```

mod cookie;
mod csp;
mod cursor;
mod duration;
mod error;
mod glyph;
mod header;
mod host;
mod hsts;
mod media_type;
mod method;
mod number;
mod origin;
mod pattern;
mod permissions_policy;
mod quota;
mod size;
mod template;
mod words;

pub use cookie::{CookiePolicy, SameSite};
pub use csp::{ContentSecurityPolicy, CspSwitch};
pub use duration::{format_duration, parse_duration};
pub use error::GrammarError;
pub use host::{HostNames, HostPattern};
pub use hsts::StrictTransportSecurity;
pub use media_type::MediaType;
pub use method::changes_state;
pub use origin::{AllowedOrigin, Origin};
pub use pattern::PathPattern;
pub use permissions_policy::PermissionsPolicy;
pub use quota::{Quota, parse_quotas};
pub use size::parse_size;
pub use template::{TemplateError, check_template};
pub use words::{nearest, same};
