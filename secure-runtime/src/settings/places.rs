use std::{
    env::VarError,
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use crate::Secret;

/// A secret, and where it was found.
pub(crate) struct Found {
    /// What the operator calls the place.
    pub(crate) name: String,
    pub(crate) text: Zeroizing<String>,
    /// The file, if it is in one.
    pub(crate) path: Option<PathBuf>,
}

/// What a file with a secret has at most, in bytes: a key set has a few thousand.
const LARGEST: u64 = 1024 * 1024;

/// The text of a file with a secret. A file that is something else altogether does not fill the memory.
///
/// # Errors
/// When it cannot be read, is too large, or not UTF-8.
pub(crate) fn read_text(path: &Path) -> io::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    File::open(path)?
        .take(LARGEST + 1)
        .read_to_string(&mut text)?;
    match text.len() as u64 > LARGEST {
        true => Err(io::Error::other("it has more than 1 MiB")),
        false => Ok(text),
    }
}

/// Looks for a secret in its three places: what the manager says, the variable, the file that `…_FILE` names.
///
/// # Errors
/// One sentence without the secret, when two of them have it, or the one that has it cannot be read.
pub(crate) fn find(
    name: &str,
    variable: impl Fn(&str) -> Result<String, VarError>,
    loaded: Option<Secret<String>>,
) -> Result<Option<Found>, String> {
    let file = format!("{name}_FILE");
    let text = set(name, variable(name))?;
    let path = set(&file, variable(&file))?;
    let found = |text: String| Found {
        name: name.to_owned(),
        text: Zeroizing::new(text),
        path: None,
    };
    match (loaded, text, path) {
        (Some(secret), None, None) => Ok(Some(found(secret.expose().clone()))),
        (Some(_), Some(text), _) => {
            drop(Zeroizing::new(text));
            Err(format!(
                "`{name}` is set, and the secret manager has it too; keep one"
            ))
        }
        (Some(_), None, Some(_)) => Err(format!(
            "`{file}` is set, and the secret manager has `{name}` too; keep one"
        )),
        (None, Some(text), Some(_)) => {
            drop(Zeroizing::new(text));
            Err(format!("`{name}` and `{file}` are both set; keep one"))
        }
        (None, Some(text), None) => Ok(Some(found(text))),
        (None, None, Some(path)) => match read_text(path.as_ref()) {
            Ok(text) if text.trim().is_empty() => {
                Err(format!("`{file}`: the file that it names is blank"))
            }
            Ok(text) => Ok(Some(Found {
                name: file,
                text,
                path: Some(path.into()),
            })),
            // The path is not shown: somebody may have put the secret itself there.
            Err(error) => Err(format!(
                "`{file}`: the file that it names cannot be read: {error}"
            )),
        },
        (None, None, None) => Ok(None),
    }
}

/// A variable's text; `None` where it is not set or blank.
fn set(name: &str, variable: Result<String, VarError>) -> Result<Option<String>, String> {
    match variable {
        Ok(text) if text.trim().is_empty() => Ok(None),
        Ok(text) => Ok(Some(text)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(format!("`{name}` is not UTF-8")),
    }
}
