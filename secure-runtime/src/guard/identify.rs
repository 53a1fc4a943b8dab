//! Who calls: the credential of a request, verified.

use actix_web::HttpRequest;

use crate::{
    Problem,
    api_key::Presented,
    context::RequestContext,
    policy::{RoutePolicy, Via},
    principal::{Credential, Principal, find_credential},
    session::{self, Known, Sent},
    token::Freshness,
};

/// What is known about the caller at once.
pub(super) enum Identity {
    /// Nobody, somebody, or a credential that is good for nothing. A bad one is refused on a public route
    /// too.
    Known(Result<Option<Principal>, Problem>),
    /// Somebody has to be asked first.
    Later(Asking),
}

/// What somebody has to be asked.
pub(super) enum Asking {
    /// What is known to be revoked is too old to judge a token by.
    Revocations,
    /// Nobody has asked about this key lately.
    Key(Presented),
    /// Nobody has asked about this session lately.
    Session(session::Presented),
}

/// Verifies the credential, as far as that needs no waiting.
pub(super) fn identify(
    request: &HttpRequest,
    context: &RequestContext,
    policy: &RoutePolicy,
) -> Identity {
    context.mark_private();
    let keys = context.security.api_keys();
    match find_credential(request, keys) {
        Credential::None if policy.takes(Via::Session) => session(request, context),
        Credential::None => Identity::Known(Ok(None)),
        Credential::Bearer(token) if policy.takes(Via::Bearer) => bearer(token, context),
        Credential::ApiKey(key) if policy.takes(Via::ApiKey) => {
            match keys.judge(&key, context.client_address()) {
                Some(caller) => Identity::Known(caller.map(Some)),
                None => Identity::Later(Asking::Key(key)),
            }
        }
        Credential::Bearer(_) => refused("a bearer token, where none is taken"),
        Credential::ApiKey(_) => refused("an API key, where none is taken"),
        Credential::Malformed => refused("the credential is malformed"),
        Credential::Several => {
            let problem = Problem::bad_request().with_detail("more than one credential was sent");
            Identity::Known(Err(problem))
        }
    }
}

impl Asking {
    /// Asks, and judges then.
    pub(super) async fn ask(
        self,
        request: &HttpRequest,
        context: &RequestContext,
    ) -> Result<Option<Principal>, Problem> {
        match self {
            Self::Revocations => {
                let revocations = context.security.tokens().revocations().clone();
                revocations.refresh_or_tolerate().await?;
                match find_credential(request, context.security.api_keys()) {
                    Credential::Bearer(token) => judge(token, context).map(Some),
                    _ => Err(Problem::internal("the credential is another one now")),
                }
            }
            Self::Key(key) => {
                let keys = context.security.api_keys();
                let verified = keys.verify(&key, context.client_address());
                verified.await.map(Some)
            }
            Self::Session(presented) => {
                let known = context.security.sessions().verify(&presented).await?;
                Ok(settle(request, context, known))
            }
        }
    }
}

/// The cookie of a session. One that is good for nothing is nobody's, and the answer removes it.
fn session(request: &HttpRequest, context: &RequestContext) -> Identity {
    let (state, headers) = (&context.security, request.headers());
    let sent = state
        .sessions()
        .sent(headers, state.sets_secure_cookies(request));
    match sent {
        Sent::Nothing => Identity::Known(Ok(None)),
        Sent::Bad => Identity::Known(Ok(settle(request, context, None))),
        Sent::One(presented) => match state.sessions().judge(&presented) {
            Some(known) => Identity::Known(Ok(settle(request, context, Some(known)))),
            None => Identity::Later(Asking::Session(presented)),
        },
    }
}

/// Has the answer set the cookie that is due.
fn settle(
    request: &HttpRequest,
    context: &RequestContext,
    known: Option<Known>,
) -> Option<Principal> {
    let state = &context.security;
    let (sessions, secure) = (state.sessions(), state.sets_secure_cookies(request));
    let Some(known) = known else {
        context.add_cookie(sessions.removal(secure));
        return None;
    };
    if let Some(cookie) = known.new_cookie {
        context.add_cookie(sessions.cookie(&cookie, secure));
    }
    Some(known.principal)
}

fn bearer(token: &str, context: &RequestContext) -> Identity {
    match context.security.tokens().revocations().freshness() {
        Freshness::Fresh => {}
        Freshness::Due => renew_beside(context),
        // What is refused by what is known stays refused, and costs no question.
        Freshness::Stale => match judge(token, context) {
            Ok(_) => return Identity::Later(Asking::Revocations),
            refused => return Identity::Known(refused.map(Some)),
        },
    }
    Identity::Known(judge(token, context).map(Some))
}

/// By what is known to be revoked.
fn judge(token: &str, context: &RequestContext) -> Result<Principal, Problem> {
    let tokens = context.security.access_tokens();
    tokens.judge(token).map_err(Problem::invalid_token)
}

/// What is known to be revoked is new enough, and this request has it asked for again beside itself.
fn renew_beside(context: &RequestContext) {
    if let Some(renewal) = context.security.tokens().revocations().begin_renewal() {
        actix_web::rt::spawn(renewal.run());
    }
}

fn refused(why: &str) -> Identity {
    Identity::Known(Err(Problem::invalid_token(why)))
}
