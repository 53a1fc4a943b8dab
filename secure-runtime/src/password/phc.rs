//! PHC strings (<https://github.com/P-H-C/phc-string-format>): `$id$v=19$m=1,t=2$salt$hash`.

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};

use super::PasswordError;

/// Longer than any that is made or known.
const LONGEST: usize = 512;

/// The shortest hash that is compared: one that is shorter matches by chance too often.
const SHORTEST_HASH: usize = 16;
const LONGEST_HASH: usize = 64;

/// A PHC string, taken apart.
#[derive(Clone)]
pub(super) struct Phc<'a> {
    pub(super) id: &'a str,
    pub(super) version: Option<u32>,
    parameters: Vec<(&'a str, &'a str)>,
    pub(super) salt: Vec<u8>,
    pub(super) hash: Vec<u8>,
}

impl<'a> Phc<'a> {
    /// # Errors
    /// When the text is none, or salt or hash are missing.
    pub(super) fn parse(text: &'a str) -> Result<Self, PasswordError> {
        if text.len() > LONGEST {
            return Err(PasswordError::Malformed("it is too long"));
        }
        let mut parts = text.strip_prefix('$').ok_or(NOT_PHC)?.split('$');
        let id = parts.next().ok_or(NOT_PHC)?;
        let mut rest: Vec<_> = parts.collect();
        let version = match rest.first().and_then(|part| part.strip_prefix("v=")) {
            Some(version) => {
                rest.remove(0);
                Some(decimal(version)?)
            }
            None => None,
        };
        let (parameters, salt, hash) = match rest[..] {
            [parameters, salt, hash] => (parameters, salt, hash),
            _ => return Err(NOT_PHC),
        };
        Ok(Self {
            id,
            version,
            parameters: pairs(parameters)?,
            salt: decode(salt)?,
            hash: hash_of(&decode(hash)?)?,
        })
    }

    /// The number that a parameter has. Each is asked for once; what is left over in the end is
    /// unknown ([`nothing_else`](Self::nothing_else)).
    pub(super) fn number(&mut self, name: &str) -> Result<Option<u32>, PasswordError> {
        self.text(name).map(decimal).transpose()
    }

    /// The number that a parameter has, which must be there.
    pub(super) fn needed(&mut self, name: &str) -> Result<u32, PasswordError> {
        let missing = PasswordError::Malformed("a parameter is missing");
        self.number(name)?.ok_or(missing)
    }

    /// What a parameter says.
    pub(super) fn text(&mut self, name: &str) -> Option<&'a str> {
        let found = self.parameters.iter().position(|(is, _)| *is == name)?;
        Some(self.parameters.remove(found).1)
    }

    /// # Errors
    /// When there is a parameter that was not asked for, or one stands twice.
    pub(super) fn nothing_else(&self) -> Result<(), PasswordError> {
        match self.parameters.is_empty() {
            true => Ok(()),
            false => Err(PasswordError::Malformed(
                "a parameter is unknown or repeated",
            )),
        }
    }
}

const NOT_PHC: PasswordError = PasswordError::Malformed("it is no PHC string");

fn pairs(text: &str) -> Result<Vec<(&str, &str)>, PasswordError> {
    let mut pairs = Vec::new();
    for part in text.split(',') {
        pairs.push(part.split_once('=').ok_or(NOT_PHC)?);
    }
    Ok(pairs)
}

/// A number as PHC strings have it: no sign, no leading zero.
pub(super) fn decimal(text: &str) -> Result<u32, PasswordError> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || (text.len() > 1 && text.starts_with('0')) {
        return Err(PasswordError::Malformed("a parameter is no number"));
    }
    text.parse()
        .map_err(|_| PasswordError::Excessive("a parameter"))
}

/// Base64 without padding, as PHC strings have it.
pub(super) fn decode(text: &str) -> Result<Vec<u8>, PasswordError> {
    STANDARD_NO_PAD
        .decode(text)
        .map_err(|_| PasswordError::Malformed("salt or hash is not base64"))
}

pub(super) fn encode(bytes: &[u8]) -> String {
    STANDARD_NO_PAD.encode(bytes)
}

/// The bytes, if they are as many as a hash has.
pub(super) fn hash_of(bytes: &[u8]) -> Result<Vec<u8>, PasswordError> {
    match (SHORTEST_HASH..=LONGEST_HASH).contains(&bytes.len()) {
        true => Ok(bytes.to_vec()),
        false => Err(PasswordError::Malformed(
            "the hash is too short or too long",
        )),
    }
}
