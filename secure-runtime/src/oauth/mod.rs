//! OAuth 2.0 endpoints, ready to be mounted.
//!
//! | service | answers | RFC |
//! |---|---|---|
//! | [`token`] | `POST /token` with `grant_type=refresh_token` | 6749 §6 |
//! | [`legacy::token`] | the same, and `grant_type=password` | 6749 §4.3 |
//! | [`revoke`] | `POST /revoke` | 7009 |
//! | [`jwks`] | `GET /.well-known/jwks.json` | 7517 §5 |
//! | [`metadata`] | `GET /.well-known/oauth-authorization-server` | 8414 |
//! | [`logout`], [`logout_everywhere`] | `POST /logout`, `POST /logout-everywhere` | |
//!
//! A prefix is that of the scope in which they stand. Who may have tokens, and what they may do, is
//! the app's to say: it implements [`ResourceOwners`].
//!
//! ```no_run
//! use secure_runtime::{oauth, prelude::*};
//!
//! # struct Accounts;
//! # impl oauth::ResourceOwners for Accounts {
//! #     async fn renew(&self, _: &str) -> Result<Option<secure_runtime::token::Grant>, Problem> { Ok(None) }
//! # }
//! # fn run(accounts: Accounts) -> Result<(), Box<dyn std::error::Error>> {
//! let security = Security::builder_from_env()?.resource_owners(accounts).build()?;
//! let routes = security.routes(|routes| {
//!     routes.service(oauth::jwks).service(oauth::metadata);
//!     routes.scope("/auth", |auth| {
//!         auth.service(oauth::token).service(oauth::revoke);
//!         auth.service(oauth::logout).service(oauth::logout_everywhere);
//!     });
//! })?;
//! # Ok(()) }
//! ```
//!
//! The clients are public ones (RFC 6749 §2.1): none has a secret. A client may name itself
//! (`client_id`, in the form or as the user of HTTP Basic with an empty password); a refresh token is
//! then worth nothing to a client of another name.

mod answer;
mod client;
mod discovery;
mod form;
mod grants;
mod keys;
pub mod legacy;
mod owners;
mod sign_out;

use std::{fmt, sync::Arc, time::Duration};

pub use discovery::metadata;
pub use grants::token;
pub use keys::jwks;
pub(crate) use owners::ErasedOwners;
pub use owners::ResourceOwners;
pub use sign_out::{logout, logout_everywhere, revoke};

use crate::{Problem, routes::RouteTable};

/// What the endpoints are told by the builder.
pub(crate) struct OAuth {
    owners: Option<Arc<dyn ErasedOwners>>,
    /// Scheme and host, without a slash at the end.
    origin: Option<String>,
    issuer: String,
    jwks_max_age: Duration,
}

impl OAuth {
    pub(crate) fn new(
        owners: Option<Arc<dyn ErasedOwners>>,
        public_origin: Option<String>,
        issuer: &str,
        jwks_max_age: Duration,
    ) -> Self {
        let is_url = issuer.starts_with("https://") || issuer.starts_with("http://");
        let origin = public_origin.or_else(|| is_url.then(|| issuer.to_owned()));
        Self {
            owners,
            origin: origin.map(|origin| origin.trim_end_matches('/').to_owned()),
            issuer: issuer.to_owned(),
            jwks_max_age,
        }
    }

    /// Whoever says what a subject may have. The launch check makes sure that there is somebody where it
    /// is asked.
    pub(crate) fn owners(&self) -> Result<&dyn ErasedOwners, Problem> {
        let owners = self.owners.as_deref();
        owners.ok_or_else(|| Problem::internal("nobody said `.resource_owners(…)`"))
    }

    /// What the mounted endpoints need and nobody has said.
    pub(crate) fn findings(&self, table: &RouteTable) -> Vec<String> {
        let mut findings = Vec::new();
        let (current, legacy) = (table.path_of::<token>(), table.path_of::<legacy::token>());
        if let (None, Some(path)) = (&self.owners, &current) {
            findings.push(format!(
                "`oauth::token` at {path} needs to know who may have tokens; say \
                 `.resource_owners(…)` to the builder of `Security`"
            ));
        }
        if let (Some(_), Some(path)) = (&current, &legacy) {
            findings.push(format!(
                "`oauth::legacy::token` at {path} stands beside `oauth::token`; it does all that \
                 `oauth::token` does, so keep one of them"
            ));
        }
        if let Some(path) = table.path_of::<metadata>() {
            if path != discovery::PATH {
                findings.push(format!(
                    "`oauth::metadata` is looked for at {} (RFC 8414 §3), and stands at {path}; \
                     mount it outside of any scope",
                    discovery::PATH,
                ));
            }
            if self.origin.is_none() || !self.issuer_is_origin() {
                findings.push(format!(
                    "`oauth::metadata` needs an issuer that is a URL without path or query (RFC \
                     8414 §2), such as `https://auth.example.com`, and it is `{}`",
                    self.issuer
                ));
            }
        }
        findings
    }

    /// Whether the metadata stands where a client looks for it that knows the issuer.
    fn issuer_is_origin(&self) -> bool {
        let rest = self
            .issuer
            .strip_prefix("https://")
            .or_else(|| self.issuer.strip_prefix("http://"));
        rest.is_some_and(|host| {
            let host = host.strip_suffix('/').unwrap_or(host);
            !host.is_empty() && !host.contains(['/', '?', '#', '@'])
        })
    }
}

impl fmt::Debug for OAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuth")
            .field("origin", &self.origin)
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}
