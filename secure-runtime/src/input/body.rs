use std::time::Duration;

use actix_web::{
    HttpMessage as _, HttpRequest,
    dev::Payload,
    http::{StatusCode, header},
    rt::time::timeout,
    web::{Bytes, BytesMut},
};
use futures_util::StreamExt as _;

use crate::{Problem, context::RequestContext};

/// How large a body may be where nothing else is said, in bytes.
pub(crate) const DEFAULT_BODY_LIMIT: usize = 256 * 1024;

/// In what time a body has to be there where nothing else is said.
pub(crate) const DEFAULT_BODY_DEADLINE: Duration = Duration::from_secs(30);

/// Reads a whole body, of at most the configured size and of a content type that `accepts`.
///
/// # Errors
/// 400 for no body or one that breaks off, 408 for one that takes too long, 413 for one that is too large, 415
/// for another type.
pub(super) async fn read(
    request: HttpRequest,
    payload: Payload,
    what: &'static str,
    accepts: fn(&str) -> bool,
) -> Result<Bytes, Problem> {
    let limit = RequestContext::of(&request)
        .map_or(DEFAULT_BODY_LIMIT, |context| context.security.body_limit());
    read_at_most(limit, request, payload, what, accepts).await
}

/// As [`read`], with a limit of its own, in bytes.
///
/// # Errors
/// As [`read`].
pub(crate) async fn read_at_most(
    limit: usize,
    request: HttpRequest,
    payload: Payload,
    what: &'static str,
    accepts: fn(&str) -> bool,
) -> Result<Bytes, Problem> {
    let headers = request.headers();
    let announced = match headers.get(header::CONTENT_LENGTH) {
        Some(length) => length
            .to_str()
            .ok()
            .and_then(|text| text.parse::<u64>().ok()),
        None => None,
    };
    let is_absent = announced.unwrap_or(0) == 0 && !headers.contains_key(header::TRANSFER_ENCODING);
    if !headers.contains_key(header::CONTENT_TYPE) && is_absent {
        return Err(Problem::bad_request().with_detail(what));
    }
    if !accepts(request.content_type()) || !is_plain_utf8(&request) {
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(too_large());
    }
    let body = in_time(&request, collect(limit, payload)).await?;
    if body.is_empty() {
        return Err(Problem::bad_request().with_detail(what));
    }
    Ok(body)
}

/// What a body becomes, where it is there in time. Whoever sends a byte now and then would hold the connection
/// for ever.
///
/// # Errors
/// 408 for one that takes too long.
pub(crate) async fn in_time<T>(
    request: &HttpRequest,
    body: impl Future<Output = Result<T, Problem>>,
) -> Result<T, Problem> {
    let deadline = RequestContext::of(request).map_or(DEFAULT_BODY_DEADLINE, |context| {
        context.security.body_deadline()
    });
    let body = timeout(deadline, body).await;
    body.map_err(|_| {
        Problem::new(StatusCode::REQUEST_TIMEOUT).with_detail("the body took too long")
    })?
}

async fn collect(limit: usize, mut payload: Payload) -> Result<Bytes, Problem> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| Problem::bad_request().because(error))?;
        if body.len() + chunk.len() > limit {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn too_large() -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE)
}

/// Neither compressed nor in a character set other than UTF-8.
fn is_plain_utf8(request: &HttpRequest) -> bool {
    let encoded = request.headers().contains_key(header::CONTENT_ENCODING);
    let charset = match request.mime_type() {
        Ok(Some(mime)) => mime
            .get_param("charset")
            .is_none_or(|charset| charset.as_str().eq_ignore_ascii_case("utf-8")),
        Ok(None) => true,
        Err(_) => false,
    };
    !encoded && charset
}
