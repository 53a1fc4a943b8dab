use std::{borrow::Cow, fmt::Write as _};

use actix_web::HttpRequest;
use percent_encoding::percent_decode_str;
use serde::Serialize;
use validator::ValidationError;

use super::within::{self, Within};
use crate::{context::RequestContext, field::last_refusal, principal::Principal};

/// One field that is wrong, as it stands in a 422 answer (RFC 9457 §3, `errors`).
///
/// It never repeats what was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// Where in the body: a JSON pointer in its URI fragment form (RFC 6901 §6), `#/text`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pointer: Option<String>,
    /// Which parameter, for the query string and the path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parameter: Option<String>,
    /// What kind of mistake, for programs: `length`, `unknown_field`.
    pub(crate) code: Cow<'static, str>,
    /// What is wrong, for people.
    pub(crate) detail: Cow<'static, str>,
    /// Whether the value is refused for who sent it: then the whole request is.
    #[serde(skip)]
    pub(crate) is_forbidden: bool,
}

impl FieldError {
    /// A field of the body that is wrong; `pointer` is a JSON pointer (`#/text`).
    pub fn at(
        pointer: impl Into<String>,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            pointer: Some(pointer.into()),
            parameter: None,
            code: code.into(),
            detail: detail.into(),
            is_forbidden: false,
        }
    }

    /// A parameter of the query string or the path that is wrong.
    pub fn parameter(
        name: impl Into<String>,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            pointer: None,
            parameter: Some(name.into()),
            code: code.into(),
            detail: detail.into(),
            is_forbidden: false,
        }
    }

    /// The JSON pointer, for an error in the body.
    pub fn pointer(&self) -> Option<&str> {
        self.pointer.as_deref()
    }

    /// The name of the parameter, for an error in the query string or the path.
    pub fn parameter_name(&self) -> Option<&str> {
        self.parameter.as_deref()
    }

    /// Calls a parameter of the path by its name: it is known by its number where the handler takes a tuple,
    /// and by nothing where it takes the only one alone.
    pub(super) fn name_parameter(&mut self, names: &[&str]) {
        let Some(parameter) = &self.parameter else {
            return;
        };
        let (first, rest) = match parameter.split_once('.') {
            Some((first, rest)) => (first, Some(rest)),
            None => (parameter.as_str(), None),
        };
        let name = match (names, first.parse::<usize>()) {
            ([only], _) if first.is_empty() => *only,
            (names, Ok(number)) if number < names.len() => names[number],
            _ => return,
        };
        self.parameter = Some(match rest {
            Some(rest) => format!("{name}.{rest}"),
            None => name.to_owned(),
        });
    }

    /// The pointer, or the name of the parameter.
    pub(crate) fn place(&self) -> Option<&str> {
        self.pointer().or(self.parameter_name())
    }

    /// What kind of mistake.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What is wrong.
    pub fn detail(&self) -> &str {
        &self.detail
    }
}

/// What is wrong with a text that holds the character NUL: programs in C, and databases, end it there.
pub(super) const NUL: (&str, &str) = ("nul", "must not hold the character NUL");

/// Where an input stands, and so how its errors name their place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Body,
    Parameters,
}

/// Collects what is wrong with an input, each error at its place. Generated code fills it.
#[derive(Debug)]
pub struct Errors {
    place: Place,
    path: Vec<Segment>,
    found: Vec<FieldError>,
    sender: Sender,
}

/// Who has sent the input.
#[derive(Debug)]
enum Sender {
    /// Nobody asks: it is checked outside a request.
    Unasked,
    /// The caller of the request, where it has one.
    Caller(Option<Principal>),
}

#[derive(Debug, Clone)]
pub(super) enum Segment {
    Field(&'static str),
    Key(String),
    Index(usize),
}

impl Errors {
    pub(crate) fn new(place: Place) -> Self {
        Self {
            place,
            path: Vec::new(),
            found: Vec::new(),
            sender: Sender::Unasked,
        }
    }

    /// The same for an input of a request, whose fields may be for some callers alone.
    pub(crate) fn of_request(place: Place, request: &HttpRequest) -> Self {
        let context = RequestContext::of(request);
        let caller = context.and_then(|context| context.principal().cloned());
        Self {
            sender: Sender::Caller(caller),
            ..Self::new(place)
        }
    }

