//! `#[rate_limit]`, and `limit!`, which says the same where no handler is

use proc_macro2::{Span, TokenStream};
use secure_grammar::{Quota, parse_quotas};
use syn::{
    LitStr, Token,
    parse::{ParseStream, Parser as _},
};

use super::{Argument, Arguments, Word};
use crate::diagnostics::{Diagnostic, Diagnostics};

const KEYS: [&str; 8] = [
    "by",
    "header",
    "key",
    "extractor",
    "burst",
    "cost",
    "count",
    "crate",
];

/// In which form a limit is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Form {
    /// The name, as `Arguments` take it.
    name: &'static str,
    /// The form in a sentence.
    shown: &'static str,
    example: &'static str,
}

impl Form {
    /// `#[rate_limit]` on a handler.
    pub(crate) const ATTRIBUTE: Self = Self {
        name: "rate_limit",
        shown: "#[rate_limit]",
        example: "`#[rate_limit(\"5/minute\")]`, `#[rate_limit(\"100/hour\", by = \"user\")]`",
    };
    /// `limit!`, a value.
    pub(crate) const MACRO: Self = Self {
        name: "limit!",
        shown: "limit!",
        example: "`limit!(\"600/minute\")`, `limit!(\"10000/hour\", by = \"user\")`",
    };
}

/// The arguments of `#[rate_limit]` and of `limit!`.
#[derive(Debug)]
pub(crate) struct RateLimit {
    form: Form,
    pub(crate) quotas: Vec<Quota>,
    /// The literal that holds the quotas.
    pub(crate) span: Span,
    pub(crate) key: Key,
    pub(crate) burst: Option<u32>,
    pub(crate) cost: Option<u32>,
    pub(crate) failures_only: bool,
    pub(crate) runtime: Option<syn::Path>,
}

/// By what callers are told apart.
#[derive(Debug)]
pub(crate) enum Key {
    Ip,
    /// With the literal that says so.
    User(Span),
    /// With the literal that says so.
    ApiKeys(Span),
    Global,
    /// In lower case.
    Header(String),
    Function(syn::Path),
    /// A key extractor of actix-governor: a constant.
    Extractor(syn::Path),
}

impl Key {
    /// What makes two limits the same.
    pub(crate) fn identity(&self) -> String {
        match self {
            Self::Ip => "ip".to_owned(),
            Self::User(_) => "user".to_owned(),
            Self::ApiKeys(_) => "api_key".to_owned(),
            Self::Global => "global".to_owned(),
            Self::Header(name) => format!("header {name}"),
            Self::Function(path) => format!("key {}", path_text(path)),
            Self::Extractor(path) => format!("extractor {}", path_text(path)),
        }
    }
}

impl RateLimit {
    /// `None` where the quota itself cannot be read.
    pub(crate) fn parse(
        form: Form,
        span: Span,
        tokens: TokenStream,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let (literal, rest) = diagnostics.ok(split(form, span, tokens))?;
        let quotas = match parse_quotas(&literal.value()) {
            Ok(quotas) => Some(quotas),
            Err(error) => {
                diagnostics.add(Diagnostic::grammar(literal.span(), &error));
                None
            }
        };
        let mut arguments = Arguments::parse(form.name, rest, form.example, diagnostics);
        let key = key(form, &mut arguments, diagnostics);
        let mut count = |key: &str, diagnostics: &mut Diagnostics| {
            let argument = arguments.take(key)?;
            diagnostics.ok(argument.count())
        };
        let burst = count("burst", diagnostics);
        let cost = count("cost", diagnostics);
        let failures_only = arguments
            .take("count")
            .is_some_and(|argument| only_failures(&argument, diagnostics));
        let runtime = arguments.runtime.take();
        arguments.finish(&KEYS, &[], diagnostics);

        let limit = Self {
            form,
            quotas: quotas?,
            span: literal.span(),
            key,
            burst: burst.map(|(number, _)| number),
            cost: cost.map(|(number, _)| number),
            failures_only,
            runtime,
        };
        limit.check(burst, cost, diagnostics);
        Some(limit)
    }

