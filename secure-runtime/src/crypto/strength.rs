//! Which secrets are no secrets: short ones, written ones and published ones.

use std::fmt;

use base64::{
    Engine as _,
    alphabet::{STANDARD, URL_SAFE},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use zeroize::Zeroizing;

/// What is wrong with a secret. It never shows the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecretError {
    /// There is no text.
    Empty,
    /// The text is neither base64 nor hexadecimal.
    Encoding,
    /// There are too few bytes.
    Short {
        /// How many there are.
        bytes: usize,
        /// How many there must be.
        needed: usize,
    },
    /// The bytes are visibly not random.
    Weak,
    /// The text is one that people forget to replace.
    Placeholder,
}

impl fmt::Display for SecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the secret is empty"),
            Self::Encoding => f.write_str("the secret is neither base64 nor hexadecimal"),
            Self::Short { bytes, needed } => write!(
                f,
                "the secret has {bytes} bytes and needs at least {needed} (RFC 7518 §3.2)"
            ),
            Self::Weak => f.write_str("the secret is visibly not random"),
            Self::Placeholder => f.write_str("the secret is a placeholder or a published example"),
        }?;
        let bytes = match self {
            Self::Short { needed, .. } => *needed,
            _ => 32,
        };
        write!(f, "; make one with `openssl rand -base64 {bytes}`")
    }
}

impl std::error::Error for SecretError {}

/// The bytes of a secret's text form: base64 (standard or URL-safe, padded or not) or hexadecimal.
pub(crate) fn secret_from_text(
    text: &str,
    needed: usize,
) -> Result<Zeroizing<Vec<u8>>, SecretError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(SecretError::Empty);
    }
    if is_placeholder(text) {
        return Err(SecretError::Placeholder);
    }
    let bytes = decode(text).ok_or(SecretError::Encoding)?;
    check_secret(&bytes, needed)?;
    Ok(bytes)
}

/// Whether bytes can be a secret: enough of them, and not visibly written by somebody.
pub(crate) fn check_secret(bytes: &[u8], needed: usize) -> Result<(), SecretError> {
    if bytes.is_empty() {
        return Err(SecretError::Empty);
    }
    if bytes.len() < needed {
        let bytes = bytes.len();
        return Err(SecretError::Short { bytes, needed });
    }
    if is_published(bytes) {
        return Err(SecretError::Placeholder);
    }
    if looks_written(bytes) {
        return Err(SecretError::Weak);
    }
    Ok(())
}

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

/// The key that every copy of one well-known tutorial shares, in whichever form it is written.
fn is_published(bytes: &[u8]) -> bool {
    const PUBLISHED: &str = "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7";
    decode(PUBLISHED).is_some_and(|published| bytes == published.as_slice())
}

/// Words that stand for a secret that nobody has chosen yet.
fn is_placeholder(text: &str) -> bool {
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
    WORDS.iter().any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> SecretError {
        secret_from_text(text, 32).expect_err("a refusal")
    }

    #[test]
    fn takes_base64_of_both_alphabets_and_hexadecimal() {
        for text in [
            "q83vEjRWeJC6mHZUMhDerb7v/+7dzLuqmYh3ZlVEMyI=",
            "q83vEjRWeJC6mHZUMhDerb7v_-7dzLuqmYh3ZlVEMyI",
            "abcdef1234567890ba9876543210deadbeefffeeddccbbaa9988776655443322",
            "  q83vEjRWeJC6mHZUMhDerb7v/+7dzLuqmYh3ZlVEMyI=\n",
        ] {
            assert!(secret_from_text(text, 32).is_ok(), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_weak() {
        assert_eq!(refusal(""), SecretError::Empty);
        assert_eq!(refusal("not base64!"), SecretError::Encoding);
        let short = SecretError::Short {
            bytes: 5,
            needed: 32,
        };
        assert_eq!(refusal("c2hvcnQ="), short);
        assert_eq!(refusal(&"a".repeat(64)), SecretError::Weak);
        assert_eq!(
            refusal("your-secret-key-min-32-chars"),
            SecretError::Placeholder
        );
        assert_eq!(
            refusal("09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7"),
            SecretError::Placeholder
        );
        // base64 of an English sentence
        assert_eq!(
            refusal("VGhlIHF1aWNrIGJyb3duIGZveCBqdW1wcyBvdmVyIHRoZSBsYXp5IGRvZw=="),
            SecretError::Weak
        );
    }

    #[test]
    fn messages_say_how_to_make_one() {
        assert_eq!(
            SecretError::Short {
                bytes: 5,
                needed: 64
            }
            .to_string(),
            "the secret has 5 bytes and needs at least 64 (RFC 7518 §3.2); make one with `openssl rand -base64 64`"
        );
    }

    #[test]
    fn a_published_key_is_known_in_every_form() {
        for text in [
            "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
            "09D25E094FAA6CA2556C818166B7A9563B93F7099F6F0F4CAA6CF63B88E8D3E7",
            "CdJeCU+qbKJVbIGBZrepVjuT9wmfbw9Mqmz2O4jo0+c=",
            "CdJeCU-qbKJVbIGBZrepVjuT9wmfbw9Mqmz2O4jo0-c",
        ] {
            assert_eq!(refusal(text), SecretError::Placeholder, "{text}");
        }
    }
}
