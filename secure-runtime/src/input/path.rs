use actix_web::{FromRequest as _, HttpRequest, dev::Payload, web::Path};
use futures_util::FutureExt as _;
use percent_encoding::percent_decode_str;

use super::{Errors, Validated, errors::Place, form::is_well_formed};
use crate::{
    Problem,
    guard::{Argument, Caller, Extraction},
    policy::{Input, InputKind},
};

/// The path's parameters. A segment that does not parse is a path that does not exist: 404. So is one that
/// is no text in UTF-8, of which the router would make another.
impl<T: Validated> Argument for Path<T> {
    type Value = Self;
    const INPUT: Option<Input> = Some(Input::validated::<T>(InputKind::Path));
    const CALLER: Caller = Caller::Unused;

    fn extract(request: &HttpRequest, payload: &mut Payload) -> Extraction<Self> {
        if !is_well_formed(request.uri().path().as_bytes()) {
            return Extraction::Ready(Err(Problem::not_found()));
        }
        // actix-web's extractor is ready at once; were it not, there would be no such path.
        let parsed = Self::from_request(request, payload).now_or_never();
        let Some(Ok(path)) = parsed else {
            return Extraction::Ready(Err(Problem::not_found()));
        };
        let mut errors = Errors::of_request(Place::Parameters, request);
        for (name, value) in request.match_info().iter() {
            if percent_decode_str(value).any(|byte| byte == 0) {
                errors.add_nul_at(name);
            }
        }
        if !errors.is_empty() {
            return Extraction::Ready(Err(Problem::invalid(errors.found())));
        }
        path.check(&mut errors);
        Extraction::Ready(errors.finish().map(|()| path).map_err(Problem::invalid))
    }
}
