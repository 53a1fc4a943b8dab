//! What the builder is told about the way that requests come, and about what browsers are told.

use super::Builder;
use crate::edge::{
    Cors, EveryResponse, ForwardedHeader, Hosts, Hsts, PageCsp, Pages, PermissionsPolicy,
    ProblemText,
};

impl<I, A, K> Builder<I, A, K> {
    /// The proxies before the app, as networks (`10.0.0.0/8`) or addresses (`192.0.2.1`). Defaults to none:
    /// the client is the peer of the connection, whatever it says of itself.
    ///
    /// Where the peer is one of them, the client is whom they name in the header of
    /// [`forwarded_by`](Self::forwarded_by): the last one there that is no trusted proxy itself. Where they
    /// name nobody, or no address, it is not known who the client is: a list of addresses that an API key may
    /// be used from lets it not in, and limits count all such clients together. Trust those alone that add to
    /// that header, and none that a client can come around: an app that calls from a trusted address without
    /// a proxy between has no address either.
    pub fn trusted_proxies<N: Into<String>>(
        mut self,
        networks: impl IntoIterator<Item = N>,
    ) -> Self {
        self.options.proxies.networks = networks.into_iter().map(Into::into).collect();
        self
    }

    /// In which header trusted proxies name whoever has called them. Defaults to
    /// [`ForwardedHeader::XForwardedFor`]. No other one is read: a proxy that writes one of them passes the
    /// others on as the client sent them.
    pub fn forwarded_by(mut self, header: ForwardedHeader) -> Self {
        self.options.proxies.header = header;
        self
    }

    /// The names under which the service is called: [`hosts!`](crate::hosts). The host of the public origin is
    /// always one of them, and `SECURE_ALLOWED_HOSTS` adds others. A request that names another is answered
    /// 400, but on routes with `#[public(any_host = "because …")]`.
    ///
    /// Defaults to the host of the public origin; in production without one, to every host, with a warning
    /// at start. In development `localhost`, the names below it and loopback addresses count too, and any
    /// port.
    ///
    /// A pattern without a port means the usual ones: 80, 443, or none written. `X-Forwarded-Host` and the
    /// `host` of `Forwarded` are never read, whoever sends them: a proxy passes the `Host` of its client on.
    ///
    /// ```
    /// use secure_runtime::{Security, hosts, token::Hs256Key};
    ///
    /// let security = Security::builder()
    ///     .issuer("https://auth.example.com")
    ///     .audience("https://api.example.com")
    ///     .signing_key(Hs256Key::random())
    ///     .allowed_hosts(hosts!("api.example.com", "*.example.org"))
    ///     .build()?;
    /// # Ok::<(), secure_runtime::SettingsError>(())
    /// ```
    pub fn allowed_hosts(mut self, hosts: Hosts) -> Self {
        self.options.edge.hosts = Some(hosts);
        self
    }

    /// Whether a request that came by plain HTTP is refused: a page (GET or HEAD that takes `text/html`) by a
    /// redirect to the public origin (308), anything else by 400. Routes with
    /// `#[public(any_host = "because …")]` are exempt. It needs a public origin with `https`.
    ///
    /// A request came by HTTPS where this server itself ended the TLS, or where a trusted proxy says so in
    /// `X-Forwarded-Proto` (or in `Forwarded`, as [`forwarded_by`](Self::forwarded_by) says). What a trusted
    /// proxy says comes first.
    ///
    /// Defaults to true in production at a public origin with `https` and behind trusted proxies, and to
    /// false otherwise: a server that has neither TLS nor anybody to ask would refuse every request.
    pub fn enforce_https(mut self, enforce: bool) -> Self {
        self.options.edge.enforce_https = Some(enforce);
        self
    }

    /// Which other origins may read the answers: [`cors!`](crate::cors). Defaults to none.
    ///
    /// Every answer carries the headers, refusals and failures too. A preflight is answered before any route
    /// is asked: it is never counted and never authenticated, and its methods are those that are mounted at
    /// the path.
    ///
    /// ```
    /// use secure_runtime::{Security, cors, token::Hs256Key};
    ///
    /// let security = Security::builder()
    ///     .issuer("https://auth.example.com")
    ///     .audience("https://api.example.com")
    ///     .signing_key(Hs256Key::random())
    ///     .cors(cors!(origins = ["https://app.example.com"]))
    ///     .build()?;
    /// # Ok::<(), secure_runtime::SettingsError>(())
    /// ```
    pub fn cors(mut self, cors: Cors) -> Self {
        self.options.edge.cors = Some(cors);
        self
    }

