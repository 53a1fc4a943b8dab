use std::fmt;

use actix_web::{HttpRequest, dev::Payload};

use super::{SignIn, SignInError, Wanted};
use crate::{
    Problem, Secret,
    guard::{Argument, Caller, Extraction},
    policy::{Input, Need},
    session::{Device, SignedIn},
    token::Grant,
};

/// Signs somebody in with a password, for pages: as [`SignIn`] does, and the answer sets the cookie of a
/// [session](crate::session) in the place of tokens.
///
/// ```
/// use actix_web::{HttpResponse, Responder, http::header::LOCATION, web::Form};
/// use secure_runtime::{account::SessionSignIn, prelude::*};
///
/// #[validated]
/// struct Credentials {
///     #[validate(length(max = 254))]
///     email: String,
///     #[validate(length(max = 1024))]
///     password: Secret<String>,
/// }
///
/// #[post("/login")]
/// #[public]
/// #[rate_limit("60/minute")]
/// #[validated]
/// async fn login(
///     sign_in: SessionSignIn,
///     credentials: Form<Credentials>,
/// ) -> Result<impl Responder, Problem> {
///     let Credentials { email, password } = credentials.into_inner();
///     sign_in.with_password(&email, password).await?;
///     Ok(HttpResponse::SeeOther().insert_header((LOCATION, "/")).finish())
/// }
/// ```
///
/// Whatever cookie the browser had before, it has another one afterwards, and the session of the one before
/// ends. All of it is on the record: [`AuditKind::SessionStarted`](crate::audit::AuditKind) beside what
/// [`SignIn`] records.
///
/// It needs the builder's [`accounts`](crate::Builder::accounts) and
/// [`sessions`](crate::Builder::sessions), which is checked at launch.
pub struct SessionSignIn {
    sign_in: SignIn,
}

impl SessionSignIn {
    /// Signs in whoever is known by `identifier`, such as an e-mail address, with a password.
    ///
    /// # Errors
    /// As [`SignIn::with_password`].
    pub async fn with_password(
        &self,
        identifier: &str,
        password: Secret<String>,
    ) -> Result<SignedIn, Problem> {
        let SignIn { context, request } = &self.sign_in;
        let state = &context.security;
        let (sessions, secure) = (state.sessions(), state.sets_secure_cookies(request));
        let begin = async |grant: &Grant| {
            let device = Device::of(request.headers(), context.client_address());
            let had = sessions.all_sent(request.headers(), secure);
            sessions.begin(state.tokens(), grant, device, &had).await
        };
        let wanted = Wanted::default();
        let begun = self.sign_in.attempt_to(identifier, password, wanted, begin);
        let begun = begun.await.map_err(SignInError::told)?;
        context.add_cookie(sessions.cookie(&begun.cookie, secure));
        Ok(begun.signed_in)
    }
}

impl Argument for SessionSignIn {
    type Value = Self;
    const INPUT: Option<Input> = None;
    const CALLER: Caller = Caller::Unused;
    const NEEDS: &'static [Need] = &[Need::Accounts, Need::Sessions, Need::FailedSignIns];

    fn extract(request: &HttpRequest, _: &mut Payload) -> Extraction<Self> {
        let sign_in = SignIn::of(request);
        Extraction::Ready(sign_in.map(|sign_in| Self { sign_in }))
    }
}

impl fmt::Debug for SessionSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionSignIn").finish_non_exhaustive()
    }
}
