use super::{FileId, MediaType};

/// A file that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredFile {
    /// Under which name it is kept: what the app writes down.
    pub id: FileId,
    /// What its content is.
    pub media_type: MediaType,
    /// How large it is, in bytes.
    pub size: u64,
}
