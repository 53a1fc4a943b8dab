//! A part of the table: the places that one lock guards.

use std::{
    collections::BTreeMap,
    hash::{BuildHasher, RandomState},
    num::NonZeroU32,
};

use hashbrown::HashTable;

use super::{
    Decision, Receipt, Rule, Standing,
    place::{Entry, NEIGHBOURHOODS, Place, Sharing, most_heap, neighbourhood},
    state::State,
};

/// How long after a sweep that made no room the next newcomer may cause another one, in nanoseconds.
const SWEEP_EVERY: u64 = 1_000_000_000;

/// Which share of the keys a neighbourhood may have while more than half of the memory is used: a 16th.
const FAIR_SHARE: usize = 16;

/// Moments are in nanoseconds, and come in ascending order.
#[derive(Debug)]
pub(super) struct Shard {
    places: HashTable<Entry>,
    spread: RandomState,
    /// The rule of each counter that has a place here.
    rules: BTreeMap<u32, Rule>,
    /// What all places may take, in bytes.
    memory: usize,
    /// What the places can come to take at most besides the table, in bytes. It is set aside for them when
    /// they are handed out: who has a place counts there exactly, however full it gets.
    heap: usize,
    /// How many keys have a place of their own, and how many of each neighbourhood.
    keys: usize,
    neighbours: Box<[u32; NEIGHBOURHOODS]>,
    /// The latest moment seen.
    latest: u64,
    /// Not before this moment, or this many newcomers, is the next sweep.
    next_sweep: u64,
    turned_away: usize,
}

impl Shard {
    pub(super) fn new(memory: usize, spread: RandomState) -> Self {
        Self {
            places: HashTable::new(),
            spread,
            rules: BTreeMap::new(),
            memory,
            heap: 0,
            keys: 0,
            neighbours: Box::new([0; NEIGHBOURHOODS]),
            latest: 0,
            next_sweep: 0,
            turned_away: 0,
        }
    }

    /// The later one of `now` and all moments before: time never runs backwards here.
    pub(super) fn advance(&mut self, now: u64) -> u64 {
        self.latest = self.latest.max(now);
        self.latest
    }

    /// Charges a key: in its place if it has one, in a new one if there is room, else in a shared one.
    ///
    /// `hash` is that of the key's own place.
    pub(super) fn take(
        &mut self,
        own: Place<'_>,
        hash: u64,
        rule: &Rule,
        amount: NonZeroU32,
        now: u64,
    ) -> Decision {
        match self.places.find_mut(hash, |entry| entry.place() == own) {
            Some(entry) => entry.state.take(rule, amount, now),
            None => self.take_anew(own, hash, rule, amount, now),
        }
    }

    /// Gives back to a key where it counts now, and says how it stands.
    pub(super) fn give_back(
        &mut self,
        own: Place<'_>,
        hash: u64,
        rule: &Rule,
        receipt: Receipt,
        now: u64,
    ) -> Standing {
        let neighbourhood = [neighbourhood(&self.spread, own.key)];
        let neighbours = own.neighbours(&neighbourhood);
        let shared = [neighbours, own.everybody()].map(|place| (place, self.hash(place)));
        for (place, hash) in [(own, hash)].into_iter().chain(shared) {
            let found = self.places.find_entry(hash, |entry| entry.place() == place);
            let Ok(mut found) = found else { continue };
            let state = &mut found.get_mut().state;
            state.give_back(rule, receipt);
            let standing = state.standing(rule, now);
            if state.is_idle(rule, now) {
                let (entry, _) = found.remove();
                self.forget(&entry, rule);
            }
            return standing;
        }
        State::new(rule).standing(rule, now)
    }

    /// How many keys have a place of their own.
    pub(super) const fn keys(&self) -> usize {
        self.keys
    }

    /// What is used or set aside, in bytes.
    pub(super) fn used(&self) -> usize {
        self.places.allocation_size() + self.heap
    }

