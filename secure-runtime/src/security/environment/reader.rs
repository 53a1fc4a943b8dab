use std::env::VarError;

use secure_grammar::nearest;

use super::{
    super::{Profile, key_file::KeyFile},
    TEST_PREFIX, VARIABLES,
};
use crate::{
    ServerSecret,
    settings::{Found, Loaded, find},
    token::{KeyRing, keys::KeySet},
};

/// Looks variables up and notes what is wrong with them.
pub(super) struct Reader<'a, F> {
    variable: F,
    /// What a secret manager has.
    loaded: &'a Loaded,
    pub(super) findings: Vec<String>,
}

impl<'a, F: Fn(&str) -> Result<String, VarError>> Reader<'a, F> {
    pub(super) fn new(variable: F, loaded: &'a Loaded) -> Self {
        Self {
            variable,
            loaded,
            findings: loaded.findings.clone(),
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

    /// The secret of `SECURE_SECRET`, and those of `SECURE_PREVIOUS_SECRET`, which is a list with commas.
    pub(super) fn secrets(
        &mut self,
        production: bool,
    ) -> (Option<ServerSecret>, Vec<ServerSecret>) {
        let parse = |text: &str| ServerSecret::from_text(text).map_err(|error| error.to_string());
        let secret = self.secret("SECURE_SECRET");
        if secret.is_none() && production && !self.has_finding_about("SECURE_SECRET") {
            self.findings.push(
                "`SECURE_SECRET` (or `SECURE_SECRET_FILE`) is not set, and production needs it; \
                 make one with `openssl rand -base64 32`"
                    .to_owned(),
            );
        }
        let previous = self.secret("SECURE_PREVIOUS_SECRET");
        let previous = previous.and_then(|found| {
            self.parse_secret(&found, |text| text.split(',').map(parse).collect())
        });
        let secret = secret.and_then(|found| self.parse_secret(&found, parse));
        (secret, previous.unwrap_or_default())
    }

    /// The key set of `SECURE_KEYS`, and the file that it is in, if it is in one.
    pub(super) fn keys(&mut self) -> Option<(KeyRing, Option<KeyFile>)> {
        let found = self.secret("SECURE_KEYS")?;
        let ring = self.parse_secret(&found, |text| {
            let set = KeySet::from_text(text);
            set.and_then(|set| set.ring())
                .map_err(|error| error.to_string())
        })?;
        let file = found.path.map(|path| KeyFile::new(path, &found.text));
        Some((ring, file))
    }

    /// A secret, from wherever it is.
    pub(super) fn secret(&mut self, name: &str) -> Option<Found> {
        let found = find(name, &self.variable, self.loaded.secret(name));
        found.unwrap_or_else(|finding| {
            self.findings.push(finding);
            None
        })
    }

    fn parse_secret<T>(
        &mut self,
        found: &Found,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        match parse(&found.text) {
            Ok(value) => Some(value),
            Err(why) => {
                self.findings.push(format!("`{}`: {why}", found.name));
                None
            }
        }
    }

    fn has_finding_about(&self, name: &str) -> bool {
        self.findings.iter().any(|finding| finding.contains(name))
    }
}
