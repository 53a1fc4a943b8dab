//! A file read piece by piece beside the workers.

use std::{
    fs::File,
    io::{self, ErrorKind, Read as _, Seek as _, SeekFrom},
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{
    body::{BodySize, MessageBody},
    web::Bytes,
};
use tokio::task::{JoinHandle, spawn_blocking};

/// How many bytes are read at once.
const PIECE: usize = 64 * 1024;

/// What was read, and the file to go on with.
type Read = io::Result<(File, Vec<u8>)>;

/// A part of a file, as the body of an answer.
pub(super) struct Pieces {
    /// `None` while it is read, and where nothing is sent of it (HEAD).
    file: Option<File>,
    /// From where the next piece is.
    at: u64,
    left: u64,
    length: u64,
    reading: Option<JoinHandle<Read>>,
}

impl Pieces {
    /// `length` bytes from `start`.
    pub(super) fn of(file: File, start: u64, length: u64) -> Self {
        Self {
            file: Some(file),
            at: start,
            left: length,
            length,
            reading: None,
        }
    }

    /// What says how much it would be, and sends nothing.
    pub(super) fn silent(length: u64) -> Self {
        Self {
            file: None,
            at: 0,
            left: 0,
            length,
            reading: None,
        }
    }
}

impl MessageBody for Pieces {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.length)
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Bytes>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let mut reading = match (self.reading.take(), self.file.take()) {
            (Some(reading), _) => reading,
            (None, Some(file)) => {
                let (at, length) = (self.at, self.left.min(PIECE as u64));
                spawn_blocking(move || read(file, at, length))
            }
            // It is asked for more after a failure.
            (None, None) => return Poll::Ready(None),
        };
        let Poll::Ready(read) = Pin::new(&mut reading).poll(context) else {
            self.reading = Some(reading);
            return Poll::Pending;
        };
        let (file, piece) = match read.map_err(io::Error::other).flatten() {
            Ok(read) => read,
            Err(error) => return Poll::Ready(Some(Err(error))),
        };
        let length = piece.len() as u64;
        self.file = Some(file);
        self.at += length;
        self.left = self.left.saturating_sub(length);
        Poll::Ready(Some(Ok(piece.into())))
    }
}

/// Up to so many bytes from there, at least one.
fn read(mut file: File, at: u64, length: u64) -> Read {
    let mut piece = Vec::with_capacity(PIECE);
    file.seek(SeekFrom::Start(at))?;
    (&mut file).take(length).read_to_end(&mut piece)?;
    match piece.is_empty() {
        true => Err(ErrorKind::UnexpectedEof.into()),
        false => Ok((file, piece)),
    }
}

/// The next piece of a file, which is empty at its end.
#[cfg(feature = "clamd")]
pub(super) fn read_next(mut file: File) -> Read {
    let mut piece = Vec::with_capacity(PIECE);
    (&mut file).take(PIECE as u64).read_to_end(&mut piece)?;
    Ok((file, piece))
}
