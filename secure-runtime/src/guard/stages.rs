//! The order of the stages, written once (`docs/architecture.md`, D2):
//!
//! limit by address → authenticate → CSRF → limit by caller → authorize → (extract → validate)
//!
//! What is authorized by the credential and the path alone comes first; then the policies of the app's own are asked,
//! and then about the resources that the handler takes.
//!
//! Hosts, HTTPS and preflights come before it, in the middleware. Nothing in this file is generic over the policy, so it is compiled once.

use std::{any::TypeId, borrow::Cow, rc::Rc};

use actix_web::{
    HttpRequest,
    http::{StatusCode, header},
};
use futures_util::future::LocalBoxFuture;
use percent_encoding::percent_decode_str;

use super::{
    authorize::{Refusal, decide},
    clearance::Clearance,
    identify::{Identity, identify},
    limiting::{self, Charging, Stage},
};
use crate::{
    Problem,
    context::RequestContext,
    csrf, log,
    policy::RoutePolicy,
    principal::{Principal, challenge},
};

/// What the stages have come to.
pub(super) enum Passage {
    /// The request may pass, or not.
    Decided(Result<Clearance, Problem>),
    /// It has to be waited for.
    Later(LocalBoxFuture<'static, Result<Clearance, Problem>>),
}

/// Lets the request pass, or says why not.
pub(super) fn run(
    request: &HttpRequest,
    policy_type: TypeId,
    policy: &'static RoutePolicy,
) -> Passage {
    let (context, route) = match begin(request, policy_type, policy) {
        Ok(begun) => begun,
        Err(problem) => return Passage::Decided(Err(problem)),
    };
    let charging = match context
        .security
        .table()
        .and_then(|table| table.route(route))
    {
        Some(route) => {
            limiting::charge(Stage::BeforeAuthentication, request, &context, Some(route))
        }
        None => Charging::Decided(Err(gone())),
    };
    match charging {
        Charging::Decided(Ok(())) => who_calls(request, context, route, policy),
        Charging::Decided(Err(problem)) => Passage::Decided(Err(problem)),
        Charging::Later(charging) => {
            let request = request.clone();
            Passage::Later(Box::pin(async move {
                charging.await?;
                match who_calls(&request, context, route, policy) {
                    Passage::Decided(decided) => decided,
                    Passage::Later(decided) => decided.await,
                }
            }))
        }
    }
}

/// From the question on who calls.
fn who_calls(
    request: &HttpRequest,
    context: Rc<RequestContext>,
    route: usize,
    policy: &'static RoutePolicy,
) -> Passage {
    if policy.is_public() && !policy.asks_who_calls() && !policy.sets_session() {
        return Passage::Decided(Ok(Clearance::of(&context)));
    }
    match identify(request, &context, policy) {
        Identity::Known(caller) => {
            match caller.and_then(|caller| go_on(request, &context, route, caller)) {
                Ok((clearance, None)) => Passage::Decided(Ok(clearance)),
                Ok((clearance, Some(questions))) => Passage::Later(Box::pin(async move {
                    questions.await?;
                    Ok(clearance)
                })),
                Err(problem) => Passage::Decided(Err(problem)),
            }
        }
        Identity::Later(asking) => {
            let request = request.clone();
            Passage::Later(Box::pin(async move {
                let caller = asking.ask(&request, &context).await?;
                let (clearance, questions) = go_on(&request, &context, route, caller)?;
                if let Some(questions) = questions {
                    questions.await?;
                }
                Ok(clearance)
            }))
        }
    }
}

/// Up to the first stage that needs to know who calls. The second value is the route's number.
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
    let id = route.id;
    Ok((context, id))
}

/// What the app has to be asked before the request may pass.
type Questions = LocalBoxFuture<'static, Result<(), Problem>>;

/// From authentication on, as far as that needs no waiting.
fn go_on(
    request: &HttpRequest,
    context: &Rc<RequestContext>,
    route: usize,
    caller: Option<Principal>,
) -> Result<(Clearance, Option<Questions>), Problem> {
    let table = context.security.table();
    let Some(route) = table.and_then(|table| table.route(route)) else {
        return Err(gone());
    };
    let policy = &route.policy;
    let is_known = caller.is_some();
    if let Some(caller) = caller {
        context.sign_in(caller);
    }
    if policy.is_protected() && !is_known {
        return Err(Problem::unauthorized());
    }
    csrf::judge(request, context, policy)?;
    let clearance = Clearance::of(context);
    if policy.is_public() && !is_known {
        return Ok((clearance, questions(request, context, policy)));
    }
    match limiting::charge(Stage::AfterAuthentication, request, context, Some(route)) {
        Charging::Decided(decided) => {
            decided?;
            authorize(request, context, policy)?;
            Ok((clearance, questions(request, context, policy)))
        }
        Charging::Later(charging) => {
            let (request, context, policy) = (request.clone(), context.clone(), *policy);
            let all = Box::pin(async move {
                charging.await?;
                authorize(&request, &context, &policy)?;
                match questions(&request, &context, &policy) {
                    Some(questions) => questions.await,
                    None => Ok(()),
                }
            });
            Ok((clearance, Some(all)))
        }
    }
}

fn gone() -> Problem {
    Problem::internal("the route is not in the table any more")
}

fn authorize(
    request: &HttpRequest,
    context: &RequestContext,
    policy: &RoutePolicy,
) -> Result<(), Problem> {
    if policy.is_public() {
        return Ok(());
    }
    let principal = context.principal().ok_or_else(Problem::unauthorized)?;
    decide(policy, principal, |name| path_parameter(request, name))
        .map_err(|refusal| forbidden(refusal, principal))
}

/// Policies first: they are about the caller, and who is refused by one learns nothing of a resource.
fn questions(
    request: &HttpRequest,
    context: &RequestContext,
    policy: &RoutePolicy,
) -> Option<Questions> {
    let policies = policy.every_demand().filter_map(|demands| demands.policy);
    let policies: Vec<_> = policies.collect();
    let resources: Vec<_> = policy.resources().collect();
    if policies.is_empty() && resources.is_empty() {
        return None;
    }
    let (request, caller) = (request.clone(), context.principal().cloned());
    // A credential that is narrower than its owner shows on a public route what everybody sees: no scope is named
    // there that it could hold.
    let narrow = caller.clone();
    let narrow = narrow.filter(|caller| policy.is_public() && caller.is_restricted());
    let decided = caller.clone().filter(|_| narrow.is_none());
    Some(Box::pin(async move {
        for policy in policies {
            let caller = caller.clone().ok_or_else(Problem::unauthorized)?;
            policy.judge(request.clone(), caller).await?;
        }
        for resource in resources {
            let asked = resource.authorize(request.clone(), decided.clone());
            asked.await.map_err(|problem| match &narrow {
                // Its owner might, and it says no more by being sent again.
                Some(narrow) if problem.status() == StatusCode::UNAUTHORIZED => {
                    forbidden(Refusal::Restricted, narrow)
                }
                _ => problem,
            })?;
        }
        Ok(())
    }))
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
