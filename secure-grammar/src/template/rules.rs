//! What may not stand in a template, and what to write instead.

use std::ops::Range;

use super::tags::{Attribute, Part, Tag};

/// The field in which a form brings its token.
const TOKEN: &str = "csrf_token";
/// What an expression has in it that prints the field, such as a macro: `{{ ui::csrf(frame) }}`.
const PRINTS_TOKEN: &str = "csrf";
/// Attributes that lead somewhere.
const ADDRESSES: [&str; 7] = [
    "action",
    "data",
    "formaction",
    "href",
    "poster",
    "src",
    "xlink:href",
];
/// A mistake and the bytes of the template that it is about.
#[derive(Debug)]
pub(super) struct Mistake {
    pub(super) span: Range<usize>,
    pub(super) message: String,
    pub(super) help: &'static str,
}

/// What was seen so far.
#[derive(Debug, Default)]
pub(super) struct Rules {
    mistakes: Vec<Mistake>,
    /// A form that posts, as long as no token was seen in it.
    form: Option<Range<usize>>,
    /// Which element's content comes next.
    raw: Option<Content>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    Script,
    Style,
    /// Text, where expressions are escaped as anywhere else.
    Text,
}

impl Rules {
    pub(super) fn see(&mut self, text: &str, part: Part) {
        match part {
            Part::Open(tag) => self.open(text, &tag),
            Part::Close(name) if name == "form" => self.end_form(),
            Part::Close(_) => {}
            Part::Expression(span) => self.expression(text, span),
            Part::Raw(span) => match self.raw.take() {
                Some(Content::Script) => self.in_code(text, span, "script"),
                Some(Content::Style) => self.in_code(text, span, "style"),
                Some(Content::Text) | None => self.in_text(text, span),
            },
        }
    }

    pub(super) fn finish(mut self) -> Vec<Mistake> {
        self.end_form();
        self.mistakes
    }

    fn add(&mut self, span: Range<usize>, message: impl Into<String>, help: &'static str) {
        let message = message.into();
        self.mistakes.push(Mistake {
            span,
            message,
            help,
        });
    }

    fn open(&mut self, text: &str, tag: &Tag) {
        match &*tag.name {
            "script" => {
                self.raw = Some(Content::Script);
                if is_data(text, tag) {
                    self.raw = Some(Content::Text);
                } else {
                    self.nonce(text, tag);
                }
            }
            "style" => {
                self.raw = Some(Content::Style);
                self.nonce(text, tag);
            }
            "textarea" | "title" => self.raw = Some(Content::Text),
            "form" => {
                self.end_form();
                let method = value(text, tag, "method");
                if method.is_some_and(|method| method.eq_ignore_ascii_case("post")) {
                    self.form = Some(tag.span.clone());
                }
            }
            _ => {}
        }
        if value(text, tag, "name") == Some(TOKEN) {
            self.form = None;
        }
        for expression in &tag.expressions {
            if text[expression.clone()].starts_with("{{") && !is_macro(&text[expression.clone()]) {
                self.add(
                    expression.clone(),
                    "a value outside of quotes may be any attribute, such as `onclick=…`",
                    "write the attribute, and the value in quotes: `name=\"{{ value }}\"`; what is there or \
                     not stands in `{% if … %}`",
                );
            }
            self.expression(text, expression.clone());
        }
        if tag.name == "base"
            && let Some(href) = tag.attribute("href")
        {
            self.add(
                href.span.clone(),
                "`<base>` leads every address of the page elsewhere, and `base-uri 'none'` stops it",
                "write the addresses themselves, from `/` on",
            );
        }
        for attribute in &tag.attributes {
            self.attribute(text, attribute);
        }
    }

    fn end_form(&mut self) {
        if let Some(span) = self.form.take() {
            self.add(
                span,
                format!("a form that posts has no field `{TOKEN}`"),
                "`<input type=\"hidden\" name=\"csrf_token\" value=\"{{ csrf }}\">`, with the `CsrfToken` \
                 that the handler takes",
            );
        }
    }

    /// A script or a style with the nonce of the response.
    fn nonce(&mut self, text: &str, tag: &Tag) {
        let name = &tag.name;
        match tag.attribute("nonce") {
            None => self.add(
                tag.span.clone(),
                format!("a `<{name}>` without the nonce of its response does not run"),
                "write `nonce=\"{{ nonce }}\"` in it, with the `CspNonce` that the handler takes",
            ),
            Some(attribute) if !is_expression(text, attribute) => self.add(
                attribute.span.clone(),
                "a nonce that is written down is the same in every response, and known to everybody",
                "write `nonce=\"{{ nonce }}\"`, with the `CspNonce` that the handler takes",
            ),
            Some(_) => {}
        }
    }

