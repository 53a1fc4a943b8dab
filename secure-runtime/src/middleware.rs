//! The one middleware: correlation id, routes that declare nothing, panics, and what every response
//! carries. It is outermost, so it sees whatever answers.

mod admission;
mod answering;
mod arrival;
mod edge;
mod finish;
mod request_id;
mod show;

use std::{any::Any, panic::AssertUnwindSafe, rc::Rc, sync::Arc};

use actix_web::{
    Error, HttpMessage as _,
    body::{EitherBody, MessageBody},
    dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
};
use futures_util::future::LocalBoxFuture;

use crate::{
    Problem, audit::in_request, context::RequestContext, edge::ClientAddress, guard::Charging,
    in_flight::Slot, mail::Post, routes::UncheckedMap, security::State,
};
use answering::Answering;
use edge::Early;
use finish::Finish;
pub(crate) use request_id::RequestId;
use request_id::RequestIds;

/// The middleware of [`Security::middleware`](crate::Security::middleware).
#[derive(Debug, Clone)]
pub struct SecurityMiddleware {
    state: Arc<State>,
}

impl SecurityMiddleware {
    pub(crate) fn new(state: Arc<State>) -> Self {
        Self { state }
    }
}

impl<S, B> Transform<S, ServiceRequest> for SecurityMiddleware
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = SecurityService<S>;
    type InitError = ();
    type Future = LocalBoxFuture<'static, Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        let state = self.state.clone();
        state.watch_keys();
        Post::watch(&state);
        Box::pin(async move {
            let unchecked = match state.listing() {
                Some(listing) => UncheckedMap::build(listing).await,
                None => UncheckedMap::default(),
            };
            Ok(SecurityService {
                service: Rc::new(service),
                state,
                unchecked: Rc::new(unchecked),
                ids: Rc::new(RequestIds::new()),
            })
        })
    }
}

/// The middleware at work, one for each worker.
#[derive(Debug)]
pub struct SecurityService<S> {
    service: Rc<S>,
    state: Arc<State>,
    unchecked: Rc<UncheckedMap>,
    ids: Rc<RequestIds>,
}

impl<S, B> Service<ServiceRequest> for SecurityService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = Answering<S::Future, B>;

    forward_ready!(service);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let client = ClientAddress::of(&request, self.state.proxies());
        let context = RequestContext::new(self.state.clone(), self.ids.next(), client);
        request.extensions_mut().insert(context.clone());
        let mut finish = Finish::new(context, &request);
        let received = self.receive(&request, &mut finish);
        let slot = match received.and_then(|()| self.enter(&request, &finish)) {
            Ok(slot) => slot,
            Err(early) => return turn_away(request, &finish, early),
        };
        match self.charge(&request, &finish.context) {
            Charging::Decided(Ok(())) => self.pass_on(request, finish, slot),
            Charging::Decided(Err(problem)) => turn_away(request, &finish, problem.into()),
            Charging::Later(charging) => {
                let service = self.shared();
                Answering::other(async move {
                    match charging.await {
                        Ok(()) => service.pass_on(request, finish, slot).await,
                        Err(problem) => {
                            turn_away::<S::Future, B>(request, &finish, problem.into()).await
                        }
                    }
                })
            }
        }
    }
}

impl<S> SecurityService<S> {
    /// The same service, for a request that has to wait before it is passed on.
    fn shared(&self) -> Self {
        Self {
            service: self.service.clone(),
            state: self.state.clone(),
            unchecked: self.unchecked.clone(),
            ids: self.ids.clone(),
        }
    }

    /// Hands the request to the routes, if one may answer it.
    fn pass_on<B>(
        &self,
        request: ServiceRequest,
        finish: Finish,
        slot: Option<Slot>,
    ) -> Answering<S::Future, B>
    where
        S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
        S::Future: 'static,
        B: MessageBody + 'static,
    {
        let admission = match self.admit(&request) {
            Ok(admission) => admission,
            Err(problem) => return turn_away(request, &finish, problem.into()),
        };
        // The call itself may panic too, before there is a future to poll.
        let context = finish.context.clone();
        let inner = AssertUnwindSafe(|| in_request(context, || self.service.call(request)));
        match std::panic::catch_unwind(inner) {
            Ok(inner) => Answering::inner(inner, finish, admission, slot),
            Err(panic) => Answering::panicked(finish, &*panic),
        }
    }
}

/// Answers a request that goes no further.
fn turn_away<F, B>(request: ServiceRequest, finish: &Finish, early: Early) -> Answering<F, B>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
    B: MessageBody + 'static,
{
    let mut response = match early {
        Early::Response(response) => *response,
        Early::Problem(problem) => {
            finish.log_problem(&problem);
            finish.answer(&problem)
        }
    };
    finish.complete(response.status(), response.headers_mut());
    let response = request.into_response(response).map_into_right_body();
    Answering::ready(Ok(response))
}

/// The 500 of a panic. Its text is for the log.
fn panicked(who: &str, panic: &(dyn Any + Send)) -> Problem {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no text");
    Problem::internal(format_args!("{who} panicked: {text}"))
}
