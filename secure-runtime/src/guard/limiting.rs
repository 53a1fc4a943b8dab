use std::{mem, rc::Rc, sync::Arc};

use actix_web::{HttpRequest, http::StatusCode};
use futures_util::future::LocalBoxFuture;
use smallvec::SmallVec;

use super::counter_key::key;
use crate::{
    Problem,
    allowance::CallerLimit,
    context::{CounterKey, LimitAt, LimitOutcome, RequestContext},
    limit::{Amount, Answer, Charge, Decision, Standing},
    policy::{Count, LimitKey, RoutePolicy},
    routes::{Meter, MountedLimit, MountedRoute},
};

/// When a limit is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Limits of the whole app, but those by caller: before any route is looked for.
    OnArrival,
    /// The same for a request that is let pass by the global ones: those that have given back what they charged,
    /// which smooth ones cannot.
    OnArrivalOfProbe,
    /// The route's limits by address, header and function; on a public route the global ones too.
    BeforeAuthentication,
    /// Limits by caller, and by what a function says of the caller, those of the whole app too; on a protected
    /// route also the route's global ones, so that strangers cannot use up what is meant for the callers.
    AfterAuthentication,
}

impl Stage {
    /// Whether it is the stage of a limit of the whole app.
    fn is_of_app(self, limit: &MountedLimit) -> bool {
        let policy = &limit.policy;
        match self {
            Self::OnArrival => !policy.is_by_caller(),
            Self::OnArrivalOfProbe => {
                let is_global = matches!(policy.key(), LimitKey::Global);
                !policy.is_by_caller() && !is_global && policy.burst().is_none()
            }
            Self::BeforeAuthentication => false,
            Self::AfterAuthentication => policy.is_by_caller(),
        }
    }

    /// Whether it is the stage of a limit of a route.
    fn is_of_route(self, limit: &MountedLimit, policy: &RoutePolicy) -> bool {
        let own = match limit.policy.key() {
            _ if limit.policy.is_by_caller() => Self::AfterAuthentication,
            LimitKey::Global if policy.is_protected() => Self::AfterAuthentication,
            _ => Self::BeforeAuthentication,
        };
        self == own
    }
}

