//! A place in a text, moving to the right.

use std::ops::Range;

/// A place in a text and the end of the part that is being read, both in bytes.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    text: &'a str,
    at: usize,
    end: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(text: &'a str, part: Range<usize>) -> Self {
        Cursor {
            text,
            at: part.start,
            end: part.end,
        }
    }

    /// Steps over spaces and tabs.
    pub(crate) fn skip_spaces(&mut self) {
        self.take(|char| matches!(char, ' ' | '\t'));
    }

    /// Steps over the characters that fit, and returns where they stood.
    pub(crate) fn take(&mut self, fits: impl Fn(char) -> bool) -> Range<usize> {
        let start = self.at;
        self.at += self
            .rest()
            .find(|char| !fits(char))
            .unwrap_or(self.rest().len());
        start..self.at
    }

    /// Steps over this character if it comes next.
    pub(crate) fn eat(&mut self, char: char) -> bool {
        let comes = self.peek() == Some(char);
        if comes {
            self.at += char.len_utf8();
        }
        comes
    }

    /// Steps over the next character.
    pub(crate) fn bump(&mut self) -> Option<char> {
        let char = self.peek()?;
        self.at += char.len_utf8();
        Some(char)
    }

    pub(crate) fn jump(&mut self, to: usize) {
        self.at = to.min(self.end);
    }

    pub(crate) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// What has not been read yet.
    pub(crate) fn rest(&self) -> &'a str {
        self.slice(self.at..self.end)
    }

    /// The word or the single character that comes next, empty at the end.
    pub(crate) fn next_token(&self) -> Range<usize> {
        let word = self.clone().take(char::is_alphanumeric);
        if word.is_empty() {
            let width = self.peek().map_or(0, char::len_utf8);
            return self.at..self.at + width;
        }
        word
    }

    pub(crate) fn slice(&self, span: Range<usize>) -> &'a str {
        self.text.get(span).unwrap_or("")
    }

    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    pub(crate) fn at(&self) -> usize {
        self.at
    }

    pub(crate) fn end(&self) -> usize {
        self.end
    }
}
