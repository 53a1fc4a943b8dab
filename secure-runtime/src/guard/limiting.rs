use std::net::IpAddr;

use actix_web::{HttpRequest, http::StatusCode};
use aws_lc_rs::digest::{SHA256, digest};

use crate::{
    Problem,
    context::{LimitOutcome, RequestContext},
    limit::{Amount, Charge, Decision, Standing},
    policy::{Count, LimitKey, RoutePolicy},
    principal::Principal,
    routes::{MountedLimit, MountedRoute},
};

/// Keys longer than this are replaced by their SHA-256.
const LONGEST_KEY: usize = 128;

/// When a limit is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Limits by address, header and function; on a public route the global ones too.
    BeforeAuthentication,
    /// Limits by caller; on a protected route the global ones too, so that strangers cannot use up
    /// what is meant for the callers.
    AfterAuthentication,
}

impl Stage {
    fn of(limit: &MountedLimit, policy: &RoutePolicy) -> Self {
        match limit.policy.key() {
            LimitKey::User | LimitKey::ApiKey => Self::AfterAuthentication,
            LimitKey::Global if policy.is_protected() => Self::AfterAuthentication,
            _ => Self::BeforeAuthentication,
        }
    }
}

/// Charges the route's limits of one stage. The first that has no room answers 429, and what the
/// others of the stage have charged is given back: a refused request is charged nothing there. A smooth
/// limit cannot give back, so it comes last.
pub(super) fn charge(
    stage: Stage,
    request: &HttpRequest,
    context: &RequestContext,
    route: &MountedRoute,
) -> Result<(), Problem> {
    let due = |smooth: bool| {
        route.limits.iter().enumerate().filter(move |(_, limit)| {
            Stage::of(limit, &route.policy) == stage && limit.rule.burst().is_some() == smooth
        })
    };
    for (index, limit) in due(false).chain(due(true)) {
        let key = bounded(key(limit.policy.key(), request, context)?);
        let amount = Amount::Take(limit.policy.cost());
        let outcome = match context.security.limiter().check(&Charge {
            counter: limit.counter,
            key: &key,
            rule: &limit.rule,
            amount,
            now: context.security.clock().monotonic(),
        }) {
            Decision::Allowed(standing) => LimitOutcome {
                limit: index,
                receipt: standing.receipt,
                standing,
                key,
            },
            Decision::Refused(refusal) => {
                give_back(context, route, |limit| {
                    Stage::of(limit, &route.policy) == stage
                });
                context.limits().push(LimitOutcome {
                    limit: index,
                    standing: Standing {
                        quota: refusal.quota,
                        remaining: 0,
                        reset: refusal.retry_after,
                        receipt: None,
                    },
                    key,
                    receipt: None,
                });
                return Err(Problem::new(StatusCode::TOO_MANY_REQUESTS)
                    .with_retry_after(refusal.retry_after));
            }
        };
        context.limits().push(outcome);
    }
    Ok(())
}

/// Gives back what only failures cost, once the request has succeeded.
pub(crate) fn settle(context: &RequestContext) {
    let route = context
        .guarded_route()
        .and_then(|route| context.security.table()?.route(route));
    if let Some(route) = route {
        give_back(context, route, |limit| {
            limit.policy.count() == Count::Failures
        });
    }
}

/// Gives back what the limits that are `meant` have charged.
fn give_back(
    context: &RequestContext,
    route: &MountedRoute,
    meant: impl Fn(&MountedLimit) -> bool,
) {
    for outcome in context.limits().iter_mut() {
        let Some(limit) = route.limits.get(outcome.limit).filter(|limit| meant(limit)) else {
            continue;
        };
        let Some(receipt) = outcome.receipt.take() else {
            continue;
        };
        let decision = context.security.limiter().check(&Charge {
            counter: limit.counter,
            key: &outcome.key,
            rule: &limit.rule,
            amount: Amount::GiveBack(receipt),
            now: context.security.clock().monotonic(),
        });
        if let Decision::Allowed(standing) = decision {
            outcome.standing = standing;
        }
    }
}

/// Whose counter. What cannot be told apart shares one counter with all of its kind, so that
/// leaving something out never helps.
fn key(key: LimitKey, request: &HttpRequest, context: &RequestContext) -> Result<Vec<u8>, Problem> {
    Ok(match key {
        LimitKey::Global => Vec::new(),
        LimitKey::Ip => context.client_address().map_or_else(Vec::new, network),
        LimitKey::User => match context.principal() {
            Some(principal) => principal.subject().as_bytes().to_vec(),
            None => return Err(Problem::internal("a limit by caller without a caller")),
        },
        LimitKey::ApiKey => match context.principal() {
            Some(principal) => key_or_subject(principal),
            None => return Err(Problem::internal("a limit by API key without a caller")),
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

/// The API key that the caller calls by, or the caller: a subject that reads like the id of a key is another
/// one.
fn key_or_subject(principal: &Principal) -> Vec<u8> {
    let (kind, text) = match principal.api_key_id() {
        Some(id) => (b'k', id),
        None => (b's', principal.subject()),
    };
    [&[kind], text.as_bytes()].concat()
}

/// The network that stands for a client: an IPv4 address, or the /56 of an IPv6 one, since a
/// customer is handed at least that much (RIPE-690). An IPv4 address in IPv6 clothes is IPv4.
pub(crate) fn network(address: IpAddr) -> Vec<u8> {
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
