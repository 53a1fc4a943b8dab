use std::{
    any::TypeId,
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::{Arc, LazyLock, PoisonError, RwLock},
};

use ammonia::{Builder, UrlRelative};

use super::Element;

/// What of HTML a [`SafeHtml`](super::SafeHtml) keeps. An app can allow less than [`Article`], or images in
/// addition, by a policy of its own; it cannot allow what is not an [`Element`].
///
/// ```
/// use secure_runtime::field::{Element, HtmlPolicy, SafeHtml};
///
/// struct Emphasis;
///
/// impl HtmlPolicy for Emphasis {
///     const ELEMENTS: &'static [Element] = &[Element::Em, Element::Strong];
/// }
///
/// let html = SafeHtml::<Emphasis>::clean("<h1>A <em>word</em></h1>")?;
/// assert_eq!(html.as_str(), "A <em>word</em>");
/// # Ok::<(), secure_runtime::field::FieldRefusal>(())
/// ```
pub trait HtmlPolicy: 'static {
    /// What is kept. Of everything else the text inside is kept, but for what is no text: scripts, styles,
    /// templates, embedded documents, drawings and formulas.
    const ELEMENTS: &'static [Element];
}

/// Headings, paragraphs, lists, tables, code, quotations, links and emphasis; no images.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Article {}

impl HtmlPolicy for Article {
    const ELEMENTS: &'static [Element] = &[
        Element::A,
        Element::Abbr,
        Element::B,
        Element::Blockquote,
        Element::Br,
        Element::Caption,
        Element::Cite,
        Element::Code,
        Element::Dd,
        Element::Del,
        Element::Dfn,
        Element::Div,
        Element::Dl,
        Element::Dt,
        Element::Em,
        Element::Figcaption,
        Element::Figure,
        Element::H1,
        Element::H2,
        Element::H3,
        Element::H4,
        Element::H5,
        Element::H6,
        Element::Hr,
        Element::I,
        Element::Ins,
        Element::Kbd,
        Element::Li,
        Element::Mark,
        Element::Ol,
        Element::P,
        Element::Pre,
        Element::Q,
        Element::S,
        Element::Samp,
        Element::Small,
        Element::Span,
        Element::Strong,
        Element::Sub,
        Element::Sup,
        Element::Table,
        Element::Tbody,
        Element::Td,
        Element::Tfoot,
        Element::Th,
        Element::Thead,
        Element::Tr,
        Element::U,
        Element::Ul,
        Element::Var,
        Element::Wbr,
    ];
}

/// Paragraphs, lists, code, quotations, links and emphasis: no headings, tables or images.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comment {}

impl HtmlPolicy for Comment {
    const ELEMENTS: &'static [Element] = &[
        Element::A,
        Element::B,
        Element::Blockquote,
        Element::Br,
        Element::Code,
        Element::Del,
        Element::Em,
        Element::I,
        Element::Li,
        Element::Ol,
        Element::P,
        Element::Pre,
        Element::S,
        Element::Strong,
        Element::Ul,
    ];
}

/// What goes with all that is in it: none of it is text to be read.
const DROPPED_WHOLE: [&str; 18] = [
    "applet",
    "audio",
    "canvas",
    "embed",
    "iframe",
    "math",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "plaintext",
    "script",
    "style",
    "svg",
    "template",
    "title",
    "video",
    "xmp",
];

/// The cleaner of a policy, made once.
pub(super) fn cleaner<P: HtmlPolicy>() -> Arc<Builder<'static>> {
    type Cleaners = RwLock<HashMap<TypeId, Arc<Builder<'static>>>>;
    static CLEANERS: LazyLock<Cleaners> = LazyLock::new(Cleaners::default);

    let policy = TypeId::of::<P>();
    let made = CLEANERS.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(cleaner) = made.get(&policy) {
        return Arc::clone(cleaner);
    }
    drop(made);
    let cleaner = Arc::new(make(P::ELEMENTS));
    let mut made = CLEANERS.write().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(made.entry(policy).or_insert(cleaner))
}

/// A cleaner with nothing of ammonia's own lists.
pub(super) fn make(elements: &[Element]) -> Builder<'static> {
    let mut cleaner = Builder::empty();
    cleaner
        .tags(elements.iter().map(|element| element.name()).collect())
        .tag_attributes(attributes(elements))
        .clean_content_tags(DROPPED_WHOLE.into())
        .generic_attributes(HashSet::from(["lang"]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::Deny)
        .attribute_filter(filter)
        .strip_comments(true);
    if elements.contains(&Element::A) {
        cleaner.link_rel(Some("noopener noreferrer nofollow"));
    }
    if elements.contains(&Element::Img) {
        let image = HashMap::from([("loading", "lazy"), ("referrerpolicy", "no-referrer")]);
        cleaner.set_tag_attribute_values(HashMap::from([("img", image)]));
    }
    cleaner
}

fn attributes(elements: &[Element]) -> HashMap<&'static str, HashSet<&'static str>> {
    let attributes = elements.iter().map(|element| {
        let names = element.attributes().iter().copied();
        (element.name(), names.collect())
    });
    attributes.collect()
}

/// What the names of attributes do not say: which values they may have.
fn filter<'v>(element: &str, attribute: &str, value: &'v str) -> Option<Cow<'v, str>> {
    let is_good = match (element, attribute) {
        ("img", "src") => is_https(value),
        ("a", "href") => value.len() <= 2048,
        (_, "width" | "height") => is_number(value, 4),
        (_, "start") => is_number(value, 6),
        (_, "reversed") => value.is_empty(),
        (_, "scope") => matches!(value, "row" | "col" | "rowgroup" | "colgroup"),
        (_, "lang") => is_language(value),
        _ => true,
    };
    is_good.then_some(Cow::Borrowed(value))
}

fn is_https(address: &str) -> bool {
    let parsed = ::url::Url::parse(address);
    address.len() <= 2048 && parsed.is_ok_and(|url| url.scheme() == "https")
}

fn is_number(value: &str, digits: usize) -> bool {
    (1..=digits).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_language(value: &str) -> bool {
    let mut bytes = value.bytes();
    (2..=35).contains(&value.len())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