    /// Refuses combinations that contradict each other or can never pass.
    fn check(
        &self,
        burst: Option<(u32, Span)>,
        cost: Option<(u32, Span)>,
        diagnostics: &mut Diagnostics,
    ) {
        if let Some((_, span)) = burst {
            if self.quotas.len() > 1 {
                diagnostics.add(
                    Diagnostic::new(span, "`burst` belongs to one quota, and there are several")
                        .help(format_args!("write a `{}` for each quota", self.form.shown)),
                );
            }
            if self.failures_only {
                diagnostics.add(
                    Diagnostic::new(span, "`burst` cannot count failures only")
                        .help("the smooth limiter cannot give back what a success did not use; remove `burst`"),
                );
            }
        }
        if let Some((cost, span)) = cost {
            let most = match self.burst {
                Some(burst) => burst,
                None => {
                    let amounts = self.quotas.iter().map(|quota| quota.amount().get());
                    amounts.min().unwrap_or(u32::MAX)
                }
            };
            if cost > most {
                diagnostics.add(
                    Diagnostic::new(
                        span,
                        format_args!(
                            "a request that costs {cost} can never pass a limit of {most}"
                        ),
                    )
                    .help(format_args!("choose a cost of at most {most}")),
                );
            }
        }
    }

    /// Whether it counts every request, whoever sends it.
    pub(crate) fn counts_everyone(&self) -> bool {
        matches!(self.key, Key::Ip | Key::Global) && !self.failures_only
    }
}

/// The quota's literal, and what follows its comma.
fn split(form: Form, span: Span, tokens: TokenStream) -> Result<(LitStr, TokenStream), syn::Error> {
    let missing = |span: Span| {
        let what = format_args!("`{}` starts with its quota, a string", form.shown);
        syn::Error::from(Diagnostic::new(span, what).help(form.example))
    };
    if tokens.is_empty() {
        return Err(missing(span));
    }
    let parser = |input: ParseStream<'_>| {
        let literal: LitStr = input.parse().map_err(|error| missing(error.span()))?;
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
        Ok((literal, input.parse()?))
    };
    parser.parse2(tokens)
}

fn key(form: Form, arguments: &mut Arguments, diagnostics: &mut Diagnostics) -> Key {
    let named: Vec<Argument> = ["by", "header", "key", "extractor"]
        .into_iter()
        .filter_map(|key| arguments.take(key))
        .collect();
    if let [_, second, ..] = named.as_slice() {
        diagnostics.add(
            Diagnostic::new(
                second.key.span(),
                "a limit has one key: `by`, `header`, `key` or `extractor`",
            )
            .help(format_args!("write a `{}` for each", form.shown)),
        );
    }
    let Some(argument) = named.into_iter().next() else {
        return Key::Ip;
    };
    let key = match argument.key.to_string().as_str() {
        "header" => argument.word().and_then(|word| header(&word)),
        "key" => argument.path("the path of a function").map(Key::Function),
        "extractor" => argument
            .path("the path of a constant or of a type without fields")
            .map(Key::Extractor),
        _ => argument.word().and_then(|word| by(&word)),
    };
    diagnostics.ok(key).unwrap_or(Key::Ip)
}

fn by(word: &Word) -> Result<Key, Diagnostic> {
    match word.text.as_str() {
        "ip" => Ok(Key::Ip),
        "user" => Ok(Key::User(word.span)),
        "global" => Ok(Key::Global),
        "api_key" => Ok(Key::ApiKeys(word.span)),
        other => {
            Err(
                Diagnostic::new(word.span, format_args!("unknown key `{other}` of a limit"))
                    .choices(other, "keys", &["ip", "user", "api_key", "global"]),
            )
        }
    }
}

/// RFC 9110 §5.1: a field name is a token, without regard to case.
fn header(word: &Word) -> Result<Key, Diagnostic> {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if word.text.is_empty() || !word.text.bytes().all(legal) {
        return Err(
            Diagnostic::new(word.span, format_args!("`{}` is no header name", word.text))
                .help("`header = \"x-tenant\"`"),
        );
    }
    Ok(Key::Header(word.text.to_ascii_lowercase()))
}

fn only_failures(argument: &Argument, diagnostics: &mut Diagnostics) -> bool {
    let Some(word) = diagnostics.ok(argument.word()) else {
        return false;
    };
    if word.text != "failures" {
        diagnostics.add(
            Diagnostic::new(
                word.span,
                format_args!("unknown `count` of a limit: `{}`", word.text),
            )
            .help("`count = \"failures\"`; without it every request counts"),
        );
    }
    word.text == "failures"
}

/// A path as it was written, without the blanks that tokens bring.
pub(crate) fn path_text(path: &syn::Path) -> String {
    quote::ToTokens::to_token_stream(path)
        .to_string()
        .replace(' ', "")
}
