use std::fmt;

use crate::crypto::SecretError;

/// Why a key, a set of keys or a ring was refused. It never shows a key, only key ids.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// The secret of an HMAC key.
    Hmac(SecretError),
    /// There is no text.
    Empty,
    /// The text is not one PEM block with a key in it.
    Pem,
    /// The PEM block is encrypted.
    Encrypted,
    /// The text is not a JWK: a JSON object whose members have the right types and stand once.
    Jwk,
    /// A JWK's member is absent or not what its definition asks.
    Member {
        /// Its name.
        name: &'static str,
    },
    /// A JWK's member says that the key is for something else.
    Mismatch {
        /// Its name.
        name: &'static str,
        /// What it would have to say.
        expected: &'static str,
    },
    /// The key is of another kind than its type says: an RSA key for `Es256Key`.
    Kind {
        /// The kind that it would have to be.
        expected: &'static str,
    },
    /// A public key where a private one is needed.
    Public,
    /// A private key where a public one is enough.
    Private,
    /// An RSA modulus is too short or too long.
    RsaSize {
        /// How many bits it has.
        bits: usize,
        /// How few it may have.
        least: usize,
    },
    /// An RSA exponent is even or below 65537.
    RsaExponent,
    /// An RSA modulus was made by the faulty library of CVE-2017-15361 (ROCA).
    RsaRoca,
    /// The key's numbers do not belong together, or are not on its curve.
    Inconsistent,
    /// The key cannot be written in this form, or not be made.
    Unavailable,
    /// A key id that is empty, longer than 128 bytes or not printable ASCII.
    Kid,
    /// A key id stands for two keys.
    RepeatedKid {
        /// The key id.
        kid: String,
    },
    /// One key stands under two ids.
    RepeatedKey {
        /// The second of them.
        kid: String,
    },
    /// The text is not a set of keys: `{"keys": [ … ]}`.
    NotASet,
    /// A key of a set has a `status` other than `next`, `current` or `previous`.
    Status,
    /// A set has no current key, or more than one current or next key.
    Count {
        /// The status.
        status: &'static str,
    },
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hmac(error) => error.fmt(f),
            Self::Empty => f.write_str("the key is empty"),
            Self::Pem => f.write_str(
                "the key is not one PEM block of PKCS#8, PKCS#1 or SEC 1 (RFC 7468, RFC 5958, RFC 8017, RFC 5915)",
            ),
            Self::Encrypted => f.write_str(
                "the key is encrypted; `openssl pkey -in key.pem -out plain.pem` decrypts it",
            ),
            Self::Jwk => {
                f.write_str("the key is not a JWK: one JSON object, each member once (RFC 7517)")
            }
            Self::Member { name } => write!(
                f,
                "the JWK's `{name}` is absent or not what RFC 7518 §6 and RFC 8037 §2 ask"
            ),
            Self::Mismatch { name, expected } => {
                write!(f, "the JWK's `{name}` is not `{expected}`")
            }
            Self::Kind { expected } => write!(f, "the key is not {expected}"),
            Self::Public => f.write_str("the key is public, and a private one is needed to sign"),
            Self::Private => f.write_str(
                "the key is private, and a public one is enough to verify; keep it where it signs",
            ),
            Self::RsaSize { bits, least } => write!(
                f,
                "the RSA modulus has {bits} bits and needs {least} to 8192 (RFC 7518 §3.3, NIST SP 800-57)"
            ),
            Self::RsaExponent => f.write_str(
                "the RSA exponent is even or below 65537 (NIST SP 800-56B §6.2)",
            ),
            Self::RsaRoca => f.write_str(
                "the RSA key was made by a faulty generator and can be broken (CVE-2017-15361)",
            ),
            Self::Inconsistent => f.write_str(
                "the key's parts do not belong together, or its point is not on the curve",
            ),
            Self::Unavailable => f.write_str("the key cannot be made or written"),
            Self::Kid => {
                f.write_str("the key id is empty, longer than 128 bytes or not printable ASCII")
            }
            Self::RepeatedKid { kid } => write!(f, "the key id `{kid}` stands for two keys"),
            Self::RepeatedKey { kid } => {
                write!(f, "the key `{kid}` is in the ring already, under another id")
            }
            Self::NotASet => f.write_str(
                "the text is not a set of keys: `{\"keys\": […]}`, each with `kid`, `alg`, `use`, `status` and `published_at`",
            ),
            Self::Status => f.write_str(
                "a key's `status` is not `next`, `current` or `previous`, or `retired_at` is not at a previous key alone",
            ),
            Self::Count { status } => match *status {
                "none" => f.write_str("the set has no `current` key"),
                status => write!(f, "the set has more than one `{status}` key"),
            },
        }
    }
}

impl std::error::Error for KeyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Hmac(error) => Some(error),
            _ => None,
        }
    }
}

impl From<SecretError> for KeyError {
    fn from(error: SecretError) -> Self {
        Self::Hmac(error)
    }
}
