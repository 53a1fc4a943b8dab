use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use lettre::message::Mailbox;

use super::{
    TransportError,
    message::{message, sender},
};
use crate::{
    crypto::random_hex,
    mail::{Letter, MailError, Mailer},
};

/// A folder that letters are written into, one file each (`….eml`), for development and for a mail
/// system that picks them up. Only its owner can look into it: there are tokens in the letters.
///
/// ```
/// use secure_runtime::mail::FileOutbox;
///
/// # let folder = std::env::temp_dir().join(format!("outbox-of-a-doc-test-{}", std::process::id()));
/// let outbox = FileOutbox::open(&folder, "no-reply@localhost")?;
/// # drop(outbox);
/// # std::fs::remove_dir(folder).expect("a folder");
/// # Ok::<(), secure_runtime::mail::TransportError>(())
/// ```
#[derive(Debug)]
pub struct FileOutbox {
    folder: PathBuf,
    from: Mailbox,
}

impl FileOutbox {
    /// Writes the letters into `folder`, which is made where there is none.
    ///
    /// # Errors
    /// When the folder cannot be made, or `from` is no sender.
    pub fn open(folder: impl AsRef<Path>, from: &str) -> Result<Self, TransportError> {
        let (folder, from) = (folder.as_ref(), sender(from)?);
        create_folder(folder).map_err(|error| {
            TransportError::new(format_args!(
                "the mail folder {}: {error}",
                folder.display()
            ))
        })?;
        Ok(Self {
            folder: folder.to_owned(),
            from,
        })
    }
}

impl Mailer for FileOutbox {
    async fn send(&self, to: &str, letter: &Letter) -> Result<(), MailError> {
        let text = message(&self.from, to, letter)?.formatted();
        let folder = self.folder.clone();
        let written = tokio::task::spawn_blocking(move || write(&folder, &text)).await;
        written
            .map_err(MailError::failed)?
            .map_err(MailError::failed)
    }
}

fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Writes a file that has its name once it is whole, so that nobody reads half a letter.
fn write(folder: &Path, text: &[u8]) -> io::Result<()> {
    let name = random_hex::<16>();
    let part = folder.join(format!("{name}.part"));
    let whole = folder.join(format!("{name}.eml"));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&part)?;
    let written = file
        .write_all(text)
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&part, whole));
    written.inspect_err(|_| {
        let _ = fs::remove_file(&part);
    })
}
