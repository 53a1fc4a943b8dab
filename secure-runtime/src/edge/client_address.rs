use std::net::IpAddr;

use actix_web::{
    HttpRequest,
    dev::{Payload, ServiceRequest},
};

use super::TrustedProxies;
use crate::{
    context::RequestContext,
    guard::{Argument, Caller, Extraction},
    policy::Input,
};

/// The address of the client, as an argument of a guarded handler.
///
/// It is the peer of the connection, or what trusted proxies say of it
/// ([`Builder::trusted_proxies`](crate::Builder::trusted_proxies)). Limits by address count by it, and
/// audit events carry it.
///
/// ```
/// use actix_web::Responder;
/// use secure_runtime::{ClientAddress, prelude::*};
///
/// #[get("/where-am-i")]
/// #[public]
/// async fn where_am_i(client: ClientAddress) -> impl Responder {
///     client.ip().map_or("nowhere".to_owned(), |ip| ip.to_string())
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(Option<IpAddr>);

impl ClientAddress {
    /// The address; an IPv4 address in IPv6 clothes is IPv4. `None` where it is not known: the connection
    /// has none, such as a Unix socket, or the proxy that it came through is trusted and names no address. All
    /// who are not known share one counter of each limit.
    pub fn ip(&self) -> Option<IpAddr> {
        self.0
    }

    /// The one who sent `request`.
    pub(crate) fn of(request: &ServiceRequest, proxies: &TrustedProxies) -> Self {
        let peer = request.peer_addr();
        Self(peer.and_then(|peer| {
            proxies.client(peer.ip(), || {
                let lines = request.headers().get_all(proxies.header());
                lines.map(|line| line.as_bytes()).collect()
            })
        }))
    }
}

impl Argument for ClientAddress {
    type Value = Self;
    const INPUT: Option<Input> = None;
    const CALLER: Caller = Caller::Unused;

    fn extract(request: &HttpRequest, _: &mut Payload) -> Extraction<Self> {
        let context = RequestContext::of_guarded(request);
        Extraction::Ready(context.map(|context| Self(context.client_address())))
    }
}
