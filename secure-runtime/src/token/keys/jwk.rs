//! JSON Web Keys (RFC 7517, RFC 7518 §6, RFC 8037 §2): reading strictly, writing, thumbprints.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Algorithm, KeyError, algorithm::Family, public::Public};
use crate::crypto::Secret;

/// Long enough for the longest key, so that writing one moves no part of it around in memory.
const LONGEST: usize = 16 * 1024;

/// A JWK's members. Those that are secret are overwritten when they are dropped.
///
/// A member that we know and that stands twice is refused; unknown ones are ignored (RFC 7517 §4).
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Jwk {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kty: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) alg: Option<String>,
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    pub(super) usage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) key_ops: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) crv: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) x: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) y: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) n: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) e: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) d: Option<Zeroizing<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) p: Option<Zeroizing<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) q: Option<Zeroizing<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) dp: Option<Zeroizing<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) dq: Option<Zeroizing<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) qi: Option<Zeroizing<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) k: Option<Zeroizing<String>>,
    #[serde(skip_serializing)]
    pub(super) oth: Option<serde::de::IgnoredAny>,
    // The members of our key files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) published_at: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) retired_at: Option<u64>,
}

/// What a key is loaded for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Sign,
    Verify,
}

impl Jwk {
    pub(super) fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(KeyError::Empty);
        }
        // Serde would take a list for a struct too.
        if !text.starts_with('{') {
            return Err(KeyError::Jwk);
        }
        serde_json::from_str(text).map_err(|_| KeyError::Jwk)
    }

    /// The algorithm that the key itself says it is for.
    pub(super) fn algorithm(&self) -> Result<Algorithm, KeyError> {
        let name = self
            .alg
            .as_deref()
            .ok_or(KeyError::Member { name: "alg" })?;
        Algorithm::from_name(name).ok_or(KeyError::Member { name: "alg" })
    }

    /// Whether the key's members allow it to be used with `algorithm` in that role: what `kty`, `crv`,
    /// `alg`, `use` and `key_ops` say, as far as they are there (`kty` must be).
    pub(super) fn check(&self, algorithm: Algorithm, role: Role) -> Result<(), KeyError> {
        let family = algorithm.family();
        let same = |name, member: &Option<String>, expected: &'static str| match member {
            Some(said) if said != expected => Err(KeyError::Mismatch { name, expected }),
            _ => Ok(()),
        };
        if self.kty.is_none() {
            return Err(KeyError::Member { name: "kty" });
        }
        same("kty", &self.kty, family.kty())?;
        same("alg", &self.alg, algorithm.name())?;
        same("use", &self.usage, "sig")?;
        if let Some(crv) = family.crv() {
            if self.crv.is_none() {
                return Err(KeyError::Member { name: "crv" });
            }
            same("crv", &self.crv, crv)?;
        }
        let operation = match role {
            Role::Sign => "sign",
            Role::Verify => "verify",
        };
        self.check_operations(operation)?;
        let private = [
            &self.d, &self.p, &self.q, &self.dp, &self.dq, &self.qi, &self.k,
        ];
        match role {
            Role::Verify if private.iter().any(|member| member.is_some()) => Err(KeyError::Private),
            Role::Sign if self.d.is_none() && !algorithm.is_symmetric() => Err(KeyError::Public),
            _ => Ok(()),
        }
    }

    /// RFC 7517 §4.3: no operation twice, and none that is not about signatures.
    fn check_operations(&self, operation: &'static str) -> Result<(), KeyError> {
        let Some(operations) = &self.key_ops else {
            return Ok(());
        };
        let mismatch = KeyError::Mismatch {
            name: "key_ops",
            expected: operation,
        };
        let foreign = operations
            .iter()
            .any(|one| one != "sign" && one != "verify");
        let twice =
            operations.len() > 2 || (operations.len() == 2 && operations[0] == operations[1]);
        if foreign || twice || !operations.iter().any(|one| one == operation) {
            return Err(mismatch);
        }
        Ok(())
    }

    /// The JSON text of a private key.
    pub(super) fn to_secret_text(&self) -> Result<Secret<String>, KeyError> {
        secret_json(self, 1)
    }
}

