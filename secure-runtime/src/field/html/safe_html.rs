use std::{
    borrow::Cow,
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    marker::PhantomData,
};

use super::{
    Article, HtmlPolicy, PlainText,
    cost::{self, is_bounded, is_shallow},
    policy::cleaner,
    printed::write_without_quotes,
};
use crate::field::{
    FieldRefusal,
    text::{Parse, read_as_text, used_as_text},
};

const REFUSAL: FieldRefusal = FieldRefusal::new(
    "html",
    "must be at most 64 KiB of HTML, without too many tags or too deep nesting",
);

/// How often a text is cleaned until cleaning it changes nothing. Elements that must not stand in each other are put
/// right by whoever reads them, and a browser reads what was written here: it must see what was looked at.
const ROUNDS: usize = 5;

/// Formatted text: HTML of which only what a [policy](HtmlPolicy) allows was kept. It is the only type that a
/// template prints unescaped (with the feature `askama`: `{{ article.body }}`).
///
/// Whoever sends a script, a style, a handler or an address that runs something gets a text without it, and no
/// error: what is kept is harmless, whatever was sent. An error is only what is too much: more than 64 KiB, more
/// than 3 000 tags, formatting that would be repeated too often, and nesting deeper than 64.
///
/// It never has: scripts, styles, forms, embedded documents, drawings, formulas; `style`, `class`, `id`, `name` and
/// handlers; addresses other than absolute `http`, `https` and `mailto`. Links have
/// `rel="noopener noreferrer nofollow"`.
///
/// What is read from a database is cleaned again, by the policy of that time: a policy that becomes stricter holds
/// for what was stored before, and so does a flaw of the cleaner that was mended; and whoever can write
/// into the database cannot write scripts into pages.
///
/// ```
/// use secure_runtime::field::SafeHtml;
///
/// let html: SafeHtml = SafeHtml::clean(r#"<p onclick="go()">Hello <b>Ada</b><script>go()</script>"#)?;
/// assert_eq!(html.as_str(), "<p>Hello <b>Ada</b></p>");
/// # Ok::<(), secure_runtime::field::FieldRefusal>(())
/// ```
pub struct SafeHtml<P: HtmlPolicy = Article> {
    text: String,
    policy: PhantomData<fn() -> P>,
}

impl<P: HtmlPolicy> SafeHtml<P> {
    /// It is never longer, in bytes.
    pub const MAX_BYTES: usize = cost::MAX_BYTES;

    /// Keeps what the policy allows.
    ///
    /// # Errors
    /// For what is too long, has too many tags or is nested too deep.
    pub fn clean(html: &str) -> Result<Self, FieldRefusal> {
        let mut text = Cow::Borrowed(html);
        for _ in 0..ROUNDS {
            if !is_bounded(&text) {
                return Err(REFUSAL);
            }
            let clean = clean_once::<P>(&text);
            if !is_shallow(&clean) {
                return Err(REFUSAL);
            }
            if *text == clean {
                return Ok(Self {
                    text: clean,
                    policy: PhantomData,
                });
            }
            text = Cow::Owned(clean);
        }
        Err(REFUSAL)
    }

    /// The HTML, to be kept, sent, or put into an editor. A page prints it otherwise: see `Display`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text without its formatting: for a summary, a search, or a mail.
    pub fn to_plain_text(&self) -> PlainText {
        PlainText::of(&self.text)
    }
}

fn clean_once<P: HtmlPolicy>(html: &str) -> String {
    let clean = cleaner::<P>().clean(html).to_string();
    // A byte order mark at the start is none of the text to a parser.
    keep_line_breaks(clean.trim_start_matches('\u{feff}'))
}

/// A line break right after `<pre>` is none to a parser. The cleaner writes the one that was the second as the first:
/// here it is the second again.
fn keep_line_breaks(clean: &str) -> String {
    let mut text = String::with_capacity(clean.len());
    let mut tags = clean.split("<pre");
    text.push_str(tags.next().unwrap_or_default());
    for tag in tags {
        text.push_str("<pre");
        match tag.split_once('>') {
            Some((attributes, inside)) if inside.starts_with('\n') => {
                text.extend([attributes, ">\n", inside]);
            }
            _ => text.push_str(tag),
        }
    }
    text
}

impl<P: HtmlPolicy> Parse for SafeHtml<P> {
    fn parse(text: String) -> Result<Self, FieldRefusal> {
        Self::clean(&text)
    }
}

impl<P: HtmlPolicy> Clone for SafeHtml<P> {
    fn clone(&self) -> Self {
        Self {
            text: self.text.clone(),
            policy: PhantomData,
        }
    }
}

impl<P: HtmlPolicy> fmt::Debug for SafeHtml<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SafeHtml").field(&self.text).finish()
    }
}

impl<P: HtmlPolicy> PartialEq for SafeHtml<P> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<P: HtmlPolicy> Eq for SafeHtml<P> {}

impl<P: HtmlPolicy> PartialOrd for SafeHtml<P> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<P: HtmlPolicy> Ord for SafeHtml<P> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl<P: HtmlPolicy> Hash for SafeHtml<P> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

read_as_text!([P: HtmlPolicy] SafeHtml<P>, "<p>hello</p>");
used_as_text!([P: HtmlPolicy] SafeHtml<P>, printed otherwise);

/// The HTML for a page: the same to a browser as [`as_str`](SafeHtml::as_str), and without a quote, so that it
/// does not get out of an attribute either (`title="{{ article.body }}"`).
impl<P: HtmlPolicy> fmt::Display for SafeHtml<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_without_quotes(&self.text, f)
    }
}

/// It may stand in a page as it is.
#[cfg(feature = "askama")]
impl<P: HtmlPolicy> askama::filters::HtmlSafe for SafeHtml<P> {}
