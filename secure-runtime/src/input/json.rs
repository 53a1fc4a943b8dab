use actix_web::{HttpRequest, dev::Payload, web::Json};
use serde_json::{Value, error::Category};

use super::{Errors, Validated, body, errors::Place};
use crate::{
    Problem,
    guard::{Argument, Caller, Extraction},
    policy::{Input, InputKind},
};

/// A JSON body (`application/json` or `…+json`), of a type with `#[validated]`.
impl<T: Validated> Argument for Json<T> {
    type Value = Self;
    const INPUT: Option<Input> = Some(Input::validated::<T>(InputKind::Json));
    const CALLER: Caller = Caller::Unused;

    fn extract(request: &HttpRequest, payload: &mut Payload) -> Extraction<Self> {
        let body = body::read(
            request.clone(),
            payload.take(),
            "a JSON body is required",
            is_json,
        );
        let errors = Errors::of_request(Place::Body, request);
        Extraction::Body(Box::pin(async move {
            let body = body.await?;
            parse(&body, errors).map(Json)
        }))
    }
}

fn is_json(content_type: &str) -> bool {
    let lower = content_type.to_ascii_lowercase();
    lower == "application/json" || (lower.starts_with("application/") && lower.ends_with("+json"))
}

/// Syntax is 400; a value of the wrong shape or against a rule is 422 with its place.
fn parse<T: Validated>(body: &[u8], mut errors: Errors) -> Result<T, Problem> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value: T = match serde_path_to_error::deserialize(&mut deserializer) {
        Ok(value) => value,
        Err(error) => {
            // What serde_json calls a mistake of syntax may be a value of the wrong type, where a variant
            // is expected: then the body itself is well-formed.
            let is_data = error.inner().classify() == Category::Data;
            if !is_data && serde_json::from_slice::<Value>(body).is_err() {
                return Err(syntax());
            }
            errors.add_shape(error.path(), &error.inner().to_string());
            return Err(errors.finish().map_or_else(Problem::invalid, |()| syntax()));
        }
    };
    if deserializer.end().is_err() {
        return Err(syntax());
    }
    value.check(&mut errors);
    errors.finish().map_err(Problem::invalid)?;
    Ok(value)
}

fn syntax() -> Problem {
    Problem::bad_request().with_detail("the body is not well-formed JSON")
}
