//! The one middleware: correlation id, routes that declare nothing, panics, and what every response
//! carries. It is outermost, so it sees whatever answers.

mod admission;
mod answering;
mod edge;
mod finish;
mod request_id;
mod show;

use std::{any::Any, panic::AssertUnwindSafe, sync::Arc};

use actix_web::{
    Error, HttpMessage as _,
    body::{EitherBody, MessageBody},
    dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
};
use futures_util::future::LocalBoxFuture;

use crate::{
    Problem, audit::in_request, context::RequestContext, edge::ClientAddress, mail::Post,
    routes::UncheckedMap, security::State,
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
                service,
                state,
                unchecked,
                ids: RequestIds::new(),
            })
        })
    }
}

/// The middleware at work, one for each worker.
#[derive(Debug)]
pub struct SecurityService<S> {
    service: S,
    state: Arc<State>,
    unchecked: UncheckedMap,
    ids: RequestIds,
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
        let admission = match received.and_then(|()| Ok(self.admit(&request)?)) {
            Ok(admission) => admission,
            Err(early) => {
                let mut response = match early {
                    Early::Response(response) => *response,
                    Early::Problem(problem) => {
                        finish.log_problem(&problem);
                        finish.answer(&problem)
                    }
                };
                finish.complete(response.status(), response.headers_mut());
                let response = request.into_response(response).map_into_right_body();
                return Answering::ready(Ok(response));
            }
        };
        // The call itself may panic too, before there is a future to poll.
        let context = finish.context.clone();
        let inner = AssertUnwindSafe(|| in_request(context, || self.service.call(request)));
        match std::panic::catch_unwind(inner) {
            Ok(inner) => Answering::inner(inner, finish, admission),
            Err(panic) => Answering::ready(Err(finish.fail(panicked(&*panic)))),
        }
    }
}

/// The 500 of a panic. Its text is for the log.
fn panicked(panic: &(dyn Any + Send)) -> Error {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no text");
    Problem::internal(format_args!("a handler panicked: {text}")).into()
}
