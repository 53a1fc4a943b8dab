use std::{borrow::Cow, fmt};

use crate::{
    policy::{Demands, RoutePolicy},
    principal::Principal,
};

/// Why a known caller may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// None of the roles.
    Role,
    /// Not all of the scopes; these are demanded.
    Scope(&'static [&'static str]),
    /// The credential is narrower than its owner, and the route names no scope.
    Restricted,
    /// Somebody else's resource.
    Owner,
}

/// Whether `principal` meets what the policy demands: its floors, and then its own demands.
/// `parameter` gives the value of a path parameter; an absent one is nobody's.
pub(super) fn decide<'a>(
    policy: &RoutePolicy,
    principal: &Principal,
    parameter: impl Fn(&str) -> Option<Cow<'a, str>>,
) -> Result<(), Refusal> {
    if principal.is_restricted() && !policy.names_scopes() {
        return Err(Refusal::Restricted);
    }
    policy
        .every_demand()
        .try_for_each(|demands| meet(demands, principal, &parameter))
}

fn meet<'a>(
    demands: &Demands,
    principal: &Principal,
    parameter: impl Fn(&str) -> Option<Cow<'a, str>>,
) -> Result<(), Refusal> {
    if let Some(roles) = demands.roles()
        && !roles.any_in(principal.role_mask())
    {
        return Err(Refusal::Role);
    }
    if let Some(scopes) = demands.scopes()
        && !scopes.all_in(principal.scope_mask())
    {
        return Err(Refusal::Scope(scopes.words()));
    }
    if let Some(owner) = demands.owner() {
        let stands_in = demands
            .or_roles()
            .is_some_and(|roles| roles.any_in(principal.role_mask()));
        let owner = parameter(owner);
        if owner.as_deref() != Some(principal.subject()) && !stands_in {
            return Err(Refusal::Owner);
        }
    }
    Ok(())
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Role => f.write_str("none of the roles"),
            Self::Scope(words) => write!(f, "not all of the scopes {}", words.join(" ")),
            Self::Restricted => f.write_str("a token narrowed to some scopes, on a route without"),
            Self::Owner => f.write_str("not the owner"),
        }
    }
}