/// What charging has come to.
pub(crate) enum Charging {
    /// There was room, or the answer is a problem.
    Decided(Result<(), Problem>),
    /// The counters are kept elsewhere.
    Later(LocalBoxFuture<'static, Result<(), Problem>>),
}

impl Charging {
    /// Waits for what it comes to.
    pub(crate) async fn decided(self) -> Result<(), Problem> {
        match self {
            Self::Decided(decided) => decided,
            Self::Later(charging) => charging.await,
        }
    }
}

/// Charges the limits of one stage. The first that has no room answers 429, and what the
/// others of the stage have charged is given back: a refused request is charged nothing there, but by the smooth
/// limits of its own client, which cannot give back, where one that many share has no room.
pub(crate) fn charge(
    stage: Stage,
    request: &HttpRequest,
    context: &Rc<RequestContext>,
    route: Option<&MountedRoute>,
) -> Charging {
    let policy = route.map(|route| &route.policy);
    for (place, (at, limit)) in due(stage, context, route).enumerate() {
        let terms = terms(context, limit, route_of(at, policy));
        let Some(meter) = terms.meter(limit) else {
            context.limits().push(not_counted(at));
            continue;
        };
        let key = match key(limit.policy.key(), request, context) {
            Ok(Some(key)) => key,
            Ok(None) => {
                context.limits().push(not_counted(at));
                continue;
            }
            Err(problem) => return Charging::Decided(Err(problem)),
        };
        let amount = Amount::Take(limit.policy.cost());
        let decision = match check(context, meter, &key, amount) {
            Answer::Now(decision) => decision,
            Answer::Later(_) => {
                let (request, context) = (request.clone(), context.clone());
                let route = route.map(|route| route.id);
                return Charging::Later(Box::pin(async move {
                    charge_later(stage, &request, &context, route, place).await
                }));
            }
        };
        let Err(problem) = note(context, at, terms, key, decision) else {
            continue;
        };
        if !is_anything_charged(context) {
            return Charging::Decided(Err(problem));
        }
        let (context, policy) = (context.clone(), policy.copied());
        return Charging::Later(Box::pin(async move {
            let policy = policy.as_ref();
            give_back(&context, |at, limit| is_of(stage, at, limit, policy)).await;
            Err(problem)
        }));
    }
    Charging::Decided(Ok(()))
}

/// The same from a limit on, waiting for each.
async fn charge_later(
    stage: Stage,
    request: &HttpRequest,
    context: &RequestContext,
    route: Option<usize>,
    from: usize,
) -> Result<(), Problem> {
    let table = context.security.table();
    let mounted = route.and_then(|route| table?.route(route));
    if route.is_some() && mounted.is_none() {
        return Err(Problem::internal("the route is not in the table any more"));
    }
    let policy = mounted.map(|route| &route.policy);
    for (at, limit) in due(stage, context, mounted).skip(from) {
        let terms = terms(context, limit, route_of(at, policy));
        let Some(meter) = terms.meter(limit) else {
            context.limits().push(not_counted(at));
            continue;
        };
        let Some(key) = key(limit.policy.key(), request, context)? else {
            context.limits().push(not_counted(at));
            continue;
        };
        let amount = Amount::Take(limit.policy.cost());
        let decision = check(context, meter, &key, amount).decision().await;
        if let Err(problem) = note(context, at, terms, key, decision) {
            give_back(context, |at, limit| is_of(stage, at, limit, policy)).await;
            return Err(problem);
        }
    }
    Ok(())
}

/// The limits of one stage in the order in which they are charged: those that many share come after those of one
/// client, so that who is refused there does not so much as touch what others need too. Of those that reach
/// equally far, the smooth ones come last.
fn due<'a>(
    stage: Stage,
    context: &'a RequestContext,
    route: Option<&'a MountedRoute>,
) -> impl Iterator<Item = (LimitAt, &'a MountedLimit)> {
    let of_app = context.security.app_limits().iter().enumerate();
    let of_app = of_app.filter(move |(_, limit)| stage.is_of_app(limit));
    let of_app = of_app.map(|(place, limit)| (LimitAt::App(place), limit));
    let of_route = route.into_iter().flat_map(move |route| {
        let limits = route.limits.iter().enumerate();
        let limits = limits.filter(move |(_, limit)| stage.is_of_route(limit, &route.policy));
        limits.map(|(place, limit)| (LimitAt::Route(place), limit))
    });
    let mut due: SmallVec<[_; 4]> = of_app.chain(of_route).collect();
    due.sort_by_key(|(_, limit)| (reach(limit.policy.key()), limit.policy.burst().is_some()));
    due.into_iter()
}

/// How many share a counter, from one client to everybody.
const fn reach(key: LimitKey) -> u8 {
    match key {
        LimitKey::Ip | LimitKey::User | LimitKey::ApiKey => 0,
        LimitKey::Header(_) | LimitKey::Function(..) | LimitKey::CallerFunction(..) => 1,
        #[cfg(feature = "actix-governor")]
        LimitKey::Extractor(..) => 1,
        LimitKey::Global => 2,
    }
}

fn is_of(stage: Stage, at: LimitAt, limit: &MountedLimit, policy: Option<&RoutePolicy>) -> bool {
    match at {
        LimitAt::App(_) => stage.is_of_app(limit),
        LimitAt::Route(_) => policy.is_some_and(|policy| stage.is_of_route(limit, policy)),
        LimitAt::Account(_) => false,
    }
}

/// The route that a limit is written on.
fn route_of(at: LimitAt, policy: Option<&RoutePolicy>) -> Option<&RoutePolicy> {
    policy.filter(|_| matches!(at, LimitAt::Route(_)))
}

/// What a limit is to the caller.
pub(crate) enum Terms {
    /// As it is written.
    Own,
    /// As the caller's allowance makes it.
    Scaled(Arc<Meter>),
    /// Nothing.
    Unlimited,
}

impl Terms {
    /// What is to be charged, if anything is.
    fn meter<'a>(&'a self, limit: &'a MountedLimit) -> Option<&'a Meter> {
        match self {
            Self::Own => Some(limit.meter()),
            Self::Scaled(meter) => Some(meter),
            Self::Unlimited => None,
        }
    }
}

