//! `#[validated]` on a handler

use proc_macro2::Span;
use secure_grammar::parse_size;

use super::{Argument, Arguments};
use crate::diagnostics::{Diagnostic, Diagnostics};

const KEYS: [&str; 2] = ["max", "crate"];
const EXAMPLE: &str = "`#[validated]`, `#[validated(max = \"64KiB\")]`";

/// The largest body that a handler may ask for, in bytes: all of it stands in memory.
const MOST: u64 = 16 * 1024 * 1024;

/// `#[validated]` on a handler.
#[derive(Debug)]
pub(crate) struct Validated {
    pub(crate) span: Span,
    /// How many bytes the body may have, and where that stands.
    pub(crate) max: Option<(u64, Span)>,
    pub(crate) runtime: Option<syn::Path>,
}

impl Validated {
    pub(crate) fn parse(
        span: Span,
        tokens: proc_macro2::TokenStream,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut arguments = Arguments::parse("validated", tokens, EXAMPLE, diagnostics);
        let max = arguments.take("max");
        let max = max.and_then(|argument| diagnostics.ok(size(&argument)));
        let runtime = arguments.runtime.take();
        arguments.finish(&KEYS, &[], diagnostics);
        Self { span, max, runtime }
    }
}

/// How large a body may be.
fn size(argument: &Argument) -> Result<(u64, Span), Diagnostic> {
    let word = argument.word()?;
    let bytes = parse_size(&word.text).map_err(|error| Diagnostic::grammar(word.span, &error))?;
    match bytes > MOST {
        true => Err(Diagnostic::new(
            word.span,
            format_args!("`{}` is too large for a body that is read whole", word.text),
        )
        .help("at most `16MiB`")
        .help("what is larger is uploaded: `Multipart<…>` writes it to a file")),
        false => Ok((bytes, word.span)),
    }
}
