use std::{fmt, rc::Rc};

use actix_web::{
    HttpRequest, HttpResponse,
    dev::Payload,
    http::header::{HeaderValue, LOCATION},
};

use crate::{
    Problem,
    context::RequestContext,
    guard::{Argument, Caller, Extraction},
    policy::{Input, Need, Via},
    post, public, rate_limit,
};

/// Signs out whoever calls with a session, as an argument of a guarded handler: the session ends, and the
/// answer has the browser forget its cookie and what it has kept of the site.
///
/// The latter is so of every answer to a request whose own session has ended meanwhile, however that has come
/// about. This also does it where there was no session (any more), which a page for signing out wants; so a
/// request that brings no cookie has to come from a page of this site too ([`csrf`](crate::csrf)): the answer
/// to one from elsewhere would take away the cookie that the browser has kept back. Who calls with a token
/// signs out of that alone, and the browser keeps what it has.
///
/// ```
/// use actix_web::{HttpResponse, Responder};
/// use secure_runtime::{prelude::*, session::SessionSignOut};
///
/// #[post("/goodbye")]
/// #[public]
/// #[rate_limit("60/minute")]
/// async fn goodbye(sign_out: SessionSignOut) -> Result<impl Responder, Problem> {
///     sign_out.now().await?;
///     Ok(HttpResponse::NoContent())
/// }
/// ```
pub struct SessionSignOut {
    context: Rc<RequestContext>,
    request: HttpRequest,
}

impl SessionSignOut {
    /// Ends the session.
    ///
    /// # Errors
    /// 503 when the store does not answer. The session is then still good, so that its holder can try again.
    pub async fn now(self) -> Result<(), Problem> {
        let (context, request) = (&self.context, &self.request);
        let state = &context.security;
        let secure = state.sets_secure_cookies(request);
        match context.principal() {
            Some(caller) => {
                state.tokens().sign_out(caller).await?;
                if caller.via() != Via::Session {
                    return Ok(());
                }
            }
            // Several cookies, of which nobody can say which one counts, or none that is good.
            None => {
                for presented in state.sessions().all_sent(request.headers(), secure) {
                    state.sessions().end_presented(&presented).await?;
                }
            }
        }
        context.leave();
        Ok(())
    }
}

impl Argument for SessionSignOut {
    type Value = Self;
    const INPUT: Option<Input> = None;
    const CALLER: Caller = Caller::Any;
    // It decides whom the browser is signed in as, so the guard asks whether that is meant.
    const NEEDS: &'static [Need] = &[Need::Sessions];

    fn extract(request: &HttpRequest, _: &mut Payload) -> Extraction<Self> {
        let context = RequestContext::of_guarded(request);
        Extraction::Ready(context.map(|context| Self {
            context,
            request: request.clone(),
        }))
    }
}

impl fmt::Debug for SessionSignOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionSignOut").finish_non_exhaustive()
    }
}

/// `POST /logout` for pages: ends the caller's session and sends the browser on (303) to where
/// [`SessionSettings::after_sign_out`](super::SessionSettings::after_sign_out) says. Whose session has ended
/// before is sent there too.
#[post("/logout")]
#[public]
#[rate_limit("60/minute")]
pub async fn sign_out(
    sign_out: SessionSignOut,
    security: crate::Security,
) -> Result<HttpResponse, Problem> {
    sign_out.now().await?;
    let mut answer = HttpResponse::SeeOther();
    let path = HeaderValue::try_from(security.sessions().after_sign_out());
    answer.insert_header((LOCATION, path.map_err(Problem::internal)?));
    Ok(answer.finish())
}
