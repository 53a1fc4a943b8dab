/// Who waits for a letter. Each kind stands in a line of its own, which is listed and bounded by itself, so
/// that nobody who floods the last one holds up the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    /// The owner of an account that was changed.
    Notices,
    /// Somebody who has an account: resets and other addresses.
    Owners,
    /// Anybody.
    SignUps,
}

/// How many errands wait in a lane that anybody can fill.
const ROOM: usize = 10_000;

impl Lane {
    /// The most urgent first.
    pub(super) const ALL: [Self; 3] = [Self::Notices, Self::Owners, Self::SignUps];

    /// Which of [`ALL`](Self::ALL) it is.
    pub(super) const fn index(self) -> usize {
        self as usize
    }

    /// By whom its errands are listed.
    pub(super) const fn owner(self) -> &'static str {
        match self {
            Self::Notices => "notices",
            Self::Owners => "owners",
            Self::SignUps => "sign-ups",
        }
    }

    /// Whether so many errands are too many. What has happened already is told in any case.
    pub(super) const fn is_full(self, waiting: usize) -> bool {
        match self {
            Self::Notices => false,
            Self::Owners | Self::SignUps => waiting >= ROOM,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_are_bounded_but_for_notices() {
        let full = |waiting| Lane::ALL.map(|lane| lane.is_full(waiting));
        assert_eq!(full(9_999), [false; 3]);
        assert_eq!(full(10_000), [false, true, true]);
        assert_eq!(full(usize::MAX), [false, true, true]);
        assert_eq!(Lane::ALL.map(Lane::index), [0, 1, 2]);
    }
}