/// JSON that holds secrets, written into memory that is long enough from the start.
pub(super) fn secret_json<T: Serialize>(
    value: &T,
    keys: usize,
) -> Result<Secret<String>, KeyError> {
    let mut json = Zeroizing::new(Vec::with_capacity(LONGEST * keys));
    serde_json::to_writer(&mut *json, value).map_err(|_| KeyError::Unavailable)?;
    let text = String::from_utf8(std::mem::take(&mut *json)).map_err(|_| KeyError::Unavailable)?;
    Ok(Secret::new(text))
}

/// A member in base64url without padding, strictly (RFC 7515 §2).
pub(super) fn bytes(
    name: &'static str,
    member: Option<&str>,
) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let text = member.ok_or(KeyError::Member { name })?;
    let bytes = URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| KeyError::Member { name })?;
    if bytes.is_empty() {
        return Err(KeyError::Member { name });
    }
    Ok(Zeroizing::new(bytes))
}

/// A member that is a number: no zero byte in front (RFC 7518 §2, Base64urlUInt).
pub(super) fn number(
    name: &'static str,
    member: Option<&str>,
) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let bytes = bytes(name, member)?;
    match bytes.first() {
        Some(0) | None => Err(KeyError::Member { name }),
        Some(_) => Ok(bytes),
    }
}

/// A member that has exactly so many bytes.
pub(super) fn exactly(
    name: &'static str,
    member: Option<&str>,
    length: usize,
) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let bytes = bytes(name, member)?;
    if bytes.len() != length {
        return Err(KeyError::Member { name });
    }
    Ok(bytes)
}

pub(super) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(super) fn encode_secret(bytes: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes))
}

/// A public key as a JWK Set publishes it (RFC 7517 §5): asymmetric, and no private member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PublicJwk {
    kty: &'static str,
    #[serde(rename = "use")]
    usage: &'static str,
    alg: &'static str,
    kid: String,
    #[serde(flatten)]
    parts: PublicParts,
}

/// The members that make the key, in the lexicographic order that RFC 7638 §3 asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum PublicParts {
    Rsa {
        e: String,
        n: String,
    },
    Ec {
        crv: &'static str,
        x: String,
        y: String,
    },
    Okp {
        crv: &'static str,
        x: String,
    },
}

impl PublicJwk {
    pub(super) fn new(algorithm: Algorithm, kid: &str, public: &Public) -> Self {
        Self {
            kty: algorithm.family().kty(),
            usage: "sig",
            alg: algorithm.name(),
            kid: kid.to_owned(),
            parts: PublicParts::new(public),
        }
    }

    /// The key id.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The key's JSON text.
    pub fn to_text(&self) -> String {
        // The members are strings, which can be written.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl PublicParts {
    fn new(public: &Public) -> Self {
        match public {
            Public::Rsa { n, e } => Self::Rsa {
                e: encode(e),
                n: encode(n),
            },
            Public::Ec { curve, x, y } => Self::Ec {
                crv: Family::Ec(*curve).crv().unwrap_or_default(),
                x: encode(x),
                y: encode(y),
            },
            Public::Ed25519 { x } => Self::Okp {
                crv: "Ed25519",
                x: encode(x),
            },
        }
    }
}

/// RFC 7638 §3, RFC 8037 §2: SHA-256 over the members that make the key, in base64url.
pub(super) fn thumbprint(public: &Public) -> String {
    let text = match PublicParts::new(public) {
        PublicParts::Rsa { e, n } => format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#),
        PublicParts::Ec { crv, x, y } => {
            format!(r#"{{"crv":"{crv}","kty":"EC","x":"{x}","y":"{y}"}}"#)
        }
        PublicParts::Okp { crv, x } => format!(r#"{{"crv":"{crv}","kty":"OKP","x":"{x}"}}"#),
    };
    encode(digest(&SHA256, text.as_bytes()).as_ref())
}
