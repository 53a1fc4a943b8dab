//! The rules of `#[validate(…)]`, on `validator`'s traits. Generated code calls them; each adds an
//! error whose text says the rule and never the value.

use std::{borrow::Cow, fmt::Display};

use validator::{
    AsRegex, ValidateContains, ValidateDoesNotContain, ValidateEmail, ValidateIp, ValidateLength,
    ValidateNonControlCharacter, ValidateRange, ValidateRegex, ValidateRequired, ValidateUrl,
    ValidationError, ValidationErrors,
};

use super::{Bounded, Errors, errors::Place};
use crate::{field::Printable, policy::WordSet, principal::Principal};

/// What the attribute says instead of the default code and text.
#[derive(Debug, Clone, Copy, Default)]
pub struct Words {
    /// Instead of the rule's name.
    pub code: Option<&'static str>,
    /// Instead of the rule's text.
    pub message: Option<&'static str>,
}

impl Words {
    /// The default code and text.
    pub const USUAL: Self = Self {
        code: None,
        message: None,
    };

    fn add(self, errors: &mut Errors, code: &'static str, detail: impl Into<Cow<'static, str>>) {
        let code = self.code.unwrap_or(code);
        match self.message {
            Some(message) => errors.add(code, message),
            None => errors.add(code, detail),
        }
    }
}

/// The number of characters of a text, or of elements of a collection.
pub fn length<T: ValidateLength<u64>>(
    errors: &mut Errors,
    value: &T,
    min: Option<u64>,
    max: Option<u64>,
    equal: Option<u64>,
    words: Words,
) {
    if !value.validate_length(min, max, equal) {
        let detail = match equal {
            Some(equal) => format!("must have a length of exactly {equal}"),
            None => format!("must have a length {}", between(min, max)),
        };
        words.add(errors, "length", detail);
    }
}

/// A number between bounds.
pub fn range<T: Display + Copy, V: ValidateRange<T>>(
    errors: &mut Errors,
    value: &V,
    min: Option<T>,
    max: Option<T>,
    exclusive_min: Option<T>,
    exclusive_max: Option<T>,
    words: Words,
) {
    if !value.validate_range(min, max, exclusive_min, exclusive_max) {
        let mut parts = Vec::new();
        parts.extend(min.map(|bound| format!("at least {bound}")));
        parts.extend(exclusive_min.map(|bound| format!("more than {bound}")));
        parts.extend(max.map(|bound| format!("at most {bound}")));
        parts.extend(exclusive_max.map(|bound| format!("less than {bound}")));
        words.add(errors, "range", format!("must be {}", parts.join(" and ")));
    }
}

/// An e-mail address.
pub fn email<T: ValidateEmail>(errors: &mut Errors, value: &T, words: Words) {
    if !value.validate_email() {
        words.add(errors, "email", "must be an e-mail address");
    }
}

/// An absolute URL.
pub fn url<T: ValidateUrl>(errors: &mut Errors, value: &T, words: Words) {
    if !value.validate_url() {
        words.add(errors, "url", "must be a URL");
    }
}

/// An IP address of either version.
pub fn ip<T: ValidateIp>(errors: &mut Errors, value: &T, words: Words) {
    if !value.validate_ip() {
        words.add(errors, "ip", "must be an IP address");
    }
}

/// No control characters.
pub fn non_control_character<T: ValidateNonControlCharacter>(
    errors: &mut Errors,
    value: &T,
    words: Words,
) {
    if !value.validate_non_control_character() {
        words.add(
            errors,
            "non_control_character",
            "must not hold control characters",
        );
    }
}

/// One line of characters that can be seen, and not only white space.
pub fn printable<T: Printable>(errors: &mut Errors, value: &T, words: Words) {
    if !value.is_printable() {
        words.add(
            errors,
            "printable",
            "must be one line of visible characters",
        );
    }
}

/// An option that must be there.
pub fn required<T: ValidateRequired>(errors: &mut Errors, value: &T, words: Words) {
    if !value.validate_required() {
        words.add(errors, "required", "is required");
    }
}

