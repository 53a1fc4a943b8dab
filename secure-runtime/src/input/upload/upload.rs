use super::{MediaType, TemporaryFile};

/// A file that was uploaded: checked, and gone when it is dropped, unless
/// [`Uploads::keep`](super::Uploads::keep) takes it.
#[derive(Debug)]
pub struct Upload {
    pub(crate) file: TemporaryFile,
    pub(crate) media_type: MediaType,
}

impl Upload {
    pub(crate) fn new(file: TemporaryFile, media_type: MediaType) -> Self {
        Self { file, media_type }
    }

    /// What its content is.
    pub fn media_type(&self) -> MediaType {
        self.media_type
    }

    /// How large it is, in bytes.
    pub fn size(&self) -> u64 {
        self.file.size()
    }
}
