//! WebP (RFC 9649): chunks in a RIFF file.

use super::{Dimensions, Fault, ImageBounds, MOST_FRAMES, reader::Reader};

/// Reads the chunks to the last, behind which nothing stands. What the outer header says of the size holds for
/// what is inside.
pub(super) fn read(reader: &mut Reader, bounds: ImageBounds) -> Result<Dimensions, Fault> {
    let (riff, length) = head(reader)?;
    if &riff != b"RIFF" || length != reader.left() || reader.take()? != *b"WEBP" {
        return Err(Fault::Content);
    }
    let (kind, length) = head(reader)?;
    if &kind != b"VP8X" {
        let size = pixels(reader, &kind, length)?;
        // Whatever else stands there: a plain file is one chunk.
        return (reader.left() == 0).then_some(size).ok_or(Fault::Content);
    }
    if length != 10 {
        return Err(Fault::Content);
    }
    let [_, _, _, _, a, b, c, d, e, f] = reader.take()?;
    let size = Dimensions::new(three(a, b, c) + 1, three(d, e, f) + 1);
    bounds.hold(size)?;
    let mut frames = 0;
    while reader.left() > 0 {
        let (kind, length) = head(reader)?;
        match &kind {
            b"VP8 " | b"VP8L" if frames == 0 => {
                frames += 1;
                if pixels(reader, &kind, length)? != size {
                    return Err(Fault::Content);
                }
            }
            b"ANMF" => {
                frames += 1;
                frame(reader, length, size)?;
            }
            b"VP8 " | b"VP8L" | b"VP8X" => return Err(Fault::Content),
            _ => skip(reader, length)?,
        }
        if frames > MOST_FRAMES {
            return Err(Fault::Dimensions);
        }
    }
    (frames > 0).then_some(size).ok_or(Fault::Content)
}

/// Reads one picture of several, which lies within the whole.
fn frame(reader: &mut Reader, length: u64, whole: Dimensions) -> Result<(), Fault> {
    let end = reader
        .left()
        .checked_sub(padded(length))
        .ok_or(Fault::Content)?;
    let [a, b, c, d, e, f, g, h, i, j, k, l, _, _, _, _] = reader.take()?;
    let (x, y) = (2 * three(a, b, c), 2 * three(d, e, f));
    let size = Dimensions::new(three(g, h, i) + 1, three(j, k, l) + 1);
    if x + size.width() > whole.width() || y + size.height() > whole.height() {
        return Err(Fault::Content);
    }
    let mut pictures = 0;
    while reader.left() > end {
        let (kind, length) = head(reader)?;
        match &kind {
            b"VP8 " | b"VP8L" => {
                pictures += 1;
                if pixels(reader, &kind, length)? != size {
                    return Err(Fault::Content);
                }
            }
            _ => skip(reader, length)?,
        }
    }
    let fits = pictures == 1 && reader.left() == end;
    fits.then_some(()).ok_or(Fault::Content)
}

/// The size that a picture says itself, and passes over it.
fn pixels(reader: &mut Reader, kind: &[u8; 4], length: u64) -> Result<Dimensions, Fault> {
    let (size, read) = match kind {
        b"VP8 " => {
            let [tag, _, _, s, t, u, a, b, c, d] = reader.take()?;
            // A key frame (RFC 6386 §9.1): without one there is nothing to see.
            if tag & 1 != 0 || [s, t, u] != [0x9d, 0x01, 0x2a] {
                return Err(Fault::Content);
            }
            let side = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3fff);
            (Dimensions::new(side(a, b), side(c, d)), 10)
        }
        b"VP8L" => {
            let [signature, a, b, c, d] = reader.take()?;
            let bits = u32::from_le_bytes([a, b, c, d]);
            if signature != 0x2f || bits >> 29 != 0 {
                return Err(Fault::Content);
            }
            (
                Dimensions::new((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1),
                5,
            )
        }
        _ => return Err(Fault::Content),
    };
    let rest = padded(length).checked_sub(read).ok_or(Fault::Content)?;
    reader.skip(rest)?;
    Ok(size)
}

/// What a chunk is, and how long.
fn head(reader: &mut Reader) -> Result<([u8; 4], u64), Fault> {
    let kind = reader.take()?;
    let length = u32::from_le_bytes(reader.take()?);
    Ok((kind, length.into()))
}

fn skip(reader: &mut Reader, length: u64) -> Result<(), Fault> {
    Ok(reader.skip(padded(length))?)
}

/// A chunk ends at an even place.
fn padded(length: u64) -> u64 {
    length + length % 2
}

fn three(low: u8, middle: u8, high: u8) -> u32 {
    u32::from_le_bytes([low, middle, high, 0])
}