    /// Whether the sender is one that `may` holds of. Nobody is none; outside a request all are.
    pub(super) fn is_sent_by(&self, may: impl FnOnce(&Principal) -> bool) -> bool {
        match &self.sender {
            Sender::Unasked => true,
            Sender::Caller(caller) => caller.as_ref().is_some_and(may),
        }
    }

    /// Goes on at `field`, until [`leave`](Self::leave). For generated code, in which a closure a field takes its time
    /// to compile.
    pub fn enter(&mut self, field: &'static str) {
        self.path.push(Segment::Field(field));
    }

    /// Goes back to where it was before [`enter`](Self::enter).
    pub fn leave(&mut self) {
        self.path.pop();
    }

    /// Runs `check` with the place set to the element at `index`.
    pub fn index(&mut self, index: usize, check: impl FnOnce(&mut Self)) {
        self.within(Segment::Index(index), check);
    }

    fn within(&mut self, segment: Segment, check: impl FnOnce(&mut Self)) {
        self.path.push(segment);
        check(self);
        self.path.pop();
    }

    /// Notes that a rule is broken at the present place.
    pub fn add(
        &mut self,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) {
        self.push(code.into(), detail.into(), false);
    }

    /// Notes that the sender may not set what stands at the present place.
    pub(super) fn forbid(&mut self, detail: &'static str) {
        self.push(Cow::Borrowed("not_writable"), Cow::Borrowed(detail), true);
    }

    fn push(&mut self, code: Cow<'static, str>, detail: Cow<'static, str>, is_forbidden: bool) {
        let (pointer, parameter) = match self.place {
            Place::Body => (Some(self.pointer()), None),
            Place::Parameters => (None, Some(self.dotted())),
        };
        self.found.push(FieldError {
            pointer,
            parameter,
            code,
            detail,
            is_forbidden,
        });
    }

    /// Notes that a text holds the character NUL, if it does.
    pub(super) fn refuse_nul(&mut self, text: &str) {
        if text.contains('\0') {
            let (code, detail) = NUL;
            self.add(code, detail);
        }
    }

    /// Notes that what a key from outside leads to holds the character NUL.
    pub(super) fn add_nul_at(&mut self, key: &str) {
        let (code, detail) = NUL;
        let key = Segment::Key(shortened(key));
        self.within(key, |errors| errors.add(code, detail));
    }

    /// Notes what a check of `validator`'s kind found.
    pub(crate) fn add_validation(&mut self, error: ValidationError) {
        let detail = error.message.unwrap_or(Cow::Borrowed("breaks a rule"));
        self.add(error.code, detail);
    }

    /// Notes why a value of the wrong shape was refused.
    pub(crate) fn add_shape(&mut self, path: &serde_path_to_error::Path, message: &str) {
        let depth = self.path.len();
        self.path.extend(segments(path));
        let within = within::take(message);
        let message = match &within {
            Some(Within { path, message }) => {
                self.path.extend(path.iter().cloned());
                message
            }
            None => message,
        };
        let (code, detail, field) = match last_refusal(message) {
            Some(refusal) => (refusal.code(), refusal.detail(), None),
            None => shape(message),
        };
        if let Some(field) = field
            && !self.ends_with(field)
        {
            self.path.push(Segment::Key(field.to_owned()));
        }
        self.add(code, detail);
        self.path.truncate(depth);
    }

    fn ends_with(&self, field: &str) -> bool {
        matches!(self.path.last(), Some(Segment::Key(last)) if last == field)
    }

    /// Whether nothing was found.
    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// All that was found; `Ok` when nothing was.
    pub(crate) fn finish(self) -> Result<(), Vec<FieldError>> {
        if self.found.is_empty() {
            Ok(())
        } else {
            Err(self.found)
        }
    }

    /// All that was found.
    pub(crate) fn found(self) -> Vec<FieldError> {
        self.found
    }

    fn pointer(&self) -> String {
        let mut text = String::from("#");
        for segment in &self.path {
            match segment {
                Segment::Field(name) => push_name(&mut text, name),
                Segment::Key(name) => push_name(&mut text, name),
                Segment::Index(index) => push_index(&mut text, *index),
            }
        }
        text
    }

