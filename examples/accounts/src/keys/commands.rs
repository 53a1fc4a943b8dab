use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Subcommand;
use secure_runtime::{
    Clock as _, Secret, Security, SystemClock,
    token::keys::{
        Algorithm, KeySet, KeyStatus, Rotation, RotationError, RotationStep, SigningKey,
    },
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{private, private::Replacement, settings::Settings, startup::StartupError};

#[derive(Subcommand)]
pub(crate) enum KeysCommand {
    /// Make a set with one key; without a file to write it is printed
    New {
        /// What the key is for: ES256, ES384, EdDSA, RS256, PS256, …
        #[arg(long, default_value = "ES256", value_parser = algorithm)]
        algorithm: Algorithm,
        /// The file to write, which must not be there yet [default: SECURE_KEYS_FILE]
        #[arg(long)]
        file: Option<PathBuf>,
    },
    /// Publish the next key, or let the one sign that was published; a running service takes it over
    Rotate {
        /// The file with the set [default: SECURE_KEYS_FILE]
        #[arg(long)]
        file: Option<PathBuf>,
    },
}

/// Does it, and says what was done.
pub(crate) fn run(command: KeysCommand, settings: &Settings) -> Result<String, StartupError> {
    let usual = || settings.keys_file.clone();
    match command {
        KeysCommand::New { algorithm, file } => new(algorithm, file.or_else(usual)),
        KeysCommand::Rotate { file } => match file.or_else(usual) {
            Some(file) => rotate(&file),
            None => Err(StartupError::because(
                "which keys? Say `--file`, or set `SECURE_KEYS_FILE`",
            )),
        },
    }
}

fn new(algorithm: Algorithm, file: Option<PathBuf>) -> Result<String, StartupError> {
    let refused = |error| StartupError::new("the new key", &error);
    let key = SigningKey::generate(algorithm).map_err(refused)?;
    let kid = key.kid().to_owned();
    let set = KeySet::new(key, SystemClock::default().unix());
    let text = set.to_text().map_err(refused)?;
    let Some(file) = file else {
        return Ok(text.expose().clone());
    };
    private::create_file(&file, text.expose())
        .map_err(|error| StartupError::new(file.display(), &error))?;
    Ok(format!(
        "{}: the key {kid} ({}) signs. Keep the file secret, and start the service with \
         SECURE_KEYS_FILE={0}",
        file.display(),
        algorithm.name(),
    ))
}

fn rotate(file: &Path) -> Result<String, StartupError> {
    let failed = |error| StartupError::new(file.display(), &error);
    // As the service is configured that reads the file.
    let security = Security::builder_from_env()?.build()?;
    let times = security.tokens().rotation_times();

    // Before the set is read, so that nobody changes it meanwhile.
    let replacement = Replacement::of(file).map_err(failed)?;
    let text = Secret::new(replacement.read().map_err(failed)?);
    let refused = |error: RotationError| StartupError::new(file.display(), &error);
    let set = KeySet::from_text(text.expose()).map_err(|error| refused(error.into()))?;
    let fresh = || SigningKey::generate(algorithm_of(&set));
    let rotated = set.rotate(SystemClock::default().unix(), times, fresh);
    let rotated = rotated.map_err(refused)?;
    let text = rotated.set.to_text();
    let text = text.map_err(|error| refused(error.into()))?;
    replacement.write(text.expose()).map_err(failed)?;
    Ok(report(&rotated))
}

/// That of the key which signs.
fn algorithm_of(set: &KeySet) -> Algorithm {
    let current = set
        .entries()
        .find(|entry| entry.status == KeyStatus::Current);
    current.map_or(Algorithm::Es256, |entry| entry.algorithm)
}

fn report(rotation: &Rotation) -> String {
    let step = match &rotation.step {
        RotationStep::Published { kid, signs_from } => format!(
            "the key {kid} is published, and does not sign yet; rotate again from {} on",
            moment(*signs_from)
        ),
        RotationStep::Promoted { kid, retired } => {
            format!("the key {kid} signs now; {retired} only verifies what it has signed")
        }
        other => format!("{other:?}"),
    };
    match rotation.dropped.as_slice() {
        [] => step,
        dropped => format!(
            "{step}\nnobody needs any more, and dropped: {}",
            dropped.join(", ")
        ),
    }
}

fn moment(since_1970: Duration) -> String {
    let moment = OffsetDateTime::UNIX_EPOCH + since_1970;
    moment
        .format(&Rfc3339)
        .unwrap_or_else(|_| format!("{} seconds after 1970", since_1970.as_secs()))
}

fn algorithm(text: &str) -> Result<Algorithm, String> {
    let known = Algorithm::ALL;
    let found = known
        .iter()
        .find(|one| one.name().eq_ignore_ascii_case(text));
    found.copied().ok_or_else(|| {
        let names: Vec<_> = known.iter().map(|one| one.name()).collect();
        format!("the algorithms are {}", names.join(", "))
    })
}
