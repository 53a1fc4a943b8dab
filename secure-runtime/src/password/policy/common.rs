//! The passwords that people choose most often.
//!
//! `common.txt` holds 17 950 of them, in lower case, sorted, one a line: those of at least eight
//! characters in the list of the npm package `@zxcvbn-ts/language-common` 4.1.3 (MIT; its notice is
//! `common.LICENSE`). Shorter ones are refused for their length.

use std::cmp::Ordering;

const SORTED: &str = include_str!("common.txt");

/// Whether the whole password, in lower case, is in the list (NIST SP 800-63B-4 §3.1.1.2: the entire
/// password is compared, not its parts).
pub(super) fn is_common(password: &str) -> bool {
    contains(SORTED.as_bytes(), password.to_lowercase().as_bytes())
}

/// Looks for a line in sorted lines, each of which ends with a line feed, by halving.
fn contains(lines: &[u8], wanted: &[u8]) -> bool {
    let (mut from, mut to) = (0, lines.len());
    while from < to {
        let middle = from + (to - from) / 2;
        let before = lines[from..middle].iter().rposition(|&byte| byte == b'\n');
        let start = before.map_or(from, |at| from + at + 1);
        let after = lines[start..to].iter().position(|&byte| byte == b'\n');
        let end = after.map_or(to, |at| start + at);
        match lines[start..end].cmp(wanted) {
            Ordering::Equal => return true,
            Ordering::Less => from = end + 1,
            Ordering::Greater => to = start,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_whole() {
        let lines: Vec<_> = SORTED.lines().collect();
        assert_eq!(lines.len(), 17_950);
        assert!(SORTED.ends_with('\n') && !SORTED.contains('\r'));
        assert!(lines.is_sorted_by(|a, b| a < b));
        assert!(lines.iter().all(|line| line.chars().count() >= 8));
        assert!(lines.iter().all(|line| *line == line.to_lowercase()));
    }

    #[test]
    fn every_line_is_found_and_nothing_else() {
        for line in SORTED.lines() {
            assert!(is_common(line), "{line}");
            assert!(!is_common(&format!("{line}~")), "{line}~");
        }
        for other in [
            "",
            "a",
            "~~~~~~~~~~",
            "\n",
            "password\n",
            "iloveyou\npassword",
        ] {
            assert!(!is_common(other), "{other:?}");
        }
    }

    #[test]
    fn case_makes_no_difference() {
        assert!(is_common("PassWordPassword"));
        assert!(is_common("1QAZ2WSX3EDC4RFV"));
    }
}
