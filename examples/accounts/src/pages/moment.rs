//! Times, as the pages write them: in UTC.

use std::time::Duration;

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::domain::accounts::Moment;

impl Moment {
    /// The day, for people: 21 November 2026.
    pub(crate) fn day(self) -> String {
        let date = self.0.date();
        format!("{} {} {}", date.day(), date.month(), date.year())
    }

    /// The day: 2026-11-21.
    pub(crate) fn date(self) -> String {
        self.0.date().to_string()
    }

    /// To the minute: 2026-11-21 18:20.
    pub(crate) fn minute(self) -> String {
        let (date, time) = (self.0.date(), self.0.time());
        format!("{date} {:02}:{:02}", time.hour(), time.minute())
    }

    /// For programs.
    pub(crate) fn rfc3339(self) -> String {
        self.0.format(&Rfc3339).unwrap_or_default()
    }
}

/// The moment that the security layer counts since 1970-01-01T00:00:00Z.
pub(crate) fn moment(since_1970: Duration) -> Moment {
    Moment(OffsetDateTime::UNIX_EPOCH + since_1970)
}

/// Its day, for people.
pub(crate) fn day(since_1970: Duration) -> String {
    moment(since_1970).day()
}
