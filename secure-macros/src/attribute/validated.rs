//! `#[validated]` on a handler

use proc_macro2::Span;

use super::Arguments;
use crate::diagnostics::Diagnostics;

const KEYS: [&str; 1] = ["crate"];
const LATER: [&str; 1] = ["max"];

/// `#[validated]` on a handler: it has no arguments of its own.
#[derive(Debug)]
pub(crate) struct Validated {
    pub(crate) span: Span,
    pub(crate) runtime: Option<syn::Path>,
}

impl Validated {
    pub(crate) fn parse(
        span: Span,
        tokens: proc_macro2::TokenStream,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut arguments = Arguments::parse("validated", tokens, "`#[validated]`", diagnostics);
        let runtime = arguments.runtime.take();
        arguments.finish(&KEYS, &LATER, diagnostics);
        Self { span, runtime }
    }
}