    /// Adds origins from a configuration to those of [`cors`](Self::cors). They are checked when the settings
    /// are; in production each has to be `https`.
    pub fn cors_origins<O: Into<String>>(mut self, origins: impl IntoIterator<Item = O>) -> Self {
        let origins = origins.into_iter().map(Into::into);
        self.options.edge.cors_origins.extend(origins);
        self
    }

    /// The content security policy of every response that is no page: [`csp!`](crate::csp), or
    /// [`Csp::parse`](crate::edge::Csp::parse). Defaults to `default-src 'none'; frame-ancestors 'none';
    /// base-uri 'none'; form-action 'none'`. It has no nonce, since caches may keep such a response.
    pub fn csp(mut self, policy: impl EveryResponse) -> Self {
        self.options.headers.csp = policy.into_csp();
        self
    }

    /// A second policy that enforces nothing and only reports, to try it out. Somebody must take the
    /// reports: [`csp_reports`](struct@crate::edge::csp_reports), or whom `report-uri` names.
    pub fn csp_report_only(mut self, policy: impl EveryResponse) -> Self {
        self.options.headers.csp_report_only = Some(policy.into_csp());
        self
    }

    /// The content security policy of pages, which are the answers of handlers that take a
    /// [`CspNonce`](crate::edge::CspNonce). Defaults to `default-src 'none'; script-src 'nonce'
    /// 'strict-dynamic'; style-src 'self' 'nonce'; img-src 'self'; font-src 'self'; form-action 'self';
    /// base-uri 'none'; frame-ancestors 'none'`.
    pub fn page_csp(mut self, policy: impl Into<PageCsp>) -> Self {
        self.options.headers.page_csp = policy.into();
        self
    }

    /// As [`csp_report_only`](Self::csp_report_only), of pages, in its place.
    pub fn page_csp_report_only(mut self, policy: impl Into<PageCsp>) -> Self {
        self.options.headers.page_csp_report_only = Some(policy.into());
        self
    }

    /// What pages may ask the browser for: [`permissions_policy!`](crate::permissions_policy). Defaults to
    /// nobody's accelerometer, camera, geolocation, gyroscope, microphone, payment and USB.
    pub fn permissions_policy(mut self, policy: PermissionsPolicy) -> Self {
        self.options.headers.permissions_policy = policy;
        self
    }

    /// For how long browsers come by HTTPS alone: [`hsts!`](crate::hsts). Defaults to two years. When it is
    /// sent, says [`public_https`](Self::public_https); subdomains may be confirmed here, or by
    /// [`hsts_include_subdomains`](Self::hsts_include_subdomains).
    pub fn hsts(mut self, policy: Hsts) -> Self {
        self.options.headers.hsts = policy;
        self
    }

    /// Shows problems as pages to people: to a request that names `text/html` among what it accepts, would
    /// rather have nothing that programs read, and carries neither `Authorization` nor `X-API-Key`. Where
    /// nobody is signed in, such a browser is sent to the [sign-in page](Pages::sign_in). Anybody else gets
    /// `application/problem+json`. Defaults to that for all.
    ///
    /// A page of a problem has the policies of pages ([`page_csp`](Self::page_csp)), and no cache keeps it.
    ///
    /// ```
    /// use secure_runtime::{Security, edge::Pages, token::Hs256Key};
    ///
    /// let security = Security::builder()
    ///     .issuer("https://auth.example.com")
    ///     .audience("https://api.example.com")
    ///     .signing_key(Hs256Key::random())
    ///     .pages(Pages::new().sign_in("/login"))
    ///     .build()?;
    /// # Ok::<(), secure_runtime::SettingsError>(())
    /// ```
    pub fn pages(mut self, pages: Pages) -> Self {
        self.options.edge.answers.pages = Some(pages);
        self
    }

    /// What people read of problems, one text for each status, in pages and in `application/problem+json`
    /// (`title`, `detail`). Defaults to the phrase of the status, and what the problem says itself.
    ///
    /// ```
    /// use actix_web::http::StatusCode;
    /// use secure_runtime::{Security, edge::ProblemText, token::Hs256Key};
    ///
    /// let security = Security::builder()
    ///     .issuer("https://auth.example.com")
    ///     .audience("https://api.example.com")
    ///     .signing_key(Hs256Key::random())
    ///     .problem_texts([ProblemText::new(StatusCode::NOT_FOUND, "Nicht gefunden")])
    ///     .build()?;
    /// # Ok::<(), secure_runtime::SettingsError>(())
    /// ```
    pub fn problem_texts(mut self, texts: impl IntoIterator<Item = ProblemText>) -> Self {
        self.options.edge.answers.texts = texts.into_iter().collect();
        self
    }
}
