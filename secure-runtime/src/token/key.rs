use std::fmt;

use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use base64::{
    Engine as _,
    alphabet::{STANDARD, URL_SAFE},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use zeroize::Zeroizing;

use crate::crypto::{Secret, fill_random};

/// Bytes that a secret must have: as many as HMAC-SHA-256 puts out (RFC 7518 §3.2).
const MINIMUM: usize = 32;

/// A secret from which the HS256 keys are derived, one for each purpose.
///
/// The key's type names its algorithm: there is no place where an algorithm is said beside a key.
#[derive(Clone)]
pub struct Hs256Key {
    secret: Secret<Vec<u8>>,
}

impl Hs256Key {
    /// Takes a secret as base64 (standard or URL-safe, padded or not) or hexadecimal of at least
    /// 32 random bytes. `openssl rand -base64 32` makes one.
    ///
    /// # Errors
    /// When the text is neither, too short, or visibly not random: a repeated pattern, running
    /// text, or a secret that a well-known guide prints.
    pub fn from_text(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(KeyError::Empty);
        }
        if is_placeholder(text) {
            return Err(KeyError::Placeholder);
        }
        let bytes = decode(text).ok_or(KeyError::Encoding)?;
        Self::from_bytes(&bytes)
    }

    /// Takes at least 32 random bytes.
    ///
    /// # Errors
    /// When there are fewer, or when they are visibly not random.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        if bytes.len() < MINIMUM {
            return Err(KeyError::Short { bytes: bytes.len() });
        }
        if looks_written(bytes) {
            return Err(KeyError::Weak);
        }
        Ok(Self {
            secret: Secret::new(bytes.to_vec()),
        })
    }

    /// Makes a fresh random secret. Tokens signed with it end with the process.
    #[must_use]
    pub fn random() -> Self {
        let mut bytes = vec![0; MINIMUM];
        fill_random(&mut bytes);
        Self {
            secret: Secret::new(bytes),
        }
    }

    /// The key for one purpose: HKDF-SHA-256 (RFC 5869) with the purpose as context, so that a
    /// signature made for one purpose is worth nothing for another.
    pub(super) fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        struct Length;
        impl KeyType for Length {
            fn len(&self) -> usize {
                32
            }
        }
        let mut key = Zeroizing::new([0_u8; 32]);
        let context = [b"secure-runtime ".as_slice(), purpose.as_bytes()];
        let derived = Salt::new(HKDF_SHA256, b"secure-runtime v1")
            .extract(self.secret.expose())
            .expand(&context, Length)
            .and_then(|okm| okm.fill(&mut *key));
        // 32 bytes are within what HKDF-SHA-256 can give, so this does not fail; if it ever did, a
        // random key would verify nothing, which is the closed side.
        if derived.is_err() {
            fill_random(&mut *key);
        }
        key
    }
}

impl fmt::Debug for Hs256Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hs256Key([redacted])")
    }
}

/// Why a key was refused. It never shows the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// There is no text.
    Empty,
    /// The text is neither base64 nor hexadecimal.
    Encoding,
    /// There are too few bytes.
    Short {
        /// How many there are.
        bytes: usize,
    },
    /// The bytes are visibly not random.
    Weak,
    /// The text is one that people forget to replace.
    Placeholder,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the secret is empty"),
            Self::Encoding => f.write_str("the secret is neither base64 nor hexadecimal"),
            Self::Short { bytes } => write!(
                f,
                "the secret has {bytes} bytes and needs at least {MINIMUM} (RFC 7518 §3.2)"
            ),
            Self::Weak => f.write_str("the secret is visibly not random"),
            Self::Placeholder => f.write_str("the secret is a placeholder or a published example"),
        }?;
        f.write_str("; make one with `openssl rand -base64 32`")
    }
}

impl std::error::Error for KeyError {}

fn decode(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    if text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let digit = |byte: u8| (byte as char).to_digit(16).unwrap_or(0) as u8;
        let bytes = text.as_bytes().chunks_exact(2);
        return Some(Zeroizing::new(
            bytes
                .map(|pair| digit(pair[0]) << 4 | digit(pair[1]))
                .collect(),
        ));
    }
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    [&STANDARD, &URL_SAFE]
        .into_iter()
        .find_map(|alphabet| GeneralPurpose::new(alphabet, config).decode(text).ok())
        .map(Zeroizing::new)
}

/// Random bytes repeat little: of 32 about 30 differ, and fewer than 20 practically never do
/// (below 1 in 10^12). Of more bytes no more are asked for. Printable text throughout is written
/// by somebody: of 32 random bytes all are printable once in 10^13.
fn looks_written(bytes: &[u8]) -> bool {
    let mut seen = [false; 256];
    for byte in bytes {
        seen[usize::from(*byte)] = true;
    }
    let distinct = seen.iter().filter(|seen| **seen).count();
    distinct < 20 || bytes.iter().all(|byte| (0x20..0x7f).contains(byte))
}

/// Words that stand for a secret that nobody has chosen yet, and the key that every copy of one
/// well-known tutorial shares.
fn is_placeholder(text: &str) -> bool {
    const PUBLISHED: [&str; 1] =
        ["09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7"];
    const WORDS: [&str; 8] = [
        "changeme",
        "change-me",
        "change_me",
        "your-secret",
        "your_secret",
        "placeholder",
        "secret-key",
        "secret_key",
    ];
    let lower = text.to_ascii_lowercase();
    PUBLISHED.contains(&lower.as_str()) || WORDS.iter().any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> KeyError {
        Hs256Key::from_text(text).expect_err("a refusal")
    }

    #[test]
    fn takes_base64_of_both_alphabets_and_hexadecimal() {
        for text in [
            "q83vEjRWeJC6mHZUMhDerb7v/+7dzLuqmYh3ZlVEMyI=",
            "q83vEjRWeJC6mHZUMhDerb7v_-7dzLuqmYh3ZlVEMyI",
            "abcdef1234567890ba9876543210deadbeefffeeddccbbaa9988776655443322",
            "  q83vEjRWeJC6mHZUMhDerb7v/+7dzLuqmYh3ZlVEMyI=\n",
        ] {
            assert!(Hs256Key::from_text(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_weak() {
        assert_eq!(refusal(""), KeyError::Empty);
        assert_eq!(refusal("not base64!"), KeyError::Encoding);
        assert_eq!(refusal("c2hvcnQ="), KeyError::Short { bytes: 5 });
        assert_eq!(refusal(&"a".repeat(64)), KeyError::Weak);
        assert_eq!(
            refusal("your-secret-key-min-32-chars"),
            KeyError::Placeholder
        );
        assert_eq!(
            refusal("09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7"),
            KeyError::Placeholder
        );
        // base64 of an English sentence
        assert_eq!(
            refusal("VGhlIHF1aWNrIGJyb3duIGZveCBqdW1wcyBvdmVyIHRoZSBsYXp5IGRvZw=="),
            KeyError::Weak
        );
    }

    #[test]
    fn one_secret_gives_a_key_of_its_own_for_each_purpose() {
        let key = Hs256Key::random();
        assert_ne!(*key.derive("access"), *key.derive("refresh"));
        assert_eq!(*key.derive("access"), *key.clone().derive("access"));
    }

    #[test]
    fn a_key_does_not_print() {
        assert_eq!(format!("{:?}", Hs256Key::random()), "Hs256Key([redacted])");
    }
}
