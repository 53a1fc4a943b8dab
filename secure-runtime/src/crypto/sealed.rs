use std::{fmt, marker::PhantomData};

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use serde::{Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use super::{
    PurposeKey, SecretRing,
    envelope::{self, Envelope, VERSION, framed, is_blank, key_name},
    error::{SealError, SerializeError},
};

/// What can be sealed. A value for one purpose is none for another, so each type has its own.
pub trait Sealable: Serialize + DeserializeOwned {
    /// What sealed values of this type are for (`"TOTP secret"`). A blank one does not build.
    const PURPOSE: &'static str;
}

/// A sealed value: text for a column. How long the value is can be seen, and nothing else.
///
/// With the features `sqlite` and `postgres` it is a text column of sqlx, too.
pub struct Sealed<T> {
    text: String,
    of: PhantomData<fn() -> T>,
}

/// Seals values (AES-256-GCM-SIV, RFC 8452) and opens them. Clones share everything.
///
/// The *context* says where the value belongs, such as table, column and row. It is not stored: a value
/// that somebody copies to another place does not open there.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use secure_runtime::{
///     Security,
///     crypto::{SealError, Sealable, Sealed},
///     token::Hs256Key,
/// };
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct BankAccount {
///     iban: String,
/// }
///
/// impl Sealable for BankAccount {
///     const PURPOSE: &'static str = "bank account";
/// }
///
/// let security = Security::builder()
///     .issuer("https://auth.example.com")
///     .audience("https://api.example.com")
///     .signing_key(Hs256Key::random())
///     .build()?;
/// let sealer = security.sealer();
///
/// let account = BankAccount { iban: "DE02120300000000202051".to_owned() };
/// let sealed = sealer.seal(&account, b"customers.bank_account 7")?;
/// let column = sealed.as_str().to_owned();
///
/// let stored = Sealed::<BankAccount>::from_stored(column);
/// let opened = sealer.open(&stored, b"customers.bank_account 7")?;
/// assert_eq!(opened.iban, account.iban);
///
/// let of_another_row = sealer.open(&stored, b"customers.bank_account 8");
/// assert_eq!(of_another_row.err(), Some(SealError::Forged));
/// # Ok(())
/// # }
/// ```
///
/// After a change of the secret, [`needs_resealing`](Self::needs_resealing) says which values are still
/// sealed with the previous one.
#[derive(Clone)]
pub struct Sealer {
    secrets: SecretRing,
}

impl Sealer {
    pub(crate) fn new(secrets: SecretRing) -> Self {
        Self { secrets }
    }

    /// Seals a value for a context.
    ///
    /// # Errors
    /// When the value cannot be written as JSON.
    pub fn seal<T: Sealable>(
        &self,
        value: &T,
        context: &[u8],
    ) -> Result<Sealed<T>, SerializeError> {
        let text = self.seal_for(purpose::<T>(), value, context)?;
        Ok(Sealed::from_stored(text))
    }

    /// The value that was sealed for this context.
    ///
    /// # Errors
    /// When it was not sealed here, for this purpose and this context, or was changed.
    pub fn open<T: Sealable>(&self, sealed: &Sealed<T>, context: &[u8]) -> Result<T, SealError> {
        self.open_for(purpose::<T>(), &sealed.text, context)
    }

    /// Whether a value was sealed with a previous secret, and is to be sealed anew.
    #[must_use]
    pub fn needs_resealing<T: Sealable>(&self, sealed: &Sealed<T>) -> bool {
        let current = key_name(self.secrets.current_id());
        Envelope::parse(&sealed.text).is_some_and(|envelope| envelope.key != current)
    }

    /// Seals a value for a purpose that no type says.
    pub(crate) fn seal_for(
        &self,
        purpose: &str,
        value: &impl Serialize,
        context: &[u8],
    ) -> Result<String, SerializeError> {
        let key = self.secrets.current(&key_purpose(purpose));
        let name = key_name(&key.id);
        let mut sealed = Zeroizing::new(serde_json::to_vec(value)?);
        let aad = Aad::from(associated(&name, purpose, context));
        let nonce = cipher(&key)
            .and_then(|cipher| cipher.seal_in_place_append_tag(aad, &mut *sealed).ok())
            .ok_or(SerializeError::CIPHER)?;
        let body = [nonce.as_ref().as_slice(), &sealed].concat();
        Ok(envelope::text(&name, &body))
    }

    /// Opens a value of a purpose that no type says.
    pub(crate) fn open_for<T: DeserializeOwned>(
        &self,
        purpose: &str,
        text: &str,
        context: &[u8],
    ) -> Result<T, SealError> {
        let envelope = Envelope::parse(text).ok_or(SealError::Malformed)?;
        let (nonce, sealed) = envelope
            .body
            .split_first_chunk::<NONCE_LEN>()
            .ok_or(SealError::Malformed)?;
        let key = self
            .secrets
            .find(&key_purpose(purpose), |id| key_name(id) == envelope.key)
            .ok_or(SealError::Forged)?;
        let mut opened = Zeroizing::new(sealed.to_vec());
        let aad = Aad::from(associated(envelope.key, purpose, context));
        let nonce = Nonce::from(nonce);
        let opened = cipher(&key)
            .and_then(|cipher| cipher.open_in_place(nonce, aad, &mut opened).ok())
            .ok_or(SealError::Forged)?;
        serde_json::from_slice(opened).map_err(|_| SealError::Malformed)
    }
}

impl<T> Sealed<T> {
    /// A value as it was stored.
    pub fn from_stored(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            of: PhantomData,
        }
    }

    /// The text to store.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// What a type's values are for. One that says nothing does not build.
fn purpose<T: Sealable>() -> &'static str {
    const {
        assert!(
            !is_blank(T::PURPOSE),
            "`Sealable::PURPOSE` is blank: say what the sealed values are for"
        );
    }
    T::PURPOSE
}

/// What the key is derived for.
fn key_purpose(purpose: &str) -> String {
    format!("sealed {purpose}")
}

/// What must be the same when it is opened.
fn associated(key: &str, purpose: &str, context: &[u8]) -> Vec<u8> {
    framed(&[
        VERSION.as_bytes(),
        key.as_bytes(),
        purpose.as_bytes(),
        context,
    ])
}

/// `None` is for keys of another length.
fn cipher(key: &PurposeKey) -> Option<RandomizedNonceKey> {
    RandomizedNonceKey::new(&AES_256_GCM_SIV, &*key.key).ok()
}

impl<T> Clone for Sealed<T> {
    fn clone(&self) -> Self {
        Self::from_stored(&*self.text)
    }
}

impl<T> fmt::Debug for Sealed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed([redacted])")
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer").finish_non_exhaustive()
    }
}
