use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom},
};

/// A file that is read from its start to its end.
#[derive(Debug)]
pub(super) struct Reader {
    file: BufReader<File>,
    left: u64,
}

impl Reader {
    pub(super) fn new(file: File) -> io::Result<Self> {
        let left = file.metadata()?.len();
        Ok(Self {
            file: BufReader::with_capacity(64 * 1024, file),
            left,
        })
    }

    /// How many bytes are still to come.
    pub(super) fn left(&self) -> u64 {
        self.left
    }

    /// The next bytes.
    ///
    /// # Errors
    /// `UnexpectedEof` where there are fewer.
    pub(super) fn take<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// The next bytes, as many as there is room for.
    ///
    /// # Errors
    /// As [`take`](Self::take).
    pub(super) fn fill(&mut self, bytes: &mut [u8]) -> io::Result<()> {
        self.file.read_exact(bytes)?;
        self.left = self.left.saturating_sub(bytes.len() as u64);
        Ok(())
    }

    /// The next byte.
    ///
    /// # Errors
    /// As [`take`](Self::take).
    pub(super) fn byte(&mut self) -> io::Result<u8> {
        self.take::<1>().map(|[byte]| byte)
    }

    /// Passes over bytes.
    ///
    /// # Errors
    /// As [`take`](Self::take).
    pub(super) fn skip(&mut self, bytes: u64) -> io::Result<()> {
        if bytes > self.left {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let signed = i64::try_from(bytes).map_err(|_| io::ErrorKind::UnexpectedEof)?;
        self.file.seek_relative(signed)?;
        self.left -= bytes;
        Ok(())
    }

    /// What is buffered next; nothing at the end. `passed` says how much of it has been read.
    ///
    /// # Errors
    /// What reading brings.
    pub(super) fn buffered(&mut self) -> io::Result<&[u8]> {
        self.file.fill_buf()
    }

    /// That so many of the buffered bytes have been read.
    pub(super) fn passed(&mut self, bytes: usize) {
        self.file.consume(bytes);
        self.left = self.left.saturating_sub(bytes as u64);
    }
}

/// The first bytes of a file, as if it ended there.
#[derive(Debug)]
pub(super) struct Prefix {
    file: BufReader<File>,
    at: u64,
    end: u64,
}

impl Prefix {
    pub(super) fn new(file: File, end: u64) -> Self {
        Self {
            file: BufReader::new(file),
            at: 0,
            end,
        }
    }
}

impl Read for Prefix {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let length = available.len().min(buffer.len());
        buffer[..length].copy_from_slice(&available[..length]);
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for Prefix {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let left = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let buffer = self.file.fill_buf()?;
        Ok(&buffer[..buffer.len().min(left)])
    }

    fn consume(&mut self, bytes: usize) {
        self.file.consume(bytes);
        self.at += bytes as u64;
    }
}

impl Seek for Prefix {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = self.file.seek(to)?;
        Ok(self.at)
    }
}
