//! What the lock of the memory store guards. Moments are in milliseconds.
//!
//! Trees rather than hash tables: a tree gives its memory back as entries go, and never stops to move
//! all of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::store::{Entry, Key, Listed, Space, StoreError};

/// How many entries that are over one operation gives back.
const GIVEN_BACK_AT_ONCE: usize = 4;

/// What an entry takes beside its key, owner and value: its share of the three trees and what the
/// allocator adds. Measured: 240 bytes with an owner, 160 without.
const OVERHEAD: usize = 256;

pub(super) struct Table {
    slots: BTreeMap<Arc<str>, Slot>,
    /// Every key, by the moment at which its entry is over.
    ends: BTreeSet<(u64, Arc<str>)>,
    /// The keys of entries with an owner, by that owner within its space.
    owners: BTreeSet<(Arc<str>, Arc<str>)>,

    bytes: usize,
    capacity: usize,
}

struct Slot {
    value: Box<[u8]>,
    /// With its space.
    owner: Option<Arc<str>>,
    end: u64,
}

impl Table {
    pub(super) const fn new(capacity: usize) -> Self {
        Self {
            slots: BTreeMap::new(),
            ends: BTreeSet::new(),
            owners: BTreeSet::new(),
            bytes: 0,
            capacity,
        }
    }

    pub(super) const fn set_capacity(&mut self, bytes: usize) {
        self.capacity = bytes;
    }

    /// Writes the entry, whatever was there, if there is room for it.
    pub(super) fn put(
        &mut self,
        key: Key<'_>,
        entry: Entry<'_>,
        now: u64,
    ) -> Result<(), StoreError> {
        let name: Arc<str> = name(key.space(), key.id()).into();
        let owner = entry
            .owner
            .map(|owner| Arc::from(self::name(key.space(), owner)));
        let slot = Slot {
            value: entry.value.into(),
            owner,
            end: entry.end(now),
        };
        self.make_room(&name, slot.bytes(&name), now)?;
        self.remove(&name);
        self.insert(name, slot);
        Ok(())
    }

    /// Removes the value and returns it, if it still lives.
    pub(super) fn take(&mut self, key: Key<'_>, now: u64) -> Option<Vec<u8>> {
        let slot = self.remove(&name(key.space(), key.id()))?;
        (slot.end > now).then(|| slot.value.into_vec())
    }

    /// Gives back some of what is over, the oldest first.
    pub(super) fn give_back(&mut self, now: u64) {
        for _ in 0..GIVEN_BACK_AT_ONCE {
            if !self.drop_oldest(now) {
                return;
            }
        }
    }

    /// The value, if it still lives.
    pub(super) fn get(&self, key: Key<'_>, now: u64) -> Option<&[u8]> {
        let slot = self.slots.get(name(key.space(), key.id()).as_str())?;
        (slot.end > now).then_some(&*slot.value)
    }

    pub(super) fn list(&self, space: Space<'_>, owner: &str, now: u64) -> Vec<Listed> {
        let owner: Arc<str> = name(space, owner).into();
        let id_from = name(space, "").len();
        self.owners
            .range((Arc::clone(&owner), Arc::from(""))..)
            .take_while(|(of, _)| *of == owner)
            .filter_map(|(_, name)| Some((name, self.slots.get(name)?)))
            .filter(|(_, slot)| slot.end > now)
            .map(|(name, slot)| Listed {
                id: name[id_from..].to_owned(),
                value: slot.value.to_vec(),
            })
            .collect()
    }

    pub(super) fn entries(&self) -> usize {
        self.slots.len()
    }

    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Drops what is over until `bytes` more fit in the place of what `name` has now.
    fn make_room(&mut self, name: &str, bytes: usize, now: u64) -> Result<(), StoreError> {
        loop {
            let there = self.slots.get(name).map_or(0, |slot| slot.bytes(name));
            if (self.bytes - there).saturating_add(bytes) <= self.capacity {
                return Ok(());
            }
            if !self.drop_oldest(now) {
                return Err(StoreError::Full);
            }
        }
    }

    /// Drops the entry that has been over for longest; `false` if none is.
    fn drop_oldest(&mut self, now: u64) -> bool {
        let Some((end, name)) = self.ends.first() else {
            return false;
        };
        if *end > now {
            return false;
        }
        let name = Arc::clone(name);
        self.remove(&name).is_some()
    }

    fn insert(&mut self, name: Arc<str>, slot: Slot) {
        self.bytes += slot.bytes(&name);
        self.ends.insert((slot.end, Arc::clone(&name)));
        if let Some(owner) = &slot.owner {
            self.owners.insert((Arc::clone(owner), Arc::clone(&name)));
        }
        self.slots.insert(name, slot);
    }

    fn remove(&mut self, name: &str) -> Option<Slot> {
        let (name, slot) = self.slots.remove_entry(name)?;
        self.bytes -= slot.bytes(&name);
        self.ends.remove(&(slot.end, Arc::clone(&name)));
        if let Some(owner) = &slot.owner {
            self.owners.remove(&(Arc::clone(owner), name));
        }
        Some(slot)
    }
}

impl Slot {
    /// What it counts for, under a key of that name.
    fn bytes(&self, name: &str) -> usize {
        let owner = self.owner.as_ref().map_or(0, |owner| owner.len());
        OVERHEAD + name.len() + owner + self.value.len()
    }
}

/// An id or an owner with its space. No part holds a NUL, so two of them are equal only if all parts are.
fn name(space: Space<'_>, id: &str) -> String {
    [space.purpose(), space.tenant(), id].join("\0")
}
