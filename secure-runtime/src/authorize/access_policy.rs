use std::marker::PhantomData;

use actix_web::HttpRequest;
use futures_util::future::LocalBoxFuture;

use super::Decision;
use crate::{Problem, principal::Principal};

/// A rule of the app's own that is about no one resource: `#[protected(policy = OfficeHours)]`.
///
/// What it is decided by is gathered first, and the decision looks at nothing else, so it is tested as it stands.
/// It is asked before any argument is read, of callers who meet whatever else the attribute demands.
///
/// ```
/// use actix_web::{HttpRequest, Responder, http::header::HeaderMap};
/// use secure_runtime::{Principal, prelude::*};
///
/// /// Whoever is on duty.
/// pub struct OnDuty;
///
/// impl AccessPolicy for OnDuty {
///     type Facts = Vec<String>;
///
///     async fn facts(_request: &HttpRequest, _caller: &Principal) -> Result<Vec<String>, Problem> {
///         // Ask the roster, which comes from the request's `app_data`.
///         Ok(vec!["ada".to_owned()])
///     }
///
///     fn decide(caller: &Principal, on_duty: &Vec<String>) -> Decision {
///         match on_duty.iter().any(|name| name == caller.subject()) {
///             true => Decision::Allow,
///             false => Decision::Forbid,
///         }
///     }
/// }
///
/// #[post("/alarm")]
/// #[protected(policy = OnDuty)]
/// async fn alarm() -> impl Responder {
///     "ringing"
/// }
///
/// # #[actix_web::main]
/// # async fn main() {
/// # use secure_runtime::test::TestApp;
/// # let app = TestApp::new(|routes| {
/// #     routes.service(alarm);
/// # })
/// # .await;
/// # assert_eq!(app.post("/alarm").send().await.status(), 401);
/// # assert_eq!(app.post("/alarm").as_user("eve").send().await.status(), 403);
/// # assert_eq!(app.post("/alarm").as_user("ada").send().await.status(), 200);
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no `AccessPolicy`",
    label = "no `AccessPolicy`",
    note = "`impl AccessPolicy for {Self}`"
)]
pub trait AccessPolicy: 'static {
    /// What it is decided by, beside who calls.
    type Facts;

    /// Gathers what it is decided by. The stores that it needs come from the request's `app_data`.
    ///
    /// # Errors
    /// When that cannot be known. Nobody passes then.
    fn facts(
        request: &HttpRequest,
        caller: &Principal,
    ) -> impl Future<Output = Result<Self::Facts, Problem>>;

    /// Whether the caller may.
    fn decide(caller: &Principal, facts: &Self::Facts) -> Decision;
}

type Ask = fn(HttpRequest, Principal) -> LocalBoxFuture<'static, Result<Decision, Problem>>;

/// That a route or a floor names an [`AccessPolicy`], as const data. Written by the attributes.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct PolicyCheck {
    name: &'static str,
    ask: Ask,
}

impl PolicyCheck {
    pub const fn new(name: &'static str, ask: Ask) -> Self {
        Self { name, ask }
    }

    /// The policy's name, as it is written.
    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }

    /// Lets the caller pass, or says why not.
    pub(crate) async fn judge(
        self,
        request: HttpRequest,
        caller: Principal,
    ) -> Result<(), Problem> {
        let decision = (self.ask)(request, caller.clone()).await?;
        decision.permit(Some(&caller), format_args!("the policy `{}`", self.name))
    }
}

/// Asks whether `P` is an [`AccessPolicy`], as the guard's `Probe` asks of arguments.
#[doc(hidden)]
#[derive(Debug)]
pub struct PolicyProbe<P>(PhantomData<P>);

impl<P: AccessPolicy> PolicyProbe<P> {
    /// It is one.
    pub const KNOWN: bool = true;
    /// Gathers the facts, and decides.
    pub const ASK: Ask = |request, caller| {
        Box::pin(async move {
            let facts = P::facts(&request, &caller).await?;
            Ok(P::decide(&caller, &facts))
        })
    };
}

/// What [`PolicyProbe`] says of a type that is no [`AccessPolicy`]. A program with one does not build.
#[doc(hidden)]
pub trait NoPolicy {
    /// It is none.
    const KNOWN: bool = false;
    /// Refuses.
    const ASK: Ask =
        |_, _| Box::pin(async { Err(Problem::internal("an access policy that is none")) });
}

impl<P> NoPolicy for PolicyProbe<P> {}
