use icu_normalizer::ComposingNormalizerBorrowed;

/// The form that `#[normalize(…)]` puts a text into, before any rule sees it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Normalize {
    /// White space at both ends goes.
    pub trim: bool,
    /// What looks and means the same is written in one way (Unicode normalization form C).
    pub nfc: bool,
    /// Upper case becomes lower case.
    pub lowercase: bool,
}

impl Normalize {
    /// Whatever the order in which the words stand: what is composed, then lower case, and at last the ends.
    fn apply(self, text: &mut String) {
        let composer = ComposingNormalizerBorrowed::new_nfc();
        if self.nfc && !composer.is_normalized(text) {
            *text = composer.normalize(text).into_owned();
        }
        if self.lowercase && text.chars().any(|letter| !is_lowercase(letter)) {
            *text = text.to_lowercase();
            // Some letters become several.
            if self.nfc && !composer.is_normalized(text) {
                *text = composer.normalize(text).into_owned();
            }
        }
        if self.trim {
            let trimmed = text.trim();
            if trimmed.len() < text.len() {
                *text = trimmed.to_owned();
            }
        }
    }
}

fn is_lowercase(letter: char) -> bool {
    letter.to_lowercase().eq([letter])
}

/// A text that can be put into another form: a `String`, an `Option` of one, a newtype of one. A newtype of
/// something else says that it is none.
pub trait Text {
    /// Whether it is a text.
    const IS_ONE: bool;

    /// Puts it into the form.
    fn normalize(&mut self, form: Normalize);
}

impl Text for String {
    const IS_ONE: bool = true;

    fn normalize(&mut self, form: Normalize) {
        form.apply(self);
    }
}

impl<T: Text> Text for Option<T> {
    const IS_ONE: bool = T::IS_ONE;

    fn normalize(&mut self, form: Normalize) {
        if let Some(text) = self {
            text.normalize(form);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn forms() -> impl Iterator<Item = Normalize> {
        let flags = [false, true];
        flags.into_iter().flat_map(move |trim| {
            flags.into_iter().flat_map(move |nfc| {
                flags.into_iter().map(move |lowercase| Normalize {
                    trim,
                    nfc,
                    lowercase,
                })
            })
        })
    }

    fn after(form: Normalize, text: &str) -> String {
        let mut text = text.to_owned();
        form.apply(&mut text);
        text
    }

    #[test]
    fn each_word_does_what_it_says_and_no_more() {
        let none = Normalize::default();
        let trim = Normalize { trim: true, ..none };
        let nfc = Normalize { nfc: true, ..none };
        let lowercase = Normalize {
            lowercase: true,
            ..none
        };
        let text = " \u{3000}E\u{301}cole\t\u{a0}";
        assert_eq!(after(none, text), text);
        assert_eq!(after(trim, text), "E\u{301}cole");
        assert_eq!(after(nfc, text), " \u{3000}\u{c9}cole\t\u{a0}");
        assert_eq!(after(lowercase, text), " \u{3000}e\u{301}cole\t\u{a0}");
        assert_eq!(after(trim, "   "), "");
        // A zero-width space is no white space: the rule `printable` is for it.
        assert_eq!(after(trim, "\u{200b}a"), "\u{200b}a");
        // The compatibility forms stay: NFC is not NFKC.
        assert_eq!(after(nfc, "\u{fb01}"), "\u{fb01}");
        assert_eq!(after(lowercase, "ΣΑΣ \u{130}"), "σας i\u{307}");
    }

    proptest! {
        #[test]
        fn twice_is_as_once(text in "\\PC*|[ \tA-ZÀ-ÖΑ-Ω\u{300}-\u{314}İıſﬁ]*") {
            for form in forms() {
                let once = after(form, &text);
                prop_assert_eq!(after(form, &once), once, "{:?}", form);
            }
        }

        #[test]
        fn what_is_written_in_two_ways_becomes_one(text in "[a-zA-ZÀ-ÖÄ-ü]{0,12}") {
            let form = Normalize { trim: true, nfc: true, lowercase: true };
            let apart = icu_normalizer::DecomposingNormalizerBorrowed::new_nfd();
            let apart = apart.normalize(&text).into_owned();
            prop_assert_eq!(after(form, &apart), after(form, &text));
        }
    }
}
