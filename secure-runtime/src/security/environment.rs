use std::{env::VarError, ffi::OsString, fmt, fs};

use secure_grammar::{nearest, parse_duration, parse_size};

use super::{CompleteBuilder, Profile, Security};
use crate::{ServerSecret, token::Hs256Key};

/// Every variable that is read. Secrets may also stand in a file, named by `…_FILE`.
const VARIABLES: [&str; 9] = [
    "SECURE_PROFILE",
    "SECURE_SECRET",
    "SECURE_SECRET_FILE",
    "SECURE_ISSUER",
    "SECURE_AUDIENCE",
    "SECURE_ACCESS_TOKEN_LIFETIME",
    "SECURE_BODY_LIMIT",
    "SECURE_PUBLIC_ORIGIN",
    "SECURE_HSTS_SUBDOMAINS",
];

/// Variables with this beginning steer the project's own tests.
const TEST_PREFIX: &str = "SECURE_TEST_";

/// Why the settings were refused: everything that is wrong. It never shows a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct SettingsError {
    findings: Vec<String>,
}

impl SettingsError {
    pub(super) fn new(findings: Vec<String>) -> Self {
        Self { findings }
    }

    /// What is wrong, one sentence each.
    pub fn findings(&self) -> &[String] {
        &self.findings
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the security settings are refused:")?;
        for finding in &self.findings {
            write!(f, "\n  - {finding}")?;
        }
        Ok(())
    }
}

/// The same as `Display`: what `main` returns is printed with `Debug`.
impl fmt::Debug for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for SettingsError {}

/// Reads the settings. `variable` looks one up; `all` lists them, so that a misspelt one is found.
pub(super) fn read(
    variable: impl Fn(&str) -> Result<String, VarError>,
    all: impl Iterator<Item = (OsString, OsString)>,
) -> Result<CompleteBuilder, SettingsError> {
    let mut reader = Reader {
        variable,
        findings: Vec::new(),
    };
    for (name, _) in all {
        reader.known(&name.to_string_lossy());
    }
    let profile = reader.profile();
    let production = profile == Profile::Production;

    let key = reader.key(production);
    let issuer = reader.required("SECURE_ISSUER", production, "https://auth.example.com");
    let audience = reader.required("SECURE_AUDIENCE", production, "https://api.example.com");
    let lifetime = reader.parsed("SECURE_ACCESS_TOKEN_LIFETIME", |text| {
        parse_duration(text).map_err(|error| error.to_string())
    });
    let body_limit = reader.parsed("SECURE_BODY_LIMIT", |text| {
        let bytes = parse_size(text).map_err(|error| error.to_string())?;
        usize::try_from(bytes).map_err(|_| "more than this machine can address".to_owned())
    });
    let public_https = reader.parsed("SECURE_PUBLIC_ORIGIN", |text| {
        public_origin(text, production)
    });
    let subdomains = reader.parsed("SECURE_HSTS_SUBDOMAINS", flag);

    let (ephemeral_key, secret) = match key {
        Some(secret) => (false, secret),
        None => (true, ServerSecret::random()),
    };
    if !reader.findings.is_empty() {
        return Err(SettingsError::new(reader.findings));
    }
    let stand_in = || "urn:secure-runtime:development".to_owned();
    Ok(Security::builder()
        .issuer(issuer.unwrap_or_else(stand_in))
        .audience(audience.unwrap_or_else(stand_in))
        .signing_key(Hs256Key::from_secret(&secret))
        .secret(secret)
        .profile(profile)
        .with_options(|options| {
            options.ephemeral_key = ephemeral_key;
            options.announce = !production;
            options.public_https = public_https.unwrap_or(false);
            options.hsts_subdomains = subdomains.unwrap_or(false);
            let tokens = &mut options.tokens;
            tokens.lifetime = lifetime.unwrap_or(tokens.lifetime);
            options.body_limit = body_limit.unwrap_or(options.body_limit);
        }))
}

struct Reader<F> {
    variable: F,
    findings: Vec<String>,
}

