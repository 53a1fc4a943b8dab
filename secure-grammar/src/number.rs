//! A whole number in a text, and the many ways in which people write one that is not.

use std::ops::Range;

use crate::GrammarError;
use crate::cursor::Cursor;
use crate::glyph::shown;

/// Why a number was not taken. `plain` is what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mistake {
    Negative { plain: String },
    Signed { plain: String },
    Foreign { plain: Option<String> },
    Decimal(Option<Fraction>),
    Grouped { plain: String },
    Malformed,
    TooLarge,
}

/// The exact value of a decimal, in lowest terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fraction {
    pub(crate) over: u64,
    pub(crate) under: u64,
    /// The value if the point grouped thousands, as it does in German.
    pub(crate) grouped: Option<u64>,
}

/// Steps over what was meant as a number, `None` when nothing of the kind comes next.
pub(crate) fn lex(cursor: &mut Cursor<'_>) -> Option<Range<usize>> {
    let start = cursor.at();
    let mut ahead = cursor.clone();
    if ahead.peek().is_some_and(is_sign) {
        ahead.take(is_sign);
        ahead.skip_spaces();
    }
    let run = ahead.take(|char| char.is_numeric() || matches!(char, '.' | ',' | '_' | '\''));
    let digits = cursor
        .slice(run.clone())
        .trim_end_matches(['.', ',', '_', '\'']);
    if digits.is_empty() {
        return None;
    }
    let span = start..run.start + digits.len();
    cursor.jump(span.end);
    Some(span)
}

/// The value of what [`lex`] found.
pub(crate) fn value(token: &str) -> Result<u64, Mistake> {
    let plain = token.trim_start_matches(|char: char| is_sign(char) || matches!(char, ' ' | '\t'));
    if plain.len() != token.len() {
        let plain = plain.to_owned();
        return Err(match token.starts_with('+') {
            true => Mistake::Signed { plain },
            false => Mistake::Negative { plain },
        });
    }
    if !token.is_ascii() {
        return Err(Mistake::Foreign {
            plain: token.chars().map(to_ascii).collect(),
        });
    }
    if let Ok(value) = token.parse() {
        return Ok(value);
    }
    if token.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Mistake::TooLarge);
    }
    if let Some(plain) = ungrouped(token) {
        return Err(Mistake::Grouped { plain });
    }
    Err(decimal(token))
}

/// Words a mistake: `what` is the number ("amount"), `place` the text it stands in ("rate limit").
pub(crate) fn error(
    cursor: &Cursor<'_>,
    span: Range<usize>,
    mistake: &Mistake,
    what: &str,
    place: &str,
) -> GrammarError {
    let token = shown(cursor.slice(span.clone()));
    let new = |message: String| GrammarError::new(cursor.text(), span.clone(), message);
    match mistake {
        Mistake::Negative { plain } => {
            let error = new(format!("negative {what} `{token}` in {place}"));
            match plain.parse::<u64>() {
                Ok(1..) => error.with_help(format!("write `{plain}`")),
                _ => error.with_help("write a whole number of at least 1"),
            }
        }
        Mistake::Signed { plain } => new(format!("sign before {what} `{token}` in {place}"))
            .with_help(format!("write `{}`", shown(plain))),
        Mistake::Foreign { plain } => {
            let error = new(format!(
                "{what} `{token}` in {place} is not written in ASCII digits"
            ));
            match plain {
                Some(plain) => error
                    .with_note(format!("write `{}`", shown(plain)))
                    .with_help(format!("write `{}`; digits are `0` to `9`", shown(plain))),
                None => error.with_help("write a whole number with the digits `0` to `9`"),
            }
        }
        Mistake::Decimal(_) => new(format!("decimal {what} `{token}` in {place}"))
            .with_note("whole numbers only")
            .with_help("write a whole number"),
        Mistake::Grouped { plain } => new(format!(
            "thousands separator in {what} `{token}` in {place}"
        ))
        .with_help(format!("write `{}`", shown(plain))),
        Mistake::Malformed => new(format!("{what} `{token}` in {place} is not a whole number"))
            .with_help("write a whole number with the digits `0` to `9`"),
        Mistake::TooLarge => new(format!("{what} `{token}` in {place} is too large")),
    }
}

fn is_sign(char: char) -> bool {
    matches!(char, '-' | '+' | '\u{2212}' | '\u{2010}'..='\u{2015}')
}

