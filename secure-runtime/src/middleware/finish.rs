//! What every response gets on its way out, and which must not go out as they are.

use std::{cell::Cell, panic::AssertUnwindSafe, rc::Rc};

use actix_web::{
    Error, HttpRequest, HttpResponse, ResponseError as _,
    body::{BodySize, EitherBody, MessageBody},
    dev::{ResponseHead, ServiceRequest, ServiceResponse},
    http::{
        ConnectionType, StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
};
use futures_util::{FutureExt as _, future::LocalBoxFuture};

use super::{
    admission::{Admission, method_not_allowed, undeclared},
    edge::named_hosts,
    panicked,
};
use crate::{
    Problem,
    context::RequestContext,
    edge::{
        ResponseCookie, Transport, Visitor, keep_out_of_caches, may_have_hsts, set_header,
        write_rate_limit_fields,
    },
    guard::{is_to_settle, settle},
    log,
    principal::Principal,
};

static X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Completes whatever answers.
pub(super) struct Finish {
    pub(super) context: Rc<RequestContext>,
    pub(super) transport: Transport,
    /// Whether a browser may be told to come by HTTPS alone.
    hsts: bool,
    /// Whether cookies are for HTTPS alone.
    secure_cookies: bool,
    origin: Origin,
    /// Who looks at the answer, where problems are shown as pages.
    pub(super) visitor: Option<Visitor>,
}

/// What the answer says to the origin that asks.
enum Origin {
    /// The policy's answer; `None` where the origin may not read it.
    Asks(Option<HeaderValue>),
    /// The answer to a preflight has said it all.
    Answered,
}

/// An answer on its way out.
pub(super) enum Responding<B> {
    Now(ServiceResponse<EitherBody<B>>),
    /// Something has to be given back before.
    Later(LocalBoxFuture<'static, Result<ServiceResponse<EitherBody<B>>, Error>>),
}

impl Finish {
    pub(super) fn new(context: Rc<RequestContext>, request: &ServiceRequest) -> Self {
        let state = &context.security;
        let cors = state.edge().cors.as_ref();
        let origin = cors.and_then(|cors| cors.allow_origin(request.headers()));
        let shows_pages = state.edge().answers.pages.is_some();
        let visitor = shows_pages.then(|| Visitor::of(request));
        let transport = Transport::of(
            request.headers(),
            request.peer_addr(),
            request.app_config().secure(),
            state.proxies(),
        );
        let public_https = state.headers().settings().public_https;
        let hsts =
            transport.is_https_as_configured(public_https) && may_have_hsts(named_hosts(request));
        let secure_cookies = state.sets_secure_cookies(request.request());
        Self {
            context,
            transport,
            hsts,
            secure_cookies,
            origin: Origin::Asks(origin),
            visitor,
        }
    }

    /// The answer is that to a preflight.
    pub(super) fn is_preflight(&mut self) {
        self.origin = Origin::Answered;
    }

    pub(super) fn respond<B: MessageBody + 'static>(
        self,
        response: ServiceResponse<B>,
        admission: &Admission,
    ) -> Responding<B> {
        let replacement = self.replacement(&response, admission);
        if replacement.is_none()
            && let Some(error) = response.response().error()
        {
            self.log_error(response.status(), error);
        }
        // What an answer is shown as, is no success.
        let has_succeeded = replacement.is_none() && response.status().as_u16() < 400;
        let response = match replacement.or_else(|| self.shown_otherwise(response.response())) {
            Some(replacement) => {
                let (request, _) = response.into_parts();
                ServiceResponse::new(request, replacement).map_into_right_body()
            }
            None => response.map_into_left_body(),
        };
        match has_succeeded && is_to_settle(&self.context) {
            true => Responding::Later(Box::pin(async move {
                // What was asked for is done, whatever becomes of the charge.
                let settling = AssertUnwindSafe(settle(&self.context)).catch_unwind();
                if let Err(panic) = settling.await {
                    self.log_problem(&panicked("the limiter", &*panic));
                }
                Ok(self.completed(response))
            })),
            false => Responding::Now(self.completed(response)),
        }
    }

    fn completed<B>(&self, mut response: ServiceResponse<B>) -> ServiceResponse<B> {
        let status = response.status();
        self.complete(status, response.headers_mut());
        hang_up(response.response_mut().head_mut());
        response
    }

    /// What goes out instead of an answer that must not go out as it is.
    fn replacement<B: MessageBody>(
        &self,
        response: &ServiceResponse<B>,
        admission: &Admission,
    ) -> Option<HttpResponse> {
        let status = response.status();
        if self.context.guarded_route().is_none() {
            let request = response.request();
            let path = request.match_info();
            let is_routed = path.unprocessed().len() < path.as_str().len();
            let pattern = is_routed.then(|| request.match_pattern()).flatten();
            let is_declared = match admission {
                Admission::Anybody => true,
                Admission::Unchecked(known) if pattern.as_ref() == Some(known) => true,
                _ => self.is_wrapped(request),
            };
            if !is_declared {
                let is_absent = matches!(
                    status,
                    StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED
                );
                let problem = match is_absent {
                    true if !is_routed && !is_empty(response) => return None,
                    true => self.absent(request, status),
                    false => undeclared(request.method().as_str(), pattern),
                };
                self.log_problem(&problem);
                // None of its headers either: they may hold a session.
                return Some(self.answer(&problem));
            }
            if status == StatusCode::NOT_FOUND && is_empty(response) {
                let problem = self.absent(request, status);
                return Some(self.show(&problem, replace(response.headers(), &problem)));
            }
        }
        let error = response.response().error();
        let problem = stand_in(status, error, response.headers())?;
        self.log_problem(&problem);
        Some(self.show(&problem, replace(response.headers(), &problem)))
    }

    /// Whether a middleware of the route itself may have answered, before the guard.
    fn is_wrapped(&self, request: &HttpRequest) -> bool {
        let path = request.match_info().as_str();
        let table = self.context.security.table();
        table.is_some_and(|table| table.is_wrapped(request.method(), path))
    }

    /// 404, or 405 where other methods are answered at the path.
    fn absent(&self, request: &HttpRequest, status: StatusCode) -> Problem {
        let path = request.match_info().as_str();
        let table = self.context.security.table();
        table
            .filter(|table| !table.answers(request.method(), path))
            .and_then(|table| method_not_allowed(table, path))
            .unwrap_or_else(|| Problem::new(status))
    }

    /// An error that propagates: actix-web makes its response later, so it is completed then.
    pub(super) fn fail(self, mut error: Error) -> Error {
        if let Some(problem) = error.as_error::<Problem>() {
            self.log_problem(problem);
            let problem = problem.clone();
            error.add_response_mapper(move |response| {
                let mut response = self.show(&problem, response);
                self.complete(response.status(), response.headers_mut());
                hang_up(response.head_mut());
                response
            });
            return error;
        }
        let cause = error.to_string();
        let logged = Cell::new(false);
        // What the response is, is known when it is made, and it may be made once only.
        error.add_response_mapper(move |response| {
            let status = response.status();
            if !logged.replace(true) {
                self.log(status, Some(&cause));
            }
            let mut response = match is_bare(status, response.headers()) {
                true => {
                    let problem = Problem::new(status);
                    self.show(&problem, replace(response.headers(), &problem))
                }
                false => response,
            };
            self.complete(status, response.headers_mut());
            response
        });
        error
    }

    pub(super) fn complete(&self, status: StatusCode, headers: &mut HeaderMap) {
        set_header(
            headers,
            X_REQUEST_ID.clone(),
            self.context.request_id.header(),
        );
        self.end_session(headers);
        for cookie in self.context.cookies().iter() {
            if let Some(value) = cookie.header() {
                headers.append(header::SET_COOKIE, value);
            }
        }
        let state = &self.context.security;
        if let (Some(cors), Origin::Asks(origin)) = (&state.edge().cors, &self.origin) {
            cors.write(origin.as_ref(), headers);
        }
        in_one_line(&header::VARY, headers);
        let private = self.context.is_private() || status == StatusCode::UNAUTHORIZED;
        let nonce = self.context.taken_nonce();
        let sets_cookies = !self.context.cookies().is_empty();
        let has_asked = sets_cookies && keep_out_of_caches(headers);
        if state.headers().apply(headers, self.hsts, private, nonce) || has_asked {
            log::answer_to_be_kept(&self.context.request_id);
        }
        let route = self
            .context
            .guarded_route()
            .and_then(|route| state.table()?.route(route));
        write_rate_limit_fields(headers, route, &self.context);
    }

    /// Has a browser that leaves forget the session, and what it has kept of the site.
    fn end_session(&self, headers: &mut HeaderMap) {
        let (context, state) = (&self.context, &self.context.security);
        if !state.sessions().are_configured() || !context.leaves() {
            return;
        }
        let removal = state.sessions().removal(self.secure_cookies);
        // Another secret of the session that ends is none to go on with.
        let is_set_anew = |cookie: &ResponseCookie| {
            cookie.name == removal.name && !cookie.is_removal() && !is_of_caller(cookie, context)
        };
        if context.cookies().iter().any(is_set_anew) {
            return;
        }
        context.add_cookie(removal);
        let kept = HeaderValue::from_static("\"cache\", \"storage\"");
        headers.insert(HeaderName::from_static("clear-site-data"), kept);
    }

    fn log_error(&self, status: StatusCode, error: &Error) {
        match error.as_error::<Problem>() {
            Some(problem) => self.log_problem(problem),
            None => self.log(status, Some(&error.to_string())),
        }
    }

    pub(super) fn log_problem(&self, problem: &Problem) {
        match problem.is_known() {
            true => {
                log::refused_as_others(problem.status(), &self.context.request_id, problem.cause())
            }
            false => self.log(problem.status(), problem.cause()),
        }
    }

    fn log(&self, status: StatusCode, cause: Option<&str>) {
        let development = self.context.security.is_development();
        log::refused(status, &self.context.request_id, cause, development);
    }
}

/// Whether a cookie is that of the session which the request has come with.
fn is_of_caller(cookie: &ResponseCookie, context: &RequestContext) -> bool {
    let id = context.principal().and_then(Principal::family);
    id.is_some_and(|id| cookie.value.split('.').next() == Some(id))
}

/// The problem that goes out instead of an answer that says too much: every fault of the server that is
/// none, and what still has actix-web's default shape.
fn stand_in(status: StatusCode, error: Option<&Error>, headers: &HeaderMap) -> Option<Problem> {
    match error {
        Some(error) if error.as_error::<Problem>().is_some() => None,
        Some(error) => is_bare(status, headers).then(|| Problem::new(status).because(error)),
        // A handler may say 503 in its own words. A 500 that it has built has no words to say.
        None => (status == StatusCode::INTERNAL_SERVER_ERROR && !is_problem(headers))
            .then(|| Problem::internal("a handler answered 500 by itself")),
    }
}

/// Whether an error's response tells about the inside: a fault of the server, or the error's own text,
/// which is what actix-web sends by default.
fn is_bare(status: StatusCode, headers: &HeaderMap) -> bool {
    let plain = headers
        .get(header::CONTENT_TYPE)
        .is_none_or(|value| value.as_bytes().starts_with(b"text/plain"));
    status.is_server_error() || plain
}

pub(super) fn is_problem(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/problem+json"))
}

fn is_empty<B: MessageBody>(response: &ServiceResponse<B>) -> bool {
    matches!(
        response.response().body().size(),
        BodySize::None | BodySize::Sized(0)
    )
}

/// A problem's response with those headers of the one whose place it takes that say how to go on.
fn replace(old: &HeaderMap, problem: &Problem) -> HttpResponse {
    let mut response = problem.error_response();
    for (name, value) in old {
        let kept = [
            header::ALLOW,
            header::RETRY_AFTER,
            header::VARY,
            header::WWW_AUTHENTICATE,
        ];
        if kept.contains(name) || name.as_str().starts_with("access-control-") {
            response.headers_mut().append(name.clone(), value.clone());
        }
    }
    response
}

/// RFC 9110 §15.5.9: what did not come in time is not waited for after the answer either.
fn hang_up(head: &mut ResponseHead) {
    if head.status == StatusCode::REQUEST_TIMEOUT {
        head.set_connection_type(ConnectionType::Close);
    }
}

/// Some caches look at the first line of a list alone.
fn in_one_line(name: &HeaderName, headers: &mut HeaderMap) {
    if headers.get_all(name).nth(1).is_none() {
        return;
    }
    let lines: Vec<_> = headers.get_all(name).map(HeaderValue::as_bytes).collect();
    if let Ok(line) = HeaderValue::from_bytes(&lines.join(&b", "[..])) {
        headers.insert(name.clone(), line);
    }
}
