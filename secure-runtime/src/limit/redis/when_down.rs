use std::{fmt, str::FromStr};

/// What happens to requests that a limit counts while the Redis that counts them does not answer.
///
/// There is no default, since each choice costs something else, and only the app knows what it can bear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenDown {
    /// They are refused with 503 and `Retry-After`: no limit is ever exceeded, and Redis being down takes down
    /// every route that has one.
    FailClosed,
    /// They pass uncounted: the app goes on, and whoever guesses passwords may go on without a limit.
    FailOpen,
    /// Each instance counts for itself, from nothing at the first outage: the app goes on, and what passes
    /// is at most the limit times the number of instances, on top of what had passed.
    CountHere,
}

impl WhenDown {
    const ALL: [Self; 3] = [Self::FailClosed, Self::FailOpen, Self::CountHere];

    /// The word for it in settings.
    pub const fn word(self) -> &'static str {
        match self {
            Self::FailClosed => "fail_closed",
            Self::FailOpen => "fail_open",
            Self::CountHere => "count_here",
        }
    }

    pub(super) const fn meaning(self) -> &'static str {
        match self {
            Self::FailClosed => "requests with a limit are refused with 503",
            Self::FailOpen => "requests pass uncounted",
            Self::CountHere => "each instance counts for itself",
        }
    }

    pub(super) const fn past(self) -> &'static str {
        match self {
            Self::FailClosed => "refused with 503",
            Self::FailOpen => "let pass uncounted",
            Self::CountHere => "counted by this instance alone",
        }
    }
}

impl fmt::Display for WhenDown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The text names no choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownChoice;

impl fmt::Display for UnknownChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "write `fail_closed` (503 until Redis is back), `fail_open` (requests pass uncounted) or \
             `count_here` (each instance counts for itself)",
        )
    }
}

impl std::error::Error for UnknownChoice {}

impl FromStr for WhenDown {
    type Err = UnknownChoice;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut all = Self::ALL.into_iter();
        all.find(|choice| choice.word() == text)
            .ok_or(UnknownChoice)
    }
}
