//! The key that signs tokens in development: made at the first start and kept, so that a rebuild
//! signs nobody out.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::Path,
};

use aws_lc_rs::rand;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use secure_runtime::{Secret, token::Hs256Key};

use crate::{folders, settings::DATA, startup::StartupError};

/// Reads the key, or makes it where there is none.
pub(crate) fn development() -> Result<Hs256Key, StartupError> {
    let path = Path::new(DATA).join("dev-keys");
    let what = || format!("the development keys {}", path.display());
    let text = read_or_make(&path).map_err(|error| StartupError::new(what(), &error))?;
    Hs256Key::from_text(text.expose()).map_err(|error| StartupError::new(what(), &error))
}

fn read_or_make(path: &Path) -> io::Result<Secret<String>> {
    folders::create_private(Path::new(DATA))?;
    match create_private(path) {
        Ok(mut file) => {
            let mut bytes = [0; 32];
            rand::fill(&mut bytes).map_err(io::Error::other)?;
            let text = Secret::new(STANDARD.encode(bytes));
            file.write_all(text.expose().as_bytes())?;
            file.sync_all()?;
            Ok(text)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            fs::read_to_string(path).map(Secret::new)
        }
        Err(error) => Err(error),
    }
}

/// A new file that only its owner can read.
fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
