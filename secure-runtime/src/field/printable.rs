//! Which characters can be seen.

use std::borrow::Cow;

/// A text of which can be said whether all of it can be seen: `#[validate(printable)]`.
#[diagnostic::on_unimplemented(
    message = "`printable` is a rule for texts, and a `{Self}` is none",
    label = "not a text",
    note = "`printable` stands on a `String`, an `Option<String>` or a type of `secure_runtime::field`"
)]
pub trait Printable {
    /// Whether it is one line of characters that can be seen, and not only white space.
    fn is_printable(&self) -> bool;
}

impl Printable for str {
    fn is_printable(&self) -> bool {
        let mut is_blank = true;
        for (letter, verdict) in verdicts(self) {
            match verdict {
                Verdict::Seen => is_blank &= is_white_space(letter),
                Verdict::Hidden | Verdict::LineBreak => return false,
            }
        }
        !is_blank
    }
}

impl Printable for String {
    fn is_printable(&self) -> bool {
        self.as_str().is_printable()
    }
}

impl Printable for Cow<'_, str> {
    fn is_printable(&self) -> bool {
        self.as_ref().is_printable()
    }
}

impl<T: Printable + ?Sized> Printable for Box<T> {
    fn is_printable(&self) -> bool {
        T::is_printable(self)
    }
}

/// What is not there breaks no rule.
impl<T: Printable> Printable for Option<T> {
    fn is_printable(&self) -> bool {
        self.as_ref().is_none_or(T::is_printable)
    }
}

/// What somebody who reads a text sees of a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The character, a space, or how it changes its neighbour.
    Seen,
    /// The start of another line.
    LineBreak,
    /// Nothing, or that other characters stand in another order.
    Hidden,
}

/// Each character of a text with its verdict.
pub(crate) fn verdicts(text: &str) -> impl Iterator<Item = (char, Verdict)> {
    let mut before = None;
    let mut letters = text.chars().peekable();
    std::iter::from_fn(move || {
        let letter = letters.next()?;
        let verdict = verdict(before, letter, letters.peek().copied());
        before = Some(letter);
        Some((letter, verdict))
    })
}

fn verdict(before: Option<char>, letter: char, after: Option<char>) -> Verdict {
    let is_seen = match letter {
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
            return Verdict::LineBreak;
        }
        letter if letter.is_control() || is_no_character(letter) => false,
        // Persian and the scripts of India need them between letters, and emoji between emoji.
        '\u{200c}' | '\u{200d}' => before.is_some_and(joins) && after.is_some_and(joins),
        // One, of the character before it.
        letter if is_variation_selector(letter) => before.is_some_and(|before| {
            !is_white_space(before) && !before.is_control() && !is_ignorable(before)
        }),
        letter => !is_ignorable(letter),
    };
    match is_seen {
        true => Verdict::Seen,
        false => Verdict::Hidden,
    }
}

/// Whether a joiner may stand beside it. Between the letters of Latin, Greek, Cyrillic and Armenian it has
/// nothing to do but to make two equal words differ.
fn joins(letter: char) -> bool {
    letter >= '\u{590}'
        && !is_white_space(letter)
        && (is_variation_selector(letter) || !is_ignorable(letter))
}

fn is_white_space(letter: char) -> bool {
    // A pattern of Braille without a dot is not white space to Unicode, and looks like it.
    letter.is_whitespace() || letter == '\u{2800}'
}

fn is_variation_selector(letter: char) -> bool {
    matches!(letter, '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Code points that Unicode promises never to use for a character, and marks of annotations.
fn is_no_character(letter: char) -> bool {
    matches!(letter, '\u{fdd0}'..='\u{fdef}' | '\u{fff9}'..='\u{fffb}')
        || letter as u32 & 0xfffe == 0xfffe
}

/// `Default_Ignorable_Code_Point` of Unicode: the soft hyphen, zero-width characters, the controls of the
/// direction of text, fillers, selectors and tags.
fn is_ignorable(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_seen() {
        for good in [
            "Ada Lovelace",
            "  indented",
            "Zoë",
            "Zoe\u{308}",
            "李小龍",
            "שָׁלוֹם",
            "می\u{200c}خواهم",
            "क्\u{200d}ष",
            "👩\u{200d}💻",
            "❤\u{fe0f}\u{200d}🔥",
            "👩🏽\u{200d}🚀",
            "葛\u{e0100}",
            "1\u{fe0f}\u{20e3}",
            "a\u{a0}b",
            "…",
        ] {
            assert!(good.is_printable(), "{good:?}");
        }
    }

    #[test]
    fn what_cannot() {
        for bad in [
            "",
            " ",
            "\u{a0}\u{3000}",
            "\u{2800}",
            "a\0b",
            "a\tb",
            "a\nb",
            "a\r\nb",
            "a\u{7f}",
            "a\u{85}b",
            "a\u{9b}b",
            "\u{1b}[31mred",
            "a\u{2028}b",
            "a\u{2029}b",
            "a\u{202e}b",
            "a\u{2066}b\u{2069}",
            "a\u{200e}b",
            "a\u{61c}b",
            "ad\u{200b}min",
            "ad\u{200c}min",
            "ad\u{200d}min",
            "а\u{200d}б",
            "می\u{200c}",
            "\u{200c}می",
            "می\u{200c}\u{200c}خواهم",
            "م\u{200c} خ",
            "\u{feff}a",
            "a\u{ad}b",
            "a\u{2060}b",
            "\u{3164}",
            "\u{115f}",
            "\u{ffa0}",
            "\u{fe0f}",
            " \u{fe0f}",
            "a\u{fe0f}\u{fe0f}",
            "a\u{e0061}",
            "a\u{fff9}b\u{fffb}",
            "a\u{fdd0}",
            "a\u{ffff}",
            "a\u{10fffe}",
        ] {
            assert!(!bad.is_printable(), "{bad:?}");
        }
    }

    #[test]
    fn what_is_not_there_is_printable() {
        assert!(None::<String>.is_printable());
        assert!(!Some(String::new()).is_printable());
        assert!(Some(Box::<str>::from("a")).is_printable());
        assert!(!Cow::Borrowed("a\0").is_printable());
    }
}
