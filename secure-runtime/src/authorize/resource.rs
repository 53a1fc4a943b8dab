use actix_web::HttpRequest;

use super::{Decision, ResourceId};
use crate::{
    Problem,
    principal::{CallerAccount, CurrentUser},
};

/// Something of the app's own that callers ask for by its id in the path, and may or may not: an article, an order.
/// The [module](crate::authorize) shows one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say how it is found",
    label = "no `Resource`",
    note = "`impl Resource for {Self}`"
)]
pub trait Resource: Sized + 'static {
    /// What it is found by, read from the path as `Path` reads it. Where it cannot be read, nothing has it: the
    /// answer is 404.
    type Id: ResourceId;

    /// The app's own record of callers, which [`Allows::decide`] gets: a type that implements
    /// [`LoadAccount`](crate::principal::LoadAccount), or [`NoAccount`](crate::principal::NoAccount) where the
    /// [`Principal`](crate::Principal) says enough.
    type Account: CallerAccount;

    /// The path parameter that holds the id. Defaults to `id`: `/articles/{id}`.
    const PARAMETER: &'static str = "id";

    /// Loads it. The stores that it needs come from the request's `app_data`. `None` where there is no such thing:
    /// 404, as for one that is [hidden](Decision::Hide).
    ///
    /// # Errors
    /// When it cannot be loaded.
    fn load(
        id: Self::Id,
        request: &HttpRequest,
    ) -> impl Future<Output = Result<Option<Self>, Problem>>;
}

/// Who may do something with a resource. `Action` is a type of the app's own (`pub struct Edit;`): each thing that can be
/// done is another type, so that leave for one is none for another.
#[diagnostic::on_unimplemented(
    message = "nobody says who may `{Action}` the `{Self}`",
    label = "no `Allows<{Action}>`",
    note = "`impl Allows<{Action}> for {Self}`"
)]
pub trait Allows<Action>: Resource {
    /// Whether `caller` may; `None` is somebody who is not signed in, which only a public route lets come so far.
    ///
    /// It looks at what it is given and at nothing else, so it is tested as it stands.
    fn decide(&self, caller: Option<&CurrentUser<Self::Account>>) -> Decision;
}
