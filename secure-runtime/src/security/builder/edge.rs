//! What the builder is told about the way that requests come.

use super::Builder;
use crate::edge::ForwardedHeader;

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
}
