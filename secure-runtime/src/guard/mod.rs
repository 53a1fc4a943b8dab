//! The guard: what stands between a request and an annotated handler.
//!
//! The handler has one argument, [`Guarded`]. Its extraction runs the stages in their one order,
//! written in `stages.rs`, and only when all of them have let the request pass are the handler's own
//! arguments extracted and validated. So 401, 403 and 429 are decided before a byte of the body is
//! read.

mod argument;
mod authorize;
mod limiting;
mod probe;
mod stages;
mod together;

use std::{
    any::TypeId,
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{Error, FromRequest, Handler, HttpRequest, dev::Payload};

pub use argument::{Argument, Caller, Extraction, Trusted, Unvalidated};
pub(crate) use limiting::give_back;
pub use probe::{Probe, Unknown};
pub use together::Together;

use crate::policy::Policy;

/// What the attributes write beside a handler's policy: how its own arguments are extracted.
pub trait Guard: Policy {
    /// What the handler is called with.
    type Values: 'static;

    /// Extracts and validates the arguments, in the order in which they are written.
    fn extract(request: &HttpRequest, payload: &mut Payload) -> Extraction<Self::Values>;
}

/// The one argument of a guarded handler: its own arguments, extracted after the stages of the
/// policy `G` have let the request pass.
pub struct Guarded<G: Guard> {
    values: G::Values,
}

impl<G: Guard> fmt::Debug for Guarded<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guarded").finish_non_exhaustive()
    }
}

/// Calls the user's function with the arguments that the guard extracted.
pub fn call<G, F>(function: F, guarded: Guarded<G>) -> F::Future
where
    G: Guard,
    F: Handler<G::Values>,
{
    function.call(guarded.values)
}

impl<G: Guard> FromRequest for Guarded<G> {
    type Error = Error;
    type Future = GuardFuture<G>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let policy = const { &G::POLICY };
        GuardFuture {
            extraction: Some(match stages::run(request, TypeId::of::<G>(), policy) {
                Ok(()) => G::extract(request, payload),
                Err(problem) => Extraction::Ready(Err(problem)),
            }),
        }
    }
}

/// The future of a [`Guarded`]. Nothing in it is boxed unless an argument reads the body.
pub struct GuardFuture<G: Guard> {
    /// Taken when it has given its result.
    extraction: Option<Extraction<G::Values>>,
}

// Nothing in it is pinned: what is awaited stands in a box.
impl<G: Guard> Unpin for GuardFuture<G> {}

impl<G: Guard> Future for GuardFuture<G> {
    type Output = Result<Guarded<G>, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let result = match self.extraction.take() {
            Some(Extraction::Ready(result)) => result,
            Some(Extraction::Later(mut future) | Extraction::Body(mut future)) => {
                match future.as_mut().poll(context) {
                    Poll::Ready(result) => result,
                    Poll::Pending => {
                        self.extraction = Some(Extraction::Later(future));
                        return Poll::Pending;
                    }
                }
            }
            // Polled after it was ready: there is nothing more to come.
            None => return Poll::Pending,
        };
        Poll::Ready(match result {
            Ok(values) => Ok(Guarded { values }),
            Err(problem) => Err(problem.into()),
        })
    }
}

impl<G: Guard> fmt::Debug for GuardFuture<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardFuture").finish_non_exhaustive()
    }
}
