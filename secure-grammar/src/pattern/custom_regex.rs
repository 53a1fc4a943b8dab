//! The shape of a regular expression in a path pattern.
//!
//! actix-router puts it into a group of a larger expression and panics at launch when the engine
//! refuses that. Caught here is what both of its engines (`regex`, `regex-lite`) refuse by shape,
//! and what would change the meaning of the expression around it.

use std::ops::Range;

use super::PLACE;
use crate::GrammarError;
use crate::cursor::Cursor;
use crate::glyph::shown;

/// What keeps the compiled expression well below the engines' size limit.
const MOST_REPEATED: u32 = 255;

/// Checks the expression at `span` of the pattern.
pub(super) fn check(text: &str, span: Range<usize>) -> Result<(), GrammarError> {
    let regex = text.get(span.clone()).unwrap_or("");
    if regex.is_empty() {
        return Err(GrammarError::new(
            text,
            span.start.saturating_sub(1)..span.start,
            format!("empty regular expression in {PLACE}"),
        )
        .with_help("remove the `:`, or write what it matches, such as `{id:\\d+}`"));
    }
    let mut cursor = Cursor::new(text, span);
    let mut groups: Vec<usize> = Vec::new();
    // whether a `*` here has something to repeat
    let mut repeatable = false;
    loop {
        let at = cursor.at();
        let Some(char) = cursor.bump() else { break };
        let error = |end: usize, what: &str| wrong(text, at..end, what);
        match char {
            '\\' => {
                escape(&mut cursor)?;
                repeatable = true;
            }
            '[' => {
                let length = class(cursor.slice(at..cursor.end())).ok_or_else(|| {
                    error(at + 1, "`[` without `]`")
                        .with_help("close it, or write `\\[` for the character")
                })?;
                cursor.jump(at + length);
                repeatable = true;
            }
            '(' => {
                groups.push(at);
                group(&mut cursor)?;
                repeatable = false;
            }
            ')' => {
                let Some(open) = groups.pop() else {
                    return Err(error(at + 1, "`)` without `(`")
                        .with_help("open it, or write `\\)` for the character"));
                };
                // `(?i)` is no group that could be repeated
                repeatable = cursor.slice(open..at) != "(?i";
            }
            '|' => repeatable = false,
            '*' | '+' | '?' if !repeatable => {
                return Err(error(at + 1, &format!("`{char}` after nothing"))
                    .with_note("nothing to repeat")
                    .with_help(format!("write `.{char}`, or `\\{char}` for the character")));
            }
            '{' => {
                let inside = cursor.take(|char| char != '}');
                cursor.eat('}');
                if !repeatable || !is_repetition(cursor.slice(inside)) {
                    return Err(error(cursor.at(), "bad repetition").with_help(format!(
                        "write `{{2}}`, `{{2,}}` or `{{2,5}}` after what is repeated, \
                         up to {MOST_REPEATED} times; a brace itself is `\\x7b` or `\\x7d`"
                    )));
                }
            }
            _ => repeatable = true,
        }
    }
    match groups.pop() {
        None => Ok(()),
        Some(open) => Err(wrong(text, open..open + 1, "`(` without `)`")
            .with_help("close it, or write `\\(` for the character")),
    }
}

fn wrong(text: &str, span: Range<usize>, what: &str) -> GrammarError {
    GrammarError::new(
        text,
        span,
        format!("{what} in regular expression of {PLACE}"),
    )
}

/// Steps over what follows a `\`.
fn escape(cursor: &mut Cursor<'_>) -> Result<(), GrammarError> {
    let start = cursor.at() - 1;
    match cursor.bump() {
        None => Err(
            wrong(cursor.text(), start..start + 1, "`\\` before nothing").with_help(
                "a brace itself is `\\x7b` or `\\x7d`, for actix-web counts every brace",
            ),
        ),
        Some('0'..='9') => Err(wrong(cursor.text(), start..cursor.at(), "back-reference")
            .with_help("the engine has none; compare in the handler")),
        // `\x{7b}`: these braces are no repetition
        Some('x' | 'u' | 'U' | 'p' | 'P' | 'b') if cursor.eat('{') => {
            cursor.take(|char| char != '}');
            cursor.eat('}');
            Ok(())
        }
        Some(char) if char.is_ascii_punctuation() || "dDwWsSbBnrtafvxuUpPAz".contains(char) => {
            Ok(())
        }
        Some(char) => {
            let what = format!(
                "unknown escape `\\{}`",
                shown(char.encode_utf8(&mut [0; 4]))
            );
            Err(
                wrong(cursor.text(), start..cursor.at(), &what).with_help(format!(
                    "write `{}` for the character",
                    shown(char.encode_utf8(&mut [0; 4]))
                )),
            )
        }
    }
}

/// Steps over the `?:` that a group starts with.
fn group(cursor: &mut Cursor<'_>) -> Result<(), GrammarError> {
    let open = cursor.at() - 1;
    let error = |end: usize, what: &str| wrong(cursor.text(), open..end, what);
    let Some(rest) = cursor.rest().strip_prefix('?') else {
        return Ok(());
    };
    let after = cursor.at() + 1;
    for look in ["=", "!", "<=", "<!"] {
        if rest.starts_with(look) {
            return Err(error(after + look.len(), "look-around")
                .with_help("the engine has none; check it in the handler"));
        }
    }
    let flags = rest.split([':', ')', '>']).next().unwrap_or("");
    if flags.starts_with(['P', '<', '\'']) {
        let end = (after + flags.len() + 1).min(cursor.end());
        let shown = shown(cursor.slice(open..end));
        return Err(error(end, &format!("named group `{shown}`"))
            .with_note("would be one more parameter")
            .with_help("write `(?:…)`, or make it a parameter of its own"));
    }
    let colon = rest
        .get(flags.len()..)
        .is_some_and(|rest| rest.starts_with(':'));
    if !(flags == "i" || (flags.is_empty() && colon)) {
        let end = after + flags.len();
        let shown = shown(cursor.slice(open..end));
        return Err(error(end, &format!("group `{shown}`")).with_help(
            "write `(?i:…)` to ignore case, `(?:…)` to group; other flags are not for paths",
        ));
    }
    cursor.jump(after + flags.len() + usize::from(colon));
    Ok(())
}

/// Whether that is what stands between the braces of a repetition.
fn is_repetition(inside: &str) -> bool {
    let number = |text: &str| {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u32>()
            .ok()
            .filter(|number| digits && *number <= MOST_REPEATED)
    };
    match inside.split_once(',') {
        None => number(inside).is_some(),
        Some((least, "")) => number(least).is_some(),
        Some((least, most)) => number(least)
            .zip(number(most))
            .is_some_and(|(least, most)| least <= most),
    }
}

/// The length of the class that `rest` starts with; classes nest.
fn class(rest: &str) -> Option<usize> {
    let mut depth = 0usize;
    // right after `[` or `[^` a `]` stands for itself
    let mut first = false;
    let mut chars = rest.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '\\' => {
                chars.next();
            }
            '[' => {
                depth += 1;
                first = true;
                continue;
            }
            '^' if first => continue,
            ']' if !first => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        first = false;
    }
    None
}
