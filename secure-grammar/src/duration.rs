//! How long something lasts: `1h30m`.

use std::ops::Range;
use std::time::Duration;

use crate::GrammarError;
use crate::cursor::Cursor;
use crate::glyph::shown;
use crate::number::{self, Mistake};

/// The noun of every message here.
const PLACE: &str = "duration";
/// 10 years of 365 days.
const LONGEST_SECONDS: u64 = 10 * 365 * 86_400;
const UNITS: [(char, u64); 5] = [
    ('w', 7 * 86_400),
    ('d', 86_400),
    ('h', 3_600),
    ('m', 60),
    ('s', 1),
];
/// The list that a message ends in.
const LIST: &str = "the units are `w`, `d`, `h`, `m` (minutes), `s`";

/// Reads a duration such as `90s`, `5m`, `1h30m`, `7d` or `2w`.
///
/// Whole numbers, each with its unit: `w` (7 days), `d` (24 hours), `h`, `m` (minutes), `s`; the
/// larger unit first, each at most once, without spaces. More than nothing, at most 10 years of 365
/// days.
///
/// # Errors
///
/// Whatever else is written.
///
/// ```
/// let duration = secure_grammar::parse_duration("1h30m")?;
/// assert_eq!(duration.as_secs(), 5_400);
/// # Ok::<(), secure_grammar::GrammarError>(())
/// ```
pub fn parse_duration(text: &str) -> Result<Duration, GrammarError> {
    if text.trim().is_empty() {
        return Err(GrammarError::new(text, 0..text.len(), "empty duration")
            .with_help("write a number and a unit, such as `15m`"));
    }
    let mut cursor = Cursor::new(text, 0..text.len());
    let mut parts: Vec<(u64, usize)> = Vec::new();
    let mut total: u64 = 0;
    while cursor.peek().is_some() {
        let start = cursor.at();
        let number = number(&mut cursor)?;
        let (unit, span) = unit(&mut cursor, start)?;
        order(text, start..span.end, &parts, (number, unit))?;
        let seconds = UNITS.get(unit).map_or(1, |(_, seconds)| *seconds);
        total = number
            .checked_mul(seconds)
            .and_then(|seconds| seconds.checked_add(total))
            .filter(|total| *total <= LONGEST_SECONDS)
            .ok_or_else(|| too_long(text, 0..span.end))?;
        parts.push((number, unit));
    }
    if total == 0 {
        return Err(GrammarError::new(
            text,
            0..text.len(),
            format!("duration `{}` has no length", shown(text)),
        )
        .with_note("at least `1s`")
        .with_help("choose a duration of at least `1s`"));
    }
    Ok(Duration::from_secs(total))
}

/// Writes a duration as [`parse_duration`] reads it: `5400` seconds are `1h30m`.
///
/// A fraction of a second is left out. Nothing at all is `0s`, which, like more than 10 years, does
/// not parse.
pub fn format_duration(duration: Duration) -> String {
    let mut seconds = duration.as_secs();
    if seconds == 0 {
        return "0s".to_owned();
    }
    let mut text = String::new();
    for (letter, size) in UNITS {
        if seconds >= size {
            text.push_str(&format!("{}{letter}", seconds / size));
            seconds %= size;
        }
    }
    text
}

fn number(cursor: &mut Cursor<'_>) -> Result<u64, GrammarError> {
    let Some(span) = number::lex(cursor) else {
        return Err(missing_number(cursor));
    };
    let mistake = match number::value(cursor.slice(span.clone())) {
        Ok(number) => return Ok(number),
        Err(mistake) => mistake,
    };
    let error = number::error(cursor, span, &mistake, "number", PLACE);
    Err(match mistake {
        Mistake::TooLarge => error
            .with_note("at most 10 years, `3650d`")
            .with_help("choose a duration of at most `3650d`"),
        Mistake::Decimal(Some(fraction)) => {
            let exact = unit(&mut cursor.clone(), 0).ok().and_then(|(index, _)| {
                let seconds = fraction.over.checked_mul(UNITS.get(index)?.1)?;
                let whole = seconds.is_multiple_of(fraction.under) && seconds > 0;
                whole.then(|| format_duration(Duration::from_secs(seconds / fraction.under)))
            });
            match exact {
                Some(exact) => error.with_help(format!("write `{exact}`")),
                None => {
                    error.with_help("write a whole number, in a smaller unit; the smallest is `s`")
                }
            }
        }
        _ => error,
    })
}

