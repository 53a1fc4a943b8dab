//! One quota of a rate limit: amount, separator, count, unit.

use std::num::{NonZeroU32, NonZeroU64};
use std::ops::Range;

use super::Quota;
use super::unit::{self, LIST, Unit, Word};
use crate::GrammarError;
use crate::cursor::Cursor;
use crate::glyph::shown;
use crate::number::{self, Fraction, Mistake};

/// The noun of every message here.
const PLACE: &str = "rate limit";

/// Reads the quota at `part`, which neither starts nor ends with a space.
pub(super) fn parse(text: &str, part: Range<usize>) -> Result<Quota, GrammarError> {
    let mut cursor = Cursor::new(text, part.clone());
    let quota = read(&mut cursor)?;
    finish(&mut cursor, part.start, quota)?;
    Ok(quota)
}

/// Reads a quota up to its unit.
fn read(cursor: &mut Cursor<'_>) -> Result<Quota, GrammarError> {
    let amount = amount(cursor)?;
    separator(cursor, amount)?;
    let (count, count_span) = count(cursor, amount)?;
    let unit = unit(cursor, amount)?;
    count
        .checked_mul(unit.seconds)
        .and_then(|seconds| quota(amount, seconds))
        .ok_or_else(|| too_long(cursor, count_span.start..cursor.at()))
}

fn amount(cursor: &mut Cursor<'_>) -> Result<NonZeroU32, GrammarError> {
    let Some(span) = number::lex(cursor) else {
        return Err(missing_amount(cursor));
    };
    if let Some((whole, plain)) = spaced(cursor, span.clone()) {
        let mistake = Mistake::Grouped { plain };
        return Err(number::error(cursor, whole, &mistake, "amount", PLACE));
    }
    let mistake = match number::value(cursor.slice(span.clone())).map(u32::try_from) {
        Ok(Ok(value)) => {
            return NonZeroU32::new(value).ok_or_else(|| {
                let token = shown(cursor.slice(span.clone()));
                let message = format!("amount `{token}` in {PLACE} would refuse every request");
                GrammarError::new(cursor.text(), span, message)
                    .with_note("at least 1")
                    .with_help("choose an amount of at least 1, or remove the route")
            });
        }
        Ok(Err(_)) => Mistake::TooLarge,
        Err(mistake) => mistake,
    };
    let error = number::error(cursor, span, &mistake, "amount", PLACE);
    Err(match mistake {
        Mistake::TooLarge => error
            .with_note(format!("at most {}", u32::MAX))
            .with_help(format!("choose an amount of at most `{}`", u32::MAX)),
        Mistake::Decimal(fraction) => error.with_help(decimal_amount(cursor, fraction)),
        _ => error,
    })
}

/// `5 000`: what follows the number is one more group of three digits.
fn spaced(cursor: &Cursor<'_>, first: Range<usize>) -> Option<(Range<usize>, String)> {
    let mut ahead = cursor.clone();
    let mut plain = cursor.slice(first.clone()).to_owned();
    let mut end = first.end;
    loop {
        ahead.skip_spaces();
        let group = ahead.take(|char| char.is_ascii_digit());
        if group.len() != 3 {
            break;
        }
        plain.push_str(cursor.slice(group.clone()));
        end = group.end;
    }
    let digits = plain.bytes().all(|byte| byte.is_ascii_digit());
    (end > first.end && digits).then_some((first.start..end, plain))
}

fn missing_amount(cursor: &Cursor<'_>) -> GrammarError {
    let token = cursor.next_token();
    let word = cursor.slice(token.clone());
    let text = cursor.text();
    if matches!(word, "/" | ";") || word.eq_ignore_ascii_case("per") {
        return GrammarError::new(text, token, format!("missing amount in {PLACE}"))
            .with_note("how many?")
            .with_help(format!(
                "write a number before it, such as `5{}`",
                after_number(cursor.rest())
            ));
    }
    if let Word::Unit(unit) = unit::read(word) {
        return GrammarError::new(text, token, format!("missing amount in {PLACE}"))
            .with_note("how many?")
            .with_help(format!("write `5/{}`", unit.singular));
    }
    GrammarError::new(
        text,
        token,
        format!("expected an amount in {PLACE}, found `{}`", shown(word)),
    )
    .with_help("start with a whole number, such as `5/minute`")
}

/// The text with a space in front when it starts with a word.
fn after_number(rest: &str) -> String {
    let space = if rest.starts_with(char::is_alphabetic) {
        " "
    } else {
        ""
    };
    format!("{space}{}", shown(rest))
}

