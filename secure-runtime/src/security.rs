//! The one handle: what an app configures once and every request goes through.

mod builder;
mod environment;
mod key_file;
mod state;

use std::{fmt, sync::Arc};

pub use builder::{Builder, CompleteBuilder, Missing, Set, SigningKeys, part};
use environment::Purpose;
pub use environment::SettingsError;
pub(crate) use state::State;

use crate::{
    Problem,
    api_key::ApiKeys,
    crypto::{Sealer, Signer},
    edge::{DefaultHeaders, csp_reports},
    mail::Mail,
    middleware::SecurityMiddleware,
    oauth::OAuth,
    report::{AppRow, Report},
    routes::{self, LaunchError, Listing, MountedRoutes, RouteTable, Routes},
    session::Sessions,
    settings::{Loaded, SecretLoader},
    store::Store,
    token::{AccessTokens, OneTimeTokens, Tokens},
};

/// Security for one app: tokens, limits, headers and the routes that they protect.
///
/// A cheap handle; clones share everything, counters included.
#[derive(Clone)]
pub struct Security {
    state: Arc<State>,
}

/// In which world the app runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Works without configuration: keys are made at start, and said so.
    Development,
    /// Refuses to start on anything that is missing or weak.
    Production,
}

impl Security {
    /// Reads the settings from the environment; `docs/defaults.md` lists the variables.
    ///
    /// Without `SECURE_PROFILE` a build with debug assertions runs as `development`, and an
    /// optimised one as `production`, so that a binary that was built to be deployed never runs
    /// with keys made at start.
    ///
    /// # Errors
    /// When a setting is missing, malformed or weak; every finding at once.
    pub fn from_env() -> Result<Self, SettingsError> {
        Self::builder_from_env()?.build()
    }

    /// As [`from_env`](Self::from_env), for an app that sets in code what no variable can say, such as
    /// the store or who may sign in.
    ///
    /// # Errors
    /// As [`from_env`](Self::from_env).
    pub fn builder_from_env() -> Result<CompleteBuilder, SettingsError> {
        environment::read_env(&Loaded::default(), Purpose::Start).finish()
    }

    /// As [`builder_from_env`](Self::builder_from_env), with secrets from a secret manager. What it does not
    /// have is looked for in the environment; what both have is refused.
    ///
    /// Keys that come from it are read once; those of `SECURE_KEYS_FILE` are read again when they change.
    ///
    /// # Errors
    /// As [`from_env`](Self::from_env), and when the manager fails.
    pub async fn builder_from(
        loader: &impl SecretLoader,
    ) -> Result<CompleteBuilder, SettingsError> {
        let loaded = Loaded::ask(loader, &environment::SECRETS).await;
        environment::read_env(&loaded, Purpose::Start).finish()
    }

    /// As [`builder_from_env`](Self::builder_from_env), and never fails: what production would refuse of the
    /// settings is told by [`deploy_check`](CompleteBuilder::deploy_check), together with everything else.
    /// It is for nothing but that: [`build`](Builder::build) refuses what is wrong.
    pub fn draft_from_env() -> CompleteBuilder {
        environment::read_env(&Loaded::default(), Purpose::Check).into()
    }

    /// As [`draft_from_env`](Self::draft_from_env), with secrets from a secret manager.
    pub async fn draft_from(loader: &impl SecretLoader) -> CompleteBuilder {
        let loaded = Loaded::ask(loader, &environment::SECRETS).await;
        environment::read_env(&loaded, Purpose::Check).into()
    }

    /// Starts from settings in code. `build` exists only once issuer, audience and key are set.
    pub fn builder() -> Builder<Missing<part::Issuer>, Missing<part::Audience>, Missing<part::Key>>
    {
        Builder::new()
    }

