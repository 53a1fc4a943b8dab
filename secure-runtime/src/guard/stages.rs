//! The order of the stages, written once (`docs/architecture.md`, D2):
//!
//! limit by address → authenticate → limit by caller → authorize → (extract → validate)
//!
//! Hosts, CORS and CSRF take their places here when they come. Nothing in this file is generic
//! over the policy, so it is compiled once.

use std::{any::TypeId, borrow::Cow};

use actix_web::{
    HttpRequest,
    http::{StatusCode, header},
};
use percent_encoding::percent_decode_str;

use super::{
    authorize::{Refusal, decide},
    limiting::{self, Stage},
};
use crate::{
    Problem,
    context::RequestContext,
    log,
    policy::{Access, Demands, RoutePolicy},
    principal::{Credential, Principal, challenge, find_credential},
};

/// Lets the request pass, or says why not.
pub(super) fn run(
    request: &HttpRequest,
    policy_type: TypeId,
    policy: &'static RoutePolicy,
) -> Result<(), Problem> {
    let Some(context) = RequestContext::of(request) else {
        let problem = unwired(policy, "the app does not `.wrap(security.middleware())`");
        log::unwired(problem.cause().unwrap_or_default());
        return Err(problem);
    };
    let Some(table) = context.security.table() else {
        return Err(unwired(policy, "`security.routes(…)` was never called"));
    };
    let Some(route) = table.find(policy_type, || request.match_pattern()) else {
        return Err(unwired(policy, "`security.routes(…)` does not mount it"));
    };
    context.mark_guarded(route.id);

    limiting::charge(Stage::BeforeAuthentication, request, &context, route)?;
    match policy.access() {
        Access::Public => {
            if policy.asks_who_calls() {
                authenticate(request, &context)?;
            }
        }
        Access::Protected(demands) => {
            if !authenticate(request, &context)? {
                return Err(unauthorized(None));
            }
            limiting::charge(Stage::AfterAuthentication, request, &context, route)?;
            authorize(request, &context, demands)?;
        }
    }
    Ok(())
}

/// Signs the caller in, if there is a credential. A bad one is refused on a public route too.
fn authenticate(request: &HttpRequest, context: &RequestContext) -> Result<bool, Problem> {
    context.mark_private();
    match find_credential(request.headers()) {
        Credential::None => Ok(false),
        Credential::Malformed => Err(unauthorized(Some("the credential is malformed".to_owned()))),
        Credential::Bearer(token) => {
            let principal = context
                .security
                .verify(token)
                .map_err(|error| unauthorized(Some(error.to_string())))?;
            context.sign_in(principal.into());
            Ok(true)
        }
    }
}

fn authorize(
    request: &HttpRequest,
    context: &RequestContext,
    demands: &Demands,
) -> Result<(), Problem> {
    let principal = context.principal().ok_or_else(|| unauthorized(None))?;
    let owner = demands
        .owner()
        .and_then(|name| path_parameter(request, name));
    decide(demands, principal, owner.as_deref()).map_err(|refusal| forbidden(refusal, principal))
}

/// A path parameter as the handler's `Path` reads it: percent-decoded, so that guard and handler
/// never disagree about who the owner is.
fn path_parameter<'a>(request: &'a HttpRequest, name: &str) -> Option<Cow<'a, str>> {
    let raw = request.match_info().get(name)?;
    Some(percent_decode_str(raw).decode_utf8_lossy())
}

/// 401 as RFC 6750 §3.1 words it: an `error` only where a credential was sent. The reason is for
/// the log.
pub(super) fn unauthorized(reason: Option<String>) -> Problem {
    let error = reason.is_some().then_some("invalid_token");
    let problem = Problem::new(StatusCode::UNAUTHORIZED)
        .with_header(header::WWW_AUTHENTICATE, challenge(error, None));
    match reason {
        Some(reason) => problem.because(reason),
        None => problem,
    }
}

fn forbidden(refusal: Refusal, principal: &Principal) -> Problem {
    let problem = Problem::forbidden().because(format_args!(
        "{:?} is refused: {refusal}",
        principal.subject()
    ));
    match refusal {
        Refusal::Scope(words) => problem.with_header(
            header::WWW_AUTHENTICATE,
            challenge(Some("insufficient_scope"), Some(words)),
        ),
        Refusal::Role | Refusal::Owner => problem,
    }
}

/// A guard that cannot do its work lets nobody pass.
fn unwired(policy: &RoutePolicy, why: &str) -> Problem {
    Problem::internal(format_args!(
        "the route `{}::{}` is guarded, and {why}",
        policy.module(),
        policy.handler(),
    ))
}
