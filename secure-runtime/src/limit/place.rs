//! Where a charge is counted: in a place of its own, or in one that several keys share.

use std::hash::{BuildHasher, RandomState};

use smallvec::SmallVec;

use super::{Rule, memory::allocation, state::State};

/// How many neighbourhoods are told apart.
pub(super) const NEIGHBOURHOODS: usize = 256;

/// Longer keys have an allocation.
const INLINE_KEY: usize = 16;

/// Who counts in a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Sharing {
    /// One key.
    Own,
    /// The keys of a neighbourhood that found no room.
    Neighbours,
    /// Those keys for whose neighbourhood there was no room either.
    Everybody,
}

/// What a place is found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Place<'a> {
    pub(super) counter: u32,
    pub(super) sharing: Sharing,
    /// The key itself, or the number of the neighbourhood, or nothing.
    pub(super) key: &'a [u8],
}

impl<'a> Place<'a> {
    pub(super) const fn own(counter: u32, key: &'a [u8]) -> Self {
        Self {
            counter,
            sharing: Sharing::Own,
            key,
        }
    }

    pub(super) const fn neighbours(self, neighbourhood: &'a [u8; 1]) -> Self {
        Self {
            sharing: Sharing::Neighbours,
            key: neighbourhood,
            ..self
        }
    }

    pub(super) const fn everybody(self) -> Self {
        Self {
            sharing: Sharing::Everybody,
            key: &[],
            ..self
        }
    }
}

/// The neighbourhood of a key, by a keyed hash: the /16 of an IPv4 address and the /29 of an IPv6 one, which
/// is what a provider is handed (RIPE-738). Any other key is its own neighbour alone.
pub(super) fn neighbourhood(spread: &RandomState, key: &[u8]) -> u8 {
    let hash = match *key {
        [first, second, _, _] => spread.hash_one([first, second]),
        [first, second, third, fourth, _, _, _] => {
            spread.hash_one([first, second, third, fourth & 0xf8])
        }
        _ => spread.hash_one(key),
    };
    (hash % NEIGHBOURHOODS as u64) as u8
}

/// A place that is taken.
#[derive(Debug)]
pub(super) struct Entry {
    counter: u32,
    pub(super) sharing: Sharing,
    pub(super) neighbourhood: u8,
    key: SmallVec<[u8; INLINE_KEY]>,
    pub(super) state: State,
}

impl Entry {
    pub(super) fn new(place: Place<'_>, neighbourhood: u8, state: State) -> Self {
        Self {
            counter: place.counter,
            sharing: place.sharing,
            neighbourhood,
            key: SmallVec::from_slice(place.key),
            state,
        }
    }

    pub(super) fn place(&self) -> Place<'_> {
        Place {
            counter: self.counter,
            sharing: self.sharing,
            key: &self.key,
        }
    }
}

/// What an entry takes besides itself at most, in bytes.
pub(super) fn most_heap(place: Place<'_>, rule: &Rule) -> usize {
    let key = match place.key.len() {
        0..=INLINE_KEY => 0,
        longer => allocation(longer),
    };
    key + State::most_heap(rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_cache_line() {
        assert_eq!(size_of::<Entry>(), 64);
    }

    #[test]
    fn neighbours_are_those_of_one_provider() {
        let spread = RandomState::new();
        let of = |key: &[u8]| neighbourhood(&spread, key);
        assert_eq!(of(&[192, 0, 2, 1]), of(&[192, 0, 99, 7]));
        let v6 = |fourth: u8, fifth: u8| of(&[0x20, 0x01, 0x0d, fourth, fifth, 1, 2]);
        assert_eq!(v6(0xb8, 1), v6(0xbf, 2));
        // Of many others, hardly any has the same number.
        let others = (0..=255u8).filter(|first| of(&[*first, 1, 2, 3]) == of(&[7, 7, 7, 7]));
        assert!(others.count() < 16);
        let others = (0..32u8).filter(|fourth| v6(fourth << 3, 0) == v6(0xb8, 0));
        assert!(others.count() < 8);
        let others = (0..=255u8).filter(|last| of(&[b'a', b'l', *last]) == of(b"ali"));
        assert!(others.count() < 16);
    }
}
