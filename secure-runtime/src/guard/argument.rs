use std::fmt;

use actix_web::{
    FromRequest, HttpRequest,
    dev::{Payload, PeerAddr},
    http::Method,
    web::{Data, ReqData},
};
use futures_util::{FutureExt as _, future::LocalBoxFuture};

use super::body_limit::bound;
use crate::{
    Problem, Security,
    authorize::ResourceCheck,
    context::RequestContext,
    input::in_time,
    policy::{Input, Need},
    principal::{CallerAccount, CurrentUser, LoadAccount, Principal},
};

/// An argument that a guarded handler may take.
///
/// Inputs (`Json`, `Form`, `Query`, `Path`) of validated types, those of them that may be left out
/// (`Option<Json<…>>`, `Option<Form<…>>`, `Option<Query<…>>`), a body of one type or the other
/// (`Either<Json<…>, Form<…>>`, either way round), the caller, and what carries no
/// input: `HttpRequest`, `Data`, `ReqData`, `Method`, `PeerAddr`,
/// [`ClientAddress`](crate::ClientAddress). For anything else the handler says on the argument what it
/// is.
pub trait Argument {
    /// What the handler gets.
    type Value: 'static;
    /// The input that it reads, if it is one.
    const INPUT: Option<Input>;
    /// Whether it needs the caller.
    const CALLER: Caller;
    /// What the builder of `Security` must have been told for it: asked at launch.
    const NEEDS: &'static [Need] = &[];
    /// The resource that has to be found and decided about before any argument is extracted.
    const RESOURCE: Option<ResourceCheck> = None;

    /// Extracts and validates it.
    fn extract(request: &HttpRequest, payload: &mut Payload) -> Extraction<Self::Value>;
}

/// What an argument has to do with the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// Nothing.
    Unused,
    /// There must be one.
    Required {
        /// Whether the app's own record of it is loaded, too.
        account: bool,
    },
    /// There may be one.
    Optional {
        /// Whether the app's own record of it is loaded, too.
        account: bool,
    },
    /// Whoever calls, if anybody: it makes no difference to the handler.
    Any,
    /// Whoever calls, if anybody: what that may do is decided before the handler runs.
    Decided {
        /// Whether the app's own record of it is loaded, too.
        account: bool,
    },
}

/// An argument's value, at once or later.
pub enum Extraction<V> {
    /// At once.
    Ready(Result<V, Problem>),
    /// Later, without the body.
    Later(LocalBoxFuture<'static, Result<V, Problem>>),
    /// After the body has been read.
    Body(LocalBoxFuture<'static, Result<V, Problem>>),
}

impl<V> Extraction<V> {
    /// Waits for what needs no body, so that its refusals come before a byte of it is read.
    pub(super) async fn before_body(self) -> Result<Self, Problem> {
        Ok(Self::Ready(Ok(match self {
            Self::Ready(result) => result?,
            Self::Later(future) => future.await?,
            Self::Body(future) => return Ok(Self::Body(future)),
        })))
    }

    /// Waits for the value.
    pub(super) async fn value(self) -> Result<V, Problem> {
        match self {
            Self::Ready(result) => result,
            Self::Later(future) | Self::Body(future) => future.await,
        }
    }
}

impl<V> fmt::Debug for Extraction<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ready(_) => "Ready",
            Self::Later(_) => "Later",
            Self::Body(_) => "Body",
        })
    }
}

/// An argument marked `#[trusted = "because …"]`: an extractor from elsewhere that carries no input.
#[derive(Debug)]
pub struct Trusted<T>(T);

/// An argument marked `#[unvalidated = "because …"]`: input that the handler reads as it is.
#[derive(Debug)]
pub struct Unvalidated<T>(T);

impl<T: FromRequest + 'static> Argument for Trusted<T> {
    type Value = T;
    const INPUT: Option<Input> = None;
    const CALLER: Caller = Caller::Unused;

    fn extract(request: &HttpRequest, payload: &mut Payload) -> Extraction<T> {
        extract_foreign(request, payload)
    }
}

impl<T: FromRequest + 'static> Argument for Unvalidated<T> {
    type Value = T;
    const INPUT: Option<Input> = None;
    const CALLER: Caller = Caller::Unused;

    fn extract(request: &HttpRequest, payload: &mut Payload) -> Extraction<T> {
        let excess = match bound(request, payload) {
            Ok(excess) => excess,
            Err(problem) => return Extraction::Ready(Err(problem)),
        };
        match extract_foreign(request, payload) {
            Extraction::Body(body) => {
                let request = request.clone();
                Extraction::Body(Box::pin(
                    async move { excess.or(in_time(&request, body).await) },
                ))
            }
            Extraction::Ready(value) => Extraction::Ready(excess.or(value)),
            extraction => extraction,
        }
    }
}

