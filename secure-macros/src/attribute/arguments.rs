use proc_macro2::{Span, TokenStream};
use syn::{
    Expr, ExprLit, Ident, Lit, LitStr, Token,
    ext::IdentExt as _,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
    spanned::Spanned as _,
};

use crate::{
    diagnostics::{Diagnostic, Diagnostics},
    fragment,
};

/// The keys that take a list.
const LISTS: [&str; 8] = [
    "roles", "scopes", "or_roles", "via", "implies", "origins", "headers", "expose",
];

/// The arguments of an attribute: `key = value`, a list in brackets, one literal per fact.
#[derive(Debug)]
pub(crate) struct Arguments {
    attribute: &'static str,
    entries: Vec<Argument>,
    /// `crate = path`.
    pub(crate) runtime: Option<syn::Path>,
}

/// One `key = value`.
#[derive(Debug)]
pub(crate) struct Argument {
    pub(crate) key: Ident,
    value: Expr,
}

/// A text with the literal that it stands in.
#[derive(Debug, Clone)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) span: Span,
}

impl Word {
    pub(crate) fn new(literal: &LitStr) -> Self {
        Self {
            text: literal.value(),
            span: literal.span(),
        }
    }
}

impl Arguments {
    /// Parses `key = value, …`. An argument that cannot be read is an error, and left out.
    pub(crate) fn parse(
        attribute: &'static str,
        tokens: TokenStream,
        example: &str,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut arguments = Self {
            attribute,
            entries: Vec::new(),
            runtime: None,
        };
        let parser = Punctuated::<Entry, Token![,]>::parse_terminated;
        let entries = match syn::parse::Parser::parse2(parser, fragment::arguments(tokens)) {
            Ok(entries) => entries,
            Err(error) => {
                diagnostics.add(
                    Diagnostic::new(
                        error.span(),
                        format_args!(
                            "`{}` takes `key = value` arguments: {error}",
                            shown(attribute)
                        ),
                    )
                    .help(example),
                );
                return arguments;
            }
        };
        for entry in entries {
            match entry {
                Entry::Pair(argument) => arguments.push(argument, diagnostics),
                Entry::Bare(value) => diagnostics.add(
                    Diagnostic::new(
                        value.span(),
                        format_args!("`{}` takes `key = value` arguments", shown(attribute)),
                    )
                    .help(example),
                ),
            }
        }
        arguments
    }

    fn push(&mut self, argument: Argument, diagnostics: &mut Diagnostics) {
        if argument.key == "crate" {
            self.runtime = diagnostics.ok(argument.path("the path of secure-runtime"));
            return;
        }
        if self.entries.iter().any(|known| known.key == argument.key) {
            let takes_list = LISTS.iter().any(|key| argument.key == key);
            let diagnostic = Diagnostic::new(
                argument.key.span(),
                format_args!("`{}` is given twice", argument.key),
            );
            diagnostics.add(match takes_list {
                true => diagnostic.help(format_args!(
                    "several values stand in one list: `{} = [\"…\", \"…\"]`",
                    argument.key
                )),
                false => diagnostic.help("keep one"),
            });
            return;
        }
        self.entries.push(argument);
    }

    /// Whether the argument `key` is given, well or badly.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|entry| entry.key == key)
    }

    /// Takes the argument `key` out.
    pub(crate) fn take(&mut self, key: &str) -> Option<Argument> {
        let at = self.entries.iter().position(|entry| entry.key == key)?;
        Some(self.entries.remove(at))
    }

    /// Takes the path of the enum that the words for each `what` come from. It does nothing where there are no
    /// such words.
    pub(crate) fn take_vocabulary(
        &mut self,
        key: &str,
        what: &str,
        is_used: bool,
        diagnostics: &mut Diagnostics,
    ) -> Option<syn::Path> {
        let argument = self.take(key)?;
        if !is_used {
            diagnostics.add(
                Diagnostic::new(
                    argument.key.span(),
                    format_args!("`{key}` does nothing here: the attribute names no {what}"),
                )
                .help(format_args!("remove it, or add `{what}s = …`")),
            );
        }
        diagnostics.ok(argument.path("the path of an enum"))
    }

    /// Refuses what nobody has taken. `later` are keys that are designed and not built yet.
    pub(crate) fn finish(self, keys: &[&str], later: &[&str], diagnostics: &mut Diagnostics) {
        for argument in &self.entries {
            let key = argument.key.to_string();
            if later.contains(&key.as_str()) {
                let what = format!("{key} = …");
                diagnostics.add(not_yet(argument.key.span(), &what, self.attribute));
            } else {
                diagnostics.add(self.unknown(&argument.key, keys));
            }
        }
    }

    /// Refuses all but `keys`, before anybody takes them.
    pub(crate) fn refuse_others(&mut self, keys: &[&str], diagnostics: &mut Diagnostics) {
        let entries = std::mem::take(&mut self.entries);
        for argument in entries {
            if keys.iter().any(|key| argument.key == key) {
                self.entries.push(argument);
            } else {
                diagnostics.add(self.unknown(&argument.key, keys));
            }
        }
    }

    fn unknown(&self, key: &Ident, keys: &[&str]) -> Diagnostic {
        let what = format_args!("unknown key `{key}` in `{}`", shown(self.attribute));
        Diagnostic::new(key.span(), what).choices(&key.to_string(), "keys", keys)
    }
}

/// The name of an attribute, or of a macro (`cors!`), as users write it.
fn shown(name: &str) -> String {
    match name.ends_with('!') {
        true => name.to_owned(),
        false => format!("#[{name}]"),
    }
}

