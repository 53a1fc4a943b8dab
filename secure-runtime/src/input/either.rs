use actix_web::{
    Either, HttpMessage as _, HttpRequest,
    dev::Payload,
    web::{Form, Json},
};
use futures_util::{TryFutureExt as _, future::LocalBoxFuture};

use super::{
    Validated,
    form::{self, is_form},
    json,
};
use crate::{
    Problem,
    guard::{Argument, Caller, Extraction},
    policy::{Input, InputKind},
};

/// What is missing where there is no body.
const REQUIRED: &str = "a JSON or form body is required";

/// A JSON body or a form, as the content type says; any other type is 415.
impl<J: Validated, F: Validated> Argument for Either<Json<J>, Form<F>> {
    type Value = Self;
    const INPUT: Option<Input> = Some(Input::validated::<J>(InputKind::JsonOrForm));
    const CALLER: Caller = Caller::Unused;

    fn extract(request: &HttpRequest, payload: &mut Payload) -> Extraction<Self> {
        read(request, payload, Self::Left, Self::Right)
    }
}

/// A form or a JSON body, as the content type says; any other type is 415.
impl<F: Validated, J: Validated> Argument for Either<Form<F>, Json<J>> {
    type Value = Self;
    const INPUT: Option<Input> = Some(Input::validated::<J>(InputKind::JsonOrForm));
    const CALLER: Caller = Caller::Unused;

    fn extract(request: &HttpRequest, payload: &mut Payload) -> Extraction<Self> {
        read(request, payload, Self::Right, Self::Left)
    }
}

/// Whichever it is: what is no form is read as JSON, which looks at the content type for itself.
fn read<J: Validated, F: Validated, E: 'static>(
    request: &HttpRequest,
    payload: &mut Payload,
    of_json: fn(Json<J>) -> E,
    of_form: fn(Form<F>) -> E,
) -> Extraction<E> {
    let value: LocalBoxFuture<'static, Result<E, Problem>> = match is_form(request.content_type()) {
        true => {
            let value = form::read_value(request, payload);
            Box::pin(value.map_ok(move |value| of_form(Form(value))))
        }
        false => {
            let value = json::read(request, payload, REQUIRED);
            Box::pin(value.map_ok(move |value| of_json(Json(value))))
        }
    };
    Extraction::Body(value)
}
