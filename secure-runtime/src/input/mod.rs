//! What comes in: read strictly, validated before the handler runs.

mod body;
mod bounds;
mod checked;
mod errors;
mod form;
mod json;
mod object;
mod path;
mod probe;
mod query;
pub mod rules;
mod unaccepted;

pub(crate) use body::{DEFAULT_BODY_DEADLINE, DEFAULT_BODY_LIMIT, in_time, read_at_most};
pub use bounds::{Bounded, Bounds, Contents, FieldKind, Measured, Validated};
pub use checked::Checked;
pub(crate) use errors::Place;
pub use errors::{Errors, FieldError};
pub(crate) use form::{is_form, is_well_formed, read as read_form};
pub use object::ObjectOnly;
pub use probe::{BoundedProbe, ContentsProbe, MeasuredProbe, Misfit, SecretProbe};
pub use unaccepted::Unaccepted;
