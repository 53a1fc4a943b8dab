//! What a route says of its body's size, for extractors that are not ours.

use std::{cell::Cell, rc::Rc};

use actix_web::{
    HttpRequest, dev::Payload, error::PayloadError, http::header::CONTENT_ENCODING, web::Bytes,
};
use futures_util::{Stream, StreamExt as _};

use crate::{
    Problem,
    context::RequestContext,
    input::{announced_length, too_large, unsupported},
};

/// Whether the body turned out to be larger than it may be.
#[derive(Debug, Clone, Default)]
pub(super) struct Excess(Rc<Cell<bool>>);

impl Excess {
    /// What was extracted; 413 where the body was too large, whatever the extractor made of that.
    pub(super) fn or<V>(&self, result: Result<V, Problem>) -> Result<V, Problem> {
        match self.0.get() {
            true => Err(too_large()),
            false => result,
        }
    }
}

/// Has the payload end where the route says that a body does. An encoded body is refused: nobody knows how
/// large it becomes.
///
/// # Errors
/// 413 where the sender says that it is larger, 415 for an encoded one. Both only where the route says how
/// large its body may be.
pub(super) fn bound(request: &HttpRequest, payload: &mut Payload) -> Result<Excess, Problem> {
    let excess = Excess::default();
    let limit = RequestContext::of(request).and_then(|context| context.route_body_limit());
    let Some(limit) = limit else {
        return Ok(excess);
    };
    if announced_length(request).is_some_and(|length| length > limit as u64) {
        return Err(too_large());
    }
    if request.headers().contains_key(CONTENT_ENCODING) {
        return Err(unsupported());
    }
    let bounded = up_to(limit, payload.take(), excess.clone());
    *payload = Payload::Stream {
        payload: Box::pin(bounded),
    };
    Ok(excess)
}

fn up_to(
    limit: usize,
    payload: Payload,
    excess: Excess,
) -> impl Stream<Item = Result<Bytes, PayloadError>> {
    let mut left = limit;
    payload.map(move |chunk| {
        let chunk = chunk?;
        match left.checked_sub(chunk.len()) {
            Some(rest) => {
                left = rest;
                Ok(chunk)
            }
            None => {
                left = 0;
                excess.0.set(true);
                Err(PayloadError::Overflow)
            }
        }
    })
}
