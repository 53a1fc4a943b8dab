use std::{collections::HashMap, fmt::Write as _, panic::catch_unwind};

use actix_web::{dev::ResourceDef, http::Method};
use secure_grammar::{PathPattern, changes_state};

use super::{
    LaunchError, Routes,
    entry::{Entry, Kind, LaidFloor, PolicyEntry, ScopeEntry, UncheckedEntry},
    limit::{CounterIds, MountedLimit},
    table::{MountedRoute, RouteTable, answers_below},
};
use crate::{
    limit::Rule,
    policy::{Count, Floors, RateLimit, RoutePolicy, Vocabulary, WordSet},
    principal::Vocabularies,
};

/// Everything that can be known at launch, checked at once.
///
/// # Errors
/// All findings together.
pub(crate) fn check(routes: &Routes, counters: &CounterIds) -> Result<RouteTable, LaunchError> {
    let mut checker = Checker {
        findings: Vec::new(),
        floors: routes.floors().to_vec(),
        routes: Vec::new(),
        unchecked: Vec::new(),
        vocabularies: Vocabularies::default(),
        taken: HashMap::new(),
        closed_scopes: Vec::new(),
        counters,
    };
    checker.entries(routes.entries());
    checker.words_of_floors();
    checker.assertions(routes);
    if checker.findings.is_empty() {
        Ok(RouteTable::new(
            checker.routes,
            checker.unchecked,
            &checker.floors,
            checker.vocabularies,
        ))
    } else {
        Err(LaunchError::new(checker.findings))
    }
}

struct Checker<'a> {
    findings: Vec<String>,
    floors: Vec<LaidFloor>,
    routes: Vec<MountedRoute>,
    unchecked: Vec<UncheckedEntry>,
    vocabularies: Vocabularies,
    /// Who answers a method at a normalized pattern.
    taken: HashMap<(String, String), String>,
    /// Prefixes of the scopes that are complete: what comes later below them is never reached.
    closed_scopes: Vec<String>,
    counters: &'a CounterIds,
}

