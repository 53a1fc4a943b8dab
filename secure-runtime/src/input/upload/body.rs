//! The body of a request as parts: bounded, and in time.

use std::{
    cell::Cell,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
    time::Duration,
};

use actix_multipart::{Field, Multipart as Parts};
use actix_web::{
    HttpRequest,
    dev::Payload,
    error::PayloadError,
    http::{
        StatusCode,
        header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, TRANSFER_ENCODING},
    },
    rt::time::Instant,
    web::Bytes,
};
use futures_util::{Stream, StreamExt as _};
use tokio::time::timeout_at;

use super::refused::{malformed, too_large};
use crate::{
    Problem,
    context::RequestContext,
    input::{DEFAULT_BODY_DEADLINE, is_multipart},
};

/// A sender that is slower than this for long is not waited for, in bytes per second.
const SLOWEST: u64 = 16 * 1024;
/// The longest boundary (RFC 2046 §5.1.1), in bytes.
const LONGEST_BOUNDARY: usize = 70;

/// The parts of a body, as they come.
pub(super) struct Body {
    parts: Parts,
    meter: Rc<Meter>,
    /// Until when all of it has to be there, and a little longer for each byte that has come.
    deadline: Instant,
}

/// How much has come.
#[derive(Debug, Default)]
struct Meter {
    read: Cell<u64>,
    is_over: Cell<bool>,
}

impl Body {
    /// The body of a request, of at most so many bytes.
    ///
    /// # Errors
    /// 400 for no body, or one without a boundary; 413 for one that says that it is too large; 415 for one that
    /// is no form with files.
    pub(super) fn of(request: &HttpRequest, payload: Payload, most: u64) -> Result<Self, Problem> {
        let headers = request.headers();
        check(headers)?;
        let announced = headers.get(CONTENT_LENGTH).and_then(|it| it.to_str().ok());
        let announced = announced.and_then(|text| text.parse::<u64>().ok());
        if announced.is_some_and(|length| length > most) {
            return Err(too_large());
        }
        let meter = Rc::new(Meter::default());
        let metered = Metered {
            payload,
            most,
            meter: meter.clone(),
        };
        let deadline = RequestContext::of(request).map_or(DEFAULT_BODY_DEADLINE, |context| {
            context.security.body_deadline()
        });
        Ok(Self {
            parts: Parts::new(headers, metered),
            meter,
            deadline: Instant::now() + deadline,
        })
    }

    /// The next part; `None` behind the last.
    ///
    /// # Errors
    /// 400 for what cannot be read, 408 for what takes too long, 413 for what is too large.
    pub(super) async fn next_part(&mut self) -> Result<Option<Field>, Problem> {
        let until = self.until();
        let part = timeout_at(until, self.parts.next()).await;
        part.map_err(|_| too_slow())?
            .transpose()
            .map_err(|error| self.problem(&error))
    }

    /// More of a part; `None` at its end.
    ///
    /// # Errors
    /// As [`next_part`](Self::next_part).
    pub(super) async fn next_chunk(&self, part: &mut Field) -> Result<Option<Bytes>, Problem> {
        let chunk = timeout_at(self.until(), part.next()).await;
        chunk
            .map_err(|_| too_slow())?
            .transpose()
            .map_err(|error| self.problem(&error))
    }

    fn until(&self) -> Instant {
        self.deadline + Duration::from_millis(self.meter.read.get().saturating_mul(1000) / SLOWEST)
    }

    fn problem(&self, error: &actix_multipart::MultipartError) -> Problem {
        match self.meter.is_over.get() {
            true => too_large(),
            false => malformed("the body is no well-formed form").because(error),
        }
    }
}

/// Whether the headers announce a form with files, in one way alone.
fn check(headers: &HeaderMap) -> Result<(), Problem> {
    let unsupported = || Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let mut types = headers.get_all(CONTENT_TYPE);
    let Some(content_type) = types.next() else {
        let length = headers.get(CONTENT_LENGTH);
        let is_absent = length.is_none_or(|length| length.as_bytes() == b"0")
            && !headers.contains_key(TRANSFER_ENCODING);
        return Err(match is_absent {
            true => Problem::bad_request().with_detail("a form with files is required"),
            false => unsupported(),
        });
    };
    if types.next().is_some() || headers.contains_key(CONTENT_ENCODING) {
        return Err(unsupported());
    }
    let text = content_type.to_str().map_err(|_| unsupported())?;
    let name = text.split(';').next().unwrap_or_default();
    if !is_multipart(name.trim()) {
        return Err(unsupported());
    }
    match has_one_boundary(text) {
        true => Ok(()),
        false => Err(malformed("the form names no boundary, or no good one")),
    }
}

