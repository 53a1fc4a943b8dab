//! Correlation ids.

use std::{cell::RefCell, fmt, ops::Deref};

use actix_web::http::header::HeaderValue;

use crate::{
    crypto::{fill_random, hex},
    edge::header_value,
};

/// How many random bytes an id is made of, each of them two hexadecimal digits.
const BYTES: usize = 16;
/// How many are drawn at once: the generator takes longer to be called than to fill some more bytes.
const DRAWN: usize = 64;

/// The correlation id of a request: in the log, in audit events, and for the client.
#[derive(Clone)]
pub(crate) struct RequestId(HeaderValue);

impl RequestId {
    pub(crate) fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

impl Deref for RequestId {
    type Target = str;

    fn deref(&self) -> &str {
        // It is hexadecimal.
        self.0.to_str().unwrap_or_default()
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// The ids of one worker, each handed out once. They are the worker's own, and drawn when its first request
/// comes, so that a process that is forked from one which has not answered yet draws others. (One that has
/// threads may do nothing after `fork` but `exec`.)
pub(super) struct RequestIds(RefCell<Drawn>);

struct Drawn {
    ids: Box<[[u8; BYTES]; DRAWN]>,
    left: usize,
}

impl RequestIds {
    pub(super) fn new() -> Self {
        Self(RefCell::new(Drawn {
            ids: Box::new([[0; BYTES]; DRAWN]),
            left: 0,
        }))
    }

    pub(super) fn next(&self) -> RequestId {
        let id = self.0.borrow_mut().next().map(hex);
        let value = header_value(|text| text.extend_from_slice(id.as_flattened()));
        // It is hexadecimal.
        RequestId(value.unwrap_or(HeaderValue::from_static("")))
    }
}

impl Drawn {
    fn next(&mut self) -> [u8; BYTES] {
        if self.left == 0 {
            fill_random(self.ids.as_flattened_mut());
            self.left = DRAWN;
        }
        self.left -= 1;
        self.ids[self.left]
    }
}

/// Without the ids that are still to come.
impl fmt::Debug for RequestIds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestIds").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_id_comes_twice_in_a_worker_or_in_two() {
        let workers = [RequestIds::new(), RequestIds::new()];
        let mut seen = HashSet::new();
        for _ in 0..10 * DRAWN {
            for worker in &workers {
                let id = worker.next();
                assert_eq!(id.len(), 2 * BYTES, "{id:?}");
                assert!(
                    id.bytes()
                        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
                );
                assert_eq!(id.header(), &*id);
                assert!(seen.insert(id.to_string()), "{id:?} came before");
            }
        }
    }

    #[test]
    fn all_its_bits_are_random() {
        let ids = RequestIds::new();
        let ids: Vec<_> = (0..4 * DRAWN).map(|_| ids.next()).collect();
        for place in 0..2 * BYTES {
            let digits: HashSet<_> = ids.iter().map(|id| id.as_bytes()[place]).collect();
            assert!(digits.len() > 10, "{} digits at {place}", digits.len());
        }
    }
}
