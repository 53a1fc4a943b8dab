use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

/// Name and value of each header that every response carries. The reasons stand in
/// `docs/defaults.md`; the values follow the OWASP Secure Headers Project for an API.
const DEFAULTS: [(&str, &str); 8] = [
    ("x-frame-options", "DENY"),
    // 0 turns a filter off that itself opened holes.
    ("x-xss-protection", "0"),
    ("referrer-policy", "no-referrer"),
    (
        "permissions-policy",
        "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()",
    ),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "content-security-policy",
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    ("x-permitted-cross-domain-policies", "none"),
];

/// Two years, in seconds (RFC 6797; what the preload list asks for).
const HSTS_MAX_AGE: u32 = 63_072_000;

/// The headers that go on every response. A route may set its own value for any of them but
/// `X-Content-Type-Options`, which has only one.
#[derive(Debug)]
pub(crate) struct DefaultHeaders {
    headers: Vec<(HeaderName, HeaderValue)>,
    hsts: Hsts,
}

/// When `Strict-Transport-Security` is sent, and with what.
#[derive(Debug)]
enum Hsts {
    Never,
    /// Where this server itself speaks TLS.
    OverTls(HeaderValue),
    /// The configuration says that browsers come by HTTPS.
    Always(HeaderValue),
}

impl DefaultHeaders {
    /// `production`: HSTS is sent. `public_https`: browsers reach the app by HTTPS, whoever ends
    /// the TLS. `subdomains`: the operator confirms that subdomains are meant too.
    pub(crate) fn new(production: bool, public_https: bool, subdomains: bool) -> Self {
        let suffix = if subdomains {
            "; includeSubDomains"
        } else {
            ""
        };
        let value = HeaderValue::try_from(format!("max-age={HSTS_MAX_AGE}{suffix}"));
        let hsts = match value {
            Ok(value) if production && public_https => Hsts::Always(value),
            Ok(value) if production => Hsts::OverTls(value),
            _ => Hsts::Never,
        };
        Self {
            headers: DEFAULTS
                .iter()
                .map(|(name, value)| {
                    (
                        HeaderName::from_static(name),
                        HeaderValue::from_static(value),
                    )
                })
                .collect(),
            hsts,
        }
    }

    /// Completes a response's headers. `tls`: this server ended the TLS. `private`: the answer
    /// depends on a credential.
    pub(crate) fn apply(&self, headers: &mut HeaderMap, tls: bool, private: bool) {
        headers.insert(
            HeaderName::from_static("x-content-type-options"),
            HeaderValue::from_static("nosniff"),
        );
        for (name, value) in &self.headers {
            if !headers.contains_key(name) {
                headers.insert(name.clone(), value.clone());
            }
        }
        match &self.hsts {
            Hsts::Always(value) => set_hsts(headers, value),
            Hsts::OverTls(value) if tls => set_hsts(headers, value),
            Hsts::OverTls(_) | Hsts::Never => {}
        }
        let cache_control = HeaderName::from_static("cache-control");
        if private && !headers.contains_key(&cache_control) {
            headers.insert(cache_control, HeaderValue::from_static("no-store"));
        }
    }
}

fn set_hsts(headers: &mut HeaderMap, value: &HeaderValue) {
    headers.insert(
        HeaderName::from_static("strict-transport-security"),
        value.clone(),
    );
}
