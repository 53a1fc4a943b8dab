//! What comes in: read strictly, validated before the handler runs.

mod body;
mod bounds;
mod checked;
mod either;
mod errors;
mod form;
mod json;
mod normalize;
mod object;
mod path;
mod probe;
mod query;
pub mod rules;
mod tagged;
mod unaccepted;
#[cfg(feature = "uploads")]
pub mod upload;
mod within;

pub(crate) use body::{
    DEFAULT_BODY_DEADLINE, DEFAULT_BODY_LIMIT, announced_length, in_time, read_at_most, too_large,
    unsupported,
};
pub use bounds::{
    Bounded, Bounds, Contents, FieldKind, Measured, SampledField, Validated, kind_of, sample_object,
};
pub use checked::{Checkable, Checked};
pub(crate) use errors::Place;
pub use errors::{Errors, FieldError};
pub(crate) use form::{is_form, is_multipart, is_well_formed, read as read_form};
#[cfg(feature = "fuzzing")]
pub use json::looks_through_json;
pub use normalize::{Normalize, Text};
pub use object::ObjectOnly;
pub use probe::{
    BoundedProbe, ContentsProbe, KeysProbe, MeasuredProbe, Misfit, OptionalProbe, SecretProbe,
    TextProbe, UploadProbe,
};
pub use tagged::{Variants, once, read_adjacent, read_external, read_internal};
pub use unaccepted::Unaccepted;
