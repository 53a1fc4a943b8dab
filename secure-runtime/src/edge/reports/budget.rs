use std::sync::{Mutex, PoisonError};

/// So many reports are noted in one minute, whoever sends them.
const MOST_A_MINUTE: u32 = 120;
const MINUTE_SECONDS: u64 = 60;

/// How much of the log reports may fill: anybody may send them.
#[derive(Debug, Default)]
pub(crate) struct NoteBudget(Mutex<Window>);

#[derive(Debug, Default)]
struct Window {
    /// Which minute since 1970.
    minute: u64,
    noted: u32,
    left_out: u64,
}

/// What becomes of a report.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ruling {
    pub(super) is_noted: bool,
    /// How many were left out before it, said once.
    pub(super) left_out: Option<u64>,
}

impl NoteBudget {
    /// Decides about one report, at a time in seconds since 1970.
    pub(super) fn rule(&self, now: u64) -> Ruling {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = now / MINUTE_SECONDS;
        let mut left_out = None;
        if window.minute != minute {
            left_out = (window.left_out > 0).then_some(window.left_out);
            *window = Window {
                minute,
                ..Window::default()
            };
        }
        let is_noted = window.noted < MOST_A_MINUTE;
        match is_noted {
            true => window.noted += 1,
            false => window.left_out += 1,
        }
        Ruling { is_noted, left_out }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_cut_off_and_counted() {
        let budget = NoteBudget::default();
        let noted = (0..500).filter(|_| budget.rule(59).is_noted).count();
        assert_eq!(noted, 120);
        let next = Ruling {
            is_noted: true,
            left_out: Some(380),
        };
        assert_eq!(budget.rule(60), next);
        assert_eq!(budget.rule(61).left_out, None);
        assert!(budget.rule(119).is_noted);
    }

    #[test]
    fn a_clock_that_goes_back_opens_no_hole_for_good() {
        let budget = NoteBudget::default();
        assert!((0..121).any(|_| !budget.rule(600).is_noted));
        assert!(budget.rule(540).is_noted);
        assert!((0..121).any(|_| !budget.rule(540).is_noted));
    }
}