    /// Takes the app's routes and checks everything about them that can be known at launch. The
    /// closure runs once here, and again in each worker.
    ///
    /// # Errors
    /// [`LaunchError`] with every finding, each naming its route and what would mend it; also when
    /// it is called a second time.
    pub fn routes(
        &self,
        listing: impl Fn(&mut Routes) + Send + Sync + 'static,
    ) -> Result<MountedRoutes, LaunchError> {
        let listing: Listing = Arc::new(listing);
        let mut routes = Routes::new();
        listing(&mut routes);
        let table = routes::check(&routes, &self.state.counters)?;
        let mut findings = self.state.oauth.findings(&table);
        findings.extend(table.unmet(|need| self.state.has(need)));
        let has_sessions = self.sessions().are_configured();
        findings.extend(table.without_sessions(has_sessions));
        findings.extend(table.beyond_floors(has_sessions));
        findings.extend(table.without_owners(self.api_keys().has_owners()));
        let reporting = self.reporting(&table, &mut findings);
        if !findings.is_empty() {
            return Err(LaunchError::new(findings));
        }
        let words = table.vocabularies();
        if self.state.table.set(table).is_err() {
            return Err(LaunchError::one(
                "`security.routes(…)` is called twice; list all routes in one closure",
            ));
        }
        // Set here and only here, so each is the first.
        if let Some(headers) = reporting {
            let _ = self.state.reporting.set(headers);
        }
        self.access_tokens().speak(words);
        self.api_keys().speak(words);
        self.sessions().speak(words);
        let _ = self.state.listing.set(listing.clone());
        Ok(MountedRoutes::new(listing, self.state.clone()))
    }

    /// The middleware that every request goes through. Wrap it last, so that it is outermost:
    /// `App::new().wrap(…).wrap(security.middleware())`.
    pub fn middleware(&self) -> SecurityMiddleware {
        SecurityMiddleware::new(self.state.clone())
    }

    /// Signs in and out: access and refresh tokens together.
    pub fn tokens(&self) -> &Tokens {
        self.state.tokens()
    }

    /// Issues and verifies access tokens alone.
    pub fn access_tokens(&self) -> &AccessTokens {
        self.state.access_tokens()
    }

    /// Makes API keys and calls them back.
    pub fn api_keys(&self) -> &ApiKeys {
        self.state.api_keys()
    }

    /// Lists cookie sessions and ends them.
    pub fn sessions(&self) -> &Sessions {
        self.state.sessions()
    }

    /// The folder of uploads; `None` where [`Builder::uploads`] was not said.
    #[cfg(feature = "uploads")]
    pub fn uploads(&self) -> Option<&crate::upload::Uploads> {
        self.state.uploads()
    }

    /// Issues and redeems the tokens that are mailed and used once.
    pub fn one_time_tokens(&self) -> &OneTimeTokens {
        &self.state.one_time
    }

    /// The queue of letters.
    pub fn mail(&self) -> Mail<'_> {
        Mail::of(&self.state)
    }

    /// Signs values that leave the app and come back, such as links.
    pub fn signer(&self) -> &Signer {
        &self.state.signer
    }

    /// Seals values that are stored, so that nobody who reads the database reads them.
    pub fn sealer(&self) -> &Sealer {
        &self.state.sealer
    }

    /// Where the state lives that outlasts a request.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.state.store
    }

    /// The route × policy matrix of everything that is mounted; empty before
    /// [`routes`](Self::routes).
    pub fn report(&self) -> Report {
        let has_sessions = self.sessions().are_configured();
        Report::new(
            self.state.table(),
            has_sessions,
            self.state.account_limits(),
            AppRow::new(self.state.app_limits(), self.state.in_flight().settings()),
        )
    }

    /// In which world the app runs.
    pub fn profile(&self) -> Profile {
        self.state.profile
    }

    /// A host that a request may name.
    #[cfg(feature = "test")]
    pub(crate) fn sample_host(&self) -> String {
        self.state.edge.hosts.sample()
    }

    /// The headers that name the endpoint of reports, where it is mounted.
    fn reporting(&self, table: &RouteTable, findings: &mut Vec<String>) -> Option<DefaultHeaders> {
        let settings = self.state.headers.settings();
        let Some(path) = table.path_of::<csp_reports>() else {
            findings.extend(settings.findings());
            return None;
        };
        match settings.reporting_to(path) {
            Ok(settings) => Some(DefaultHeaders::new(settings, Some(path))),
            Err(finding) => {
                findings.push(finding);
                None
            }
        }
    }

    fn new(state: State) -> Self {
        Self {
            state: Arc::new(state),
        }
    }

    /// The handle again, for whoever holds what it shares.
    pub(crate) fn of(state: Arc<State>) -> Self {
        Self { state }
    }

    pub(crate) fn oauth(&self) -> &OAuth {
        &self.state.oauth
    }

    /// What the endpoints are told, and where they are mounted.
    pub(crate) fn mounted_oauth(&self) -> Result<(&OAuth, &RouteTable), Problem> {
        let table = self.state.table();
        let table = table.ok_or_else(|| Problem::internal("`security.routes(…)` was never called"));
        Ok((self.oauth(), table?))
    }
}

impl fmt::Debug for Security {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Security")
            .field("profile", &self.state.profile)
            .finish_non_exhaustive()
    }
}
