//! What the texts of all header policies have in common.

use std::ops::Range;

use crate::GrammarError;
use crate::glyph::{invisible, shown};

/// Refuses what cannot stand in a header: what nobody sees, and what is not ASCII.
pub(crate) fn printable(text: &str, place: &str) -> Result<(), GrammarError> {
    if let Some((at, char)) = invisible(text) {
        let message = format!("character `U+{:04X}` in {place}", u32::from(char));
        return Err(GrammarError::new(text, at..at + char.len_utf8(), message)
            .with_note("nothing that a header can hold")
            .with_help("write a plain space; a `\\` at the end of a line joins the next one"));
    }
    let Some((at, char)) = text.char_indices().find(|(_, char)| !char.is_ascii()) else {
        return Ok(());
    };
    let span = at..at + char.len_utf8();
    let error = GrammarError::new(
        text,
        span,
        format!("`{}` in {place}", shown(&char.to_string())),
    );
    Err(match char {
        '‘' | '’' | '‚' | '`' | '´' => error
            .with_note("a typographic quote")
            .with_help("write the plain `'`"),
        '“' | '”' | '„' => error
            .with_note("a typographic quote")
            .with_help("write the plain quote"),
        _ => error
            .with_note("not ASCII")
            .with_help("write a host as browsers send it (`xn--…`), and a path percent-encoded"),
    })
}

/// The parts between separators, each without the spaces around it; none is empty.
pub(crate) fn parts(
    text: &str,
    separator: char,
    place: &str,
) -> Result<Vec<Range<usize>>, GrammarError> {
    let mut parts = Vec::new();
    let mut start = 0;
    for part in text.split(separator) {
        let end = start + part.len();
        let from = start + (part.len() - part.trim_start().len());
        let to = from + part.trim().len();
        if from >= to {
            return Err(nothing(text, separator, place, start..end));
        }
        parts.push(from..to);
        start = end + separator.len_utf8();
    }
    Ok(parts)
}

/// The error for nothing between two separators, or beside one.
fn nothing(text: &str, separator: char, place: &str, part: Range<usize>) -> GrammarError {
    let (at, message) = if part.start == 0 {
        (part.end, format!("{place} starts with `{separator}`"))
    } else if part.end == text.len() {
        (part.start - 1, format!("trailing `{separator}` in {place}"))
    } else {
        (
            part.end,
            format!("nothing between two `{separator}` in {place}"),
        )
    };
    GrammarError::new(text, at..at + 1, message).with_help(format!(
        "remove it: `{separator}` stands between two, and nowhere else"
    ))
}

/// The words of a part, between its spaces and tabs.
pub(crate) fn words(text: &str, part: Range<usize>) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut start = None;
    let inner = text.get(part.clone()).unwrap_or("");
    for (at, char) in inner.char_indices() {
        let at = part.start + at;
        match (char.is_ascii_whitespace(), start) {
            (true, Some(from)) => {
                words.push(from..at);
                start = None;
            }
            (false, None) => start = Some(at),
            _ => {}
        }
    }
    if let Some(from) = start {
        words.push(from..part.end);
    }
    words
}

/// A list in a message: each word in backticks.
pub(crate) fn list(words: &[&str]) -> String {
    let words: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    words.join(", ")
}
