use std::{cmp::Reverse, fmt::Write as _};

use actix_web::{
    http::header::{HeaderMap, HeaderName},
    web::BytesMut,
};

use super::header_value;
use crate::{
    context::{LimitAt, LimitOutcome, RequestContext},
    routes::MountedRoute,
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
    if let Some(policy) = header_value(|text| write_policy(text, route, &outcomes, context)) {
        headers.insert(RATE_LIMIT_POLICY.clone(), policy);
    }
    outcomes.sort_by_key(strictness);
    if let Some(standing) = header_value(|text| write_standing(text, &outcomes, context)) {
        headers.insert(RATE_LIMIT.clone(), standing);
    }
}

/// The quotas of every limit that the route has for the caller, and of what else was asked.
fn write_policy(
    text: &mut BytesMut,
    route: Option<&MountedRoute>,
    outcomes: &[LimitOutcome],
    context: &RequestContext,
) {
    let limits = route.map_or(&[][..], |route| &route.limits);
    for (place, limit) in limits.iter().enumerate() {
        let at = LimitAt::Route(place);
        let meter = match outcomes.iter().find(|outcome| outcome.limit == at) {
            Some(outcome) if outcome.standing.is_none() => continue,
            Some(outcome) => outcome.meter(limit),
            None => limit.meter(),
        };
        separate(text);
        text.extend_from_slice(meter.listed().as_bytes());
    }
    for outcome in outcomes {
        if let LimitAt::Account(_) | LimitAt::App(_) = outcome.limit
            && outcome.standing.is_some()
            && let Some(limit) = context.limit(outcome.limit)
        {
            separate(text);
            text.extend_from_slice(outcome.meter(limit).listed().as_bytes());
        }
    }
}

/// How the request stands.
fn write_standing(text: &mut BytesMut, outcomes: &[LimitOutcome], context: &RequestContext) {
    for outcome in outcomes {
        let (Some(limit), Some(state)) = (context.limit(outcome.limit), &outcome.standing) else {
            continue;
        };
        let reset = state.reset.as_secs() + u64::from(state.reset.subsec_nanos() > 0);
        separate(text);
        // There is room for whatever is written.
        let _ = outcome.meter(limit).write_name(&state.quota, text);
        let _ = write!(text, ";r={};t={reset}", state.remaining);
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
