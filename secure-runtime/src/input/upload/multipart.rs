use std::ops::{Deref, DerefMut};

use actix_web::{HttpRequest, dev::Payload};

use super::{
    FormData,
    form_data::with_files,
    receive::{Plan, Received, Refused, receive},
    values::{Value, map},
};
use crate::{
    Problem,
    csrf::{self, Sent},
    guard::{Argument, Caller, Extraction},
    input::{
        Checkable, Checked, Errors, FieldError, Unaccepted, errors::Place, tagged::reading_pairs,
    },
    policy::{Input, InputKind, Need},
};

/// A form with files (`multipart/form-data`), of a type with `#[validated]` and a field with `#[upload(…)]`.
///
/// Texts are read as in any other form. A file is written to the disk while it comes, of the size that its
/// field says and not a byte more; by its name, by what it is declared as and by its whole content it is of one
/// of the types that the field lists, and where there is a scanner, that lets it pass. Whatever is wrong, no
/// file is left. The field `csrf_token` is the guard's; it stands before the first file.
///
/// ```
/// use actix_web::HttpResponse;
/// use secure_runtime::{prelude::*, upload::{Multipart, Upload, Uploads}};
///
/// #[validated]
/// pub struct AvatarForm {
///     #[upload(max = "2MiB", types = ["image/png", "image/jpeg", "image/webp"])]
///     file: Upload,
///     #[validate(length(max = 100))]
///     caption: Option<String>,
/// }
///
/// #[post("/avatar")]
/// #[protected]
/// #[validated]
/// async fn put_avatar(uploads: Uploads, form: Multipart<AvatarForm>) -> Result<HttpResponse, Problem> {
///     let AvatarForm { file, caption } = form.into_inner();
///     let kept = uploads.keep(file).await?;
///     // Write `kept.id` and the caption down.
/// #   let _ = (kept, caption);
///     Ok(HttpResponse::NoContent().finish())
/// }
/// ```
#[derive(Debug)]
pub struct Multipart<T>(pub T);

impl<T> Multipart<T> {
    /// What the form held.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Checkable for Multipart<T> {
    type Value = T;

    fn into_value(self) -> T {
        self.0
    }
}

impl<T> Deref for Multipart<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Multipart<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: FormData> Argument for Multipart<T> {
    type Value = Self;
    const INPUT: Option<Input> = Some(Input::validated::<T>(InputKind::Multipart));
    const CALLER: Caller = Caller::Unused;
    const NEEDS: &'static [Need] = &[Need::Uploads];

    fn extract(request: &HttpRequest, payload: &mut Payload) -> Extraction<Self> {
        let errors = Errors::of_request(Place::Body, request);
        let received = receive(request.clone(), payload.take(), plan::<T>());
        Extraction::Body(Box::pin(async move {
            let received = received.await.map_err(|refused| refused.problem)?;
            let value = deserialize(received, errors).map_err(Problem::invalid)?;
            Ok(Self(value))
        }))
    }
}

fn plan<T: FormData>() -> Plan {
    Plan {
        uploads: T::UPLOADS,
        field: T::field,
        denies_unknown: T::DENIES_UNKNOWN,
    }
}

/// A form with files, for a handler that answers with a page: see [`Checked`]. What is wrong with a file stands
/// at its field, and no file is left then.
impl<T: FormData> Argument for Checked<Multipart<T>> {
    type Value = Self;
    const INPUT: Option<Input> = Some(Input::validated::<T>(InputKind::Multipart));
    const CALLER: Caller = Caller::Unused;
    const NEEDS: &'static [Need] = &[Need::Uploads];

    fn extract(request: &HttpRequest, payload: &mut Payload) -> Extraction<Self> {
        let errors = Errors::of_request(Place::Body, request);
        let received = receive(request.clone(), payload.take(), plan::<T>());
        let request = request.clone();
        Extraction::Body(Box::pin(async move {
            let mut form = Unaccepted::blank::<T>();
            let received = match received.await {
                Ok(received) => received,
                Err(Refused { problem, texts }) => {
                    form.take_file(problem)?;
                    // It may be refused before it came to the token, and whoever did not mean to send it shall
                    // not get to the handler.
                    csrf::judge_field(&request, &Sent::Nothing)?;
                    fill(&mut form, &texts);
                    return Ok(Self::refused(form));
                }
            };
            fill(&mut form, &received.texts);
            match deserialize(received, errors) {
                Ok(input) => Ok(Self::accepted(Multipart(input), form)),
                Err(errors) => {
                    form.take(Problem::invalid(errors))?;
                    Ok(Self::refused(form))
                }
            }
        }))
    }
}

/// Puts the texts into the form, of which the first of a name counts.
fn fill(form: &mut Unaccepted, texts: &[(String, Value)]) {
    for (name, value) in texts {
        if let Value::Text(text) = value {
            form.fill(name, text);
        }
    }
}

/// What a form says, or what is wrong with it: never nothing.
fn deserialize<T: FormData>(received: Received, mut errors: Errors) -> Result<T, Vec<FieldError>> {
    for (name, value) in &received.texts {
        if matches!(value, Value::Text(text) if text.contains('\0')) {
            errors.add_nul_at(name);
        }
    }
    // As for any other form: a text with a NUL is shown to nobody.
    if !errors.is_empty() {
        return Err(errors.found());
    }
    let mut values = received.texts;
    for (place, files) in received.files.iter().enumerate() {
        values.push((files.name.to_owned(), Value::Files(place)));
    }
    let mut track = serde_path_to_error::Track::new();
    let deserializer = serde_path_to_error::Deserializer::new(map(values), &mut track);
    let read = || reading_pairs(|| T::deserialize(deserializer));
    match with_files(received.files, read) {
        Ok(value) => {
            value.check(&mut errors);
            errors.finish().map(|()| value)
        }
        Err(error) => {
            errors.add_shape(&track.path(), &error.to_string());
            Err(errors.found())
        }
    }
}
