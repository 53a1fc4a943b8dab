//! What the builder is told about limits of the whole app.

use super::Builder;
use crate::policy::RateLimit;

impl<I, A, K> Builder<I, A, K> {
    /// How often anybody may call the app, whatever is called: [`limit!`](crate::limit!). It may be said several
    /// times, and stands beside the limits of the routes. Defaults to none; `SECURE_APP_LIMITS` adds one by
    /// address (`600/minute; 10000/day`).
    ///
    /// Every request counts that names an allowed host: those for which there is no route, those of
    /// unlisted routes and of [`unchecked`](crate::unchecked) services too. Preflights do not count. A limit by
    /// user or API key counts on each route that knows its caller. On top of a limit with `by = "global"`, routes
    /// with `#[public(any_host = "because …")]` are answered: whoever floods the app shall not have an orchestrator
    /// end it too.
    ///
    /// ```
    /// use secure_runtime::{Security, limit, token::Hs256Key};
    ///
    /// let security = Security::builder()
    ///     .issuer("https://auth.example.com")
    ///     .audience("https://api.example.com")
    ///     .signing_key(Hs256Key::random())
    ///     .app_limit(limit!("600/minute"))
    ///     .app_limit(limit!("10000/hour", by = "user"))
    ///     .app_limit(limit!("60/minute", count = "failures"))
    ///     .build()?;
    /// # Ok::<(), secure_runtime::SettingsError>(())
    /// ```
    pub fn app_limit(mut self, limit: RateLimit) -> Self {
        self.options.app_limits.push(limit);
        self
    }

    /// How many requests this process works at, at once; others are answered 503, with `Retry-After: 1`. Routes
    /// with `#[public(any_host = "because …")]` are answered even then. Defaults to no limit but that of
    /// actix-web's connections (`HttpServer::max_connections`): what a process can bear is known to nobody
    /// but its operator, who can say it in `SECURE_MOST_IN_FLIGHT`.
    ///
    /// A request counts from when its head is read, until its answer has been handed over to the connection whole,
    /// or the connection is gone. A WebSocket and a stream of events count for as long as they live.
    ///
    /// ```
    /// use secure_runtime::{Security, token::Hs256Key};
    ///
    /// let security = Security::builder()
    ///     .issuer("https://auth.example.com")
    ///     .audience("https://api.example.com")
    ///     .signing_key(Hs256Key::random())
    ///     .most_in_flight(2_000)
    ///     .most_in_flight_from_one_client(100)
    ///     .build()?;
    /// # Ok::<(), secure_runtime::SettingsError>(())
    /// ```
    pub fn most_in_flight(mut self, requests: usize) -> Self {
        self.options.in_flight.most = Some(requests);
        self
    }

    /// As [`most_in_flight`](Self::most_in_flight), from one client, which is an IPv4 address or the /56 of an
    /// IPv6 one; others are answered 429, with `Retry-After: 1`. Defaults to no limit, or to
    /// `SECURE_MOST_IN_FLIGHT_FROM_ONE_CLIENT`: behind a proxy that is not
    /// [trusted](Self::trusted_proxies), all are one client. Whole offices and mobile networks are one too.
    pub fn most_in_flight_from_one_client(mut self, requests: usize) -> Self {
        self.options.in_flight.from_one_client = Some(requests);
        self
    }
}
