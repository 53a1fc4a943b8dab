use std::{
    borrow::Cow,
    fmt::{self, Display},
};

use actix_web::http::StatusCode;

use super::{
    Bounded, FieldError, FieldKind, Validated,
    errors::{field_at, pointer_to},
};
use crate::Problem;

/// The kind of an error that the app itself has added.
const OF_THE_APP: &str = "not_accepted";

/// A form that is not accepted, or not yet: what is in its fields, and what is wrong with it. It is what a
/// template of the form takes, for the first time ([`blank`](Self::blank)) and after each attempt
/// ([`Checked`](crate::Checked)).
///
/// Fields are called as they are on the wire. What was entered into a field whose type is a
/// [`Secret`](crate::Secret), or another that is [`IsSecret`](crate::crypto::IsSecret), is not kept, and
/// neither is what stands in no field of the input. All of it is text from outside: a template escapes it.
#[derive(Clone)]
pub struct Unaccepted {
    field: fn(&str) -> Option<FieldKind>,
    values: Vec<(String, String)>,
    errors: Vec<Wrong>,
}

/// One thing that is wrong.
#[derive(Debug, Clone)]
struct Wrong {
    /// The field at which it is shown; `None` where it belongs to none of them.
    field: Option<String>,
    error: FieldError,
}

impl Unaccepted {
    /// A form that nobody has filled in yet.
    #[must_use]
    pub fn blank<T: Bounded>() -> Self {
        Self {
            field: T::field,
            values: Vec::new(),
            errors: Vec::new(),
        }
    }

    /// A form as it was sent, in pairs of which the first of a name counts.
    pub(super) fn sent<T: Validated>(pairs: &[u8]) -> Self {
        let mut form = Self::blank::<T>();
        for (name, value) in form_urlencoded::parse(pairs) {
            if !form.has(&name) {
                form.set(&name, value.into_owned());
            }
        }
        form
    }

    /// The same form with a value in a field, such as that of the thing that is to be changed. A secret
    /// stays empty.
    #[must_use]
    pub fn with(mut self, field: &str, value: impl Display) -> Self {
        self.set(field, value.to_string());
        self
    }

    /// What was entered into a field; empty where nothing was, or where it is a secret.
    pub fn value(&self, field: &str) -> &str {
        let mut values = self.values.iter();
        let found = values.find(|(name, _)| name == field);
        found.map_or("", |(_, value)| value)
    }

    /// Whether a field was sent at all, as a box is that is ticked.
    pub fn has(&self, field: &str) -> bool {
        self.values.iter().any(|(name, _)| name == field)
    }

    /// What is wrong with a field: the first thing, for people.
    pub fn error(&self, field: &str) -> Option<&str> {
        self.errors_of(field).next()
    }

    /// Everything that is wrong with a field, for people.
    pub fn errors_of<'a, 'b>(
        &'a self,
        field: &'b str,
    ) -> impl Iterator<Item = &'a str> + use<'a, 'b> {
        let wrong = self.errors.iter();
        let of_field = wrong.filter(move |wrong| wrong.field.as_deref() == Some(field));
        of_field.map(|wrong| wrong.error.detail())
    }

    /// What is wrong and belongs to no field of the form, for people: to be shown above it.
    pub fn general_errors(&self) -> impl Iterator<Item = Cow<'_, str>> + '_ {
        let wrong = self.errors.iter().filter(|wrong| wrong.field.is_none());
        wrong.map(|wrong| {
            let error = &wrong.error;
            let place = error.pointer().and_then(field_at);
            match place.or_else(|| error.parameter.clone()) {
                Some(place) => Cow::Owned(format!("{place}: {}", error.detail())),
                None => Cow::Borrowed(error.detail()),
            }
        })
    }

    /// Everything that is wrong, with its place.
    pub fn errors(&self) -> impl Iterator<Item = &FieldError> + '_ {
        self.errors.iter().map(|wrong| &wrong.error)
    }

    /// Whether anything is wrong.
    pub fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// Adds something that the app has against what is in a field, in words for people.
    pub fn add(&mut self, field: &str, detail: impl Into<Cow<'static, str>>) {
        let error = FieldError::at(pointer_to(field), OF_THE_APP, detail);
        self.push(error);
    }

    /// Adds something that the app has against the form and that belongs to no field, in words for people.
    pub fn add_general(&mut self, detail: impl Into<Cow<'static, str>>) {
        self.push(FieldError::at("#", OF_THE_APP, detail));
    }

    /// Takes over what a problem says about the input, such as that of a password that is refused: each
    /// error at the field that it names, or at no field.
    ///
    /// # Errors
    /// The problem itself, where it is another one than a 422 with errors: that is not the form's to show.
    pub fn take(&mut self, problem: impl Into<Problem>) -> Result<(), Problem> {
        let problem = problem.into();
        let is_of_input = problem.status() == StatusCode::UNPROCESSABLE_ENTITY;
        if !is_of_input || problem.errors().is_empty() {
            return Err(problem);
        }
        self.add_all(problem.errors().to_vec());
        Ok(())
    }

    /// As [`take`](Self::take), and what the problem says about no field of this form stands at `field`.
    ///
    /// # Errors
    /// As [`take`](Self::take).
    pub fn take_at(&mut self, field: &str, problem: impl Into<Problem>) -> Result<(), Problem> {
        let known = self.errors.len();
        self.take(problem)?;
        for wrong in &mut self.errors[known..] {
            wrong.field.get_or_insert_with(|| field.to_owned());
        }
        Ok(())
    }

    /// As [`take`](Self::take), and of a file that is too large.
    ///
    /// # Errors
    /// As [`take`](Self::take).
    #[cfg(feature = "uploads")]
    pub(super) fn take_file(&mut self, problem: Problem) -> Result<(), Problem> {
        let is_of_file = problem.status() == StatusCode::PAYLOAD_TOO_LARGE;
        if !is_of_file || problem.errors().is_empty() {
            return self.take(problem);
        }
        self.add_all(problem.errors().to_vec());
        Ok(())
    }

    /// Puts a text into a field, where there is none yet.
    #[cfg(feature = "uploads")]
    pub(super) fn fill(&mut self, field: &str, text: &str) {
        if !self.has(field) {
            self.set(field, text.to_owned());
        }
    }

    pub(super) fn add_all(&mut self, errors: Vec<FieldError>) {
        errors.into_iter().for_each(|error| self.push(error));
    }

    fn push(&mut self, error: FieldError) {
        let field = error.pointer().and_then(field_at);
        let field = field.filter(|field| (self.field)(field).is_some());
        self.errors.push(Wrong { field, error });
    }

    fn set(&mut self, field: &str, value: String) {
        if (self.field)(field) != Some(FieldKind::Open) {
            return;
        }
        self.values.retain(|(name, _)| name != field);
        self.values.push((field.to_owned(), value));
    }
}

/// The 422 that a program gets, with the same errors.
impl From<Unaccepted> for Problem {
    fn from(form: Unaccepted) -> Self {
        Self::invalid(form.errors.into_iter().map(|wrong| wrong.error).collect())
    }
}

/// Without what was entered.
impl fmt::Debug for Unaccepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unaccepted")
            .field("errors", &self.errors)
            .finish_non_exhaustive()
    }
}
