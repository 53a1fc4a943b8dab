//! Documents that are no images.

use std::str;

use super::{Fault, reader::Reader};

/// In what stands at the end of a PDF its end is marked (ISO 32000-2, §7.5.5), in bytes.
const TAIL: u64 = 1024;

/// A PDF from its first byte, with its end. What is inside, such as a script, is for the reader's own sandbox.
pub(super) fn pdf(reader: &mut Reader) -> Result<(), Fault> {
    let [head @ .., major, dot, minor]: [u8; 8] = reader.take()?;
    let is_one = &head == b"%PDF-" && matches!(major, b'1' | b'2') && dot == b'.';
    if !is_one || !minor.is_ascii_digit() {
        return Err(Fault::Content);
    }
    let tail = reader.left().min(TAIL);
    reader.skip(reader.left() - tail)?;
    let mut bytes = vec![0; usize::try_from(tail).unwrap_or_default()];
    reader.fill(&mut bytes)?;
    let holds = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
    let has_end = holds(b"startxref") && holds(b"%%EOF");
    has_end.then_some(()).ok_or(Fault::Content)
}

/// A text in UTF-8 without NUL, all of it.
pub(super) fn text(reader: &mut Reader) -> Result<(), Fault> {
    // The beginning of a character whose end is not buffered yet.
    let mut begun: Vec<u8> = Vec::with_capacity(4);
    loop {
        let buffered = reader.buffered()?;
        if buffered.is_empty() {
            return begun.is_empty().then_some(()).ok_or(Fault::Content);
        }
        let length = buffered.len();
        let bytes = [&begun[..], buffered].concat();
        if bytes.contains(&0) {
            return Err(Fault::Content);
        }
        begun.clear();
        if let Err(error) = str::from_utf8(&bytes) {
            if error.error_len().is_some() {
                return Err(Fault::Content);
            }
            begun.extend_from_slice(&bytes[error.valid_up_to()..]);
        }
        reader.passed(length);
    }
}
