//! The targets. Each panics where something does not hold.

mod cookie;
mod csp;
mod grammar;
mod json;
mod key;
mod pattern;
mod request;
mod template;
mod token;
mod upload;

pub use cookie::cookie;
pub use csp::{csp, csp_report};
pub use grammar::grammar;
pub use json::json;
pub use key::key;
pub use pattern::pattern;
pub use request::{accept, forwarded, local_path};
pub use template::template;
pub use token::{credential, token};
pub use upload::{content, multipart};

use std::{borrow::Cow, fmt::Debug};

use secure_grammar::GrammarError;

/// The text that an input is, as whoever reads text gets it.
fn text(input: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(input)
}

/// The lines of an input, so many of them; those that are not there are empty.
fn lines<const N: usize>(input: &[u8]) -> [&[u8]; N] {
    let mut lines = input.splitn(N, |byte| *byte == b'\n');
    [(); N].map(|()| lines.next().unwrap_or_default())
}

/// A mistake points at characters of the text, is drawn in three lines, and says what to do.
fn sound<T: Debug>(text: &str, result: Result<T, GrammarError>) -> Option<T> {
    let error = match result {
        Ok(value) => return Some(value),
        Err(error) => error,
    };
    assert!(text.get(error.span()).is_some(), "{:?}", error.span());
    let printed = error.to_string();
    assert!(error.drawing().starts_with(error.message()));
    assert_eq!(error.drawing().lines().count(), 3, "{printed}");
    let help = error.help().expect("every mistake has help");
    assert!(printed.ends_with(help));
    assert!(
        !printed.replace('\n', "").contains(char::is_control),
        "{printed:?}"
    );
    None
}
