use std::{any::TypeId, collections::HashMap};

use actix_web::{dev::ResourceDef, http::Method};

use super::{
    entry::{LaidFloor, UncheckedEntry},
    limit::MountedLimit,
};
use crate::{
    policy::{Need, Policy, RoutePolicy, Via},
    principal::Vocabularies,
};

/// A handler under the path at which it is mounted, with the counters of its limits.
#[derive(Debug)]
pub(crate) struct MountedRoute {
    pub(crate) id: usize,
    /// With the floors of the scopes that it stands in.
    pub(crate) policy: RoutePolicy,
    pub(crate) policy_type: TypeId,
    /// Every method and full path pattern that it answers.
    pub(crate) endpoints: Vec<(Method, String)>,
    pub(crate) limits: Vec<MountedLimit>,
}

/// Everything that is mounted, for the guard, the middleware and the report.
#[derive(Debug, Default)]
pub(crate) struct RouteTable {
    routes: Vec<MountedRoute>,
    unchecked: Vec<UncheckedEntry>,
    vocabularies: Vocabularies,
    by_policy: HashMap<TypeId, Vec<usize>>,
    /// The methods at a path without parameters.
    exact: HashMap<String, Vec<Method>>,
    /// The methods at each pattern with parameters.
    patterns: Vec<(ResourceDef, Vec<Method>)>,
    /// What answers whatever a request calls the host: methods and patterns.
    any_host: Vec<(Method, String)>,
    /// Where a handler has a middleware of its own.
    wrapped: Vec<(Method, ResourceDef)>,
    /// The prefixes below which there is a floor.
    floors: Vec<ResourceDef>,
    /// The scopes in which an unchecked service says that it keeps to no floor.
    beside_floors: Vec<ResourceDef>,
}

impl RouteTable {
    pub(crate) fn new(
        routes: Vec<MountedRoute>,
        unchecked: Vec<UncheckedEntry>,
        floors: &[LaidFloor],
        vocabularies: Vocabularies,
    ) -> Self {
        let floors = floors.iter().map(|laid| laid.prefix.as_str());
        let beside = unchecked.iter().filter(|entry| entry.without_floor);
        let beside = beside.map(|entry| entry.prefix.as_str());
        let mut table = Self {
            floors: floors.map(ResourceDef::prefix).collect(),
            beside_floors: beside.map(ResourceDef::prefix).collect(),
            unchecked,
            vocabularies,
            ..Self::default()
        };
        for (index, route) in routes.iter().enumerate() {
            table
                .by_policy
                .entry(route.policy_type)
                .or_default()
                .push(index);
            for (method, path) in &route.endpoints {
                table.methods_of(path).push(method.clone());
                if route.policy.any_host_because().is_some() {
                    table.any_host.push((method.clone(), path.clone()));
                }
                if route.policy.is_wrapped() {
                    let definition = ResourceDef::new(path.as_str());
                    table.wrapped.push((method.clone(), definition));
                }
            }
        }
        table.routes = routes;
        table
    }

    /// What handlers need the builder to have been told, and it was not.
    pub(crate) fn unmet(&self, has: impl Fn(Need) -> bool) -> Vec<String> {
        let mut findings = Vec::new();
        for route in &self.routes {
            let handler = route.policy.handler();
            let mut missing: Vec<_> = route.policy.needs().filter(|need| !has(*need)).collect();
            missing.dedup();
            let path = route.endpoints.first().map_or("", |(_, path)| path);
            let missing = missing.into_iter().map(|need| {
                format!(
                    "`{handler}` at {path} needs `{}`; say it to the builder of `Security`",
                    need.call()
                )
            });
            findings.extend(missing);
        }
        findings
    }

    /// The routes that take API keys where nobody says what the owners of keys may do.
    pub(crate) fn without_owners(&self, has_owners: bool) -> Vec<String> {
        let mut findings = Vec::new();
        for route in &self.routes {
            if has_owners || !route.policy.takes_api_keys() {
                continue;
            }
            findings.push(format!(
                "`{}` takes API keys, and nobody says what their owners may do; say `.accounts(…)` or \
                 `.resource_owners(…)` to the builder of `Security`",
                route.policy.handler(),
            ));
        }
        findings
    }

    /// The routes that take a credential which a floor under them does not.
    pub(crate) fn beyond_floors(&self, has_sessions: bool) -> Vec<String> {
        let mut findings = Vec::new();
        for route in &self.routes {
            let path = route.endpoints.first().map_or("", |(_, path)| path);
            let handler = route.policy.handler();
            for floor in route.policy.floors() {
                let demands = route.policy.demands();
                let more = demands.and_then(|demands| floor.not_taken(demands, has_sessions));
                let (Some(more), Some(takes)) = (more, floor.via()) else {
                    continue;
                };
                let takes: Vec<_> = takes.iter().map(|via| via.word()).collect();
                findings.push(format!(
                    "`{handler}` at {path} takes `{}`, and a floor under it takes {} alone; say \
                     `via = …` on the route, or mount it elsewhere",
                    more.word(),
                    takes.join(", "),
                ));
            }
        }
        findings
    }

