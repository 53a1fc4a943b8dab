//! The path pattern of a route: `/notes/{id}`.

mod custom_regex;
mod segment;

use std::ops::Range;

use crate::GrammarError;
use crate::glyph::{invisible, shown};
use segment::Segment;

/// The noun of every message here.
const PLACE: &str = "path pattern";
/// What actix-router has room for.
const MOST_PARAMETERS: usize = 16;

/// A path pattern that actix-web takes, with the names of its parameters.
///
/// ```
/// use secure_grammar::PathPattern;
///
/// let pattern = PathPattern::parse("/users/{user}/notes/{id}")?;
/// assert_eq!(pattern.parameters(), ["user", "id"]);
/// assert_eq!(pattern.normalized(), "/users/{}/notes/{}");
/// # Ok::<(), secure_grammar::GrammarError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathPattern {
    text: String,
    parameters: Vec<String>,
    normalized: String,
    tail: bool,
}

impl PathPattern {
    /// Reads a pattern as actix-router 0.5 does, but refuses what makes it panic or match nothing.
    ///
    /// A pattern is empty or starts with `/`. `{name}` stands for one segment or a part of it,
    /// `{name:regex}` for what the regular expression matches, and `{name}*`, at the end, for all the
    /// rest. There are at most 16 of them, each with a name of its own.
    ///
    /// # Errors
    ///
    /// Whatever else is written. Of a custom regular expression only the shape is checked (brackets,
    /// escapes, repetitions, constructs that the engine lacks), not every detail of its classes.
    pub fn parse(text: &str) -> Result<Self, GrammarError> {
        characters(text)?;
        beginning(text)?;
        let mut pattern = PathPattern {
            text: text.to_owned(),
            parameters: Vec::new(),
            normalized: String::new(),
            tail: false,
        };
        let mut at = 0;
        while let Some(brace) = text.get(at..).and_then(|rest| rest.find('{')) {
            let open = at + brace;
            pattern.constant(at..open)?;
            at = pattern.segment(open)?;
        }
        pattern.constant(at..text.len())?;
        Ok(pattern)
    }

