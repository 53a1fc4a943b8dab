//! Settings in code.

mod accounts;
mod api_keys;
mod app_limits;
mod build;
mod deploy;
mod edge;
mod limits;
mod sessions;
mod tokens;
#[cfg(feature = "uploads")]
mod uploads;

use std::{fmt, sync::Arc, time::Duration};

use super::{Profile, Security, SettingsError, environment, key_file::KeyFile};
use crate::{
    account::AccountSettings,
    allowance::Allowances,
    api_key::ApiKeySettings,
    app_limits::AppLimits,
    audit::{AuditSink, TracingSink},
    clock::Clock,
    edge::{EdgeSettings, HeaderSettings, ProxySettings},
    in_flight::InFlightSettings,
    input::{DEFAULT_BODY_DEADLINE, DEFAULT_BODY_LIMIT},
    limit::Limiter,
    oauth::ErasedOwners,
    session::SessionSettings,
    store::Store,
    token::{KeyRing, TokenSettings},
};

/// A required part that is not set yet.
#[derive(Debug)]
pub struct Missing<P>(std::marker::PhantomData<P>);

/// A required part that is set.
#[derive(Debug)]
pub struct Set<T>(T);

/// The names of the required parts, as the compiler shows them in `Missing<…>`.
pub mod part {
    /// `.issuer("https://auth.example.com")`
    #[derive(Debug)]
    pub enum Issuer {}
    /// `.audience("https://api.example.com")`
    #[derive(Debug)]
    pub enum Audience {}
    /// `.signing_key(Hs256Key::from_text(…)?)`
    #[derive(Debug)]
    pub enum Key {}
}

/// A key that signs tokens, or a ring of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no signing key",
    label = "neither a key that signs nor a ring of keys",
    note = "a secret: `Hs256Key::from_text(text)?`",
    note = "a private key: `Es256Key::from_pem(pem)?`; a public key cannot sign",
    note = "several: `KeyRing::new(current).with_previous(old)?`"
)]
pub trait SigningKeys {
    #[doc(hidden)]
    fn into_ring(self) -> KeyRing;
}

#[diagnostic::do_not_recommend]
impl<K: Into<KeyRing>> SigningKeys for K {
    fn into_ring(self) -> KeyRing {
        self.into()
    }
}

/// A required part that `build` can take.
#[diagnostic::on_unimplemented(
    message = "the `Security` builder is not complete: `{Self}`",
    label = "a required part is missing",
    note = "`.issuer(…)`, `.audience(…)` and `.signing_key(…)` are all required"
)]
pub trait Complete<T> {
    #[doc(hidden)]
    fn take(self) -> T;
}

impl<T> Complete<T> for Set<T> {
    fn take(self) -> T {
        self.0
    }
}

/// Settings in code. Required parts are in the type: without them there is no `build`.
///
/// ```
/// use secure_runtime::{Profile, Security, token::Hs256Key};
///
/// let security = Security::builder()
///     .issuer("https://auth.example.com")
///     .audience("https://api.example.com")
///     .signing_key(Hs256Key::random())
///     .profile(Profile::Production)
///     .build()?;
/// # Ok::<(), secure_runtime::SettingsError>(())
/// ```
#[must_use]
pub struct Builder<I, A, K> {
    issuer: I,
    audience: A,
    key: K,
    options: Options,
}

