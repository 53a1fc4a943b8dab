//! Which bytes a typed password is.

use icu_normalizer::ComposingNormalizer;
use zeroize::Zeroizing;

/// A password is never longer, in bytes. The guides ask for at least 64 characters (NIST SP 800-63B-4
/// §3.1.1.2), and four bytes each are less than this.
pub(crate) const MAX_BYTES: usize = 1024;

/// The text in Unicode's Normalization Form C, as RFC 8265's OpaqueString has it: an `ä` that one
/// keyboard sends as one code point and another as two is the same password.
///
/// NIST asks for a normalisation and lets one choose; the compatibility forms would merge characters
/// that people tell apart (`²` and `2`).
pub(super) fn normalized(text: &str) -> Zeroizing<String> {
    Zeroizing::new(ComposingNormalizer::new_nfc().normalize(text).into_owned())
}

/// The texts that a typed password may have been stored as: normalised, and as it is where that is
/// something else, since who hashed before may not have normalised.
pub(super) fn candidates(text: &str) -> Vec<Zeroizing<String>> {
    let normal = normalized(text);
    match *normal == text {
        true => vec![normal],
        false => vec![normal, Zeroizing::new(text.to_owned())],
    }
}
