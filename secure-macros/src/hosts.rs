//! `hosts!("example.com", "*.example.org")`

use proc_macro2::{Span, TokenStream};
use quote::quote;
use secure_grammar::HostPattern;
use syn::{
    Expr, ExprLit, Lit, Token, parse::Parser as _, punctuated::Punctuated, spanned::Spanned,
};

use crate::{
    attribute::Word,
    diagnostics::{Diagnostic, Diagnostics},
    fragment,
    runtime_path::RuntimePath,
};

const EXAMPLE: &str = "`hosts!(\"example.com\", \"*.example.org\")`";

/// The patterns as a const value.
pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let patterns = patterns(tokens, &mut diagnostics);
    let private = RuntimePath::new(None).private();
    match diagnostics.into_tokens() {
        Some(errors) => quote!({ #errors #private::Hosts::literals(&[]) }),
        None => {
            let texts = patterns.iter().map(|word| &word.text);
            quote!(#private::Hosts::literals(&[#(#texts),*]))
        }
    }
}

fn patterns(tokens: TokenStream, diagnostics: &mut Diagnostics) -> Vec<Word> {
    let parser = Punctuated::<Expr, Token![,]>::parse_terminated;
    let parsed = parser.parse2(fragment::arguments(tokens));
    let values = match parsed {
        Ok(values) => values,
        Err(error) => {
            let what = format!("`hosts!` takes strings: {error}");
            diagnostics.add(Diagnostic::new(error.span(), what).help(EXAMPLE));
            return Vec::new();
        }
    };
    if values.is_empty() {
        let what = "`hosts!` names no host, so every request would be refused";
        diagnostics.add(Diagnostic::new(Span::call_site(), what).help(EXAMPLE));
    }
    let mut words: Vec<Word> = Vec::new();
    for value in &values {
        let Expr::Lit(ExprLit {
            lit: Lit::Str(literal),
            ..
        }) = value
        else {
            diagnostics.add(Diagnostic::new(value.span(), "`hosts!` takes strings").help(EXAMPLE));
            continue;
        };
        let word = Word::new(literal);
        match word.text.parse::<HostPattern>() {
            Err(error) => diagnostics.add(Diagnostic::grammar(word.span, &error)),
            Ok(_) if words.iter().any(|known| known.text == word.text) => {
                let what = format!("`{}` is listed twice", word.text);
                diagnostics.add(Diagnostic::new(word.span, what).help("keep one"));
            }
            Ok(_) => words.push(word),
        }
    }
    words
}
