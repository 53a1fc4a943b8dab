//! One file an attribute: what its arguments are. What they have in common stands here.

mod arguments;
pub(crate) mod protected;
pub(crate) mod public;
pub(crate) mod rate_limit;
pub(crate) mod route;
pub(crate) mod validated;

use syn::ext::IdentExt as _;

pub(crate) use arguments::{Argument, Arguments, Word, reason};

/// Which of our attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Protected,
    Public,
    RateLimit,
    Validated,
    /// A route attribute, ours or actix-web's: they have the same names and arguments.
    Route(&'static str),
}

/// The names of the route attributes.
const ROUTES: [&str; 12] = [
    "get", "post", "put", "patch", "delete", "head", "options", "trace", "connect", "query",
    "route", "routes",
];

impl Kind {
    /// The kind of a sibling attribute, by the last segment of its path.
    pub(crate) fn of(path: &syn::Path) -> Option<Self> {
        let name = path.segments.last()?.ident.unraw().to_string();
        match name.as_str() {
            "protected" => Some(Self::Protected),
            "public" => Some(Self::Public),
            "rate_limit" => Some(Self::RateLimit),
            "validated" => Some(Self::Validated),
            name => ROUTES
                .into_iter()
                .find(|route| *route == name)
                .map(Self::Route),
        }
    }

    /// The attribute's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Protected => "protected",
            Self::Public => "public",
            Self::RateLimit => "rate_limit",
            Self::Validated => "validated",
            Self::Route(name) => name,
        }
    }
}
