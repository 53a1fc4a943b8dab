//! The annotated function.

use proc_macro2::Span;
use syn::{
    Attribute, Expr, FnArg, Ident, ItemFn, Meta, PatType, ReturnType, Type, TypePath,
    spanned::Spanned as _,
};

use crate::{
    attribute::reason,
    diagnostics::{Diagnostic, Diagnostics},
};

/// As many arguments as actix-web's `Handler` takes.
const MOST_ARGUMENTS: usize = 16;

/// An annotated function, without our attributes, and what its arguments are.
#[derive(Debug)]
pub(crate) struct Handler {
    pub(crate) function: ItemFn,
    pub(crate) arguments: Vec<Argument>,
}

/// One argument: its type, and what the user says about it.
#[derive(Debug)]
pub(crate) struct Argument {
    pub(crate) ty: Type,
    pub(crate) mark: Mark,
}

/// What stands before an argument.
#[derive(Debug)]
pub(crate) enum Mark {
    None,
    /// `#[trusted = "because …"]`
    Trusted,
    /// `#[unvalidated = "because …"]`
    Unvalidated(String),
}

impl Argument {
    /// Whether it is a form with files, which we read.
    pub(crate) fn is_multipart(&self) -> bool {
        let Type::Path(TypePath { path, .. }) = &self.ty else {
            return false;
        };
        let last = path.segments.last();
        let is_named_so = last.is_some_and(|last| last.ident == "Multipart");
        is_named_so && matches!(self.mark, Mark::None)
    }
}

impl Handler {
    /// Takes the marks off the arguments. `None` where the function cannot be a handler.
    pub(crate) fn new(
        mut function: ItemFn,
        attribute: &str,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let signature = &function.sig;
        let name = &signature.ident;
        let mut fits = true;
        let mut refuse = |diagnostic: Diagnostic, diagnostics: &mut Diagnostics| {
            diagnostics.add(diagnostic);
            fits = false;
        };
        if signature.asyncness.is_none() {
            let diagnostic = Diagnostic::new(
                signature.fn_token.span,
                format_args!("a handler is an `async fn`, and `{name}` is not"),
            );
            refuse(
                diagnostic.help(format_args!("`async fn {name}`")),
                diagnostics,
            );
        }
        if !signature.generics.params.is_empty() {
            let diagnostic = Diagnostic::new(
                signature.generics.span(),
                "a handler has no generic parameters: the router calls it, and names no types",
            );
            refuse(
                diagnostic
                    .help("write a handler for each type, and call the generic function there"),
                diagnostics,
            );
        }
        if let Some(receiver) = signature.receiver() {
            let diagnostic = Diagnostic::new(
                receiver.self_token.span,
                format_args!("`#[{attribute}]` goes on a function, and this is a method"),
            );
            refuse(
                diagnostic.help("move it out of the `impl`; shared state comes as `web::Data<…>`"),
                diagnostics,
            );
        }
        if let Some(extra) = signature.inputs.iter().nth(MOST_ARGUMENTS) {
            let diagnostic = Diagnostic::new(
                extra.span(),
                format_args!("a handler takes at most {MOST_ARGUMENTS} arguments"),
            );
            refuse(diagnostic.help("gather some in one extractor"), diagnostics);
        }
        let mut arguments = Vec::new();
        for input in &mut function.sig.inputs {
            let FnArg::Typed(argument) = input else {
                continue;
            };
            if let Type::ImplTrait(ty) = &*argument.ty {
                let diagnostic =
                    Diagnostic::new(ty.span(), "a handler's argument has a type with a name");
                refuse(diagnostic.help("write the extractor's type"), diagnostics);
            }
            arguments.push(Argument {
                mark: take_mark(argument, diagnostics),
                ty: (*argument.ty).clone(),
            });
        }
        fits.then_some(Self {
            function,
            arguments,
        })
    }

    pub(crate) fn name(&self) -> &Ident {
        &self.function.sig.ident
    }

    /// The return type, as it is written.
    pub(crate) fn output(&self) -> Option<&Type> {
        match &self.function.sig.output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => Some(ty),
        }
    }

    /// The path of the runtime, if an expansion of ours has already put the guard around the
    /// function: its one argument is `…::__private::Guarded<…>`, which nobody writes by hand.
    pub(crate) fn guarded_by(function: &ItemFn) -> Option<syn::Path> {
        let Some(FnArg::Typed(PatType { ty, .. })) = function.sig.inputs.first() else {
            return None;
        };
        let Type::Path(TypePath { path, .. }) = &**ty else {
            return None;
        };
        let mut runtime = path.clone();
        let guarded = runtime.segments.pop()?.ident;
        let private = runtime.segments.pop()?.ident;
        runtime.segments.pop_punct();
        (guarded == "Guarded" && private == "__private").then_some(runtime)
    }
}

/// The mark before an argument, taken off.
fn take_mark(argument: &mut PatType, diagnostics: &mut Diagnostics) -> Mark {
    let mut mark = None;
    let mut kept = Vec::new();
    for attribute in std::mem::take(&mut argument.attrs) {
        let is_trusted = attribute.path().is_ident("trusted");
        if !is_trusted && !attribute.path().is_ident("unvalidated") {
            kept.push(attribute);
            continue;
        }
        if mark.is_some() {
            diagnostics.add(
                Diagnostic::new(attribute.path().span(), "an argument has one mark")
                    .help("keep `#[trusted = …]` or `#[unvalidated = …]`"),
            );
            continue;
        }
        let key = if is_trusted { "trusted" } else { "unvalidated" };
        let because = diagnostics.ok(written_reason(key, &attribute));
        let because = because.unwrap_or_default();
        mark = Some(match is_trusted {
            true => Mark::Trusted,
            false => Mark::Unvalidated(because),
        });
    }
    argument.attrs = kept;
    mark.unwrap_or(Mark::None)
}

/// The reason of `#[key = "because …"]`.
pub(crate) fn written_reason(key: &str, attribute: &Attribute) -> Result<String, Diagnostic> {
    let missing = |span: Span| {
        Diagnostic::new(span, format_args!("`#[{key}]` needs its reason in writing"))
            .help(format_args!("`#[{key} = \"because …\"]`"))
    };
    match &attribute.meta {
        Meta::NameValue(pair) => {
            let value: &Expr = &pair.value;
            reason(key, value).map_err(|_| missing(value.span()))
        }
        Meta::Path(_) | Meta::List(_) => Err(missing(attribute.path().span())),
    }
}
