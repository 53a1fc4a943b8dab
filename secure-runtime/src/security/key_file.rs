use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use actix_web::rt::time::sleep;
use aws_lc_rs::digest::{SHA256, digest};

use super::State;
use crate::token::keys::{KeySet, RotationError};

/// How often the file is looked at.
const INTERVAL: Duration = Duration::from_secs(2);

/// The file that the signing keys came from. It is read again when it changes, so that keys are
/// rotated without a restart.
#[derive(Debug)]
pub(super) struct KeyFile {
    path: PathBuf,
    read: Mutex<Read>,
}

/// What is known of the text in the file, by its SHA-256.
#[derive(Debug)]
struct Read {
    /// What was taken over, or can never be.
    done: Vec<u8>,
    /// What comes too early, and is tried again.
    early: Option<Vec<u8>>,
}

impl KeyFile {
    /// `text` is what stands in the file now.
    pub(super) fn new(path: PathBuf, text: &str) -> Self {
        Self {
            path,
            read: Mutex::new(Read {
                done: fingerprint(text),
                early: None,
            }),
        }
    }

    /// Takes over what is new in the file, whenever it has changed. What cannot be read or used is
    /// logged, and the keys stay as they are.
    pub(super) async fn watch(state: Arc<State>) {
        let Some(file) = &state.key_file else { return };
        loop {
            sleep(INTERVAL).await;
            match file.take_over(&state) {
                Ok(false) => {}
                Ok(true) => tracing::info!("the signing keys were read again"),
                Err(Fault::Read(error)) => {
                    tracing::error!(%error, "the file with the signing keys cannot be read");
                }
                Err(Fault::Early(error)) => {
                    tracing::warn!(%error, "the new signing keys come too early; they are tried again");
                }
                Err(Fault::Keys(error)) => {
                    tracing::error!(%error, "the new signing keys are refused; the old ones stay");
                }
            }
        }
    }

    /// Whether there was anything new.
    fn take_over(&self, state: &State) -> Result<bool, Fault> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let text = read_text(&self.path).map_err(Fault::Read)?;
        let found = fingerprint(&text);
        if read.done == found {
            return Ok(false);
        }
        let ring = KeySet::from_text(&text).and_then(|set| set.ring());
        let outcome = ring
            .map_err(RotationError::from)
            .and_then(|ring| state.tokens().rotate_keys(ring));
        let told = read.early.take();
        match outcome {
            // This instance may have read the set in which the key was published later than others,
            // so that its time is not over yet. It will be. The log hears of it once.
            Err(error @ RotationError::TooEarly { .. }) => {
                let is_news = told.as_ref() != Some(&found);
                read.early = Some(found);
                if is_news {
                    Err(Fault::Early(error))
                } else {
                    Ok(false)
                }
            }
            // Once for each change, whatever comes of it.
            outcome => {
                read.done = found;
                outcome.map(|()| true).map_err(Fault::Keys)
            }
        }
    }
}

enum Fault {
    Read(io::Error),
    Early(RotationError),
    Keys(RotationError),
}

fn read_text(path: &Path) -> io::Result<zeroize::Zeroizing<String>> {
    fs::read_to_string(path).map(zeroize::Zeroizing::new)
}

fn fingerprint(text: &str) -> Vec<u8> {
    digest(&SHA256, text.as_bytes()).as_ref().to_vec()
}