impl<F: Fn(&str) -> Result<String, VarError>> Reader<F> {
    /// A setting that is misspelt would be a setting that is silently ignored.
    fn known(&mut self, name: &str) {
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
    fn text(&mut self, name: &str) -> Option<String> {
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

    fn parsed<T>(
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

    fn required(&mut self, name: &str, production: bool, example: &str) -> Option<String> {
        let text = self.text(name);
        if text.is_none() && production {
            self.findings.push(format!(
                "`{name}` is not set, and production needs it (such as `{example}`)"
            ));
        }
        text
    }

    fn profile(&mut self) -> Profile {
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

    fn key(&mut self, production: bool) -> Option<ServerSecret> {
        let text = match (self.text("SECURE_SECRET"), self.text("SECURE_SECRET_FILE")) {
            (Some(_), Some(_)) => {
                self.findings.push(
                    "`SECURE_SECRET` and `SECURE_SECRET_FILE` are both set; keep one".to_owned(),
                );
                return None;
            }
            (Some(text), None) => Some(("SECURE_SECRET", text)),
            (None, Some(path)) => match fs::read_to_string(&path) {
                Ok(text) => Some(("SECURE_SECRET_FILE", text)),
                // The path is not shown: somebody may have put the secret itself there.
                Err(error) => {
                    self.findings.push(format!(
                        "`SECURE_SECRET_FILE`: the file that it names cannot be read: {error}"
                    ));
                    return None;
                }
            },
            (None, None) => None,
        };
        let Some((name, text)) = text else {
            if production {
                self.findings.push(
                    "`SECURE_SECRET` (or `SECURE_SECRET_FILE`) is not set, and production needs it; \
                     make one with `openssl rand -base64 32`"
                        .to_owned(),
                );
            }
            return None;
        };
        let text = zeroize::Zeroizing::new(text);
        match ServerSecret::from_text(&text) {
            Ok(key) => Some(key),
            Err(error) => {
                self.findings.push(format!("`{name}`: {error}"));
                None
            }
        }
    }
}

/// Whether browsers come by HTTPS.
fn public_origin(text: &str, production: bool) -> Result<bool, String> {
    let shape = || {
        format!("`{text}` is no origin; write scheme and host alone, such as `https://example.com`")
    };
    let (scheme, host) = text.split_once("://").ok_or_else(shape)?;
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    if host.is_empty() || !host.bytes().all(legal) {
        return Err(shape());
    }
    match scheme {
        "https" => Ok(true),
        "http" if production => Err("production is reached by `https`".to_owned()),
        "http" => Ok(false),
        _ => Err(shape()),
    }
}

fn flag(text: &str) -> Result<bool, String> {
    match text {
        "1" | "true" => Ok(true),
        "0" | "false" => Ok(false),
        other => Err(format!("`{other}` is neither `1` nor `0`")),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const SECRET: &str = "q83vEjRWeJC6mHZUMhDerb7v/+7dzLuqmYh3ZlVEMyI=";

    fn read_from(variables: &[(&str, &str)]) -> Result<crate::Security, SettingsError> {
        let find = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found
                .map(|(_, value)| (*value).to_owned())
                .ok_or(VarError::NotPresent)
        };
        let all = variables
            .iter()
            .map(|(name, value)| (name.into(), value.into()));
        read(find, all)?.build()
    }

    fn findings(variables: &[(&str, &str)]) -> Vec<String> {
        match read_from(variables) {
            Ok(_) => Vec::new(),
            Err(error) => error.findings().to_vec(),
        }
    }

    #[test]
    fn development_needs_nothing() {
        let security = read_from(&[("SECURE_PROFILE", "development")]).expect("settings");
        assert_eq!(security.profile(), Profile::Development);
        assert!(security.state.ephemeral_key);
    }

    #[test]
    fn production_needs_key_issuer_and_audience() {
        let found = findings(&[("SECURE_PROFILE", "production")]);
        assert_eq!(found.len(), 3, "{found:?}");
        let complete = [
            ("SECURE_PROFILE", "production"),
            ("SECURE_SECRET", SECRET),
            ("SECURE_ISSUER", "https://auth.example.com"),
            ("SECURE_AUDIENCE", "https://api.example.com"),
        ];
        let security = read_from(&complete).expect("settings");
        assert_eq!(security.profile(), Profile::Production);
        assert_eq!(
            security.access_tokens().lifetime(),
            Duration::from_secs(600)
        );
    }

    #[test]
    fn every_finding_at_once_and_no_secret_among_them() {
        let weak = "c2hvcnQtc2VjcmV0";
        let found = findings(&[
            ("SECURE_PROFILE", "production"),
            ("SECURE_SECRET", weak),
            ("SECURE_ACCESS_TOKEN_LIFETIME", "forever"),
            ("SECURE_BODY_LIMIT", "1 MB!"),
            ("SECURE_PUBLIC_ORIGIN", "http://example.com"),
            ("SECURE_HSTS_SUBDOMAINS", "yes"),
        ]);
        assert_eq!(found.len(), 7, "{found:?}");
        assert!(found.iter().all(|finding| !finding.contains(weak)));
    }

    #[test]
    fn a_misspelt_variable_is_found() {
        let found = findings(&[("SECURE_PROFILE", "development"), ("SECURE_ISUER", "x")]);
        assert_eq!(
            found,
            ["`SECURE_ISUER` is no setting; did you mean `SECURE_ISSUER`?"]
        );
    }

    #[test]
    fn an_unknown_profile_is_refused() {
        let found = findings(&[("SECURE_PROFILE", "prod")]);
        assert!(found[0].contains("`prod` is no profile"), "{found:?}");
    }

    #[test]
    fn a_secret_stands_in_one_place() {
        let found = findings(&[
            ("SECURE_PROFILE", "development"),
            ("SECURE_SECRET", SECRET),
            ("SECURE_SECRET_FILE", "/nowhere"),
        ]);
        assert_eq!(found.len(), 1);
        let found = findings(&[
            ("SECURE_PROFILE", "development"),
            ("SECURE_SECRET_FILE", "/nowhere/at/all"),
        ]);
        assert!(found[0].contains("cannot be read"), "{found:?}");
    }
}
