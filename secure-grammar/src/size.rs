//! How many bytes: `64KiB`.

use crate::GrammarError;
use crate::cursor::Cursor;
use crate::glyph::shown;
use crate::number::{self, Mistake};

/// The noun of every message here.
const PLACE: &str = "size";
/// Smallest first, so that a decimal finds the unit below.
const UNITS: [(&str, u64); 7] = [
    ("B", 1),
    ("KB", 1_000),
    ("KiB", 1 << 10),
    ("MB", 1_000_000),
    ("MiB", 1 << 20),
    ("GB", 1_000_000_000),
    ("GiB", 1 << 30),
];
/// The list that a message ends in.
const LIST: &str =
    "the units are `B`, `KiB`, `MiB`, `GiB`, and `KB`, `MB`, `GB` of 1000, 1000², 1000³ bytes";

/// Reads a size in bytes such as `512B`, `64KiB` or `2MB`.
///
/// A whole number and a unit, without a space: `B`, `KiB`, `MiB`, `GiB` (powers of 1024) or `KB`,
/// `MB`, `GB` (powers of 1000). More than nothing, and less than 2⁶⁴ bytes.
///
/// # Errors
///
/// Whatever else is written; also a number without a unit.
///
/// ```
/// assert_eq!(secure_grammar::parse_size("64KiB")?, 65_536);
/// # Ok::<(), secure_grammar::GrammarError>(())
/// ```
pub fn parse_size(text: &str) -> Result<u64, GrammarError> {
    if text.trim().is_empty() {
        return Err(GrammarError::new(text, 0..text.len(), "empty size")
            .with_help("write a number and a unit, such as `64KiB`"));
    }
    let mut cursor = Cursor::new(text, 0..text.len());
    let number = number(&mut cursor)?;
    if number == 0 {
        return Err(GrammarError::new(
            text,
            0..text.len(),
            format!("size `{}` is zero", shown(text)),
        )
        .with_note("at least `1B`")
        .with_help("choose a size of at least `1B`"));
    }
    let unit = unit(&mut cursor)?;
    if cursor.peek().is_some() {
        let span = cursor.at()..cursor.end();
        let message = format!(
            "unexpected `{}` after the unit in {PLACE}",
            shown(cursor.rest())
        );
        return Err(GrammarError::new(text, span.clone(), message)
            .with_help(format!("write `{}`", shown(cursor.slice(0..span.start)))));
    }
    number.checked_mul(unit).ok_or_else(|| {
        GrammarError::new(
            text,
            0..text.len(),
            format!("size `{}` is too large", shown(text)),
        )
        .with_note(format!("at most {} bytes", u64::MAX))
        .with_help(format!("choose a size of at most `{}B`", u64::MAX))
    })
}

fn number(cursor: &mut Cursor<'_>) -> Result<u64, GrammarError> {
    let Some(span) = number::lex(cursor) else {
        let token = cursor.next_token();
        let found = cursor.slice(token.clone());
        if found.starts_with(char::is_whitespace) {
            return Err(space(cursor));
        }
        let is_unit = UNITS.iter().any(|(unit, _)| found == *unit);
        let error = |message| GrammarError::new(cursor.text(), token.clone(), message);
        return Err(match is_unit {
            true => error(format!("missing number before `{found}` in {PLACE}"))
                .with_note("how many?")
                .with_help(format!("write `64{found}`")),
            false => error(format!(
                "expected a number in {PLACE}, found `{}`",
                shown(found)
            ))
            .with_help("write a number and a unit, such as `64KiB`"),
        });
    };
    let mistake = match number::value(cursor.slice(span.clone())) {
        Ok(number) => return Ok(number),
        Err(mistake) => mistake,
    };
    let error = number::error(cursor, span, &mistake, "number", PLACE);
    Err(match mistake {
        Mistake::TooLarge => error
            .with_note(format!("at most {} bytes", u64::MAX))
            .with_help(format!("choose a size of at most `{}B`", u64::MAX)),
        Mistake::Decimal(Some(fraction)) => {
            let exact = unit(&mut cursor.clone()).ok().and_then(|unit| {
                let bytes = fraction.over.checked_mul(unit)?;
                let whole = bytes.is_multiple_of(fraction.under) && bytes > 0;
                whole.then(|| written(bytes / fraction.under, unit))
            });
            match exact {
                Some(exact) => error.with_help(format!("write `{exact}`")),
                None => {
                    error.with_help("write a whole number, in a smaller unit; the smallest is `B`")
                }
            }
        }
        _ => error,
    })
}

/// The bytes in the largest unit of `unit`'s kind (1000 or 1024) that divides them.
fn written(bytes: u64, unit: u64) -> String {
    let binary = unit.is_power_of_two();
    let (name, size) = UNITS
        .iter()
        .rev()
        .find(|(_, size)| size.is_power_of_two() == binary && bytes.is_multiple_of(*size))
        .copied()
        .unwrap_or(("B", 1));
    format!("{}{name}", bytes / size)
}

fn unit(cursor: &mut Cursor<'_>) -> Result<u64, GrammarError> {
    let number = shown(cursor.slice(0..cursor.at()));
    let span = cursor.take(char::is_alphabetic);
    let word = cursor.slice(span.clone());
    if let Some((_, bytes)) = UNITS.iter().find(|(unit, _)| *unit == word) {
        return Ok(*bytes);
    }
    let text = cursor.text();
    if word.is_empty() {
        let token = cursor.next_token();
        let found = cursor.slice(token.clone());
        if found.starts_with(char::is_whitespace) {
            return Err(space(cursor));
        }
        if !found.is_empty() {
            let message = format!("expected a unit in {PLACE}, found `{}`", shown(found));
            return Err(GrammarError::new(text, token, message).with_help(LIST));
        }
        return Err(GrammarError::new(
            text,
            token,
            format!("missing unit after `{number}` in {PLACE}"),
        )
        .with_note("of what?")
        .with_help(format!("write `{number}B` for bytes; {LIST}")));
    }
    let shown = shown(word);
    let new = |message: String| GrammarError::new(text, span.clone(), message);
    let pair = match word.to_ascii_lowercase().as_str() {
        "k" | "ki" => Some('K'),
        "m" | "mi" => Some('M'),
        "g" | "gi" => Some('G'),
        _ => None,
    };
    if let Some(letter) = pair {
        return Err(new(format!("incomplete unit `{shown}` in {PLACE}"))
            .with_note("of 1000 or of 1024?")
            .with_help(format!(
                "write `{number}{letter}iB` (1024) or `{number}{letter}B` (1000)"
            )));
    }
    let same = |(unit, _): &&(&str, u64)| word.eq_ignore_ascii_case(unit);
    if let Some((unit, _)) = UNITS.iter().find(same) {
        return Err(
            new(format!("unit `{shown}` of {PLACE} is written `{unit}`"))
                .with_help(format!("write `{number}{unit}`")),
        );
    }
    if ["byte", "bytes", "octet", "octets"]
        .iter()
        .any(|other| word.eq_ignore_ascii_case(other))
    {
        return Err(new(format!("unknown unit `{shown}` in {PLACE}"))
            .with_note("did you mean `B`?")
            .with_help(format!("write `{number}B`; {LIST}")));
    }
    Err(new(format!("unknown unit `{shown}` in {PLACE}")).with_help(LIST))
}

fn space(cursor: &Cursor<'_>) -> GrammarError {
    let plain: String = cursor.text().split_whitespace().collect();
    GrammarError::new(
        cursor.text(),
        cursor.next_token(),
        format!("space in {PLACE}"),
    )
    .with_help(format!("write `{}`", shown(&plain)))
}
