//! Whose counter a limit charges.

use std::net::IpAddr;

use actix_web::HttpRequest;
use aws_lc_rs::digest::{SHA256, digest};

use crate::{
    Problem,
    context::{CounterKey, RequestContext},
    policy::LimitKey,
    principal::Principal,
};

/// Keys longer than this are replaced by their SHA-256.
const LONGEST_KEY: usize = 128;

/// Whose counter. What cannot be told apart shares one counter with all of its kind, so that
/// leaving something out never helps. `None`: the request is not limited.
pub(super) fn key(
    key: LimitKey,
    request: &HttpRequest,
    context: &RequestContext,
) -> Result<Option<CounterKey>, Problem> {
    Ok(Some(bounded(match key {
        LimitKey::Global => CounterKey::new(),
        LimitKey::Ip => context
            .client_address()
            .map_or_else(CounterKey::new, network_key),
        LimitKey::User => match context.principal() {
            Some(principal) => principal.subject().as_bytes().into(),
            None => return Err(Problem::internal("a limit by caller without a caller")),
        },
        LimitKey::ApiKey => match context.principal() {
            Some(principal) => key_or_subject(principal),
            None => return Err(Problem::internal("a limit by API key without a caller")),
        },
        LimitKey::Header(name) => request
            .headers()
            .get(name)
            .map_or_else(CounterKey::new, |value| value.as_bytes().into()),
        LimitKey::Function(_, function) => {
            function(request).map_or_else(CounterKey::new, |key| key.into_bytes().into())
        }
        LimitKey::CallerFunction(_, function) => match context.principal() {
            Some(principal) => {
                function(principal).map_or_else(CounterKey::new, |key| key.into_bytes().into())
            }
            None => return Err(Problem::internal("a limit by caller without a caller")),
        },
        #[cfg(feature = "actix-governor")]
        LimitKey::Extractor(_, extractor) => {
            let key = extractor(request)?;
            return Ok(key.map(|key| bounded(key.into())));
        }
    })))
}

/// The API key that the caller calls by, or the caller: a subject that reads like the id of a key is another
/// one.
fn key_or_subject(principal: &Principal) -> CounterKey {
    let (kind, text) = match principal.api_key_id() {
        Some(id) => (b'k', id),
        None => (b's', principal.subject()),
    };
    let mut key = CounterKey::from_slice(&[kind]);
    key.extend_from_slice(text.as_bytes());
    key
}

/// The network that stands for a client: an IPv4 address, or the /56 of an IPv6 one, since a
/// customer is handed at least that much (RIPE-690). An IPv4 address in IPv6 clothes is IPv4.
pub(crate) fn network(address: IpAddr) -> Vec<u8> {
    network_key(address).into_vec()
}

fn network_key(address: IpAddr) -> CounterKey {
    match address.to_canonical() {
        IpAddr::V4(address) => CounterKey::from_slice(&address.octets()),
        IpAddr::V6(address) => CounterKey::from_slice(&address.octets()[..7]),
    }
}

fn bounded(key: CounterKey) -> CounterKey {
    if key.len() <= LONGEST_KEY {
        return key;
    }
    CounterKey::from_slice(digest(&SHA256, &key).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_client_is_its_56_bit_network() {
        let key = |text: &str| network(text.parse().expect("an address"));
        assert_eq!(key("2001:db8:1:100::1"), key("2001:db8:1:1ff:ffff::2"));
        assert_ne!(key("2001:db8:1:100::1"), key("2001:db8:1:200::1"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
    }

    #[test]
    fn a_long_key_is_hashed_whole() {
        let long = |last: u8| bounded([vec![b'a'; 5000], vec![last]].concat().into());
        assert_eq!(long(b'x').len(), 32);
        assert_ne!(long(b'x'), long(b'y'));
    }
}
