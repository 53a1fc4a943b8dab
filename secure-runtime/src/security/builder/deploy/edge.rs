use super::{Options, checks};
use crate::{
    deploy::{Deployment, Finding},
    edge::PageCsp,
};

/// What ASVS 3.4.1 asks for, in seconds.
const YEAR: u64 = 365 * 24 * 60 * 60;

impl Options {
    /// What is said about the way that requests come, and about what browsers are told.
    pub(super) fn edge_findings(&self, deployment: &Deployment) -> Vec<Finding> {
        let mut findings = Vec::new();
        let edge = &self.edge;
        let origin = self.public_origin.as_deref();
        let is_https = origin.is_some_and(|origin| origin.starts_with("https://"));
        let has_proxies = self.has_proxies();
        // What is there and refused is said once.
        let is_named = origin.is_some() || self.refuses("SECURE_PUBLIC_ORIGIN");
        if !is_named {
            findings.push(checks::PUBLIC_ORIGIN_MISSING.found("there is no public origin"));
        }
        if !is_named && edge.hosts.is_none() && edge.more_hosts.is_none() {
            let what = "nobody has said under which names the service is called";
            findings.push(checks::EVERY_HOST.found(what));
        }
        let is_enforced = match edge.enforce_https {
            Some(enforced) => enforced,
            None => has_proxies && (is_https || self.refuses("SECURE_PUBLIC_ORIGIN")),
        };
        if !is_enforced {
            findings.push(checks::HTTPS_NOT_ENFORCED.found("plain HTTP is answered"));
        }
        if !deployment.has_tls() && !has_proxies {
            findings.push(checks::NO_TRUSTED_PROXIES.found("no proxy is trusted"));
        }
        let all: &[&str] = &["*"];
        if edge.cors.is_some_and(|cors| cors.origins() == all)
            || edge.cors_origins.iter().any(|origin| origin == "*")
        {
            findings.push(checks::CORS_ANY_ORIGIN.found("`*` is among the origins of CORS"));
        }
        findings.extend(self.hsts_findings(deployment));
        findings.extend(self.csp_findings());
        findings
    }

    fn has_proxies(&self) -> bool {
        !self.proxies.networks.is_empty() || self.refuses("SECURE_TRUSTED_PROXIES")
    }

    /// Whether a variable is set, and was refused.
    fn refuses(&self, variable: &str) -> bool {
        let start = format!("`{variable}`: ");
        self.refused.iter().any(|why| why.starts_with(&start))
    }

    fn hsts_findings(&self, deployment: &Deployment) -> Vec<Finding> {
        let headers = &self.headers;
        let seconds = headers.hsts.max_age();
        // Behind proxies it is sent where they say that the client came by HTTPS.
        let comes_by_https = headers.public_https
            || deployment.has_tls()
            || self.has_proxies()
            || self.refuses("SECURE_PUBLIC_ORIGIN");
        if seconds == 0 || !comes_by_https {
            let what = match seconds {
                0 => "`max-age=0` takes HSTS back",
                _ => "nobody has said that browsers come by HTTPS",
            };
            return vec![checks::HSTS_OFF.found(what)];
        }
        let mut findings = Vec::new();
        if seconds < YEAR {
            let what = format!("browsers remember HTTPS for {seconds} seconds");
            findings.push(checks::HSTS_SHORT.found(what));
        }
        if !headers.subdomains && !headers.hsts.has_subdomains() {
            let what = "HSTS does not hold for subdomains";
            findings.push(checks::HSTS_WITHOUT_SUBDOMAINS.found(what));
        }
        findings
    }

    fn csp_findings(&self) -> Vec<Finding> {
        let headers = &self.headers;
        let mut findings = Vec::new();
        let enforced = [
            ("the policy of every response", headers.csp.clone().into()),
            ("the policy of pages", headers.page_csp.clone()),
        ];
        for (name, policy) in &enforced {
            let missing = missing_directives(policy);
            if !missing.is_empty() {
                let what = format!("{name} lacks `{}`", missing.join("`, `"));
                findings.push(checks::CSP_INCOMPLETE.found(what));
            }
        }
        for (switch, because) in headers.weaknesses() {
            findings.push(checks::CSP_WEAK.found(format!("`{switch}`: {because}")));
        }
        let tried = [
            (headers.csp_report_only.is_some(), "csp_report_only"),
            (
                headers.page_csp_report_only.is_some(),
                "page_csp_report_only",
            ),
        ];
        for (_, name) in tried.into_iter().filter(|(is_tried, _)| *is_tried) {
            findings.push(checks::CSP_REPORT_ONLY.found(format!("`.{name}(…)` is tried out")));
        }
        findings
    }
}

/// The directives without which something stays open that no page of ours needs.
fn missing_directives(policy: &PageCsp) -> Vec<&'static str> {
    let text = policy.to_string();
    let has = |name: &str| {
        let mut directives = text.split(';').map(str::trim);
        directives.any(|directive| directive.split(' ').next() == Some(name))
    };
    let mut missing = Vec::new();
    for name in ["base-uri", "frame-ancestors"] {
        if !has(name) {
            missing.push(name);
        }
    }
    if !has("default-src") && !has("object-src") {
        missing.push("default-src");
    }
    missing
}
