use std::{fs, io, path::Path};

use aws_lc_rs::rand;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use secure_runtime::{Secret, ServerSecret};

use crate::{private, settings::DATA, startup::StartupError};

/// The secret of development: made at the first start and kept, so that a rebuild signs nobody out.
pub(crate) fn secret() -> Result<ServerSecret, StartupError> {
    let path = Path::new(DATA).join("dev-keys");
    let what = || format!("the development keys {}", path.display());
    let text = read_or_make(&path).map_err(|error| StartupError::new(what(), &error))?;
    ServerSecret::from_text(text.expose()).map_err(|error| StartupError::new(what(), &error))
}

fn read_or_make(path: &Path) -> io::Result<Secret<String>> {
    private::create_folder(Path::new(DATA))?;
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).map_err(io::Error::other)?;
    let text = Secret::new(STANDARD.encode(bytes));
    match private::create_file(path, text.expose()) {
        Ok(()) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            fs::read_to_string(path).map(Secret::new)
        }
        Err(error) => Err(error),
    }
}
