//! Files that are being written.

use std::{
    fmt, fs,
    fs::File,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use actix_web::web::Bytes;
use tokio::sync::OwnedSemaphorePermit;

use super::fault::{blocking, fault};
use crate::Problem;

/// How many bytes are gathered before they are written.
const AT_ONCE: usize = 128 * 1024;

/// A file that is being written. It is gone when it is dropped.
#[derive(Debug)]
pub(crate) struct Incoming {
    /// `None` after a failure, and while bytes are on their way to the disk.
    file: Option<File>,
    place: Place,
    /// What is not written yet.
    gathered: Vec<u8>,
    size: u64,
    permit: OwnedSemaphorePermit,
}

/// A file that is whole. It is gone when it is dropped.
pub(crate) struct TemporaryFile {
    /// Holds the lock that says that somebody still needs it.
    pub(super) file: File,
    pub(super) place: Place,
    size: u64,
    /// Held as long as the file takes room.
    _permit: OwnedSemaphorePermit,
}

/// Where a file lies. What lies there is deleted when this is dropped.
#[derive(Debug)]
pub(super) struct Place(Option<PathBuf>);

impl Place {
    pub(super) fn new(path: PathBuf) -> Self {
        Self(Some(path))
    }

    pub(super) fn path(&self) -> &Path {
        self.0.as_deref().unwrap_or(Path::new(""))
    }

    /// What lies there has been moved away.
    pub(super) fn is_left(&mut self) {
        self.0 = None;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(path) = &self.0 else { return };
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::error!(%error, "a file that was uploaded cannot be deleted");
            }
            _ => {}
        }
    }
}

impl Incoming {
    pub(super) fn new(file: File, place: Place, permit: OwnedSemaphorePermit) -> Self {
        Self {
            file: Some(file),
            place,
            gathered: Vec::new(),
            size: 0,
            permit,
        }
    }

    /// Adds bytes. How many they may be in all is for the caller to say.
    ///
    /// # Errors
    /// 507 where there is no room, 503 where the folder cannot be used.
    pub(crate) async fn write(&mut self, chunk: Bytes) -> Result<(), Problem> {
        self.size = self.size.saturating_add(chunk.len() as u64);
        self.gathered.extend_from_slice(&chunk);
        match self.gathered.len() < AT_ONCE {
            true => Ok(()),
            false => self.flush().await,
        }
    }

    /// Everything was written.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub(crate) async fn finish(mut self) -> Result<TemporaryFile, Problem> {
        self.flush().await?;
        let file = self.file.take().ok_or_else(broken)?;
        Ok(TemporaryFile {
            file,
            place: self.place,
            size: self.size,
            _permit: self.permit,
        })
    }

    async fn flush(&mut self) -> Result<(), Problem> {
        let mut file = self.file.take().ok_or_else(broken)?;
        let gathered = std::mem::take(&mut self.gathered);
        let path = self.place.path().to_owned();
        self.file = Some(
            blocking(move || {
                file.write_all(&gathered)?;
                // Whoever deletes the folder has taken the file with it.
                fs::symlink_metadata(path)?;
                Ok(file)
            })
            .await?,
        );
        Ok(())
    }
}

impl TemporaryFile {
    /// Where it lies.
    pub(crate) fn path(&self) -> &Path {
        self.place.path()
    }

    /// How large it is, in bytes.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }
}

impl fmt::Debug for TemporaryFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TemporaryFile")
            .field("path", &self.path())
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

/// After a failure, or where the one who wrote has stopped in the middle of it.
fn broken() -> Problem {
    fault(&io::Error::other("it is written to after a failure"))
}
