use actix_web::http::{
    Method,
    header::{
        ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS,
        ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS,
        ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderValue, ORIGIN,
        VARY,
    },
};
use secure_grammar::AllowedOrigin;

use super::Cors;
use crate::edge::set_header;

/// The request headers that every policy allows, besides those that need no leave.
const REQUEST_HEADERS: [&str; 3] = ["authorization", "content-type", "x-api-key"];
/// The response headers that every policy exposes: what this crate sends for clients to read.
const EXPOSED: [&str; 5] = [
    "ratelimit",
    "ratelimit-policy",
    "retry-after",
    "www-authenticate",
    "x-request-id",
];
/// What decides about the answer to a preflight.
const PREFLIGHT_VARY: &str =
    "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
/// By which a browser asks for leave to reach into a private network.
const PRIVATE_NETWORK: &str = "access-control-request-private-network";

/// A policy as it is enforced: every header value is made at start.
#[derive(Debug)]
pub(crate) struct CorsPolicy {
    origins: Origins,
    credentials: bool,
    request_headers: HeaderValue,
    exposed: HeaderValue,
    max_age: HeaderValue,
}

#[derive(Debug)]
enum Origins {
    Any,
    These(Vec<HeaderValue>),
}

impl CorsPolicy {
    /// The policy, and what is wrong with its settings. `told` are the origins that the configuration adds.
    pub(crate) fn check(
        cors: &Cors,
        told: &[String],
        production: bool,
    ) -> (Option<Self>, Vec<String>) {
        let mut findings = Vec::new();
        let mut any = false;
        let mut these: Vec<HeaderValue> = Vec::new();
        let told = told.iter().map(|text| text.trim());
        for text in cors.origins.iter().copied().chain(told) {
            match text.parse() {
                Ok(AllowedOrigin::Any) => any = true,
                Ok(AllowedOrigin::One(origin)) if production && !origin.is_https() => {
                    findings.push(format!(
                        "`{origin}` comes by plain HTTP, where anybody on the way can be it; \
                         production takes `https` origins"
                    ));
                }
                Ok(AllowedOrigin::One(origin)) => {
                    let value = HeaderValue::try_from(origin.as_str());
                    these.extend(value.ok().filter(|value| !these.contains(value)));
                }
                Err(error) => findings.push(error.to_string()),
            }
        }
        match (any, these.is_empty()) {
            (true, false) => findings.push("`*` stands beside origins that it includes".to_owned()),
            (true, true) if cors.credentials => findings.push(
                "every origin, with credentials: any page could act as whoever looks at it; name \
                 the origins"
                    .to_owned(),
            ),
            (false, true) if findings.is_empty() => findings.push(
                "no origin is named; say them in `cors!(origins = […])` or in `SECURE_CORS_ORIGINS`"
                    .to_owned(),
            ),
            _ => {}
        }
        let policy = Self {
            origins: match any {
                true => Origins::Any,
                false => Origins::These(these),
            },
            credentials: cors.credentials,
            request_headers: list(&REQUEST_HEADERS, cors.headers),
            exposed: list(&EXPOSED, cors.exposed),
            max_age: HeaderValue::from(cors.max_age_seconds),
        };
        match findings.is_empty() {
            true => (Some(policy), findings),
            false => (None, findings),
        }
    }

    /// What `Access-Control-Allow-Origin` says to a request with these headers; `None` where its origin may
    /// not read the answer, or where it names none.
    pub(crate) fn allow_origin(&self, request: &HeaderMap) -> Option<HeaderValue> {
        let Origins::These(origins) = &self.origins else {
            return Some(HeaderValue::from_static("*"));
        };
        let mut named = request.get_all(ORIGIN);
        let (Some(origin), None) = (named.next(), named.next()) else {
            return None;
        };
        // Ours, which is shared by all answers.
        origins.iter().find(|known| *known == origin).cloned()
    }

    /// Whether pages of an origin may send cookies: it is named, and with credentials.
    pub(crate) fn trusts(&self, origin: &HeaderValue) -> bool {
        match &self.origins {
            Origins::Any => false,
            Origins::These(origins) => self.credentials && origins.contains(origin),
        }
    }

    /// Whether a request is a preflight: a browser's question before the request itself. A plain OPTIONS is
    /// none.
    pub(crate) fn is_preflight(method: &Method, request: &HeaderMap) -> bool {
        method == Method::OPTIONS
            && request.contains_key(ORIGIN)
            && request.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
    }

    /// Writes the answer to a preflight for a path with these methods. Who may not is told nothing: to a
    /// browser that is the refusal.
    pub(crate) fn write_preflight(
        &self,
        request: &HeaderMap,
        methods: &[&Method],
        headers: &mut HeaderMap,
    ) {
        headers.insert(VARY, HeaderValue::from_static(PREFLIGHT_VARY));
        if request.contains_key(PRIVATE_NETWORK) {
            return;
        }
        let Some(origin) = self.allow_origin(request) else {
            return;
        };
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        self.write_credentials(headers);
        let mut names: Vec<&str> = methods.iter().map(|method| method.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        if let Ok(names) = HeaderValue::try_from(names.join(", ")) {
            headers.insert(ACCESS_CONTROL_ALLOW_METHODS, names);
        }
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, self.request_headers.clone());
        headers.insert(ACCESS_CONTROL_MAX_AGE, self.max_age.clone());
    }

    /// Completes the headers of any other answer. `origin` is what [`allow_origin`](Self::allow_origin) said
    /// of its request. A handler that has answered for itself whom it allows keeps that.
    pub(crate) fn write(&self, origin: Option<&HeaderValue>, headers: &mut HeaderMap) {
        if !varies_by_origin(headers) {
            headers.append(VARY, HeaderValue::from_static("Origin"));
        }
        let Some(origin) = origin else { return };
        if headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN) {
            return;
        }
        headers.append(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        self.write_credentials(headers);
        if !headers.contains_key(ACCESS_CONTROL_EXPOSE_HEADERS) {
            headers.append(ACCESS_CONTROL_EXPOSE_HEADERS, self.exposed.clone());
        }
    }

    fn write_credentials(&self, headers: &mut HeaderMap) {
        if self.credentials {
            let value = HeaderValue::from_static("true");
            set_header(headers, ACCESS_CONTROL_ALLOW_CREDENTIALS, value);
        }
    }
}

/// Names of headers, each once.
fn list(always: &[&'static str], more: &[&'static str]) -> HeaderValue {
    let mut names = always.to_vec();
    names.extend(more.iter().filter(|name| !always.contains(name)));
    // The names are tokens, so this cannot fail.
    HeaderValue::try_from(names.join(", ")).unwrap_or_else(|_| HeaderValue::from_static(""))
}

fn varies_by_origin(headers: &HeaderMap) -> bool {
    let mut names = headers
        .get_all(VARY)
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    names.any(|name| {
        let name = name.trim_ascii();
        name == b"*" || name.eq_ignore_ascii_case(b"origin")
    })
}
