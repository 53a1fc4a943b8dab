//! A scanner that asks `clamd`, the daemon of ClamAV.

use std::{fmt, fs::File, io, path::PathBuf, time::Duration};

use actix_web::rt::time::timeout;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
    task::spawn_blocking,
};

use super::{Candidate, Scanner, Verdict, pieces::read_next};

/// In what time each step has to be over.
const STEP: Duration = Duration::from_secs(10);
/// In what time the verdict has to be there once everything was sent.
const VERDICT: Duration = Duration::from_secs(60);
/// How long an answer may be, in bytes.
const LONGEST_ANSWER: u64 = 4096;

/// `clamd`, asked with `INSTREAM`: it gets the content of each file, and needs no right to read it.
///
/// It is asked in the clear, so it should be reached by a socket of this machine, or in a network that nobody
/// else is in. Of files larger than its `MaxFileSize` or `MaxScanSize` it says that they are clean, unless
/// `AlertExceedsMax yes` stands in `clamd.conf`; those larger than `StreamMaxLength` it refuses (503 here). So all
/// three should be above the largest upload.
///
/// ```
/// use secure_runtime::upload::{Clamd, UploadSettings};
///
/// let settings = UploadSettings::new("./data/uploads").scanner(Clamd::tcp("127.0.0.1:3310"));
/// # drop(settings);
/// ```
#[derive(Clone)]
#[must_use]
pub struct Clamd {
    place: Place,
    step: Duration,
}

#[derive(Clone)]
enum Place {
    Tcp(String),
    #[cfg(unix)]
    Socket(PathBuf),
}

impl Clamd {
    /// One that listens at a host and a port, such as `127.0.0.1:3310`.
    pub fn tcp(address: impl Into<String>) -> Self {
        Self::at(Place::Tcp(address.into()))
    }

    /// One that listens at a Unix socket, such as `/run/clamav/clamd.ctl`.
    #[cfg(unix)]
    pub fn socket(path: impl Into<PathBuf>) -> Self {
        Self::at(Place::Socket(path.into()))
    }

    /// In what time it has to take a connection, and then each piece of the file. Defaults to 10 seconds. How
    /// long all of it may take says
    /// [`UploadSettings::scan_deadline`](super::UploadSettings::scan_deadline).
    pub fn step_deadline(mut self, deadline: Duration) -> Self {
        self.step = deadline;
        self
    }

    fn at(place: Place) -> Self {
        Self { place, step: STEP }
    }

    async fn ask(&self, candidate: Candidate<'_>) -> Result<Verdict, String> {
        let path = candidate.path.to_owned();
        let file = spawn_blocking(move || File::open(path)).await;
        let file = file.map_err(say)?.map_err(say)?;
        match &self.place {
            Place::Tcp(address) => {
                let stream = self.within(TcpStream::connect(address)).await;
                self.talk(stream.map_err(say)?, file).await
            }
            #[cfg(unix)]
            Place::Socket(path) => {
                let stream = self.within(tokio::net::UnixStream::connect(path)).await;
                self.talk(stream.map_err(say)?, file).await
            }
        }
    }

    async fn talk(
        &self,
        mut stream: impl AsyncRead + AsyncWrite + Unpin,
        file: File,
    ) -> Result<Verdict, String> {
        let sent = self.send(&mut stream, file).await;
        // It may have said why it takes no more.
        let answer = match &sent {
            Ok(()) => timeout(VERDICT, answer(&mut stream)).await,
            Err(_) => timeout(self.step, answer(&mut stream)).await,
        };
        let answer = answer.map_err(|_| "it does not answer in time".to_owned());
        match (sent, answer.and_then(|answer| answer.map_err(say))) {
            (Ok(()), answer) => verdict(&answer?),
            (Err(_), Ok(answer)) => match verdict(&answer)? {
                Verdict::Clean => Err("it calls clean what it has not seen".to_owned()),
                verdict => Ok(verdict),
            },
            (Err(error), Err(_)) => Err(say(error)),
        }
    }

    /// The command, the file in pieces with their lengths, and the end.
    async fn send(&self, stream: &mut (impl AsyncWrite + Unpin), mut file: File) -> io::Result<()> {
        self.within(stream.write_all(b"zINSTREAM\0")).await?;
        loop {
            let read = spawn_blocking(move || read_next(file)).await;
            let (rest, piece) = read.map_err(io::Error::other)??;
            file = rest;
            let length = u32::try_from(piece.len()).map_err(io::Error::other)?;
            self.within(stream.write_all(&length.to_be_bytes())).await?;
            if piece.is_empty() {
                return self.within(stream.flush()).await;
            }
            self.within(stream.write_all(&piece)).await?;
        }
    }

    async fn within<T>(&self, step: impl Future<Output = io::Result<T>>) -> io::Result<T> {
        let done = timeout(self.step, step).await;
        done.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
    }
}

impl Scanner for Clamd {
    async fn scan(&self, file: Candidate<'_>) -> Verdict {
        let verdict = self.ask(file).await;
        verdict.unwrap_or_else(|why| Verdict::Failed(format!("clamd: {why}")))
    }
}

impl fmt::Debug for Clamd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Clamd");
        match &self.place {
            Place::Tcp(address) => debug.field("tcp", address),
            #[cfg(unix)]
            Place::Socket(path) => debug.field("socket", path),
        };
        debug.finish_non_exhaustive()
    }
}

/// The whole answer: `clamd` hangs up after it.
async fn answer(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut answer = Vec::new();
    let length = stream
        .take(LONGEST_ANSWER + 1)
        .read_to_end(&mut answer)
        .await?;
    match length as u64 > LONGEST_ANSWER {
        true => Err(io::Error::other("it answers without end")),
        false => Ok(answer),
    }
}

/// What an answer says. One that is cut off says nothing.
fn verdict(answer: &[u8]) -> Result<Verdict, String> {
    let text = answer.strip_suffix(b"\0").map(String::from_utf8_lossy);
    let unknown = || format!("it answers {:?}", String::from_utf8_lossy(answer));
    let text = text.ok_or_else(unknown)?;
    let words = text.strip_prefix("stream: ").ok_or_else(unknown)?;
    match words.strip_suffix(" FOUND") {
        Some(name) => Ok(Verdict::Infected(name.to_owned())),
        None if words == "OK" => Ok(Verdict::Clean),
        None => Err(unknown()),
    }
}

fn say(error: impl fmt::Display) -> String {
    error.to_string()
}
