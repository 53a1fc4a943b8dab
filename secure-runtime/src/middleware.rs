//! The one middleware: correlation id, routes that declare nothing, panics, and what every response
//! carries. It is outermost, so it sees whatever answers.

use std::{any::Any, cell::Cell, future::Future, panic::AssertUnwindSafe, rc::Rc, sync::Arc};

use actix_web::{
    Error, HttpMessage as _, HttpRequest, HttpResponse, ResponseError as _,
    body::{BodySize, EitherBody, MessageBody},
    dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
    http::{
        StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
};
use futures_util::{FutureExt as _, future::LocalBoxFuture};

use crate::{
    Problem,
    context::RequestContext,
    crypto::random_hex,
    edge::write_rate_limit_fields,
    guard::settle,
    log,
    routes::{RouteTable, UncheckedMap},
    security::State,
};

/// The middleware of [`Security::middleware`](crate::Security::middleware).
#[derive(Debug, Clone)]
pub struct SecurityMiddleware {
    state: Arc<State>,
}

impl SecurityMiddleware {
    pub(crate) fn new(state: Arc<State>) -> Self {
        Self { state }
    }
}

impl<S, B> Transform<S, ServiceRequest> for SecurityMiddleware
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = SecurityService<S>;
    type InitError = ();
    type Future = LocalBoxFuture<'static, Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        let state = self.state.clone();
        Box::pin(async move {
            let unchecked = match state.listing() {
                Some(listing) => UncheckedMap::build(listing).await,
                None => UncheckedMap::default(),
            };
            Ok(SecurityService {
                service,
                state,
                unchecked,
            })
        })
    }
}

/// The middleware at work, one for each worker.
#[derive(Debug)]
pub struct SecurityService<S> {
    service: S,
    state: Arc<State>,
    unchecked: UncheckedMap,
}

/// How a request is let on to the router, and so whose answer may go out.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Admission {
    /// A mounted route answers, or nothing does: only a guard of ours may answer with success.
    Guarded,
    /// An unchecked service with this pattern may answer too.
    Unchecked(String),
    /// Whatever answers may: that was said in writing.
    Anybody,
}

impl<S, B> Service<ServiceRequest> for SecurityService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self::Response, Error>>;

    forward_ready!(service);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let context = RequestContext::new(self.state.clone(), random_hex::<16>());
        request.extensions_mut().insert(context.clone());
        let finish = Finish {
            context,
            tls: request.app_config().secure(),
        };
        let admission = match self.admit(&request) {
            Ok(admission) => admission,
            Err(problem) => {
                finish.log_problem(&problem);
                let mut response = problem.error_response();
                finish.complete(response.status(), response.headers_mut());
                let response = request.into_response(response).map_into_right_body();
                return Box::pin(async move { Ok(response) });
            }
        };
        // The call itself may panic too, before there is a future to poll.
        let inner = AssertUnwindSafe(|| self.service.call(request));
        match std::panic::catch_unwind(inner) {
            Ok(inner) => Box::pin(answer(inner, finish, admission)),
            Err(panic) => {
                let error = finish.fail(panicked(&*panic));
                Box::pin(async move { Err(error) })
            }
        }
    }
}

impl<S> SecurityService<S> {
    /// Decides before any handler runs whether one may: the fourth net of deny by default.
    fn admit(&self, request: &ServiceRequest) -> Result<Admission, Problem> {
        if self.state.lets_unlisted_routes_pass() {
            return Ok(Admission::Anybody);
        }
        let path = request.match_info().as_str();
        let unchecked = self.unchecked.pattern(path);
        let admission = unchecked
            .clone()
            .map_or(Admission::Guarded, Admission::Unchecked);
        if let Some(table) = self.state.table() {
            if table.is_left_unchecked(path) {
                return Ok(Admission::Anybody);
            }
            if table.answers(request.method(), path) {
                return Ok(admission);
            }
            if unchecked.is_none() && !table.methods_at(path).is_empty() {
                return Err(method_not_allowed(table, path));
            }
        }
        // The first service that the router would ask is the unchecked one, or there is none. Middleware
        // inside ours may yet tidy the path up, so what it could become is asked for too.
        let found = request.resource_map().match_pattern(path);
        if found != unchecked {
            return Err(undeclared(request.method().as_str(), found.or(unchecked)));
        }
        let foreign = tidied(path).into_iter().find_map(|tidy| {
            let pattern = request.resource_map().match_pattern(&tidy)?;
            let known = self.unchecked.pattern(&tidy).as_ref() == Some(&pattern)
                || self
                    .state
                    .table()
                    .is_some_and(|table| !table.methods_at(&tidy).is_empty());
            (!known).then_some(pattern)
        });
        match foreign {
            Some(pattern) => Err(undeclared(request.method().as_str(), Some(pattern))),
            None => Ok(admission),
        }
    }
}

