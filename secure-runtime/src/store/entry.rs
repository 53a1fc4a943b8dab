use std::time::Duration;

use super::{StoreError, key::check_part};

/// The longest value, in bytes.
const LONGEST_VALUE: usize = 64 * 1024;

/// The longest lifetime, in milliseconds: 100 years of 365 days. Every backend can add it to the time
/// of day without coming near to what it can count to.
const LONGEST_LIFETIME: u128 = 100 * 365 * 24 * 60 * 60 * 1000;

/// What is written.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The value. At most 64 KiB.
    pub value: &'a [u8],
    /// By whom it is listed; 1 to 255 bytes. `None`: by nobody.
    pub owner: Option<&'a str>,
    /// How long it lives from now; counted in whole milliseconds, rounded up. More than 100 years count
    /// as 100 years, so that [`Duration::MAX`] is "for ever".
    pub lifetime: Duration,
}

impl Entry<'_> {
    /// What every backend asks before it does anything.
    ///
    /// # Errors
    /// When the value is longer than 64 KiB, the owner is empty, longer than 255 bytes or holds a NUL, or
    /// the lifetime is zero.
    pub fn check(&self) -> Result<(), StoreError> {
        if self.value.len() > LONGEST_VALUE {
            return Err(StoreError::Invalid("value"));
        }
        if self.lifetime.is_zero() {
            return Err(StoreError::Invalid("lifetime"));
        }
        self.owner.map_or(Ok(()), check_owner)
    }

    /// How long it lives, in milliseconds: at least one.
    pub(super) fn milliseconds(&self) -> u64 {
        let milliseconds = self.lifetime.as_nanos().div_ceil(1_000_000);
        u64::try_from(milliseconds.min(LONGEST_LIFETIME)).unwrap_or(u64::MAX)
    }

    /// When it is over, for a clock that shows `now`; both in milliseconds.
    pub(super) fn end(&self, now: u64) -> u64 {
        now.saturating_add(self.milliseconds())
    }
}

/// An entry as [`Store::list`](super::Store::list) finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The id within the space.
    pub id: String,
    /// The value.
    pub value: Vec<u8>,
}

/// Whether a text can be an owner.
pub(super) fn check_owner(owner: &str) -> Result<(), StoreError> {
    check_part("owner", owner, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lasting(lifetime: Duration) -> Entry<'static> {
        Entry {
            value: b"",
            owner: None,
            lifetime,
        }
    }

    #[test]
    fn a_lifetime_is_rounded_up_to_milliseconds() {
        assert_eq!(lasting(Duration::from_nanos(1)).milliseconds(), 1);
        assert_eq!(lasting(Duration::from_millis(7)).milliseconds(), 7);
        assert_eq!(lasting(Duration::from_micros(7_001)).milliseconds(), 8);
    }

    #[test]
    fn for_ever_is_a_hundred_years() {
        let years = 100 * 365 * 24 * 60 * 60;
        assert_eq!(lasting(Duration::MAX).milliseconds(), years * 1000);
        let over = Duration::from_secs(years) + Duration::from_nanos(1);
        assert_eq!(lasting(over).milliseconds(), years * 1000);
    }

    #[test]
    fn a_lifetime_of_nothing_is_refused() {
        let refused = lasting(Duration::ZERO).check();
        assert!(matches!(refused, Err(StoreError::Invalid("lifetime"))));
        assert!(lasting(Duration::from_nanos(1)).check().is_ok());
    }
}
