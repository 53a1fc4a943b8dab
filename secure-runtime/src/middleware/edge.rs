//! What is asked of a request before any route is looked for: host → HTTPS → preflight.

use actix_web::{
    HttpResponse,
    dev::ServiceRequest,
    http::{
        Method,
        header::{ACCEPT, HOST, HeaderValue, LOCATION, VARY},
    },
};

use super::{SecurityService, finish::Finish};
use crate::{
    Problem,
    edge::{CorsPolicy, wants_page},
};

/// The longest host that the log repeats, in bytes.
const LONGEST_SHOWN: usize = 100;

/// An answer before any route is looked for.
pub(super) enum Early {
    Problem(Problem),
    Response(Box<HttpResponse>),
}

impl From<Problem> for Early {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl<S> SecurityService<S> {
    /// Lets the request on to the routes, or answers it.
    pub(super) fn receive(
        &self,
        request: &ServiceRequest,
        finish: &mut Finish,
    ) -> Result<(), Early> {
        let edge = self.state.edge();
        if !edge.hosts.allow(named_hosts(request)) {
            match self.is_probe(request) {
                true => finish.context.mark_probe_only(),
                false => return Err(self.refuse(unknown_host(request))),
            }
        }
        if let Some(https) = &edge.https
            && !finish.transport.is_https()
        {
            match self.is_probe(request) {
                true => finish.context.mark_probe_only(),
                false if is_page(request) => {
                    let target = request.uri().path_and_query();
                    let target = target.map_or("/", |target| target.as_str());
                    return Err(redirect(&https.location(target)));
                }
                false => return Err(self.refuse(plain_http())),
            }
        }
        match &edge.cors {
            Some(cors) => self.preflight(cors, request, finish),
            None => Ok(()),
        }
    }

    /// Answers a preflight for a path that is mounted. Any other goes on: nothing is there, or a service
    /// without a policy, which answers for itself.
    fn preflight(
        &self,
        cors: &CorsPolicy,
        request: &ServiceRequest,
        finish: &mut Finish,
    ) -> Result<(), Early> {
        if !CorsPolicy::is_preflight(request.method(), request.headers()) {
            return Ok(());
        }
        let Some(table) = self.state.table() else {
            return Ok(());
        };
        let methods = table.methods_at(request.match_info().as_str());
        if methods.is_empty() {
            return Ok(());
        }
        let mut response = HttpResponse::NoContent().finish();
        cors.write_preflight(request.headers(), &methods, response.headers_mut());
        finish.is_preflight();
        Err(Early::Response(Box::new(response)))
    }

    /// Whether the router would hand the request to a route that answers on any host. Its guard makes sure
    /// that it does.
    pub(super) fn is_probe(&self, request: &ServiceRequest) -> bool {
        let path = request.match_info().as_str();
        let Some(table) = self.state.table() else {
            return false;
        };
        let pattern = request.resource_map().match_pattern(path);
        pattern.is_some_and(|pattern| table.answers_any_host(request.method(), &pattern))
            && self.unchecked.pattern(path).is_none()
    }

    fn refuse(&self, problem: Problem) -> Early {
        let edge = self.state.edge();
        edge.note_refusal(problem.cause().unwrap_or_default());
        Early::Problem(problem)
    }
}

/// Every place where a request names its host. Forwarded headers are none of them.
pub(super) fn named_hosts(request: &ServiceRequest) -> impl Iterator<Item = &[u8]> {
    let target = request.uri().authority();
    let target = target.map(|authority| authority.as_str().as_bytes());
    let headers = request.headers().get_all(HOST);
    target.into_iter().chain(headers.map(HeaderValue::as_bytes))
}

fn unknown_host(request: &ServiceRequest) -> Problem {
    let named: Vec<_> = named_hosts(request)
        .map(|host| host[..host.len().min(LONGEST_SHOWN)].escape_ascii())
        .map(|host| format!("`{host}`"))
        .collect();
    let named = match named.is_empty() {
        true => "no host".to_owned(),
        false => named.join(" and "),
    };
    Problem::bad_request()
        .with_detail("This service is not called by that name.")
        .because(format_args!(
            "the request names {named}; say in `.allowed_hosts(hosts!(…))` or in \
             `SECURE_ALLOWED_HOSTS` under which names the service is called"
        ))
}

fn plain_http() -> Problem {
    Problem::bad_request()
        .with_detail("This service is reached by HTTPS.")
        .because(
            "the request came by plain HTTP; a proxy before this server has to be trusted and to \
             say `https`",
        )
}

/// Whether a browser asks for a page that may be asked for elsewhere.
fn is_page(request: &ServiceRequest) -> bool {
    let accept = request.headers().get_all(ACCEPT);
    matches!(*request.method(), Method::GET | Method::HEAD)
        && wants_page(accept.map(HeaderValue::as_bytes))
}

fn redirect(location: &str) -> Early {
    match HeaderValue::try_from(location) {
        Ok(location) => {
            let mut response = HttpResponse::PermanentRedirect();
            response.insert_header((LOCATION, location));
            response.insert_header((VARY, HeaderValue::from_static("Accept")));
            Early::Response(Box::new(response.finish()))
        }
        Err(_) => Early::Problem(plain_http()),
    }
}
