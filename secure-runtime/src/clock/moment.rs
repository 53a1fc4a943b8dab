//! Moments as RFC 3339 writes them.

use std::time::Duration;

use serde::Serializer;

/// The end of year 9999: later is no moment that anybody means.
pub(crate) const LATEST: Duration = Duration::from_secs(253_402_300_799);

pub(crate) fn serialize<S: Serializer>(moment: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&text(*moment))
}

/// The same where there may be none.
pub(crate) mod optional {
    use std::time::Duration;

    use serde::Serializer;

    // Serde hands over what it has.
    #[allow(clippy::ref_option)]
    pub(crate) fn serialize<S: Serializer>(
        moment: &Option<Duration>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match moment {
            Some(moment) => to.serialize_str(&super::text(*moment)),
            None => to.serialize_none(),
        }
    }
}

/// `2030-01-01T00:00:00Z`, to the second.
fn text(moment: Duration) -> String {
    let seconds = moment.min(LATEST).as_secs();
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = date(days);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// The date so many days after 1970-01-01. Years begin in March here, so that the day that some have and
/// others have not is the last one.
fn date(days: u64) -> (u64, u64, u64) {
    const FOUR_CENTURIES: u64 = 146_097;
    // From 0000-03-01 on.
    let days = days + 719_468;
    let (era, day) = (days / FOUR_CENTURIES, days % FOUR_CENTURIES);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let in_month = day - (153 * month + 2) / 5 + 1;
    let (month, next) = match month < 10 {
        true => (month + 3, 0),
        false => (month - 9, 1),
    };
    (era * 400 + year + next, month, in_month)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_others_write_them() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_709_164_800, "2024-02-29T00:00:00Z"),
            (1_735_689_599, "2024-12-31T23:59:59Z"),
            (1_893_456_000, "2030-01-01T00:00:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (4_107_456_000, "2100-02-28T00:00:00Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
            (u64::MAX, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(text(Duration::from_secs(seconds)), expected);
        }
    }

    #[test]
    fn each_day_follows_the_one_before() {
        let mut last = date(0);
        for days in 1..800_000 {
            let next = date(days);
            let follows = next.2 == last.2 + 1 && (next.0, next.1) == (last.0, last.1)
                || next.2 == 1 && (next.0, next.1) == (last.0, last.1 + 1) && last.2 >= 28
                || next.1 == 1
                    && next.2 == 1
                    && next.0 == last.0 + 1
                    && last.1 == 12
                    && last.2 == 31;
            assert!(follows, "{last:?} {next:?}");
            last = next;
        }
    }
}
