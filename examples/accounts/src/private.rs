//! Folders and files that only their owner can look into: what the service keeps are hashes of
//! passwords, keys and mails with links in them.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// Makes a folder, with those above it.
pub(crate) fn create_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Makes a file with this text. One that is there already stays as it is, and is an error.
pub(crate) fn create_file(path: &Path, text: &str) -> io::Result<()> {
    let mut file = create(path)?;
    let written = file.write_all(text.as_bytes());
    written.and_then(|()| file.sync_all()).inspect_err(|_| {
        // Half a file would be in the way of the next attempt.
        let _ = fs::remove_file(path);
    })
}

/// A file that is about to be replaced. Nobody else replaces it meanwhile, and whoever reads it sees
/// the old text or the new one.
#[derive(Debug)]
pub(crate) struct Replacement {
    path: PathBuf,
    new: PathBuf,
    file: File,
    /// From then on the new file's name is free for somebody else.
    done: bool,
}

impl Replacement {
    /// Begins to replace a file; it stays as it is until then.
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        // Where it is a link, what it leads to.
        let path = fs::canonicalize(path)?;
        let mut new = path.clone().into_os_string();
        new.push(".new");
        let new = PathBuf::from(new);
        let file = create(&new).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => io::Error::other(format!(
                "{} is there: somebody replaces it at this moment, or was interrupted; then remove it",
                new.display()
            )),
            _ => error,
        })?;
        Ok(Self {
            path,
            new,
            file,
            done: false,
        })
    }

    /// The text as it is.
    pub(crate) fn read(&self) -> io::Result<String> {
        fs::read_to_string(&self.path)
    }

    /// The text as it is to be, for the same owner and the same readers.
    pub(crate) fn write(mut self, text: &str) -> io::Result<()> {
        self.file.write_all(text.as_bytes())?;
        let old = fs::metadata(&self.path)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::{MetadataExt as _, fchown};
            fchown(&self.file, Some(old.uid()), Some(old.gid()))?;
        }
        self.file.set_permissions(old.permissions())?;
        self.file.sync_all()?;
        fs::rename(&self.new, &self.path)?;
        self.done = true;
        // The new name is on the disk when the folder is.
        match self.path.parent() {
            Some(folder) => File::open(folder)?.sync_all(),
            None => Ok(()),
        }
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        if !self.done {
            let _ = fs::remove_file(&self.new);
        }
    }
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
