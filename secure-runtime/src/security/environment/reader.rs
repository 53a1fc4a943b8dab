use std::{env::VarError, fs, path::PathBuf};

use secure_grammar::nearest;
use zeroize::Zeroizing;

use super::{
    super::{Profile, key_file::KeyFile},
    TEST_PREFIX, VARIABLES,
};
use crate::{
    ServerSecret,
    token::{KeyRing, keys::KeySet},
};

/// Looks variables up and notes what is wrong with them.
pub(super) struct Reader<F> {
    variable: F,
    pub(super) findings: Vec<String>,
}

impl<F: Fn(&str) -> Result<String, VarError>> Reader<F> {
    pub(super) fn new(variable: F) -> Self {
        Self {
            variable,
            findings: Vec::new(),
        }
    }

    /// A setting that is misspelt would be a setting that is silently ignored.
    pub(super) fn known(&mut self, name: &str) {
        if !name.starts_with("SECURE_")
            || name.starts_with(TEST_PREFIX)
            || VARIABLES.contains(&name)
        {
            return;
        }
        let help = match nearest(name, &VARIABLES) {
            Some(at) => format!("did you mean `{}`?", VARIABLES[at]),
            None => format!("the variables are {}", VARIABLES.join(", ")),
        };
        self.findings
            .push(format!("`{name}` is no setting; {help}"));
    }

    /// The variable's text; `None` where it is not set or blank.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        match (self.variable)(name) {
            Ok(text) if text.trim().is_empty() => None,
            Ok(text) => Some(text),
            Err(VarError::NotPresent) => None,
            Err(VarError::NotUnicode(_)) => {
                self.findings.push(format!("`{name}` is not UTF-8"));
                None
            }
        }
    }

    pub(super) fn parsed<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let text = self.text(name)?;
        match parse(text.trim()) {
            Ok(value) => Some(value),
            Err(why) => {
                self.findings.push(format!("`{name}`: {why}"));
                None
            }
        }
    }

    pub(super) fn required(
        &mut self,
        name: &str,
        production: bool,
        example: &str,
    ) -> Option<String> {
        let text = self.text(name);
        if text.is_none() && production {
            self.findings.push(format!(
                "`{name}` is not set, and production needs it (such as `{example}`)"
            ));
        }
        text
    }

    pub(super) fn profile(&mut self) -> Profile {
        let default = if cfg!(debug_assertions) {
            Profile::Development
        } else {
            Profile::Production
        };
        self.parsed("SECURE_PROFILE", |text| match text {
            "development" => Ok(Profile::Development),
            "production" => Ok(Profile::Production),
            other => Err(format!(
                "`{other}` is no profile; write `development` or `production`"
            )),
        })
        // What is misspelt is refused below; until then it is the strict one.
        .unwrap_or(if self.findings.is_empty() {
            default
        } else {
            Profile::Production
        })
    }

    /// The secrets of `SECURE_SECRET` and `SECURE_PREVIOUS_SECRET`, the present one first.
    pub(super) fn secrets(
        &mut self,
        production: bool,
    ) -> (Option<ServerSecret>, Vec<ServerSecret>) {
        let parse = |text: &str| ServerSecret::from_text(text).map_err(|error| error.to_string());
        let secret = self.secret("SECURE_SECRET", "SECURE_SECRET_FILE");
        if secret.is_none() && production && !self.has_finding_about("SECURE_SECRET") {
            self.findings.push(
                "`SECURE_SECRET` (or `SECURE_SECRET_FILE`) is not set, and production needs it; \
                 make one with `openssl rand -base64 32`"
                    .to_owned(),
            );
        }
        let previous = self.secret("SECURE_PREVIOUS_SECRET", "SECURE_PREVIOUS_SECRET_FILE");
        let previous = previous.and_then(|given| self.parse_secret(&given, parse));
        let secret = secret.and_then(|given| self.parse_secret(&given, parse));
        (secret, previous.into_iter().collect())
    }

    /// The key set of `SECURE_KEYS`, and the file that it is in, if it is in one.
    pub(super) fn keys(&mut self) -> Option<(KeyRing, Option<KeyFile>)> {
        let given = self.secret("SECURE_KEYS", "SECURE_KEYS_FILE")?;
        let ring = self.parse_secret(&given, |text| {
            let set = KeySet::from_text(text);
            set.and_then(|set| set.ring())
                .map_err(|error| error.to_string())
        })?;
        let file = given.path.map(|path| KeyFile::new(path, &given.text));
        Some((ring, file))
    }

    /// A secret, from the variable or from the file that the other one names.
    fn secret(&mut self, name: &'static str, file: &'static str) -> Option<Given> {
        match (self.text(name), self.text(file)) {
            (Some(_), Some(_)) => {
                let both = format!("`{name}` and `{file}` are both set; keep one");
                self.findings.push(both);
                None
            }
            (Some(text), None) => Some(Given {
                name,
                text: Zeroizing::new(text),
                path: None,
            }),
            (None, Some(path)) => match fs::read_to_string(&path) {
                Ok(text) => Some(Given {
                    name: file,
                    text: Zeroizing::new(text),
                    path: Some(path.into()),
                }),
                // The path is not shown: somebody may have put the secret itself there.
                Err(error) => {
                    self.findings.push(format!(
                        "`{file}`: the file that it names cannot be read: {error}"
                    ));
                    None
                }
            },
            (None, None) => None,
        }
    }

    fn parse_secret<T>(
        &mut self,
        given: &Given,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        match parse(&given.text) {
            Ok(value) => Some(value),
            Err(why) => {
                self.findings.push(format!("`{}`: {why}", given.name));
                None
            }
        }
    }

    fn has_finding_about(&self, name: &str) -> bool {
        self.findings.iter().any(|finding| finding.contains(name))
    }
}

/// A secret, and where it was found.
struct Given {
    name: &'static str,
    text: Zeroizing<String>,
    path: Option<PathBuf>,
}
