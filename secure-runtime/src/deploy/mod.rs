//! What keeps a configuration out of production: `check --deploy`.
//!
//! Production refuses to start on what is missing or malformed. Much is neither, and still no good idea:
//! a switch of [`dangerous`](crate::dangerous), HSTS for a day, revocations that nobody else knows of. A
//! check collects both, without listening, asking a database or sending a mail:
//!
//! ```
//! use secure_runtime::{Security, deploy::Deployment, prelude::*};
//! # use actix_web::Responder;
//! # #[get("/health")]
//! # #[public]
//! # async fn health() -> impl Responder { "well" }
//! # fn routes(routes: &mut Routes) { routes.service(health); }
//!
//! # fn run() -> std::process::ExitCode {
//! let report = Security::draft_from_env().deploy_check(&Deployment::new(), routes);
//! println!("{report}");
//! match report.passes() {
//!     true => std::process::ExitCode::SUCCESS,
//!     false => std::process::ExitCode::FAILURE,
//! }
//! # }
//! # assert_eq!(run(), std::process::ExitCode::FAILURE);
//! ```
//!
//! It looks at the configuration as it stands: what is set in the environment it is run in, and what the code
//! says. It always judges as production would, and that the profile is another one is a finding like others.
//!
//! A finding has a [`Level`]. Errors and warnings fail the check. A warning that is meant is accepted with a
//! reason, by [`accept_finding`](crate::Builder::accept_finding) in code or by `SECURE_ACCEPTED_FINDINGS`
//! (`code: reason; code: reason`); it is shown as a notice then. Notices do not fail: what stands in code
//! with its reason (`unlimited`, `any_host`, `unchecked` and their like), and what is only worth knowing.
//! `docs/deploy-checks.md` has every code.
//!
//! An app has settings of its own, and checks of its own for them: a [`Check`] each, added with
//! [`DeployReport::add`].

pub(crate) mod catalogue;
mod check;
mod refused;
mod report;
pub(crate) mod routes;

pub use check::{Check, Level};
pub(crate) use refused::refused;
pub use report::{DeployReport, Finding};

/// Every check of this crate.
pub fn checks() -> &'static [Check] {
    catalogue::ALL
}

/// What the settings do not say about a deployment.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Deployment {
    tls: bool,
    instances: Option<usize>,
}

impl Deployment {
    /// A server without TLS of its own; how many there are of it is not known.
    pub fn new() -> Self {
        Self::default()
    }

    /// Says that the server ends TLS itself.
    pub fn with_tls(mut self) -> Self {
        self.tls = true;
        self
    }

    /// How many servers run at the same time.
    pub fn instances(mut self, instances: usize) -> Self {
        self.instances = Some(instances);
        self
    }

    pub(crate) fn has_tls(&self) -> bool {
        self.tls
    }

    /// `None` where nobody has said.
    pub(crate) fn is_several(&self) -> Option<bool> {
        self.instances.map(|instances| instances > 1)
    }
}
