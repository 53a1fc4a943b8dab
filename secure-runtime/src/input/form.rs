use actix_web::{
    HttpRequest,
    dev::Payload,
    web::{Bytes, Form},
};

use super::{Errors, FieldError, Validated, body, errors::Place, tagged::reading_pairs};
use crate::{
    Problem, csrf,
    guard::{Argument, Caller, Extraction},
    policy::{Input, InputKind},
};

/// How many fields a form or a query string may have.
const MOST_PAIRS: usize = 1_000;

/// What is wrong with one that has more.
const TOO_MANY: &str = "has more than 1000 fields";

/// A form body (`application/x-www-form-urlencoded`), of a type with `#[validated]`. The field `csrf_token`
/// is the guard's: the type never sees it.
impl<T: Validated> Argument for Form<T> {
    type Value = Self;
    const INPUT: Option<Input> = Some(Input::validated::<T>(InputKind::Form));
    const CALLER: Caller = Caller::Unused;

    fn extract(request: &HttpRequest, payload: &mut Payload) -> Extraction<Self> {
        let value = read_value(request, payload);
        Extraction::Body(Box::pin(async move { value.await.map(Form) }))
    }
}

/// A form body that may be left out; the field `csrf_token` alone is none. One that is there and wrong is
/// refused, as without `Option`.
impl<T: Validated> Argument for Option<Form<T>> {
    type Value = Self;
    const INPUT: Option<Input> = Some(Input::validated::<T>(InputKind::Form).optional());
    const CALLER: Caller = Caller::Unused;

    fn extract(request: &HttpRequest, payload: &mut Payload) -> Extraction<Self> {
        let request = request.clone();
        let errors = Errors::of_request(Place::Body, &request);
        let body = body::read_if_any(request.clone(), payload.take(), is_form);
        Extraction::Body(Box::pin(async move {
            // No form has no token, where one is asked for.
            let pairs = without_token(&request, body.await?.unwrap_or_default())?;
            match pairs.is_empty() {
                true => Ok(None),
                false => {
                    let value = deserialize(&pairs, errors).map_err(Problem::invalid)?;
                    Ok(Some(Form(value)))
                }
            }
        }))
    }
}

/// What a form says.
pub(super) fn read_value<T: Validated>(
    request: &HttpRequest,
    payload: &mut Payload,
) -> impl Future<Output = Result<T, Problem>> + use<T> {
    let pairs = read(request, payload);
    let errors = Errors::of_request(Place::Body, request);
    async move { deserialize(&pairs.await?, errors).map_err(Problem::invalid) }
}

/// The pairs of a form, without what the guard asks for in it, which is judged.
///
/// # Errors
/// As [`body::read`]; 400 for what is no form, and what the guard says.
pub(crate) fn read(
    request: &HttpRequest,
    payload: &mut Payload,
) -> impl Future<Output = Result<Bytes, Problem>> + use<> {
    let request = request.clone();
    let body = body::read(
        request.clone(),
        payload.take(),
        "a form body is required",
        is_form,
    );
    async move { without_token(&request, body.await?) }
}

fn without_token(request: &HttpRequest, pairs: Bytes) -> Result<Bytes, Problem> {
    if !is_well_formed(&pairs) {
        return Err(malformed());
    }
    let (pairs, token) = csrf::take_field(pairs);
    csrf::judge_field(request, &token)?;
    Ok(pairs)
}

pub(crate) fn is_form(content_type: &str) -> bool {
    content_type.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// `name=value` pairs of a query string; whatever is wrong is 422 with its place.
pub(super) fn parse_pairs<T: Validated>(pairs: &[u8], errors: Errors) -> Result<T, Problem> {
    if !is_well_formed(pairs) {
        return Err(malformed());
    }
    deserialize(pairs, errors).map_err(Problem::invalid)
}

/// What well-formed pairs say, or what is wrong with it: never nothing.
pub(super) fn deserialize<T: Validated>(
    pairs: &[u8],
    mut errors: Errors,
) -> Result<T, Vec<FieldError>> {
    if pairs.split(|byte| *byte == b'&').count() > MOST_PAIRS {
        errors.add("too_many_values", TOO_MANY);
        return Err(errors.found());
    }
    for (name, value) in form_urlencoded::parse(pairs) {
        if name.contains('\0') || value.contains('\0') {
            errors.add_nul_at(&name);
        }
    }
    // A text with a NUL is shown to nobody, not even to a type of the app's own.
    if !errors.is_empty() {
        return Err(errors.found());
    }
    let deserializer = serde_urlencoded::Deserializer::new(form_urlencoded::parse(pairs));
    match reading_pairs(|| serde_path_to_error::deserialize::<_, T>(deserializer)) {
        Ok(value) => {
            value.check(&mut errors);
            errors.finish().map(|()| value)
        }
        Err(error) => {
            errors.add_shape(error.path(), &error.inner().to_string());
            Err(errors.found())
        }
    }
}

fn malformed() -> Problem {
    Problem::bad_request().with_detail("a percent-encoding is malformed")
}

/// Whether every `%` starts an encoded byte, and all of them together are UTF-8. The parser itself would
/// put something else in the place of what is not.
pub(crate) fn is_well_formed(pairs: &[u8]) -> bool {
    let mut decoded = Vec::with_capacity(pairs.len());
    let mut rest = pairs;
    while let Some((first, after)) = rest.split_first() {
        rest = match (first, after) {
            (b'%', [high, low, after @ ..]) => {
                let digit = |byte: &u8| char::from(*byte).to_digit(16);
                let (Some(high), Some(low)) = (digit(high), digit(low)) else {
                    return false;
                };
                // Two hexadecimal digits are a byte.
                decoded.push((high << 4 | low) as u8);
                after
            }
            (b'%', _) => return false,
            (byte, after) => {
                decoded.push(*byte);
                after
            }
        };
    }
    std::str::from_utf8(&decoded).is_ok()
}
