//! JPEG (ITU T.81, annex B): segments, from `SOI` to `EOI`.

use super::{Dimensions, Fault, reader::Reader};

/// Each scan is decoded over the whole picture; encoders write a dozen.
const MOST_SCANS: usize = 100;

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;

/// Reads the segments to `EOI`. Cameras put more behind it, such as a second picture, which nobody decodes.
pub(super) fn read(reader: &mut Reader) -> Result<Dimensions, Fault> {
    if reader.take()? != [0xff, SOI] {
        return Err(Fault::Content);
    }
    let mut size = None;
    let mut scans = 0;
    let mut marker = next(reader)?;
    loop {
        marker = match marker {
            EOI if scans > 0 => return size.ok_or(Fault::Content),
            // Markers that stand alone, where none may; a second picture; the end before the beginning.
            0x00 | 0x01 | SOI | EOI | 0xd0..=0xd7 => return Err(Fault::Content),
            SOS => {
                scans += 1;
                if scans > MOST_SCANS {
                    return Err(Fault::Dimensions);
                }
                segment(reader)?;
                scan(reader)?
            }
            // Frames: all of C0 to CF but the tables DHT, DAC and the reserved JPG.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                let length = u16::from_be_bytes(reader.take()?);
                let [_, high, low, high2, low2] = reader.take()?;
                let (height, width) = ([high, low], [high2, low2]);
                let frame = Dimensions::new(
                    u16::from_be_bytes(width).into(),
                    u16::from_be_bytes(height).into(),
                );
                // A frame of its own would be another picture than the one that was judged.
                if length < 8 || size.replace(frame).is_some() {
                    return Err(Fault::Content);
                }
                reader.skip(u64::from(length) - 7)?;
                next(reader)?
            }
            _ => {
                segment(reader)?;
                next(reader)?
            }
        };
    }
}

/// The marker that stands here.
fn next(reader: &mut Reader) -> Result<u8, Fault> {
    if reader.byte()? != 0xff {
        return Err(Fault::Content);
    }
    loop {
        match reader.byte()? {
            // Any number of them may stand before a marker.
            0xff => {}
            marker => return Ok(marker),
        }
    }
}

/// Passes over a segment.
fn segment(reader: &mut Reader) -> Result<(), Fault> {
    let length = u16::from_be_bytes(reader.take()?);
    let rest = length.checked_sub(2).ok_or(Fault::Content)?;
    Ok(reader.skip(rest.into())?)
}

/// Passes over the data of a scan, to the marker behind it.
fn scan(reader: &mut Reader) -> Result<u8, Fault> {
    let mut after_ff = false;
    loop {
        let buffered = reader.buffered()?;
        if buffered.is_empty() {
            return Err(Fault::Content);
        }
        let mut found = None;
        for (at, byte) in buffered.iter().enumerate() {
            match byte {
                0xff => after_ff = true,
                // A byte FF of the data, and the marks between its parts.
                0x00 | 0xd0..=0xd7 => after_ff = false,
                marker if after_ff => {
                    found = Some((at + 1, *marker));
                    break;
                }
                _ => {}
            }
        }
        let length = buffered.len();
        match found {
            Some((read, marker)) => {
                reader.passed(read);
                return Ok(marker);
            }
            None => reader.passed(length),
        }
    }
}