/// Whether there is one boundary, of letters that mean nothing else anywhere. RFC 2046 would take some more, that
/// no client sends.
fn has_one_boundary(content_type: &str) -> bool {
    let mut boundaries = content_type.split(';').skip(1).filter_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let is_one = name.trim().eq_ignore_ascii_case("boundary");
        is_one.then(|| value.trim())
    });
    let (Some(boundary), None) = (boundaries.next(), boundaries.next()) else {
        return false;
    };
    let quoted = boundary
        .strip_prefix('"')
        .and_then(|it| it.strip_suffix('"'));
    let boundary = quoted.unwrap_or(boundary);
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"'()+_,-./:=?".contains(&byte);
    (1..=LONGEST_BOUNDARY).contains(&boundary.len()) && boundary.bytes().all(is_plain)
}

fn too_slow() -> Problem {
    Problem::new(StatusCode::REQUEST_TIMEOUT).with_detail("the body took too long")
}

/// A body that ends in an error where it is too large.
struct Metered {
    payload: Payload,
    most: u64,
    meter: Rc<Meter>,
}

impl Stream for Metered {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = self.payload.poll_next_unpin(context);
        if let Poll::Ready(Some(Ok(chunk))) = &next {
            let read = self.meter.read.get().saturating_add(chunk.len() as u64);
            self.meter.read.set(read);
            if read > self.most {
                self.meter.is_over.set(true);
                return Poll::Ready(Some(Err(PayloadError::Overflow)));
            }
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{
        dev::Payload, http::StatusCode, rt::time::sleep, test::TestRequest, web::Bytes,
    };

    use super::*;

    /// Reads a file that comes in so many pieces, each so long after the one before.
    async fn reads(pieces: usize, size: usize, pause: Duration) -> Result<usize, StatusCode> {
        let head = "--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n";
        let pieces = futures_util::stream::iter(0..pieces).then(move |_| async move {
            sleep(pause).await;
            Ok(Bytes::from(vec![b'a'; size]))
        });
        let end = async { Ok(Bytes::from_static(b"\r\n--x--\r\n")) };
        let start = async move { Ok(Bytes::from(head)) };
        let all = futures_util::stream::once(start)
            .chain(pieces)
            .chain(futures_util::stream::once(end));
        let payload: Payload = Payload::Stream {
            payload: Box::pin(all),
        };
        let request = TestRequest::post()
            .insert_header((CONTENT_TYPE, "multipart/form-data; boundary=x"))
            .to_http_request();
        let read = async {
            let mut body = Body::of(&request, payload, 1 << 30)?;
            let mut part = body.next_part().await?.expect("a part");
            let mut read = 0;
            while let Some(chunk) = body.next_chunk(&mut part).await? {
                read += chunk.len();
            }
            Ok::<_, Problem>(read)
        };
        read.await.map_err(|problem: Problem| problem.status())
    }

    /// The time of these is that of tokio, which passes at once where everybody waits.
    #[actix_web::test]
    async fn whoever_sends_fast_enough_may_send_for_long() {
        tokio::time::pause();
        // Ten minutes at 32 KiB a second.
        let steady = reads(600, 32 * 1024, Duration::from_secs(1)).await;
        assert_eq!(steady, Ok(600 * 32 * 1024));
    }

    #[actix_web::test]
    async fn whoever_sends_too_slowly_is_not_waited_for() {
        tokio::time::pause();
        let start = Instant::now();
        let slow = reads(1_000_000, 8 * 1024, Duration::from_secs(1)).await;
        assert_eq!(slow, Err(StatusCode::REQUEST_TIMEOUT));
        // Half as fast as it must be: twice as long as for nothing at all.
        let taken = start.elapsed();
        let (least, most) = (DEFAULT_BODY_DEADLINE * 2, DEFAULT_BODY_DEADLINE * 2);
        let about = Duration::from_secs(2);
        assert!(taken + about >= least && taken <= most + about, "{taken:?}");
        // A byte a second is nothing.
        let start = Instant::now();
        let drip = reads(1_000_000, 1, Duration::from_secs(1)).await;
        assert_eq!(drip, Err(StatusCode::REQUEST_TIMEOUT));
        assert!(start.elapsed() <= DEFAULT_BODY_DEADLINE + about);
    }

    #[test]
    fn a_form_has_one_boundary() {
        for good in [
            "multipart/form-data; boundary=x",
            "multipart/form-data;boundary=\"x y\""
                .replace(' ', "")
                .as_str(),
            "multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW",
            "multipart/form-data; charset=utf-8; Boundary=\"a=b\"",
            &format!("multipart/form-data; boundary={}", "x".repeat(70)),
        ] {
            assert!(has_one_boundary(good), "{good}");
        }
        for bad in [
            "multipart/form-data",
            "multipart/form-data;",
            "multipart/form-data; boundary",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=\"\"",
            "multipart/form-data; boundary=a; boundary=b",
            "multipart/form-data; boundary=a; boundary=a",
            "multipart/form-data; boundary=\"a",
            "multipart/form-data; boundary=\"a;b\"",
            "multipart/form-data; boundary=a b",
            "multipart/form-data; xboundary=a",
            &format!("multipart/form-data; boundary={}", "x".repeat(71)),
        ] {
            assert!(!has_one_boundary(bad), "{bad}");
        }
    }
}
