//! Tags, attributes and expressions, in the order in which they stand.

use std::ops::Range;

/// What a template language writes around what it evaluates.
const EXPRESSIONS: [(&str, &str); 4] = [("{{{", "}}}"), ("{{", "}}"), ("{%", "%}"), ("{#", "#}")];
/// Elements whose content is no HTML: it goes as far as their own closing tag, whatever stands in it.
const RAW: [&str; 9] = [
    "iframe",
    "noembed",
    "noframes",
    "plaintext",
    "script",
    "style",
    "textarea",
    "title",
    "xmp",
];

/// A part of a template that the rules look at.
#[derive(Debug)]
pub(super) enum Part {
    /// An opening tag.
    Open(Tag),
    /// A closing tag, by its name in lower case.
    Close(String),
    /// `{{ … }}` or `{% … %}` outside of tags.
    Expression(Range<usize>),
    /// The content of an element that is no HTML, such as a `<script>`.
    Raw(Range<usize>),
}

/// An opening tag. All ranges are bytes of the template.
#[derive(Debug)]
pub(super) struct Tag {
    /// In lower case.
    pub(super) name: String,
    /// `<name`
    pub(super) span: Range<usize>,
    pub(super) attributes: Vec<Attribute>,
    /// Expressions between the attributes.
    pub(super) expressions: Vec<Range<usize>>,
}

/// One attribute of a tag.
#[derive(Debug)]
pub(super) struct Attribute {
    /// In lower case.
    pub(super) name: String,
    pub(super) span: Range<usize>,
    /// Without the quotes.
    pub(super) value: Option<Range<usize>>,
    pub(super) is_quoted: bool,
}

impl Tag {
    pub(super) fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|other| other.name == name)
    }
}

/// The parts of a text.
#[derive(Debug)]
pub(super) struct Tags<'a> {
    text: &'a str,
    at: usize,
    /// What is read up to: the end of the text, or that of a `<noscript>`.
    end: usize,
    /// The element whose content is no HTML, once its tag was read.
    raw: Option<String>,
}

impl<'a> Tags<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            end: text.len(),
            raw: None,
        }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..self.end).unwrap_or("")
    }

    /// Steps over an expression that stands here.
    fn expression(&mut self) -> Option<Range<usize>> {
        let (open, close) = EXPRESSIONS
            .into_iter()
            .find(|(open, _)| self.rest().starts_with(open))?;
        let start = self.at;
        self.at += match self.rest()[open.len()..].find(close) {
            Some(length) => open.len() + length + close.len(),
            None => self.rest().len(),
        };
        Some(start..self.at)
    }

    /// Steps over a character, and says which.
    fn bump(&mut self) -> Option<char> {
        let char = self.rest().chars().next()?;
        self.at += char.len_utf8();
        Some(char)
    }

    fn take(&mut self, fits: impl Fn(char) -> bool) -> Range<usize> {
        let start = self.at;
        let rest = self.rest();
        self.at += rest.find(|char| !fits(char)).unwrap_or(rest.len());
        start..self.at
    }

    fn lower(&self, span: Range<usize>) -> String {
        self.text[span].to_ascii_lowercase()
    }

    /// An opening tag, and what is known by it of what follows.
    fn open(&mut self) -> Part {
        let tag = self.tag();
        if RAW.contains(&&*tag.name) {
            self.raw = Some(tag.name.clone());
        }
        // Browsers without scripts read it as HTML, and others up to its end.
        if tag.name == "noscript" && self.end == self.text.len() {
            let rest = self.rest().to_ascii_lowercase();
            self.end = self.at + end_of(&rest, "noscript");
        }
        Part::Open(tag)
    }

    /// The tag that begins after the next character.
    fn tag(&mut self) -> Tag {
        let start = self.at;
        self.at += 1;
        let name = self.take(|char| !is_space(char) && !matches!(char, '/' | '>' | '{'));
        let mut tag = Tag {
            name: self.lower(name),
            span: start..self.at,
            attributes: Vec::new(),
            expressions: Vec::new(),
        };
        loop {
            self.take(|char| is_space(char) || char == '/');
            if let Some(expression) = self.expression() {
                tag.expressions.push(expression);
                continue;
            }
            match self.rest().chars().next() {
                None => return tag,
                Some('>') => {
                    self.at += 1;
                    return tag;
                }
                Some(_) => tag.attributes.push(self.attribute()),
            }
        }
    }

    fn attribute(&mut self) -> Attribute {
        let start = self.at;
        // A browser takes anything as a name, a `=` at its beginning too.
        self.bump();
        self.take(|char| !is_space(char) && !matches!(char, '/' | '>' | '=' | '{'));
        let span = start..self.at;
        let name = self.lower(span.clone());
        self.take(is_space);
        if !self.rest().starts_with('=') {
            return Attribute {
                name,
                span,
                value: None,
                is_quoted: false,
            };
        }
        self.at += 1;
        self.take(is_space);
        let quote = self
            .rest()
            .chars()
            .next()
            .filter(|char| "\"'".contains(*char));
        if quote.is_some() {
            self.at += 1;
        }
        let value = self.value(quote);
        Attribute {
            name,
            span,
            value: Some(value),
            is_quoted: quote.is_some(),
        }
    }

    /// A value up to its quote, or up to the blank that ends it. An expression may hold both.
    fn value(&mut self, quote: Option<char>) -> Range<usize> {
        let start = self.at;
        loop {
            if self.expression().is_some() {
                continue;
            }
            let end = self.at;
            let Some(char) = self.rest().chars().next() else {
                return start..end;
            };
            match quote {
                Some(quote) if char == quote => {
                    self.at += 1;
                    return start..end;
                }
                None if is_space(char) || char == '>' => return start..end,
                _ => self.at += char.len_utf8(),
            }
        }
    }

    /// What stands up to the closing tag of an element whose content is no HTML.
    fn raw(&mut self, name: &str) -> Range<usize> {
        let start = self.at;
        let rest = self.rest().to_ascii_lowercase();
        self.at += match name {
            "script" => end_of_script(&rest),
            "plaintext" => rest.len(),
            _ => end_of(&rest, name),
        };
        start..self.at
    }

    /// Steps over a comment, or over what a browser takes for one.
    fn comment(&mut self) {
        let rest = self.rest();
        self.at += match rest.strip_prefix("<!--") {
            Some(comment) => 4 + length_of_comment(comment),
            None => rest.find('>').map_or(rest.len(), |at| at + 1),
        };
    }
}

