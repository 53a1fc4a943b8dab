//! One counter, as a machine of plain values: what it is told is the time, and what it gives is the counter
//! that takes its place.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{clock::millis, store::StoreError};

/// The pause that the last of the failures which a [`Rule`] allows starts. Each failure after it starts one
/// that is twice as long.
pub(super) const FIRST_PAUSE: Duration = Duration::from_secs(60);

/// No pause is longer.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(60 * 60);

/// When a counter is forgotten that counts nothing more.
pub(super) const FORGOTTEN_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// What a counter that stands at zero is kept for: it says the same as none.
const NOTHING_LEFT: Duration = Duration::from_secs(1);

/// The version of the record.
const VERSION: u8 = 1;

/// After how many failures the pauses begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) failures: u32,
}

/// How often somebody failed. Times are milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Counter {
    /// How many attempts were charged and not given back.
    failures: u32,
    /// No attempt is looked at before.
    blocked_until: u64,
    /// When the last attempt was charged.
    charged_at: u64,
}

/// What becomes of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// It is looked at, and charged already.
    Admitted(Counter),
    /// Nobody looks at it, and it changes nothing.
    Refused {
        /// When to come back.
        wait: Duration,
    },
    /// As `Refused`; but the pause that there is ends later than any may, since the clock has gone back. This
    /// takes its place.
    Shortened {
        counter: Counter,
        /// When to come back.
        wait: Duration,
    },
}

impl Rule {
    /// The pause after so many failures.
    fn pause(self, failures: u32) -> Option<Duration> {
        let beyond = failures.checked_sub(self.failures)?;
        let doubled = 2_u32.checked_pow(beyond).unwrap_or(u32::MAX);
        Some(FIRST_PAUSE.saturating_mul(doubled).min(LONGEST_PAUSE))
    }
}

impl Counter {
    /// Charges an attempt, before anybody knows how it ends.
    pub(super) fn charge(self, rule: Rule, now: Duration) -> Step {
        let now = millis(now);
        let left = self.blocked_until.saturating_sub(now);
        let longest = millis(LONGEST_PAUSE);
        if left > longest {
            let counter = Self {
                blocked_until: now.saturating_add(longest),
                ..self
            };
            let wait = LONGEST_PAUSE;
            return Step::Shortened { counter, wait };
        }
        if left > 0 {
            let wait = Duration::from_millis(left);
            return Step::Refused { wait };
        }
        let failures = self.failures.saturating_add(1);
        let pause = rule.pause(failures);
        Step::Admitted(Self {
            failures,
            blocked_until: pause.map_or(self.blocked_until, |pause| {
                now.saturating_add(millis(pause))
            }),
            charged_at: now,
        })
    }

    /// The counter without a charge that made `after` of `before`. A pause that others have started since
    /// stands.
    pub(super) fn without(self, before: Self, after: Self) -> Self {
        if self == after {
            return before;
        }
        let started_by_others = self.blocked_until != after.blocked_until;
        Self {
            failures: self.failures.saturating_sub(1),
            blocked_until: match started_by_others {
                true => self.blocked_until,
                false => before.blocked_until,
            },
            charged_at: self.charged_at,
        }
    }

    /// Whether `self`, made of `before`, looks at nobody for a while.
    pub(super) fn pauses_since(self, before: Self) -> bool {
        self.blocked_until > before.blocked_until
    }

    /// How long it is kept from now on.
    pub(super) fn lifetime(self, now: Duration) -> Duration {
        if self.failures == 0 {
            return NOTHING_LEFT;
        }
        let age = now.saturating_sub(Duration::from_millis(self.charged_at));
        FORGOTTEN_AFTER.saturating_sub(age).max(NOTHING_LEFT)
    }

    pub(super) fn to_bytes(self) -> Vec<u8> {
        let record = Record {
            v: VERSION,
            failures: self.failures,
            blocked_until: self.blocked_until,
            charged_at: self.charged_at,
        };
        // Numbers always serialize.
        serde_json::to_vec(&record).unwrap_or_default()
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, StoreError> {
        match serde_json::from_slice(bytes) {
            Ok(Record {
                v: VERSION,
                failures,
                blocked_until,
                charged_at,
            }) => Ok(Self {
                failures,
                blocked_until,
                charged_at,
            }),
            _ => Err(StoreError::Corrupt("a counter of sign-ins")),
        }
    }
}

/// A counter as the store holds it.
#[derive(Serialize, Deserialize)]
struct Record {
    v: u8,
    failures: u32,
    blocked_until: u64,
    charged_at: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Rule = Rule { failures: 5 };
    const START: Duration = Duration::from_secs(1_893_456_000);

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn admitted(counter: Counter, now: Duration) -> Counter {
        match counter.charge(RULE, now) {
            Step::Admitted(counter) => counter,
            refused => panic!("{refused:?}"),
        }
    }

