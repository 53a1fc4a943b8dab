//! What generated code asserts while a program is compiled.
//!
//! One call a check, since whatever stands in generated code is looked at anew for each handler. Who panics is said to
//! be the caller (`#[track_caller]`), so that the compiler shows the user's own text; and a message is put together
//! only where there is one to show.
#![allow(clippy::panic)]

use crate::{
    guard::Caller,
    policy::{Parameter, Vocabulary},
};

/// Says `message` where something does not hold.
#[track_caller]
pub const fn hold(holds: bool, message: &str) {
    if !holds {
        panic!("{}", message);
    }
}

/// A word is one of a vocabulary.
#[track_caller]
pub const fn known_word(vocabulary: &Vocabulary, word: &str) {
    if !vocabulary.knows(word) {
        panic!("{}", unknown_word(vocabulary, word).as_str());
    }
}

/// An argument is one, and fits a route that is public or is not; `unknown` is said of what is none.
#[track_caller]
pub const fn argument(
    parameter: &Parameter,
    holds_files: bool,
    is_public: bool,
    shown: &str,
    unknown: &str,
) {
    if holds_files {
        let text = ConstText::new().push("`").push(shown);
        let text = text.push(
            "` would have to hold files, which `Multipart` reads alone\n  help: `Multipart<…>`",
        );
        panic!("{}", text.as_str());
    }
    hold(parameter.is_known(), unknown);
    match (parameter.caller(), is_public) {
        (Caller::Required { .. }, true) => panic!(
            "a public route may have no caller\n  \
             help: take `Option<CurrentUser>`, or make the route `#[protected]`"
        ),
        (Caller::Optional { .. }, false) => {
            panic!("a protected route always has a caller\n  help: take `CurrentUser`")
        }
        _ => {}
    }
}

/// An argument of a handler without `#[validated]` is no input; `message` is said of one.
#[track_caller]
pub const fn argument_is_validated(parameter: &Parameter, message: &str) {
    hold(parameter.input().is_none(), message);
}

/// What is found by a path parameter has one in this path.
#[track_caller]
pub const fn argument_is_found(
    parameter: &Parameter,
    shown: &str,
    path: &str,
    parameters: &[&str],
) {
    if let Some(resource) = parameter.resource()
        && !is_among(parameters, resource.parameter())
    {
        let text = not_found(resource.parameter(), shown, path);
        panic!("{}", text.as_str());
    }
}

/// A text that is put together while the program is compiled.
struct ConstText {
    bytes: [u8; ConstText::CAPACITY],
    length: usize,
}

impl ConstText {
    const CAPACITY: usize = 1024;

    const fn new() -> Self {
        Self {
            bytes: [0; Self::CAPACITY],
            length: 0,
        }
    }

    /// Appends a text, or as much of it as fits: whole characters only.
    const fn push(mut self, text: &str) -> Self {
        let text = text.as_bytes();
        let mut end = text.len();
        if end > Self::CAPACITY - self.length {
            end = Self::CAPACITY - self.length;
            while end > 0 && text[end] & 0xC0 == 0x80 {
                end -= 1;
            }
        }
        let mut at = 0;
        while at < end {
            self.bytes[self.length] = text[at];
            self.length += 1;
            at += 1;
        }
        self
    }

    const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(text) => text,
            Err(_) => "unknown word",
        }
    }
}

/// The message for a word that a vocabulary does not know.
const fn unknown_word(vocabulary: &Vocabulary, word: &str) -> ConstText {
    let mut text = ConstText::new()
        .push("unknown ")
        .push(vocabulary.noun())
        .push(" `")
        .push(word)
        .push("`");
    let words = vocabulary.words();
    if let Some(at) = secure_grammar::nearest(word, words) {
        text = text
            .push("\n  help: did you mean `")
            .push(words[at])
            .push("`?");
    }
    text = text
        .push("\n  help: the ")
        .push(vocabulary.noun())
        .push("s are ");
    let mut at = 0;
    while at < words.len() {
        if at > 0 {
            text = text.push(", ");
        }
        text = text.push("`").push(words[at]).push("`");
        at += 1;
    }
    text
}

/// Whether the path parameters hold the one by which a resource is found.
const fn is_among(parameters: &[&str], parameter: &str) -> bool {
    let mut at = 0;
    while at < parameters.len() {
        if secure_grammar::same(parameters[at], parameter) {
            return true;
        }
        at += 1;
    }
    false
}

/// The message for a path without the parameter by which a resource is found.
const fn not_found(parameter: &str, shown: &str, path: &str) -> ConstText {
    ConstText::new()
        .push("the path `")
        .push(path)
        .push("` has no parameter `")
        .push(parameter)
        .push("`, by which `")
        .push(shown)
        .push("` is found\n  help: add `{")
        .push(parameter)
        .push(
            "}` to the path\n  help: or name the parameter in `impl Resource`: \
               `const PARAMETER: &'static str = \"…\";`",
        )
}
