use std::time::Duration;

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, DeserializeOwned},
};
use serde_json::{Map, Value};

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
    /// The refresh family that the token belongs to (the name is OpenID Connect's).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sid: Option<String>,
    #[serde(default)]
    pub(super) roles: Vec<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) scope: String,
    /// Whether the token is narrower than its owner.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) restricted: bool,
    /// The app's own, which are read as its own type.
    #[serde(flatten, skip_deserializing)]
    pub(super) own: Map<String, Value>,
}

/// A JSON object. Serde would take a list for a struct too, and texts that are no UTF-8 where nobody reads
/// them; RFC 7515 §5.2 and RFC 7519 §7.2 do not.
pub(super) fn object<T: DeserializeOwned>(json: &[u8]) -> Option<T> {
    let json = str::from_utf8(json).ok()?;
    json.trim_ascii_start()
        .starts_with('{')
        .then(|| serde_json::from_str(json).ok())?
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
        // RFC 7519 §2 has room for a fraction; only `iat` has one, and milliseconds are enough.
        match self.0.subsec_millis() {
            0 => serializer.serialize_u64(self.0.as_secs()),
            millis => {
                serializer.serialize_f64(self.0.as_secs() as f64 + f64::from(millis) / 1000.0)
            }
        }
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
                // To the microsecond: what a float this large can tell apart.
                match Duration::try_from_secs_f64(seconds) {
                    Ok(date) if date.as_secs() <= LATEST => Ok(NumericDate(to_micros(date))),
                    _ => Err(E::custom("a date out of range")),
                }
            }
        }

        // Not `deserialize_u64`: the type that stands in the JSON decides.
        deserializer.deserialize_any(Visitor)
    }
}

/// To the nearest microsecond.
fn to_micros(date: Duration) -> Duration {
    let rest = date.subsec_nanos() % 1000;
    let down = date - Duration::from_nanos(rest.into());
    if rest < 500 {
        down
    } else {
        down + Duration::from_micros(1)
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_false(restricted: &bool) -> bool {
    !restricted
}
