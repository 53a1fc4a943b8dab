use std::{fmt, fs::File, io, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    http::{
        Method, StatusCode,
        header::{
            self, EntityTag, Header as _, HeaderMap, HeaderName, HeaderValue, IfNoneMatch, IfRange,
        },
    },
};
use aws_lc_rs::digest::{SHA256, digest};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    FileId, FileName, MediaType,
    pieces::Pieces,
    range::{self, Part},
};
use crate::Problem;

/// Whatever a browser makes of the content: it runs nothing, loads nothing, and stands in no frame.
const CSP: HeaderValue =
    HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; sandbox");
/// What needs no escape in `filename*` (`attr-char` of RFC 8187 §3.2.1).
const ATTR_CHAR: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// A file on its way to whoever asked for it: what a handler answers with.
///
/// It is served as what its content was found to be and as nothing else, to be saved and not to be shown, under
/// a content security policy that lets nothing run. Nobody but pages of this site can embed it. Answers to
/// `If-None-Match` and to `Range` with one range are as RFC 9110 says.
///
/// ```
/// use secure_runtime::{prelude::*, upload::{Download, FileId, Uploads}};
/// use actix_web::web::Path;
///
/// #[get("/pictures/{id}")]
/// #[protected]
/// #[validated]
/// async fn picture(uploads: Uploads, id: Path<FileId>) -> Result<Download, Problem> {
///     let picture = uploads.open(&id).await?.ok_or_else(Problem::not_found)?;
///     Ok(picture.inline())
/// }
/// ```
#[must_use]
pub struct Download {
    file: File,
    size: u64,
    media_type: MediaType,
    tag: EntityTag,
    name: FileName,
    inline: bool,
    cached_for: Option<Duration>,
}

impl Download {
    pub(super) fn new(file: File, id: &FileId) -> io::Result<Self> {
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::other("it is no file"));
        }
        Ok(Self {
            file,
            size: metadata.len(),
            media_type: id.media_type(),
            tag: tag(id),
            name: FileName::usual(id.media_type()),
            inline: false,
            cached_for: None,
        })
    }

    /// Offers the file under this name, such as the one that it was uploaded with. Of paths, of what cannot be
    /// seen and of names of devices nothing is left, and the extension is one of the file's type.
    pub fn named(mut self, name: &str) -> Self {
        self.name = FileName::offered(name, self.media_type);
        self
    }

    /// Has a browser show it, if it is an image. Everything else is saved in any case.
    pub fn inline(mut self) -> Self {
        self.inline = true;
        self
    }

    /// Lets the browser keep it for so long, and no cache between. Whoever may no longer see it sees it until
    /// then. Defaults to what the route's answers say, which is `no-store` where somebody is signed in.
    pub fn cached_for(mut self, age: Duration) -> Self {
        self.cached_for = Some(age);
        self
    }

    /// What its content is.
    pub fn media_type(&self) -> MediaType {
        self.media_type
    }

    /// How large it is, in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Which part is asked for, if the part is one of this file.
    fn part(&self, request: &HttpRequest) -> Part {
        let headers = request.headers();
        let mut ranges = headers.get_all(header::RANGE);
        let (Some(range), None) = (ranges.next(), ranges.next()) else {
            return Part::Whole;
        };
        let is_for_this = match headers.contains_key(header::IF_RANGE) {
            true => match IfRange::parse(request) {
                Ok(IfRange::EntityTag(tag)) => tag.strong_eq(&self.tag),
                _ => false,
            },
            false => true,
        };
        match range.to_str() {
            Ok(range) if is_for_this && request.method() == Method::GET => {
                range::part(range, self.size)
            }
            _ => Part::Whole,
        }
    }

    /// What every answer says that has this file, or says that it is the same as before.
    fn write_headers(&self, headers: &mut HeaderMap) {
        let content_type = match self.media_type {
            MediaType::PlainText => "text/plain; charset=utf-8",
            MediaType::Csv => "text/csv; charset=utf-8",
            media_type => media_type.as_str(),
        };
        for (name, value) in [
            (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
            (
                header::X_CONTENT_TYPE_OPTIONS,
                HeaderValue::from_static("nosniff"),
            ),
            (header::CONTENT_SECURITY_POLICY, CSP),
            (
                HeaderName::from_static("cross-origin-resource-policy"),
                HeaderValue::from_static("same-origin"),
            ),
            (header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
            (header::CONTENT_DISPOSITION, self.disposition()),
        ] {
            headers.insert(name, value);
        }
        if let Ok(tag) = HeaderValue::try_from(self.tag.to_string()) {
            headers.insert(header::ETAG, tag);
        }
        if let Some(age) = self.cached_for {
            let value = format!("private, max-age={}", age.as_secs());
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(header::CACHE_CONTROL, value);
            }
        }
    }

    /// RFC 6266: the name twice where not all of it is ASCII.
    fn disposition(&self) -> HeaderValue {
        let kind = match self.inline && self.media_type.is_image() {
            true => "inline",
            false => "attachment",
        };
        let name = self.name.as_str();
        let plain: String = name
            .chars()
            .map(|char| match char {
                ' '..='~' if char != '"' && char != '\\' => char,
                _ => '_',
            })
            .collect();
        let text = match plain == name {
            true => format!("{kind}; filename=\"{plain}\""),
            false => {
                let name = utf8_percent_encode(name, ATTR_CHAR);
                format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{name}")
            }
        };
        HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("attachment"))
    }
}

