use crate::same;

/// The methods that change nothing: the safe ones of RFC 9110 §9.2.1, and QUERY.
const SAFE: [&str; 5] = ["GET", "HEAD", "OPTIONS", "TRACE", "QUERY"];

/// Whether `method`, in upper case, changes state: whether it is none of GET, HEAD, OPTIONS, TRACE
/// (the safe methods of RFC 9110 §9.2.1) and QUERY.
///
/// ```
/// assert!(secure_grammar::changes_state("POST"));
/// assert!(!secure_grammar::changes_state("GET"));
/// ```
pub const fn changes_state(method: &str) -> bool {
    let mut at = 0;
    while at < SAFE.len() {
        if same(method, SAFE[at]) {
            return false;
        }
        at += 1;
    }
    true
}