    fn attribute(&mut self, text: &str, attribute: &Attribute) {
        let (name, span) = (&attribute.name, attribute.span.clone());
        let is_handler = name.strip_prefix("on").is_some_and(|event| {
            !event.is_empty() && event.bytes().all(|b| b.is_ascii_alphabetic())
        });
        if is_handler {
            self.add(
                span.clone(),
                format!("`{name}` is a script that no nonce lets in"),
                "listen to the event in a script of its own, or write a form or a link",
            );
        }
        if name == "style" {
            self.add(
                span.clone(),
                "`style` is a style that no nonce lets in",
                "give it a `class`, and the class its style in a style sheet",
            );
        }
        let Some(value) = attribute.value.clone() else {
            return;
        };
        let content = &text[value.clone()];
        if ADDRESSES.contains(&&**name) && is_script_address(content) {
            self.add(
                value.clone(),
                "an address that is a script does not run",
                "write a form or a link, or listen to the event in a script of its own",
            );
        }
        if name == "srcdoc" && content.contains("{{") {
            self.add(
                value.clone(),
                "a value in `srcdoc` is escaped once and read as HTML twice",
                "let the frame be a page of its own, with `src`",
            );
        }
        if !attribute.is_quoted && content.contains("{{") {
            self.add(
                value.clone(),
                "a value without quotes may end its attribute and begin another",
                "put it in quotes: `name=\"{{ value }}\"`",
            );
        }
        self.in_text(text, value);
    }

    /// A value in code is somebody else's code.
    fn in_code(&mut self, text: &str, span: Range<usize>, what: &str) {
        if let Some(at) = text[span.clone()].find("{{") {
            let start = span.start + at;
            let end = text[start..span.end]
                .find("}}")
                .map_or(span.end, |at| start + at + 2);
            self.add(
                start..end,
                format!("a value within a {what} is escaped as HTML, and becomes part of the code"),
                "put it in a `data-…` attribute, and let a script read it there",
            );
        }
    }

    /// Each expression in a text.
    fn in_text(&mut self, text: &str, span: Range<usize>) {
        let mut at = span.start;
        while let Some(open) = text[at..span.end].find("{{") {
            let start = at + open;
            let close = text[start..span.end].find("}}");
            at = close.map_or(span.end, |close| start + close + 2);
            self.expression(text, start..at);
        }
    }

    fn expression(&mut self, text: &str, span: Range<usize>) {
        let content = &text[span.clone()];
        if content.starts_with("{#") {
            return;
        }
        let compact: String = content
            .chars()
            .filter(|char| !char.is_whitespace())
            .collect();
        if compact.contains(PRINTS_TOKEN) {
            self.form = None;
        }
        let is_unescaped = compact.starts_with("{{{")
            || compact.starts_with("{{&")
            || filters(content).any(is_unescaping)
            || (compact.starts_with("{%") && compact.contains("autoescape"));
        if is_unescaped {
            self.add(
                span,
                "this prints without escaping, whatever it is",
                "print the value itself; what may be HTML has a type of its own",
            );
        }
    }
}

/// What stands behind each `|` of an expression, and behind the name of a filter block. `||` is no filter.
fn filters(expression: &str) -> impl Iterator<Item = &str> {
    let is_bar = |at: usize| expression.as_bytes().get(at) == Some(&b'|');
    let piped = expression.match_indices('|').filter_map(move |(at, _)| {
        let is_or = is_bar(at + 1) || at.checked_sub(1).is_some_and(is_bar);
        (!is_or).then(|| &expression[at + 1..])
    });
    let block = expression.strip_prefix("{%").and_then(|block| {
        let block = block.trim_start_matches(['-', '+', '~']).trim_start();
        let filter = block.strip_prefix("filter")?;
        filter.starts_with(char::is_whitespace).then_some(filter)
    });
    piped.chain(block)
}

/// Whether an expression calls a macro, `{{ ui::described(field) }}`, which is looked at where it is written.
fn is_macro(expression: &str) -> bool {
    let call = expression.trim_start_matches(['{', '-', '+', '~', ' ']);
    call.split_once('(').is_some_and(|(name, _)| {
        let mut letters = name.chars();
        letters.all(|char| char.is_alphanumeric() || matches!(char, '_' | ':'))
    })
}

/// Whether a filter prints what it gets as it is; `text` begins with it.
fn is_unescaping(text: &str) -> bool {
    let text = text.trim_start();
    let end = text.find(|char: char| !char.is_alphanumeric() && char != '_');
    let (name, rest) = text.split_at(end.unwrap_or(text.len()));
    let mut argument = rest.chars().filter(|char| !char.is_whitespace());
    match name {
        "safe" | "raw" => true,
        "escape" | "e" => {
            argument.next() == Some('(')
                && argument.next().is_some_and(|char| "\"'".contains(char))
                && argument.take(4).eq("none".chars())
        }
        _ => false,
    }
}

fn value<'a>(text: &'a str, tag: &Tag, name: &str) -> Option<&'a str> {
    let value = tag.attribute(name)?.value.clone()?;
    Some(text[value].trim())
}

/// Whether the value is one expression and nothing else.
fn is_expression(text: &str, attribute: &Attribute) -> bool {
    let value = attribute
        .value
        .clone()
        .map_or("", |value| text[value].trim());
    value.starts_with("{{") && value.ends_with("}}") && value.matches("{{").count() == 1
}

/// Whether a `<script>` is data, which no browser runs.
fn is_data(text: &str, tag: &Tag) -> bool {
    let kind = value(text, tag, "type").unwrap_or_default();
    kind.eq_ignore_ascii_case("application/json")
        || kind.eq_ignore_ascii_case("application/ld+json")
}

/// `javascript:`, as leniently as browsers read it.
fn is_script_address(value: &str) -> bool {
    let letters = value
        .chars()
        .filter(|char| !char.is_whitespace() && !char.is_control());
    let start: String = letters.take("javascript:".len()).collect();
    start.eq_ignore_ascii_case("javascript:")
}