    /// Charges a key that has no place of its own yet.
    #[inline(never)]
    fn take_anew(
        &mut self,
        own: Place<'_>,
        hash: u64,
        rule: &Rule,
        amount: NonZeroU32,
        now: u64,
    ) -> Decision {
        let neighbourhood = neighbourhood(&self.spread, own.key);
        let number = [neighbourhood];
        if self.has_room(own, neighbourhood, rule, now) {
            let state = self.start(own, &number, rule);
            return self.open(own, hash, neighbourhood, state, rule, amount, now);
        }
        let neighbours = own.neighbours(&number);
        let hash = self.hash(neighbours);
        if let Some(state) = self.state(neighbours) {
            return state.take(rule, amount, now);
        }
        if self.has_room(neighbours, neighbourhood, rule, now) {
            let state = self.start(neighbours, &number, rule);
            return self.open(neighbours, hash, neighbourhood, state, rule, amount, now);
        }
        let everybody = own.everybody();
        if let Some(state) = self.state(everybody) {
            return state.take(rule, amount, now);
        }
        let (hash, state) = (self.hash(everybody), State::new(rule));
        self.open(everybody, hash, neighbourhood, state, rule, amount, now)
    }

    /// What a new place starts with: what counts in the shared place where its keys have counted until now.
    ///
    /// For some of it may be this key's own. An empty start would let a key pass twice its quota, once in
    /// the shared place and once in its own. The neighbours' place started with what counted for everybody, so
    /// one place holds all that a key may have taken; and a key is always in the same shard.
    fn start(&mut self, place: Place<'_>, neighbourhood: &[u8; 1], rule: &Rule) -> State {
        let shared = match place.sharing {
            Sharing::Own => self
                .state(place.neighbours(neighbourhood))
                .map(|state| state.clone()),
            Sharing::Neighbours | Sharing::Everybody => None,
        };
        shared
            .or_else(|| self.state(place.everybody()).map(|state| state.clone()))
            .unwrap_or_else(|| State::new(rule))
    }

    /// Charges a new place, and keeps it if that was allowed: nobody gets a place by being refused.
    #[allow(clippy::too_many_arguments)]
    fn open(
        &mut self,
        place: Place<'_>,
        hash: u64,
        neighbourhood: u8,
        mut state: State,
        rule: &Rule,
        amount: NonZeroU32,
        now: u64,
    ) -> Decision {
        let decision = state.take(rule, amount, now);
        if !decision.is_allowed() {
            return decision;
        }
        self.rules
            .entry(place.counter)
            .or_insert_with(|| rule.clone());
        let entry = Entry::new(place, neighbourhood, state);
        self.note(&entry, rule);
        let spread = &self.spread;
        self.places
            .insert_unique(hash, entry, |entry| spread.hash_one(entry.place()));
        decision
    }

    fn state(&mut self, place: Place<'_>) -> Option<&mut State> {
        let hash = self.hash(place);
        self.places
            .find_mut(hash, |entry| entry.place() == place)
            .map(|entry| &mut entry.state)
    }

    fn hash(&self, place: Place<'_>) -> u64 {
        self.spread.hash_one(place)
    }

    /// Whether a new place fits, if need be after a sweep.
    ///
    /// A sweep looks at every place. There is one when the table is to grow; and when it cannot, one a second at
    /// most, or one after as many newcomers as an eighth of the places: so a newcomer pays for a few places on
    /// average, and nobody else for any.
    fn has_room(&mut self, place: Place<'_>, neighbourhood: u8, rule: &Rule, now: u64) -> bool {
        let heap = most_heap(place, rule);
        let most = match place.sharing {
            // The rest is for those who share.
            Sharing::Own => self.memory - self.memory / 8,
            Sharing::Neighbours | Sharing::Everybody => self.memory,
        };
        let is_fair = |shard: &Self| place.sharing != Sharing::Own || shard.is_fair(neighbourhood);
        let fits = |shard: &Self| {
            shard.has_slot(place.sharing) && shard.used() + heap <= most && is_fair(shard)
        };
        if fits(self) {
            return true;
        }
        let grown = table_bytes(roomy(self.places.len())) + self.heap + heap;
        let grows = !self.has_slot(place.sharing) && grown <= most && is_fair(self);
        if !grows && !self.may_sweep(now) {
            return false;
        }
        self.sweep(most.saturating_sub(heap), now);
        fits(self)
    }

