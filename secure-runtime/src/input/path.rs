use actix_web::{FromRequest as _, HttpRequest, dev::Payload, web::Path};
use futures_util::FutureExt as _;

use super::{Errors, Validated, errors::Place};
use crate::{
    Problem,
    guard::{Argument, Caller, Extraction},
    policy::{Input, InputKind},
};

/// The path's parameters. A segment that does not parse is a path that does not exist: 404.
impl<T: Validated> Argument for Path<T> {
    type Value = Self;
    const INPUT: Option<Input> = Some(Input::validated::<T>(InputKind::Path));
    const CALLER: Caller = Caller::Unused;

    fn extract(request: &HttpRequest, payload: &mut Payload) -> Extraction<Self> {
        // actix-web's extractor is ready at once; were it not, there would be no such path.
        let parsed = Self::from_request(request, payload).now_or_never();
        let Some(Ok(path)) = parsed else {
            return Extraction::Ready(Err(Problem::not_found()));
        };
        let mut errors = Errors::of_request(Place::Parameters, request);
        path.check(&mut errors);
        Extraction::Ready(errors.finish().map(|()| path).map_err(Problem::invalid))
    }
}