impl Checker<'_> {
    fn entries(&mut self, entries: &[Entry]) {
        for entry in entries {
            match &entry.kind {
                Kind::Policy(entry) => self.policy(entry),
                Kind::Scope(scope) => self.scope(scope),
                Kind::Unchecked(entry) => self.unchecked(entry),
            }
        }
    }

    fn unchecked(&mut self, entry: &UncheckedEntry) {
        if entry.because.trim().is_empty() {
            self.findings.push(
                "an `unchecked` service gives no reason; write \
                 `unchecked(\"because …\", service)`"
                    .to_owned(),
            );
        }
        let answers = entry.below.as_deref().unwrap_or(&entry.prefix);
        let floor = self
            .floors
            .iter()
            .find(|floor| answers_below(&floor.prefix, answers));
        let because = &entry.because;
        match floor {
            Some(floor) if !entry.without_floor => self.findings.push(format!(
                "the service that is unchecked \"{because}\" does not keep to the floor of {}; mount \
                 it elsewhere, or say `.without_floor()`",
                shown_prefix(&floor.prefix),
            )),
            None if entry.without_floor => self.findings.push(format!(
                "the service that is unchecked \"{because}\" says `.without_floor()`, and stands on \
                 none; remove it",
            )),
            _ => {}
        }
        self.unchecked.push(entry.clone());
    }

    fn words_of_floors(&mut self) {
        for LaidFloor { prefix, floor } in self.floors.clone() {
            let speaker = format!("the floor of {}", shown_prefix(&prefix));
            self.role_words(floor.roles(), &speaker);
            self.role_words(floor.or_roles(), &speaker);
            self.scope_words(floor.scopes(), &speaker);
        }
    }

    fn scope(&mut self, scope: &ScopeEntry) {
        let prefix = &scope.prefix;
        let name = format!("the scope `{prefix}`");
        if prefix.is_empty() || prefix.ends_with('/') || !prefix.starts_with('/') {
            self.findings
                .push(format!("{name} must start with `/` and not end with one"));
            // Whatever is below would only repeat it.
            return;
        }
        match self.pattern(prefix, &name) {
            Some(pattern) if pattern.has_tail() => {
                self.findings.push(format!(
                    "{name} takes the rest of the path, so nothing below it is reached; \
                     write the tail in the routes"
                ));
                return;
            }
            Some(_) => {}
            None => return,
        }
        self.entries(&scope.entries);
        self.closed_scopes.push(scope.full_prefix.clone());
    }

    fn policy(&mut self, entry: &PolicyEntry) {
        let policy = &entry.policy.on_floors(self.floors_under(entry));
        let handler = policy.handler();
        let mut endpoints = Vec::new();
        for (method, path) in &entry.endpoints {
            let name = format!("{method} {path} (`{handler}`)");
            if path.is_empty() {
                self.findings.push(format!(
                    "{name} has an empty path; the root of the app is `/`"
                ));
            } else if let Some(pattern) = self.pattern(path, &name) {
                self.reachable(path, &name);
                self.alone(method, &pattern, &name);
                self.owner(policy, &pattern, &name);
                self.resources(policy, &pattern, &name);
            }
            self.limited(policy, method, &name);
            match Method::from_bytes(method.as_bytes()) {
                Ok(method) => endpoints.push((method, path.clone())),
                Err(_) => self
                    .findings
                    .push(format!("{name}: `{method}` is no method")),
            }
        }
        let changes = entry
            .endpoints
            .iter()
            .any(|(method, _)| changes_state(method));
        if policy.unlimited_because().is_some() && !changes {
            let routes = entry
                .endpoints
                .iter()
                .map(|(method, path)| format!("{method} {path}"));
            self.findings.push(format!(
                "{} (`{handler}`) says `unlimited`, which only a route that changes state needs; \
                 remove it",
                routes.collect::<Vec<_>>().join(", ")
            ));
        }
        if let Some(demands) = policy.demands() {
            let speaker = format!("`{handler}`");
            self.role_words(demands.roles(), &speaker);
            self.role_words(demands.or_roles(), &speaker);
            self.scope_words(demands.scopes(), &speaker);
        }
        let limits = self.limits(policy, &endpoints);
        self.routes.push(MountedRoute {
            id: self.routes.len(),
            policy: *policy,
            policy_type: entry.policy_type,
            endpoints,
            limits,
        });
    }

    /// The floors that a route stands on, wherever it is mounted.
    fn floors_under(&mut self, entry: &PolicyEntry) -> Floors {
        let mut under = Vec::new();
        for laid in &self.floors {
            let mut endpoints = entry.endpoints.iter();
            let Some((method, path)) =
                endpoints.find(|(_, path)| answers_below(&laid.prefix, path))
            else {
                continue;
            };
            if entry.policy.is_public() {
                self.findings.push(format!(
                    "{method} {path} (`{}`) is public, and cannot stand on the floor of {}; make it \
                     `#[protected]`, or mount it elsewhere",
                    entry.policy.handler(),
                    shown_prefix(&laid.prefix),
                ));
            }
            under.push(laid.floor);
        }
        Floors::new(under).unwrap_or_else(|| {
            self.findings.push(format!(
                "`{}` stands on more than {} floors",
                entry.policy.handler(),
                Floors::MOST,
            ));
            Floors::NONE
        })
    }

    fn role_words(&mut self, words: Option<&WordSet>, speaker: &str) {
        if let Some(words) = words {
            let known = &mut self.vocabularies.roles;
            vocabulary(known, words.vocabulary(), speaker, &mut self.findings);
        }
    }

    fn scope_words(&mut self, words: Option<&WordSet>, speaker: &str) {
        if let Some(words) = words {
            let known = &mut self.vocabularies.scopes;
            vocabulary(known, words.vocabulary(), speaker, &mut self.findings);
        }
    }

    fn pattern(&mut self, path: &str, name: &str) -> Option<PathPattern> {
        match PathPattern::parse(path) {
            // The router compiles the regular expression of a parameter, and panics if it cannot.
            Ok(_) if catch_unwind(|| ResourceDef::new(path)).is_err() => {
                self.findings.push(format!(
                    "{name}: a regular expression in the path does not compile"
                ));
                None
            }
            Ok(pattern) => Some(pattern),
            Err(error) => {
                self.findings.push(format!("{name}: {error}"));
                None
            }
        }
    }

    /// actix-web asks the scopes in order and does not come back from one.
    fn reachable(&mut self, path: &str, name: &str) {
        let above = self
            .closed_scopes
            .iter()
            .find(|prefix| covers(prefix, path));
        if let Some(prefix) = above {
            self.findings.push(format!(
                "{name} is never reached: the scope `{prefix}` is mounted before it and answers \
                 everything below; list the route before the scope, or inside it"
            ));
        }
    }

    fn alone(&mut self, method: &str, pattern: &PathPattern, name: &str) {
        let place = (method.to_owned(), pattern.normalized());
        if let Some(other) = self.taken.get(&place) {
            self.findings.push(format!(
                "{name} has two policies: {other} is mounted at the same path"
            ));
        } else {
            self.taken.insert(place, name.to_owned());
        }
    }

    fn owner(&mut self, policy: &RoutePolicy, pattern: &PathPattern, name: &str) {
        let owner = policy.demands().and_then(|demands| demands.owner());
        let floors = policy.floors().filter_map(|floor| floor.owner());
        let owners = owner.map(|owner| (name.to_owned(), owner)).into_iter();
        for (who, owner) in
            owners.chain(floors.map(|owner| (format!("the floor of {name}"), owner)))
        {
            if !pattern.parameters().iter().any(|known| known == owner) {
                self.findings.push(format!(
                    "{who} demands that the path parameter `{owner}` is the caller, and the path has \
                     no `{{{owner}}}`"
                ));
            }
        }
    }

    fn resources(&mut self, policy: &RoutePolicy, pattern: &PathPattern, name: &str) {
        for resource in policy.resources() {
            let parameter = resource.parameter();
            if !pattern.parameters().iter().any(|known| known == parameter) {
                self.findings.push(format!(
                    "{name} takes `{resource}`, which is found by the path parameter `{parameter}`, and the path has \
                     no `{{{parameter}}}`"
                ));
            }
        }
    }

    /// For plain functions, whose method the attributes did not know.
    fn limited(&mut self, policy: &RoutePolicy, method: &str, name: &str) {
        if !policy.is_public() {
            return;
        }
        let limited = policy.limits_everyone() || policy.unlimited_because().is_some();
        if changes_state(method) && !limited {
            self.findings.push(format!(
                "{name} is public, changes state and is not limited; add \
                 `#[rate_limit(\"5/minute\")]`, or say `#[public(unlimited = \"because …\")]`"
            ));
        }
    }

    fn limits(
        &mut self,
        policy: &RoutePolicy,
        endpoints: &[(Method, String)],
    ) -> Vec<MountedLimit> {
        let mut limits = Vec::new();
        for (at, limit) in policy.limits().iter().enumerate() {
            match Rule::new(limit.quotas(), limit.burst()) {
                Ok(rule) => {
                    let name = shared_name(endpoints, at, limit);
                    let id = self.counters.next();
                    limits.push(MountedLimit::new(id, name, *limit, rule, at));
                }
                Err(error) => self
                    .findings
                    .push(format!("`{}`: {error}", policy.handler())),
            }
        }
        limits
    }

    fn assertions(&mut self, routes: &Routes) {
        for assertion in routes.assertions() {
            for route in &self.routes {
                for (method, path) in &route.endpoints {
                    let below = answers_below(&assertion.prefix, path);
                    if below && !(assertion.holds)(method.as_str(), path, &route.policy) {
                        self.findings.push(format!(
                            "{method} {path} (`{}`) breaks the assertion \"{}\"",
                            route.policy.handler(),
                            assertion.claim,
                        ));
                    }
                }
            }
        }
    }
}