    /// The routes that can be called by nobody but with a session, where the app has none.
    pub(crate) fn without_sessions(&self, has_sessions: bool) -> Vec<String> {
        let mut findings = Vec::new();
        for route in &self.routes {
            let policy = route.policy;
            if has_sessions || !policy.takes(Via::Session) || policy.takes(Via::Bearer) {
                continue;
            }
            findings.push(format!(
                "`{}` takes sessions in the place of bearer tokens, and the app has none; say \
                 `.sessions(…)` to the builder of `Security`",
                policy.handler(),
            ));
        }
        findings
    }

    fn methods_of(&mut self, path: &str) -> &mut Vec<Method> {
        if !path.contains('{') {
            return self.exact.entry(path.to_owned()).or_default();
        }
        let known = self
            .patterns
            .iter()
            .position(|(definition, _)| definition.pattern() == Some(path));
        let at = known.unwrap_or_else(|| {
            self.patterns.push((ResourceDef::new(path), Vec::new()));
            self.patterns.len() - 1
        });
        &mut self.patterns[at].1
    }

    /// The mounted route that a policy's guard stands before. Where a handler is mounted more than
    /// once, the pattern that the router matched decides.
    pub(crate) fn find(
        &self,
        policy_type: TypeId,
        pattern: impl FnOnce() -> Option<String>,
    ) -> Option<&MountedRoute> {
        match self.by_policy.get(&policy_type)?.as_slice() {
            [one] => self.routes.get(*one),
            several => {
                let pattern = pattern()?;
                several
                    .iter()
                    .filter_map(|index| self.routes.get(*index))
                    .find(|route| route.endpoints.iter().any(|(_, path)| *path == pattern))
            }
        }
    }

    /// At which path a route is mounted; the first where it is mounted more than once.
    pub(crate) fn path_of<P: Policy>(&self) -> Option<&str> {
        let at = self.by_policy.get(&TypeId::of::<P>())?.first()?;
        let (_, path) = self.routes.get(*at)?.endpoints.first()?;
        Some(path)
    }

    pub(crate) fn route(&self, id: usize) -> Option<&MountedRoute> {
        self.routes.get(id)
    }

    /// The methods that mounted routes answer at `path`; empty where none is mounted.
    pub(crate) fn methods_at(&self, path: &str) -> Vec<&Method> {
        let exact = self.exact.get(path).into_iter().flatten();
        let patterns = self
            .patterns
            .iter()
            .filter(|(definition, _)| definition.is_match(path))
            .flat_map(|(_, methods)| methods);
        exact.chain(patterns).collect()
    }

    /// Whether a mounted route answers `method` at `path`.
    pub(crate) fn answers(&self, method: &Method, path: &str) -> bool {
        if let Some(methods) = self.exact.get(path)
            && methods.contains(method)
        {
            return true;
        }
        self.patterns
            .iter()
            .any(|(definition, methods)| methods.contains(method) && definition.is_match(path))
    }

    pub(crate) fn routes(&self) -> &[MountedRoute] {
        &self.routes
    }

    pub(crate) fn unchecked(&self) -> &[UncheckedEntry] {
        &self.unchecked
    }

    /// Whether an unchecked service says that it answers everything below a prefix of `path`.
    pub(crate) fn is_left_unchecked(&self, path: &str) -> bool {
        let mut prefixes = self
            .unchecked
            .iter()
            .filter_map(|entry| entry.below.as_deref());
        prefixes.any(|prefix| is_below(prefix, path))
    }

    /// Whether there is a floor at `path`, and no unchecked service there that says it keeps to none: one that
    /// is mounted beside the scope hides its path until it is asked.
    pub(crate) fn is_on_floor(&self, path: &str) -> bool {
        let is_in = |scopes: &[ResourceDef]| scopes.iter().any(|scope| scope.is_match(path));
        is_in(&self.floors) && !is_in(&self.beside_floors)
    }

    /// Whether a handler that answers `method` at `path` has a middleware of its own, which may answer
    /// before the guard.
    pub(crate) fn is_wrapped(&self, method: &Method, path: &str) -> bool {
        self.wrapped
            .iter()
            .any(|(known, definition)| known == method && definition.is_match(path))
    }

    /// Whether a handler answers `method` at a path with this pattern whatever a request calls the host.
    pub(crate) fn answers_any_host(&self, method: &Method, pattern: &str) -> bool {
        self.any_host
            .iter()
            .any(|(known, path)| known == method && path == pattern)
    }

    pub(crate) fn vocabularies(&self) -> Vocabularies {
        self.vocabularies
    }
}

/// Whether `path` is `prefix`, or stands below it.
pub(crate) fn is_below(prefix: &str, path: &str) -> bool {
    path.strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || prefix.is_empty())
}

/// Whether a route with this pattern answers below a scope with this prefix. What a parameter is called is no
/// matter: `/tenants/{id}/users` stands below `/tenants/{tenant}`.
pub(crate) fn answers_below(prefix: &str, pattern: &str) -> bool {
    let mut segments = pattern.split('/');
    prefix.split('/').all(|expected| {
        segments.next().is_some_and(|segment| {
            let parameters = expected.split_once('{').zip(segment.split_once('{'));
            segment == expected || parameters.is_some_and(|((before, _), (own, _))| before == own)
        })
    })
}
