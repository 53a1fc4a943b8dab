//! GIF (GIF89a): blocks, from the screen to the trailer.

use super::{Dimensions, Fault, ImageBounds, MOST_FRAMES, reader::Reader};

/// Reads the blocks to the trailer, behind which nothing stands. A frame may be larger than the screen that
/// the header names, so each of them is held to the bounds.
pub(super) fn read(reader: &mut Reader, bounds: ImageBounds) -> Result<Dimensions, Fault> {
    let signature: [u8; 6] = reader.take()?;
    if !matches!(&signature, b"GIF87a" | b"GIF89a") {
        return Err(Fault::Content);
    }
    let size = size(reader)?;
    let [flags, _, _] = reader.take()?;
    colours(reader, flags)?;
    let mut frames = 0;
    loop {
        match reader.byte()? {
            0x21 => {
                reader.skip(1)?;
                parts(reader)?;
            }
            0x2c => {
                frames += 1;
                if frames > MOST_FRAMES {
                    return Err(Fault::Dimensions);
                }
                reader.skip(4)?;
                bounds.hold(self::size(reader)?)?;
                let flags = reader.byte()?;
                colours(reader, flags)?;
                // How wide the codes are.
                if !(1..=11).contains(&reader.byte()?) || parts(reader)? == 0 {
                    return Err(Fault::Content);
                }
            }
            0x3b if frames > 0 && reader.left() == 0 => return Ok(size),
            _ => return Err(Fault::Content),
        }
    }
}

fn size(reader: &mut Reader) -> Result<Dimensions, Fault> {
    let (width, height) = (reader.take()?, reader.take()?);
    Ok(Dimensions::new(
        u16::from_le_bytes(width).into(),
        u16::from_le_bytes(height).into(),
    ))
}

/// Passes over a table of colours, where the flags say that there is one.
fn colours(reader: &mut Reader, flags: u8) -> Result<(), Fault> {
    if flags & 0x80 != 0 {
        reader.skip(3 << ((flags & 7) + 1))?;
    }
    Ok(())
}

/// Passes over the parts of a block, to the empty one. How many bytes they hold.
fn parts(reader: &mut Reader) -> Result<u64, Fault> {
    let mut bytes = 0;
    loop {
        match reader.byte()? {
            0 => return Ok(bytes),
            length => {
                bytes += u64::from(length);
                reader.skip(length.into())?;
            }
        }
    }
}
