use std::{any::TypeId, fmt};

use actix_web::{
    dev::HttpServiceFactory,
    web::{self, ServiceConfig},
};

use super::Unchecked;
use crate::policy::{Floor, RoutePolicy};

/// One thing that is mounted.
pub(crate) struct Entry {
    pub(crate) kind: Kind,
    mount: Option<Mount>,
}

/// What mounts it.
pub(crate) type Mount = Box<dyn FnOnce(&mut ServiceConfig)>;

pub(crate) enum Kind {
    /// A handler with its policy.
    Policy(PolicyEntry),
    /// A service that was let in without one.
    Unchecked(UncheckedEntry),
    /// More of them, under a prefix.
    Scope(ScopeEntry),
}

/// A handler with its policy and its full paths.
#[derive(Debug)]
pub(crate) struct PolicyEntry {
    pub(crate) policy: &'static RoutePolicy,
    pub(crate) policy_type: TypeId,
    /// Method and full path.
    pub(crate) endpoints: Vec<(String, String)>,
}

/// A service without a policy, with the reason in writing.
#[derive(Debug, Clone)]
pub(crate) struct UncheckedEntry {
    /// The scope that it stands in.
    pub(crate) prefix: String,
    pub(crate) because: String,
    /// The full prefix below which it answers everything by itself.
    pub(crate) below: Option<String>,
    /// Whether it says that it keeps to no floor.
    pub(crate) without_floor: bool,
}

#[derive(Debug)]
pub(crate) struct ScopeEntry {
    pub(crate) prefix: String,
    pub(crate) full_prefix: String,
    pub(crate) entries: Vec<Entry>,
}

/// What every route below a prefix stands on.
#[derive(Debug, Clone)]
pub(crate) struct LaidFloor {
    pub(crate) prefix: String,
    pub(crate) floor: Floor,
}

/// What must hold of every route below a prefix.
pub(crate) struct Assertion {
    pub(crate) prefix: String,
    pub(crate) claim: &'static str,
    pub(crate) holds: Box<Condition>,
}

type Condition = dyn Fn(&str, &str, &RoutePolicy) -> bool;

impl PolicyEntry {
    pub(crate) fn new(
        policy: &'static RoutePolicy,
        policy_type: TypeId,
        endpoints: Vec<(String, String)>,
    ) -> Self {
        Self {
            policy,
            policy_type,
            endpoints,
        }
    }

    /// With the endpoints that the policy names, below a prefix.
    pub(crate) fn below(prefix: &str, policy: &'static RoutePolicy, policy_type: TypeId) -> Self {
        let endpoints = policy.endpoints().iter().map(|endpoint| {
            let path = join(prefix, endpoint.path());
            (endpoint.method().to_owned(), path)
        });
        Self::new(policy, policy_type, endpoints.collect())
    }
}

impl Entry {
    pub(crate) fn policy(entry: PolicyEntry, mount: Mount) -> Self {
        Self {
            kind: Kind::Policy(entry),
            mount: Some(mount),
        }
    }

    pub(crate) fn unchecked<S: HttpServiceFactory + 'static>(
        prefix: &str,
        service: Unchecked<S>,
    ) -> Self {
        Self {
            kind: Kind::Unchecked(UncheckedEntry {
                prefix: prefix.to_owned(),
                because: service.because().to_owned(),
                below: service.answers_below().map(|below| join(prefix, below)),
                without_floor: service.is_without_floor(),
            }),
            mount: Some(Box::new(move |config| {
                config.service(service);
            })),
        }
    }

    pub(crate) fn scope(prefix: &str, full_prefix: String, entries: Vec<Self>) -> Self {
        Self {
            kind: Kind::Scope(ScopeEntry {
                prefix: prefix.to_owned(),
                full_prefix,
                entries,
            }),
            mount: None,
        }
    }
}

/// Mounts everything, in the order in which it was listed.
pub(crate) fn mount(entries: Vec<Entry>, config: &mut ServiceConfig) {
    for entry in entries {
        match entry.kind {
            Kind::Scope(scope) => {
                let ScopeEntry {
                    prefix, entries, ..
                } = scope;
                config.service(web::scope(&prefix).configure(|config| mount(entries, config)));
            }
            Kind::Policy(_) | Kind::Unchecked(_) => {
                if let Some(mount) = entry.mount {
                    mount(config);
                }
            }
        }
    }
}

/// Mounts the unchecked services alone; whether there are any.
pub(crate) fn mount_unchecked(entries: Vec<Entry>, config: &mut ServiceConfig) -> bool {
    let mut any = false;
    for entry in entries {
        match entry.kind {
            Kind::Scope(scope) => {
                let mut inner = false;
                let service = web::scope(&scope.prefix)
                    .configure(|config| inner = mount_unchecked(scope.entries, config));
                if inner {
                    config.service(service);
                }
                any |= inner;
            }
            Kind::Unchecked(_) => {
                if let Some(mount) = entry.mount {
                    mount(config);
                }
                any = true;
            }
            Kind::Policy(_) => {}
        }
    }
    any
}

/// A path below a prefix, as actix-web's router joins them.
pub(crate) fn join(prefix: &str, path: &str) -> String {
    if path.is_empty() {
        return prefix.to_owned();
    }
    let slash = if path.starts_with('/') { "" } else { "/" };
    format!("{prefix}{slash}{path}")
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Policy(entry) => entry.fmt(f),
            Kind::Unchecked(entry) => entry.fmt(f),
            Kind::Scope(scope) => scope.fmt(f),
        }
    }
}

impl Assertion {
    pub(crate) fn new(
        prefix: String,
        claim: &'static str,
        holds: impl Fn(&str, &str, &RoutePolicy) -> bool + 'static,
    ) -> Self {
        Self {
            prefix,
            claim,
            holds: Box::new(holds),
        }
    }
}

impl fmt::Debug for Assertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Assertion({:?}, {:?})", self.prefix, self.claim)
    }
}
