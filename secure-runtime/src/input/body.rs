use std::time::Duration;

use actix_web::{
    HttpMessage as _, HttpRequest,
    dev::Payload,
    error::PayloadError,
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

/// How large the body of a request may be: as its route says, or as the app does.
pub(super) fn limit_of(request: &HttpRequest) -> usize {
    RequestContext::of(request).map_or(DEFAULT_BODY_LIMIT, |context| context.body_limit())
}

/// Reads a whole body, of at most the size that the route or the app allows and of a content type that
/// `accepts`; `what` says what is missing where there is none.
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
    read_at_most(limit_of(&request), request, payload, what, accepts).await
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
    let names_type = request.headers().contains_key(header::CONTENT_TYPE);
    if !names_type && !is_announced(&request) {
        return Err(Problem::bad_request().with_detail(what));
    }
    if !is_readable(&request, accepts) {
        return Err(unsupported());
    }
    let body = collect_in_time(limit, &request, payload).await?;
    if body.is_empty() {
        return Err(Problem::bad_request().with_detail(what));
    }
    Ok(body)
}

/// As [`read`], and nothing where there is no body: not a byte, whatever the headers say of it.
///
/// # Errors
/// As [`read`], for a body that is there.
pub(super) async fn read_if_any(
    request: HttpRequest,
    payload: Payload,
    accepts: fn(&str) -> bool,
) -> Result<Option<Bytes>, Problem> {
    let is_readable = is_readable(&request, accepts);
    if is_announced(&request) && !is_readable {
        return Err(unsupported());
    }
    // HTTP/2 does not have to announce a body.
    let body = collect_in_time(limit_of(&request), &request, payload).await?;
    match (body.is_empty(), is_readable) {
        (true, _) => Ok(None),
        (false, true) => Ok(Some(body)),
        (false, false) => Err(unsupported()),
    }
}

/// Whether the headers say that there is a body, or may be one.
fn is_announced(request: &HttpRequest) -> bool {
    let length = announced_length(request).unwrap_or(0);
    length > 0 || request.headers().contains_key(header::TRANSFER_ENCODING)
}

/// How long the body is, as its sender says.
pub(crate) fn announced_length(request: &HttpRequest) -> Option<u64> {
    let length = request.headers().get(header::CONTENT_LENGTH)?;
    length.to_str().ok()?.parse().ok()
}

async fn collect_in_time(
    limit: usize,
    request: &HttpRequest,
    payload: Payload,
) -> Result<Bytes, Problem> {
    if announced_length(request).is_some_and(|length| length > limit as u64) {
        return Err(too_large());
    }
    in_time(request, collect(limit, payload)).await
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
        let chunk = chunk.map_err(|error| match error {
            PayloadError::Overflow => too_large(),
            error => Problem::bad_request().because(error),
        })?;
        if body.len() + chunk.len() > limit {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// The refusal of a body that is larger than it may be.
pub(crate) fn too_large() -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE)
}

/// The refusal of a content type, a character set or an encoding.
pub(crate) fn unsupported() -> Problem {
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE)
}

/// Of one content type, that `accepts`; neither compressed nor in a character set other than UTF-8.
fn is_readable(request: &HttpRequest, accepts: fn(&str) -> bool) -> bool {
    let headers = request.headers();
    // Of two types, somebody on the way may have looked at the other one.
    let has_two_types = headers.get_all(header::CONTENT_TYPE).nth(1).is_some();
    let is_encoded = headers.contains_key(header::CONTENT_ENCODING);
    let is_utf8 = match request.mime_type() {
        Ok(Some(mime)) => mime
            .params()
            .all(|(name, value)| name != "charset" || value.as_str().eq_ignore_ascii_case("utf-8")),
        Ok(None) => true,
        Err(_) => false,
    };
    accepts(request.content_type()) && !has_two_types && !is_encoded && is_utf8
}
