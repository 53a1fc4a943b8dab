//! Comparing words, also while the user's crate is compiled.
//!
//! Both functions are `const`: the checks of roles and scopes evaluate them inside a `const _` of
//! the user's crate to build the compiler's message. The work is therefore bounded well below the
//! point where rustc complains about a long evaluation, even with 64 long words to choose from.

/// Words longer than this many bytes get no hint.
const LONGEST: usize = 64;
/// More edits than this are never a slip of the finger.
const MOST_EDITS: usize = 4;

/// Whether two words are the same, byte for byte.
pub const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// The index of the word that `word` was probably meant to be, for a did-you-mean hint.
///
/// Counts insertions, deletions, replacements and swaps of neighbours, ASCII case aside, and
/// returns the first of the words with the fewest, provided these are at most a third of the
/// longer word's bytes, and at most four. A word longer than 64 bytes gets no hint.
///
/// ```
/// const WORDS: &[&str] = &["admin", "moderator", "user"];
/// const HINT: Option<usize> = secure_grammar::nearest("amdin", WORDS);
/// assert_eq!(HINT, Some(0));
/// assert_eq!(secure_grammar::nearest("editor", WORDS), None);
/// ```
pub const fn nearest(word: &str, words: &[&str]) -> Option<usize> {
    let word = word.as_bytes();
    if word.is_empty() || word.len() > LONGEST {
        return None;
    }
    let mut found = None;
    let mut fewest = MOST_EDITS + 1;
    let mut index = 0;
    while index < words.len() && fewest > 0 {
        let other = words[index].as_bytes();
        let longer = if other.len() > word.len() {
            other.len()
        } else {
            word.len()
        };
        let mut limit = longer / 3;
        if limit >= fewest {
            limit = fewest - 1;
        }
        if longer <= LONGEST
            && longer - limit <= word.len()
            && longer - limit <= other.len()
            && let Some(edits) = edits(word, other, limit)
        {
            found = Some(index);
            fewest = edits;
        }
        index += 1;
    }
    found
}

/// The edits between two words of at most [`LONGEST`] bytes, `None` when they exceed `limit`.
///
/// Optimal string alignment over the diagonal band that can stay within the limit.
const fn edits(a: &[u8], b: &[u8], limit: usize) -> Option<usize> {
    let far = limit + 1;
    let mut before = [far; LONGEST + 1];
    let mut above = [far; LONGEST + 1];
    let mut column = 0;
    while column <= b.len() && column <= limit {
        above[column] = column;
        column += 1;
    }
    let mut row = 1;
    while row <= a.len() {
        let mut here = [far; LONGEST + 1];
        let mut fewest = far;
        let mut column = row.saturating_sub(limit);
        while column <= b.len() && column <= row + limit {
            let mut count = far;
            if column == 0 {
                count = min(count, row);
            } else {
                let differs = !a[row - 1].eq_ignore_ascii_case(&b[column - 1]);
                count = min(count, above[column - 1] + differs as usize);
                count = min(count, above[column] + 1);
                count = min(count, here[column - 1] + 1);
                if row > 1
                    && column > 1
                    && a[row - 1].eq_ignore_ascii_case(&b[column - 2])
                    && a[row - 2].eq_ignore_ascii_case(&b[column - 1])
                {
                    count = min(count, before[column - 2] + 1);
                }
            }
            here[column] = count;
            fewest = min(fewest, count);
            column += 1;
        }
        if fewest > limit {
            return None;
        }
        before = above;
        above = here;
        row += 1;
    }
    if above[b.len()] <= limit {
        Some(above[b.len()])
    } else {
        None
    }
}

const fn min(a: usize, b: usize) -> usize {
    if a < b { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: &[&str] = &["admin", "moderator", "user", "articles:read"];

    #[test]
    fn slips_are_near() {
        for (word, index) in [
            ("amdin", 0),
            ("ADMIN", 0),
            ("admn", 0),
            ("admins", 0),
            ("modreator", 1),
            ("usr", 2),
            ("article:read", 3),
        ] {
            assert_eq!(nearest(word, WORDS), Some(index), "{word}");
        }
    }

    #[test]
    fn other_words_are_not() {
        for word in ["", "x", "editor", "guest", "us", &"a".repeat(65)] {
            assert_eq!(nearest(word, WORDS), None, "{word}");
        }
        assert_eq!(nearest("admin", &[]), None);
        assert_eq!(nearest("admin", &["", &"a".repeat(65)]), None);
    }

    #[test]
    fn the_nearest_wins() {
        assert_eq!(nearest("reader", &["readers", "reader"]), Some(1));
        assert_eq!(nearest("readex", &["reader", "readey"]), Some(0));
    }

    #[test]
    fn evaluates_in_const_within_bounds() {
        const LONG: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
        const OTHER: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbb";
        const HINT: Option<usize> = nearest(LONG, &[OTHER; 64]);
        assert_eq!(HINT, Some(0));
        const NONE: Option<usize> = nearest(
            LONG,
            &["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbbb"; 64],
        );
        assert_eq!(NONE, None);
        const SAME: bool = same("admin", "admin") && !same("admin", "Admin") && !same("a", "ab");
        const { assert!(SAME) };
    }
}