    fn dotted(&self) -> String {
        let names = self.path.iter().map(|segment| match segment {
            Segment::Field(name) => (*name).to_owned(),
            Segment::Key(name) => name.clone(),
            Segment::Index(index) => index.to_string(),
        });
        names.collect::<Vec<_>>().join(".")
    }
}

/// The pointer to a field of the body.
pub(super) fn pointer_to(field: &str) -> String {
    let mut text = String::from("#");
    push_name(&mut text, field);
    text
}

/// Goes on with a pointer to a key that comes from outside.
pub(super) fn push_key(pointer: &mut String, key: &str) {
    push_name(pointer, &shortened(key));
}

/// Goes on with a pointer to an element.
pub(super) fn push_index(pointer: &mut String, index: usize) {
    // Writing into a String cannot fail.
    let _ = write!(pointer, "/{index}");
}

fn push_name(pointer: &mut String, name: &str) {
    pointer.push('/');
    escape(name, pointer);
}

/// The field of the body that a pointer leads to, or into.
pub(super) fn field_at(pointer: &str) -> Option<String> {
    let name = pointer.strip_prefix("#/")?.split('/').next()?;
    let name = percent_decode_str(name).decode_utf8().ok()?;
    Some(name.replace("~1", "/").replace("~0", "~"))
}

/// RFC 6901 §3 and §6: `~` and `/` escaped, then what a URI fragment cannot hold percent-encoded.
fn escape(name: &str, text: &mut String) {
    for byte in name.bytes() {
        match byte {
            b'~' => text.push_str("~0"),
            b'/' => text.push_str("~1"),
            byte if byte.is_ascii_alphanumeric() || b"-._!$&'()*+,;=:@".contains(&byte) => {
                text.push(char::from(byte));
            }
            byte => drop(write!(text, "%{byte:02X}")),
        }
    }
}

/// A path as serde's, with what comes from outside cut to a length.
pub(super) fn segments(path: &serde_path_to_error::Path) -> impl Iterator<Item = Segment> + '_ {
    use serde_path_to_error::Segment as Serde;
    path.iter().filter_map(|segment| match segment {
        Serde::Seq { index } => Some(Segment::Index(*index)),
        Serde::Map { key } | Serde::Enum { variant: key } => Some(Segment::Key(shortened(key))),
        Serde::Unknown => None,
    })
}

/// The key of an unknown field comes from outside: it is shown, but not at any length.
pub(super) fn shortened(key: &str) -> String {
    key.chars().take(64).collect()
}

/// Serde's message put into a fixed text, since the message itself may repeat what was sent. The name
/// of a field that is missing or stands twice comes from the model, and is returned.
fn shape(message: &str) -> (&'static str, &'static str, Option<&str>) {
    let named = |prefix: &str| {
        let name = message.strip_prefix(prefix)?.split('`').next()?;
        (!name.is_empty()).then_some(name)
    };
    if let Some(name) = named("missing field `") {
        return ("missing_field", "is missing", Some(name));
    }
    if let Some(name) = named("duplicate field `") {
        return ("duplicate_field", "is given more than once", Some(name));
    }
    let (code, detail) = if message.starts_with("unknown field") {
        ("unknown_field", "is not a field of this input")
    } else if message.starts_with("unknown variant") {
        ("unknown_variant", "is none of the values allowed here")
    } else {
        ("type", "has the wrong type or a value out of range")
    };
    (code, detail, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_escaped_twice() {
        let mut errors = Errors::new(Place::Body);
        errors.enter("a/b~c d%é");
        errors.add("x", "y");
        errors.leave();
        let found = errors.finish().expect_err("one error");
        assert_eq!(found[0].pointer(), Some("#/a~1b~0c%20d%25%C3%A9"));
    }

    #[test]
    fn a_pointer_leads_to_its_field() {
        for name in ["text", "a/b~c d%é", "~1", "~0", "%25", ""] {
            assert_eq!(field_at(&pointer_to(name)).as_deref(), Some(name));
        }
        assert_eq!(field_at("#/tags/0").as_deref(), Some("tags"));
        for nowhere in ["#", "", "/text", "text", "#text", "#/%FF"] {
            assert_eq!(field_at(nowhere), None, "{nowhere}");
        }
    }

    #[test]
    fn the_whole_document_is_an_empty_pointer() {
        let mut errors = Errors::new(Place::Body);
        errors.add("x", "y");
        assert_eq!(errors.finish().expect_err("one")[0].pointer(), Some("#"));
    }
}
