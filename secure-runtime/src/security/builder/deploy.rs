//! What the builder says about a deployment.

mod edge;
#[cfg(feature = "uploads")]
mod uploads;

use std::time::Duration;

use super::{CompleteBuilder, Options, environment::Draft};
use crate::{
    deploy::{
        Check, DeployReport, Deployment, Finding,
        catalogue::{self as checks},
        refused, routes as of_routes,
    },
    password::Argon2Params,
    routes::{self, CounterIds, Routes},
    security::{Builder, Profile},
};

const LONGEST_ACCESS: Duration = Duration::from_secs(15 * 60);
const LONGEST_LEEWAY: Duration = Duration::from_secs(30);
const LONGEST_SIGN_IN: Duration = Duration::from_secs(30 * 24 * 60 * 60);
const LONGEST_IDLE: Duration = Duration::from_secs(30 * 60);
const LONGEST_SESSION: Duration = Duration::from_secs(12 * 60 * 60);
const LONGEST_BOUND: Duration = Duration::from_secs(10);

impl<I, A, K> Builder<I, A, K> {
    /// Accepts what [`deploy_check`](CompleteBuilder::deploy_check) warns of, by its code, with the reason:
    /// it is a notice then. An error cannot be accepted, and a blank reason accepts nothing.
    pub fn accept_finding(mut self, code: &str, because: &str) -> Self {
        let accepted = (code.to_owned(), because.to_owned());
        self.options.accepted.push(accepted);
        self
    }
}

impl CompleteBuilder {
    /// Everything that keeps these settings and routes out of production, or should: what
    /// [`build`](Builder::build) and [`Security::routes`](crate::Security::routes) would refuse there, and
    /// what is only weak. Nothing is asked of a store, and nothing is sent.
    ///
    /// The builder is best one of [`Security::draft_from_env`](crate::Security::draft_from_env).
    pub fn deploy_check(
        mut self,
        deployment: &Deployment,
        listing: impl Fn(&mut Routes) + Send + Sync + 'static,
    ) -> DeployReport {
        #[cfg(feature = "uploads")]
        {
            self.options.is_dry = true;
        }
        let accepted = std::mem::take(&mut self.options.accepted);
        let mut report = DeployReport::accepting(accepted);
        report.extend(self.options.findings(deployment));
        if self.issuer.0.starts_with("http://") {
            let what = format!("the issuer is {}", self.issuer.0);
            report.add(checks::HTTP_ORIGIN.found(what));
        }

        let mut routes = Routes::new();
        listing(&mut routes);
        if let Ok(table) = routes::check(&routes, &CounterIds::default()) {
            report.extend(of_routes::findings(&table));
        }
        match self.profile(Profile::Production).build() {
            Ok(security) => {
                if let Err(error) = security.routes(listing) {
                    let findings = error.findings().iter();
                    report.extend(findings.map(|why| checks::ROUTES_REFUSED.found(why)));
                }
            }
            Err(error) => {
                report.extend(error.findings().iter().map(|why| refused(why)));
                // What depends on the settings as well is found when those are right.
                if let Err(error) = routes::check(&routes, &CounterIds::default()) {
                    let findings = error.findings().iter();
                    report.extend(findings.map(|why| checks::ROUTES_REFUSED.found(why)));
                }
            }
        }
        report
    }
}

impl From<Draft> for CompleteBuilder {
    fn from(draft: Draft) -> Self {
        draft
            .builder
            .with_options(|options| options.refused = draft.findings)
    }
}

