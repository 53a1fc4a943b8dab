//! What is said about the routes that are mounted.

use super::{Finding, catalogue as checks};
use crate::{oauth, policy::RoutePolicy, routes::RouteTable};

/// Routes of this crate say their reasons in its documentation.
const OURS: &str = "secure_runtime::";

/// Everything that routes say about themselves which an operator should know.
pub(crate) fn findings(table: &RouteTable) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(path) = table.path_of::<oauth::legacy::token>() {
        let what = format!("`oauth::legacy::token` is mounted at {path}");
        findings.push(checks::PASSWORD_GRANT.found(what));
    }
    for route in table.routes() {
        let policy = &route.policy;
        let is_ours = policy.module().starts_with(OURS);
        if is_ours {
            continue;
        }
        let name = name(policy, route.endpoints.first());
        let mut note = |check: super::Check, because: &str| {
            findings.push(check.found(format!("{name}: {because}")));
        };
        if let Some(because) = policy.unlimited_because() {
            note(checks::ROUTE_UNLIMITED, because);
        }
        if let Some(because) = policy.any_host_because() {
            note(checks::ROUTE_ANY_HOST, because);
        }
        if let Some(because) = policy.csrf_off_because() {
            note(checks::ROUTE_CSRF_OFF, because);
        }
        for because in policy
            .inputs()
            .filter_map(|input| input.unvalidated_because())
        {
            note(checks::ROUTE_UNVALIDATED, because);
        }
    }
    for service in table.unchecked() {
        let what = format!("{}/…: {}", service.prefix, service.because);
        findings.push(checks::ROUTE_UNCHECKED.found(what));
    }
    findings
}

fn name(policy: &RoutePolicy, endpoint: Option<&(actix_web::http::Method, String)>) -> String {
    let handler = policy.handler();
    match endpoint {
        Some((method, path)) => format!("{method} {path} (`{handler}`)"),
        None => format!("`{handler}`"),
    }
}