/// Everything that has a default.
pub(super) struct Options {
    pub(super) profile: Profile,
    pub(super) tokens: TokenSettings,
    pub(super) body_limit: usize,
    pub(super) body_deadline: Duration,
    pub(super) headers: HeaderSettings,
    pub(super) unlisted_routes: Option<String>,
    pub(super) ephemeral_key: bool,
    pub(super) announce: bool,
    pub(super) clock: Option<Arc<dyn Clock>>,
    pub(super) limiter: Option<Box<dyn Limiter>>,
    pub(super) allowances: Option<Allowances>,
    pub(super) app_limits: AppLimits,
    pub(super) in_flight: InFlightSettings,
    /// Whether nothing is limited.
    pub(super) no_limits: bool,
    pub(super) store: Option<Arc<dyn Store>>,
    pub(super) audit: Arc<dyn AuditSink>,
    pub(super) owners: Option<Arc<dyn ErasedOwners>>,
    /// The same, as said by `.accounts(…)`.
    pub(super) account_owners: Option<Arc<dyn ErasedOwners>>,
    pub(super) accounts: AccountSettings,
    pub(super) api_keys: ApiKeySettings,
    pub(super) sessions: Option<SessionSettings>,
    #[cfg(feature = "uploads")]
    pub(super) uploads: Option<crate::upload::UploadSettings>,
    /// The settings are only to be checked: nothing is made on the disk.
    #[cfg(feature = "uploads")]
    pub(super) is_dry: bool,
    pub(super) public_origin: Option<String>,
    pub(super) proxies: ProxySettings,
    pub(super) edge: EdgeSettings,
    pub(super) key_file: Option<KeyFile>,
    /// What is wrong with the settings that a draft was made from.
    pub(super) refused: Vec<String>,
    /// Codes of findings that are accepted, each with its reason.
    pub(super) accepted: Vec<(String, String)>,
}

/// A builder whose required parts are all set.
pub type CompleteBuilder = Builder<Set<String>, Set<String>, Set<KeyRing>>;

impl Builder<Missing<part::Issuer>, Missing<part::Audience>, Missing<part::Key>> {
    pub(super) fn new() -> Self {
        Self {
            issuer: Missing(std::marker::PhantomData),
            audience: Missing(std::marker::PhantomData),
            key: Missing(std::marker::PhantomData),
            options: Options {
                profile: Profile::Production,
                tokens: TokenSettings::default(),
                body_limit: DEFAULT_BODY_LIMIT,
                body_deadline: DEFAULT_BODY_DEADLINE,
                headers: HeaderSettings::default(),
                unlisted_routes: None,
                ephemeral_key: false,
                announce: false,
                clock: None,
                limiter: None,
                allowances: None,
                app_limits: AppLimits::default(),
                in_flight: InFlightSettings::default(),
                no_limits: false,
                store: None,
                audit: Arc::new(TracingSink),
                owners: None,
                account_owners: None,
                accounts: AccountSettings::default(),
                api_keys: ApiKeySettings::default(),
                sessions: None,
                #[cfg(feature = "uploads")]
                uploads: None,
                #[cfg(feature = "uploads")]
                is_dry: false,
                public_origin: None,
                proxies: ProxySettings::default(),
                edge: EdgeSettings::default(),
                key_file: None,
                refused: Vec::new(),
                accepted: Vec::new(),
            },
        }
    }
}

impl<I, A, K> Builder<I, A, K> {
    /// Who issues the tokens (`iss`): the URL of this service.
    pub fn issuer(self, issuer: impl Into<String>) -> Builder<Set<String>, A, K> {
        Builder {
            issuer: Set(issuer.into()),
            audience: self.audience,
            key: self.key,
            options: self.options,
        }
    }

    /// For whom the tokens are (`aud`): the URL of the API.
    pub fn audience(self, audience: impl Into<String>) -> Builder<I, Set<String>, K> {
        Builder {
            issuer: self.issuer,
            audience: Set(audience.into()),
            key: self.key,
            options: self.options,
        }
    }

    /// The key that signs and verifies the tokens, or a [`KeyRing`] of them. What a key is, says
    /// which algorithm it is for.
    pub fn signing_key(mut self, keys: impl SigningKeys) -> Builder<I, A, Set<KeyRing>> {
        self.options.ephemeral_key = false;
        self.options.key_file = None;
        Builder {
            issuer: self.issuer,
            audience: self.audience,
            key: Set(keys.into_ring()),
            options: self.options,
        }
    }

