//! The guard: what stands between a request and an annotated handler.
//!
//! The handler has one argument, [`Guarded`]. Its extraction runs the stages in their one order,
//! written in `stages.rs`, and only when all of them have let the request pass are the handler's own
//! arguments extracted and validated. So 401, 403 and 429 are decided before a byte of the body is
//! read.

mod argument;
mod arguments;
mod authorize;
mod limiting;
mod stages;

use std::{
    any::TypeId,
    fmt,
    future::Future,
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{Error, FromRequest, Handler, HttpRequest, dev::Payload};

pub use argument::{Argument, Caller, Extraction, Trusted, Unvalidated};
pub use arguments::Arguments;
pub(crate) use limiting::give_back;

use crate::policy::Policy;

/// The one argument of a guarded handler: its own arguments `A`, extracted after the stages of the
/// policy `P` have let the request pass.
pub struct Guarded<P, A: Arguments> {
    values: A::Values,
    policy: PhantomData<fn() -> P>,
}

impl<P, A: Arguments> fmt::Debug for Guarded<P, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guarded").finish_non_exhaustive()
    }
}

/// Calls the user's function with the arguments that the guard extracted.
pub fn call<P, A, F>(function: F, guarded: Guarded<P, A>) -> F::Future
where
    A: Arguments,
    F: Handler<A::Values>,
{
    function.call(guarded.values)
}

impl<P: Policy, A: Arguments + 'static> FromRequest for Guarded<P, A> {
    type Error = Error;
    type Future = GuardFuture<P, A>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let policy = const { &P::POLICY };
        GuardFuture {
            extraction: Some(match stages::run(request, TypeId::of::<P>(), policy) {
                Ok(()) => A::extract(request, payload),
                Err(problem) => Extraction::Ready(Err(problem)),
            }),
            policy: PhantomData,
        }
    }
}

/// The future of a [`Guarded`]. Nothing in it is boxed unless an argument reads the body.
pub struct GuardFuture<P, A: Arguments> {
    /// Taken when it has given its result.
    extraction: Option<Extraction<A::Values>>,
    policy: PhantomData<fn() -> P>,
}

// Nothing in it is pinned: what is awaited stands in a box.
impl<P, A: Arguments> Unpin for GuardFuture<P, A> {}

impl<P, A: Arguments> Future for GuardFuture<P, A> {
    type Output = Result<Guarded<P, A>, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let result = match self.extraction.take() {
            Some(Extraction::Ready(result)) => result,
            Some(Extraction::Later(mut future)) => match future.as_mut().poll(context) {
                Poll::Ready(result) => result,
                Poll::Pending => {
                    self.extraction = Some(Extraction::Later(future));
                    return Poll::Pending;
                }
            },
            // Polled after it was ready: there is nothing more to come.
            None => return Poll::Pending,
        };
        Poll::Ready(match result {
            Ok(values) => Ok(Guarded {
                values,
                policy: PhantomData,
            }),
            Err(problem) => Err(problem.into()),
        })
    }
}

impl<P, A: Arguments> fmt::Debug for GuardFuture<P, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardFuture").finish_non_exhaustive()
    }
}
