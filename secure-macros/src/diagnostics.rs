//! Collects errors, so that every mistake is shown at once, each with `help:` in one wording.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use secure_grammar::{GrammarError, nearest};

/// The errors of one expansion.
#[derive(Debug, Default)]
pub(crate) struct Diagnostics {
    error: Option<syn::Error>,
    count: usize,
}

/// One error: what is wrong, lower case and without a full stop, then what to write instead.
#[derive(Debug)]
#[must_use]
pub(crate) struct Diagnostic {
    span: Span,
    message: String,
}

impl Diagnostic {
    pub(crate) fn new(span: Span, message: impl Display) -> Self {
        Self {
            span,
            message: message.to_string(),
        }
    }

    /// What the grammar says about a literal, with its drawing.
    pub(crate) fn grammar(span: Span, error: &GrammarError) -> Self {
        let diagnostic = Self::new(span, error.drawing());
        match error.help() {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        }
    }

    /// Adds a line that says what to write.
    pub(crate) fn help(mut self, help: impl Display) -> Self {
        self.message.push_str("\n  help: ");
        self.message.push_str(&help.to_string());
        self
    }

    /// Offers the nearest of the legal words, and lists them.
    pub(crate) fn choices(self, word: &str, what: &str, choices: &[&str]) -> Self {
        let mut diagnostic = self;
        let near = nearest(word, choices);
        if let Some(at) = near {
            diagnostic = diagnostic.help(format_args!("did you mean `{}`?", choices[at]));
        }
        match choices {
            [_] if near.is_some() => diagnostic,
            [only] => diagnostic.help(format_args!("there is only `{only}`")),
            choices => {
                let list: Vec<_> = choices.iter().map(|choice| format!("`{choice}`")).collect();
                diagnostic.help(format_args!("the {what} are {}", list.join(", ")))
            }
        }
    }
}

impl From<Diagnostic> for syn::Error {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::new(diagnostic.span, diagnostic.message)
    }
}

impl Diagnostics {
    /// Adds an error.
    pub(crate) fn add(&mut self, error: impl Into<syn::Error>) {
        let error = error.into();
        self.count += 1;
        match &mut self.error {
            Some(first) => first.combine(error),
            None => self.error = Some(error),
        }
    }

    /// How many errors there are, to see whether something brought one.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Takes a value, or adds the error and takes nothing.
    pub(crate) fn ok<T, E: Into<syn::Error>>(&mut self, result: Result<T, E>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.add(error);
                None
            }
        }
    }

    /// All errors as `compile_error!`s; `None` where there are none.
    pub(crate) fn into_tokens(self) -> Option<TokenStream> {
        self.error.map(|error| error.to_compile_error())
    }
}

/// A type as the user wrote it, or nearly: tokens bring blanks, and most of them are taken out.
pub(crate) fn shown(ty: &syn::Type) -> String {
    let text = quote::ToTokens::to_token_stream(ty).to_string();
    let mut shown = String::with_capacity(text.len());
    for (at, letter) in text.char_indices() {
        let around = |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric());
        let between_words =
            around(text[..at].chars().next_back()) && around(text[at + 1..].chars().next());
        let after_comma = text[..at].ends_with(',');
        if letter != ' ' || between_words || after_comma {
            shown.push(letter);
        }
    }
    shown
}
