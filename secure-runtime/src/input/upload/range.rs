//! Which part of a file is asked for (RFC 9110 §14).

/// What is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Everything: no part is asked for, or in words that need not be understood.
    Whole,
    /// From here so many bytes, at least one.
    Bytes { start: u64, length: u64 },
    /// There is nothing where the part begins.
    Beyond,
}

/// What the value of `Range` asks of a file of this size. Several parts at once are not served: they cost more
/// than the whole.
pub(super) fn part(value: &str, size: u64) -> Part {
    let Some(range) = value.strip_prefix("bytes=") else {
        return Part::Whole;
    };
    let Some((first, last)) = range.trim().split_once('-') else {
        return Part::Whole;
    };
    match (bound(first), bound(last)) {
        (Bound::At(first), Bound::At(last)) if first > last => Part::Whole,
        (Bound::At(first), Bound::At(_) | Bound::Open) if first >= size => Part::Beyond,
        (Bound::At(start), Bound::At(last)) => Part::Bytes {
            start,
            length: last.saturating_add(1).min(size) - start,
        },
        (Bound::At(start), Bound::Open) => Part::Bytes {
            start,
            length: size - start,
        },
        // The last so many bytes.
        (Bound::Open, Bound::At(length)) => match length.min(size) {
            0 => Part::Beyond,
            length => Part::Bytes {
                start: size - length,
                length,
            },
        },
        _ => Part::Whole,
    }
}

/// One side of the dash.
enum Bound {
    Open,
    At(u64),
    Wrong,
}

fn bound(text: &str) -> Bound {
    if text.is_empty() {
        return Bound::Open;
    }
    let is_plain = text.bytes().all(|digit| digit.is_ascii_digit());
    match text.parse() {
        Ok(number) if is_plain => Bound::At(number),
        _ => Bound::Wrong,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_part_is_served_and_the_rest_is_whole() {
        let bytes = |start, length| Part::Bytes { start, length };
        let table = [
            ("bytes=0-0", bytes(0, 1)),
            ("bytes=0-9", bytes(0, 10)),
            ("bytes=0-", bytes(0, 10)),
            ("bytes=3-5", bytes(3, 3)),
            ("bytes=3-99", bytes(3, 7)),
            ("bytes=9-18446744073709551615", bytes(9, 1)),
            ("bytes=-3", bytes(7, 3)),
            ("bytes=-99", bytes(0, 10)),
            ("bytes=-0", Part::Beyond),
            ("bytes=10-", Part::Beyond),
            ("bytes=10-20", Part::Beyond),
            ("bytes=5-3", Part::Whole),
            ("bytes=-", Part::Whole),
            ("bytes=", Part::Whole),
            ("bytes=0", Part::Whole),
            ("bytes=a-b", Part::Whole),
            ("bytes=0-b", Part::Whole),
            ("bytes=+1-2", Part::Whole),
            ("bytes=--1", Part::Whole),
            ("bytes=0-1,3-4", Part::Whole),
            ("bytes=0-18446744073709551616", Part::Whole),
            ("lines=0-1", Part::Whole),
            ("", Part::Whole),
        ];
        for (value, expected) in table {
            assert_eq!(part(value, 10), expected, "{value}");
        }
        assert_eq!(part("bytes=0-", 0), Part::Beyond);
        assert_eq!(part("bytes=-1", 0), Part::Beyond);
    }
}
