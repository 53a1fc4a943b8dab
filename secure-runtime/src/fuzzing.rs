//! What the fuzz targets call: what reads untrusted text, and is no interface otherwise. Nothing here is for
//! anybody else, and anything may change.
#![allow(missing_docs)]

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    Security, api_key, crypto,
    session::{self, SessionId},
};

pub use crate::{
    edge::fuzzing::{asks_for_page, client_of, cookies, is_https, request_host, violations},
    input::looks_through_json,
    password::fuzzing::reads_stored_password,
};

/// The signature that an access token of this HS256 secret has, whatever its header and payload say.
pub fn signature(secret: &[u8], message: &str) -> Vec<u8> {
    let mut key = [0; 32];
    crypto::derive(secret, "access token", &mut key);
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    hmac::sign(&key, message.as_bytes()).as_ref().to_vec()
}

/// A token with any header and payload, signed with the secret.
pub fn token(secret: &[u8], header: &[u8], payload: &[u8]) -> String {
    let message = [header, payload].map(|part| URL_SAFE_NO_PAD.encode(part));
    let message = message.join(".");
    let signature = URL_SAFE_NO_PAD.encode(signature(secret, &message));
    format!("{message}.{signature}")
}

/// The subject of an access token, where it is taken.
pub fn subject_of(security: &Security, token: &str) -> Option<String> {
    let principal = security.access_tokens().judge(token).ok()?;
    Some(principal.subject().to_owned())
}

/// How large the image is in a file of this type, where it is whole and is one; nothing where the file is another.
#[cfg(feature = "uploads")]
pub fn content(
    path: &std::path::Path,
    kind: crate::upload::MediaType,
    bounds: crate::upload::ImageBounds,
) -> Option<Option<crate::upload::Dimensions>> {
    crate::input::upload::check_content(path, kind, bounds)
}

/// The name of the session in the text of a cookie, and again as text.
pub fn session(text: &str) -> Option<String> {
    session::Presented::parse(text).map(|presented| presented.id.to_text())
}

/// A session's name, read and written again.
pub fn session_name(text: &str) -> Option<String> {
    SessionId::parse(text).map(SessionId::to_text)
}

/// The id of the API key in a text.
pub fn api_key(prefix: &str, text: &str) -> Option<String> {
    let presented = api_key::Prefix::new(prefix)?.parse(text)?;
    Some(presented.id.as_str().to_owned())
}
