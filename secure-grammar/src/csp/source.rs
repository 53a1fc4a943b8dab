//! One source: a keyword, a hash, a scheme or a host.

use std::ops::Range;

use super::{PLACE, host};
use crate::GrammarError;
use crate::glyph::shown;
use crate::header::list;
use crate::words::nearest;

/// What a value is, as far as a check asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    None,
    OwnOrigin,
    UnsafeInline,
    UnsafeEval,
    UnsafeHashes,
    StrictDynamic,
    /// Ours: the nonce of the response.
    Nonce,
    ReportSample,
    /// Any other keyword that is about scripts.
    ScriptKeyword,
    Hash,
    /// Everything of a scheme.
    Scheme,
    Host(Reach),
    /// Something that no check asks for.
    Other,
}

/// How far a host goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// A host, or those below it.
    Named,
    /// `*`
    Anywhere,
}

const KEYWORDS: [(&str, Source); 14] = [
    ("'none'", Source::None),
    ("'self'", Source::OwnOrigin),
    ("'nonce'", Source::Nonce),
    ("'unsafe-inline'", Source::UnsafeInline),
    ("'unsafe-eval'", Source::UnsafeEval),
    ("'unsafe-hashes'", Source::UnsafeHashes),
    ("'strict-dynamic'", Source::StrictDynamic),
    ("'report-sample'", Source::ReportSample),
    ("'wasm-unsafe-eval'", Source::ScriptKeyword),
    ("'trusted-types-eval'", Source::ScriptKeyword),
    ("'inline-speculation-rules'", Source::ScriptKeyword),
    ("'report-sha256'", Source::ScriptKeyword),
    ("'report-sha384'", Source::ScriptKeyword),
    ("'report-sha512'", Source::ScriptKeyword),
];

/// The algorithms, with the length of their hashes in base64 and how many of that is padding.
const HASHES: [(&str, usize, usize); 3] = [("sha256", 44, 1), ("sha384", 64, 0), ("sha512", 88, 2)];

/// Reads one source.
pub(super) fn parse(text: &str, span: Range<usize>) -> Result<Source, GrammarError> {
    let word = text.get(span.clone()).unwrap_or("");
    let opens = word.starts_with('\'');
    if let Some(at) = word.find('"') {
        let at = span.start + at;
        return Err(
            GrammarError::new(text, at..at + 1, format!("double quote in {PLACE}"))
                .with_help("keywords stand in single quotes, such as `'self'`; hosts in none"),
        );
    }
    if !opens {
        return bare(text, span, word);
    }
    match word.get(1..).and_then(|rest| rest.strip_suffix('\'')) {
        Some(inner) if !inner.contains('\'') => quoted(text, span, word, inner),
        Some(_) => {
            Err(
                GrammarError::new(text, span, format!("`{}` has too many quotes", shown(word)))
                    .with_help("write a space between two keywords"),
            )
        }
        None => Err(GrammarError::new(
            text,
            span,
            format!("`{}` has no closing quote", shown(word)),
        )
        .with_help("keywords stand in single quotes, such as `'self'`")),
    }
}

fn quoted(text: &str, span: Range<usize>, word: &str, inner: &str) -> Result<Source, GrammarError> {
    if let Some((_, source)) = KEYWORDS.iter().find(|(keyword, _)| *keyword == word) {
        return Ok(*source);
    }
    let lower = inner.to_ascii_lowercase();
    if lower.starts_with("nonce-") {
        return Err(
            GrammarError::new(text, span, "a nonce that is written down")
                .with_note("everybody would know it")
                .with_help("write `'nonce'`: each response gets a fresh one"),
        );
    }
    if let Some((algorithm, value)) = inner.split_once('-')
        && HASHES.iter().any(|(name, ..)| *name == algorithm)
    {
        return hash(text, span, algorithm, value);
    }
    let names: Vec<&str> = KEYWORDS.iter().map(|(keyword, _)| *keyword).collect();
    let is_location = inner == "*" || inner.contains([':', '.', '/']);
    let error = |message: String| GrammarError::new(text, span.clone(), message);
    if is_location {
        return Err(error(format!("`{}` is quoted", shown(word)))
            .with_note("only keywords, nonces and hashes are")
            .with_help(format!("write `{}`", shown(inner))));
    }
    let error = error(format!("unknown keyword `{}` in {PLACE}", shown(word)));
    Err(match nearest(word, &names).and_then(|at| names.get(at)) {
        Some(near) => error
            .with_note(format!("did you mean `{near}`?"))
            .with_help(format!("write `{near}`")),
        None => error.with_help(format!(
            "the keywords are {}; hashes start with `sha256-`, `sha384-` or `sha512-`",
            list(&names)
        )),
    })
}

fn hash(
    text: &str,
    span: Range<usize>,
    algorithm: &str,
    value: &str,
) -> Result<Source, GrammarError> {
    let known = HASHES.iter().find(|(name, ..)| *name == algorithm);
    let (_, length, padding) = known.copied().unwrap_or_default();
    let digits = value.trim_end_matches('=');
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte);
    let is_padded = value.len() - digits.len() == padding;
    if value.len() == length && is_padded && digits.bytes().all(legal) {
        return Ok(Source::Hash);
    }
    let message = format!("`{}` is no {algorithm} hash", shown(value));
    Err(GrammarError::new(text, span, message)
        .with_note(format!("{length} characters of base64"))
        .with_help(format!(
            "write the hash that the browser's console names, `'{algorithm}-…'`"
        )))
}

fn bare(text: &str, span: Range<usize>, word: &str) -> Result<Source, GrammarError> {
    if let Some(at) = word.find('\'') {
        let at = span.start + at;
        let message = format!("stray quote in `{}`", shown(word));
        return Err(GrammarError::new(text, at..at + 1, message)
            .with_help("keywords stand in single quotes, such as `'self'`; hosts in none"));
    }
    let quoted = format!("'{}'", word.to_ascii_lowercase());
    let is_keyword = KEYWORDS.iter().any(|(keyword, _)| *keyword == quoted);
    let is_value = ["nonce-", "sha256-", "sha384-", "sha512-"]
        .iter()
        .any(|start| {
            quoted
                .get(1..)
                .is_some_and(|inner| inner.starts_with(start))
        });
    if is_keyword || is_value {
        let keyword = match is_keyword {
            true => quoted,
            false if quoted.starts_with("'nonce") => "'nonce'".to_owned(),
            false => format!("'{}'", shown(word)),
        };
        let word = shown(word);
        return Err(
            GrammarError::new(text, span, format!("unquoted `{word}` in {PLACE}"))
                .with_note("a browser takes it for a host")
                .with_help(format!("write `{keyword}`")),
        );
    }
    if is_plain_word(word) && word != "localhost" {
        let names: Vec<&str> = KEYWORDS
            .iter()
            .map(|(keyword, _)| keyword.trim_matches('\''))
            .collect();
        let error = GrammarError::new(
            text,
            span,
            format!(
                "`{}` is neither a keyword nor a host with a dot",
                shown(word)
            ),
        );
        return Err(match nearest(word, &names).and_then(|at| names.get(at)) {
            Some(near) => error
                .with_note(format!("did you mean `'{near}'`?"))
                .with_help(format!("write `'{near}'`")),
            None => error.with_help(format!(
                "keywords stand in single quotes; a host of that name is `https://{}`",
                shown(word)
            )),
        });
    }
    host::parse(text, span)
}

fn is_plain_word(word: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    !word.is_empty() && word.bytes().all(legal)
}
