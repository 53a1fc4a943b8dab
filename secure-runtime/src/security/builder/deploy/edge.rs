use std::{net::IpAddr, time::Duration};

use super::{Options, checks, longer};
use crate::{
    deploy::{Deployment, Finding},
    edge::PageCsp,
};

const LARGEST_BODY: usize = 16 * 1024 * 1024;
const LONGEST_BODY: Duration = Duration::from_secs(2 * 60);

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
        if let Some(origin) = origin.filter(|origin| is_local(origin)) {
            findings
                .push(checks::PUBLIC_ORIGIN_LOCAL.found(format!("the public origin is {origin}")));
        }
        let (proxies, _) = self.proxies.check();
        findings.extend(proxies.wide().map(|network| {
            checks::PROXIES_WIDE.found(format!("everybody in {network} is trusted as a proxy"))
        }));
        findings.extend(self.body_findings());
        findings.extend(self.hsts_findings(deployment));
        findings.extend(self.csp_findings());
        findings
    }

    fn body_findings(&self) -> Vec<Finding> {
        let limit = self.body_limit;
        let large = (limit > LARGEST_BODY)
            .then(|| checks::BODY_LARGE.found(format!("a body may have {limit} bytes")));
        let slow = longer(
            checks::BODY_SLOW,
            "a body may come within",
            self.body_deadline,
            LONGEST_BODY,
        );
        [large, slow].into_iter().flatten().collect()
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
            (
                "the policy of every response",
                headers.csp.clone().into(),
                &["base-uri", "frame-ancestors"][..],
            ),
            (
                "the policy of pages",
                headers.page_csp.clone(),
                &["base-uri", "frame-ancestors", "form-action"],
            ),
        ];
        for (name, policy, needed) in &enforced {
            let missing = missing_directives(policy, needed);
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

/// The directives without which something stays open that no page of ours needs: what is not there, or is there
/// and limits nothing.
fn missing_directives<'a>(policy: &PageCsp, needed: &[&'a str]) -> Vec<&'a str> {
    let text = policy.to_string();
    let has = |name: &str| {
        let mut directives = text
            .split(';')
            .map(|directive| directive.split_whitespace());
        let found = directives.find_map(|mut words| (words.next() == Some(name)).then_some(words));
        found.is_some_and(|mut values| !values.any(is_anything))
    };
    let mut missing: Vec<_> = needed.iter().copied().filter(|name| !has(name)).collect();
    if !has("default-src") && !has("object-src") {
        missing.push("default-src");
    }
    missing
}

/// `*`, `https:`, `https://*:*`
fn is_anything(value: &str) -> bool {
    let host = value.split_once("://").map_or(value, |(_, host)| host);
    value.ends_with(':') || host == "*" || host.starts_with("*:")
}

/// Whether an origin is the machine of whoever goes there.
fn is_local(origin: &str) -> bool {
    let host = origin.split_once("://").map_or(origin, |(_, host)| host);
    let name = match host.strip_prefix('[') {
        Some(address) => address.split(']').next(),
        None => host.split(':').next(),
    };
    let name = name.unwrap_or_default();
    let is_loopback = |address: IpAddr| address.is_loopback() || address.is_unspecified();
    name == "localhost" || name.ends_with(".localhost") || name.parse().is_ok_and(is_loopback)
}
