//! How much structure a JSON body may have. Its size alone says little: in 256 KiB there is room for
//! 130 000 lists in one another, and for as many values of a type that takes two hundred bytes each.

/// How deep lists and objects may stand in one another. Models that people write are not half as deep, and
/// every level is one of the reader's stack frames, in code that the app's types decide.
pub(super) const MOST_DEPTH: usize = 32;

/// How many keys one object may have. It is for fields: what there is a thousand of is a list.
pub(super) const MOST_KEYS: usize = 1_000;

/// How many elements and keys there may be in all, where the body may not be large.
const MOST_VALUES: usize = 10_000;

/// One value more for so many bytes that the body may have: a route that takes a large body takes more of
/// them. It starts to count above 320 000 bytes.
const BYTES_PER_VALUE: usize = 32;

/// How many elements and keys a body may have in all that may have so many bytes.
pub(super) const fn most_values(body_limit: usize) -> usize {
    let by_size = body_limit / BYTES_PER_VALUE;
    match by_size > MOST_VALUES {
        true => by_size,
        false => MOST_VALUES,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_larger_body_may_have_more_values() {
        assert_eq!(most_values(1), 10_000);
        assert_eq!(most_values(256 * 1024), 10_000);
        assert_eq!(most_values(320_000), 10_000);
        assert_eq!(most_values(320_032), 10_001);
        assert_eq!(most_values(16 * 1024 * 1024), 524_288);
    }
}
