//! What counters take, in bytes.

use std::num::NonZeroUsize;

/// What the usual allocators take for so many bytes: a header of eight, and a multiple of 16.
pub(super) const fn allocation(bytes: usize) -> usize {
    (bytes + 8).next_multiple_of(16)
}

/// So many mebibytes.
pub(super) const fn mebibytes(number: usize) -> NonZeroUsize {
    match NonZeroUsize::new(number << 20) {
        Some(bytes) => bytes,
        None => NonZeroUsize::MIN,
    }
}
