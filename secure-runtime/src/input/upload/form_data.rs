//! Models with files.

use std::{cell::RefCell, fmt};

use secure_grammar::MediaType;
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

use super::{ImageBounds, Upload};
use crate::input::{Bounded, Bounds};

/// A model with files, whose fields say `#[upload(…)]`. [`validated`](crate::validated) writes it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no form with files",
    label = "this is no struct with `#[validated]` and a field with `#[upload(…)]`",
    note = "help: a form without a file is read by `Form`"
)]
pub trait FormData: Bounded + Sized + 'static {
    /// The fields that are files.
    #[doc(hidden)]
    const UPLOADS: &'static [UploadField];
    /// Whether what stands in no field is refused.
    #[doc(hidden)]
    const DENIES_UNKNOWN: bool;

    /// Reads the texts from the deserializer, and the files from where they lie.
    #[doc(hidden)]
    fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

/// What a field says that is a file.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct UploadField {
    /// Its name on the wire.
    pub name: &'static str,
    /// How large a file may be, in bytes.
    pub max: u64,
    /// What it may be.
    pub types: &'static [MediaType],
    /// How many of them there may be.
    pub most: u64,
    /// How large an image may be.
    pub image: ImageBounds,
}

/// A type that the macros have read.
#[doc(hidden)]
pub const fn media_type(name: &str) -> MediaType {
    match MediaType::parse(name) {
        Some(kind) => kind,
        None => MediaType::PlainText,
    }
}

/// The bounds that the attribute says, and otherwise those that hold for all.
#[doc(hidden)]
pub const fn image_bounds(max_side: Option<u32>, max_pixels: Option<u32>) -> ImageBounds {
    let mut bounds = ImageBounds::DEFAULT;
    if let Some(max_side) = max_side {
        bounds.max_side = max_side;
    }
    if let Some(max_pixels) = max_pixels {
        bounds.max_pixels = max_pixels as u64;
    }
    bounds
}

/// What `#[upload]` goes on: `Upload`, `Option<Upload>` and `Vec<Upload>`.
#[diagnostic::on_unimplemented(
    message = "`#[upload]` goes on an `Upload`, and this is a `{Self}`",
    label = "no file",
    note = "help: `Upload`, `Option<Upload>`, or `Vec<Upload>` with `#[validate(length(max = 5))]`"
)]
pub trait UploadSlot: Sized {
    /// The value for the files that came; `None` where there are too few.
    #[doc(hidden)]
    fn of(files: Vec<Upload>) -> Option<Self>;
}

impl UploadSlot for Upload {
    fn of(files: Vec<Upload>) -> Option<Self> {
        files.into_iter().next()
    }
}

impl UploadSlot for Option<Upload> {
    fn of(files: Vec<Upload>) -> Option<Self> {
        Some(files.into_iter().next())
    }
}

impl UploadSlot for Vec<Upload> {
    fn of(files: Vec<Upload>) -> Option<Self> {
        Some(files)
    }
}

/// It was checked before it became one.
impl Bounded for Upload {
    fn sample(_: &Bounds) -> Value {
        Value::Null
    }
}

/// Never: a file comes in a form that [`Multipart`](super::Multipart) reads, and in nothing else.
impl<'de> Deserialize<'de> for Upload {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(de::Error::custom("a file is read by `Multipart` alone"))
    }
}

/// The files of one field.
#[derive(Debug)]
pub(super) struct Files {
    pub(super) name: &'static str,
    pub(super) files: Vec<Upload>,
}

thread_local! {
    /// The files of the form that is being deserialized: no deserializer can hand one over.
    static FILES: RefCell<Vec<Files>> = const { RefCell::new(Vec::new()) };
}

/// Does `read` with the files at hand for [`take_uploads`]. What it does not take is gone.
pub(super) fn with_files<T>(files: Vec<Files>, read: impl FnOnce() -> T) -> T {
    struct AtHand;

    impl Drop for AtHand {
        fn drop(&mut self) {
            drop(FILES.take());
        }
    }

    FILES.set(files);
    let _at_hand = AtHand;
    read()
}

/// The files of a field, of which the deserializer knows the place alone.
///
/// # Errors
/// Where a file is missing.
#[doc(hidden)]
pub fn take_uploads<'de, D: Deserializer<'de>, U: UploadSlot>(
    deserializer: D,
) -> Result<U, D::Error> {
    let place = deserializer.deserialize_any(Place)?;
    let taken = FILES.with_borrow_mut(|all| {
        let files = all.get_mut(place)?;
        Some((files.name, std::mem::take(&mut files.files)))
    });
    let Some((name, files)) = taken else {
        return Err(de::Error::custom("no form with files"));
    };
    U::of(files).ok_or_else(|| de::Error::missing_field(name))
}

/// The place of a field's files. A text is none, whatever it says.
struct Place;

impl de::Visitor<'_> for Place {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a file")
    }

    fn visit_u64<E: de::Error>(self, place: u64) -> Result<usize, E> {
        usize::try_from(place).map_err(|_| E::custom("no place"))
    }
}
