use std::cmp::Reverse;

use actix_web::{
    http::header::{HeaderMap, HeaderName, HeaderValue},
    web::BytesMut,
};

use super::{
    header_text::{header_value, write_number},
    headers::set,
};
use crate::{
    context::{LimitAt, LimitOutcome, RequestContext},
    routes::{Meter, MountedRoute},
};

static RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
static RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// Writes `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers, structured
/// fields of RFC 9651): the policies of the route and what else was asked, and how the request stands with
/// those that counted it. The strictest comes first: many a client reads one item alone.
pub(crate) fn write_rate_limit_fields(
    headers: &mut HeaderMap,
    route: Option<&MountedRoute>,
    context: &RequestContext,
) {
    let mut outcomes = context.limits();
    if outcomes.iter().all(|outcome| outcome.standing.is_none()) {
        return;
    }
    if let Some(policy) = policy(route, &outcomes, context) {
        set(headers, RATE_LIMIT_POLICY.clone(), policy);
    }
    outcomes.sort_by_key(strictness);
    if let Some(standing) = header_value(|text| write_standing(text, &outcomes, context)) {
        set(headers, RATE_LIMIT.clone(), standing);
    }
}

/// The quotas of all of them.
fn policy(
    route: Option<&MountedRoute>,
    outcomes: &[LimitOutcome],
    context: &RequestContext,
) -> Option<HeaderValue> {
    let mut meters = meters(route, outcomes, context);
    match (meters.next(), meters.next()) {
        (None, _) => None,
        (Some(one), None) => Some(one.listed().clone()),
        (Some(first), Some(second)) => header_value(|text| {
            for meter in [first, second].into_iter().chain(meters) {
                separate(text);
                text.extend_from_slice(meter.listed().as_bytes());
            }
        }),
    }
}

/// Every limit that the route has for the caller, and what else was asked.
fn meters<'a>(
    route: Option<&'a MountedRoute>,
    outcomes: &'a [LimitOutcome],
    context: &'a RequestContext,
) -> impl Iterator<Item = &'a Meter> {
    let limits = route.map_or(&[][..], |route| &route.limits);
    let of_route = limits.iter().enumerate().filter_map(|(place, limit)| {
        let at = LimitAt::Route(place);
        match outcomes.iter().find(|outcome| outcome.limit == at) {
            Some(outcome) if outcome.standing.is_none() => None,
            Some(outcome) => Some(outcome.meter(limit)),
            None => Some(limit.meter()),
        }
    });
    let others = outcomes.iter().filter_map(|outcome| match outcome.limit {
        LimitAt::Route(_) => None,
        LimitAt::Account(_) | LimitAt::App(_) => {
            outcome.standing?;
            Some(outcome.meter(context.limit(outcome.limit)?))
        }
    });
    of_route.chain(others)
}

/// How the request stands.
fn write_standing(text: &mut BytesMut, outcomes: &[LimitOutcome], context: &RequestContext) {
    for outcome in outcomes {
        let (Some(limit), Some(state)) = (context.limit(outcome.limit), &outcome.standing) else {
            continue;
        };
        let Some(name) = outcome.meter(limit).name_of(&state.quota) else {
            continue;
        };
        let reset = state.reset.as_secs() + u64::from(state.reset.subsec_nanos() > 0);
        separate(text);
        text.extend_from_slice(name.as_bytes());
        text.extend_from_slice(b";r=");
        write_number(text, state.remaining.into());
        text.extend_from_slice(b";t=");
        write_number(text, reset);
    }
}

/// The fewest units remaining first, and among equals the longest until there are more.
fn strictness(outcome: &LimitOutcome) -> impl Ord + use<> {
    outcome
        .standing
        .map(|standing| (standing.remaining, Reverse(standing.reset)))
}

fn separate(text: &mut BytesMut) {
    if !text.is_empty() {
        text.extend_from_slice(b", ");
    }
}