/// `1000` for `1_000`, `1,000`, `1'000`: groups of three, or underscores anywhere.
fn ungrouped(token: &str) -> Option<String> {
    if token.starts_with(['_', ',', '\'', '.']) {
        return None;
    }
    let separator = token.chars().find(|char| !char.is_ascii_digit())?;
    let (first, rest) = token.split_once(separator)?;
    let groups = || rest.split(separator);
    let digits = groups().all(|group| group.bytes().all(|byte| byte.is_ascii_digit()));
    let threes = first.len() <= 3 && groups().all(|group| group.len() == 3);
    // one point before three digits is read as a decimal, and its hint names both readings
    let grouped = match separator {
        '_' => true,
        '.' => threes && groups().nth(1).is_some(),
        _ => threes,
    };
    (digits && grouped).then(|| token.replace(separator, ""))
}

fn decimal(token: &str) -> Mistake {
    let Some((whole, part)) = token.split_once(['.', ',']) else {
        return Mistake::Malformed;
    };
    if !whole
        .bytes()
        .chain(part.bytes())
        .all(|byte| byte.is_ascii_digit())
    {
        return Mistake::Malformed;
    }
    Mistake::Decimal(fraction(whole, part))
}

fn fraction(whole: &str, part: &str) -> Option<Fraction> {
    let over: u64 = format!("{whole}{part}").parse().ok()?;
    let under = 10u64.checked_pow(u32::try_from(part.len()).ok()?)?;
    let divisor = greatest_divisor(over, under);
    let groups = part.len() == 3 && (1..=3).contains(&whole.len()) && !whole.starts_with('0');
    Some(Fraction {
        over: over / divisor,
        under: under / divisor,
        grouped: groups.then_some(over),
    })
}

/// At least 1, as `b` is.
fn greatest_divisor(a: u64, b: u64) -> u64 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

/// The digit that a decimal digit of another script stands for.
fn to_ascii(char: char) -> Option<char> {
    /// Where the ten digits of each script begin (Unicode category Nd).
    const ZEROS: [u32; 46] = [
        0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6,
        0x0d66, 0x0de6, 0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0,
        0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0,
        0xaa50, 0xabf0, 0xff10, 0x104a0, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x1d7ce, 0x1d7d8,
        0x1d7e2, 0x1d7ec, 0x1d7f6,
    ];
    if char.is_ascii_digit() {
        return Some(char);
    }
    let code = u32::from(char);
    let zero = ZEROS
        .iter()
        .find(|zero| (**zero..**zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn digits_of_other_scripts_are_shown_in_ascii() {
        let plain = Some("512".to_owned());
        for token in ["٥١٢", "５１２", "5१२", "𝟓𝟏𝟐"] {
            assert_eq!(
                value(token),
                Err(Mistake::Foreign {
                    plain: plain.clone()
                }),
                "{token}"
            );
        }
        assert_eq!(value("½"), Err(Mistake::Foreign { plain: None }));
    }

    #[test]
    fn separators() {
        for token in ["1_000", "1,000", "1'000", "1_0_00", "1__000"] {
            assert_eq!(
                value(token),
                Err(Mistake::Grouped {
                    plain: "1000".to_owned()
                }),
                "{token}"
            );
        }
        assert_eq!(
            value("1.000.000"),
            Err(Mistake::Grouped {
                plain: "1000000".to_owned()
            })
        );
    }

    #[test]
    fn decimals_are_exact() {
        let fraction = |over, under, grouped| {
            Mistake::Decimal(Some(Fraction {
                over,
                under,
                grouped,
            }))
        };
        assert_eq!(value("1.5").unwrap_err(), fraction(3, 2, None));
        assert_eq!(value("1,5").unwrap_err(), fraction(3, 2, None));
        assert_eq!(value(".25").unwrap_err(), fraction(1, 4, None));
        assert_eq!(value("1.000").unwrap_err(), fraction(1, 1, Some(1000)));
        assert_eq!(value("0.0").unwrap_err(), fraction(0, 1, None));
        assert_eq!(
            value("1.00000000000000000000000").unwrap_err(),
            Mistake::Decimal(None)
        );
        assert_eq!(value("1.2.3").unwrap_err(), Mistake::Malformed);
        assert_eq!(value("1,2.3").unwrap_err(), Mistake::Malformed);
    }

    #[test]
    fn signs_and_size() {
        assert_eq!(
            value("-5").unwrap_err(),
            Mistake::Negative {
                plain: "5".to_owned()
            }
        );
        assert_eq!(
            value("−5").unwrap_err(),
            Mistake::Negative {
                plain: "5".to_owned()
            }
        );
        assert_eq!(
            value("+5").unwrap_err(),
            Mistake::Signed {
                plain: "5".to_owned()
            }
        );
        assert_eq!(value("18446744073709551615"), Ok(u64::MAX));
        assert_eq!(
            value("18446744073709551616").unwrap_err(),
            Mistake::TooLarge
        );
    }
}
