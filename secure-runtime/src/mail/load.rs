use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::lane::Lane;

/// What this process knows of the lanes: how much waits there, as of when it looked last and by what it has
/// done since, and whether there is anything that it has not looked at.
#[derive(Debug, Default)]
pub(super) struct Load {
    waiting: [AtomicUsize; 3],
    news: [AtomicBool; 3],
}

impl Load {
    pub(super) fn is_full(&self, lane: Lane) -> bool {
        lane.is_full(self.waiting[lane.index()].load(Ordering::Relaxed))
    }

    pub(super) fn added(&self, lane: Lane) {
        self.waiting[lane.index()].fetch_add(1, Ordering::Relaxed);
        self.news[lane.index()].store(true, Ordering::Release);
    }

    pub(super) fn removed(&self, lane: Lane) {
        let waiting = &self.waiting[lane.index()];
        // It was zero where somebody else has removed it too: no less is left then.
        let _ = waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |waiting| {
            waiting.checked_sub(1)
        });
    }

    pub(super) fn counted(&self, lane: Lane, waiting: usize) {
        self.waiting[lane.index()].store(waiting, Ordering::Relaxed);
    }

    /// Has the lane be looked at, whether or not anything was added here.
    pub(super) fn expect_news(&self, lane: Lane) {
        self.news[lane.index()].store(true, Ordering::Release);
    }

    /// Whether it is to be looked at; once.
    pub(super) fn takes_news(&self, lane: Lane) -> bool {
        self.news[lane.index()].swap(false, Ordering::AcqRel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_added_and_removed_counts_until_somebody_looks() {
        let load = Load::default();
        load.removed(Lane::SignUps);
        load.counted(Lane::SignUps, 9_999);
        assert!(!load.is_full(Lane::SignUps));
        load.added(Lane::SignUps);
        assert!(load.is_full(Lane::SignUps));
        assert!(!load.is_full(Lane::Owners), "each lane by itself");
        load.removed(Lane::SignUps);
        assert!(!load.is_full(Lane::SignUps));
        load.counted(Lane::SignUps, 20_000);
        assert!(load.is_full(Lane::SignUps));
        load.counted(Lane::Notices, 20_000);
        assert!(!load.is_full(Lane::Notices));
    }

    #[test]
    fn news_are_taken_once() {
        let load = Load::default();
        assert!(!load.takes_news(Lane::Owners));
        load.added(Lane::Owners);
        assert!(!load.takes_news(Lane::Notices));
        assert!(load.takes_news(Lane::Owners));
        assert!(!load.takes_news(Lane::Owners));
        load.expect_news(Lane::Owners);
        assert!(load.takes_news(Lane::Owners));
    }
}