/// What a limit is to whoever calls: something else than it says only for a caller who is known, and where it
/// counts by caller.
pub(crate) fn terms(
    context: &RequestContext,
    limit: &MountedLimit,
    route: Option<&RoutePolicy>,
) -> Terms {
    let Some(allowances) = context.security.allowances() else {
        return Terms::Own;
    };
    match context.principal() {
        Some(caller) if limit.policy.is_by_caller() => {
            let asked = CallerLimit::new(&limit.policy, route);
            match allowances.of(caller, &asked).factor() {
                None => Terms::Unlimited,
                Some(times) => limit
                    .scaled(times, context.security.counters())
                    .map_or(Terms::Own, Terms::Scaled),
            }
        }
        _ => Terms::Own,
    }
}

/// Asks the limiter.
pub(crate) fn check<'a>(
    context: &'a RequestContext,
    meter: &'a Meter,
    key: &'a [u8],
    amount: Amount,
) -> Answer<'a> {
    context.security.limiter().check(&Charge {
        counter: meter.counter(),
        key,
        rule: meter.rule(),
        amount,
        now: context.security.clock().monotonic(),
    })
}

fn not_counted(limit: LimitAt) -> LimitOutcome {
    LimitOutcome {
        limit,
        scaled: None,
        standing: None,
        key: CounterKey::new(),
        receipt: None,
    }
}

/// Notes what a limit has said, for the fields of the answer and for giving back.
pub(crate) fn note(
    context: &RequestContext,
    limit: LimitAt,
    terms: Terms,
    key: impl Into<CounterKey>,
    decision: Decision,
) -> Result<(), Problem> {
    let (standing, problem) = match decision {
        Decision::Allowed(standing) => (standing, None),
        Decision::Refused(refusal) => {
            let standing = Standing {
                quota: refusal.quota,
                remaining: 0,
                reset: refusal.retry_after,
                receipt: None,
            };
            let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS);
            (
                standing,
                Some(problem.with_retry_after(refusal.retry_after)),
            )
        }
        Decision::Uncounted => return Ok(()),
        Decision::Unavailable { retry_after } => {
            // The limiter says in the log when that begins and when it ends.
            return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE)
                .with_retry_after(retry_after)
                .because("nobody can count the request, and it is not let pass uncounted")
                .known_already());
        }
    };
    let scaled = match terms {
        Terms::Scaled(meter) => Some(meter),
        Terms::Own | Terms::Unlimited => None,
    };
    context.limits().push(LimitOutcome {
        limit,
        scaled,
        receipt: standing.receipt,
        standing: Some(standing),
        key: key.into(),
    });
    problem.map_or(Ok(()), Err)
}

/// Whether the request was charged what only failures cost.
pub(crate) fn is_to_settle(context: &RequestContext) -> bool {
    let limits = context.limits();
    limits.iter().any(|outcome| {
        let limit = context.limit(outcome.limit);
        outcome.receipt.is_some() && limit.is_some_and(costs_failures)
    })
}

/// Gives back what only failures cost, once the request has succeeded.
pub(crate) async fn settle(context: &RequestContext) {
    give_back(context, |_, limit| costs_failures(limit)).await;
}

fn costs_failures(limit: &MountedLimit) -> bool {
    limit.policy.count() == Count::Failures
}

fn is_anything_charged(context: &RequestContext) -> bool {
    let limits = context.limits();
    limits.iter().any(|outcome| outcome.receipt.is_some())
}

/// Gives back what the limits that are `meant` have charged.
async fn give_back(context: &RequestContext, meant: impl Fn(LimitAt, &MountedLimit) -> bool) {
    let charged = context.limits().len();
    for at in 0..charged {
        // Nothing of the context is held while the backend is asked.
        let taken = context.limits().get_mut(at).and_then(|outcome| {
            let limit = context.limit(outcome.limit)?;
            if !meant(outcome.limit, limit) {
                return None;
            }
            let receipt = outcome.receipt.take()?;
            let key = mem::take(&mut outcome.key);
            Some((limit, outcome.scaled.clone(), receipt, key))
        });
        let Some((limit, scaled, receipt, key)) = taken else {
            continue;
        };
        let meter = scaled.as_deref().unwrap_or(limit.meter());
        let amount = Amount::GiveBack(receipt);
        let decision = check(context, meter, &key, amount).decision().await;
        if let (Decision::Allowed(standing), Some(outcome)) =
            (decision, context.limits().get_mut(at))
        {
            outcome.standing = Some(standing);
        }
    }
}
