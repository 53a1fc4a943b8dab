//! What goes into the limiter.

use std::{num::NonZeroU32, time::Duration};

use super::Rule;

/// The longest key that is told apart in full, in bytes.
///
/// Keys should not be longer. Those which are count as their first 256 bytes: two of them with the same
/// beginning share a counter, and memory stays bounded.
pub const LONGEST_KEY: usize = 256;

/// What a request is charged against: one counter of one limit of one mounted route.
#[derive(Debug, Clone, Copy)]
pub struct Charge<'a> {
    /// Which limit of which mounted route. All charges with the same counter carry the same rule.
    pub counter: Counter<'a>,
    /// Whose counter: the bytes of an address, a subject, a header's value, already normalised and at
    /// most [`LONGEST_KEY`] bytes. A global limit has the empty key.
    ///
    /// Keys are compared byte by byte, not by hash, so that no two callers can be confused.
    pub key: &'a [u8],
    /// How many in which time.
    pub rule: &'a Rule,
    /// How much is taken, or what is given back.
    pub amount: Amount,
    /// The moment of this request on a monotonic clock, since any fixed point.
    ///
    /// A moment before one already seen for this key counts as the latest one seen.
    pub now: Duration,
}

/// Which limit of which mounted route: two names for the same thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Counter<'a> {
    /// A dense id, given out at launch: what a backend in this process counts under.
    pub id: u32,
    /// What every instance of the app calls it, and the next build of it too, as long as the limit stays
    /// what it is: what a backend that several of them share counts under.
    pub name: &'a str,
}

/// How much a request costs, or what it returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// Takes so many units, all or none.
    ///
    /// More than the quota (or the burst) holds is always refused.
    Take(NonZeroU32),
    /// Gives back what an earlier [`Take`](Amount::Take) of the same counter, key and rule took.
    ///
    /// This serves `count = "failures"`: each request is charged when it arrives, so that a volley of
    /// guesses sent at once cannot slip through, and those which succeed are given back.
    GiveBack(Receipt),
}

/// What a window rule hands out for units taken: with it they can be given back, once.
///
/// It names the moment at which they were taken, for it is these units which come back: giving back the
/// oldest ones instead would let a slow success wipe out a failure that still counts. Units which no
/// longer count when they are given back change nothing.
///
/// A smooth rule hands out none, since GCRA does not remember single units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "without its receipt a charge cannot be given back"]
pub struct Receipt {
    amount: NonZeroU32,
    at: Duration,
}

impl Receipt {
    /// A receipt for `amount` units, taken `at` this moment on the backend's clock. For backends.
    pub const fn new(amount: NonZeroU32, at: Duration) -> Self {
        Self { amount, at }
    }

    /// How many units were taken.
    #[must_use]
    pub const fn amount(&self) -> NonZeroU32 {
        self.amount
    }

    /// When they were taken: [`Charge::now`], or the latest moment seen if that was later.
    #[must_use]
    pub const fn at(&self) -> Duration {
        self.at
    }
}
