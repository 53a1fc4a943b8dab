//! The future of the middleware: what answers, and what its answer gets on its way out.

use std::{
    any::Any,
    fmt,
    future::Future,
    panic::AssertUnwindSafe,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
};

use actix_web::{
    Error,
    body::{EitherBody, MessageBody},
    dev::ServiceResponse,
};
use futures_util::{
    FutureExt as _,
    future::{CatchUnwind, LocalBoxFuture},
};
use pin_project_lite::pin_project;
use tokio::task::futures::TaskLocalFuture;

use super::{
    admission::Admission,
    arrival::hold,
    finish::{Finish, Responding},
    panicked,
};
use crate::{audit::later_in_request, context::RequestContext, in_flight::Slot};

type Answer<B> = Result<ServiceResponse<EitherBody<B>>, Error>;

pin_project! {
    /// What the middleware answers with, later. Nothing in it is boxed unless the answer is none of the app, or
    /// something else has to be waited for.
    pub struct Answering<F, B> {
        #[pin]
        state: State<F, B>,
    }
}

pin_project! {
    #[project = Step]
    enum State<F, B> {
        /// The app answers.
        Inner {
            #[pin]
            inner: CatchUnwind<AssertUnwindSafe<TaskLocalFuture<Rc<RequestContext>, F>>>,
            finish: Option<(Finish, Admission, Option<Slot>)>,
        },
        Other {
            other: LocalBoxFuture<'static, Answer<B>>,
        },
    }
}

impl<F, B> Answering<F, B>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
    B: MessageBody + 'static,
{
    /// Waits for what the app answers.
    pub(super) fn inner(
        inner: F,
        finish: Finish,
        admission: Admission,
        slot: Option<Slot>,
    ) -> Self {
        let inner = later_in_request(finish.context.clone(), inner);
        Self {
            state: State::Inner {
                inner: AssertUnwindSafe(inner).catch_unwind(),
                finish: Some((finish, admission, slot)),
            },
        }
    }

    /// An answer that is there.
    pub(super) fn ready(answer: Answer<B>) -> Self {
        Self::other(async { answer })
    }

    /// The answer to what panicked at once.
    pub(super) fn panicked(finish: Finish, panic: &(dyn Any + Send)) -> Self {
        Self::ready(Err(failed(finish, panic)))
    }

    /// Waits for something else.
    pub(super) fn other(other: impl Future<Output = Answer<B>> + 'static) -> Self {
        let other = Box::pin(other);
        Self {
            state: State::Other { other },
        }
    }
}

fn failed(finish: Finish, panic: &(dyn Any + Send)) -> Error {
    finish.fail(panicked("a handler", panic).into())
}

impl<F, B> Future for Answering<F, B>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
    B: MessageBody + 'static,
{
    type Output = Answer<B>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.project().state;
        loop {
            let answered = match state.as_mut().project() {
                Step::Inner { inner, finish } => (ready!(inner.poll(context)), finish.take()),
                Step::Other { other } => return other.as_mut().poll(context),
            };
            // Polled after it was ready: there is nothing more to come.
            let (answer, Some((finish, admission, slot))) = answered else {
                return Poll::Pending;
            };
            let responding = match answer {
                Ok(Ok(response)) => finish.respond(response, &admission),
                Ok(Err(error)) => return Poll::Ready(Err(finish.fail(error))),
                Err(panic) => return Poll::Ready(Err(failed(finish, &*panic))),
            };
            match responding {
                Responding::Now(response) => return Poll::Ready(Ok(hold(response, slot))),
                Responding::Later(later) => {
                    let other = Box::pin(async move { Ok(hold(later.await?, slot)) });
                    state.set(State::Other { other });
                }
            }
        }
    }
}

impl<F, B> fmt::Debug for Answering<F, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answering").finish_non_exhaustive()
    }
}
