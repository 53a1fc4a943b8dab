//! Takes only routes that carry a policy.
//!
//! [`Security::routes`](crate::Security::routes) runs the app's closure once at launch, to check
//! everything that is mounted, and again in each worker through [`MountedRoutes::mount`].

mod allowed;
mod announce;
mod checks;
mod entry;
mod launch_error;
mod limit;
mod patterns;
mod table;
mod unchecked;

use std::{
    any::TypeId,
    fmt,
    future::{Ready, ready},
    sync::Arc,
};

use actix_web::{
    Error, FromRequest, Handler, HttpRequest, Resource, Responder,
    dev::{AppService, HttpServiceFactory, Payload},
    guard,
    http::Method,
    web::{self, ServiceConfig},
};

use crate::{
    Problem,
    guard::{Guard, Guarded},
    policy::{Demands, Floor, Policy, RoutePolicy},
    security::State,
};
pub use launch_error::LaunchError;
pub use unchecked::{Unchecked, unchecked};

pub(crate) use checks::check;
use entry::{Assertion, Entry, LaidFloor, PolicyEntry};
pub(crate) use limit::{CounterIds, Meter, MountedLimit};
pub(crate) use table::{MountedRoute, RouteTable};
pub(crate) use unchecked::UncheckedMap;

/// A route that `security.routes(…)` takes: one under a route attribute of ours, with its policy.
#[diagnostic::on_unimplemented(
    message = "`{Self}` declares no policy, so `security.routes(…)` does not take it",
    label = "this route says nothing that can be checked about who may call it",
    note = "annotate the handler with `#[protected]` or `#[public]`, and take the route attribute from `secure_runtime::prelude`",
    note = "actix-web's own route attribute must stand below ours: `#[public]` first, then `#[actix_web::get(…)]`",
    note = "a plain function is mounted with its path: `routes.get(\"/path\", handler)`",
    note = "a service that is not yours: `routes.service(unchecked(\"because …\", service))`"
)]
pub trait Route: HttpServiceFactory + 'static {
    #[doc(hidden)]
    fn entry(self, prefix: &str) -> RouteEntry;
}

/// What a route hands over when it is mounted. Opaque.
#[derive(Debug)]
pub struct RouteEntry(Entry);

#[diagnostic::do_not_recommend]
impl<R: HttpServiceFactory + Policy> Route for R {
    fn entry(self, prefix: &str) -> RouteEntry {
        let entry = PolicyEntry::below(prefix, const { &<R as Policy>::POLICY }, TypeId::of::<R>());
        RouteEntry(Entry::policy(
            entry,
            Box::new(|config| {
                config.service(self);
            }),
        ))
    }
}

#[diagnostic::do_not_recommend]
impl<S: HttpServiceFactory + 'static> Route for Unchecked<S> {
    fn entry(self, prefix: &str) -> RouteEntry {
        RouteEntry(Entry::unchecked(prefix, self))
    }
}

/// A handler function with `#[protected]` or `#[public]` and no route attribute: its path is said
/// where it is mounted.
#[diagnostic::on_unimplemented(
    message = "this handler declares no policy that could be mounted at a path",
    label = "not a function with `#[protected]` or `#[public]`",
    note = "annotate the function with `#[protected]` or `#[public]`",
    note = "a handler under a route attribute has its path already: `routes.service(handler)`"
)]
pub trait PlainHandler<Arguments>: 'static {
    #[doc(hidden)]
    type Policy: Policy;

    #[doc(hidden)]
    fn route(self) -> actix_web::Route;
}

#[diagnostic::do_not_recommend]
impl<F, A> PlainHandler<A> for F
where
    F: Handler<A>,
    F::Output: Responder + 'static,
    A: GuardedArguments,
{
    type Policy = A::Policy;

    fn route(self) -> actix_web::Route {
        web::route().to(self)
    }
}

/// The arguments of a guarded function: the guard alone.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this handler declares no policy that could be mounted at a path",
    label = "not a function with `#[protected]` or `#[public]`",
    note = "annotate the function with `#[protected]` or `#[public]`",
    note = "a handler under a route attribute has its path already: `routes.service(handler)`"
)]
pub trait GuardedArguments: FromRequest + 'static {
    type Policy: Policy;
}

impl<G: Guard<V>, V: 'static> GuardedArguments for (Guarded<G, V>,) {
    type Policy = G;
}

/// Nobody's argument. Were there one implementation only, the compiler would take its type for
/// granted and speak of the function's signature; with two it asks the function, and says our words.
#[doc(hidden)]
#[derive(Debug)]
pub enum Nobody {}

