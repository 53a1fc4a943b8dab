//! The textual form of keys (RFC 7468).

use pem_rfc7468::LineEnding;
use zeroize::Zeroizing;

use super::KeyError;
use crate::crypto::Secret;

/// What a PEM block holds.
pub(super) struct Pem {
    pub(super) label: Label,
    pub(super) der: Zeroizing<Vec<u8>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    /// PKCS#8, RFC 5958.
    Private,
    /// PKCS#1, RFC 8017 §A.1.2.
    RsaPrivate,
    /// SEC 1, RFC 5915.
    EcPrivate,
    /// SubjectPublicKeyInfo, RFC 5280 §4.1.
    Public,
    /// PKCS#1, RFC 8017 §A.1.1.
    RsaPublic,
}

impl Label {
    pub(super) fn is_private(self) -> bool {
        matches!(self, Self::Private | Self::RsaPrivate | Self::EcPrivate)
    }
}

impl Pem {
    /// The one key of a PEM text. `openssl ecparam -genkey` writes the curve's name before it, in a
    /// block of its own, which is passed over: the key says its curve itself.
    pub(super) fn parse(text: &str) -> Result<Self, KeyError> {
        const BEGIN: &str = "-----BEGIN ";
        let text = text.trim();
        if text.is_empty() {
            return Err(KeyError::Empty);
        }
        let mut blocks = text
            .match_indices(BEGIN)
            .map(|(at, _)| &text[at..])
            .filter(|block| !block.starts_with("-----BEGIN EC PARAMETERS-----"));
        let (Some(block), None) = (blocks.next(), blocks.next()) else {
            return Err(KeyError::Pem);
        };
        // The label says it in PKCS#8, a header in the older forms.
        if block.starts_with("-----BEGIN ENCRYPTED ") || block.contains("Proc-Type: 4,ENCRYPTED") {
            return Err(KeyError::Encrypted);
        }
        let (label, der) = pem_rfc7468::decode_vec(block.as_bytes()).map_err(|_| KeyError::Pem)?;
        let der = Zeroizing::new(der);
        let label = match label {
            "PRIVATE KEY" => Label::Private,
            "RSA PRIVATE KEY" => Label::RsaPrivate,
            "EC PRIVATE KEY" => Label::EcPrivate,
            "PUBLIC KEY" => Label::Public,
            "RSA PUBLIC KEY" => Label::RsaPublic,
            _ => return Err(KeyError::Pem),
        };
        Ok(Self { label, der })
    }
}

pub(super) fn write_private(der: &[u8]) -> Result<Secret<String>, KeyError> {
    write("PRIVATE KEY", der).map(Secret::new)
}

pub(super) fn write_public(der: &[u8]) -> Result<String, KeyError> {
    write("PUBLIC KEY", der)
}

fn write(label: &str, der: &[u8]) -> Result<String, KeyError> {
    pem_rfc7468::encode_string(label, LineEnding::LF, der).map_err(|_| KeyError::Unavailable)
}