/// What actix-web's `NormalizePath` could make of a path: slashes merged, and one more or less at the
/// end.
fn tidied(path: &str) -> Vec<String> {
    let mut merged = String::with_capacity(path.len() + 1);
    for letter in path.chars() {
        if letter != '/' || !merged.ends_with('/') {
            merged.push(letter);
        }
    }
    let trimmed = merged.trim_end_matches('/').to_owned();
    let slashed = format!("{trimmed}/");
    let mut paths = vec![merged, trimmed, slashed];
    paths.retain(|tidy| !tidy.is_empty() && tidy != path);
    paths
}

/// A route that declares no policy is a mistake of the server, and it does not run.
fn undeclared(method: &str, pattern: Option<String>) -> Problem {
    Problem::internal(format_args!(
        "{method} {} declares no policy and is refused; list it in `security.routes(…)`, let it in \
         with `unchecked(\"because …\", service)`, or say `.unlisted_routes(\"because …\")` while \
         the app moves over",
        pattern.as_deref().unwrap_or("(unknown)"),
    ))
}

/// RFC 9110 §15.5.6: 405 says which methods there are.
fn method_not_allowed(table: &RouteTable, path: &str) -> Problem {
    let mut methods: Vec<&str> = table.methods_at(path).iter().map(|m| m.as_str()).collect();
    methods.sort_unstable();
    methods.dedup();
    let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED);
    match HeaderValue::try_from(methods.join(", ")) {
        Ok(allow) => problem.with_header(header::ALLOW, allow),
        Err(_) => problem,
    }
}

async fn answer<F, B>(
    inner: F,
    finish: Finish,
    admission: Admission,
) -> Result<ServiceResponse<EitherBody<B>>, Error>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
    B: MessageBody + 'static,
{
    match AssertUnwindSafe(inner).catch_unwind().await {
        Ok(Ok(response)) => Ok(finish.respond(response, admission)),
        Ok(Err(error)) => Err(finish.fail(error)),
        Err(panic) => Err(finish.fail(panicked(&*panic))),
    }
}

/// The 500 of a panic. Its text is for the log.
fn panicked(panic: &(dyn Any + Send)) -> Error {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no text");
    Problem::internal(format_args!("a handler panicked: {text}")).into()
}

/// Completes whatever answers.
#[derive(Clone)]
struct Finish {
    context: Rc<RequestContext>,
    tls: bool,
}

impl Finish {
    fn respond<B: MessageBody>(
        &self,
        response: ServiceResponse<B>,
        admission: Admission,
    ) -> ServiceResponse<EitherBody<B>> {
        let mut response = match self.replacement(&response, &admission) {
            Some(replacement) => {
                let (request, _) = response.into_parts();
                ServiceResponse::new(request, replacement).map_into_right_body()
            }
            None => {
                if let Some(error) = response.response().error() {
                    self.log_error(response.status(), error);
                }
                response.map_into_left_body()
            }
        };
        if response.status().as_u16() < 400 {
            settle(&self.context);
        }
        let status = response.status();
        self.complete(status, response.headers_mut());
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
                return Some(problem.error_response());
            }
            if status == StatusCode::NOT_FOUND && is_empty(response) {
                return Some(replace(response.headers(), &self.absent(request, status)));
            }
        }
        let error = response.response().error();
        let problem = stand_in(status, error, response.headers())?;
        self.log_problem(&problem);
        Some(replace(response.headers(), &problem))
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
        match self.context.security.table() {
            Some(table)
                if !table.answers(request.method(), path) && !table.methods_at(path).is_empty() =>
            {
                method_not_allowed(table, path)
            }
            _ => Problem::new(status),
        }
    }

    /// An error that propagates: actix-web makes its response later, so it is completed then.
    fn fail(self, mut error: Error) -> Error {
        if let Some(problem) = error.as_error::<Problem>() {
            self.log_problem(problem);
            error.add_response_mapper(move |mut response| {
                self.complete(response.status(), response.headers_mut());
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
                true => replace(response.headers(), &Problem::new(status)),
                false => response,
            };
            self.complete(status, response.headers_mut());
            response
        });
        error
    }

    fn complete(&self, status: StatusCode, headers: &mut HeaderMap) {
        if let Ok(id) = HeaderValue::try_from(self.context.request_id.as_str()) {
            headers.insert(HeaderName::from_static("x-request-id"), id);
        }
        let state = &self.context.security;
        let private = self.context.is_private() || status == StatusCode::UNAUTHORIZED;
        state.headers().apply(headers, self.tls, private);
        let route = self
            .context
            .guarded_route()
            .and_then(|route| state.table()?.route(route));
        if let Some(route) = route {
            write_rate_limit_fields(headers, route, &self.context.limits());
        }
    }

    fn log_error(&self, status: StatusCode, error: &Error) {
        match error.as_error::<Problem>() {
            Some(problem) => self.log_problem(problem),
            None => self.log(status, Some(&error.to_string())),
        }
    }

    fn log_problem(&self, problem: &Problem) {
        self.log(problem.status(), problem.cause());
    }

    fn log(&self, status: StatusCode, cause: Option<&str>) {
        let development = self.context.security.is_development();
        log::refused(status, &self.context.request_id, cause, development);
    }
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

fn is_problem(headers: &HeaderMap) -> bool {
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
