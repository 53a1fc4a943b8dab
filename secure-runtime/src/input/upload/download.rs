use std::{fmt, fs::File, io};

use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody};

use super::{FileId, MediaType};

/// A file on its way to whoever asked for it.
pub struct Download {
    file: File,
    size: u64,
    media_type: MediaType,
}

impl Download {
    pub(super) fn new(file: File, id: &FileId) -> io::Result<Self> {
        Ok(Self {
            size: file.metadata()?.len(),
            file,
            media_type: id.media_type(),
        })
    }

    /// How large it is, in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }
}

impl Responder for Download {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let _ = (self.file, self.media_type);
        HttpResponse::Ok().finish()
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}
