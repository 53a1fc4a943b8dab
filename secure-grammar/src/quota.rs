//! How much is allowed in how long: `5/minute`.

mod rate;
mod unit;

use std::fmt;
use std::num::{NonZeroU32, NonZeroU64};
use std::ops::Range;
use std::str::FromStr;
use std::time::Duration;

use crate::GrammarError;
use crate::glyph::{invisible, shown};

/// So many in any window of that length.
///
/// ```
/// use secure_grammar::Quota;
///
/// let quota: Quota = "5 per 120 seconds".parse()?;
/// assert_eq!(quota.amount().get(), 5);
/// assert_eq!(quota.period().as_secs(), 120);
/// assert_eq!(quota.to_string(), "5/2 minutes");
/// # Ok::<(), secure_grammar::GrammarError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quota {
    amount: NonZeroU32,
    period: NonZeroU64,
}

impl Quota {
    /// The longest period that a text can ask for, in seconds: 10 years of 365 days.
    pub const LONGEST_PERIOD_SECONDS: u64 = 10 * 365 * 86_400;

    /// A quota of `amount` in any `period_seconds` seconds.
    ///
    /// Any period is taken here; one above [`Self::LONGEST_PERIOD_SECONDS`] has no text that parses.
    pub const fn new(amount: NonZeroU32, period_seconds: NonZeroU64) -> Quota {
        Quota {
            amount,
            period: period_seconds,
        }
    }

    /// How much is allowed in one period.
    pub const fn amount(&self) -> NonZeroU32 {
        self.amount
    }

    /// The length of the window.
    pub const fn period(&self) -> Duration {
        Duration::from_secs(self.period.get())
    }

    /// The length of the window, in seconds.
    pub const fn period_seconds(&self) -> NonZeroU64 {
        self.period
    }

    /// Whether this quota can never refuse what `other` allows.
    ///
    /// Whatever `other` allows in its period, no shorter window holds more of it.
    fn is_inert_beside(&self, other: &Quota) -> bool {
        self.period <= other.period && self.amount >= other.amount
    }
}

/// The canonical text, with the largest unit up to the week that divides the period.
impl fmt::Display for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, unit) = unit::largest(self.period.get());
        match count {
            1 => write!(f, "{}/{}", self.amount, unit.singular),
            _ => write!(f, "{}/{count} {}", self.amount, unit.plural),
        }
    }
}

/// Reads exactly one quota.
impl FromStr for Quota {
    type Err = GrammarError;

    fn from_str(text: &str) -> Result<Self, GrammarError> {
        let quotas = parse_quotas(text)?;
        match (quotas.as_slice(), text.find(';')) {
            ([quota], _) => Ok(*quota),
            (quotas, semicolon) => {
                let start = semicolon.unwrap_or(text.len());
                let message = format!("{} rate limits where one is expected", quotas.len());
                let error = GrammarError::new(text, start..text.trim_end().len(), message);
                Err(match quotas.first() {
                    Some(first) => error.with_help(format!("write one of them, such as `{first}`")),
                    None => error,
                })
            }
        }
    }
}

/// Reads one quota or several joined by `;`, such as `10/minute; 100/day`.
///
/// A quota is `N/unit`, `N per unit`, `N/M units` or `N per M units`. Units are `second`, `minute`,
/// `hour`, `day`, `week`, `month` (30 days) and `year` (365 days), singular or plural, upper or lower
/// case; spaces and tabs are free around every token. A period is at most 10 years.
///
/// # Errors
///
/// Whatever else is written; also two quotas for the same period, and a quota that can never refuse
/// because one for a longer period allows no more.
///
/// ```
/// let quotas = secure_grammar::parse_quotas("10/minute; 100 per day")?;
/// assert_eq!(quotas.len(), 2);
/// # Ok::<(), secure_grammar::GrammarError>(())
/// ```
pub fn parse_quotas(text: &str) -> Result<Vec<Quota>, GrammarError> {
    if let Some((at, char)) = invisible(text) {
        let message = format!(
            "invisible character `U+{:04X}` in rate limit",
            u32::from(char)
        );
        return Err(GrammarError::new(text, at..at + char.len_utf8(), message)
            .with_note("looks like a space or like nothing")
            .with_help("remove it, or write a plain space"));
    }
    if text.trim().is_empty() {
        return Err(GrammarError::new(text, 0..text.len(), "empty rate limit")
            .with_help("write how many requests in how long, such as `5/minute`"));
    }

    let mut quotas = Vec::new();
    let mut spans: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for part in text.split(';') {
        let end = start + part.len();
        let from = start + (part.len() - part.trim_start().len());
        let to = from + part.trim().len();
        if from >= to {
            return Err(empty_part(text, start, end));
        }
        quotas.push(rate::parse(text, from..to)?);
        spans.push(from..to);
        start = end + 1;
    }

    for late in 1..quotas.len() {
        for early in 0..late {
            contradiction(text, (&quotas, &spans), early, late)?;
        }
    }
    Ok(quotas)
}

/// The error for nothing between two separators, or beside one.
fn empty_part(text: &str, start: usize, end: usize) -> GrammarError {
    let parts: Vec<&str> = text
        .split(';')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    let (separator, message) = if start == 0 {
        (end, "rate limit starts with `;`")
    } else if end == text.len() {
        (start - 1, "trailing `;` in rate limit")
    } else {
        (end, "nothing between two `;` in rate limit")
    };
    let error = GrammarError::new(text, separator..separator + 1, message);
    match parts.is_empty() {
        true => error.with_help("write how many requests in how long, such as `5/minute`"),
        false => error.with_help(format!("write `{}`", shown(&parts.join("; ")))),
    }
}

/// Refuses a second quota that says the opposite of another, or nothing beside it.
fn contradiction(
    text: &str,
    (quotas, spans): (&[Quota], &[Range<usize>]),
    early: usize,
    late: usize,
) -> Result<(), GrammarError> {
    let written = |index: usize| {
        let span = spans.get(index).cloned().unwrap_or_default();
        (shown(text.get(span.clone()).unwrap_or("")), span)
    };
    let (Some(a), Some(b)) = (quotas.get(early), quotas.get(late)) else {
        return Ok(());
    };
    if a == b {
        let (shown, span) = written(late);
        let message = format!("`{shown}` repeats another quota of the rate limit");
        return Err(GrammarError::new(text, span, message)
            .with_note(format!("same as `{}`", written(early).0))
            .with_help("remove one of them"));
    }
    if a.period == b.period {
        let (looser, tighter) = if a.amount > b.amount {
            (early, late)
        } else {
            (late, early)
        };
        let ((loose, span), (tight, _)) = (written(looser), written(tighter));
        let message =
            format!("two quotas for the same period in rate limit, `{tight}` and `{loose}`");
        return Err(GrammarError::new(text, span, message)
            .with_note(format!("`{tight}` already allows less"))
            .with_help(format!("remove `{loose}`")));
    }
    let (inert, other, limit) = if a.is_inert_beside(b) {
        (early, late, b.amount)
    } else if b.is_inert_beside(a) {
        (late, early, a.amount)
    } else {
        return Ok(());
    };
    let ((loose, span), (tight, _)) = (written(inert), written(other));
    let help = match limit.get() {
        1 => format!("remove `{loose}`"),
        _ => format!("remove `{loose}`, or give it an amount below {limit}"),
    };
    Err(GrammarError::new(
        text,
        span,
        format!("`{loose}` can never refuse in rate limit"),
    )
    .with_note(format!("`{tight}` allows no more, in a longer time"))
    .with_help(help))
}
