mod advice;
mod error;
mod home;
mod names;
mod outage;
mod script;
mod server;
mod when_down;

use std::{sync::Arc, time::Duration};

pub use self::error::RedisLimiterError;
pub use self::when_down::{UnknownChoice, WhenDown};
use self::{
    names::Names,
    script::{Time, never},
    server::Server,
};
use super::{Amount, Answer, Charge, Decision, InProcess, Limiter};
use crate::deploy::{Finding, catalogue};

/// How long a question may take.
const DEFAULT_TIMEOUT: Duration = Duration::from_millis(250);

/// What who is refused because of an outage is told to wait. It is found out within that whether the server is
/// back.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// A [`Limiter`] that counts in Redis 6.2 or later, or in Valkey: for all instances of an app together.
///
/// The promise is that of this [module](super), whichever instance gets a request, for each charge is one
/// script on one key, which the server runs as one step and by its own clock, in microseconds. It costs one
/// round trip. Keys expire when nothing of them counts any more. What a limit counts is found under a hash,
/// so that Redis shows neither addresses nor subjects, and in a cluster every key has a slot of its own.
///
/// # Outages
///
/// A question that is not answered within [250 ms](Self::with_timeout), or refused, begins an outage. From then on
/// nobody waits: every request is decided at once as [`WhenDown`] says, until the server, which is asked four
/// times a second, counts again. The log says when an outage begins, why, and what to do about it; and when it
/// ends, after how long, and how many requests were decided without the server.
///
/// # What breaks the promise
///
/// - A server that loses its data: counters start from nothing. So does a failover to a replica that lags.
/// - A server that evicts: with a `maxmemory`, set `maxmemory-policy noeviction`. It is looked at by
///   [`connect`](Self::connect), and a policy that evicts is a warning in the log.
/// - A server whose clock is put forward: what counts ends that much earlier. If its clock is put back, time
///   stands still for the counters meanwhile, and what counts is never counted longer than its period from then.
///
/// Periods of more than a hundred years count as a hundred years.
///
/// # Examples
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use secure_runtime::{Security, limit::{RedisLimiter, WhenDown}, token::Hs256Key};
///
/// let limiter = RedisLimiter::connect("rediss://limits.internal:6379", WhenDown::CountHere)
///     .await?
///     .with_prefix("shop:");
/// let security = Security::builder()
///     .issuer("https://auth.example.com")
///     .audience("https://api.example.com")
///     .signing_key(Hs256Key::random())
///     .limiter(limiter)
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct RedisLimiter {
    server: Arc<Server>,
    names: Names,
    timeout: Duration,
    time: Time,
    when_down: WhenDown,
    /// What counts during an outage, if something does.
    here: Option<InProcess>,
}

impl RedisLimiter {
    /// Connects to a server, `redis://[user:password@]host[:port][/database]` or `redis+unix:///path`, and
    /// asks whether it answers and evicts: an eviction policy is a warning in the log. `rediss://` is TLS
    /// and needs the feature `redis-tls`; the certificate must be one that the machine trusts
    /// (`SSL_CERT_FILE` names others), and nothing in the address turns that off.
    ///
    /// `when_down` is what happens while it does not answer later on.
    ///
    /// # Errors
    /// When the address is none, or the server does not answer within a second.
    pub async fn connect(url: &str, when_down: WhenDown) -> Result<Self, RedisLimiterError> {
        let limiter = Self::lazy(url, when_down)?;
        limiter
            .server
            .look()
            .await
            .map_err(RedisLimiterError::unavailable)?;
        Ok(limiter)
    }

    /// The same without asking the server before the first request: an app starts without it, and is then in
    /// an outage.
    ///
    /// # Errors
    /// When the address is none.
    pub fn lazy(url: &str, when_down: WhenDown) -> Result<Self, RedisLimiterError> {
        Ok(Self {
            server: Arc::new(Server::new(url)?),
            names: Names::new("secure:"),
            timeout: DEFAULT_TIMEOUT,
            time: Time::Server,
            when_down,
            here: (when_down == WhenDown::CountHere).then(InProcess::default),
        })
    }

    /// Asks the server without waiting for it: where it does not answer, the outage has begun before the first
    /// request comes.
    pub(crate) fn look_around(&self) {
        self.server
            .look_around(&self.names, self.timeout, self.when_down);
    }

    /// What every key starts with. Defaults to `secure:`. Limiters with the same prefix count together, so apps
    /// that share a server have different ones.
    #[must_use]
    pub fn with_prefix(mut self, prefix: &str) -> Self {
        self.names = Names::new(prefix);
        self
    }

    /// How long a question may take, together with the wait for a connection. Defaults to 250 ms.
    #[must_use]
    pub const fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// What happens while the server does not answer.
    #[must_use]
    pub const fn when_down(&self) -> WhenDown {
        self.when_down
    }

    /// Whether the server did not answer when it was asked last.
    #[must_use]
    pub fn is_down(&self) -> bool {
        self.server.outage().is_on()
    }

    /// Counts by the time of the charges in the place of the server's, so that a test can move it. Nothing expires
    /// by itself then.
    #[cfg(feature = "test")]
    #[must_use]
    pub const fn with_time_of_charges(mut self) -> Self {
        self.time = Time::Charge;
        self
    }

    /// Asks the server, and begins an outage if it does not answer.
    async fn count(&self, charge: &Charge<'_>) -> Decision {
        match self.server.ask(self, charge).await {
            Some(decision) => decision,
            None => self.decide_alone(charge).decision().await,
        }
    }

    /// Decides without the server.
    fn decide_alone<'a>(&'a self, charge: &Charge<'a>) -> Answer<'a> {
        if let Some(here) = &self.here {
            if matches!(charge.amount, Amount::Take(_)) {
                self.server.outage().decided_alone();
            }
            return here.check(charge);
        }
        // Giving back is never refused.
        if matches!(charge.amount, Amount::GiveBack(_)) {
            return Decision::Uncounted.into();
        }
        self.server.outage().decided_alone();
        Answer::Now(match self.when_down {
            WhenDown::FailOpen => Decision::Uncounted,
            WhenDown::FailClosed | WhenDown::CountHere => Decision::Unavailable {
                retry_after: RETRY_AFTER,
            },
        })
    }
}

impl Limiter for RedisLimiter {
    fn check<'a>(&'a self, charge: &Charge<'a>) -> Answer<'a> {
        if let Some(never) = never(charge) {
            return never.into();
        }
        if self.is_down() {
            return self.decide_alone(charge);
        }
        let charge = *charge;
        Answer::Later(Box::pin(async move { self.count(&charge).await }))
    }

    fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.server.is_exposed() {
            let what = "limits are counted in a Redis that is reached by `redis://`";
            findings.push(catalogue::LIMITS_PLAIN.found(what));
        }
        if self.when_down == WhenDown::FailOpen {
            let what = "while the Redis of the limits is down, requests pass uncounted";
            findings.push(catalogue::LIMITS_FAIL_OPEN.found(what));
        }
        findings
    }
}
