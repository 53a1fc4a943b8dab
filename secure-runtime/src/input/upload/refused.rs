//! Why a form is refused. Nothing of what was sent is repeated but the names of fields.

use std::borrow::Cow;

use actix_web::http::StatusCode;

use super::UploadField;
use crate::{
    Problem,
    input::{FieldError, errors::pointer_to},
};

/// 400: it cannot be read.
pub(super) fn malformed(detail: &'static str) -> Problem {
    Problem::bad_request().with_detail(detail)
}

/// 413: more than all of its fields may hold.
pub(super) fn too_large() -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE)
}

/// 413: one file alone.
pub(super) fn file_too_large(field: &UploadField) -> Problem {
    let UploadField { name, max, .. } = field;
    let error = FieldError::at(
        pointer_to(name),
        "too_large",
        format!("must have at most {max} bytes"),
    );
    too_large()
        .with_detail(format!("`{name}` is larger than {max} bytes"))
        .with_errors(vec![error])
}

/// 422 at a field.
pub(super) fn invalid(
    field: &str,
    code: &'static str,
    detail: impl Into<Cow<'static, str>>,
) -> Problem {
    // The name of a field that there is not comes from outside.
    let field: String = field.chars().take(64).collect();
    Problem::invalid(vec![FieldError::at(pointer_to(&field), code, detail)])
}

/// 422: more files than the field takes.
pub(super) fn too_many(field: &UploadField) -> Problem {
    match field.most {
        1 => invalid(field.name, "duplicate_field", "is given more than once"),
        most => invalid(
            field.name,
            "length",
            format!("must have a length of at most {most}"),
        ),
    }
}

/// 422: what it is said to be is nothing that the field takes.
pub(super) fn media_type(field: &UploadField) -> Problem {
    let types: Vec<_> = field.types.iter().map(|kind| kind.as_str()).collect();
    let detail = format!("must be a file of one of the types: {}", types.join(", "));
    invalid(field.name, "media_type", detail)
}
