mod limits;
mod scan;

use actix_web::{
    HttpRequest,
    dev::Payload,
    web::{Bytes, Json},
};

use super::{Errors, Validated, body, errors::Place};
use crate::{
    Problem,
    guard::{Argument, Caller, Extraction},
    policy::{Input, InputKind},
};
use limits::most_values;
use scan::{Refusal, look_through};

/// What is missing where there is no body.
const REQUIRED: &str = "a JSON body is required";

/// A JSON body (`application/json` or `…+json`), of a type with `#[validated]`.
impl<T: Validated> Argument for Json<T> {
    type Value = Self;
    const INPUT: Option<Input> = Some(Input::validated::<T>(InputKind::Json));
    const CALLER: Caller = Caller::Unused;

    fn extract(request: &HttpRequest, payload: &mut Payload) -> Extraction<Self> {
        let value = read(request, payload, REQUIRED);
        Extraction::Body(Box::pin(async move { value.await.map(Json) }))
    }
}

/// A JSON body that may be left out. One that is there and wrong is refused, as without `Option`.
impl<T: Validated> Argument for Option<Json<T>> {
    type Value = Self;
    const INPUT: Option<Input> = Some(Input::validated::<T>(InputKind::Json).optional());
    const CALLER: Caller = Caller::Unused;

    fn extract(request: &HttpRequest, payload: &mut Payload) -> Extraction<Self> {
        let request = request.clone();
        let body = body::read_if_any(request.clone(), payload.take(), is_json);
        Extraction::Body(Box::pin(async move {
            match body.await? {
                Some(body) => parse(&request, &body).map(|value| Some(Json(value))),
                None => Ok(None),
            }
        }))
    }
}

/// A whole JSON body; `what` says what is missing where there is none.
pub(super) fn read<T: Validated>(
    request: &HttpRequest,
    payload: &mut Payload,
    what: &'static str,
) -> impl Future<Output = Result<T, Problem>> + use<T> {
    let request = request.clone();
    let body = body::read(request.clone(), payload.take(), what, is_json);
    async move { parse(&request, &body.await?) }
}

fn is_json(content_type: &str) -> bool {
    let lower = content_type.to_ascii_lowercase();
    lower == "application/json" || (lower.starts_with("application/") && lower.ends_with("+json"))
}

/// Syntax is 400; a value of the wrong shape or against a rule is 422 with its place.
fn parse<T: Validated>(request: &HttpRequest, body: &Bytes) -> Result<T, Problem> {
    let text = std::str::from_utf8(body).map_err(|_| syntax())?;
    let most_values = most_values(body::limit_of(request));
    look_through(text, most_values).map_err(|refusal| match refusal {
        Refusal::Syntax => syntax(),
        Refusal::At(error) => Problem::invalid(vec![error]),
    })?;
    let mut errors = Errors::of_request(Place::Body, request);
    let value = match serde_json::from_str::<T>(text) {
        Ok(value) => value,
        Err(_) => {
            add_shape::<T>(text, &mut errors);
            return Err(Problem::invalid(errors.found()));
        }
    };
    value.check(&mut errors);
    errors.finish().map_err(Problem::invalid)?;
    Ok(value)
}

/// Notes what does not fit the type, and where. Keeping the place in mind takes time, so it is done only
/// where something is wrong.
fn add_shape<T: Validated>(text: &str, errors: &mut Errors) {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
        Err(error) => errors.add_shape(error.path(), &error.inner().to_string()),
        // It fits the second time: a type that does not always say the same.
        Ok(_) => errors.add("type", "has the wrong type or a value out of range"),
    }
}

/// Whether JSON is let pass; `None` where it is none. For the fuzz targets.
#[cfg(feature = "fuzzing")]
pub fn looks_through_json(text: &str, most_values: usize) -> Option<bool> {
    match look_through(text, most_values) {
        Ok(()) => Some(true),
        Err(Refusal::At(_)) => Some(false),
        Err(Refusal::Syntax) => None,
    }
}

fn syntax() -> Problem {
    Problem::bad_request().with_detail("the body is not well-formed JSON")
}
