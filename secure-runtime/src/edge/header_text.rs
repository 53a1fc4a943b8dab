//! Header values that are written for one answer, without an allocation for each.

use std::cell::RefCell;

use actix_web::{
    http::header::HeaderValue,
    web::{Bytes, BytesMut},
};

/// How much memory the values of a worker share. It is used again once the answers are gone that had a part
/// of it, and replaced where one of them stays longer.
const SHARED: usize = 4096;

thread_local! {
    static ROOM: RefCell<BytesMut> = RefCell::new(BytesMut::with_capacity(SHARED));
}

/// The value that `write` writes at the end of what it gets, which is empty. `None` where it is none.
pub(crate) fn header_value(write: impl FnOnce(&mut BytesMut)) -> Option<HeaderValue> {
    let text = ROOM.with(|room| match room.try_borrow_mut() {
        Ok(mut room) => written(&mut room, write),
        // One that is written while another one is.
        Err(_) => written(&mut BytesMut::new(), write),
    });
    HeaderValue::from_maybe_shared(text).ok()
}

fn written(room: &mut BytesMut, write: impl FnOnce(&mut BytesMut)) -> Bytes {
    // What somebody has begun and not taken.
    room.clear();
    write(room);
    room.split().freeze()
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn value(text: &str) -> HeaderValue {
        header_value(|room| room.extend_from_slice(text.as_bytes())).expect("a value")
    }

    #[test]
    fn each_value_is_its_own_for_as_long_as_it_lives() {
        let values: Vec<_> = (0..5000)
            .map(|number| (number, value(&format!("value {number}"))))
            .collect();
        for (number, value) in values {
            assert_eq!(value, format!("value {number}"));
        }
    }

    #[test]
    fn one_that_is_longer_than_the_room_is_whole() {
        let long = "x".repeat(3 * SHARED);
        assert_eq!(value(&long), long);
        assert_eq!(value("short"), "short");
    }

    #[test]
    fn what_is_written_meanwhile_is_another_one() {
        let outer = header_value(|room| {
            let inner = value("inner");
            assert_eq!(inner, "inner");
            let _ = write!(room, "outer");
        });
        assert_eq!(outer.expect("a value"), "outer");
    }

    #[test]
    fn what_a_panic_has_begun_is_in_no_value() {
        let panicked = std::panic::catch_unwind(|| {
            header_value(|room| {
                room.extend_from_slice(b"half");
                panic!("on purpose");
            })
        });
        assert!(panicked.is_err());
        assert_eq!(value("whole"), "whole");
    }

    #[test]
    fn no_line_break_gets_in() {
        assert!(header_value(|room| room.extend_from_slice(b"a\r\nb: c")).is_none());
    }
}
