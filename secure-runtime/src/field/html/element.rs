/// What may stand in formatted text. There are no others to allow: none of these runs anything, loads anything
/// but an image, takes anything in, or changes what stands outside of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Element {
    /// A link, to `http`, `https` and `mailto`; with `rel="noopener noreferrer nofollow"`.
    A,
    /// An abbreviation, with a `title`.
    Abbr,
    /// Bold.
    B,
    /// A quotation of its own.
    Blockquote,
    /// A line break.
    Br,
    /// The title of a table.
    Caption,
    /// The title of a work.
    Cite,
    /// Code.
    Code,
    /// What is explained in a list.
    Dd,
    /// What was removed.
    Del,
    /// The term that is defined here, with a `title`.
    Dfn,
    /// A part.
    Div,
    /// A list with explanations.
    Dl,
    /// The term in a list with explanations.
    Dt,
    /// Emphasis.
    Em,
    /// The title of a figure.
    Figcaption,
    /// A figure.
    Figure,
    /// A heading of the first level.
    H1,
    /// A heading of the second level.
    H2,
    /// A heading of the third level.
    H3,
    /// A heading of the fourth level.
    H4,
    /// A heading of the fifth level.
    H5,
    /// A heading of the sixth level.
    H6,
    /// A line between two topics.
    Hr,
    /// Italic.
    I,
    /// An image, by an absolute `https` address, with `alt`, `width` and `height`. Whoever has it on their server
    /// learns when it is looked at, and from where.
    Img,
    /// What was added.
    Ins,
    /// What is to be typed.
    Kbd,
    /// An item of a list.
    Li,
    /// A highlight.
    Mark,
    /// A list with numbers, with `start` and `reversed`.
    Ol,
    /// A paragraph.
    P,
    /// Text with its line breaks.
    Pre,
    /// A quotation within a text.
    Q,
    /// What is no longer right.
    S,
    /// What a program prints.
    Samp,
    /// The small print.
    Small,
    /// A part of a line.
    Span,
    /// Of importance.
    Strong,
    /// Below the line.
    Sub,
    /// Above the line.
    Sup,
    /// A table.
    Table,
    /// The rows of a table.
    Tbody,
    /// A cell.
    Td,
    /// The last rows of a table.
    Tfoot,
    /// A cell with a heading, with `scope`.
    Th,
    /// The first rows of a table.
    Thead,
    /// A row.
    Tr,
    /// Underlined.
    U,
    /// A list.
    Ul,
    /// A variable.
    Var,
    /// A place where a word may be broken.
    Wbr,
}

impl Element {
    /// Its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::Abbr => "abbr",
            Self::B => "b",
            Self::Blockquote => "blockquote",
            Self::Br => "br",
            Self::Caption => "caption",
            Self::Cite => "cite",
            Self::Code => "code",
            Self::Dd => "dd",
            Self::Del => "del",
            Self::Dfn => "dfn",
            Self::Div => "div",
            Self::Dl => "dl",
            Self::Dt => "dt",
            Self::Em => "em",
            Self::Figcaption => "figcaption",
            Self::Figure => "figure",
            Self::H1 => "h1",
            Self::H2 => "h2",
            Self::H3 => "h3",
            Self::H4 => "h4",
            Self::H5 => "h5",
            Self::H6 => "h6",
            Self::Hr => "hr",
            Self::I => "i",
            Self::Img => "img",
            Self::Ins => "ins",
            Self::Kbd => "kbd",
            Self::Li => "li",
            Self::Mark => "mark",
            Self::Ol => "ol",
            Self::P => "p",
            Self::Pre => "pre",
            Self::Q => "q",
            Self::S => "s",
            Self::Samp => "samp",
            Self::Small => "small",
            Self::Span => "span",
            Self::Strong => "strong",
            Self::Sub => "sub",
            Self::Sup => "sup",
            Self::Table => "table",
            Self::Tbody => "tbody",
            Self::Td => "td",
            Self::Tfoot => "tfoot",
            Self::Th => "th",
            Self::Thead => "thead",
            Self::Tr => "tr",
            Self::U => "u",
            Self::Ul => "ul",
            Self::Var => "var",
            Self::Wbr => "wbr",
        }
    }

    /// What it may say of itself. What stands nowhere: `style`, `class`, `id` and `name`, which reach out of the
    /// text, and whatever begins with `on`.
    pub(super) fn attributes(self) -> &'static [&'static str] {
        match self {
            Self::A => &["href"],
            Self::Abbr | Self::Dfn => &["title"],
            Self::Img => &["src", "alt", "width", "height"],
            Self::Ol => &["start", "reversed"],
            Self::Th => &["scope"],
            _ => &[],
        }
    }
}