    /// Whether the table has a free slot for such a place without growing. Some are for those who share.
    fn has_slot(&self, sharing: Sharing) -> bool {
        let capacity = self.places.capacity();
        let kept = match sharing {
            Sharing::Own => capacity / 8,
            Sharing::Neighbours => capacity / 16,
            Sharing::Everybody => 0,
        };
        self.places.len() < capacity - kept
    }

    /// Whether another key of this neighbourhood may have a place: one provider's addresses can use up half of
    /// the memory, and not what is left for everybody else.
    fn is_fair(&self, neighbourhood: u8) -> bool {
        let neighbours = self.neighbours[usize::from(neighbourhood)] as usize;
        self.used() <= self.memory / 2 || neighbours * FAIR_SHARE < self.keys
    }

    fn may_sweep(&mut self, now: u64) -> bool {
        self.turned_away += 1;
        if self.turned_away < self.places.len() / 8 && now < self.next_sweep {
            return false;
        }
        self.turned_away = 0;
        self.next_sweep = now.saturating_add(SWEEP_EVERY);
        true
    }

    /// Drops the places in which nothing counts any more, since nobody can tell that they were there, and
    /// makes the table as large as the others need; with some more, unless all would take more than `most` bytes.
    fn sweep(&mut self, most: usize, now: u64) {
        let rules = &self.rules;
        let counts = |entry: &Entry| {
            let rule = rules.get(&entry.place().counter);
            rule.is_none_or(|rule| !entry.state.is_idle(rule, now))
        };
        let mut before = std::mem::take(&mut self.places);
        before.retain(|entry| counts(entry));
        self.heap = 0;
        self.keys = 0;
        self.neighbours.fill(0);
        let rules = std::mem::take(&mut self.rules);
        for entry in &before {
            if let Some(rule) = rules.get(&entry.place().counter) {
                self.note(entry, rule);
            }
        }
        self.rules = rules;
        let wanted = match table_bytes(roomy(before.len())) + self.heap <= most {
            true => roomy(before.len()),
            false => before.capacity(),
        };
        let spread = &self.spread;
        let hash = |entry: &Entry| spread.hash_one(entry.place());
        self.places = HashTable::with_capacity(wanted);
        for entry in before {
            self.places.insert_unique(hash(&entry), entry, hash);
        }
    }

    /// Counts what a place takes.
    fn note(&mut self, entry: &Entry, rule: &Rule) {
        self.heap += most_heap(entry.place(), rule);
        if entry.sharing == Sharing::Own {
            self.keys += 1;
            self.neighbours[usize::from(entry.neighbourhood)] += 1;
        }
    }

    /// The same for a place that is gone.
    fn forget(&mut self, entry: &Entry, rule: &Rule) {
        self.heap = self.heap.saturating_sub(most_heap(entry.place(), rule));
        if entry.sharing == Sharing::Own {
            self.keys -= 1;
            self.neighbours[usize::from(entry.neighbourhood)] -= 1;
        }
    }
}

/// How many places a table should have room for that has so many: after a sweep, the next one is far.
const fn roomy(places: usize) -> usize {
    places + places / 4 + 1
}

/// What a table with room for so many places takes, in bytes: as `hashbrown` lays it out.
fn table_bytes(places: usize) -> usize {
    let buckets = match places {
        0 => return 0,
        1..4 => 4,
        4..8 => 8,
        8..15 => 16,
        _ => (places * 8 / 7).next_power_of_two(),
    };
    buckets * (size_of::<Entry>() + 1) + 16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_takes_what_it_was_said_to() {
        for places in [1, 3, 4, 7, 8, 14, 15, 28, 29, 448, 449, 7168, 7169, 10_000] {
            let table: HashTable<Entry> = HashTable::with_capacity(places);
            assert!(table.allocation_size() <= table_bytes(places), "{places}");
            assert!(
                table.allocation_size() + 16 >= table_bytes(places),
                "{places}"
            );
        }
    }
}
