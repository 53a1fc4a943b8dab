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

/// A form body (`application/x-www-form-urlencoded`), of a type with `#[validated]`. The field `csrf_token`
/// is the guard's: the type never sees it.
impl<T: Validated> Argument for Form<T> {
    type Value = Self;
    const INPUT: Option<Input> = Some(Input::validated::<T>(InputKind::Form));
    const CALLER: Caller = Caller::Unused;

    fn extract(request: &HttpRequest, payload: &mut Payload) -> Extraction<Self> {
        let pairs = read(request, payload);
        let errors = Errors::of_request(Place::Body, request);
        Extraction::Body(Box::pin(async move {
            let value = deserialize(&pairs.await?, errors).map_err(Problem::invalid)?;
            Ok(Form(value))
        }))
    }
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
    async move {
        let pairs = body.await?;
        if !is_well_formed(&pairs) {
            return Err(malformed());
        }
        let (pairs, token) = csrf::take_field(pairs);
        csrf::judge_field(&request, &token)?;
        Ok(pairs)
    }
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
