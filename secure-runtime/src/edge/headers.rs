use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use secure_grammar::ContentSecurityPolicy;

use super::{
    browser::{Hsts, PermissionsPolicy},
    csp::{self, Csp, PageCsp},
    nonce::CspNonce,
};

/// Name and value of each header that every response carries and nobody configures. The reasons stand
/// in `docs/defaults.md`; the values follow the OWASP Secure Headers Project for an API.
const FIXED: [(&str, &str); 6] = [
    ("x-frame-options", "DENY"),
    // 0 turns a filter off that itself opened holes.
    ("x-xss-protection", "0"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-permitted-cross-domain-policies", "none"),
];

/// What may be said otherwise to the builder.
#[derive(Debug, Clone)]
pub(crate) struct HeaderSettings {
    pub(crate) csp: Csp,
    pub(crate) csp_report_only: Option<Csp>,
    pub(crate) page_csp: PageCsp,
    pub(crate) page_csp_report_only: Option<PageCsp>,
    pub(crate) permissions_policy: PermissionsPolicy,
    pub(crate) hsts: Hsts,
    /// HSTS is sent.
    pub(crate) production: bool,
    /// Browsers reach the app by HTTPS, whoever ends the TLS.
    pub(crate) public_https: bool,
    /// The operator confirms that subdomains are meant too.
    pub(crate) subdomains: bool,
}

impl Default for HeaderSettings {
    fn default() -> Self {
        Self {
            csp: csp::API,
            csp_report_only: None,
            page_csp: csp::PAGE,
            page_csp_report_only: None,
            permissions_policy: PermissionsPolicy::DEFAULT,
            hsts: Hsts::DEFAULT,
            production: true,
            public_https: false,
            subdomains: false,
        }
    }
}

impl HeaderSettings {
    /// Says to the log what makes a policy weak, and why that is so.
    pub(crate) fn announce(&self) {
        for (switch, because) in self.weaknesses() {
            tracing::warn!(switch, because, "a content security policy is weak");
        }
    }

    /// Each switch that makes a policy weak, with its reason.
    pub(crate) fn weaknesses(&self) -> Vec<(&'static str, &'static str)> {
        let policies = self.policies();
        let weak = policies.iter().flat_map(PageCsp::weak);
        weak.copied().collect()
    }

    /// The policies that only report, and report nowhere.
    pub(crate) fn findings(&self) -> Vec<String> {
        let general = self.csp_report_only.clone().map(PageCsp::from);
        let report_only = [
            ("csp_report_only", general),
            ("page_csp_report_only", self.page_csp_report_only.clone()),
        ];
        let mut findings = Vec::new();
        for (name, policy) in report_only {
            if policy.is_some_and(|policy| !policy.reports()) {
                findings.push(format!(
                    "the policy of `.{name}(…)` enforces nothing and reports nowhere; mount \
                     `secure_runtime::edge::csp_reports`, or add `report-uri`"
                ));
            }
        }
        findings
    }

    /// The same with reports to our own endpoint; why that cannot be at this path.
    pub(crate) fn reporting_to(&self, path: &str) -> Result<Self, String> {
        let policy = format!("default-src 'none'; report-uri {path}");
        let is_plain = ContentSecurityPolicy::parse(&policy)
            .is_ok_and(|policy| policy.to_string().ends_with(path));
        if path.contains(['{', '"', ' ']) || !is_plain {
            return Err(format!(
                "`edge::csp_reports` at {path}: browsers send reports to a path without parameters; \
                 mount it where its path is fixed"
            ));
        }
        Ok(Self {
            csp: self.csp.reporting_to(path),
            csp_report_only: self
                .csp_report_only
                .as_ref()
                .map(|policy| policy.reporting_to(path)),
            page_csp: self.page_csp.reporting_to(path),
            page_csp_report_only: self
                .page_csp_report_only
                .as_ref()
                .map(|policy| policy.reporting_to(path)),
            ..self.clone()
        })
    }

    fn policies(&self) -> Vec<PageCsp> {
        let general = [Some(self.csp.clone()), self.csp_report_only.clone()];
        let general = general.into_iter().flatten().map(PageCsp::from);
        let pages = [
            Some(self.page_csp.clone()),
            self.page_csp_report_only.clone(),
        ];
        general.chain(pages.into_iter().flatten()).collect()
    }
}

/// The headers that go on every response. A route may set its own value for any of them but
/// `X-Content-Type-Options`, which has only one.
#[derive(Debug)]
pub(crate) struct DefaultHeaders {
    settings: HeaderSettings,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// The policies of pages, cut where the nonce stands.
    pages: Vec<(HeaderName, Vec<String>)>,
    /// What answers by HTTPS say of the transport; `None` where nothing is to be said.
    hsts: Option<HeaderValue>,
}

impl DefaultHeaders {
    /// Makes the values, so that a request formats none; `reports` is where our own endpoint stands.
    pub(crate) fn new(settings: HeaderSettings, reports: Option<&str>) -> Self {
        let report_only = HeaderName::from_static("content-security-policy-report-only");
        let mut headers: Vec<_> = FIXED
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect();
        headers.push((
            HeaderName::from_static("permissions-policy"),
            value(settings.permissions_policy.as_str()),
        ));
        headers.push((
            header::CONTENT_SECURITY_POLICY,
            value(&settings.csp.to_string()),
        ));
        if let Some(policy) = &settings.csp_report_only {
            headers.push((report_only.clone(), value(&policy.to_string())));
        }
        if let Some(path) = reports {
            headers.push((
                HeaderName::from_static("reporting-endpoints"),
                value(&format!("csp=\"{path}\"")),
            ));
        }
        let cut = |policy: &PageCsp| {
            let pieces = policy.as_str().split(ContentSecurityPolicy::NONCE);
            pieces.map(str::to_owned).collect()
        };
        let mut pages = vec![(header::CONTENT_SECURITY_POLICY, cut(&settings.page_csp))];
        if let Some(policy) = &settings.page_csp_report_only {
            pages.push((report_only, cut(policy)));
        }
        let hsts = match settings.subdomains {
            true => settings.hsts.with_subdomains(),
            false => settings.hsts.clone(),
        };
        let hsts = settings.production.then(|| value(hsts.as_str()));
        Self {
            settings,
            headers,
            pages,
            hsts,
        }
    }

    pub(crate) fn settings(&self) -> &HeaderSettings {
        &self.settings
    }

    /// Completes a response's headers. `https`: a browser that gets the answer by HTTPS may be told to come
    /// by nothing else. `private`: the answer depends on a credential. `nonce`: the answer is a page that has
    /// it. Whether such a page asked caches to keep it, which they do not.
    pub(crate) fn apply(
        &self,
        headers: &mut HeaderMap,
        https: bool,
        private: bool,
        nonce: Option<&CspNonce>,
    ) -> bool {
        set(
            headers,
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        );
        let asked_to_be_kept = nonce.is_some_and(|nonce| self.apply_to_page(headers, nonce));
        for (name, value) in &self.headers {
            if !headers.contains_key(name) {
                headers.append(name.clone(), value.clone());
            }
        }
        match &self.hsts {
            Some(value) if https => {
                set(headers, header::STRICT_TRANSPORT_SECURITY, value.clone());
            }
            _ => {}
        }
        if private && !headers.contains_key(header::CACHE_CONTROL) {
            headers.append(header::CACHE_CONTROL, NO_STORE);
        }
        asked_to_be_kept
    }

    fn apply_to_page(&self, headers: &mut HeaderMap, nonce: &CspNonce) -> bool {
        let source = format!("'nonce-{nonce}'");
        for (name, pieces) in &self.pages {
            if !headers.contains_key(name) {
                headers.insert(name.clone(), value(&pieces.join(&source)));
            }
        }
        if !headers.contains_key(header::REFERRER_POLICY) {
            // With `no-referrer` the page's own forms would send `Origin: null`.
            headers.insert(
                header::REFERRER_POLICY,
                HeaderValue::from_static("same-origin"),
            );
        }
        keep_out_of_caches(headers)
    }
}

const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// Gives a header this one value. `HeaderMap::insert` does so too, and takes one and a half times as long where nothing is to
/// be replaced, which is nearly always.
pub(crate) fn set(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    match headers.contains_key(&name) {
        true => drop(headers.insert(name, value)),
        false => headers.append(name, value),
    }
}

/// Makes sure that no cache keeps the response; whether it asked for one.
pub(crate) fn keep_out_of_caches(headers: &mut HeaderMap) -> bool {
    let mut own = headers.get_all(header::CACHE_CONTROL).peekable();
    let is_silent = own.peek().is_none();
    let mut has_no_store = false;
    let mut is_kept = false;
    for value in own {
        let text = String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase();
        for directive in text.split(',') {
            match directive.split('=').next().unwrap_or("").trim() {
                "no-store" => has_no_store = true,
                "public" | "s-maxage" | "immutable" => is_kept = true,
                _ => {}
            }
        }
    }
    // RFC 9213: a shared cache prefers a field of its own to `Cache-Control`.
    let targeted: Vec<_> = headers
        .keys()
        .filter(|name| {
            let name = name.as_str();
            name.ends_with("cdn-cache-control") || name == "surrogate-control"
        })
        .cloned()
        .collect();
    for name in &targeted {
        headers.remove(name);
    }
    if !has_no_store || is_kept {
        headers.insert(header::CACHE_CONTROL, NO_STORE);
    }
    !targeted.is_empty() || is_kept || (!is_silent && !has_no_store)
}

/// A value that the grammar has let through: it is printable ASCII. Should it ever not be, the strictest
/// policy takes its place.
fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}
