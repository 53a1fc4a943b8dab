//! A middleware of the app's own, inside ours, that fails as a request asks it to.

use actix_web::{
    Error,
    dev::{Service, ServiceRequest, ServiceResponse},
    error::{ErrorForbidden, ErrorInternalServerError},
};
use futures_util::future::LocalBoxFuture;
use secure_runtime::Problem;

/// The failure that the header `x-fail` asks for; without it, what the app answers.
pub(crate) fn fail_or_answer<S, B>(
    request: ServiceRequest,
    service: &S,
) -> LocalBoxFuture<'static, Result<ServiceResponse<B>, Error>>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    S::Future: 'static,
{
    let how = request.headers().get("x-fail").cloned();
    let inner = service.call(request);
    match how.as_ref().map(|how| how.as_bytes()) {
        Some(b"forbidden") => Box::pin(async { Err(ErrorForbidden("theirs")) }),
        Some(b"error") => Box::pin(async { Err(ErrorInternalServerError("theirs")) }),
        Some(b"problem") => Box::pin(async { Err(Problem::conflict().into()) }),
        Some(b"panic") => Box::pin(async { panic!("theirs") }),
        Some(_) => panic!("theirs, at once"),
        None => Box::pin(inner),
    }
}
