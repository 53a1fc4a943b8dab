//! `#[protected]`

use proc_macro2::Span;

use super::{Arguments, Word};
use crate::diagnostics::{Diagnostic, Diagnostics};

const KEYS: [&str; 10] = [
    "roles",
    "scopes",
    "owner",
    "or_roles",
    "policy",
    "via",
    "role_type",
    "scope_type",
    "csrf_off",
    "crate",
];
const LATER: [&str; 2] = ["fresh", "mfa"];
const EXAMPLE: &str =
    "`#[protected(roles = \"admin\")]`, `#[protected(scopes = [\"articles:read\"])]`";

/// What a floor may say.
const FLOOR_KEYS: [&str; 9] = [
    "roles",
    "scopes",
    "owner",
    "or_roles",
    "policy",
    "via",
    "role_type",
    "scope_type",
    "crate",
];
const FLOOR_EXAMPLE: &str = "`floor!(roles = \"admin\", scopes = [\"admin:users\"])`";

/// The arguments of `#[protected]`, and of `floor!`.
#[derive(Debug)]
pub(crate) struct Protected {
    pub(crate) span: Span,
    pub(crate) roles: Vec<Word>,
    pub(crate) scopes: Vec<Word>,
    pub(crate) owner: Option<Word>,
    pub(crate) or_roles: Vec<Word>,
    /// The type of a rule of the app's own.
    pub(crate) policy: Option<syn::Path>,
    /// Whether `via` stands there.
    pub(crate) names_via: bool,
    /// What a caller may show; `None` where that cannot be read.
    pub(crate) via: Option<Vec<Via>>,
    pub(crate) role_type: Option<syn::Path>,
    pub(crate) scope_type: Option<syn::Path>,
    /// Why pages of other sites may use a caller's cookie, and where that stands.
    pub(crate) csrf_off: Option<(String, Span)>,
    pub(crate) runtime: Option<syn::Path>,
}

/// What a caller may show to say who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Via {
    Bearer,
    ApiKey,
    Session,
}

impl Protected {
    /// What it takes, where that is known and not what every route takes that says nothing.
    pub(crate) fn unusual_via(&self) -> Option<&[Via]> {
        let via = self.via.as_deref()?;
        let usual = [Via::Bearer, Via::Session];
        let is_usual = via.len() == usual.len() && usual.iter().all(|usual| via.contains(usual));
        (!is_usual).then_some(via)
    }

    /// Whether it is known to take no API keys.
    pub(crate) fn takes_no_api_keys(&self) -> bool {
        let via = self.via.as_ref();
        via.is_some_and(|via| !via.contains(&Via::ApiKey))
    }

    pub(crate) fn parse(
        span: Span,
        tokens: proc_macro2::TokenStream,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let arguments = Arguments::parse("protected", tokens, EXAMPLE, diagnostics);
        let names_scopes = arguments.has("scopes");
        Self::read(span, arguments, names_scopes, diagnostics)
    }

    /// The same words, as `floor!` takes them.
    pub(crate) fn parse_floor(
        span: Span,
        tokens: proc_macro2::TokenStream,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut arguments = Arguments::parse("floor!", tokens, FLOOR_EXAMPLE, diagnostics);
        arguments.refuse_others(&FLOOR_KEYS, diagnostics);
        // The scopes of an API key stand on the route that takes it.
        Self::read(span, arguments, true, diagnostics)
    }

    fn read(
        span: Span,
        mut arguments: Arguments,
        names_scopes: bool,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let names_via = arguments.has("via");
        let mut words = |key: &str, diagnostics: &mut Diagnostics| {
            arguments
                .take(key)
                .and_then(|argument| diagnostics.ok(argument.words()))
                .unwrap_or_default()
        };
        let roles = words("roles", diagnostics);
        let scopes = words("scopes", diagnostics);
        let or_roles = words("or_roles", diagnostics);
        let via = match arguments.take("via") {
            None => Some(vec![Via::Bearer, Via::Session]),
            Some(argument) => diagnostics
                .ok(argument.words())
                .and_then(|words| via(&words, names_scopes, diagnostics)),
        };

        let owner = arguments
            .take("owner")
            .and_then(|argument| diagnostics.ok(argument.word()));
        if owner.is_none()
            && let Some(first) = or_roles.first()
        {
            diagnostics.add(
                Diagnostic::new(
                    first.span,
                    "`or_roles` stands in for `owner`, and there is none",
                )
                .help("add `owner = \"user_id\"`, or write `roles = …`"),
            );
        }
        let policy = arguments
            .take("policy")
            .and_then(|argument| diagnostics.ok(argument.path("the name of a type")));
        let speaks_roles = !roles.is_empty() || !or_roles.is_empty();
        let role_type = arguments.take_vocabulary("role_type", "role", speaks_roles, diagnostics);
        let speaks_scopes = !scopes.is_empty();
        let scope_type =
            arguments.take_vocabulary("scope_type", "scope", speaks_scopes, diagnostics);
        let csrf_off = arguments.take("csrf_off").and_then(|argument| {
            let reason = diagnostics.ok(argument.reason())?;
            Some((reason, argument.key.span()))
        });
        let runtime = arguments.runtime.take();
        arguments.finish(&KEYS, &LATER, diagnostics);
        Self {
            span,
            roles,
            scopes,
            owner,
            or_roles,
            policy,
            names_via,
            via,
            role_type,
            scope_type,
            csrf_off,
            runtime,
        }
    }
}

/// The credentials that are named; `None` where one of them cannot be read.
fn via(words: &[Word], names_scopes: bool, diagnostics: &mut Diagnostics) -> Option<Vec<Via>> {
    let mut named = Vec::new();
    for word in words {
        match word.text.as_str() {
            "bearer" => named.push(Via::Bearer),
            "api_key" => {
                named.push(Via::ApiKey);
                if !names_scopes {
                    diagnostics.add(
                        Diagnostic::new(
                            word.span,
                            "an API key may do what its scopes say, and the attribute names none",
                        )
                        .help("add `scopes = \"…\"`, or remove `\"api_key\"`"),
                    );
                }
            }
            "session" => named.push(Via::Session),
            other => diagnostics.add(
                Diagnostic::new(
                    word.span,
                    format_args!("unknown credential `{other}` in `via`"),
                )
                .choices(other, "credentials", &["bearer", "api_key", "session"]),
            ),
        }
    }
    (named.len() == words.len()).then_some(named)
}
