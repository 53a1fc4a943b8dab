//! The stage of the guard: between who calls and how often.

use std::fmt::Display;

use actix_web::{
    HttpMessage as _, HttpRequest,
    dev::Payload,
    http::StatusCode,
    http::header::{HeaderMap, HeaderName, HeaderValue, ORIGIN},
};
use secure_grammar::{Origin, changes_state};

use super::{
    decision::{Verdict, decide},
    evidence::{Known, opens_web_socket, page, relation},
    field::Sent,
    progress::Reader,
    text::{Binding, is_good},
    visitor::Visitor,
};
use crate::{
    Problem,
    audit::{AuditEvent, AuditKind},
    context::RequestContext,
    edge::Transport,
    input::{self, is_form},
    policy::{InputKind, RoutePolicy, Via},
    principal::Principal,
};

/// Where a page sends the token that sends no form.
const TOKEN_HEADER: HeaderName = HeaderName::from_static("x-csrf-token");
/// The longest origin that the log repeats, in bytes.
const LONGEST_SHOWN: usize = 100;
/// What the client reads, whatever the reason: it is no oracle.
const DETAIL: &str = "This request does not come from a page of this site. Open the page again and send it from there.";

/// Lets a request pass that was meant by its user, as far as its headers say; a form may be left to tell.
pub(crate) fn judge(
    request: &HttpRequest,
    context: &RequestContext,
    policy: &RoutePolicy,
) -> Result<(), Problem> {
    if !is_asked(request, context, policy) {
        return Ok(());
    }
    let headers = request.headers();
    let edge = context.security.edge();
    let known = Known {
        public: edge.origin.as_ref().map(Origin::as_str),
        https: Transport::of(
            headers,
            request.peer_addr(),
            request.app_config().secure(),
            context.security.proxies(),
        )
        .is_https(),
        target: request.uri().authority().map(|target| target.as_str()),
        cors: edge.cors.as_ref(),
    };
    match decide(relation(headers), page(headers, &known)) {
        Verdict::Passes => Ok(()),
        Verdict::Refused(why) => Err(refused(context, &with_origin(why, headers))),
        Verdict::NeedsToken => match sent_in_header(headers) {
            Sent::Nothing => match form_reader(request, policy) {
                Some(reader) => {
                    context.csrf.wait_for_form(reader);
                    Ok(())
                }
                None => judge_token(request, context, &Sent::Nothing),
            },
            sent => judge_token(request, context, &sent),
        },
    }
}

/// Judges what a form says, where it was left to tell.
pub(crate) fn judge_field(request: &HttpRequest, sent: &Sent) -> Result<(), Problem> {
    let context = RequestContext::of_guarded(request)?;
    if !context.csrf.is_pending() {
        return Ok(());
    }
    judge_token(request, &context, sent)?;
    context.csrf.settle();
    Ok(())
}

/// Reads a form for the sake of its token alone, which is judged.
pub(crate) fn read_token(
    request: &HttpRequest,
    payload: &mut Payload,
) -> impl Future<Output = Result<(), Problem>> + use<> {
    let (form, request) = (input::read_form(request, payload), request.clone());
    async move {
        match form.await {
            // What is no form brings no token.
            Err(problem) if problem.status() == StatusCode::BAD_REQUEST => {
                judge_field(&request, &Sent::Nothing)
            }
            read => read.map(drop),
        }
    }
}

/// The refusal. Its cause is for the log.
pub(super) fn refusal(why: impl Display) -> Problem {
    Problem::forbidden().with_detail(DETAIL).because(why)
}

/// Whether a browser may have added by itself what the request counts on, or what it does is to change whom
/// the browser is signed in as.
fn is_asked(request: &HttpRequest, context: &RequestContext, policy: &RoutePolicy) -> bool {
    if policy.csrf_off_because().is_some() {
        return false;
    }
    match context.principal().map(Principal::via) {
        // No browser sends it by itself.
        Some(Via::Bearer) => false,
        // A key may stand in an address, where the app has said so, and so in a link.
        _ if policy.sets_session() => true,
        Some(Via::Session) => {
            changes_state(request.method().as_str()) || opens_web_socket(request.headers())
        }
        Some(Via::ApiKey) | None => false,
    }
}

fn sent_in_header(headers: &HeaderMap) -> Sent {
    let mut lines = headers.get_all(TOKEN_HEADER);
    match (lines.next().map(HeaderValue::to_str), lines.next()) {
        (None, _) => Sent::Nothing,
        (Some(Ok(token)), None) => Sent::Token(token.to_owned()),
        _ => Sent::Several,
    }
}

/// Who reads the form, where one is sent and somebody can.
fn form_reader(request: &HttpRequest, policy: &RoutePolicy) -> Option<Reader> {
    if !is_form(request.content_type()) {
        return None;
    }
    let mut reader = Some(Reader::Guard);
    for input in policy.inputs() {
        match input.kind() {
            InputKind::Form | InputKind::JsonOrForm => return Some(Reader::Handler),
            InputKind::Query | InputKind::Path => {}
            InputKind::Json | InputKind::Other => reader = None,
        }
    }
    reader
}

fn judge_token(
    request: &HttpRequest,
    context: &RequestContext,
    sent: &Sent,
) -> Result<(), Problem> {
    let why = match sent {
        Sent::Nothing => "neither `Sec-Fetch-Site`, nor `Origin`, nor a form token",
        Sent::Several => "more than one form token",
        Sent::Token(token) if is_token_good(request, context, token) => return Ok(()),
        Sent::Token(_) => "the form token is none, or somebody else's",
    };
    Err(refused(context, why))
}

fn is_token_good(request: &HttpRequest, context: &RequestContext, token: &str) -> bool {
    let secrets = context.security.secrets();
    match session_of(context) {
        Some(id) => is_good(token, secrets, Binding::Session(id)),
        None => {
            let secure = context.security.sets_secure_cookies(request);
            let visitor = Visitor::read(request.headers(), secure);
            visitor.is_some_and(|it| is_good(token, secrets, Binding::Visitor(it.id())))
        }
    }
}

/// The session of the caller, where a cookie signs it in.
pub(super) fn session_of(context: &RequestContext) -> Option<&str> {
    let caller = context.principal()?;
    match caller.via() {
        Via::Session => caller.family(),
        _ => None,
    }
}

fn with_origin(why: &str, headers: &HeaderMap) -> String {
    let named = headers.get(ORIGIN).map(HeaderValue::as_bytes);
    let named = named.map(|it| it[..it.len().min(LONGEST_SHOWN)].escape_ascii());
    match named {
        Some(origin) => format!(
            "{why}: `Origin: {origin}`; by which names this service is called says \
             `SECURE_PUBLIC_ORIGIN`, and which others may send cookies \
             `cors!(origins = […], credentials = true)`"
        ),
        None => why.to_owned(),
    }
}

fn refused(context: &RequestContext, why: &str) -> Problem {
    let state = &context.security;
    let mut event = AuditEvent::new(AuditKind::CrossSiteRefused, state.clock().unix());
    if let Some(caller) = context.principal() {
        event = event.about(caller.subject()).of_family(caller.family());
    }
    state.audit().record(&event);
    refusal(why)
}
