//! What a handle and all its clones share.

use std::{
    fmt,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use actix_web::HttpRequest;

use super::{Profile, key_file::KeyFile};
use crate::{
    Problem,
    account::{AccountSettings, limits::AccountLimits, throttle::Throttle},
    allowance::Allowances,
    api_key::ApiKeys,
    audit::AuditSink,
    clock::Clock,
    crypto::{Sealer, SecretRing, Signer},
    edge::{DefaultHeaders, Edge, TrustedProxies},
    in_flight::InFlight,
    limit::Limiter,
    oauth::{ErasedOwners, OAuth},
    policy::Need,
    routes::{CounterIds, Listing, MountedLimit, RouteTable},
    session::Sessions,
    store::Store,
    token::{AccessTokens, OneTimeTokens, Tokens},
};

/// What the handle shares.
pub(crate) struct State {
    pub(super) profile: Profile,
    pub(super) tokens: Tokens,
    pub(super) one_time: OneTimeTokens,
    pub(super) secrets: SecretRing,
    pub(super) signer: Signer,
    pub(super) sealer: Sealer,
    pub(super) audit: Arc<dyn AuditSink>,
    pub(super) oauth: OAuth,
    pub(super) accounts: AccountSettings,
    pub(super) api_keys: ApiKeys,
    pub(super) sessions: Sessions,
    #[cfg(feature = "uploads")]
    pub(super) uploads: Option<crate::upload::Uploads>,
    pub(super) key_file: Option<KeyFile>,
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) limiter: Box<dyn Limiter>,
    pub(super) account_limits: AccountLimits,
    pub(super) app_limits: Vec<MountedLimit>,
    pub(super) in_flight: Arc<InFlight>,
    pub(super) allowances: Option<Allowances>,
    /// Numbers the counters of the limiter.
    pub(super) counters: CounterIds,
    pub(super) headers: DefaultHeaders,
    /// Those that name the endpoint of reports, once it is mounted.
    pub(super) reporting: OnceLock<DefaultHeaders>,
    pub(super) proxies: TrustedProxies,
    pub(super) edge: Edge,
    pub(super) body_limit: usize,
    pub(super) body_deadline: Duration,
    pub(super) unlisted_routes: Option<String>,
    pub(super) ephemeral_key: bool,
    /// Whether the development announcement is still to be made.
    pub(super) announce: AtomicBool,
    pub(super) table: OnceLock<RouteTable>,
    pub(super) listing: OnceLock<Listing>,
}

impl State {
    /// What is mounted, once it is.
    pub(crate) fn table(&self) -> Option<&RouteTable> {
        self.table.get()
    }

    pub(crate) fn listing(&self) -> Option<&Listing> {
        self.listing.get()
    }

    pub(crate) fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    pub(crate) fn access_tokens(&self) -> &AccessTokens {
        self.tokens.access()
    }

    pub(crate) fn sealer(&self) -> &Sealer {
        &self.sealer
    }

    pub(crate) fn one_time(&self) -> &OneTimeTokens {
        &self.one_time
    }

    pub(crate) fn store(&self) -> &dyn Store {
        &*self.store
    }

    pub(crate) fn api_keys(&self) -> &ApiKeys {
        &self.api_keys
    }

    pub(crate) fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    /// The folder of uploads, where the builder was told of one.
    #[cfg(feature = "uploads")]
    pub(crate) fn uploads(&self) -> Option<&crate::upload::Uploads> {
        self.uploads.as_ref()
    }

    /// Whether the builder was told what a handler needs.
    pub(super) fn has(&self, need: Need) -> bool {
        match need {
            Need::Sessions => self.sessions.are_configured(),
            #[cfg(feature = "uploads")]
            Need::Uploads => self.uploads.is_some(),
            need => self.accounts.has(need),
        }
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    pub(crate) fn limiter(&self) -> &dyn Limiter {
        &*self.limiter
    }

    /// How often anybody at one address may try what is done to accounts.
    pub(crate) fn account_limits(&self) -> &AccountLimits {
        &self.account_limits
    }

    /// How often anybody may call the app, whatever is called.
    pub(crate) fn app_limits(&self) -> &[MountedLimit] {
        &self.app_limits
    }

    /// The requests that are at work.
    pub(crate) fn in_flight(&self) -> &Arc<InFlight> {
        &self.in_flight
    }

    /// What callers are allowed beyond what the attributes say.
    pub(crate) fn allowances(&self) -> Option<&Allowances> {
        self.allowances.as_ref()
    }

    /// Numbers the counters of the limiter.
    pub(crate) fn counters(&self) -> &CounterIds {
        &self.counters
    }

    pub(crate) fn headers(&self) -> &DefaultHeaders {
        self.reporting.get().unwrap_or(&self.headers)
    }

    /// Whose word about the address of a client is taken.
    pub(crate) fn proxies(&self) -> &TrustedProxies {
        &self.proxies
    }

    /// What is asked of a request before any route is looked for.
    pub(crate) fn edge(&self) -> &Edge {
        &self.edge
    }

    /// What every key is derived from that is no signing key.
    pub(crate) fn secrets(&self) -> &SecretRing {
        &self.secrets
    }

    pub(crate) fn signer(&self) -> &Signer {
        &self.signer
    }

    pub(crate) fn audit(&self) -> &dyn AuditSink {
        &*self.audit
    }

    pub(crate) fn accounts(&self) -> &AccountSettings {
        &self.accounts
    }

    /// What decides which attempts to prove who one is are looked at.
    pub(crate) fn throttle(&self) -> Throttle {
        Throttle::new(self.store.clone(), self.clock.clone())
    }

    /// Whoever says what a subject may have.
    pub(crate) fn owners(&self) -> Result<&dyn ErasedOwners, Problem> {
        self.oauth.owners()
    }

    /// In bytes.
    pub(crate) fn body_limit(&self) -> usize {
        self.body_limit
    }

    /// In what time a body has to be there.
    pub(crate) fn body_deadline(&self) -> Duration {
        self.body_deadline
    }

    pub(crate) fn lets_unlisted_routes_pass(&self) -> bool {
        self.unlisted_routes.is_some()
    }

    pub(crate) fn is_development(&self) -> bool {
        self.profile == Profile::Development
    }

    /// Whether the cookies of an answer are for HTTPS alone: always but in development over plain HTTP, where
    /// some browsers would not keep them.
    pub(crate) fn sets_secure_cookies(&self, request: &HttpRequest) -> bool {
        !self.is_development() || request.app_config().secure()
    }

    /// Has this worker read the signing keys again whenever their file changes.
    pub(crate) fn watch_keys(self: &Arc<Self>) {
        if self.key_file.is_some() {
            actix_web::rt::spawn(KeyFile::watch(self.clone()));
        }
    }

    /// True once, in development.
    pub(crate) fn announces(&self) -> bool {
        self.announce.swap(false, Ordering::Relaxed)
    }

    pub(crate) fn has_ephemeral_key(&self) -> bool {
        self.ephemeral_key
    }

    pub(crate) fn key_notice(&self) -> &'static str {
        if self.ephemeral_key {
            "the signing key was made at start: every token ends with this process\n"
        } else {
            ""
        }
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("profile", &self.profile)
            .finish_non_exhaustive()
    }
}