/// The same rate in whole numbers: `3/2 minutes` for `1.5/minute`.
fn decimal_amount(cursor: &Cursor<'_>, fraction: Option<Fraction>) -> String {
    let exact = |over: u64, under: u64| -> Option<Quota> {
        let amount = NonZeroU32::new(u32::try_from(over).ok()?)?;
        let mut rest = cursor.clone();
        separator(&mut rest, amount).ok()?;
        let (count, _) = count(&mut rest, amount).ok()?;
        let unit = unit(&mut rest, amount).ok()?;
        quota(amount, count.checked_mul(unit.seconds)?.checked_mul(under)?)
    };
    let Some(fraction) = fraction else {
        return "write a whole number".to_owned();
    };
    let grouped = match fraction.grouped {
        Some(grouped) => format!("; if the separator groups thousands, write `{grouped}`"),
        None => String::new(),
    };
    match exact(fraction.over, fraction.under) {
        Some(quota) => format!("write `{quota}`{grouped}"),
        None => format!("write whole numbers: 1.5 a minute is `3/2 minutes`{grouped}"),
    }
}

fn quota(amount: NonZeroU32, seconds: u64) -> Option<Quota> {
    if seconds > Quota::LONGEST_PERIOD_SECONDS {
        return None;
    }
    NonZeroU64::new(seconds).map(|seconds| Quota::new(amount, seconds))
}

fn separator(cursor: &mut Cursor<'_>, amount: NonZeroU32) -> Result<(), GrammarError> {
    cursor.skip_spaces();
    if cursor.eat('/') {
        return Ok(());
    }
    let token = cursor.next_token();
    let text = cursor.text();
    if token.is_empty() {
        let message = format!("missing `/` or `per`, and a time unit, in {PLACE}");
        return Err(GrammarError::new(text, token, message)
            .with_note("in how long?")
            .with_help(format!("write `{amount}/minute`; {LIST}")));
    }
    // a word may be followed by a digit without a space between
    let letters = cursor.clone().take(char::is_alphabetic);
    let word = cursor.slice(letters.clone());
    if word.eq_ignore_ascii_case("per") {
        cursor.jump(letters.end);
        return Ok(());
    }
    if let Word::Unit(unit) | Word::Abbreviation(unit) = unit::read(word) {
        let message = format!("missing `/` or `per` before `{}` in {PLACE}", shown(word));
        return Err(GrammarError::new(text, letters, message)
            .with_help(format!("write `{amount}/{}`", unit.singular)));
    }
    let glued = word
        .get(..3)
        .filter(|start| start.eq_ignore_ascii_case("per"));
    if let (Some(_), Word::Unit(unit)) = (glued, unit::read(word.get(3..).unwrap_or(""))) {
        let message = format!("missing space after `per` in {PLACE}");
        return Err(GrammarError::new(text, letters, message)
            .with_help(format!("write `{amount} per {}`", unit.singular)));
    }
    let found = if letters.is_empty() { token } else { letters };
    let message = format!(
        "expected `/` or `per` in {PLACE}, found `{}`",
        shown(cursor.slice(found.clone()))
    );
    Err(GrammarError::new(text, found, message)
        .with_help(format!("write `{amount}/minute` or `{amount} per minute`")))
}

/// How many units the period has; 1, with an empty span, where none is written.
fn count(cursor: &mut Cursor<'_>, amount: NonZeroU32) -> Result<(u64, Range<usize>), GrammarError> {
    cursor.skip_spaces();
    let Some(span) = number::lex(cursor) else {
        return Ok((1, cursor.at()..cursor.at()));
    };
    let mistake = match number::value(cursor.slice(span.clone())) {
        Ok(0) => {
            let token = shown(cursor.slice(span.clone()));
            let help = match unit(&mut cursor.clone(), amount) {
                Ok(unit) => format!("write `{amount}/{}`", unit.singular),
                Err(_) => format!("write at least 1, such as `{amount}/minute`"),
            };
            let message = format!("period `{token}` in {PLACE} has no length");
            return Err(GrammarError::new(cursor.text(), span, message)
                .with_note("at least 1")
                .with_help(help));
        }
        Ok(count) => return Ok((count, span)),
        Err(mistake) => mistake,
    };
    let error = number::error(cursor, span, &mistake, "period", PLACE);
    Err(match mistake {
        Mistake::TooLarge => error
            .with_note("at most 10 years")
            .with_help("choose a period of at most 10 years"),
        Mistake::Decimal(fraction) => error.with_help(decimal_count(cursor, amount, fraction)),
        _ => error,
    })
}

/// The same period in whole numbers: `5/90 seconds` for `5/1.5 minutes`.
fn decimal_count(cursor: &Cursor<'_>, amount: NonZeroU32, fraction: Option<Fraction>) -> String {
    let exact = |fraction: Fraction| -> Option<Quota> {
        let unit = unit(&mut cursor.clone(), amount).ok()?;
        let seconds = fraction.over.checked_mul(unit.seconds)?;
        match seconds.is_multiple_of(fraction.under) {
            true => quota(amount, seconds / fraction.under),
            false => None,
        }
    };
    match fraction.and_then(exact) {
        Some(quota) => format!("write `{quota}`"),
        None => "write a whole number, in a smaller unit; the smallest is `second`".to_owned(),
    }
}

