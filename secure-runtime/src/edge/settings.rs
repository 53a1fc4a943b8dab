use std::sync::atomic::{AtomicBool, Ordering};

use secure_grammar::Origin;

use super::{
    AllowedHosts, Cors, CorsPolicy, Hosts, HttpsOnly, TrustedProxies,
    pages::{AnswerSettings, Answers},
    reports::NoteBudget,
};

/// Where requests come from and by which names, as it is configured.
#[derive(Debug, Default)]
pub(crate) struct EdgeSettings {
    /// What the code says.
    pub(crate) hosts: Option<Hosts>,
    /// What the environment says besides.
    pub(crate) more_hosts: Option<Hosts>,
    pub(crate) enforce_https: Option<bool>,
    pub(crate) cors: Option<Cors>,
    /// Origins besides those of `cors`.
    pub(crate) cors_origins: Vec<String>,
    pub(crate) answers: AnswerSettings,
}

/// What is asked of a request before any route is looked for.
#[derive(Debug)]
pub(crate) struct Edge {
    pub(crate) hosts: AllowedHosts,
    pub(crate) https: Option<HttpsOnly>,
    pub(crate) cors: Option<CorsPolicy>,
    /// How problems are answered.
    pub(crate) answers: Answers,
    /// How much of the log reports of browsers may fill.
    pub(crate) reports: NoteBudget,
    /// The one that is configured.
    pub(crate) origin: Option<Origin>,
    /// Whether it has refused anything yet.
    refused: AtomicBool,
}

impl Edge {
    /// Says why a request is refused, the first time: what is configured wrongly refuses everybody, and the
    /// log must not be full of whoever tries names at random.
    pub(crate) fn note_refusal(&self, why: &str) {
        if !self.refused.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                why,
                "a request is refused before any route; later ones are noted as `debug`"
            );
        }
    }
}

impl EdgeSettings {
    /// The edge, and what is wrong with its settings.
    pub(crate) fn check(
        &self,
        production: bool,
        proxies: &TrustedProxies,
        origin: Option<&Origin>,
    ) -> (Edge, Vec<String>) {
        let mut findings = Vec::new();
        let mut note = |about: &str, wrong: Vec<String>| {
            findings.extend(wrong.iter().map(|why| format!("{about}: {why}")));
        };
        let (hosts, wrong) = self.hosts(production, origin);
        note("the allowed hosts", wrong);
        let asked = self.enforce_https;
        let (https, wrong) = HttpsOnly::check(asked, production, proxies.are_there(), origin);
        note("HTTPS", wrong);
        let is_asked = self.cors.is_some() || !self.cors_origins.is_empty();
        let (cors, wrong) = match is_asked {
            true => {
                let cors = self.cors.unwrap_or(Cors::DEFAULT);
                CorsPolicy::check(&cors, &self.cors_origins, production)
            }
            false => (None, Vec::new()),
        };
        note("CORS", wrong);
        let (answers, wrong) = self.answers.check();
        note("the answers to problems", wrong);
        let edge = Edge {
            hosts,
            https,
            cors,
            answers,
            reports: NoteBudget::default(),
            origin: origin.cloned(),
            refused: AtomicBool::new(false),
        };
        (edge, findings)
    }

    /// The public origin's host is among them: that is where clients are sent.
    fn hosts(&self, production: bool, origin: Option<&Origin>) -> (AllowedHosts, Vec<String>) {
        let mut patterns: Vec<_> = origin.and_then(Origin::host).into_iter().collect();
        let mut findings = Vec::new();
        for hosts in [&self.hosts, &self.more_hosts].into_iter().flatten() {
            let (more, wrong) = hosts.check();
            patterns.extend(more);
            findings.extend(wrong);
        }
        if production && patterns.is_empty() && findings.is_empty() {
            tracing::warn!(
                "every host is answered, whatever a request calls this service; \
                 `SECURE_PUBLIC_ORIGIN`, `SECURE_ALLOWED_HOSTS` or `.allowed_hosts(hosts!(…))` says \
                 its names"
            );
            return (AllowedHosts::All, findings);
        }
        let local = !production;
        (AllowedHosts::These { patterns, local }, findings)
    }
}
