//! What the builder is told about the way that requests come, and about what browsers are told.

use super::Builder;
use crate::edge::{EveryResponse, ForwardedHeader, Hsts, PageCsp, PermissionsPolicy};

impl<I, A, K> Builder<I, A, K> {
    /// The proxies before the app, as networks (`10.0.0.0/8`) or addresses (`192.0.2.1`). Defaults to none:
    /// the client is the peer of the connection, whatever it says of itself.
    ///
    /// Where the peer is one of them, the client is whom they name in the header of
    /// [`forwarded_by`](Self::forwarded_by): the last one there that is no trusted proxy itself. Trust
    /// those alone that add to that header, and none that a client can come around.
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
}