impl Responder for Download {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        if is_known(&self.tag, request) {
            let mut response = HttpResponse::NotModified().finish();
            self.write_headers(response.headers_mut());
            response.headers_mut().remove(header::CONTENT_TYPE);
            return response;
        }
        let (status, start, length) = match self.part(request) {
            Part::Whole => (StatusCode::OK, 0, self.size),
            Part::Bytes { start, length } => (StatusCode::PARTIAL_CONTENT, start, length),
            Part::Beyond => return beyond(self.size),
        };
        let mut response = HttpResponse::new(status);
        self.write_headers(response.headers_mut());
        if status == StatusCode::PARTIAL_CONTENT {
            let range = format!("bytes {start}-{}/{}", start + length - 1, self.size);
            if let Ok(range) = HeaderValue::try_from(range) {
                response.headers_mut().insert(header::CONTENT_RANGE, range);
            }
        }
        let pieces = match request.method() == Method::HEAD {
            true => Pieces::silent(length),
            false => Pieces::of(self.file, start, length),
        };
        response.set_body(BoxBody::new(pieces))
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("size", &self.size)
            .field("media_type", &self.media_type)
            .finish_non_exhaustive()
    }
}

/// What a browser that has the file says to get it no second time. It does not tell the name under which the
/// file is kept. A file never changes, so the tag is that of its bytes.
fn tag(id: &FileId) -> EntityTag {
    let digest = digest(&SHA256, id.as_str().as_bytes());
    let half = digest.as_ref().iter().take(16);
    EntityTag::new_strong(half.map(|byte| format!("{byte:02x}")).collect())
}

/// Whether whoever asks has the file already.
fn is_known(tag: &EntityTag, request: &HttpRequest) -> bool {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    if !is_read || !request.headers().contains_key(header::IF_NONE_MATCH) {
        return false;
    }
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(tag)),
        Err(_) => false,
    }
}

/// 416, with the size that the file has.
fn beyond(size: u64) -> HttpResponse {
    let problem = Problem::new(StatusCode::RANGE_NOT_SATISFIABLE);
    let range = HeaderValue::try_from(format!("bytes */{size}"));
    HttpResponse::from_error(match range {
        Ok(range) => problem.with_header(header::CONTENT_RANGE, range),
        Err(_) => problem,
    })
}
