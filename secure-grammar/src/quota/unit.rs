//! The units of time that a rate limit knows.

use crate::words::nearest;

/// The list that a message ends in.
pub(super) const LIST: &str =
    "the units are `second`, `minute`, `hour`, `day`, `week`, `month`, `year`";

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) singular: &'static str,
    pub(super) plural: &'static str,
    pub(super) seconds: u64,
}

const SECOND: Unit = Unit {
    singular: "second",
    plural: "seconds",
    seconds: 1,
};
const MINUTE: Unit = Unit {
    singular: "minute",
    plural: "minutes",
    seconds: 60,
};
const HOUR: Unit = Unit {
    singular: "hour",
    plural: "hours",
    seconds: 3_600,
};
const DAY: Unit = Unit {
    singular: "day",
    plural: "days",
    seconds: 86_400,
};
const WEEK: Unit = Unit {
    singular: "week",
    plural: "weeks",
    seconds: 7 * 86_400,
};
const MONTH: Unit = Unit {
    singular: "month",
    plural: "months",
    seconds: 30 * 86_400,
};
const YEAR: Unit = Unit {
    singular: "year",
    plural: "years",
    seconds: 365 * 86_400,
};

const UNITS: [Unit; 7] = [SECOND, MINUTE, HOUR, DAY, WEEK, MONTH, YEAR];

const WORDS: [&str; 14] = [
    "second", "minute", "hour", "day", "week", "month", "year", "seconds", "minutes", "hours",
    "days", "weeks", "months", "years",
];

/// What people write for a unit when they are in a hurry.
const ABBREVIATIONS: [(&str, Unit); 26] = [
    ("s", SECOND),
    ("sec", SECOND),
    ("secs", SECOND),
    ("min", MINUTE),
    ("mins", MINUTE),
    ("mn", MINUTE),
    ("h", HOUR),
    ("hr", HOUR),
    ("hrs", HOUR),
    ("d", DAY),
    ("dy", DAY),
    ("w", WEEK),
    ("wk", WEEK),
    ("wks", WEEK),
    ("mo", MONTH),
    ("mos", MONTH),
    ("mon", MONTH),
    ("mth", MONTH),
    ("mths", MONTH),
    ("y", YEAR),
    ("yr", YEAR),
    ("yrs", YEAR),
    ("hourly", HOUR),
    ("daily", DAY),
    ("weekly", WEEK),
    ("yearly", YEAR),
];

/// What a word turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    Unit(Unit),
    /// Refused, for it could be misread; the unit that it most likely means.
    Abbreviation(Unit),
    /// `m`: minute or month.
    Ambiguous,
    /// Milliseconds and below.
    TooShort,
    /// The unit word that looks most like it.
    Unknown(Option<&'static str>),
}

pub(super) fn read(word: &str) -> Word {
    let is = |other: &&str| word.eq_ignore_ascii_case(other);
    if let Some(unit) = UNITS
        .iter()
        .find(|unit| is(&unit.singular) || is(&unit.plural))
    {
        return Word::Unit(*unit);
    }
    if let Some((_, unit)) = ABBREVIATIONS
        .iter()
        .find(|(abbreviation, _)| is(abbreviation))
    {
        return Word::Abbreviation(*unit);
    }
    if is(&"m") {
        return Word::Ambiguous;
    }
    if [
        "ms",
        "millis",
        "millisecond",
        "milliseconds",
        "us",
        "µs",
        "microsecond",
        "microseconds",
        "ns",
    ]
    .iter()
    .any(is)
    {
        return Word::TooShort;
    }
    Word::Unknown(nearest(word, &WORDS).and_then(|index| WORDS.get(index).copied()))
}

/// The period in the largest unit up to the week that divides it.
pub(super) fn largest(seconds: u64) -> (u64, Unit) {
    [WEEK, DAY, HOUR, MINUTE]
        .into_iter()
        .find(|unit| seconds.is_multiple_of(unit.seconds))
        .map_or((seconds, SECOND), |unit| (seconds / unit.seconds, unit))
}
