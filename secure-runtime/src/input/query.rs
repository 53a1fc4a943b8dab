use actix_web::{HttpRequest, dev::Payload, web::Query};

use super::{Errors, Validated, errors::Place, form::parse_pairs};
use crate::{
    guard::{Argument, Caller, Extraction},
    policy::{Input, InputKind},
};

/// The query string, of a type with `#[validated]`; `#[validated(unknown = "ignore")]` lets
/// parameters pass that the type does not know.
impl<T: Validated> Argument for Query<T> {
    type Value = Self;
    const INPUT: Option<Input> = Some(Input::validated::<T>(InputKind::Query));
    const CALLER: Caller = Caller::Unused;

    fn extract(request: &HttpRequest, _: &mut Payload) -> Extraction<Self> {
        let pairs = request.query_string().as_bytes();
        let errors = Errors::of_request(Place::Parameters, request);
        Extraction::Ready(parse_pairs(pairs, errors).map(Query))
    }
}

/// A query string that may be left out. One that is there and wrong is refused, as without `Option`.
impl<T: Validated> Argument for Option<Query<T>> {
    type Value = Self;
    const INPUT: Option<Input> = Some(Input::validated::<T>(InputKind::Query).optional());
    const CALLER: Caller = Caller::Unused;

    fn extract(request: &HttpRequest, _: &mut Payload) -> Extraction<Self> {
        let pairs = request.query_string().as_bytes();
        Extraction::Ready(match pairs.is_empty() {
            true => Ok(None),
            false => {
                let errors = Errors::of_request(Place::Parameters, request);
                parse_pairs(pairs, errors).map(|value| Some(Query(value)))
            }
        })
    }
}
