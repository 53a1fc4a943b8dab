//! The guard: what stands between a request and an annotated handler.
//!
//! The handler has one argument, [`Guarded`]. Its extraction runs the stages in their one order,
//! written in `stages.rs`, and only when all of them have let the request pass are the handler's own
//! arguments extracted and validated. So 401, 403 and 429 are decided before a byte of the body is
//! read.

mod argument;
mod authorize;
mod body_limit;
mod clearance;
mod counter_key;
mod identify;
mod limiting;
mod probe;
mod stages;
mod together;

use std::{
    any::TypeId,
    fmt,
    future::Future,
    marker::PhantomData,
    mem,
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{Error, FromRequest, Handler, HttpRequest, dev::Payload};
use futures_util::future::LocalBoxFuture;

pub(crate) use argument::current_user;
pub use argument::{Argument, Caller, Extraction, Trusted, Unvalidated};
pub(crate) use counter_key::network;
pub(crate) use limiting::{Charging, Stage, Terms, charge, check, is_to_settle, note, settle};
pub use probe::{FilesProbe, InputProbe, NoFiles, NoKnownInput, Probe, Unknown};
pub use together::Together;

use crate::{Problem, policy::Policy};
use clearance::Clearance;
use stages::Passage;

/// What the attributes write beside a handler's policy: how its own arguments are extracted. `V` is
/// what the handler is called with: a parameter, since an associated type of a public handler could
/// not name the app's private types.
pub trait Guard<V>: Policy {
    /// Extracts and validates the arguments, in the order in which they are written.
    fn extract(request: &HttpRequest, payload: &mut Payload) -> Extraction<V>;
}

/// The one argument of a guarded handler: its own arguments, extracted after the stages of the
/// policy `G` have let the request pass.
pub struct Guarded<G, V> {
    values: V,
    policy: PhantomData<fn() -> G>,
}

impl<G, V> fmt::Debug for Guarded<G, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guarded").finish_non_exhaustive()
    }
}

/// Calls the user's function with the arguments that the guard extracted.
pub fn call<G, V, F>(function: F, guarded: Guarded<G, V>) -> F::Future
where
    F: Handler<V>,
{
    function.call(guarded.values)
}

impl<G: Guard<V>, V: 'static> FromRequest for Guarded<G, V> {
    type Error = Error;
    type Future = GuardFuture<G, V>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let policy = const { &G::POLICY };
        GuardFuture {
            extracting: Extracting::start(
                stages::run(request, TypeId::of::<G>(), policy),
                request,
                payload,
                G::extract,
            ),
            policy: PhantomData,
        }
    }
}

/// The future of a [`Guarded`]. Nothing in it is boxed unless a stage has to be waited for, or an
/// argument.
pub struct GuardFuture<G, V> {
    extracting: Extracting<V>,
    policy: PhantomData<fn() -> G>,
}

// Nothing in it is pinned: what is awaited stands in a box.
impl<G, V> Unpin for GuardFuture<G, V> {}

impl<G: Guard<V>, V: 'static> Future for GuardFuture<G, V> {
    type Output = Result<Guarded<G, V>, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.extracting.poll(context).map(|values| {
            Ok(Guarded {
                values: values?,
                policy: PhantomData,
            })
        })
    }
}

/// The stages, and then the arguments. Apart from the policy, so that it is compiled once for all handlers with
/// arguments of the same types.
struct Extracting<V> {
    state: State<V>,
    extract: fn(&HttpRequest, &mut Payload) -> Extraction<V>,
}

enum State<V> {
    /// The stages are not decided yet; the body is untouched.
    Stages(Box<Waiting>),
    Extraction(Extraction<V>),
    /// The result has been given.
    Done,
}

/// What is needed once the stages are decided.
struct Waiting {
    stages: LocalBoxFuture<'static, Result<Clearance, Problem>>,
    request: HttpRequest,
    payload: Payload,
}

impl<V: 'static> Extracting<V> {
    fn start(
        passage: Passage,
        request: &HttpRequest,
        payload: &mut Payload,
        extract: fn(&HttpRequest, &mut Payload) -> Extraction<V>,
    ) -> Self {
        let state = match passage {
            Passage::Decided(Ok(clearance)) => {
                State::Extraction(clearance.extract(request, payload, extract))
            }
            Passage::Decided(Err(problem)) => State::Extraction(Extraction::Ready(Err(problem))),
            Passage::Later(stages) => State::Stages(Box::new(Waiting {
                stages,
                request: request.clone(),
                payload: payload.take(),
            })),
        };
        Self { state, extract }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<V, Error>> {
        let extraction = match mem::replace(&mut self.state, State::Done) {
            State::Stages(mut waiting) => match waiting.stages.as_mut().poll(context) {
                Poll::Ready(Ok(clearance)) => {
                    clearance.extract(&waiting.request, &mut waiting.payload, self.extract)
                }
                Poll::Ready(Err(problem)) => Extraction::Ready(Err(problem)),
                Poll::Pending => {
                    self.state = State::Stages(waiting);
                    return Poll::Pending;
                }
            },
            State::Extraction(extraction) => extraction,
            // Polled after it was ready: there is nothing more to come.
            State::Done => return Poll::Pending,
        };
        let result = match extraction {
            Extraction::Ready(result) => result,
            Extraction::Later(mut future) | Extraction::Body(mut future) => {
                match future.as_mut().poll(context) {
                    Poll::Ready(result) => result,
                    Poll::Pending => {
                        self.state = State::Extraction(Extraction::Later(future));
                        return Poll::Pending;
                    }
                }
            }
        };
        Poll::Ready(result.map_err(Error::from))
    }
}

impl<G, V> fmt::Debug for GuardFuture<G, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardFuture").finish_non_exhaustive()
    }
}
