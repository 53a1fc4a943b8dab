//! A part of the table: the keys that one lock guards.

use std::{collections::HashMap, num::NonZeroU32};

use super::{Decision, Receipt, Rule, Standing, overflow::Overflow, state::State};

/// How long after a sweep the next newcomer may cause another one, in nanoseconds.
const SWEEP_EVERY: u64 = 1_000_000_000;

/// Moments are in nanoseconds, and come in ascending order.
#[derive(Debug)]
pub(super) struct Shard {
    /// By counter, so that a key is looked up as it comes, without a copy.
    tables: HashMap<u32, Table>,
    /// How many keys all tables have together.
    len: usize,
    capacity: usize,
    /// Not before this moment, or this many newcomers, is the next sweep.
    next_sweep: u64,
    turned_away: usize,
}

impl Shard {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            tables: HashMap::new(),
            len: 0,
            capacity,
            next_sweep: 0,
            turned_away: 0,
        }
    }

    /// Charges a key: in its place if it has one, in a new one if there is room, else in the overflow.
    pub(super) fn take(
        &mut self,
        (counter, key): (u32, &[u8]),
        rule: &Rule,
        amount: NonZeroU32,
        overflow: &Overflow,
        now: u64,
    ) -> Decision {
        if let Some(table) = self.tables.get_mut(&counter)
            && let Some(state) = table.states.get_mut(key)
        {
            return state.take(&table.rule, amount, now);
        }
        let has_room = self.has_room(now);
        let table = self
            .tables
            .entry(counter)
            .or_insert_with(|| Table::new(rule.clone()));
        if !has_room {
            let decision = overflow.take(counter, rule, amount, now);
            if decision.is_allowed() {
                table.note_overflown(amount, now);
            }
            return decision;
        }
        let mut state = table.start(now);
        let decision = state.take(&table.rule, amount, now);
        // Nobody gets a place by being refused.
        if decision.is_allowed() {
            table.states.insert(key.into(), state);
            self.len += 1;
        }
        decision
    }

    /// Gives back to a key, wherever it was charged, and says how it stands.
    pub(super) fn give_back(
        &mut self,
        (counter, key): (u32, &[u8]),
        rule: &Rule,
        receipt: Receipt,
        overflow: &Overflow,
        now: u64,
    ) -> Standing {
        let Some(table) = self.tables.get_mut(&counter) else {
            return State::new(rule).standing(rule, now);
        };
        let Some(state) = table.states.get_mut(key) else {
            return table
                .give_back_overflown(counter, receipt, overflow, now)
                .unwrap_or_else(|| State::new(rule).standing(rule, now));
        };
        state.give_back(&table.rule, receipt);
        let standing = state.standing(&table.rule, now);
        if state.is_idle(&table.rule, now) {
            table.states.remove(key);
            self.len -= 1;
        }
        standing
    }

    /// How many keys have a place.
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// Whether another key fits, if need be after a sweep.
    ///
    /// A sweep looks at every key. There is one a second at most, or one after as many newcomers as an
    /// eighth of the keys: so a newcomer pays for eight keys on average, and nobody else for any.
    fn has_room(&mut self, now: u64) -> bool {
        if self.len < self.capacity {
            return true;
        }
        self.turned_away += 1;
        if self.turned_away < self.capacity / 8 && now < self.next_sweep {
            return false;
        }
        self.turned_away = 0;
        self.next_sweep = now.saturating_add(SWEEP_EVERY);
        self.sweep(now);
        self.len < self.capacity
    }

    /// Drops the keys for which nothing counts any more: nobody can tell that they were there.
    fn sweep(&mut self, now: u64) {
        self.len = 0;
        for Table { rule, states, .. } in self.tables.values_mut() {
            states.retain(|_, state| !state.is_idle(rule, now));
            self.len += states.len();
        }
    }
}

/// The keys of one counter.
#[derive(Debug)]
struct Table {
    rule: Rule,
    states: HashMap<Box<[u8]>, State>,
    /// What keys of this table have taken from the overflow, which is a part of what the overflow counts.
    overflown: State,
}

impl Table {
    fn new(rule: Rule) -> Self {
        Self {
            overflown: State::new(&rule),
            rule,
            states: HashMap::new(),
        }
    }

    /// Remembers what the overflow has allowed. As a part of that, it always has room here, too.
    fn note_overflown(&mut self, amount: NonZeroU32, now: u64) {
        let _ = self.overflown.take(&self.rule, amount, now);
    }

    /// What a new key starts with: all that keys of this table have taken from the overflow and that still
    /// counts.
    ///
    /// For some of it may be this key's own. An empty start would let a key pass twice its quota, once in
    /// the overflow and once in its place. A key is always in the same table, so more need not be looked at.
    fn start(&self, now: u64) -> State {
        if self.overflown.is_idle(&self.rule, now) {
            State::new(&self.rule)
        } else {
            self.overflown.clone()
        }
    }

    /// Gives back what was taken from the overflow, there and here. `None` if nothing was.
    fn give_back_overflown(
        &mut self,
        counter: u32,
        receipt: Receipt,
        overflow: &Overflow,
        now: u64,
    ) -> Option<Standing> {
        if !self.overflown.give_back(&self.rule, receipt) {
            return None;
        }
        overflow.give_back(counter, receipt, now)
    }
}
