use std::collections::{HashSet, VecDeque};

use super::{
    lane::Lane,
    post::Post,
    queue::{Queue, Waiting},
};
use crate::{security::State, store::StoreError};

/// What is to be done while the queue is worked off once: the most urgent first, and what comes meanwhile
/// too.
pub(super) struct Round<'a> {
    post: &'a Post,
    queue: Queue<'a>,
    pending: [VecDeque<Waiting>; 3],
    /// What was looked at: nothing is tried twice in a round.
    seen: HashSet<String>,
    /// How many errands are left for later.
    pub(super) left: usize,
}

impl<'a> Round<'a> {
    pub(super) fn new(post: &'a Post, state: &'a State) -> Self {
        for lane in Lane::ALL {
            post.load.expect_news(lane);
        }
        Self {
            post,
            queue: Queue::of(state),
            pending: Default::default(),
            seen: HashSet::new(),
            left: 0,
        }
    }

    /// What is to be done next. A lane is looked at again once nothing of it is left, and something was
    /// added.
    pub(super) async fn next(&mut self) -> Result<Option<Waiting>, StoreError> {
        for lane in Lane::ALL {
            if self.pending[lane.index()].is_empty() && self.post.load.takes_news(lane) {
                self.look(lane).await?;
            }
            if let Some(waiting) = self.pending[lane.index()].pop_front() {
                return Ok(Some(waiting));
            }
        }
        Ok(None)
    }

    async fn look(&mut self, lane: Lane) -> Result<(), StoreError> {
        let all = self.queue.all(lane).await?;
        self.post.counted(lane, &all);
        for waiting in all {
            if !self.seen.insert(waiting.id.clone()) {
                continue;
            }
            match self.queue.is_due(&waiting) || self.post.is_done(&waiting.id) {
                true => self.pending[lane.index()].push_back(waiting),
                false => self.left += 1,
            }
        }
        Ok(())
    }
}
