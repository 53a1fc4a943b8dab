//! The compact form of a JWS (RFC 7515 §3.1, §5.2), read strictly.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{
    Deserialize, Deserializer,
    de::{self, IgnoredAny, MapAccess},
};

/// A token whose form is right, before anything of it is believed.
pub(crate) struct Compact<'a> {
    header: Header,
    message: &'a str,
    payload: &'a str,
    signature: Vec<u8>,
}

/// What a header says. Members that stand twice are refused, also those that we do not know.
pub(crate) struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
}

impl<'a> Compact<'a> {
    pub(crate) fn parse(token: &'a str) -> Result<Self, JwsError> {
        let (message, signature) = token.rsplit_once('.').ok_or(JwsError::Shape)?;
        let (header, payload) = message.split_once('.').ok_or(JwsError::Shape)?;
        if payload.contains('.') {
            return Err(JwsError::Shape);
        }
        Ok(Self {
            header: Header::parse(&decode(header)?)?,
            message,
            payload,
            signature: decode(signature)?,
        })
    }

    pub(crate) fn header(&self) -> &Header {
        &self.header
    }

    /// What was signed: header and payload as they stand in the token.
    pub(crate) fn message(&self) -> &'a str {
        self.message
    }

    pub(crate) fn signature(&self) -> &Vec<u8> {
        &self.signature
    }

    /// The payload. It means nothing before the signature is known to be good.
    pub(crate) fn payload(&self) -> Result<Vec<u8>, JwsError> {
        decode(self.payload)
    }
}

impl Header {
    pub(crate) fn alg(&self) -> &str {
        &self.alg
    }

    pub(crate) fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    pub(crate) fn typ(&self) -> Option<&str> {
        self.typ.as_deref()
    }

    fn parse(json: &[u8]) -> Result<Self, JwsError> {
        // Texts of members that nobody reads are UTF-8 too (RFC 7515 §5.2).
        let json = str::from_utf8(json).map_err(|_| JwsError::Header)?;
        serde_json::from_str(json).map_err(|_| JwsError::Header)
    }
}

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(HeaderVisitor)
    }
}

struct HeaderVisitor;

impl<'de> de::Visitor<'de> for HeaderVisitor {
    type Value = Header;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object, each member once")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Header, A::Error> {
        let (mut alg, mut kid, mut typ) = (None, None, None);
        // A header has a handful of members; one with more than that is not a header of ours, and
        // looking each up among the others stays cheap.
        let mut seen: Vec<String> = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            if seen.len() >= 32 || seen.contains(&name) {
                return Err(de::Error::custom("too many members, or one twice"));
            }
            match name.as_str() {
                "alg" => alg = Some(map.next_value()?),
                "kid" => kid = Some(map.next_value()?),
                "typ" => typ = Some(map.next_value()?),
                // RFC 7515 §4.1.11, RFC 7797: we understand no extension, so none may be critical.
                "crit" | "b64" => return Err(de::Error::custom("an extension")),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
            seen.push(name);
        }
        let alg = alg.ok_or_else(|| de::Error::missing_field("alg"))?;
        Ok(Header { alg, kid, typ })
    }
}

fn decode(part: &str) -> Result<Vec<u8>, JwsError> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| JwsError::Shape)
}

/// Why a signed text was refused, or could not be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum JwsError {
    /// The text is not three base64url parts.
    Shape,
    /// The header is not a JSON object with each member once, or asks for an extension.
    Header,
    /// The header's `alg` is not the key's.
    Algorithm,
    /// The header's `kid` is not the key's.
    Kid,
    /// The signature does not fit.
    Signature,
    /// The key cannot sign.
    Signing,
}

impl fmt::Display for JwsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shape => "the token is not three base64url parts",
            Self::Header => {
                "the token's header is not a JSON object with each member once, or asks for an extension"
            }
            Self::Algorithm => "the token's algorithm is not the key's",
            Self::Kid => "the token's key id is not the key's",
            Self::Signature => "the token's signature does not fit",
            Self::Signing => "the key cannot sign",
        })
    }
}

impl std::error::Error for JwsError {}