    /// Where the state lives that outlasts a request: refresh families, revocations. Defaults to
    /// memory, which ends with the process and is no other instance's.
    ///
    /// An `Arc` of a store is one too: for an app that goes on to hold it, or that chooses the backend when
    /// it runs (`Arc<dyn Store>`).
    pub fn store(mut self, store: impl Store) -> Self {
        self.options.store = Some(Arc::new(store));
        self
    }

    /// Where audit events go. Defaults to `tracing`.
    pub fn audit(mut self, sink: impl AuditSink) -> Self {
        self.options.audit = Arc::new(sink);
        self
    }

    /// In which world the app runs. Defaults to [`Profile::Production`].
    pub fn profile(mut self, profile: Profile) -> Self {
        self.options.profile = profile;
        self
    }

    /// Whether the app is to run in production, as far as is known by now.
    pub fn is_production(&self) -> bool {
        self.options.profile == Profile::Production
    }

    /// How browsers and clients reach the app: scheme and host alone, such as
    /// `https://example.com`. Defaults to the issuer, where that is an origin.
    pub fn public_origin(mut self, origin: impl Into<String>) -> Self {
        self.options.public_origin = Some(origin.into());
        self
    }

    /// How large a JSON or form body may be, in bytes, where its route does not say so itself
    /// (`#[validated(max = "64KiB")]`). Defaults to 256 KiB.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.options.body_limit = bytes;
        self
    }

    /// In what time a body has to be there, from when the handler asks for it; otherwise 408, and the connection
    /// is closed. It holds for what is `#[unvalidated]` too, unless the handler reads it piece by piece itself
    /// (`web::Payload`). Defaults to 30 seconds. In what time the head of a request has to be there, says
    /// `HttpServer::client_request_timeout`.
    pub fn body_deadline(mut self, deadline: Duration) -> Self {
        self.options.body_deadline = deadline;
        self
    }

    /// Says that browsers reach the app by HTTPS even where a proxy ends the TLS, so that HSTS is
    /// sent on every response in production. Defaults to HSTS only where this server itself speaks
    /// TLS.
    pub fn public_https(mut self) -> Self {
        self.options.headers.public_https = true;
        self
    }

    /// Confirms that HSTS holds for every subdomain of the host too.
    pub fn hsts_include_subdomains(mut self) -> Self {
        self.options.headers.subdomains = true;
        self
    }

    /// Lets routes pass that `security.routes(…)` does not know, for an app that moves over step by
    /// step. The reason goes to the log at start. Defaults to refusing them.
    pub fn unlisted_routes(mut self, because: impl Into<String>) -> Self {
        self.options.unlisted_routes = Some(because.into());
        self
    }

    /// Where the time comes from. Defaults to the machine's clocks.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.options.clock = Some(Arc::new(clock));
        self
    }

    /// What counts requests. Defaults to counters in this process, in 256 MiB at most.
    pub fn limiter(mut self, limiter: impl Limiter + 'static) -> Self {
        self.options.limiter = Some(Box::new(limiter));
        self
    }

    /// Leaves out what is printed at the start in development, for an app that says itself how it is
    /// called.
    pub fn without_announcement(mut self) -> Self {
        self.options.announce = false;
        self
    }

    /// Made by [`from_env`](Security::from_env) in development.
    pub(super) fn with_options(mut self, change: impl FnOnce(&mut Options)) -> Self {
        change(&mut self.options);
        self
    }

    /// Checks the settings and makes the handle.
    ///
    /// # Errors
    /// When issuer or audience is blank, when the lifetime is out of range, when the reason for
    /// unlisted routes is blank.
    pub fn build(self) -> Result<Security, SettingsError>
    where
        I: Complete<String>,
        A: Complete<String>,
        K: Complete<KeyRing>,
    {
        let (issuer, audience) = (self.issuer.take(), self.audience.take());
        build::build(issuer, audience, self.key.take(), self.options)
    }
}

impl<I, A, K> fmt::Debug for Builder<I, A, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("profile", &self.options.profile)
            .finish_non_exhaustive()
    }
}