fn unit(cursor: &mut Cursor<'_>, amount: NonZeroU32) -> Result<Unit, GrammarError> {
    cursor.skip_spaces();
    let span = cursor.take(char::is_alphabetic);
    let word = cursor.slice(span.clone());
    let shown = shown(word);
    let new = |message: String| GrammarError::new(cursor.text(), span.clone(), message);
    if word.is_empty() {
        return Err(missing_unit(cursor, amount));
    }
    Err(match unit::read(word) {
        Word::Unit(unit) => return Ok(unit),
        Word::Abbreviation(unit) => new(format!("abbreviated time unit `{shown}` in {PLACE}"))
            .with_note(format!("write `{}`", unit.singular))
            .with_help(format!("write `{}`; {LIST}", unit.singular)),
        Word::Ambiguous => new(format!("ambiguous time unit `{shown}` in {PLACE}"))
            .with_note("minute or month?")
            .with_help("write `minute` or `month`"),
        Word::TooShort => new(format!("time unit `{shown}` in {PLACE} is too short"))
            .with_note("the shortest is `second`")
            .with_help(format!("write `second`; {LIST}")),
        Word::Unknown(Some(hint)) => new(format!("unknown time unit `{shown}` in {PLACE}"))
            .with_note(format!("did you mean `{hint}`?"))
            .with_help(format!("write `{hint}`; {LIST}")),
        Word::Unknown(None) if word.eq_ignore_ascii_case("per") => {
            second_separator(cursor, span, amount)
        }
        Word::Unknown(None) => {
            new(format!("unknown time unit `{shown}` in {PLACE}")).with_help(LIST)
        }
    })
}

fn missing_unit(cursor: &Cursor<'_>, amount: NonZeroU32) -> GrammarError {
    let token = cursor.next_token();
    match cursor.slice(token.clone()) {
        "" => GrammarError::new(
            cursor.text(),
            token,
            format!("missing time unit in {PLACE}"),
        )
        .with_note("in how long?")
        .with_help(format!("write `{amount}/minute`; {LIST}")),
        "/" => second_separator(cursor, token, amount),
        found => {
            let message = format!("expected a time unit in {PLACE}, found `{}`", shown(found));
            GrammarError::new(cursor.text(), token, message)
                .with_help(format!("write `{amount}/minute`; {LIST}"))
        }
    }
}

fn second_separator(cursor: &Cursor<'_>, span: Range<usize>, amount: NonZeroU32) -> GrammarError {
    let token = cursor.slice(span.clone());
    GrammarError::new(
        cursor.text(),
        span,
        format!("second separator `{token}` in {PLACE}"),
    )
    .with_help(format!(
        "write `/` or `per` once, such as `{amount}/minute`"
    ))
}

fn too_long(cursor: &Cursor<'_>, span: Range<usize>) -> GrammarError {
    let period = shown(cursor.slice(span.clone()));
    GrammarError::new(
        cursor.text(),
        span,
        format!("period `{period}` in {PLACE} is too long"),
    )
    .with_note("at most 10 years")
    .with_help("choose a period of at most 10 years")
}

/// Refuses whatever stands after the unit.
fn finish(cursor: &mut Cursor<'_>, start: usize, quota: Quota) -> Result<(), GrammarError> {
    let unit_end = cursor.at();
    cursor.skip_spaces();
    let span = cursor.at()..cursor.end();
    let junk = cursor.slice(span.clone());
    if junk.is_empty() {
        return Ok(());
    }
    let mut next = cursor.clone();
    next.take(|char| matches!(char, ',' | '&' | '+' | '|'));
    let word = next.next_token();
    if cursor.slice(word.clone()).eq_ignore_ascii_case("and") {
        next.jump(word.end);
    }
    next.skip_spaces();
    let mut ahead = next.clone();
    if read(&mut ahead).is_ok() && ahead.rest().is_empty() {
        let (first, rest) = (
            cursor.slice(start..unit_end),
            cursor.slice(next.at()..next.end()),
        );
        let guilty = if next.at() > span.start {
            span.start..next.at()
        } else {
            span
        };
        let shown_guilty = shown(cursor.slice(guilty.clone()).trim_end());
        let guilty = guilty.start..guilty.start + cursor.slice(guilty).trim_end().len();
        let message = format!("unexpected `{shown_guilty}` between two quotas of the {PLACE}");
        return Err(GrammarError::new(cursor.text(), guilty, message)
            .with_note("join them with `;`")
            .with_help(format!("write `{}; {}`", shown(first), shown(rest))));
    }
    let message = format!(
        "unexpected `{}` after the time unit in {PLACE}",
        shown(junk)
    );
    Err(GrammarError::new(cursor.text(), span, message)
        .with_help(format!("remove it and write `{quota}`")))
}
