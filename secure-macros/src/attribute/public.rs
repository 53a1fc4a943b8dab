//! `#[public]`

use proc_macro2::Span;

use super::Arguments;
use crate::diagnostics::Diagnostics;

const KEYS: [&str; 4] = ["unlimited", "any_host", "csrf_off", "crate"];
const EXAMPLE: &str = "`#[public]`, `#[public(unlimited = \"because …\")]`";

/// The arguments of `#[public]`.
#[derive(Debug)]
pub(crate) struct Public {
    pub(crate) span: Span,
    /// The reason, and where `unlimited` stands.
    pub(crate) unlimited: Option<(String, Span)>,
    /// Why it answers whatever the request calls the host.
    pub(crate) any_host: Option<String>,
    /// Why pages of other sites may have somebody signed in, and where that stands.
    pub(crate) csrf_off: Option<(String, Span)>,
    /// Whether its arguments could be read: what cannot be read is not missing.
    pub(crate) is_sound: bool,
    pub(crate) runtime: Option<syn::Path>,
}

impl Public {
    pub(crate) fn parse(
        span: Span,
        tokens: proc_macro2::TokenStream,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let before = diagnostics.count();
        let mut arguments = Arguments::parse("public", tokens, EXAMPLE, diagnostics);
        let unlimited = arguments.take("unlimited").and_then(|argument| {
            let reason = diagnostics.ok(argument.reason())?;
            Some((reason, argument.key.span()))
        });
        let any_host = arguments
            .take("any_host")
            .and_then(|argument| diagnostics.ok(argument.reason()));
        let csrf_off = arguments.take("csrf_off").and_then(|argument| {
            let reason = diagnostics.ok(argument.reason())?;
            Some((reason, argument.key.span()))
        });
        let runtime = arguments.runtime.take();
        arguments.finish(&KEYS, &[], diagnostics);
        Self {
            span,
            unlimited,
            any_host,
            csrf_off,
            is_sound: diagnostics.count() == before,
            runtime,
        }
    }
}
