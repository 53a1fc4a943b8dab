//! How much work a text may be for a parser of HTML.
//!
//! The parser has to repair what is nested wrongly as browsers do, and that can be much work for a short text:
//! formatting that is not closed (`<b>`) is opened again in each paragraph that follows. Of one kind it is opened
//! again three times at most where the attributes are the same, and without end where they differ.

/// A text is never longer, in bytes; before it is cleaned and after.
pub(super) const MAX_BYTES: usize = 64 * 1024;

/// How many tags a text may have; `<` counts as one. To find out what is open takes time by the square of how deep
/// it is nested: 50 ms for so many.
const MAX_TAGS: usize = 3_000;

/// How many elements the parser may have to make in the worst case: 0.1 to 0.2 s of a core, and 26 MB.
const MAX_ELEMENTS: usize = 150_000;

/// What of the formatting is opened again, of 14 kinds three times each.
const REOPENED: usize = 14 * 3;

/// How deep elements may be nested in what is kept.
const MAX_DEPTH: usize = 64;

/// Formatting, as the parser of HTML has it (WHATWG, §13.2.4.3), but for links: one closes the one before it.
const FORMATTING: [&[u8]; 13] = [
    b"b", b"big", b"code", b"em", b"font", b"i", b"nobr", b"s", b"small", b"strike", b"strong",
    b"tt", b"u",
];

/// Whether parsing this text is bounded work. It looks at nothing but the names of tags, wherever they stand, so
/// that nothing can be hidden from it: it counts more than there is, and never less.
pub(super) fn is_bounded(html: &str) -> bool {
    if html.len() > MAX_BYTES {
        return false;
    }
    let (mut tags, mut formatting) = (0, REOPENED);
    for tag in html.as_bytes().split(|byte| *byte == b'<').skip(1) {
        tags += 1;
        formatting += usize::from(is_formatting_with_attributes(tag));
    }
    tags <= MAX_TAGS && tags * formatting <= MAX_ELEMENTS
}

fn is_formatting_with_attributes(tag: &[u8]) -> bool {
    let end = tag
        .iter()
        .position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>'));
    let (name, rest) = tag.split_at(end.unwrap_or(tag.len()));
    let is_formatting = FORMATTING
        .iter()
        .any(|formatting| name.eq_ignore_ascii_case(formatting));
    is_formatting && rest.first().is_some_and(|byte| *byte != b'>')
}

/// Whether a text that was cleaned is not nested too deep for whoever shows it. It is written as the cleaner
/// writes: each element is closed, and `<` stands nowhere but at the start of a tag.
pub(super) fn is_shallow(clean: &str) -> bool {
    let mut depth = 0_usize;
    clean.split('<').skip(1).all(|tag| {
        let name = tag
            .split(|letter: char| !letter.is_ascii_alphanumeric())
            .next();
        match (tag.starts_with('/'), name) {
            (true, _) => depth = depth.saturating_sub(1),
            (false, Some("br" | "hr" | "img" | "wbr")) => {}
            (false, _) => depth += 1,
        }
        depth <= MAX_DEPTH
    })
}
