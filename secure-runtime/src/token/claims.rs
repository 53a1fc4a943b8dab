use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, de};

/// The header of our tokens. Anything that asks for more than a signature under our key is refused:
/// `crit` would have to be understood, and a key that the token brings along is never used.
#[derive(Deserialize)]
pub(super) struct Header {
    pub(super) alg: String,
    pub(super) typ: String,
    #[serde(default)]
    pub(super) crit: Option<de::IgnoredAny>,
}

/// The claims of RFC 9068 §2.2, plus `nbf` and the caller's roles (§2.2.3.1). Unknown claims are
/// ignored; a claim of ours that is absent, of another type or written twice is refused.
#[derive(Serialize, Deserialize)]
pub(super) struct Claims {
    pub(super) iss: String,
    pub(super) aud: Audience,
    pub(super) sub: String,
    pub(super) client_id: String,
    pub(super) exp: NumericDate,
    pub(super) iat: NumericDate,
    pub(super) nbf: NumericDate,
    pub(super) jti: String,
    pub(super) auth_time: NumericDate,
    #[serde(default)]
    pub(super) roles: Vec<String>,
    #[serde(default)]
    pub(super) scope: String,
}

/// RFC 7519 §4.1.3: one audience or several.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    pub(super) fn contains(&self, audience: &str) -> bool {
        match self {
            Self::One(one) => one == audience,
            Self::Several(several) => several.iter().any(|one| one == audience),
        }
    }
}

/// RFC 7519 §2: seconds since 1970-01-01T00:00:00Z, possibly with a fraction. Never a string,
/// never negative.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NumericDate(pub(super) Duration);

/// Later than year 9999: no date that anybody means.
const LATEST: u64 = 253_402_300_799;

impl Serialize for NumericDate {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0.as_secs())
    }
}

impl<'de> Deserialize<'de> for NumericDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = NumericDate;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a number of seconds since 1970")
            }

            fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<NumericDate, E> {
                if seconds > LATEST {
                    return Err(E::custom("a date beyond year 9999"));
                }
                Ok(NumericDate(Duration::from_secs(seconds)))
            }

            fn visit_f64<E: de::Error>(self, seconds: f64) -> Result<NumericDate, E> {
                match Duration::try_from_secs_f64(seconds) {
                    Ok(date) if date.as_secs() <= LATEST => Ok(NumericDate(date)),
                    _ => Err(E::custom("a date out of range")),
                }
            }
        }

        // Not `deserialize_u64`: the type that stands in the JSON decides.
        deserializer.deserialize_any(Visitor)
    }
}
