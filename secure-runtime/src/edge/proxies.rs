use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};

use super::ForwardedHeader;

/// Whose word about the address of a client is taken, as it is configured.
#[derive(Debug, Default)]
pub(crate) struct ProxySettings {
    pub(crate) networks: Vec<String>,
    pub(crate) header: ForwardedHeader,
}

/// Whose word about the address of a client is taken.
#[derive(Debug, Default)]
pub(crate) struct TrustedProxies {
    networks: Vec<IpNet>,
    header: ForwardedHeader,
}

impl ProxySettings {
    /// The proxies, and what is wrong with them.
    pub(crate) fn check(&self) -> (TrustedProxies, Vec<String>) {
        let (mut networks, mut findings) = (Vec::new(), Vec::new());
        for text in &self.networks {
            match network(text) {
                Ok(network) => networks.push(network),
                Err(why) => findings.push(why),
            }
        }
        let header = self.header;
        (TrustedProxies { networks, header }, findings)
    }
}

impl TrustedProxies {
    /// In which header the proxies name whoever has called them.
    pub(crate) fn header(&self) -> &'static str {
        self.header.name()
    }

    /// The address of whoever the connection with `peer` serves. `lines` gives the lines of the header, in
    /// their order, and is asked only where the peer is trusted.
    ///
    /// Each proxy adds at the end who has called it. So the way leads from the right over proxies that are
    /// trusted, and the first one that is not is the client: whatever stands to its left, it may have
    /// written itself. Where all of them are trusted, the client is the one that was named first.
    ///
    /// `None` where a proxy names nobody, or no address: whoever comes through it must not be taken for the
    /// proxy, which may go where others may not.
    pub(crate) fn client<'a>(
        &self,
        peer: IpAddr,
        lines: impl FnOnce() -> Vec<&'a [u8]>,
    ) -> Option<IpAddr> {
        let peer = peer.to_canonical();
        if !self.trusts(peer) {
            return Some(peer);
        }
        let mut client = None;
        for hop in self.header.hops(&lines()) {
            let hop = hop?;
            client = Some(hop);
            if !self.trusts(hop) {
                break;
            }
        }
        client
    }

    /// In which header the proxies say by which scheme they were reached.
    pub(crate) fn scheme_header(&self) -> &'static str {
        self.header.scheme_name()
    }

    /// The networks that hold more than any one operator has.
    pub(crate) fn wide(&self) -> impl Iterator<Item = &IpNet> {
        self.networks.iter().filter(|network| match network {
            IpNet::V4(network) => network.prefix_len() < 8,
            // `fc00::/7` is everybody's own, as `10.0.0.0/8` is.
            IpNet::V6(network) => {
                let is_own = network.addr().is_unique_local() && network.prefix_len() >= 7;
                network.prefix_len() < 16 && !is_own
            }
        })
    }

    /// Whether there is any.
    pub(crate) fn are_there(&self) -> bool {
        !self.networks.is_empty()
    }

    /// Whether the client came by HTTPS, as far as the proxies say; `None` where they do not, or where the
    /// peer is none of them. `lines` gives the lines of the header, and is asked only where the peer is
    /// trusted.
    pub(crate) fn is_https<'a>(
        &self,
        peer: IpAddr,
        lines: impl FnOnce() -> Vec<&'a [u8]>,
    ) -> Option<bool> {
        match self.trusts(peer.to_canonical()) {
            true => self
                .header
                .is_https(&lines(), |address| self.trusts(address)),
            false => None,
        }
    }

    pub(super) fn trusts(&self, address: IpAddr) -> bool {
        self.networks
            .iter()
            .any(|network| network.contains(&address))
    }
}

/// A network, or one address.
fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let network = match text.parse::<IpAddr>() {
        Ok(address) => Ok(IpNet::from(address)),
        Err(_) => text.parse::<IpNet>(),
    };
    let network = network.map_err(|_| {
        format!("`{text}` is no network; write one (`10.0.0.0/8`) or an address (`192.0.2.1`)")
    })?;
    if network.trunc() != network {
        return Err(format!(
            "`{text}` is an address within a network; write the network (`{}`) or the address (`{}`)",
            network.trunc(),
            network.addr(),
        ));
    }
    let network = canonical(network);
    if network.prefix_len() == 0 {
        return Err(format!(
            "`{text}` trusts everybody, and so everybody could choose an address; name the proxies alone"
        ));
    }
    Ok(network)
}

/// Addresses are compared in their canonical form, so a network of IPv4 addresses in IPv6 clothes is one of
/// IPv4 addresses.
fn canonical(network: IpNet) -> IpNet {
    let IpNet::V6(mapped) = network else {
        return network;
    };
    let address = mapped.addr().to_ipv4_mapped();
    let prefix = mapped.prefix_len().checked_sub(96);
    let canonical = address.zip(prefix).and_then(|(address, prefix)| {
        let network = Ipv4Net::new(address, prefix).ok()?;
        Some(IpNet::V4(network))
    });
    canonical.unwrap_or(network)
}
