use std::net::IpAddr;

use actix_web::{HttpRequest, http::StatusCode};
use aws_lc_rs::digest::{SHA256, digest};

use crate::{
    Problem,
    context::{GiveBack, LimitOutcome, RequestContext},
    limit::{Amount, Charge, Decision, Standing},
    policy::{Count, LimitKey},
    routes::MountedRoute,
};

/// Keys longer than this are replaced by their SHA-256.
const LONGEST_KEY: usize = 128;

/// When a limit is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Limits by address, header, function and the global ones.
    BeforeAuthentication,
    /// Limits by caller.
    AfterAuthentication,
}

/// Charges the route's limits of one stage; the first that has no room answers 429.
pub(super) fn charge(
    stage: Stage,
    request: &HttpRequest,
    context: &RequestContext,
    route: &MountedRoute,
) -> Result<(), Problem> {
    for (index, limit) in route.limits.iter().enumerate() {
        let by_caller = limit.policy.is_by_caller();
        if by_caller != (stage == Stage::AfterAuthentication) {
            continue;
        }
        let key = bounded(key(limit.policy.key(), request, context)?);
        let decision = context.security.limiter().check(&Charge {
            counter: limit.counter,
            key: &key,
            rule: &limit.rule,
            amount: Amount::Take(limit.policy.cost()),
            now: context.security.clock().monotonic(),
        });
        match decision {
            Decision::Allowed(standing) => {
                let receipt = match limit.policy.count() {
                    Count::Failures => standing.receipt,
                    Count::Every => None,
                };
                context.note_limit(LimitOutcome {
                    name: limit.name.clone(),
                    standing,
                    give_back: receipt.map(|receipt| GiveBack {
                        route: route.id,
                        limit: index,
                        key: key.into_boxed_slice(),
                        receipt,
                    }),
                });
            }
            Decision::Refused(refusal) => {
                context.note_limit(LimitOutcome {
                    name: limit.name.clone(),
                    standing: Standing {
                        quota: refusal.quota,
                        remaining: 0,
                        reset: refusal.retry_after,
                        receipt: None,
                    },
                    give_back: None,
                });
                return Err(Problem::new(StatusCode::TOO_MANY_REQUESTS)
                    .with_retry_after(refusal.retry_after));
            }
        }
    }
    Ok(())
}

/// Whose counter. What cannot be told apart shares one counter with all of its kind, so that
/// leaving something out never helps.
fn key(key: LimitKey, request: &HttpRequest, context: &RequestContext) -> Result<Vec<u8>, Problem> {
    Ok(match key {
        LimitKey::Global => Vec::new(),
        LimitKey::Ip => request
            .peer_addr()
            .map_or_else(Vec::new, |peer| network(peer.ip())),
        LimitKey::User => match context.principal() {
            Some(principal) => principal.subject().as_bytes().to_vec(),
            None => return Err(Problem::internal("a limit by caller without a caller")),
        },
        LimitKey::Header(name) => request
            .headers()
            .get(name)
            .map_or_else(Vec::new, |value| value.as_bytes().to_vec()),
        LimitKey::Function(_, function) => {
            function(request).map_or_else(Vec::new, String::into_bytes)
        }
    })
}

/// The network that stands for a client: an IPv4 address, or the /56 of an IPv6 one, since a
/// customer is handed at least that much (RIPE-690). An IPv4 address in IPv6 clothes is IPv4.
fn network(address: IpAddr) -> Vec<u8> {
    match address.to_canonical() {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets()[..7].to_vec(),
    }
}

fn bounded(key: Vec<u8>) -> Vec<u8> {
    if key.len() <= LONGEST_KEY {
        return key;
    }
    digest(&SHA256, &key).as_ref().to_vec()
}

/// Gives back what only failures cost, once the request has succeeded.
pub(crate) fn give_back(context: &RequestContext) {
    let Some(table) = context.security.table() else {
        return;
    };
    for outcome in context.limits().iter() {
        let Some(give_back) = &outcome.give_back else {
            continue;
        };
        let limit = table
            .route(give_back.route)
            .and_then(|route| route.limits.get(give_back.limit));
        if let Some(limit) = limit {
            // Giving back is never refused.
            let _ = context.security.limiter().check(&Charge {
                counter: limit.counter,
                key: &give_back.key,
                rule: &limit.rule,
                amount: Amount::GiveBack(give_back.receipt),
                now: context.security.clock().monotonic(),
            });
        }
    }
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
        let long = |last: u8| bounded([vec![b'a'; 5000], vec![last]].concat());
        assert_eq!(long(b'x').len(), 32);
        assert_ne!(long(b'x'), long(b'y'));
    }
}
