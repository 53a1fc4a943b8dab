//! What reads stored passwords, for the fuzz targets.

use super::{VerifyLimits, stored::Reader};

/// Whether a text is a stored password that would be compared. Nothing is hashed.
pub fn reads_stored_password(text: &str) -> bool {
    let reader = Reader {
        limits: VerifyLimits::new(),
        peppers: &[],
        #[cfg(feature = "password-legacy")]
        bcrypt_truncates: false,
    };
    reader.read(text).is_ok()
}
