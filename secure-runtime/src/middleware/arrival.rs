//! What holds of a request whatever it asks for: how many are at work at once, and the limits of the whole
//! app.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
    time::Duration,
};

use actix_web::{
    Error,
    body::{BodySize, BoxBody, EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::StatusCode,
    web::Bytes,
};
use futures_util::FutureExt as _;

use super::{SecurityService, edge::Early, finish::Finish, panicked};
use crate::{
    Problem,
    context::RequestContext,
    guard::{Charging, Stage, charge},
    in_flight::{Full, Slot},
};

/// When to come back where too many requests are at work.
const MOMENT: Duration = Duration::from_secs(1);

impl<S> SecurityService<S> {
    /// A place among the requests that are at work, where those are limited. It is not logged for each who gets
    /// none.
    pub(super) fn enter(
        &self,
        request: &ServiceRequest,
        finish: &Finish,
    ) -> Result<Option<Slot>, Early> {
        let in_flight = self.state.in_flight();
        if !in_flight.is_limited() {
            return Ok(None);
        }
        let client = finish.context.client_address();
        match in_flight.enter(client, || self.is_probe(request)) {
            Ok(slot) => Ok(Some(slot)),
            Err(full) => {
                let problem = Problem::new(status(full)).with_retry_after(MOMENT);
                Err(Early::Response(Box::new(finish.answer(&problem))))
            }
        }
    }

    /// Charges the limits of the whole app that do not ask who calls. What finds their keys and what counts may be
    /// the app's own, and panic.
    pub(super) fn charge(
        &self,
        request: &ServiceRequest,
        context: &Rc<RequestContext>,
    ) -> Charging {
        if self.state.app_limits().is_empty() {
            return Charging::Decided(Ok(()));
        }
        let charge = AssertUnwindSafe(|| self.charge_unguarded(request, context));
        match catch_unwind(charge) {
            Ok(Charging::Later(charging)) => Charging::Later(Box::pin(async move {
                let charged = AssertUnwindSafe(charging).catch_unwind().await;
                charged.unwrap_or_else(|panic| Err(panicked("a limit of the app", &*panic)))
            })),
            Ok(decided) => decided,
            Err(panic) => Charging::Decided(Err(panicked("a limit of the app", &*panic))),
        }
    }

    fn charge_unguarded(&self, request: &ServiceRequest, context: &Rc<RequestContext>) -> Charging {
        let charging = charge(Stage::OnArrival, request.request(), context, None);
        if matches!(charging, Charging::Decided(Ok(()))) || !self.is_probe(request) {
            return charging;
        }
        let (request, context) = (request.request().clone(), context.clone());
        Charging::Later(Box::pin(async move {
            if charging.decided().await.is_ok() {
                return Ok(());
            }
            // What the others have said is not what the request is held to.
            context.limits().clear();
            let charging = charge(Stage::OnArrivalOfProbe, &request, &context, None);
            match charging.decided().await {
                // That nobody can count is no reason for an orchestrator to end the app.
                Err(problem) if problem.status() == StatusCode::SERVICE_UNAVAILABLE => Ok(()),
                decided => decided,
            }
        }))
    }
}

const fn status(full: Full) -> StatusCode {
    match full {
        Full::Process => StatusCode::SERVICE_UNAVAILABLE,
        Full::Client => StatusCode::TOO_MANY_REQUESTS,
    }
}

/// Has a request keep its place until its answer is handed over to the connection, or the connection is gone.
/// A body that lies in memory is handed over at once.
pub(super) fn hold<B: MessageBody + 'static>(
    response: ServiceResponse<EitherBody<B>>,
    slot: Option<Slot>,
) -> ServiceResponse<EitherBody<B>> {
    let Some(slot) = slot else {
        return response;
    };
    response.map_body(|_, body| {
        EitherBody::right(match body.boxed() {
            body if matches!(body.size(), BodySize::None) => body,
            body => match body.try_into_bytes() {
                Ok(bytes) => BoxBody::new(bytes),
                Err(body) => BoxBody::new(Held {
                    body,
                    slot: Some(slot),
                }),
            },
        })
    })
}

/// A body that is made while it is sent, and the place of its request.
struct Held {
    body: BoxBody,
    slot: Option<Slot>,
}

impl MessageBody for Held {
    type Error = Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Error>>> {
        let next = Pin::new(&mut self.body).poll_next(context);
        if let Poll::Ready(None) = next {
            self.slot = None;
        }
        next.map_err(Into::into)
    }
}
