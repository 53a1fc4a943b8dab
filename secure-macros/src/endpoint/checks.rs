//! What each attribute cannot know alone.

use syn::spanned::Spanned as _;

use super::{Access, Endpoint};
use crate::{
    attribute::{
        Word,
        protected::Protected,
        public::Public,
        rate_limit::{Key, RateLimit},
        route::Route,
    },
    diagnostics::{Diagnostic, Diagnostics},
    handler::Argument,
};

impl Endpoint {
    /// What each attribute cannot know alone.
    pub(super) fn check(&self, broken_limit: bool, diagnostics: &mut Diagnostics) {
        self.check_limits(diagnostics);
        self.check_max(diagnostics);
        match &self.access {
            Access::Public(public) => self.check_public(public, broken_limit, diagnostics),
            Access::Protected(protected) => {
                self.check_protected(protected, diagnostics);
                if let Some(owner) = &protected.owner {
                    self.check_owner(owner, diagnostics);
                }
            }
        }
    }

    /// Two limits with one key and one period: the looser never matters.
    fn check_limits(&self, diagnostics: &mut Diagnostics) {
        let mut seen = Vec::new();
        for limit in &self.limits {
            for quota in &limit.quotas {
                let counted = (
                    limit.key.identity(),
                    quota.period_seconds(),
                    limit.failures_only,
                );
                if seen.contains(&counted) {
                    diagnostics.add(
                        Diagnostic::new(
                            limit.span,
                            "two limits have the same key and the same period, and one never matters",
                        )
                        .help("keep the stricter one"),
                    );
                }
                seen.push(counted);
            }
        }
    }

    /// The size of an upload stands at its field.
    fn check_max(&self, diagnostics: &mut Diagnostics) {
        let max = self.validated.as_ref().and_then(|it| it.max.as_ref());
        let mut arguments = self.handler.arguments.iter();
        let takes_uploads = arguments.any(Argument::is_multipart);
        if let Some((_, span)) = max
            && takes_uploads
        {
            diagnostics.add(
                Diagnostic::new(
                    *span,
                    "`max` beside a `Multipart<…>`, of which each upload says its size",
                )
                .help(
                    "remove it: `#[upload(max = \"2MiB\", types = [\"image/png\"])]` at the field",
                ),
            );
        }
    }

    fn check_public(&self, public: &Public, broken_limit: bool, diagnostics: &mut Diagnostics) {
        for limit in &self.limits {
            let what = match &limit.key {
                Key::User(span) => Some((*span, "caller")),
                Key::ApiKeys(span) => Some((*span, "API key")),
                Key::CallerFunction(path) => Some((path.span(), "caller")),
                _ => None,
            };
            if let Some((span, what)) = what {
                diagnostics.add(
                    Diagnostic::new(
                        span,
                        format_args!("a limit by {what} on a public route, where nobody signs in"),
                    )
                    .help("`by = \"ip\"`, or `#[protected]` instead of `#[public]`"),
                );
            }
        }
        let routes = self.routing.routes();
        let changes_state = routes.iter().any(Route::changes_state);
        let limited = broken_limit || self.limits.iter().any(RateLimit::counts_everyone);
        match &public.unlimited {
            Some((_, span)) if limited => diagnostics.add(
                Diagnostic::new(
                    *span,
                    "`unlimited` stands beside a limit that counts every request",
                )
                .help("keep one of them"),
            ),
            Some((_, span)) if !routes.is_empty() && !changes_state => diagnostics.add(
                Diagnostic::new(
                    *span,
                    "`unlimited` does nothing on a route that changes no state",
                )
                .help("remove it"),
            ),
            None if changes_state && !limited && public.is_sound => diagnostics.add(
                Diagnostic::new(
                    public.span,
                    "a public route that changes state has no limit that counts every request",
                )
                .help("add `#[rate_limit(\"5/minute\")]` (by address), or `by = \"global\"`")
                .help("or say why it needs none: `#[public(unlimited = \"because …\")]`"),
            ),
            _ => {}
        }
    }

    fn check_protected(&self, protected: &Protected, diagnostics: &mut Diagnostics) {
        for limit in &self.limits {
            if let Key::ApiKeys(span) = limit.key
                && protected.takes_no_api_keys()
            {
                diagnostics.add(
                    Diagnostic::new(span, "a limit by API key on a route that takes none")
                        .help(
                            "`#[protected(scopes = \"…\", via = [\"bearer\", \"api_key\"])]` takes them",
                        )
                        .help("or `by = \"user\"`"),
                );
            }
        }
    }

    fn check_owner(&self, owner: &Word, diagnostics: &mut Diagnostics) {
        for route in self.routing.routes() {
            let parameters = route.pattern.parameters();
            if parameters.contains(&owner.text) {
                continue;
            }
            let path = route.path.value();
            let diagnostic = Diagnostic::new(
                owner.span,
                format_args!("the path `{path}` has no parameter `{}`", owner.text),
            );
            let names: Vec<&str> = parameters.iter().map(String::as_str).collect();
            diagnostics.add(match names.as_slice() {
                [] => diagnostic.help(format_args!("add `{{{}}}` to the path", owner.text)),
                names => diagnostic.choices(&owner.text, "parameters", names),
            });
        }
    }
}

/// The same method at the same path twice: the second would never be reached.
pub(super) fn check_distinct(routes: &[Route], diagnostics: &mut Diagnostics) {
    for (at, route) in routes.iter().enumerate() {
        for method in &route.methods {
            let is_taken = routes[..at].iter().any(|other| {
                let same_path = other.pattern.normalized() == route.pattern.normalized();
                same_path && other.guards.is_empty() && other.methods.contains(method)
            });
            if is_taken {
                let path = route.path.value();
                diagnostics.add(
                    Diagnostic::new(
                        route.path.span(),
                        format_args!("the route `{method} {path}` is named twice"),
                    )
                    .help("keep one"),
                );
            }
        }
    }
}
