use std::borrow::Cow;

use actix_web::http::StatusCode;
use secure_runtime::{Problem, Unaccepted};

/// The names of a form's fields, and what people call them.
pub(crate) type Labels = &'static [(&'static str, &'static str)];

/// A form as its page shows it: what is in the fields, and what is wrong with them.
pub(crate) struct FormView {
    fields: Vec<Field>,
    /// What is wrong and belongs to no field.
    pub(crate) complaints: Vec<String>,
}

/// One field.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) value: String,
    /// What is wrong with it: "must be …".
    pub(crate) error: Option<String>,
}

/// The field of a name that the form does not have: it has no label, and the tests find it by that.
static NONE: Field = Field {
    name: "",
    label: "",
    value: String::new(),
    error: None,
};

impl FormView {
    pub(crate) fn new(form: &Unaccepted, labels: Labels) -> Self {
        let field = |(name, label): &(&'static str, &'static str)| Field {
            name,
            label,
            value: form.value(name).to_owned(),
            error: form.error(name).map(str::to_owned),
        };
        Self {
            fields: labels.iter().map(field).collect(),
            complaints: form.general_errors().map(Cow::into_owned).collect(),
        }
    }

    pub(crate) fn field(&self, name: &str) -> &Field {
        let mut fields = self.fields.iter();
        fields.find(|field| field.name == name).unwrap_or(&NONE)
    }

    /// The fields that something is wrong with.
    pub(crate) fn wrong(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| field.error.is_some())
    }

    pub(crate) fn is_refused(&self) -> bool {
        !self.complaints.is_empty() || self.wrong().next().is_some()
    }

    /// What the title of the page begins with: it is read out first.
    pub(crate) fn title_prefix(&self) -> &'static str {
        match self.is_refused() {
            true => "Error: ",
            false => "",
        }
    }
}

impl Field {
    /// What is wrong with it, as a sentence.
    pub(crate) fn complaint(&self) -> String {
        let error = self.error.as_deref().unwrap_or_default();
        format!("{} {error}.", self.label)
    }
}

/// What a problem says against a form, to be shown with it: errors at their fields, and that a link is used
/// up or a change contradicts what is there.
///
/// # Errors
/// The problem itself, where it is none of the form.
pub(crate) fn refuse(form: &mut Unaccepted, problem: Problem) -> Result<(), Problem> {
    let is_answer = [StatusCode::BAD_REQUEST, StatusCode::CONFLICT].contains(&problem.status());
    match problem.detail() {
        Some(detail) if is_answer => {
            form.add_general(detail.to_owned());
            Ok(())
        }
        _ => form.take(problem),
    }
}