fn missing_number(cursor: &Cursor<'_>) -> GrammarError {
    let token = cursor.next_token();
    let found = cursor.slice(token.clone());
    if found.starts_with(char::is_whitespace) {
        return space(cursor.text(), token);
    }
    if UNITS.iter().any(|(letter, _)| found.chars().eq([*letter])) {
        return GrammarError::new(
            cursor.text(),
            token,
            format!("missing number before `{found}` in {PLACE}"),
        )
        .with_note("how many?")
        .with_help(format!("write `15{found}`"));
    }
    let message = format!("expected a number in {PLACE}, found `{}`", shown(found));
    GrammarError::new(cursor.text(), token, message)
        .with_help("write a number and a unit, such as `15m` or `1h30m`")
}

fn space(text: &str, span: Range<usize>) -> GrammarError {
    let plain: String = text.split_whitespace().collect();
    GrammarError::new(text, span, format!("space in {PLACE}"))
        .with_help(format!("write `{}`", shown(&plain)))
}

/// The index of the unit; `start` is where its number begins.
fn unit(cursor: &mut Cursor<'_>, start: usize) -> Result<(usize, Range<usize>), GrammarError> {
    let number = cursor.slice(start..cursor.at()).to_owned();
    let text = cursor.text();
    let span = cursor.take(char::is_alphabetic);
    let word = cursor.slice(span.clone());
    if let Some(index) = UNITS
        .iter()
        .position(|(letter, _)| word.chars().eq([*letter]))
    {
        return Ok((index, span));
    }
    if word.is_empty() {
        let token = cursor.next_token();
        let found = cursor.slice(token.clone());
        if found.starts_with(char::is_whitespace) {
            return Err(space(text, token));
        }
        if !found.is_empty() {
            let message = format!("expected a unit in {PLACE}, found `{}`", shown(found));
            return Err(GrammarError::new(text, token, message).with_help(LIST));
        }
        let message = format!("missing unit after `{}` in {PLACE}", shown(&number));
        return Err(GrammarError::new(text, token, message)
            .with_note("of what?")
            .with_help(format!(
                "write `{0}s` for seconds, `{0}m` for minutes; {LIST}",
                shown(&number)
            )));
    }
    let error = |message: &str| {
        GrammarError::new(
            text,
            span.clone(),
            format!("{message} `{}` in {PLACE}", shown(word)),
        )
    };
    let lower = word.to_ascii_lowercase();
    let meant = match lower.as_str() {
        "s" | "sec" | "secs" | "second" | "seconds" => "s",
        "m" | "min" | "mins" | "minute" | "minutes" => "m",
        "h" | "hr" | "hrs" | "hour" | "hours" => "h",
        "d" | "day" | "days" => "d",
        "w" | "wk" | "wks" | "week" | "weeks" => "w",
        "y" | "yr" | "yrs" | "year" | "years" => {
            return Err(error("unknown unit")
                .with_note("a year is `365d`")
                .with_help(LIST));
        }
        "mo" | "mon" | "month" | "months" => {
            return Err(error("unknown unit")
                .with_note("a month is `30d`")
                .with_help(LIST));
        }
        "ms" | "us" | "µs" | "ns" => {
            return Err(error("too short a unit")
                .with_note("the smallest is `s`")
                .with_help(LIST));
        }
        _ => return Err(error("unknown unit").with_help(LIST)),
    };
    let kind = if word.len() == 1 {
        "upper-case unit"
    } else {
        "spelled-out unit"
    };
    Err(error(kind)
        .with_note(format!("write `{meant}`"))
        .with_help(format!("write `{}{meant}`; {LIST}", shown(&number))))
}

/// Refuses a unit that is not smaller than the one before it.
fn order(
    text: &str,
    span: Range<usize>,
    parts: &[(u64, usize)],
    (number, unit): (u64, usize),
) -> Result<(), GrammarError> {
    let Some((before, last)) = parts.last() else {
        return Ok(());
    };
    let letter = |unit: usize| UNITS.get(unit).map_or('s', |(letter, _)| *letter);
    let (this, that) = (letter(unit), letter(*last));
    if unit > *last {
        return Ok(());
    }
    if unit == *last {
        let error = GrammarError::new(text, span, format!("unit `{this}` twice in {PLACE}"));
        return Err(match before.checked_add(number) {
            Some(sum) => error.with_help(format!("add them up: `{sum}{this}`")),
            None => error.with_help("write each unit once"),
        });
    }
    let message = format!("`{this}` after `{that}` in {PLACE}");
    let error = GrammarError::new(text, span, message).with_note("the larger unit comes first");
    Err(match parts.len() {
        1 => error.with_help(format!("write `{number}{this}{before}{that}`")),
        _ => error.with_help("write the units in the order `w`, `d`, `h`, `m`, `s`"),
    })
}

fn too_long(text: &str, span: Range<usize>) -> GrammarError {
    let message = format!(
        "{PLACE} `{}` is too long",
        shown(text.get(span.clone()).unwrap_or(""))
    );
    GrammarError::new(text, span, message)
        .with_note("at most 10 years, `3650d`")
        .with_help("choose a duration of at most `3650d`")
}