    fn failed(times: u32, now: Duration) -> Counter {
        (0..times).fold(Counter::default(), |counter, _| admitted(counter, now))
    }

    #[test]
    fn pauses_double_up_to_an_hour() {
        let pauses: Vec<_> = (4..14).map(|failures| RULE.pause(failures)).collect();
        let expected = [
            None,
            Some(60),
            Some(120),
            Some(240),
            Some(480),
            Some(960),
            Some(1920),
            Some(3600),
            Some(3600),
            Some(3600),
        ];
        assert_eq!(pauses, expected.map(|pause| pause.map(seconds)));
        assert_eq!(RULE.pause(u32::MAX), Some(LONGEST_PAUSE));
    }

    #[test]
    fn the_fifth_starts_a_pause_and_then_there_is_one_a_pause() {
        let mut counter = failed(5, START);
        let mut now = START;
        for pause in [60, 120, 240, 480, 960, 1920, 3600, 3600] {
            let last = now + seconds(pause) - Duration::from_millis(1);
            for moment in [now, last] {
                let wait = now + seconds(pause) - moment;
                assert_eq!(counter.charge(RULE, moment), Step::Refused { wait });
            }
            now += seconds(pause);
            counter = admitted(counter, now);
        }
    }

    #[test]
    fn a_clock_that_goes_back_opens_nothing_and_locks_for_an_hour_at_most() {
        let counter = failed(5, START);
        let wait = seconds(60 + 1800);
        let before = START - seconds(1800);
        assert_eq!(counter.charge(RULE, before), Step::Refused { wait });
        let long_before = START - seconds(365 * 24 * 3600);
        let Step::Shortened { counter, wait } = counter.charge(RULE, long_before) else {
            panic!("it is open, or locked for a year");
        };
        assert_eq!(wait, LONGEST_PAUSE);
        assert_eq!(counter.charge(RULE, long_before), Step::Refused { wait });
        assert_eq!(counter.lifetime(long_before), FORGOTTEN_AFTER);
        let counter = admitted(counter, long_before + LONGEST_PAUSE);
        assert_eq!(counter.failures, 6);
    }

    #[test]
    fn what_is_given_back_leaves_no_trace() {
        for times in 0..8 {
            let pause = RULE.pause(times).unwrap_or_default();
            let before = (0..times).fold(Counter::default(), |counter, _| {
                admitted(counter, START + LONGEST_PAUSE * counter.failures)
            });
            let now = START + LONGEST_PAUSE * times + pause;
            let after = admitted(before, now);
            assert_eq!(after.without(before, after), before, "{times}");
        }
    }

    #[test]
    fn what_is_given_back_late_leaves_what_others_were_charged() {
        let before = failed(3, START);
        let mine = admitted(before, START);
        let others = admitted(mine, START);
        // Theirs has started the pause.
        let left = others.without(before, mine);
        assert_eq!(left.failures, 4);
        assert!(matches!(left.charge(RULE, START), Step::Refused { .. }));
        // And where it is given back too, nobody waits.
        let left = left.without(mine, others);
        assert_eq!(left.failures, 3);
        assert!(matches!(left.charge(RULE, START), Step::Admitted(_)));
        // After a reset there is nothing to give back.
        let left = Counter::default().without(before, mine);
        assert_eq!(left.failures, 0);
    }

    #[test]
    fn it_is_kept_for_a_day_after_the_last_failure() {
        let counter = failed(1, START);
        assert_eq!(counter.lifetime(START), FORGOTTEN_AFTER);
        let later = START + seconds(3600);
        assert_eq!(counter.lifetime(later), seconds(23 * 3600));
        let charged = admitted(counter, later);
        let given_back = charged.without(counter, charged);
        assert_eq!(given_back.lifetime(later), seconds(23 * 3600));
        let nothing = Counter::default();
        assert_eq!(nothing.lifetime(later), NOTHING_LEFT);
        assert_eq!(counter.lifetime(START + seconds(90_000)), NOTHING_LEFT);
    }

    #[test]
    fn a_record_is_read_as_it_was_written_or_not_at_all() {
        let counter = failed(5, START);
        let bytes = counter.to_bytes();
        assert_eq!(Counter::from_bytes(&bytes).expect("a counter"), counter);
        let text = String::from_utf8(bytes).expect("a text");
        for other in [
            String::new(),
            "{}".to_owned(),
            text.replace("\"v\":1", "\"v\":2"),
            text.replace("\"failures\":5", "\"failures\":-5"),
        ] {
            assert!(Counter::from_bytes(other.as_bytes()).is_err(), "{other}");
        }
    }
}
