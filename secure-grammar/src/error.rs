//! The one error of every parser here.

use std::fmt;
use std::ops::Range;

use crate::glyph;

/// Where the quoted text starts: under the message, when `error: ` stands before it.
const INDENT: usize = 9;
/// The longest text that is drawn whole, in characters.
const WHOLE: usize = 100;
/// How much is drawn before the guilty characters of a text longer than that, in characters.
const BEFORE: usize = 40;

/// What is wrong with a text, where, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrammarError {
    message: String,
    input: String,
    span: Range<usize>,
    note: Option<String>,
    help: Option<String>,
}

impl GrammarError {
    /// Points at `span` (bytes) of `input`, widened to whole characters and cut to the text.
    pub(crate) fn new(input: &str, span: Range<usize>, message: impl Into<String>) -> Self {
        let mut start = span.start.min(input.len());
        while !input.is_char_boundary(start) {
            start -= 1;
        }
        let mut end = span.end.clamp(start, input.len());
        while !input.is_char_boundary(end) {
            end += 1;
        }
        GrammarError {
            message: message.into(),
            input: input.to_owned(),
            span: start..end,
            note: None,
            help: None,
        }
    }

    /// The short hint after the carets.
    pub(crate) fn with_note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// What to write instead.
    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// What is wrong, in one line: lower case, code in backticks, no full stop.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to write instead, or what there is to choose from.
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// The guilty characters, as bytes of the text that was parsed.
    ///
    /// Both ends lie on character boundaries. The span is empty where something is missing.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The message and, under it, the quoted text with carets under the guilty characters.
    ///
    /// Without the help, which the caller prints its own way. Characters that do not print are
    /// escaped, and of a long text only the surroundings of the mistake are shown.
    pub fn drawing(&self) -> String {
        let chars: Vec<(usize, char)> = self.input.char_indices().collect();
        let guilty = chars.partition_point(|(at, _)| *at < self.span.start);
        let (first, last) = if chars.len() <= WHOLE {
            (0, chars.len())
        } else {
            let first = guilty.saturating_sub(BEFORE);
            (first, chars.len().min(first + WHOLE))
        };

        let mut line = String::from("\"");
        let (mut column, mut carets) = (INDENT + 1, 0);
        if first > 0 {
            line.push('…');
            column += 1;
        }
        for (at, char) in chars.iter().take(last).skip(first) {
            let (drawn, width) = glyph::drawn(*char);
            line.push_str(&drawn);
            if *at < self.span.start {
                column += width;
            } else if *at < self.span.end {
                carets += width;
            }
        }
        if last < chars.len() {
            line.push('…');
        }
        line.push('"');

        let indent = " ".repeat(INDENT);
        let mut drawing = format!("{}\n{indent}{line}\n", self.message);
        drawing.push_str(&" ".repeat(column));
        drawing.push_str(&"^".repeat(carets.max(1)));
        if let Some(note) = &self.note {
            drawing.push(' ');
            drawing.push_str(note);
        }
        drawing
    }
}

impl fmt::Display for GrammarError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.drawing())?;
        match &self.help {
            Some(help) => write!(f, "\nhelp: {help}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for GrammarError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carets_stand_under_what_is_drawn() {
        let error = GrammarError::new("a\n時x", 5..6, "bad `x`").with_note("here");
        assert_eq!(
            error.drawing(),
            "bad `x`\n         \"a\\n時x\"\n               ^ here"
        );
    }

    #[test]
    fn a_missing_thing_is_one_caret_after_the_text() {
        let error = GrammarError::new("5/", 2..2, "missing time unit");
        assert_eq!(
            error.drawing(),
            "missing time unit\n         \"5/\"\n            ^"
        );
    }

    #[test]
    fn spans_are_mended_to_characters() {
        assert_eq!(GrammarError::new("aé", 2..2, "").span(), 1..3);
        assert_eq!(GrammarError::new("aé", 7..9, "").span(), 3..3);
    }

    #[test]
    fn long_text_is_cut() {
        let text = format!("{}X{}", "a".repeat(500), "b".repeat(500));
        let drawing = GrammarError::new(&text, 500..501, "bad").drawing();
        let lines: Vec<&str> = drawing.lines().collect();
        assert_eq!(lines[1].chars().count(), 9 + 2 + 2 + WHOLE);
        let caret = lines[2].chars().position(|c| c == '^');
        assert_eq!(lines[1].chars().position(|c| c == 'X'), caret);
    }
}
