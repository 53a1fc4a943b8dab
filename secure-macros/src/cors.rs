//! `cors!(origins = ["https://app.example.com"], credentials = true)`

use std::time::Duration;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use secure_grammar::{AllowedOrigin, parse_duration};

use crate::{
    attribute::{Argument, Arguments, Word},
    diagnostics::{Diagnostic, Diagnostics},
    runtime_path::RuntimePath,
};

const KEYS: [&str; 6] = [
    "origins",
    "credentials",
    "headers",
    "expose",
    "max_age",
    "crate",
];
const EXAMPLE: &str = "`cors!(origins = [\"https://app.example.com\"])`";
/// No browser remembers the answer to a preflight for longer.
const LONGEST_MAX_AGE: Duration = Duration::from_secs(86_400);
/// What the Fetch standard lets no page set (§2.2.2), besides `proxy-*` and `sec-*`.
const NOT_SET_BY_PAGES: [&str; 21] = [
    "accept-charset",
    "accept-encoding",
    "access-control-request-headers",
    "access-control-request-method",
    "access-control-request-private-network",
    "connection",
    "content-length",
    "cookie",
    "cookie2",
    "date",
    "dnt",
    "expect",
    "host",
    "keep-alive",
    "origin",
    "referer",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
];
/// What it lets no page read.
const NOT_READ_BY_PAGES: [&str; 2] = ["set-cookie", "set-cookie2"];

#[derive(Debug)]
struct Cors {
    origins: Option<Vec<Word>>,
    credentials: bool,
    headers: Vec<String>,
    expose: Vec<String>,
    max_age: Option<Duration>,
    runtime: RuntimePath,
}

/// The policy as a const value.
pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let cors = Cors::parse(tokens, &mut diagnostics);
    let private = cors.runtime.private();
    match diagnostics.into_tokens() {
        Some(errors) => quote!({ #errors #private::Cors::DEFAULT }),
        None => cors.value(&private),
    }
}

impl Cors {
    fn parse(tokens: TokenStream, diagnostics: &mut Diagnostics) -> Self {
        let mut arguments = Arguments::parse("cors!", tokens, EXAMPLE, diagnostics);
        let origins = arguments
            .take("origins")
            .and_then(|argument| origins(&argument, diagnostics));
        let credentials = arguments
            .take("credentials")
            .and_then(|argument| diagnostics.ok(argument.yes()));
        let mut names = |key: &str, check: fn(&str) -> Result<(), &'static str>| {
            let argument = arguments.take(key)?;
            header_names(&argument, check, diagnostics)
        };
        let headers = names("headers", can_be_set).unwrap_or_default();
        let expose = names("expose", can_be_read).unwrap_or_default();
        let max_age = arguments
            .take("max_age")
            .and_then(|argument| diagnostics.ok(max_age(&argument)));
        let runtime = RuntimePath::new(arguments.runtime.take().as_ref());
        arguments.finish(&KEYS, &[], diagnostics);
        let any = origins.iter().flatten().find(|word| word.text == "*");
        if let (Some(any), Some(_)) = (any, credentials) {
            diagnostics.add(
                Diagnostic::new(
                    any.span,
                    "every origin, with credentials: any page could act as whoever looks at it",
                )
                .help("name the origins, or remove `credentials`"),
            );
        }
        Self {
            origins,
            credentials: credentials.is_some(),
            headers,
            expose,
            max_age,
            runtime,
        }
    }

    fn value(&self, private: &TokenStream) -> TokenStream {
        let origins = self.origins.as_ref().map(|words| {
            let texts = words.iter().map(|word| &word.text);
            quote!(.with_origins(&[#(#texts),*]))
        });
        let credentials = self.credentials.then(|| quote!(.with_credentials()));
        let list = |names: &[String], method: TokenStream| {
            (!names.is_empty()).then(|| quote!(.#method(&[#(#names),*])))
        };
        let headers = list(&self.headers, quote!(with_headers));
        let expose = list(&self.expose, quote!(with_exposed));
        let max_age = self.max_age.map(|max_age| {
            let seconds = max_age.as_secs();
            quote!(.with_max_age(#seconds))
        });
        quote!(#private::Cors::DEFAULT #origins #credentials #headers #expose #max_age)
    }
}

fn origins(argument: &Argument, diagnostics: &mut Diagnostics) -> Option<Vec<Word>> {
    let words = diagnostics.ok(argument.words())?;
    let before = diagnostics.count();
    for word in &words {
        if let Err(error) = word.text.parse::<AllowedOrigin>() {
            diagnostics.add(Diagnostic::grammar(word.span, &error));
        }
    }
    if let Some(any) = words.iter().find(|word| word.text == "*")
        && words.len() > 1
    {
        diagnostics.add(
            Diagnostic::new(any.span, "`*` stands beside origins that it includes")
                .help("keep `*` alone, or the origins"),
        );
    }
    (diagnostics.count() == before).then_some(words)
}

/// The names of headers, in lower case.
fn header_names(
    argument: &Argument,
    check: fn(&str) -> Result<(), &'static str>,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<String>> {
    let words = diagnostics.ok(argument.words())?;
    let mut names: Vec<String> = Vec::new();
    for word in &words {
        let name = word.text.to_ascii_lowercase();
        if let Err(diagnostic) = header_name(word, &name, check) {
            diagnostics.add(diagnostic);
        } else if names.contains(&name) {
            let what = format!("`{}` is listed twice", word.text);
            diagnostics.add(Diagnostic::new(word.span, what).help("keep one"));
        } else {
            names.push(name);
        }
    }
    Some(names)
}

fn header_name(
    word: &Word,
    name: &str,
    check: fn(&str) -> Result<(), &'static str>,
) -> Result<(), Diagnostic> {
    if name == "*" {
        let what = "`*` stands for every header, and not for `Authorization`";
        return Err(Diagnostic::new(word.span, what).help("name the headers"));
    }
    // RFC 9110 §5.1: a field name is a token.
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if !name.bytes().all(legal) {
        let what = format!("`{}` is no header name", word.text);
        return Err(Diagnostic::new(word.span, what).help("write one such as `X-Total`"));
    }
    check(name).map_err(|why| {
        let what = format!("`{}` is a header that pages cannot {why}", word.text);
        Diagnostic::new(word.span, what).help("remove it")
    })
}

fn can_be_set(name: &str) -> Result<(), &'static str> {
    let forbidden = NOT_SET_BY_PAGES.contains(&name)
        || NOT_READ_BY_PAGES.contains(&name)
        || name.starts_with("proxy-")
        || name.starts_with("sec-");
    match forbidden {
        true => Err("set"),
        false => Ok(()),
    }
}

fn can_be_read(name: &str) -> Result<(), &'static str> {
    match NOT_READ_BY_PAGES.contains(&name) {
        true => Err("read"),
        false => Ok(()),
    }
}

fn max_age(argument: &Argument) -> Result<Duration, Diagnostic> {
    let word = argument.word()?;
    let duration =
        parse_duration(&word.text).map_err(|error| Diagnostic::grammar(word.span, &error))?;
    match duration > LONGEST_MAX_AGE {
        true => Err(too_long(word.span)),
        false => Ok(duration),
    }
}

fn too_long(span: Span) -> Diagnostic {
    Diagnostic::new(
        span,
        "no browser remembers the answer to a preflight for longer than a day",
    )
    .help("write `1d` or less; Chromium takes `2h` at most")
}
