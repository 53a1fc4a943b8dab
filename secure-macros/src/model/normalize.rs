//! `#[normalize(trim, nfc, lowercase)]`

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Attribute, Ident, Meta, Token, punctuated::Punctuated, spanned::Spanned as _};

use crate::diagnostics::{Diagnostic, Diagnostics};

const WORDS: [&str; 3] = ["trim", "nfc", "lowercase"];
const EXAMPLE: &str = "`#[normalize(trim, nfc)]`";

/// The form that a text is put into before any rule sees it.
#[derive(Debug)]
pub(super) struct Normalize {
    pub(super) span: Span,
    words: Vec<&'static str>,
}

impl Normalize {
    /// What the attributes of a field say; what is wrong is an error, and left out.
    pub(super) fn parse(attributes: &[Attribute], diagnostics: &mut Diagnostics) -> Option<Self> {
        let mut attributes = attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident("normalize"));
        let first = attributes.next()?;
        for again in attributes {
            diagnostics.add(
                Diagnostic::new(
                    again.path().span(),
                    "`#[normalize]` stands twice on one field",
                )
                .help("put the words into one"),
            );
        }
        let words = diagnostics.ok(words(first))?;
        Some(Self {
            span: first.path().span(),
            words,
        })
    }

    /// The value that the runtime takes.
    pub(super) fn form(&self, private: &TokenStream) -> TokenStream {
        let [trim, nfc, lowercase] = WORDS.map(|word| self.words.contains(&word));
        quote!(#private::Normalize { trim: #trim, nfc: #nfc, lowercase: #lowercase })
    }
}

fn words(attribute: &Attribute) -> Result<Vec<&'static str>, syn::Error> {
    let span = attribute.path().span();
    let parser = Punctuated::<Ident, Token![,]>::parse_terminated;
    let listed = match &attribute.meta {
        Meta::List(list) => list.parse_args_with(parser).map_err(|error| {
            Diagnostic::new(error.span(), "`#[normalize]` takes words and nothing else")
                .help(EXAMPLE)
        })?,
        Meta::Path(_) => Punctuated::new(),
        Meta::NameValue(pair) => {
            return Err(
                Diagnostic::new(pair.span(), "`#[normalize]` takes its words in brackets")
                    .help(EXAMPLE)
                    .into(),
            );
        }
    };
    if listed.is_empty() {
        return Err(Diagnostic::new(span, "`#[normalize]` names no form")
            .help(EXAMPLE)
            .into());
    }
    let mut words = Vec::new();
    for ident in &listed {
        let Some(word) = WORDS.into_iter().find(|word| ident == word) else {
            return Err(Diagnostic::new(
                ident.span(),
                format_args!("unknown word `{ident}` in `#[normalize]`"),
            )
            .choices(&ident.to_string(), "words", &WORDS)
            .into());
        };
        if words.contains(&word) {
            return Err(
                Diagnostic::new(ident.span(), format_args!("`{word}` is listed twice"))
                    .help("keep one")
                    .into(),
            );
        }
        words.push(word);
    }
    Ok(words)
}
