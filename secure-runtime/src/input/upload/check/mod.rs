//! What a file really is: read to its end, whatever its name and its sender say.

mod document;
mod gif;
mod jpeg;
mod png;
mod reader;
mod webp;

#[cfg(test)]
mod tests;

use std::{fs::File, io, path::Path};

use image::{ImageDecoder as _, ImageFormat, ImageReader};
use secure_grammar::MediaType;

use reader::Reader;

/// More frames are no picture that anybody has drawn, and cost whoever decodes them.
const MOST_FRAMES: usize = 1000;
/// So much of a file is read for the header of an image, in bytes: what stands before it, such as a colour
/// profile, is smaller.
const LONGEST_HEADER: u64 = 16 * 1024 * 1024;
/// What a decoder may take for the header alone, in bytes.
const HEADER_MEMORY: u64 = 64 * 1024 * 1024;

/// How large an image is, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dimensions {
    width: u32,
    height: u32,
}

impl Dimensions {
    pub(super) const fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }

    /// From left to right.
    pub const fn width(self) -> u32 {
        self.width
    }

    /// From top to bottom.
    pub const fn height(self) -> u32 {
        self.height
    }

    /// All of them together.
    pub const fn pixels(self) -> u64 {
        self.width as u64 * self.height as u64
    }
}

/// How large an image may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageBounds {
    /// The most pixels of a side.
    pub max_side: u32,
    /// The most pixels in all.
    pub max_pixels: u64,
}

impl ImageBounds {
    /// Where the field says nothing else.
    pub const DEFAULT: Self = Self {
        max_side: 8192,
        max_pixels: 40_000_000,
    };

    fn hold(self, size: Dimensions) -> Result<Dimensions, Fault> {
        if size.width == 0 || size.height == 0 {
            return Err(Fault::Content);
        }
        let fits = size.width.max(size.height) <= self.max_side && size.pixels() <= self.max_pixels;
        fits.then_some(size).ok_or(Fault::Dimensions)
    }
}

/// What is wrong with a file.
#[derive(Debug)]
pub(crate) enum Fault {
    /// It is not what it is said to be, or not all of it is there.
    Content,
    /// It is an image with more pixels than it may have.
    Dimensions,
    /// It could not be read back.
    Unreadable(io::Error),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Content,
            _ => Self::Unreadable(error),
        }
    }
}

/// Reads a file to its end. It blocks.
///
/// # Errors
/// What it is not.
pub(crate) fn check(
    path: &Path,
    kind: MediaType,
    bounds: ImageBounds,
) -> Result<Option<Dimensions>, Fault> {
    let mut reader = Reader::new(File::open(path)?)?;
    let read = match kind {
        MediaType::Png => png::read(&mut reader),
        MediaType::Jpeg => jpeg::read(&mut reader),
        MediaType::WebP => webp::read(&mut reader, bounds),
        MediaType::Gif => gif::read(&mut reader, bounds),
        MediaType::Pdf => return document::pdf(&mut reader).map(|()| None),
        MediaType::PlainText | MediaType::Csv => return document::text(&mut reader).map(|()| None),
        _ => return Err(Fault::Content),
    };
    let size = bounds.hold(read?)?;
    match decoded_header(path, kind)? == size {
        true => Ok(Some(size)),
        false => Err(Fault::Content),
    }
}

/// What a decoder makes of the header: no pixel is decoded.
fn decoded_header(path: &Path, kind: MediaType) -> Result<Dimensions, Fault> {
    let format = match kind {
        MediaType::Png => ImageFormat::Png,
        MediaType::Jpeg => ImageFormat::Jpeg,
        MediaType::WebP => ImageFormat::WebP,
        MediaType::Gif => ImageFormat::Gif,
        _ => return Err(Fault::Content),
    };
    let header = reader::Prefix::new(File::open(path)?, LONGEST_HEADER);
    let mut image = ImageReader::with_format(header, format);
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(HEADER_MEMORY);
    image.limits(limits);
    let decoder = image.into_decoder().map_err(|_| Fault::Content)?;
    let (width, height) = decoder.dimensions();
    Ok(Dimensions::new(width, height))
}