/// The refusal of something that is designed and not built yet: nothing is accepted and ignored.
fn not_yet(span: Span, what: &str, attribute: &str) -> Diagnostic {
    Diagnostic::new(
        span,
        format_args!("`{what}` in `#[{attribute}]` is not available in this version"),
    )
    .help("remove it; nothing would enforce it yet")
}

impl Argument {
    /// One text.
    pub(crate) fn word(&self) -> Result<Word, Diagnostic> {
        match &self.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(literal),
                ..
            }) if literal.value().trim().is_empty() => Err(self
                .blank(literal.span())
                .help(format_args!("`{} = \"…\"`", self.key))),
            Expr::Lit(ExprLit {
                lit: Lit::Str(literal),
                ..
            }) => Ok(Word::new(literal)),
            other => Err(self.expected(other.span(), "a string", "\"…\"")),
        }
    }

    /// One text, or several in brackets: at least one, none empty, none twice.
    pub(crate) fn words(&self) -> Result<Vec<Word>, Diagnostic> {
        let words = match &self.value {
            Expr::Array(list) => list
                .elems
                .iter()
                .map(|element| match element {
                    Expr::Lit(ExprLit {
                        lit: Lit::Str(literal),
                        ..
                    }) => Ok(Word::new(literal)),
                    other => {
                        Err(self.expected(other.span(), "a list of strings", "[\"…\", \"…\"]"))
                    }
                })
                .collect::<Result<Vec<_>, _>>()?,
            Expr::Lit(ExprLit {
                lit: Lit::Str(_), ..
            }) => vec![self.word()?],
            other => {
                return Err(self.expected(other.span(), "a string or a list of strings", "\"…\""));
            }
        };
        if words.is_empty() {
            return Err(Diagnostic::new(
                self.value.span(),
                format_args!("`{}` is an empty list, which nobody can meet", self.key),
            )
            .help("name at least one, or remove the key"));
        }
        for (at, word) in words.iter().enumerate() {
            if word.text.trim().is_empty() {
                return Err(self.blank(word.span).help("write the word, or remove it"));
            }
            if words[..at].iter().any(|other| other.text == word.text) {
                return Err(Diagnostic::new(
                    word.span,
                    format_args!("`{}` is listed twice", word.text),
                )
                .help("keep one"));
            }
        }
        Ok(words)
    }

    /// A whole number from 1.
    pub(crate) fn count(&self) -> Result<(u32, Span), Diagnostic> {
        let span = self.value.span();
        let expected = || self.expected(span, "a whole number from 1", "10");
        match &self.value {
            Expr::Lit(ExprLit {
                lit: Lit::Int(literal),
                ..
            }) if literal.suffix().is_empty() => match literal.base10_parse::<u32>() {
                Ok(0) | Err(_) => Err(expected()),
                Ok(number) => Ok((number, span)),
            },
            _ => Err(expected()),
        }
    }

    /// `true`; what is false is left out.
    pub(crate) fn yes(&self) -> Result<Span, Diagnostic> {
        match &self.value {
            Expr::Lit(ExprLit {
                lit: Lit::Bool(literal),
                ..
            }) if literal.value() => Ok(self.key.span()),
            Expr::Lit(ExprLit {
                lit: Lit::Bool(literal),
                ..
            }) => Err(Diagnostic::new(
                literal.span(),
                format_args!("`{}` is false anyway", self.key),
            )
            .help("remove it")),
            other => Err(self.expected(other.span(), "`true`", "true")),
        }
    }

    /// A path to a type or function.
    pub(crate) fn path(&self, what: &str) -> Result<syn::Path, Diagnostic> {
        match &self.value {
            Expr::Path(path) if path.qself.is_none() => Ok(path.path.clone()),
            other => Err(self.expected(other.span(), what, "path::to::it")),
        }
    }

    /// A reason in writing.
    pub(crate) fn reason(&self) -> Result<String, Diagnostic> {
        reason(&self.key.to_string(), &self.value)
    }

    fn blank(&self, span: Span) -> Diagnostic {
        Diagnostic::new(span, format_args!("`{}` holds an empty word", self.key))
    }

    fn expected(&self, span: Span, what: &str, example: &str) -> Diagnostic {
        Diagnostic::new(span, format_args!("`{}` takes {what}", self.key))
            .help(format_args!("`{} = {example}`", self.key))
    }
}

/// A reason in writing: a text that says something.
pub(crate) fn reason(key: &str, value: &Expr) -> Result<String, Diagnostic> {
    let text = match fragment::expression(value) {
        Expr::Lit(ExprLit {
            lit: Lit::Str(literal),
            ..
        }) => literal.value(),
        _ => String::new(),
    };
    if text.trim().is_empty() {
        return Err(Diagnostic::new(
            value.span(),
            format_args!("`{key}` needs its reason in writing"),
        )
        .help(format_args!("`{key} = \"because …\"`")));
    }
    Ok(text)
}

enum Entry {
    Pair(Argument),
    Bare(Expr),
}

impl Parse for Entry {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let is_pair =
            input.peek(Ident::peek_any) && input.peek2(Token![=]) && !input.peek2(Token![==]);
        if !is_pair {
            return input.parse().map(Self::Bare);
        }
        let key = Ident::parse_any(input)?;
        input.parse::<Token![=]>()?;
        let value = input.parse()?;
        Ok(Self::Pair(Argument { key, value }))
    }
}
