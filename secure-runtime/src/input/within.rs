//! Where something is wrong inside what was read ahead.
//!
//! An enum whose tag does not stand first has its fields kept until the tag is known. A value that turns out
//! wrong then has a place that the reader of the whole body cannot know. It travels beside serde's error,
//! which holds nothing but a text: the text names a number, and the place waits under it.

use std::{
    cell::{Cell, RefCell},
    fmt::Display,
};

use serde::de::Error;

use super::errors::{Segment, segments, shortened};

/// What is wrong, and where inside what was read ahead.
#[derive(Debug)]
pub(super) struct Within {
    pub(super) path: Vec<Segment>,
    pub(super) message: String,
}

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
    static LAST: RefCell<Option<(u64, Within)>> = const { RefCell::new(None) };
}

/// The error for what `error` says about the value of `key`, at `path` inside it.
pub(super) fn note<E: Error>(key: &str, path: Option<&serde_path_to_error::Path>, error: &E) -> E {
    let message = error.to_string();
    let mut places = vec![Segment::Key(shortened(key))];
    places.extend(path.into_iter().flat_map(segments));
    let message = match take(&message) {
        Some(deeper) => {
            places.extend(deeper.path);
            deeper.message
        }
        None => message,
    };
    let number = COUNT.get().wrapping_add(1);
    COUNT.set(number);
    let within = Within {
        path: places,
        message,
    };
    LAST.set(Some((number, within)));
    E::custom(text(number))
}

/// What waits for this message, if it is one of ours and the last.
pub(super) fn take(message: &str) -> Option<Within> {
    LAST.with_borrow_mut(|last| {
        let (number, _) = last.as_ref()?;
        // A reader may add where in the text it was.
        if !message.starts_with(&text(*number).to_string()) {
            return None;
        }
        last.take().map(|(_, within)| within)
    })
}

fn text(number: u64) -> impl Display {
    format!("what was read ahead is wrong (no. {number})")
}

#[cfg(test)]
mod tests {
    use serde::de::value::Error as Text;

    use super::*;

    #[test]
    fn a_note_is_found_by_its_own_message_once() {
        let first = note("a", None, &Text::custom("missing field `x`"));
        let stale = first.to_string();
        let second = note("b", None, &Text::custom("missing field `y`"));
        assert!(take(&stale).is_none(), "there is a newer one");
        assert!(take("missing field `y`").is_none());
        let said = format!("{second} at line 1 column 2");
        let found = take(&said).expect("the note");
        assert_eq!(found.message, "missing field `y`");
        assert!(take(&said).is_none(), "it is taken");
    }

    #[test]
    fn a_note_inside_another_adds_its_place() {
        let inner = note("inner", None, &Text::custom("wrong"));
        let outer = note("outer", None, &inner);
        let found = take(&outer.to_string()).expect("the note");
        let names: Vec<_> = found.path.iter().map(|it| format!("{it:?}")).collect();
        assert_eq!(names, ["Key(\"outer\")", "Key(\"inner\")"]);
        assert_eq!(found.message, "wrong");
    }
}