    /// The names of the parameters, in their order, the tail's included.
    pub fn parameters(&self) -> &[String] {
        &self.parameters
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The pattern without its parameters' names: two patterns equal here match the same paths.
    ///
    /// `/a/{id}` becomes `/a/{}`, `/a/{rest}*` becomes `/a/{}*`, and a regular expression of one's
    /// own stays: `/a/{id:\d+}` becomes `/a/{:\d+}`.
    pub fn normalized(&self) -> String {
        self.normalized.clone()
    }

    /// Whether it ends in `{name}*`, which takes all the rest of the path.
    ///
    /// Such a pattern cannot be the prefix of a scope.
    pub fn has_tail(&self) -> bool {
        self.tail
    }

    /// Checks and takes over the text between two parameters.
    fn constant(&mut self, span: Range<usize>) -> Result<(), GrammarError> {
        let constant = self.text.get(span.clone()).unwrap_or("");
        for (offset, char) in constant.char_indices() {
            let at = span.start + offset;
            match char {
                '}' => return Err(stray_brace(&self.text, at)),
                '?' | '#' => return Err(beyond_path(&self.text, at)),
                '*' => return Err(self.star(at)),
                '/' if constant
                    .get(offset + 1..)
                    .is_some_and(|rest| rest.starts_with('/')) =>
                {
                    return Err(empty_segment(&self.text, at));
                }
                _ => {}
            }
        }
        self.normalized.push_str(constant);
        Ok(())
    }

    /// Checks and takes over the parameter whose `{` is there, and returns where it ends.
    fn segment(&mut self, open: usize) -> Result<usize, GrammarError> {
        let segment = Segment::read(&self.text, open)?;
        let name = &self.text[segment.name.clone()];
        if self.parameters.iter().any(|parameter| parameter == name) {
            return Err(self.duplicate(open, segment.name));
        }
        if self.parameters.len() == MOST_PARAMETERS {
            let message = format!("more than {MOST_PARAMETERS} parameters in {PLACE}");
            return Err(GrammarError::new(&self.text, open..segment.end, message)
                .with_note("this is the 17th")
                .with_help("take the rest of the path as one, such as `{tail}*`"));
        }
        self.parameters.push(name.to_owned());
        let to_the_end = segment.end == self.text.len();
        self.normalized.push_str(&match segment.regex {
            // what `{name}` and `{name}*` stand for
            Some(regex) if &self.text[regex.clone()] == "[^/]+" => "{}".to_owned(),
            Some(regex) if &self.text[regex.clone()] == ".*" && to_the_end => "{}*".to_owned(),
            Some(regex) => format!("{{:{}}}", &self.text[regex]),
            None if segment.tail => "{}*".to_owned(),
            None => "{}".to_owned(),
        });
        self.tail = segment.tail;
        Ok(segment.end)
    }

    fn duplicate(&self, open: usize, name: Range<usize>) -> GrammarError {
        let shown_name = shown(&self.text[name.clone()]);
        let before = self.text.get(..open).unwrap_or("").trim_end_matches('/');
        let prefix = before.rsplit('/').next().filter(|segment| is_name(segment));
        let fresh = [
            prefix.map(|prefix| format!("{prefix}_{shown_name}")),
            Some(format!("{shown_name}_2")),
        ];
        let fresh = fresh
            .into_iter()
            .flatten()
            .find(|name| !self.parameters.contains(name));
        let message = format!("parameter `{shown_name}` twice in {PLACE}");
        let error = GrammarError::new(&self.text, name, message).with_note("already taken");
        error.with_help(match fresh {
            Some(fresh) => format!("give it a name of its own, such as `{{{fresh}}}`"),
            None => "give it a name of its own".to_owned(),
        })
    }

    /// The error for a `*` that no parameter took as its tail.
    fn star(&self, at: usize) -> GrammarError {
        let new = |message: String| GrammarError::new(&self.text, at..at + 1, message);
        if self
            .text
            .get(..at)
            .is_some_and(|before| before.ends_with('}'))
        {
            return new(format!("tail before the end of {PLACE}"))
                .with_note("takes all the rest")
                .with_help("end the pattern with it, or remove the `*`");
        }
        if at + 1 == self.text.len() {
            return new(format!("tail without a name in {PLACE}"))
                .with_help(format!("write `{}{{tail}}*`", shown(&self.text[..at])));
        }
        new(format!("`*` in {PLACE} stands for nothing but itself"))
            .with_help("write `{name}` for one segment, or end the pattern with `{tail}*`")
    }
}

/// Whether a parameter can be called that.
fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Refuses white space and what does not print.
fn characters(text: &str) -> Result<(), GrammarError> {
    let space = text.find([' ', '\t']).map(|at| (at, ' '));
    let (at, char) = match (space, invisible(text)) {
        (None, None) => return Ok(()),
        (Some(space), Some(other)) => space.min(other),
        (Some(found), None) | (None, Some(found)) => found,
    };
    let message = match char {
        ' ' => format!("white space in {PLACE}"),
        _ => format!("invisible character `U+{:04X}` in {PLACE}", u32::from(char)),
    };
    let trimmed = text.trim();
    let plain = !trimmed.contains(char::is_whitespace) && invisible(trimmed).is_none();
    let error = GrammarError::new(text, at..at + char.len_utf8(), message);
    Err(match plain {
        true => error.with_help(format!("write `{}`", shown(trimmed))),
        false => error.with_help("remove it, or write `-` or `_`"),
    })
}

fn beginning(text: &str) -> Result<(), GrammarError> {
    let Some(first) = text.chars().next().filter(|first| *first != '/') else {
        return Ok(());
    };
    if let Some((_, rest)) = text.split_once("://") {
        let path = rest
            .find('/')
            .and_then(|slash| rest.get(slash..))
            .unwrap_or("/");
        return Err(GrammarError::new(
            text,
            0..text.len() - rest.len(),
            format!("address instead of {PLACE}"),
        )
        .with_note("the path alone")
        .with_help(format!("write `{}`", shown(path))));
    }
    Err(GrammarError::new(
        text,
        0..first.len_utf8(),
        format!("{PLACE} does not start with `/`"),
    )
    .with_note("`/` goes before this")
    .with_help(format!("write `/{}`", shown(text))))
}

fn stray_brace(text: &str, at: usize) -> GrammarError {
    GrammarError::new(text, at..at + 1, format!("`}}` without `{{` in {PLACE}"))
        .with_help("remove it, or open the parameter, such as `{id}`")
}

fn beyond_path(text: &str, at: usize) -> GrammarError {
    let (message, instead) = match text.get(at..at + 1) {
        Some("?") => (
            "query string",
            ", and take the query as `Query<…>` in the handler",
        ),
        _ => ("fragment", "; a fragment never reaches the server"),
    };
    GrammarError::new(text, at..text.len(), format!("{message} in {PLACE}")).with_help(format!(
        "write `{}`{instead}",
        shown(text.get(..at).unwrap_or(""))
    ))
}

fn empty_segment(text: &str, at: usize) -> GrammarError {
    let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
    let rest = after.trim_start_matches('/');
    GrammarError::new(
        text,
        at..text.len() - rest.len(),
        format!("empty segment in {PLACE}"),
    )
    .with_help(format!("write `{}`", shown(&format!("{before}/{rest}"))))
}
