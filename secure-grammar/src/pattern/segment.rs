//! One parameter of a path pattern: `{name}`, `{name:regex}`, `{name}*`.

use std::ops::Range;

use super::{PLACE, custom_regex, is_name};
use crate::GrammarError;
use crate::glyph::shown;

/// Where the parts of a parameter stand in the pattern, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) name: Range<usize>,
    pub(super) regex: Option<Range<usize>>,
    pub(super) tail: bool,
    pub(super) end: usize,
}

impl Segment {
    /// Reads the parameter whose `{` is at `open`.
    pub(super) fn read(text: &str, open: usize) -> Result<Self, GrammarError> {
        let close = close(text, open).ok_or_else(|| unclosed(text, open))?;
        let inside = open + 1..close;
        let colon = text.get(inside.clone()).and_then(|inside| inside.find(':'));
        let (name, regex) = match colon.map(|colon| inside.start + colon) {
            Some(colon) => (inside.start..colon, Some(colon + 1..inside.end)),
            None => (inside, None),
        };
        check_name(text, open..close + 1, name.clone())?;
        let tail = text.get(close + 1..) == Some("*");
        if let Some(regex) = &regex {
            if tail {
                return Err(regex_on_tail(text, &name, open..text.len()));
            }
            custom_regex::check(text, regex.clone())?;
        }
        Ok(Segment {
            name,
            regex,
            tail,
            end: close + 1 + usize::from(tail),
        })
    }
}

/// The matching `}`, counted as actix-router counts: every brace, escaped or not.
fn close(text: &str, open: usize) -> Option<usize> {
    let mut depth = 0usize;
    for (offset, byte) in text.bytes().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth <= 1 => return Some(offset),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn unclosed(text: &str, open: usize) -> GrammarError {
    let rest = text.get(open + 1..).unwrap_or("");
    let name = rest
        .split(|char: char| !char.is_ascii_alphanumeric() && char != '_')
        .next();
    let error = GrammarError::new(
        text,
        open..open + 1,
        format!("`{{` without `}}` in {PLACE}"),
    );
    if rest.contains('}') {
        return error
            .with_note("every brace counts, also an escaped one")
            .with_help("close it; a brace itself is `\\x7b` or `\\x7d` in a regular expression");
    }
    match name.filter(|name| is_name(name)) {
        Some(name) => error.with_help(format!("write `{{{}}}`", shown(name))),
        None => error.with_help("close it, such as `{id}`"),
    }
}

fn check_name(text: &str, segment: Range<usize>, name: Range<usize>) -> Result<(), GrammarError> {
    let word = text.get(name.clone()).unwrap_or("");
    if is_name(word) {
        return Ok(());
    }
    if word.is_empty() {
        return Err(GrammarError::new(
            text,
            segment,
            format!("parameter without a name in {PLACE}"),
        )
        .with_help("write `{id}`"));
    }
    let message = format!(
        "parameter name `{}` in {PLACE} is not an identifier",
        shown(word)
    );
    let error = GrammarError::new(text, name, message);
    let plain = word.trim_matches('*').trim_end_matches("..");
    if plain != word && is_name(plain) {
        return Err(error
            .with_note("all the rest of the path?")
            .with_help(format!("write `{{{}}}*`", shown(plain))));
    }
    let mut mended: String = word
        .trim_end_matches('?')
        .chars()
        .map(|char| {
            if char.is_ascii_alphanumeric() {
                char
            } else {
                '_'
            }
        })
        .collect();
    if !is_name(&mended) {
        mended.insert(0, '_');
    }
    let rule = "a name has ASCII letters, digits and `_`, and does not start with a digit";
    Err(
        error.with_help(match mended.chars().all(|char| char == '_') {
            true => rule.to_owned(),
            false => format!("write `{{{}}}`; {rule}", shown(&mended)),
        }),
    )
}

fn regex_on_tail(text: &str, name: &Range<usize>, span: Range<usize>) -> GrammarError {
    let name = shown(text.get(name.clone()).unwrap_or(""));
    GrammarError::new(
        text,
        span,
        format!("regular expression on the tail `{name}` of {PLACE}"),
    )
    .with_note("a tail takes all the rest")
    .with_help(format!("write `{{{name}}}*`, or leave out the `*`"))
}
