//! Which requests reach the router at all.

use actix_web::{
    dev::ServiceRequest,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
};

use super::SecurityService;
use crate::{Problem, routes::RouteTable};

/// How a request is let on to the router, and so whose answer may go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Admission {
    /// A mounted route answers, or nothing does: only a guard of ours may answer with success.
    Guarded,
    /// An unchecked service with this pattern may answer too.
    Unchecked(String),
    /// Whatever answers may: that was said in writing.
    Anybody,
}

impl<S> SecurityService<S> {
    /// Decides before any handler runs whether one may: the fourth net of deny by default.
    pub(super) fn admit(&self, request: &ServiceRequest) -> Result<Admission, Problem> {
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
            if let Admission::Unchecked(pattern) = &admission
                && table.is_on_floor(path)
            {
                return Err(beside_a_floor(pattern));
            }
            if table.answers(request.method(), path) {
                return Ok(admission);
            }
            if unchecked.is_none()
                && let Some(problem) = method_not_allowed(table, path)
            {
                return Err(problem);
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
pub(super) fn undeclared(method: &str, pattern: Option<String>) -> Problem {
    Problem::internal(format_args!(
        "{method} {} declares no policy and is refused; list it in `security.routes(…)`, let it in \
         with `unchecked(\"because …\", service)`, or say `.unlisted_routes(\"because …\")` while \
         the app moves over",
        pattern.as_deref().unwrap_or("(unknown)"),
    ))
}

/// An unchecked service asks nobody who calls, and the floor at its path says that somebody does.
fn beside_a_floor(pattern: &str) -> Problem {
    Problem::internal(format_args!(
        "the unchecked service at {pattern} answers where a floor is laid, and is refused; mount it in the \
         scope of the floor, and say `.without_floor()`, or mount it elsewhere"
    ))
}

/// RFC 9110 §15.5.6: 405 says which methods there are. `None` where no mounted route is at the path.
pub(super) fn method_not_allowed(table: &RouteTable, path: &str) -> Option<Problem> {
    let mut methods: Vec<&str> = table.methods_at(path).iter().map(|m| m.as_str()).collect();
    if methods.is_empty() {
        return None;
    }
    methods.sort_unstable();
    methods.dedup();
    let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED);
    Some(match HeaderValue::try_from(methods.join(", ")) {
        Ok(allow) => problem.with_header(header::ALLOW, allow),
        Err(_) => problem,
    })
}