impl Options {
    fn findings(&self, deployment: &Deployment) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.profile != Profile::Production {
            findings.push(checks::DEVELOPMENT_PROFILE.found("the profile is `development`"));
        }
        findings.extend(self.token_findings());
        findings.extend(self.session_findings());
        findings.extend(self.edge_findings(deployment));
        findings.extend(self.password_findings());
        #[cfg(feature = "uploads")]
        findings.extend(self.upload_findings());
        findings.extend(self.state_findings(deployment));
        if self.api_keys.in_query {
            let what = "API keys are taken from the query string";
            findings.push(checks::API_KEYS_IN_QUERY.found(what));
        }
        if let Some(because) = &self.unlisted_routes {
            findings.push(checks::UNLISTED_ROUTES.found(because));
        }
        if cfg!(debug_assertions) {
            findings.push(checks::DEBUG_ASSERTIONS.found("this is no optimised build"));
        }
        findings
    }

    fn session_findings(&self) -> Vec<Finding> {
        let Some(sessions) = &self.sessions else {
            return Vec::new();
        };
        let crosses = sessions.cookie.crosses_sites().then(|| {
            let what = format!(
                "the cookie `{}` has `SameSite=None`",
                sessions.cookie.name()
            );
            checks::SESSION_CROSS_SITE.found(what)
        });
        let is_bound = sessions.cookie.name().starts_with("__Host-");
        let unbound = (!is_bound).then(|| {
            let what = format!(
                "the cookie of sessions is called `{}`",
                sessions.cookie.name()
            );
            checks::SESSION_COOKIE_UNBOUND.found(what)
        });
        let findings = [
            longer(
                checks::SESSION_IDLE_LONG,
                "a session lies unused for",
                sessions.idle,
                LONGEST_IDLE,
            ),
            longer(
                checks::SESSION_LONG,
                "a session lasts",
                sessions.absolute,
                LONGEST_SESSION,
            ),
            crosses,
            unbound,
        ];
        findings.into_iter().flatten().collect()
    }

    fn token_findings(&self) -> Vec<Finding> {
        let tokens = &self.tokens;
        let mut findings: Vec<_> = [
            longer(
                checks::ACCESS_TOKEN_LONG,
                "an access token lives",
                tokens.lifetime,
                LONGEST_ACCESS,
            ),
            longer(
                checks::LEEWAY_LONG,
                "the leeway is",
                tokens.leeway,
                LONGEST_LEEWAY,
            ),
            longer(
                checks::SIGN_IN_LONG,
                "a sign-in lasts",
                tokens.refresh.absolute,
                LONGEST_SIGN_IN,
            ),
            longer(
                checks::REVOCATION_SLOW,
                "a revocation counts everywhere after",
                tokens.revocation_bound,
                LONGEST_BOUND,
            ),
            longer(
                checks::REVOCATION_TOLERANCE,
                "tokens are accepted unchecked for",
                tokens.tolerated_outage,
                Duration::ZERO,
            ),
        ]
        .into_iter()
        .flatten()
        .collect();
        let previous = tokens.previous_secrets.len();
        if previous > 0 {
            let what = format!("previous secrets that are still recognised: {previous}");
            findings.push(checks::PREVIOUS_SECRET.found(what));
        }
        findings
    }

    fn password_findings(&self) -> Vec<Finding> {
        let Some((_, passwords)) = &self.accounts.records else {
            return Vec::new();
        };
        let mut findings = Vec::new();
        let params = passwords.params();
        if !Argon2Params::OWASP
            .iter()
            .any(|floor| params.reaches(*floor))
        {
            findings
                .push(checks::CHEAP_HASHES.found(format!("passwords are hashed with {params}")));
        }
        if passwords.truncates_bcrypt() {
            let what = "bcrypt verifies the first 72 bytes of a longer password";
            findings.push(checks::BCRYPT_TRUNCATED.found(what));
        }
        findings
    }

    fn state_findings(&self, deployment: &Deployment) -> Vec<Finding> {
        let mut findings = Vec::new();
        let is_shared = self.store.as_ref().is_some_and(|store| store.is_shared());
        if !is_shared {
            findings.push(checks::MEMORY_STORE.found("the state is held in memory alone"));
        }
        let counts_apart = !self
            .limiter
            .as_ref()
            .is_some_and(|limiter| limiter.is_shared());
        findings.extend(self.limiter.iter().flat_map(|limiter| limiter.findings()));
        match deployment.is_several() {
            Some(true) if counts_apart || !is_shared => {
                let what = match (counts_apart, is_shared) {
                    (true, true) => "limits are counted in each process",
                    (true, false) => "limits and state are held in each process",
                    (false, _) => "the state is held in each process",
                };
                findings.push(checks::INSTANCES_APART.found(what));
            }
            None if counts_apart => {
                let what = "limits are counted in each process, and nobody said how many there are";
                findings.push(checks::ONE_INSTANCE.found(what));
            }
            _ => {}
        }
        findings
    }
}

fn longer(check: Check, what: &str, value: Duration, most: Duration) -> Option<Finding> {
    let text = format!("{what} {}", seconds(value));
    (value > most).then(|| check.found(text))
}

/// `90s`, `15m`, `2h`, `30d`: as the settings write it, where it is that even.
fn seconds(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let units = [(24 * 60 * 60, "d"), (60 * 60, "h"), (60, "m")];
    let even = units
        .into_iter()
        .find(|(unit, _)| seconds >= *unit && seconds.is_multiple_of(*unit));
    match even {
        Some((unit, name)) => format!("{}{name}", seconds / unit),
        None => format!("{:?}", duration),
    }
}
