//! The headers of one part.

use actix_multipart::Field;
use actix_web::http::header::{
    CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, DispositionParam, HeaderName, HeaderValue,
};

use super::refused::malformed;
use crate::Problem;

/// The longest headers of a part, in bytes. Most of it is the file's name.
const LONGEST: usize = 8 * 1024;
/// The longest name of a field, in bytes.
const LONGEST_NAME: usize = 256;

const TRANSFER_ENCODING: HeaderName = HeaderName::from_static("content-transfer-encoding");

/// What a part says of itself.
#[derive(Debug)]
pub(super) struct PartHead {
    /// Which field it is.
    pub(super) name: String,
    /// What its sender calls the file, where it is one.
    pub(super) file_name: Option<String>,
    pub(super) content_type: Option<HeaderValue>,
}

impl PartHead {
    /// Reads the headers strictly: where two readers could read two things, nothing is read.
    ///
    /// # Errors
    /// 400 where they cannot be read.
    pub(super) fn of(part: &Field) -> Result<Self, Problem> {
        let headers = part.headers();
        let length: usize = headers
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len() + 4)
            .sum();
        if length > LONGEST {
            return Err(malformed("the headers of a part are too long"));
        }
        let twice = |name: &HeaderName| headers.get_all(name).count() > 1;
        if twice(&CONTENT_DISPOSITION) || twice(&CONTENT_TYPE) {
            return Err(malformed("a part says twice what it is"));
        }
        // A part ends at the boundary (RFC 2046 §5.1), and whoever counts would see another end.
        if headers.contains_key(CONTENT_LENGTH) {
            return Err(malformed("a part says how long it is"));
        }
        let is_encoded = headers.get_all(TRANSFER_ENCODING).any(|it| {
            let plain = ["7bit", "8bit", "binary"];
            !plain
                .iter()
                .any(|plain| it.as_bytes().eq_ignore_ascii_case(plain.as_bytes()))
        });
        if is_encoded {
            return Err(malformed("a part is encoded"));
        }
        let disposition = part
            .content_disposition()
            .ok_or_else(|| malformed("a part does not say which field it is"))?;
        let (mut names, mut file_names) = (Vec::new(), Vec::new());
        let mut is_extended = false;
        for parameter in &disposition.parameters {
            match parameter {
                DispositionParam::Name(name) => names.push(name),
                DispositionParam::Filename(name) => file_names.push(name),
                // Not in a form (RFC 7578 §4.2), but some clients send it beside the other.
                DispositionParam::FilenameExt(_) => is_extended = true,
                _ => {}
            }
        }
        let (&[name], true) = (&names[..], file_names.len() <= 1) else {
            return Err(malformed("a part says twice what it is called"));
        };
        if name.len() > LONGEST_NAME || (is_extended && file_names.is_empty()) {
            return Err(malformed("a part is called what no field is"));
        }
        Ok(Self {
            name: unescaped(name),
            file_name: file_names.first().map(|name| unescaped(name)),
            content_type: headers.get(CONTENT_TYPE).cloned(),
        })
    }
}

/// What browsers escape in a name (HTML, multipart/form-data encoding algorithm).
fn unescaped(name: &str) -> String {
    name.replace("%22", "\"")
        .replace("%0D", "\r")
        .replace("%0A", "\n")
}
