//! Templates of pages: whether what a browser would run or take as its own stands in them safely.
//!
//! HTML with the expressions of a template language in it (`{{ … }}`, `{% … %}`, `{# … #}`, as askama, Tera and
//! minijinja write them). It is no parser of HTML: it reads tags and attributes as a browser does, and knows
//! no elements but those that matter here.

mod rules;
mod tags;

use crate::GrammarError;
use rules::Rules;
use tags::Tags;

/// A mistake in a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateError {
    line: usize,
    error: GrammarError,
}

impl TemplateError {
    /// The line, counted from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// What is wrong, drawn in that line.
    pub fn error(&self) -> &GrammarError {
        &self.error
    }
}

/// Everything in a template that a content security policy with nonces would stop, or that would let
/// somebody else's text become part of the page:
///
/// - a script or a style without the nonce of the response, or with one that is written down;
/// - handlers and styles in attributes (`onclick`, `style`), and `javascript:` addresses;
/// - values within a script, in an attribute without quotes, and values that are printed unescaped;
/// - a form that posts without the field `csrf_token`.
///
/// ```
/// let page = r#"<form method="post"><button onclick="go()">Go</button></form>"#;
/// let mistakes = secure_grammar::check_template(page);
/// assert_eq!(mistakes.len(), 2);
/// assert_eq!(mistakes[0].error().message(), "a form that posts has no field `csrf_token`");
/// ```
pub fn check_template(text: &str) -> Vec<TemplateError> {
    let mut rules = Rules::default();
    for part in Tags::new(text) {
        rules.see(text, part);
    }
    let mut found = rules.finish();
    found.sort_by_key(|mistake| mistake.span.start);
    let mistakes = found.into_iter();
    mistakes
        .map(|mistake| {
            let before = &text[..mistake.span.start];
            let start = before.rfind('\n').map_or(0, |at| at + 1);
            let end = text[mistake.span.start..].find('\n');
            let end = end.map_or(text.len(), |at| mistake.span.start + at);
            let span = mistake.span.start - start..mistake.span.end.min(end) - start;
            let line = text[start..end].trim_end_matches('\r');
            TemplateError {
                line: before.matches('\n').count() + 1,
                error: GrammarError::new(line, span, mistake.message).with_help(mistake.help),
            }
        })
        .collect()
}
