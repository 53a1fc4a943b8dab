//! PNG (ISO/IEC 15948): chunks, from `IHDR` to `IEND`.

use super::{Dimensions, Fault, MOST_FRAMES, reader::Reader};

const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// Reads the chunks to the last, behind which nothing stands.
pub(super) fn read(reader: &mut Reader) -> Result<Dimensions, Fault> {
    if reader.take()? != SIGNATURE {
        return Err(Fault::Content);
    }
    let (length, kind) = head(reader)?;
    if (length, &kind) != (13, b"IHDR") {
        return Err(Fault::Content);
    }
    let size = Dimensions::new(
        u32::from_be_bytes(reader.take()?),
        u32::from_be_bytes(reader.take()?),
    );
    reader.skip(5 + 4)?;
    let (mut has_pixels, mut frames) = (false, 0);
    loop {
        let (length, kind) = head(reader)?;
        match &kind {
            b"IEND" => {
                reader.skip(length + 4)?;
                let is_whole = has_pixels && length == 0 && reader.left() == 0;
                return is_whole.then_some(size).ok_or(Fault::Content);
            }
            b"IHDR" => return Err(Fault::Content),
            b"IDAT" => {
                has_pixels |= length > 0;
                reader.skip(length + 4)?;
            }
            b"acTL" if length == 8 => {
                let frames = u32::from_be_bytes(reader.take()?);
                if frames as usize > MOST_FRAMES {
                    return Err(Fault::Dimensions);
                }
                reader.skip(4 + 4)?;
            }
            b"fcTL" if length == 26 => {
                // Whatever was said of how many they are.
                frames += 1;
                if frames > MOST_FRAMES {
                    return Err(Fault::Dimensions);
                }
                reader.skip(4)?;
                let frame = [
                    reader.take()?,
                    reader.take()?,
                    reader.take()?,
                    reader.take()?,
                ];
                let [width, height, x, y] = frame.map(|side| u64::from(u32::from_be_bytes(side)));
                let fits =
                    x + width <= u64::from(size.width()) && y + height <= u64::from(size.height());
                if !fits {
                    return Err(Fault::Content);
                }
                reader.skip(6 + 4)?;
            }
            b"acTL" | b"fcTL" => return Err(Fault::Content),
            _ => reader.skip(length + 4)?,
        }
    }
}

/// How long a chunk is, and what it is.
fn head(reader: &mut Reader) -> Result<(u64, [u8; 4]), Fault> {
    let length = u32::from_be_bytes(reader.take()?);
    Ok((u64::from(length), reader.take()?))
}
