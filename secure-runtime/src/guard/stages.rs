//! The order of the stages, written once (`docs/architecture.md`, D2):
//!
//! limit by address → authenticate → limit by caller → authorize → (extract → validate)
//!
//! Hosts, HTTPS and preflights come before it, in the middleware. CSRF takes its place here when it
//! comes. Nothing in this file is generic over the policy, so it is compiled once.

use std::{any::TypeId, borrow::Cow, rc::Rc};

use actix_web::{HttpRequest, http::header};
use futures_util::future::LocalBoxFuture;
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
    token::Freshness,
};

/// What the stages have come to.
pub(super) enum Passage {
    /// The request may pass, or not.
    Decided(Result<(), Problem>),
    /// It has to be waited for.
    Later(LocalBoxFuture<'static, Result<(), Problem>>),
}

/// Lets the request pass, or says why not.
pub(super) fn run(
    request: &HttpRequest,
    policy_type: TypeId,
    policy: &'static RoutePolicy,
) -> Passage {
    match begin(request, policy_type, policy) {
        Ok((context, route)) => {
            match context.security.tokens().revocations().freshness() {
                Freshness::Fresh => {}
                freshness => match presented(request, policy) {
                    None => {}
                    Some(_) if freshness == Freshness::Due => renew_beside(&context),
                    // What is refused by what is known stays refused, and costs no question.
                    Some(token) if context.security.access_tokens().judge(token).is_err() => {}
                    Some(_) => {
                        return Passage::Later(Box::pin(wait(request.clone(), context, route)));
                    }
                },
            }
            Passage::Decided(go_on(request, &context, route))
        }
        Err(problem) => Passage::Decided(Err(problem)),
    }
}

/// Up to the first stage that needs to know what is revoked. The second value is the route's number.
fn begin(
    request: &HttpRequest,
    policy_type: TypeId,
    policy: &'static RoutePolicy,
) -> Result<(Rc<RequestContext>, usize), Problem> {
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
    if context.is_probe_only() && route.policy.any_host_because().is_none() {
        return Err(Problem::bad_request().because("only a route with `any_host` answers that"));
    }
    limiting::charge(Stage::BeforeAuthentication, request, &context, route)?;
    let id = route.id;
    Ok((context, id))
}

/// The token that is to be verified, where one is.
fn presented<'a>(request: &'a HttpRequest, policy: &RoutePolicy) -> Option<&'a str> {
    let asks = policy.is_protected() || policy.asks_who_calls();
    match find_credential(request.headers()) {
        Credential::Bearer(token) if asks => Some(token),
        _ => None,
    }
}

/// What is known to be revoked is new enough, and this request has it asked for again beside itself.
fn renew_beside(context: &RequestContext) {
    if let Some(renewal) = context.security.tokens().revocations().begin_renewal() {
        actix_web::rt::spawn(renewal.run());
    }
}

/// What is known to be revoked is too old: first it is asked for again.
async fn wait(
    request: HttpRequest,
    context: Rc<RequestContext>,
    route: usize,
) -> Result<(), Problem> {
    context.mark_private();
    let revocations = context.security.tokens().revocations().clone();
    revocations.refresh_or_tolerate().await?;
    go_on(&request, &context, route)
}

/// From authentication on.
fn go_on(request: &HttpRequest, context: &RequestContext, route: usize) -> Result<(), Problem> {
    let table = context.security.table();
    let Some(route) = table.and_then(|table| table.route(route)) else {
        return Err(Problem::internal("the route is not in the table any more"));
    };
    match route.policy.access() {
        Access::Public => {
            if route.policy.asks_who_calls() {
                authenticate(request, context)?;
            }
        }
        Access::Protected(demands) => {
            if !authenticate(request, context)? {
                return Err(Problem::unauthorized());
            }
            limiting::charge(Stage::AfterAuthentication, request, context, route)?;
            authorize(request, context, demands)?;
        }
    }
    Ok(())
}

/// Signs the caller in, if there is a credential. A bad one is refused on a public route too.
fn authenticate(request: &HttpRequest, context: &RequestContext) -> Result<bool, Problem> {
    context.mark_private();
    match find_credential(request.headers()) {
        Credential::None => Ok(false),
        Credential::Malformed => Err(Problem::invalid_token("the credential is malformed")),
        Credential::Bearer(token) => {
            let principal = context
                .security
                .access_tokens()
                .judge(token)
                .map_err(Problem::invalid_token)?;
            context.sign_in(principal);
            Ok(true)
        }
    }
}

fn authorize(
    request: &HttpRequest,
    context: &RequestContext,
    demands: &Demands,
) -> Result<(), Problem> {
    let principal = context.principal().ok_or_else(Problem::unauthorized)?;
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
        Refusal::Restricted => problem.with_header(
            header::WWW_AUTHENTICATE,
            challenge(Some("insufficient_scope"), None),
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
