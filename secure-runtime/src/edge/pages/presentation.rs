use actix_web::{
    dev::ServiceRequest,
    http::{
        Method,
        header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue},
    },
};

use crate::edge::{LocalPath, wants_page};

/// A credential of programs beside `Authorization`.
const API_KEY: &str = "x-api-key";
/// How a browser says what a request is for (Fetch Metadata).
const FETCH_MODE: &str = "sec-fetch-mode";

/// What a request says about who looks at its answer.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    /// A browser that would rather have a page.
    wants_page: bool,
    /// The answer takes the place of what is looked at, so that a redirect leads somewhere.
    navigates: bool,
    /// Where it wants to go; `None` for an address that is no place on this site.
    target: Option<LocalPath>,
}

/// How a problem is shown.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Presentation {
    /// As programs read it.
    Data,
    /// As a page.
    Page,
    /// By sending the browser to the sign-in page, at this address.
    SignIn(String),
}

impl Visitor {
    pub(crate) fn of(request: &ServiceRequest) -> Self {
        let target = request.uri().path_and_query();
        Self::new(
            request.method(),
            request.headers(),
            target.map_or("/", |target| target.as_str()),
        )
    }

    /// `target` is path and query of the request.
    fn new(method: &Method, headers: &HeaderMap, target: &str) -> Self {
        let is_program = headers.contains_key(AUTHORIZATION) || headers.contains_key(API_KEY);
        let accept = headers.get_all(ACCEPT).map(HeaderValue::as_bytes);
        let mode = headers.get(FETCH_MODE);
        Self {
            wants_page: !is_program && wants_page(accept),
            navigates: matches!(*method, Method::GET | Method::HEAD)
                && mode.is_none_or(|mode| mode.as_bytes() == b"navigate"),
            target: target.parse().ok(),
        }
    }
}

/// How a problem with this status is shown.
pub(super) fn decide(status: u16, visitor: &Visitor, sign_in: Option<&LocalPath>) -> Presentation {
    if !visitor.wants_page {
        return Presentation::Data;
    }
    let Some(sign_in) = sign_in.filter(|_| status == 401 && visitor.navigates) else {
        return Presentation::Page;
    };
    match &visitor.target {
        // A sign-in page that asks for a sign-in would send the browser around in a circle.
        Some(target) if target.path() == sign_in.path() => Presentation::Page,
        Some(target) if target.as_str() != "/" => {
            Presentation::SignIn(sign_in.with_parameter("next", target.as_str()))
        }
        _ => Presentation::SignIn(sign_in.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderName;

    use super::*;

    const HTML: (&str, &str) = ("accept", "text/html,*/*;q=0.8");

    fn shown(
        status: u16,
        (method, target): (&str, &str),
        headers: &[(&str, &str)],
    ) -> Presentation {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name: HeaderName = name.parse().expect("a name");
            map.append(name, value.parse().expect("a value"));
        }
        let visitor = Visitor::new(&method.parse().expect("a method"), &map, target);
        let sign_in = "/login".parse().expect("a path");
        decide(status, &visitor, Some(&sign_in))
    }

    #[test]
    fn programs_read_data() {
        let get = ("GET", "/a");
        for headers in [
            &[][..],
            &[("accept", "*/*")],
            &[("accept", "application/json")],
            &[("accept", "application/json, text/html;q=0.9")],
            &[HTML, ("authorization", "Bearer a.b.c")],
            &[HTML, ("x-api-key", "key")],
            &[("sec-fetch-mode", "navigate")],
        ] {
            for status in [400, 401, 404, 500] {
                assert_eq!(
                    shown(status, get, headers),
                    Presentation::Data,
                    "{headers:?}"
                );
            }
        }
    }

    #[test]
    fn browsers_see_pages() {
        for status in [400, 403, 404, 405, 429, 500, 503] {
            for method in ["GET", "HEAD", "POST", "DELETE"] {
                assert_eq!(shown(status, (method, "/a"), &[HTML]), Presentation::Page);
            }
        }
        let plain = Visitor::new(&Method::GET, &HeaderMap::new(), "/a");
        assert_eq!(decide(401, &plain, None), Presentation::Data);
    }

    #[test]
    fn nobody_is_sent_to_the_sign_in_page() {
        let navigates = ("sec-fetch-mode", "navigate");
        for headers in [&[HTML][..], &[HTML, navigates]] {
            for method in ["GET", "HEAD"] {
                let place = shown(401, (method, "/a?b=c&d"), headers);
                let expected = "/login?next=/a%3Fb%3Dc%26d".to_owned();
                assert_eq!(place, Presentation::SignIn(expected));
            }
        }
        for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
            assert_eq!(shown(401, (method, "/a"), &[HTML]), Presentation::Page);
        }
        // A script that fetches a piece of a page would get the sign-in page in its place.
        for mode in ["cors", "same-origin", "no-cors", "websocket", ""] {
            let headers = [HTML, ("sec-fetch-mode", mode)];
            assert_eq!(shown(401, ("GET", "/a"), &headers), Presentation::Page);
        }
    }

    #[test]
    fn the_way_back_stays_here() {
        for target in ["/", "//evil.example", "/\\evil.example", "*", "", "/\u{7f}"] {
            let place = shown(401, ("GET", target), &[HTML]);
            assert_eq!(place, Presentation::SignIn("/login".to_owned()), "{target}");
        }
        let long = format!("/{}", "a".repeat(4000));
        let place = shown(401, ("GET", &long), &[HTML]);
        assert_eq!(place, Presentation::SignIn("/login".to_owned()));
    }

    #[test]
    fn a_sign_in_page_that_asks_for_a_sign_in_is_no_circle() {
        for target in ["/login", "/login?next=/a"] {
            assert_eq!(shown(401, ("GET", target), &[HTML]), Presentation::Page);
        }
    }
}
