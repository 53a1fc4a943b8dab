use std::{fmt, marker::PhantomData, ops::Deref};

use actix_web::{HttpRequest, dev::Payload};

use super::{Allows, Resource, ResourceCheck, name};
use crate::{
    Problem,
    context::RequestContext,
    guard::{Argument, Caller, Extraction},
    policy::Input,
    principal::{CurrentUser, FromCaller, Principal},
};

/// A resource, and the proof that the caller may do `Action` with it.
///
/// As an argument of a handler it is found by the id in the path, loaded and decided about before any
/// other argument is read, the body among them: 404 where there is none or the caller may not know of it, 403 where the
/// caller may not, 401 where that is because nobody is signed in. It goes on protected routes and on public ones;
/// there, a token or a session with fewer scopes than its owner has is decided about as nobody is.
///
/// Functions that change data take `&Authorized<T, Action>`. Only a decision makes one, so whoever calls them has
/// asked. It derefs to the resource, and lends it to be read alone: another one cannot be put into its place. It
/// speaks of the moment in which it was made, so it is not for keeping.
///
/// The caller's account, where the handler needs it, is the argument [`CurrentUser<Account>`](CurrentUser) beside it; it
/// is loaded once.
pub struct Authorized<T, Action> {
    resource: T,
    caller: Option<Principal>,
    /// It holds no action, so it may be sent where one could not.
    action: PhantomData<fn() -> Action>,
}

impl<T, Action> Authorized<T, Action> {
    /// Asks whether `caller` may, where no handler does: a job, or many resources at once.
    ///
    /// # Errors
    /// When the caller may not; the problem is what a handler would have answered.
    pub fn check(
        resource: T,
        caller: Option<&CurrentUser<<T as Resource>::Account>>,
    ) -> Result<Self, Problem>
    where
        T: Allows<Action>,
    {
        let decision = resource.decide(caller);
        let caller = caller.map(|caller| &**caller);
        decision.permit(
            caller,
            format_args!("`{}` of `{}`", name::short::<Action>(), name::short::<T>()),
        )?;
        Ok(proof(resource, caller.cloned()))
    }

    /// Who may; `None` where nobody is signed in.
    pub fn caller(&self) -> Option<&Principal> {
        self.caller.as_ref()
    }

    /// The resource, without the proof.
    pub fn into_inner(self) -> T {
        self.resource
    }
}

/// The only place where one is made.
pub(crate) fn proof<T, Action>(resource: T, caller: Option<Principal>) -> Authorized<T, Action> {
    Authorized {
        resource,
        caller,
        action: PhantomData,
    }
}

impl<T, Action> Deref for Authorized<T, Action> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.resource
    }
}

impl<T: fmt::Debug, Action> fmt::Debug for Authorized<T, Action> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorized")
            .field("resource", &self.resource)
            .field("action", &name::short::<Action>())
            .field("caller", &self.caller)
            .finish()
    }
}

impl<T: Allows<Action>, Action: 'static> Argument for Authorized<T, Action> {
    type Value = Self;
    const INPUT: Option<Input> = None;
    const CALLER: Caller = Caller::Decided {
        account: <T::Account as FromCaller>::IS_LOADED,
    };
    const RESOURCE: Option<ResourceCheck> = Some(ResourceCheck::of::<T, Action>());

    /// What the authorize stage has made.
    fn extract(request: &HttpRequest, _: &mut Payload) -> Extraction<Self> {
        let context = RequestContext::of_guarded(request);
        Extraction::Ready(context.and_then(|context| {
            let made = context.kept.take();
            made.ok_or_else(|| Problem::internal("nobody has decided about the resource"))
        }))
    }
}