/// A text or collection that holds something.
pub fn contains<T: ValidateContains>(
    errors: &mut Errors,
    value: &T,
    pattern: &'static str,
    words: Words,
) {
    if !value.validate_contains(pattern) {
        words.add(errors, "contains", format!("must contain `{pattern}`"));
    }
}

/// A text or collection that does not hold something.
pub fn does_not_contain<T: ValidateDoesNotContain>(
    errors: &mut Errors,
    value: &T,
    pattern: &'static str,
    words: Words,
) {
    if !value.validate_does_not_contain(pattern) {
        words.add(
            errors,
            "does_not_contain",
            format!("must not contain `{pattern}`"),
        );
    }
}

/// A text that a regular expression finds a match in.
pub fn regex<T: ValidateRegex>(errors: &mut Errors, value: &T, regex: impl AsRegex, words: Words) {
    if !value.validate_regex(regex) {
        words.add(errors, "regex", "does not have the required form");
    }
}

/// Two fields that must be equal.
pub fn must_match<T: PartialEq>(errors: &mut Errors, value: &T, other: &T, words: Words) {
    if value != other {
        words.add(errors, "must_match", "must match the other field");
    }
}

/// A check of the app's own, over a field or the whole struct.
pub fn custom(errors: &mut Errors, result: Result<(), ValidationError>, words: Words) {
    if let Err(mut error) = result {
        if let Some(code) = words.code {
            error.code = Cow::Borrowed(code);
        }
        if let Some(message) = words.message {
            error.message = Some(Cow::Borrowed(message));
        }
        errors.add_validation(error);
    }
}

/// Who may set a field: `#[writable(roles = …, scopes = …)]`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Writers {
    /// Any one of these roles.
    pub roles: Option<WordSet>,
    /// All of these scopes.
    pub scopes: Option<WordSet>,
}

impl Writers {
    /// Refuses the request, unless its caller is one of them. Outside a request there is nobody to ask.
    pub(super) fn check(self, errors: &mut Errors, message: Option<&'static str>) {
        if !errors.is_sent_by(|caller| self.hold(caller)) {
            errors.forbid(message.unwrap_or("is not yours to set"));
        }
    }

    /// A credential that is narrower than its owner does what its scopes say, and nothing where none is
    /// named.
    fn hold(self, caller: &Principal) -> bool {
        if caller.is_restricted() && self.scopes.is_none() {
            return false;
        }
        let roles = self.roles.is_none_or(|roles| caller.holds_any(&roles));
        roles && self.scopes.is_none_or(|scopes| caller.has_all(&scopes))
    }
}

/// `validator::Validate` for a type with `#[validated]`: the same rules, each error under the
/// JSON pointer of its field. Who may set which field is left out: there is no caller.
///
/// # Errors
/// What is broken.
pub fn validate<T: Bounded>(value: &T) -> Result<(), ValidationErrors> {
    let mut errors = Errors::new(Place::Body);
    value.check(&mut errors);
    let Err(found) = errors.finish() else {
        return Ok(());
    };
    let mut result = ValidationErrors::new();
    for error in found {
        let mut entry = ValidationError::new("invalid");
        entry.code = error.code;
        entry.message = Some(error.detail);
        let kind = result
            .errors_mut()
            .entry(Cow::Owned(error.pointer.unwrap_or_default()))
            .or_insert_with(|| validator::ValidationErrorsKind::Field(Vec::new()));
        if let validator::ValidationErrorsKind::Field(list) = kind {
            list.push(entry);
        }
    }
    Err(result)
}

fn between(min: Option<u64>, max: Option<u64>) -> String {
    match (min, max) {
        (Some(min), Some(max)) => format!("between {min} and {max}"),
        (Some(min), None) => format!("of at least {min}"),
        (None, Some(max)) => format!("of at most {max}"),
        (None, None) => "within its bounds".to_owned(),
    }
}
