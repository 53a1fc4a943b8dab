use secure_runtime::field::{Element, FieldRefusal, HtmlPolicy, SafeHtml};

/// How many letters of a text are shown that is no HTML.
const SOURCE_SHOWN: usize = 2_000;

/// What an author may format. The title of the page is the only `<h1>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manuscript {}

/// The text of an article, as it stands in the database.
#[derive(Debug)]
pub(crate) struct Body(SafeHtml<Manuscript>);

impl HtmlPolicy for Manuscript {
    const ELEMENTS: &'static [Element] = &[
        Element::A,
        Element::B,
        Element::Blockquote,
        Element::Br,
        Element::Code,
        Element::Del,
        Element::Em,
        Element::H2,
        Element::H3,
        Element::Hr,
        Element::I,
        Element::Li,
        Element::Ol,
        Element::P,
        Element::Pre,
        Element::Strong,
        Element::Sub,
        Element::Sup,
        Element::Ul,
    ];
}

impl Body {
    /// The text as a page prints it.
    pub(crate) fn html(&self) -> &SafeHtml<Manuscript> {
        &self.0
    }
}

/// What was stored is cleaned again, so what was written under other rules is harmless, too. What there is too
/// much of is shown as its source, cut off: one article is no reason to show none.
impl TryFrom<String> for Body {
    type Error = FieldRefusal;

    fn try_from(stored: String) -> Result<Self, FieldRefusal> {
        let cleaned = SafeHtml::clean(&stored);
        let shown = cleaned.or_else(|_| SafeHtml::clean(&source(&stored)));
        shown.map(Self)
    }
}

/// The beginning of a text as HTML that shows its letters.
fn source(text: &str) -> String {
    let start: String = text.chars().take(SOURCE_SHOWN).collect();
    start.replace('&', "&amp;").replace('<', "&lt;")
}
