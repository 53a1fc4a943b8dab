//! Files that are uploaded: checked, kept outside of anything that is served by its path, scanned, and served
//! again as what they are.
//!
//! What comes in is written into `<folder>/incoming`, and is gone again unless the handler keeps it:
//! [`Uploads::keep`] moves it to `<folder>/kept` under a random name, the [`FileId`]. No part of a path ever
//! comes from a request.

mod access;
mod body;
mod check;
#[cfg(feature = "clamd")]
mod clamd;
mod declared;
mod download;
mod fault;
mod file_id;
mod folder;
mod form_data;
mod head;
mod incoming;
mod multipart;
mod name;
mod pieces;
mod range;
mod receive;
mod refused;
mod scan;
mod settings;
mod stored;
#[expect(clippy::module_inception, reason = "the type is called so")]
mod upload;
mod values;

pub(crate) use access::exposure;
pub use check::{Dimensions, ImageBounds};
#[cfg(feature = "clamd")]
pub use clamd::Clamd;
pub use download::Download;
pub use file_id::{FileId, NoFileId};
pub use folder::Uploads;
pub use form_data::{FormData, UploadField, UploadSlot, image_bounds, media_type, take_uploads};
pub(crate) use incoming::{Incoming, TemporaryFile};
pub use multipart::Multipart;
pub use name::FileName;
pub use scan::{Candidate, Scanner, Verdict};
pub use secure_grammar::MediaType;
pub use settings::UploadSettings;
pub use stored::StoredFile;
pub use upload::Upload;

/// For the fuzz targets: what [`check`](check::check) says, without the reason.
#[cfg(feature = "fuzzing")]
pub(crate) fn check_content(
    path: &std::path::Path,
    kind: MediaType,
    bounds: ImageBounds,
) -> Option<Option<Dimensions>> {
    check::check(path, kind, bounds).ok()
}
