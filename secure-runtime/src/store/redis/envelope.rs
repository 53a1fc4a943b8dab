//! What stands at a key in Redis: the value, and what must be known about it.
//!
//! `1`, the end in 16 decimal digits, the tag in 16 characters, the length of the owner in 3 decimal
//! digits, the owner, the value. The digits are what the scripts read.

use crate::{
    crypto::random_hex,
    store::{Entry, StoreError},
};

const VERSION: u8 = b'1';
const END: std::ops::Range<usize> = 1..17;
const TAG: std::ops::Range<usize> = 17..33;
const OWNER_LENGTH: std::ops::Range<usize> = 33..36;
const OWNER_FROM: usize = 36;

/// What one write is known by: no other write of the same id has the same.
pub(super) struct Tag(String);

impl Tag {
    pub(super) fn random() -> Self {
        Self(random_hex::<8>())
    }

    /// The member of the owner's index that stands for this write of an id.
    pub(super) fn member(&self, id: &str) -> String {
        [&self.0, id].concat()
    }
}

/// The id that a member of an index stands for.
pub(super) fn id_of_member(member: &str) -> Option<&str> {
    member.get(TAG.len()..)
}

/// Packs an entry that is over at `end`, in milliseconds.
pub(super) fn pack(entry: Entry<'_>, end: u64, tag: &Tag) -> Vec<u8> {
    let owner = entry.owner.unwrap_or_default();
    let header = format!("{end:016}{}{:03}", tag.0, owner.len());
    [&[VERSION], header.as_bytes(), owner.as_bytes(), entry.value].concat()
}

/// What was packed; the value may be cut off.
pub(super) struct Envelope<'a> {
    pub(super) end: u64,
    pub(super) tag: &'a str,
    /// Empty where there is none.
    pub(super) owner: &'a str,
    pub(super) value: &'a [u8],
}

impl<'a> Envelope<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, StoreError> {
        Self::parse(bytes).ok_or(StoreError::Corrupt("a value"))
    }

    fn parse(bytes: &'a [u8]) -> Option<Self> {
        if bytes.first() != Some(&VERSION) {
            return None;
        }
        let length: usize = text(bytes, OWNER_LENGTH)?.parse().ok()?;
        let value_from = OWNER_FROM + length;
        Some(Self {
            end: text(bytes, END)?.parse().ok()?,
            tag: text(bytes, TAG)?,
            owner: text(bytes, OWNER_FROM..value_from)?,
            value: bytes.get(value_from..)?,
        })
    }

    /// The member of its owner's index, if it has an owner.
    pub(super) fn member(&self, id: &str) -> Option<String> {
        (!self.owner.is_empty()).then(|| [self.tag, id].concat())
    }
}

fn text(bytes: &[u8], range: std::ops::Range<usize>) -> Option<&str> {
    str::from_utf8(bytes.get(range)?).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_packed_is_opened(
            value in proptest::collection::vec(any::<u8>(), 0..100),
            owner in proptest::option::of("[^\0]{1,60}"),
            end in 0..1_u64 << 53,
        ) {
            let entry = Entry { value: &value, owner: owner.as_deref(), lifetime: Duration::MAX };
            let packed = pack(entry, end, &Tag::random());
            let opened = Envelope::open(&packed).unwrap();
            prop_assert_eq!(opened.end, end);
            prop_assert_eq!(opened.owner, owner.unwrap_or_default());
            prop_assert_eq!(opened.value, value);
        }

        #[test]
        fn what_was_not_packed_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = Envelope::open(&bytes);
        }

        #[test]
        fn what_was_cut_off_never_panics(cut in 0..40_usize) {
            let entry = Entry { value: b"value", owner: Some("alice"), lifetime: Duration::MAX };
            let packed = pack(entry, 7, &Tag::random());
            prop_assert!(Envelope::open(&packed[..cut]).is_err());
        }
    }
}