/// Extracts with actix-web; its errors keep their status and lose their text.
fn extract_foreign<T: FromRequest + 'static>(
    request: &HttpRequest,
    payload: &mut Payload,
) -> Extraction<T> {
    let problem = |error: T::Error| Problem::from_actix(&error.into());
    let mut future = Box::pin(T::from_request(request, payload));
    match future.as_mut().now_or_never() {
        Some(result) => Extraction::Ready(result.map_err(problem)),
        // It may be the body that it waits for.
        None => Extraction::Body(Box::pin(async move { future.await.map_err(problem) })),
    }
}

/// Extractors of actix-web that carry nothing a caller chose.
macro_rules! carries_no_input {
    ($($type:ty $(, $generic:ident: ($($bound:tt)+))?;)*) => {$(
        impl<$($generic: $($bound)+)?> Argument for $type {
            type Value = Self;
            const INPUT: Option<Input> = None;
            const CALLER: Caller = Caller::Unused;

            fn extract(request: &HttpRequest, payload: &mut Payload) -> Extraction<Self> {
                extract_foreign(request, payload)
            }
        }
    )*};
}

carries_no_input! {
    HttpRequest;
    Method;
    PeerAddr;
    Data<T>, T: (?Sized + 'static);
    ReqData<T>, T: (Clone + 'static);
}

impl Argument for CurrentUser {
    type Value = Self;
    const INPUT: Option<Input> = None;
    const CALLER: Caller = Caller::Required { account: false };

    fn extract(request: &HttpRequest, _: &mut Payload) -> Extraction<Self> {
        Extraction::Ready(match caller(request) {
            Some(principal) => Ok(Self::new(principal)),
            None => Err(nobody_authenticated()),
        })
    }
}

impl Argument for Option<CurrentUser> {
    type Value = Self;
    const INPUT: Option<Input> = None;
    const CALLER: Caller = Caller::Optional { account: false };

    fn extract(request: &HttpRequest, _: &mut Payload) -> Extraction<Self> {
        Extraction::Ready(Ok(whole_caller(request).map(CurrentUser::new)))
    }
}

impl<A: LoadAccount> Argument for CurrentUser<A> {
    type Value = Self;
    const INPUT: Option<Input> = None;
    const CALLER: Caller = Caller::Required { account: true };

    fn extract(request: &HttpRequest, _: &mut Payload) -> Extraction<Self> {
        match caller(request) {
            Some(principal) => {
                let request = request.clone();
                Extraction::Later(Box::pin(
                    async move { current_user(&request, principal).await },
                ))
            }
            None => Extraction::Ready(Err(nobody_authenticated())),
        }
    }
}

impl<A: LoadAccount> Argument for Option<CurrentUser<A>> {
    type Value = Self;
    const INPUT: Option<Input> = None;
    const CALLER: Caller = Caller::Optional { account: true };

    fn extract(request: &HttpRequest, _: &mut Payload) -> Extraction<Self> {
        let Some(principal) = whole_caller(request) else {
            return Extraction::Ready(Ok(None));
        };
        let request = request.clone();
        Extraction::Later(Box::pin(async move {
            current_user(&request, principal).await.map(Some)
        }))
    }
}

/// The handle itself, such as to sign somebody in or out.
impl Argument for Security {
    type Value = Self;
    const INPUT: Option<Input> = None;
    const CALLER: Caller = Caller::Unused;

    fn extract(request: &HttpRequest, _: &mut Payload) -> Extraction<Self> {
        let context = RequestContext::of_guarded(request);
        Extraction::Ready(context.map(|context| Self::of(context.security.clone())))
    }
}

/// The caller that the guard has signed in before any argument is extracted.
fn caller(request: &HttpRequest) -> Option<Principal> {
    RequestContext::of(request)?.principal().cloned()
}

/// The same on a public route, where no scope is named that a credential could hold that is narrower than its
/// owner: who comes with one is nobody there.
fn whole_caller(request: &HttpRequest) -> Option<Principal> {
    caller(request).filter(|caller| !caller.is_restricted())
}

/// The caller with its account. A credential whose account is gone or disabled is no longer valid.
/// Where it has been loaded for this request it is taken, and not loaded again.
pub(crate) async fn current_user<A: CallerAccount>(
    request: &HttpRequest,
    principal: Principal,
) -> Result<CurrentUser<A>, Problem> {
    let context = RequestContext::of_guarded(request)?;
    if let Some(loaded) = context.kept.take() {
        return Ok(loaded);
    }
    A::current_user(request.clone(), principal)
        .await?
        .ok_or_else(|| Problem::invalid_token("the account is gone or disabled"))
}

/// The compiler refuses a route that authenticates nobody and asks for the caller.
fn nobody_authenticated() -> Problem {
    Problem::internal("`CurrentUser` is extracted on a route that authenticates nobody")
}
