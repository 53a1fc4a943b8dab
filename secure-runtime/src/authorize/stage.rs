//! What the authorize stage of the guard does for an [`Authorized`].

use std::fmt;

use actix_web::HttpRequest;
use futures_util::future::LocalBoxFuture;

use super::{Allows, Authorized, Resource, id, name};
use crate::{
    Problem,
    context::RequestContext,
    guard::current_user,
    principal::{CurrentUser, Principal},
};

/// That a handler takes an [`Authorized`], as const data.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct ResourceCheck {
    parameter: &'static str,
    resource: fn() -> String,
    action: fn() -> String,
    authorize: fn(HttpRequest, Option<Principal>) -> LocalBoxFuture<'static, Result<(), Problem>>,
}

impl ResourceCheck {
    pub(super) const fn of<T: Allows<Action>, Action: 'static>() -> Self {
        Self {
            parameter: T::PARAMETER,
            resource: name::short::<T>,
            action: name::short::<Action>,
            authorize: |request, caller| Box::pin(authorize::<T, Action>(request, caller)),
        }
    }

    /// The path parameter that holds the id.
    pub(crate) const fn parameter(&self) -> &'static str {
        self.parameter
    }

    /// What is asked for.
    pub(crate) fn resource(&self) -> String {
        (self.resource)()
    }

    /// What is to be done with it.
    pub(crate) fn action(&self) -> String {
        (self.action)()
    }

    /// Keeps the [`Authorized`] for the handler, or says why there is none.
    pub(crate) async fn authorize(
        self,
        request: HttpRequest,
        caller: Option<Principal>,
    ) -> Result<(), Problem> {
        (self.authorize)(request, caller).await
    }
}

/// As a handler writes it.
impl fmt::Display for ResourceCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Authorized<{}, {}>", self.resource(), self.action())
    }
}

/// Who calls comes before what is asked for: whoever is nobody any more is told so, and learns nothing else.
async fn authorize<T: Allows<Action>, Action: 'static>(
    request: HttpRequest,
    caller: Option<Principal>,
) -> Result<(), Problem> {
    let context = RequestContext::of_guarded(&request)?;
    let caller: Option<CurrentUser<T::Account>> = match caller {
        Some(principal) => Some(current_user(&request, principal).await?),
        None => None,
    };
    let resource: T = find(&request).await?;
    let authorized = Authorized::<T, Action>::check(resource, caller.as_ref())?;
    context.kept.keep(authorized);
    if let Some(caller) = caller {
        context.kept.keep(caller);
    }
    Ok(())
}

async fn find<T: Resource>(request: &HttpRequest) -> Result<T, Problem> {
    let nothing =
        |why: &str| Problem::not_found().because(format_args!("{why} `{}`", name::short::<T>()));
    let id = id::read(request, T::PARAMETER).ok_or_else(|| nothing("no id of a"))?;
    let found = T::load(id, request).await?;
    found.ok_or_else(|| nothing("there is no such"))
}
