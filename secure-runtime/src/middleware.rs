//! The one middleware: correlation id, routes that declare nothing, panics, and what every response
//! carries. It is outermost, so it sees whatever answers.

use std::{any::Any, future::Future, panic::AssertUnwindSafe, rc::Rc, sync::Arc};

use actix_web::{
    Error, HttpMessage as _, HttpResponse, ResponseError as _,
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
    guard::give_back,
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

/// How a request is let on to the router.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Admission {
    /// A mounted route answers it, or nothing does: only a guard of ours may answer with success.
    Guarded,
    /// It is somebody else's, and that was said in writing.
    Unchecked,
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
        let path = request.match_info().unprocessed();
        let Some(table) = self.state.table() else {
            // Nothing is mounted through us: whatever is there declares nothing.
            return self.admit_unlisted(request, path);
        };
        if table.answers(request.method(), path) {
            return Ok(Admission::Guarded);
        }
        if self.unchecked.holds(path) {
            return Ok(Admission::Unchecked);
        }
        let methods = table.methods_at(path);
        if !methods.is_empty() && !self.state.lets_unlisted_routes_pass() {
            return Err(method_not_allowed(table, path));
        }
        self.admit_unlisted(request, path)
    }

    fn admit_unlisted(&self, request: &ServiceRequest, path: &str) -> Result<Admission, Problem> {
        if self.state.lets_unlisted_routes_pass() {
            return Ok(Admission::Unchecked);
        }
        if !request.resource_map().has_resource(path) {
            // Nothing there: the app's 404.
            return Ok(Admission::Guarded);
        }
        Err(undeclared(
            request.method().as_str(),
            request.match_pattern(),
        ))
    }
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
        let replacement = self.replacement(&response, admission);
        let mut response = match replacement {
            Some(problem) => {
                self.log_problem(&problem);
                let (request, old) = response.into_parts();
                ServiceResponse::new(request, replace(old.headers(), &problem))
                    .map_into_right_body()
            }
            None => {
                if let Some(error) = response.response().error() {
                    self.log_error(error);
                }
                response.map_into_left_body()
            }
        };
        if response.status().as_u16() < 400 {
            give_back(&self.context);
        }
        let status = response.status();
        self.complete(status, response.headers_mut());
        response
    }

    /// What stands in for an answer that must not go out as it is.
    fn replacement<B: MessageBody>(
        &self,
        response: &ServiceResponse<B>,
        admission: Admission,
    ) -> Option<Problem> {
        let status = response.status();
        let guarded = self.context.guarded_route().is_some();
        if !guarded && admission == Admission::Guarded {
            let path = response.request().match_info();
            let routed = path.unprocessed().len() < path.as_str().len();
            let absent = matches!(
                status,
                StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED
            );
            if routed && !absent {
                let request = response.request();
                return Some(undeclared(
                    request.method().as_str(),
                    request.match_pattern(),
                ));
            }
        }
        if let Some(error) = response.response().error() {
            return stand_in(error, response.headers());
        }
        let empty = matches!(
            response.response().body().size(),
            BodySize::None | BodySize::Sized(0)
        );
        if !guarded && empty {
            return match status {
                StatusCode::NOT_FOUND => Some(self.not_found(response)),
                StatusCode::METHOD_NOT_ALLOWED => Some(Problem::new(status)),
                _ => None,
            };
        }
        None
    }

    /// 404, or 405 where other methods are answered at the path.
    fn not_found<B>(&self, response: &ServiceResponse<B>) -> Problem {
        let request = response.request();
        let path = request.match_info().as_str();
        match self.context.security.table() {
            Some(table)
                if !table.answers(request.method(), path) && !table.methods_at(path).is_empty() =>
            {
                method_not_allowed(table, path)
            }
            _ => Problem::not_found(),
        }
    }

    /// An error that propagates: actix-web makes its response later, so it is completed then.
    fn fail(self, mut error: Error) -> Error {
        self.log_error(&error);
        let stand_in = stand_in(&error, error.error_response().headers());
        error.add_response_mapper(move |response| {
            let mut response = match &stand_in {
                Some(problem) => replace(response.headers(), problem),
                None => response,
            };
            self.complete(response.status(), response.headers_mut());
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

    fn log_error(&self, error: &Error) {
        match error.as_error::<Problem>() {
            Some(problem) => self.log_problem(problem),
            None => {
                let status = error.as_response_error().status_code();
                self.log(status, Some(&error.to_string()));
            }
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

/// The problem that goes out instead of an error that is none: for every fault of the server, since
/// its text tells about the inside, and for what still has actix-web's default shape.
fn stand_in(error: &Error, headers: &HeaderMap) -> Option<Problem> {
    if error.as_error::<Problem>().is_some() {
        return None;
    }
    let status = error.as_response_error().status_code();
    let plain = headers
        .get(header::CONTENT_TYPE)
        .is_none_or(|value| value.as_bytes().starts_with(b"text/plain"));
    (status.is_server_error() || plain).then(|| Problem::from_actix(error))
}

/// A problem's response with the headers of the one whose place it takes, but those of its body.
fn replace(old: &HeaderMap, problem: &Problem) -> HttpResponse {
    let mut response = problem.error_response();
    for (name, value) in old {
        let of_the_body = [
            header::CONTENT_TYPE,
            header::CONTENT_LENGTH,
            header::CONTENT_ENCODING,
            header::ETAG,
            header::LAST_MODIFIED,
        ];
        if !of_the_body.contains(name) {
            response.headers_mut().append(name.clone(), value.clone());
        }
    }
    response
}
