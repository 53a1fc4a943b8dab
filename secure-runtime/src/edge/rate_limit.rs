use std::{cmp::Reverse, fmt::Write as _};

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

use crate::{
    context::{LimitAt, LimitOutcome, RequestContext},
    routes::MountedRoute,
};

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
    let policy = policy(route, &outcomes, context);
    outcomes.sort_by_key(strictness);
    let mut standing = String::new();
    for outcome in outcomes.iter() {
        let (Some(limit), Some(state)) = (context.limit(outcome.limit), &outcome.standing) else {
            continue;
        };
        let reset = state.reset.as_secs() + u64::from(state.reset.subsec_nanos() > 0);
        separate(&mut standing);
        outcome.meter(limit).write_name(&state.quota, &mut standing);
        // Writing into a String cannot fail.
        let _ = write!(standing, ";r={};t={reset}", state.remaining);
    }
    for (name, text) in [("ratelimit-policy", policy), ("ratelimit", standing)] {
        if let Ok(value) = HeaderValue::try_from(text) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

/// The quotas of every limit that the route has for the caller, and of what else was asked.
fn policy(
    route: Option<&MountedRoute>,
    outcomes: &[LimitOutcome],
    context: &RequestContext,
) -> String {
    let mut policy = String::new();
    let limits = route.map_or(&[][..], |route| &route.limits);
    for (place, limit) in limits.iter().enumerate() {
        let at = LimitAt::Route(place);
        let meter = match outcomes.iter().find(|outcome| outcome.limit == at) {
            Some(outcome) if outcome.standing.is_none() => continue,
            Some(outcome) => outcome.meter(limit),
            None => limit.meter(),
        };
        separate(&mut policy);
        policy.push_str(meter.listed());
    }
    for outcome in outcomes {
        if let LimitAt::Account(_) | LimitAt::App(_) = outcome.limit
            && outcome.standing.is_some()
            && let Some(limit) = context.limit(outcome.limit)
        {
            separate(&mut policy);
            policy.push_str(outcome.meter(limit).listed());
        }
    }
    policy
}

/// The fewest units remaining first, and among equals the longest until there are more.
fn strictness(outcome: &LimitOutcome) -> impl Ord + use<> {
    outcome
        .standing
        .map(|standing| (standing.remaining, Reverse(standing.reset)))
}

fn separate(text: &mut String) {
    if !text.is_empty() {
        text.push_str(", ");
    }
}
