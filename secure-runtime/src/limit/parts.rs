//! A window that counts units by parts of the period: for amounts above 64.
//!
//! A part is `length` nanoseconds long, the period divided by 64 and rounded down. What is taken in a part
//! is dated to its *last* nanosecond: it counts for less than `period + length`, never for less than the
//! period. That is the 1/64 of the promise, and the strict side.
//!
//! Parts are numbered, `number = moment / length`. Those which still count at `now` have
//! `now + 1 - period < (number + 1) · length` and `number · length <= now`. With
//! `period = 64 · length + rest`, and `rest` below 64, which is below `length` since a period is at least a
//! second, these are at most 66 numbers.

use std::{num::NonZeroU32, time::Duration};

use secure_grammar::Quota;

use super::{memory::allocation, time, window::Full};

/// How many parts a period has.
const PARTS: u64 = 64;

/// The most parts that can still count, by the argument above.
const MOST: usize = 66;

/// How many units were taken in which part.
///
/// Unless nothing counts, the newest part and the oldest have units.
#[derive(Debug, Clone, Default)]
pub(super) struct Parts {
    /// The number of the newest part.
    newest: u64,
    /// How many parts the oldest is before the newest.
    span: u32,
    /// All units.
    total: u32,
    /// The units of each part, by its number modulo their number. None as long as all are in the newest.
    counts: Option<Box<[u32; MOST]>>,
}

impl Parts {
    /// What they take besides themselves at most, in bytes.
    pub(super) const fn most_heap() -> usize {
        allocation(MOST * size_of::<u32>())
    }

    /// Whether `amount` fits, which is at most the quota's. Right after [`expire`](Self::expire).
    pub(super) fn room(&self, quota: Quota, amount: NonZeroU32, now: u64) -> Result<(), Full> {
        let limit = u64::from(quota.amount().get());
        let wanted = u64::from(self.total) + u64::from(amount.get());
        let mut excess = wanted.saturating_sub(limit);
        if excess == 0 {
            return Ok(());
        }
        for number in self.oldest()..=self.newest {
            excess = excess.saturating_sub(self.count(number).into());
            if excess == 0 {
                return Err(Full::For(until_gone(number, quota, now)));
            }
        }
        // Not reached: the excess is at most what all parts hold together.
        Err(Full::Forever)
    }

    pub(super) fn take(&mut self, quota: Quota, amount: NonZeroU32, now: u64) {
        let number = now / length(quota);
        if self.total == 0 {
            self.newest = number;
            self.span = 0;
        } else if number > self.newest {
            self.advance(number);
        }
        self.total = self.total.saturating_add(amount.get());
        if let Some(count) = self.counts.as_mut().map(|counts| slot(counts, self.newest)) {
            *count = count.saturating_add(amount.get());
        }
    }

    pub(super) fn give_back(&mut self, quota: Quota, amount: NonZeroU32, taken: u64) {
        let number = taken / length(quota);
        if self.total == 0 || !(self.oldest()..=self.newest).contains(&number) {
            return;
        }
        let back = self.count(number).min(amount.get());
        self.total -= back;
        if let Some(count) = self.counts.as_mut().map(|counts| slot(counts, number)) {
            *count -= back;
        }
        self.trim();
    }

    pub(super) fn expire(&mut self, quota: Quota, now: u64) {
        let counts_from = (now + 1).saturating_sub(time::period(quota)) / length(quota);
        while self.total > 0 && self.oldest() < counts_from {
            let oldest = self.oldest();
            self.total -= self.count(oldest);
            if let Some(count) = self.counts.as_mut().map(|counts| slot(counts, oldest)) {
                *count = 0;
            }
            self.trim();
        }
    }

    pub(super) fn remaining(&self, quota: Quota) -> u32 {
        quota.amount().get().saturating_sub(self.total)
    }

    pub(super) fn reset(&self, quota: Quota, now: u64) -> Duration {
        match self.total {
            0 => Duration::ZERO,
            _ => until_gone(self.oldest(), quota, now),
        }
    }

    pub(super) fn idle_from(&self, quota: Quota) -> u64 {
        match self.total {
            0 => 0,
            _ => ends(self.newest, quota),
        }
    }

    /// Makes `number` the newest part. No more than [`MOST`] of them still count.
    fn advance(&mut self, number: u64) {
        let (newest, total) = (self.newest, self.total);
        self.counts.get_or_insert_with(|| {
            let mut counts = Box::new([0; MOST]);
            *slot(&mut counts, newest) = total;
            counts
        });
        self.span = self.span.saturating_add((number - newest) as u32);
        self.newest = number;
    }

    /// Leaves out parts without units at both ends.
    fn trim(&mut self) {
        if self.total == 0 {
            self.span = 0;
            return;
        }
        while self.span > 0 && self.count(self.oldest()) == 0 {
            self.span -= 1;
        }
        while self.span > 0 && self.count(self.newest) == 0 {
            self.span -= 1;
            self.newest -= 1;
        }
    }

    fn oldest(&self) -> u64 {
        self.newest - u64::from(self.span)
    }

    fn count(&self, number: u64) -> u32 {
        match &self.counts {
            Some(counts) => counts[index(number)],
            None => self.total,
        }
    }
}

fn slot(counts: &mut [u32; MOST], number: u64) -> &mut u32 {
    &mut counts[index(number)]
}

const fn index(number: u64) -> usize {
    (number % MOST as u64) as usize
}

/// How long a part is, in nanoseconds; a period is at least a second.
fn length(quota: Quota) -> u64 {
    (time::period(quota) / PARTS).max(1)
}

/// The first moment at which a part no longer counts.
fn ends(number: u64, quota: Quota) -> u64 {
    let last = number * length(quota) + (length(quota) - 1);
    last.saturating_add(time::period(quota))
}

fn until_gone(number: u64, quota: Quota, now: u64) -> Duration {
    Duration::from_nanos(ends(number, quota).saturating_sub(now))
}
