use super::{Dimensions, FileName, MediaType, TemporaryFile};

/// A file that was uploaded: a field of a form that [`Multipart`](super::Multipart) reads. It is what its type
/// says, it is no larger than the field says, and it is gone when it is dropped, unless
/// [`Uploads::keep`](super::Uploads::keep) takes it.
#[derive(Debug)]
pub struct Upload {
    pub(crate) file: TemporaryFile,
    pub(crate) media_type: MediaType,
    name: FileName,
    dimensions: Option<Dimensions>,
}

impl Upload {
    /// A file that was checked, under the usual name of its type.
    pub(crate) fn new(file: TemporaryFile, media_type: MediaType) -> Self {
        Self {
            file,
            media_type,
            name: FileName::usual(media_type),
            dimensions: None,
        }
    }

    /// The same with what is known of it besides.
    pub(super) fn with(self, name: FileName, dimensions: Option<Dimensions>) -> Self {
        Self {
            name,
            dimensions,
            ..self
        }
    }

    /// What its content is.
    pub fn media_type(&self) -> MediaType {
        self.media_type
    }

    /// How large it is, in bytes.
    pub fn size(&self) -> u64 {
        self.file.size()
    }

    /// What its sender calls it.
    pub fn file_name(&self) -> &FileName {
        &self.name
    }

    /// How large the image is; `None` where it is none.
    pub fn dimensions(&self) -> Option<Dimensions> {
        self.dimensions
    }

    /// Where it lies until it is kept or dropped, to be read. The path is of no use after that.
    pub fn path(&self) -> &std::path::Path {
        self.file.path()
    }
}
