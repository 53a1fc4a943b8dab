use std::sync::LazyLock;

use ammonia::Builder;
use icu_normalizer::ComposingNormalizer;

use super::{
    Element,
    cost::{self, is_bounded},
    policy,
};
use crate::field::{
    FieldRefusal,
    printable::{Verdict, verdicts},
    text::{Parse, read_as_text, used_as_text},
};

const REFUSAL: FieldRefusal = FieldRefusal::new(
    "plain_text",
    "must be at most 64 KiB of text, without too many tags",
);

/// What stands for the start of a line where it stood in HTML.
const LINES: [Element; 25] = [
    Element::Blockquote,
    Element::Br,
    Element::Caption,
    Element::Dd,
    Element::Div,
    Element::Dl,
    Element::Dt,
    Element::Figcaption,
    Element::Figure,
    Element::H1,
    Element::H2,
    Element::H3,
    Element::H4,
    Element::H5,
    Element::H6,
    Element::Hr,
    Element::Li,
    Element::Ol,
    Element::P,
    Element::Pre,
    Element::Table,
    Element::Td,
    Element::Th,
    Element::Tr,
    Element::Ul,
];

/// Text with all markup taken out: what a browser would show of it, in Unicode's Normalization Form C, without
/// control characters and others that cannot be seen. Line breaks stay, and stand where a paragraph ended.
///
/// References are decoded once, as a browser does it: `&lt;b&gt;` is the text `<b>`. So it **is no HTML**:
/// a template escapes it as it does any text, and a page into which it was put unescaped has a hole. It is not
/// made for a shell, for SQL, or as the name of a file either. A text that is meant as it is typed, with
/// `<` and `&` in it, is a `String` with bounds.
///
/// What is read from a database must be such a text, and is not decoded a second time.
///
/// ```
/// use secure_runtime::field::PlainText;
///
/// let text: PlainText = "<p>Fish &amp; <b>chips</b></p><script>go()</script>".parse()?;
/// assert_eq!(text.as_str(), "Fish & chips");
/// # Ok::<(), secure_runtime::field::FieldRefusal>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct PlainText(String);

impl PlainText {
    /// What it is made of is never longer, in bytes.
    pub const MAX_BYTES: usize = cost::MAX_BYTES;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text of a bounded piece of HTML.
    pub(super) fn of(html: &str) -> Self {
        static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| policy::make(&LINES));
        let clean = CLEANER.clean(html).to_string();
        Self(normal(text(&clean)).trim().to_owned())
    }
}

impl Parse for PlainText {
    fn parse(text: String) -> Result<Self, FieldRefusal> {
        match is_bounded(&text) {
            true => Ok(Self::of(&text)),
            false => Err(REFUSAL),
        }
    }

    fn restore(text: String) -> Result<Self, FieldRefusal> {
        let is_seen = verdicts(&text).all(|(letter, verdict)| match verdict {
            Verdict::Seen => true,
            Verdict::LineBreak => letter == '\n',
            Verdict::Hidden => false,
        });
        let is_normal = ComposingNormalizer::new_nfc().is_normalized(&text);
        // Normalized, a text may be longer than what was sent: three times at most.
        match is_seen && is_normal && text.len() <= 3 * Self::MAX_BYTES {
            true => Ok(Self(text)),
            false => Err(REFUSAL),
        }
    }
}

/// The text of what the cleaner wrote: tags stand for line breaks, and there are four references.
fn text(clean: &str) -> String {
    let mut text = String::with_capacity(clean.len());
    let mut parts = clean.split('<');
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (_, rest) = part.split_once('>').unwrap_or_default();
        if !text.ends_with("\n\n") {
            text.push('\n');
        }
        text.push_str(rest);
    }
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&nbsp;", "\u{a0}")
        .replace("&amp;", "&")
}

/// The text in its normal form, without what cannot be seen. What is taken out, or put in order, may have been the
/// neighbour of something: it is looked at again.
fn normal(text: String) -> String {
    let mut text = text.replace("\r\n", "\n").replace('\t', " ");
    loop {
        let normal = ComposingNormalizer::new_nfc().normalize(&text);
        let seen: String = verdicts(&normal)
            .filter_map(|(letter, verdict)| match verdict {
                Verdict::Seen => Some(letter),
                Verdict::LineBreak => Some('\n'),
                Verdict::Hidden => None,
            })
            .collect();
        if seen == text {
            return seen;
        }
        text = seen;
    }
}

read_as_text!([] PlainText, "hello");
used_as_text!([] PlainText);