impl FromRequest for Nobody {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(_: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Err(Problem::not_found().into()))
    }
}

#[diagnostic::do_not_recommend]
impl Policy for Nobody {
    const POLICY: RoutePolicy = RoutePolicy::protected("", "", Demands::SIGNED_IN);
}

impl GuardedArguments for (Nobody,) {
    type Policy = Nobody;
}

/// The routes of an app, as the closure of [`Security::routes`](crate::Security::routes) lists them.
#[derive(Debug)]
pub struct Routes {
    prefix: String,
    entries: Vec<Entry>,
    floors: Vec<LaidFloor>,
    assertions: Vec<Assertion>,
}

/// The methods by which a plain function is mounted.
macro_rules! methods {
    ($($name:ident $method:ident)*) => {$(
        #[doc = concat!("Mounts a plain annotated function for `", stringify!($method), "` at `path`.")]
        pub fn $name<F, A>(&mut self, path: &str, handler: F) -> &mut Self
        where
            F: PlainHandler<A>,
        {
            self.route(path, Method::$method, handler)
        }
    )*};
}

impl Routes {
    pub(crate) fn new() -> Self {
        Self::under(String::new())
    }

    fn under(prefix: String) -> Self {
        Self {
            prefix,
            entries: Vec::new(),
            floors: Vec::new(),
            assertions: Vec::new(),
        }
    }

    /// Mounts a route that carries its path, method and policy: a handler under a route attribute.
    pub fn service<R: Route>(&mut self, route: R) -> &mut Self {
        let RouteEntry(entry) = route.entry(&self.prefix);
        self.entries.push(entry);
        self
    }

    /// Mounts a plain annotated function: `#[protected]` or `#[public]` without a route attribute.
    /// What needs the path or the method is then checked at launch.
    ///
    /// A path that cannot be one is an error of [`Security::routes`](crate::Security::routes).
    pub fn route<F, A>(&mut self, path: &str, method: Method, handler: F) -> &mut Self
    where
        F: PlainHandler<A>,
    {
        let endpoint = (method.as_str().to_owned(), entry::join(&self.prefix, path));
        let policy = const { &<F::Policy as Policy>::POLICY };
        let route = handler.route().method(method);
        // As actix-web's attributes do, so that handlers of other methods at the path are found.
        let (path, method) = (path.to_owned(), endpoint.0.clone());
        let entry = PolicyEntry::new(policy, TypeId::of::<F::Policy>(), vec![endpoint]);
        self.mount_plain(entry, path, method, route);
        self
    }

    fn mount_plain(
        &mut self,
        entry: PolicyEntry,
        path: String,
        method: String,
        route: actix_web::Route,
    ) {
        let mount = move |config: &mut ServiceConfig| {
            config.service(
                Resource::new(path)
                    .guard(guard::fn_guard(move |context| {
                        context.head().method.as_str() == method
                    }))
                    .route(route),
            );
        };
        self.entries.push(Entry::policy(entry, Box::new(mount)));
    }

    methods! {
        get GET
        post POST
        put PUT
        patch PATCH
        delete DELETE
        head HEAD
        options OPTIONS
    }

    /// Mounts routes under a common prefix. The prefix counts in the matrix and in every check.
    pub fn scope(&mut self, prefix: &str, routes: impl FnOnce(&mut Self)) -> &mut Self {
        let mut inner = Self::under(entry::join(&self.prefix, prefix));
        routes(&mut inner);
        self.floors.append(&mut inner.floors);
        self.assertions.append(&mut inner.assertions);
        self.entries
            .push(Entry::scope(prefix, inner.prefix, inner.entries));
        self
    }

    /// Lays a floor under every route mounted here and in the scopes below, whether it stands before
    /// them or after: a caller has to meet the floor, and then what the route itself demands. A route
    /// can only add to it, and the floors of scopes within scopes add up.
    ///
    /// What cannot stand on it is an error at launch: a public route, a route that takes a credential
    /// which the floor does not, and a service that is [`unchecked`], unless it says
    /// [`without_floor`](Unchecked::without_floor). Routes with a path below the scope's prefix stand on
    /// its floor too where they are mounted outside of it.
    ///
    /// ```no_run
    /// # use actix_web::Responder;
    /// # use secure_runtime::prelude::*;
    /// #[derive(Role)]
    /// pub enum Role {
    ///     Admin,
    /// }
    ///
    /// #[get("/users")]
    /// #[protected]
    /// async fn list_users() -> impl Responder {
    ///     "for admins"
    /// }
    ///
    /// # fn run(security: Security) -> Result<(), LaunchError> {
    /// let routes = security.routes(|routes| {
    ///     routes.scope("/admin", |admin| {
    ///         admin.floor(floor!(roles = "admin")).service(list_users);
    ///     });
    /// })?;
    /// # Ok(()) }
    /// # fn main() {}
    /// ```
    pub fn floor(&mut self, floor: Floor) -> &mut Self {
        self.floors.push(LaidFloor {
            prefix: self.prefix.clone(),
            floor,
        });
        self
    }