/// What every instance of the app calls a limit: where it stands, and what it is.
fn shared_name(endpoints: &[(Method, String)], at: usize, limit: &RateLimit) -> String {
    let mut name = String::new();
    for (method, path) in endpoints {
        let _ = write!(name, "{method} {path}, ");
    }
    let _ = write!(name, "limit {at} by {}", limit.key().describe());
    for quota in limit.quotas() {
        let _ = write!(name, ", {}/{}s", quota.amount(), quota.period_seconds());
    }
    if let Some(burst) = limit.burst() {
        let _ = write!(name, ", burst {burst}");
    }
    if limit.count() == Count::Failures {
        name.push_str(", failures");
    }
    name
}

/// Whether a scope with `prefix` answers everything that `path` matches. A parameter without a
/// pattern of its own takes whatever stands in its place.
fn covers(prefix: &str, path: &str) -> bool {
    let mut segments = path.split('/');
    prefix.split('/').all(|expected| {
        segments.next().is_some_and(|segment| {
            let takes_all = expected.starts_with('{')
                && expected.ends_with('}')
                && expected.matches('{').count() == 1
                && !expected.contains(':');
            segment == expected || (takes_all && !segment.is_empty())
        })
    })
}

/// A prefix in a sentence: the root has none.
fn shown_prefix(prefix: &str) -> String {
    match prefix {
        "" => "the root".to_owned(),
        prefix => format!("`{prefix}`"),
    }
}

/// Takes note of the words that a route speaks; all must speak the same.
fn vocabulary(
    known: &mut Option<&'static Vocabulary>,
    spoken: &'static Vocabulary,
    speaker: &str,
    findings: &mut Vec<String>,
) {
    match known {
        None => *known = Some(spoken),
        Some(known) if *known == spoken => {}
        Some(known) => findings.push(format!(
            "{speaker} takes its {noun}s from another enum ({}) than the routes before it ({}); \
             an app has one",
            spoken.words().join(", "),
            known.words().join(", "),
            noun = spoken.noun(),
        )),
    }
}
