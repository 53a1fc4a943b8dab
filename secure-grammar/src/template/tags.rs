//! Tags, attributes and expressions, in the order in which they stand.

use std::ops::Range;

/// What a template language writes around what it evaluates.
const EXPRESSIONS: [(&str, &str); 4] = [("{{{", "}}}"), ("{{", "}}"), ("{%", "%}"), ("{#", "#}")];

/// A part of a template that the rules look at.
#[derive(Debug)]
pub(super) enum Part {
    /// An opening tag.
    Open(Tag),
    /// A closing tag, by its name in lower case.
    Close(String),
    /// `{{ … }}` or `{% … %}` outside of tags.
    Expression(Range<usize>),
    /// The content of a `<script>` or a `<style>`.
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
    /// The element whose content is no HTML, once its tag was read.
    raw: Option<String>,
}

impl<'a> Tags<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            raw: None,
        }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
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

    fn tag(&mut self) -> Tag {
        let start = self.at;
        self.at += 1;
        let name = self.take(|char| !char.is_whitespace() && !matches!(char, '/' | '>' | '{'));
        let mut tag = Tag {
            name: self.lower(name),
            span: start..self.at,
            attributes: Vec::new(),
            expressions: Vec::new(),
        };
        loop {
            self.take(|char| char.is_whitespace() || char == '/');
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
        self.take(|char| !char.is_whitespace() && !matches!(char, '/' | '>' | '=' | '{'));
        let span = start..self.at;
        let name = self.lower(span.clone());
        self.take(char::is_whitespace);
        if !self.rest().starts_with('=') {
            return Attribute {
                name,
                span,
                value: None,
                is_quoted: false,
            };
        }
        self.at += 1;
        self.take(char::is_whitespace);
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
                None if char.is_whitespace() || char == '>' => return start..end,
                _ => self.at += char.len_utf8(),
            }
        }
    }

    /// What stands up to the closing tag of an element whose content is no HTML.
    fn raw(&mut self, name: &str) -> Range<usize> {
        let start = self.at;
        let close = format!("</{name}");
        let rest = self.rest().to_ascii_lowercase();
        self.at += rest.find(&close).unwrap_or(rest.len());
        start..self.at
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
                return None;
            }
            if let Some(expression) = self.expression() {
                return Some(Part::Expression(expression));
            }
            if let Some(comment) = rest.strip_prefix("<!--") {
                let length = comment.find("-->").map_or(comment.len(), |at| at + 3);
                self.at += 4 + length;
                continue;
            }
            let is_name = |text: &str| text.starts_with(|char: char| char.is_ascii_alphabetic());
            if rest.strip_prefix("</").is_some_and(is_name) {
                self.at += 2;
                let name = self.take(|char| !char.is_whitespace() && char != '>');
                return Some(Part::Close(self.lower(name)));
            }
            if rest.strip_prefix('<').is_some_and(is_name) {
                let tag = self.tag();
                if matches!(&*tag.name, "script" | "style" | "textarea" | "title") {
                    self.raw = Some(tag.name.clone());
                }
                return Some(Part::Open(tag));
            }
            self.bump();
        }
    }
}