    /// Asserts something about every route mounted here and in the scopes below, checked at launch.
    /// `claim` is the sentence that the error shows. The policies are shown with their floors.
    ///
    /// ```no_run
    /// # use secure_runtime::prelude::*;
    /// # fn run(security: Security) -> Result<(), LaunchError> {
    /// let routes = security.routes(|routes| {
    ///     routes.assert("whoever deletes is signed in", |method, _path, policy| {
    ///         method != "DELETE" || policy.is_protected()
    ///     });
    /// })?;
    /// # Ok(()) }
    /// ```
    pub fn assert(
        &mut self,
        claim: &'static str,
        holds: impl Fn(&str, &str, &RoutePolicy) -> bool + 'static,
    ) -> &mut Self {
        self.assertions
            .push(Assertion::new(self.prefix.clone(), claim, holds));
        self
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(crate) fn floors(&self) -> &[LaidFloor] {
        &self.floors
    }

    pub(crate) fn assertions(&self) -> &[Assertion] {
        &self.assertions
    }
}

/// What runs the app's closure.
pub(crate) type Listing = Arc<dyn Fn(&mut Routes) + Send + Sync>;

/// Routes that passed the launch checks, ready to be mounted in each worker.
#[derive(Clone)]
pub struct MountedRoutes {
    listing: Listing,
    state: Arc<State>,
}

impl MountedRoutes {
    pub(crate) fn new(listing: Listing, state: Arc<State>) -> Self {
        Self { listing, state }
    }

    /// The configuration to hand to [`App::configure`](actix_web::App::configure), at the root of
    /// the app: prefixes come from [`Routes::scope`].
    ///
    /// # Panics
    /// The worker that mounts it under a `web::scope` panics when it starts, which stops the launch:
    /// under a prefix that it does not know of, the guard would enforce the wrong paths.
    pub fn mount(&self) -> impl FnOnce(&mut ServiceConfig) + use<> {
        let (listing, state) = (self.listing.clone(), self.state.clone());
        move |config| {
            let mut routes = Routes::new();
            listing(&mut routes);
            config.service(Root(state));
            entry::mount(routes.entries, config);
        }
    }
}

impl fmt::Debug for MountedRoutes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MountedRoutes").finish_non_exhaustive()
    }
}

/// Registers nothing; it sees where it is mounted and on which address the server listens.
struct Root(Arc<State>);

impl HttpServiceFactory for Root {
    #[allow(clippy::panic)]
    fn register(self, config: &mut AppService) {
        if !config.is_root() {
            panic!(
                "secure-runtime: `routes.mount()` stands under a `web::scope`; mount it at the root \
                 of the app and write the prefix as `routes.scope(\"/prefix\", …)`"
            );
        }
        announce::once(&self.0, config.config().local_addr());
    }
}

/// A resource for one endpoint of a handler under a route attribute of ours. Generated code
/// completes it.
pub fn resource<F, A>(path: &'static str, name: &str, methods: Methods, handler: F) -> Resource
where
    F: Handler<(A,)>,
    A: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    bare_resource(path, name, methods).to(OneArgument(handler))
}

/// What is the same for all handlers, compiled once.
fn bare_resource(path: &'static str, name: &str, methods: Methods) -> Resource {
    Resource::new(path)
        .name(name)
        .guard(guard::fn_guard(move |context| {
            methods.contains(&context.head().method.as_str())
        }))
}

/// A handler of one argument, which is extracted as it is: what actix-web does to extract several at once would be
/// compiled for each handler.
#[derive(Clone)]
struct OneArgument<F>(F);

impl<F: Handler<(A,)>, A> Handler<A> for OneArgument<F> {
    type Output = F::Output;
    type Future = F::Future;

    fn call(&self, argument: A) -> F::Future {
        self.0.call((argument,))
    }
}

/// The methods of one endpoint, in upper case.
pub type Methods = &'static [&'static str];
