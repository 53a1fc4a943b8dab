use std::{fmt, marker::PhantomData, sync::Arc, time::Duration};

use aws_lc_rs::hmac;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};

use super::{
    PurposeKey, SecretRing,
    envelope::{self, Envelope, VERSION, framed, is_blank, key_name},
    error::{SerializeError, SignatureError},
};
use crate::clock::{Clock, millis};

/// How far ahead the clock of another instance may be, in milliseconds.
const LEEWAY: u64 = 60_000;

/// In bytes.
const TIME: usize = 8;
const TAG: usize = 32;

/// What can be signed. A value for one purpose is none for another, so each type has its own.
pub trait Signable: Serialize + DeserializeOwned {
    /// What signed values of this type are for (`"download link"`). A blank one does not build.
    const PURPOSE: &'static str;

    /// How long after it was signed a value is taken. A zero does not build.
    const MAX_AGE: Duration;
}

/// A signed value: text that is safe in a URL, in a header and in a cookie.
///
/// Everybody who has it can read what is signed, and use it as often as its age allows. Where one use is
/// to be the only one, see [`OneTimeTokens`](crate::token::OneTimeTokens).
pub struct Signed<T> {
    text: String,
    of: PhantomData<fn() -> T>,
}

/// Signs values (HMAC-SHA-256) and verifies them. Clones share everything.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
///
/// use secure_runtime::{
///     Security,
///     crypto::{Signable, SignatureError, Signed},
///     token::Hs256Key,
/// };
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct Download {
///     file: u32,
/// }
///
/// impl Signable for Download {
///     const PURPOSE: &'static str = "download link";
///     const MAX_AGE: Duration = Duration::from_secs(10 * 60);
/// }
///
/// let security = Security::builder()
///     .issuer("https://auth.example.com")
///     .audience("https://api.example.com")
///     .signing_key(Hs256Key::random())
///     .build()?;
///
/// let link = format!("/files?key={}", security.signer().sign(&Download { file: 7 })?);
///
/// let key = link.strip_prefix("/files?key=").unwrap_or_default();
/// let download = security.signer().verify(&Signed::<Download>::from_untrusted(key))?;
/// assert_eq!(download.file, 7);
///
/// let forged = Signed::<Download>::from_untrusted("v1.7.8");
/// let refused = security.signer().verify(&forged).err();
/// assert_eq!(refused, Some(SignatureError::Malformed));
/// # Ok(())
/// # }
/// ```
///
/// A purpose that is blank does not build, nor does an age of nothing:
///
/// ```compile_fail
/// use std::time::Duration;
///
/// use secure_runtime::crypto::{Signable, Signer};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct Download;
///
/// impl Signable for Download {
///     const PURPOSE: &'static str = "download link";
///     const MAX_AGE: Duration = Duration::ZERO;
/// }
///
/// fn link(signer: &Signer) -> String {
///     signer.sign(&Download).unwrap().to_string()
/// }
/// # fn main() { let _: fn(&Signer) -> String = link; }
/// ```
#[derive(Clone)]
pub struct Signer {
    secrets: SecretRing,
    clock: Arc<dyn Clock>,
}

impl Signer {
    pub(crate) fn new(secrets: SecretRing, clock: Arc<dyn Clock>) -> Self {
        Self { secrets, clock }
    }

    /// Signs a value, as of now.
    ///
    /// # Errors
    /// When the value cannot be written as JSON.
    pub fn sign<T: Signable>(&self, value: &T) -> Result<Signed<T>, SerializeError> {
        let key = self.secrets.current(&purpose::<T>());
        let name = key_name(&key.id);
        let time = millis(self.clock.unix()).to_be_bytes();
        let payload = serde_json::to_vec(value)?;
        let tag = hmac::sign(&hmac_key(&key), &message(&name, &time, &payload));
        let body = [&time, tag.as_ref(), &payload].concat();
        Ok(Signed::from_untrusted(envelope::text(&name, &body)))
    }

    /// The value that was signed.
    ///
    /// # Errors
    /// When it was not signed here or for this purpose, was changed, or is too old.
    pub fn verify<T: Signable>(&self, signed: &Signed<T>) -> Result<T, SignatureError> {
        let envelope = Envelope::parse(&signed.text).ok_or(SignatureError::Malformed)?;
        let body = &*envelope.body;
        let (time, rest) = body
            .split_first_chunk::<TIME>()
            .ok_or(SignatureError::Malformed)?;
        let (tag, payload) = rest
            .split_first_chunk::<TAG>()
            .ok_or(SignatureError::Malformed)?;
        let key = self
            .secrets
            .find(&purpose::<T>(), |id| key_name(id) == envelope.key)
            .ok_or(SignatureError::Forged)?;
        let message = message(envelope.key, time, payload);
        // In constant time.
        hmac::verify(&hmac_key(&key), &message, tag).map_err(|_| SignatureError::Forged)?;
        self.check_age::<T>(u64::from_be_bytes(*time))?;
        serde_json::from_slice(payload).map_err(|_| SignatureError::Malformed)
    }

    /// Whether a value that was signed then is taken now; in milliseconds since 1970.
    fn check_age<T: Signable>(&self, signed: u64) -> Result<(), SignatureError> {
        let now = millis(self.clock.unix());
        if signed > now.saturating_add(LEEWAY) {
            return Err(SignatureError::Early);
        }
        if now.saturating_sub(signed) >= millis(T::MAX_AGE) {
            return Err(SignatureError::Expired);
        }
        Ok(())
    }
}

impl<T> Signed<T> {
    /// Takes a text that was handed in as a signed value. It is not verified by that.
    pub fn from_untrusted(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            of: PhantomData,
        }
    }

    /// The text, to hand out.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// What the key is derived for. A type that cannot have any does not build.
fn purpose<T: Signable>() -> String {
    const {
        assert!(
            !is_blank(T::PURPOSE),
            "`Signable::PURPOSE` is blank: say what the signed values are for"
        );
        assert!(
            T::MAX_AGE.as_millis() > 0,
            "`Signable::MAX_AGE` is zero: such a value would never be taken"
        );
    }
    format!("signed {}", T::PURPOSE)
}

/// What is signed.
fn message(key: &str, time: &[u8; TIME], payload: &[u8]) -> Vec<u8> {
    framed(&[VERSION.as_bytes(), key.as_bytes(), time, payload])
}

fn hmac_key(key: &PurposeKey) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, &*key.key)
}

impl<T> Clone for Signed<T> {
    fn clone(&self) -> Self {
        Self::from_untrusted(&*self.text)
    }
}

impl<T> fmt::Display for Signed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Without the text, which whoever reads a log could use.
impl<T> fmt::Debug for Signed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signed([redacted])")
    }
}

impl<T> Serialize for Signed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

/// It is not verified by that.
impl<'de, T> Deserialize<'de> for Signed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from_untrusted)
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").finish_non_exhaustive()
    }
}
