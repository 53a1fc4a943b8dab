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

#[cfg(test)]
mod tests {
    use std::{future::Future as _, sync::Arc, task::Context};

    use futures_util::task::noop_waker;
    use tokio::sync::Semaphore;

    use super::*;

    /// A file of a test's own, written to by way of `device`.
    fn incoming(name: &str, device: Option<&str>) -> (Incoming, PathBuf) {
        let name = format!("secure-incoming-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let file = File::create(&path).expect("a file");
        let file = device.map_or(file, |device| {
            File::options().write(true).open(device).expect("a device")
        });
        let permits = Arc::new(Semaphore::new(1));
        let permit = permits.try_acquire_owned().expect("a permit");
        let incoming = Incoming::new(file, Place::new(path.clone()), permit);
        (incoming, path)
    }

    #[actix_web::test]
    async fn what_is_written_is_there_in_order() {
        for pieces in [0, 1, 7, 500] {
            let (mut incoming, path) = incoming("order", None);
            let mut expected = Vec::new();
            for at in 0..pieces {
                let piece = vec![at as u8; 1009];
                expected.extend_from_slice(&piece);
                incoming.write(piece.into()).await.expect("written");
            }
            let file = incoming.finish().await.expect("whole");
            assert_eq!(file.size(), expected.len() as u64);
            assert!(fs::read(file.path()).expect("it") == expected);
            drop(file);
            assert!(!path.exists());
        }
    }

    #[actix_web::test]
    async fn a_full_disk_is_found_while_writing_and_at_the_end() {
        let (mut large, path) = incoming("full", Some("/dev/full"));
        let problem = large.write(vec![7; AT_ONCE].into()).await;
        assert_eq!(problem.expect_err("full").status(), 507);
        // Nothing goes on after that.
        let problem = large.write(vec![7; AT_ONCE].into()).await;
        assert_eq!(problem.expect_err("broken").status(), 503);
        assert!(large.finish().await.is_err());
        assert!(!path.exists());

        let (mut small, path) = incoming("full-at-end", Some("/dev/full"));
        small.write("small".into()).await.expect("gathered");
        assert_eq!(small.finish().await.expect_err("full").status(), 507);
        assert!(!path.exists());
    }

    #[actix_web::test]
    async fn whoever_stops_in_the_middle_leaves_nothing() {
        // A disk may be so fast that there is no middle; not always.
        for _ in 0..1000 {
            let (mut incoming, path) = incoming("stopped", None);
            let first = incoming.write(vec![7; AT_ONCE].into()).await;
            first.expect("written");
            let stops = {
                let mut write = Box::pin(incoming.write(vec![7; 64 * AT_ONCE].into()));
                let waker = noop_waker();
                let polled = write.as_mut().poll(&mut Context::from_waker(&waker));
                polled.is_pending()
            };
            let whole = incoming.finish().await;
            assert!(whole.is_err() || !stops, "half a file is whole");
            drop(whole);
            assert!(!path.exists());
            if stops {
                return;
            }
        }
        panic!("nobody was stopped");
    }

    #[actix_web::test]
    async fn what_was_deleted_behind_our_back_is_no_file() {
        let (mut incoming, path) = incoming("deleted", None);
        incoming.write("content".into()).await.expect("gathered");
        fs::remove_file(path).expect("it");
        assert_eq!(incoming.finish().await.expect_err("gone").status(), 503);
    }
}
