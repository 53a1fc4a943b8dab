use std::fmt::Write as _;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

use crate::{context::LimitOutcome, routes::MountedRoute};

/// Writes `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers, structured
/// fields of RFC 9651): the policies of the route, and how the request stands with those that
/// counted it.
pub(crate) fn write_rate_limit_fields(
    headers: &mut HeaderMap,
    route: &MountedRoute,
    outcomes: &[LimitOutcome],
) {
    if outcomes.is_empty() {
        return;
    }
    let mut policy = String::new();
    for limit in &route.limits {
        for quota in limit.policy.quotas() {
            let (q, w) = (quota.amount(), quota.period_seconds());
            separate(&mut policy);
            // Writing into a String cannot fail.
            let _ = write!(policy, "\"{}\";q={q};w={w}", limit.name_for(quota));
        }
    }
    let mut standing = String::new();
    for outcome in outcomes {
        let Some(limit) = route.limits.get(outcome.limit) else {
            continue;
        };
        let state = &outcome.standing;
        let reset = state.reset.as_secs() + u64::from(state.reset.subsec_nanos() > 0);
        separate(&mut standing);
        let name = limit.name_for(&state.quota);
        let _ = write!(standing, "\"{name}\";r={};t={reset}", state.remaining);
    }
    for (name, text) in [("ratelimit-policy", policy), ("ratelimit", standing)] {
        if let Ok(value) = HeaderValue::try_from(text) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

fn separate(text: &mut String) {
    if !text.is_empty() {
        text.push_str(", ");
    }
}