impl Iterator for Tags<'_> {
    type Item = Part;

    fn next(&mut self) -> Option<Part> {
        if let Some(name) = self.raw.take() {
            return Some(Part::Raw(self.raw(&name)));
        }
        loop {
            let rest = self.rest();
            if rest.is_empty() {
                if self.end == self.text.len() {
                    return None;
                }
                self.end = self.text.len();
                continue;
            }
            if let Some(expression) = self.expression() {
                return Some(Part::Expression(expression));
            }
            let is_name = |text: &str| text.starts_with(|char: char| char.is_ascii_alphabetic());
            match rest.strip_prefix('<') {
                Some(tag) if is_name(tag) => return Some(self.open()),
                Some(tag) if tag.strip_prefix('/').is_some_and(is_name) => {
                    self.at += 1;
                    return Some(Part::Close(self.tag().name));
                }
                Some(other) if other.starts_with(['!', '?', '/']) => self.comment(),
                _ => drop(self.bump()),
            }
        }
    }
}

/// What HTML takes for white space.
fn is_space(char: char) -> bool {
    matches!(char, '\t' | '\n' | '\x0c' | '\r' | ' ')
}

/// Whether a text, in lower case, begins with a whole tag of this name.
fn begins_tag(text: &str, before: &str, name: &str) -> bool {
    let rest = text
        .strip_prefix(before)
        .and_then(|text| text.strip_prefix(name));
    rest.is_some_and(|rest| rest.starts_with(|char| is_space(char) || matches!(char, '/' | '>')))
}

/// Where the closing tag of an element begins.
fn end_of(rest: &str, name: &str) -> usize {
    let ends = rest.match_indices("</").map(|(at, _)| at);
    let mut ends = ends.filter(|at| begins_tag(&rest[*at..], "</", name));
    ends.next().unwrap_or(rest.len())
}

/// The same of a `<script>`: within a comment of its own another one may open and close in it (HTML §13.2.5.20).
fn end_of_script(rest: &str) -> usize {
    let (mut in_comment, mut in_another) = (false, false);
    for (at, _) in rest.match_indices(['<', '-']) {
        let here = &rest[at..];
        if begins_tag(here, "</", "script") {
            if !in_another {
                return at;
            }
            in_another = false;
        } else if !in_comment && here.starts_with("<!--") {
            in_comment = true;
        } else if in_comment && begins_tag(here, "<", "script") {
            in_another = true;
        } else if here.starts_with("-->") {
            (in_comment, in_another) = (false, false);
        }
    }
    rest.len()
}

/// How long a comment is that has just begun, with its end.
fn length_of_comment(comment: &str) -> usize {
    if let Some(end) = [">", "->"].into_iter().find(|end| comment.starts_with(end)) {
        return end.len();
    }
    let ends = ["-->", "--!>"].into_iter();
    let ends = ends.filter_map(|end| Some(comment.find(end)? + end.len()));
    ends.min().unwrap_or(comment.len())
}
