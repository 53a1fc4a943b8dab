//! How a problem is shown: as programs read it, as a page, or by way of the sign-in page.

use actix_web::{
    HttpResponse, ResponseError as _,
    body::BoxBody,
    http::{
        StatusCode,
        header::{
            CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderMap,
            HeaderValue, LAST_MODIFIED, LOCATION, VARY, WWW_AUTHENTICATE,
        },
    },
};

use super::finish::{Finish, is_problem};
use crate::{
    Problem,
    edge::{Presentation, ProblemPage},
    log,
    policy::Via,
};

/// What is said of a body that goes out no more.
const OF_THE_BODY: [actix_web::http::header::HeaderName; 5] = [
    CONTENT_TYPE,
    CONTENT_ENCODING,
    CONTENT_LENGTH,
    ETAG,
    LAST_MODIFIED,
];

impl Finish {
    /// The answer to a problem.
    pub(super) fn answer(&self, problem: &Problem) -> HttpResponse {
        self.show(problem, problem.error_response())
    }

    /// What goes out in the place of a problem that a handler has answered with; `None` where it goes out as
    /// it is.
    pub(super) fn shown_otherwise<B>(&self, response: &HttpResponse<B>) -> Option<HttpResponse> {
        let answers = &self.context.security.edge().answers;
        let problem = response.error()?.as_error::<Problem>()?;
        // Who has changed it meanwhile shall have it so.
        let is_unchanged = response.status() == problem.status() && is_problem(response.headers());
        let is_due = answers.pages.is_some() || answers.text(problem).is_some();
        if !is_unchanged || !is_due {
            return None;
        }
        let shown = with_body(problem.status(), response.headers(), problem.body(None));
        Some(self.show(problem, shown))
    }

    /// The answer to a problem, from what programs read of it.
    pub(super) fn show(&self, problem: &Problem, response: HttpResponse) -> HttpResponse {
        let answers = &self.context.security.edge().answers;
        let text = answers.text(problem);
        let data = match text {
            Some(_) => response.set_body(BoxBody::new(problem.body(text))),
            None => response,
        };
        let (Some(pages), Some(visitor)) = (&answers.pages, &self.visitor) else {
            return data;
        };
        let (status, helps) = (problem.status(), self.takes_sessions());
        let mut shown = match pages.present(status.as_u16(), visitor, helps) {
            Presentation::Data => data,
            Presentation::Page => {
                let page = ProblemPage {
                    status,
                    title: problem.title(text),
                    detail: problem.worded_detail(text),
                    errors: problem.errors(),
                    request_id: &self.context.request_id,
                    nonce: self.context.nonce(),
                    sign_in: pages.sign_in().filter(|_| helps),
                    language: pages.language(),
                };
                let (page, failure) = pages.render(&page);
                if let Some(why) = failure {
                    log::page_not_made(&self.context.request_id, &why);
                }
                let mut shown = with_body(status, data.headers(), page.into_bytes());
                let html = HeaderValue::from_static("text/html; charset=utf-8");
                shown.headers_mut().insert(CONTENT_TYPE, html);
                shown
            }
            Presentation::SignIn(place) => match HeaderValue::try_from(place) {
                Ok(place) => self.sign_in(data.headers(), place),
                Err(_) => data,
            },
        };
        vary_by_accept(shown.headers_mut());
        shown
    }

    /// Whether the route that answers lets somebody in who has signed in with the browser. What is no route
    /// of ours may.
    fn takes_sessions(&self) -> bool {
        let state = &self.context.security;
        let route = self.context.guarded_route();
        let route = route.and_then(|route| state.table()?.route(route));
        route.is_none_or(|route| route.policy.takes(Via::Session))
    }

    fn sign_in(&self, headers: &HeaderMap, place: HeaderValue) -> HttpResponse {
        self.context.mark_private();
        let mut shown = with_body(StatusCode::SEE_OTHER, headers, Vec::new());
        let headers = shown.headers_mut();
        for name in [CONTENT_TYPE, WWW_AUTHENTICATE, CACHE_CONTROL] {
            headers.remove(name);
        }
        headers.insert(LOCATION, place);
        shown
    }
}

/// A response with other headers than those of its body.
fn with_body(status: StatusCode, headers: &HeaderMap, body: Vec<u8>) -> HttpResponse {
    let mut response = HttpResponse::with_body(status, BoxBody::new(body));
    let kind = headers.get(CONTENT_TYPE).cloned();
    for (name, value) in headers {
        if !OF_THE_BODY.contains(name) {
            response.headers_mut().append(name.clone(), value.clone());
        }
    }
    if let Some(kind) = kind {
        response.headers_mut().insert(CONTENT_TYPE, kind);
    }
    response
}

/// Caches may keep a 404, say, and would show the page to programs.
fn vary_by_accept(headers: &mut HeaderMap) {
    let mut names = headers
        .get_all(VARY)
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    let varies = names.any(|name| {
        let name = name.trim_ascii();
        name == b"*" || name.eq_ignore_ascii_case(b"accept")
    });
    if !varies {
        headers.append(VARY, HeaderValue::from_static("Accept"));
    }
}
