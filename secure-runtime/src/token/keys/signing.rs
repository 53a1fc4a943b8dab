use std::{fmt, sync::Arc};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{EncodingKey, crypto::aws_lc::DEFAULT_PROVIDER};
use pkcs8::PrivateKeyInfoRef;
use zeroize::Zeroizing;

use super::{
    Algorithm, JwsError, KeyError, VerifyingKey,
    algorithm::Family,
    curves,
    jwk::{self, Jwk, Role},
    pem::{self, Label, Pem},
    public, rsa,
};
use crate::crypto::{Secret, check_secret, derive, fill_random, secret_from_text};

/// A key that signs, of whatever algorithm: it knows its own, and nothing else decides it.
///
/// All keys that have a private half, and all secrets, convert into it.
#[derive(Clone)]
pub struct SigningKey(Arc<Parts>);

struct Parts {
    /// A secret, or what the library wants of a private key: PKCS#1 for RSA, else PKCS#8.
    /// It is overwritten when it is dropped.
    key: EncodingKey,
    verifying: VerifyingKey,
}

impl SigningKey {
    /// Makes a fresh random key. RSA keys have 3072 bits, and take a second.
    ///
    /// # Errors
    /// When the operating system or the library cannot make one.
    pub fn generate(algorithm: Algorithm) -> Result<Self, KeyError> {
        match algorithm.family() {
            Family::Hmac => return Ok(Self::random_secret(algorithm)),
            Family::Rsa => rsa::halves(&rsa::generate()?),
            Family::Ec(curve) => curves::ec_halves(curve, &curves::generate_ec(curve)?),
            Family::Ed25519 => curves::ed_halves(&curves::generate_ed()?),
        }
        .map(|halves| Self::new(algorithm, halves))
    }

    /// Reads a private or secret key from a JWK that names its own `alg` (RFC 7517).
    ///
    /// # Errors
    /// When the text is no such JWK, the key is weak, its members disagree, or it is for something
    /// other than signing.
    pub fn from_jwk(text: &str) -> Result<Self, KeyError> {
        let jwk = Jwk::parse(text)?;
        Self::from_parsed(&jwk, jwk.algorithm()?)
    }

    /// The algorithm, the only one that the key signs with.
    pub fn algorithm(&self) -> Algorithm {
        self.0.verifying.algorithm()
    }

    /// The key's id.
    pub fn kid(&self) -> &str {
        self.0.verifying.kid()
    }

    /// The half that verifies.
    pub fn verifying_key(&self) -> VerifyingKey {
        self.0.verifying.clone()
    }

    /// The private or secret key as a JWK.
    ///
    /// # Errors
    /// When the library cannot read its own key, which does not happen.
    pub fn to_jwk(&self) -> Result<Secret<String>, KeyError> {
        self.to_members()?.to_secret_text()
    }

    /// The signature of `message` in base64url, as the third part of a compact JWS.
    ///
    /// # Errors
    /// When the library cannot sign, which does not happen with a key that was taken.
    pub fn sign(&self, message: &[u8]) -> Result<String, JwsError> {
        // The library's own provider, not the process's: an app may install another.
        let signer = (DEFAULT_PROVIDER.signer_factory)(&self.algorithm().library(), &self.0.key)
            .map_err(|_| JwsError::Signing)?;
        let signature = signer.try_sign(message).map_err(|_| JwsError::Signing)?;
        Ok(URL_SAFE_NO_PAD.encode(signature))
    }

    /// Signs a payload as a compact JWS (RFC 7515 §5.1) whose header holds `alg`, `kid` and `typ`.
    ///
    /// ```
    /// use secure_runtime::token::keys::{Es256Key, SigningKey};
    ///
    /// let key = SigningKey::from(Es256Key::generate()?);
    /// let token = key.sign_compact("example+jwt", b"{}")?;
    /// assert_eq!(key.verifying_key().verify_compact(&token)?, b"{}");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`SigningKey::sign`].
    pub fn sign_compact(&self, typ: &str, payload: &[u8]) -> Result<String, JwsError> {
        #[derive(serde::Serialize)]
        struct Header<'a> {
            alg: &'a str,
            typ: &'a str,
            kid: &'a str,
        }
        let header = serde_json::to_vec(&Header {
            alg: self.algorithm().name(),
            typ,
            kid: self.kid(),
        })
        .map_err(|_| JwsError::Signing)?;
        let mut token = URL_SAFE_NO_PAD.encode(header);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(payload, &mut token);
        let signature = self.sign(token.as_bytes())?;
        token.push('.');
        token.push_str(&signature);
        Ok(token)
    }

    /// The key for one purpose: of a secret one that is derived for it, of an asymmetric one itself,
    /// as what it publishes is one key. The key id stays.
    pub(crate) fn for_purpose(&self, purpose: &str) -> Self {
        let verifying = self.0.verifying.for_purpose(purpose);
        let key = match verifying.secret() {
            Some(secret) => EncodingKey::from_secret(secret),
            None => self.0.key.clone(),
        };
        Self(Arc::new(Parts { key, verifying }))
    }

    pub(super) fn secret_from_text(text: &str, algorithm: Algorithm) -> Result<Self, KeyError> {
        let secret = secret_from_text(text, algorithm.hash_bytes())?;
        Ok(Self::from_secret(algorithm, &secret))
    }

    pub(super) fn secret_from_bytes(bytes: &[u8], algorithm: Algorithm) -> Result<Self, KeyError> {
        check_secret(bytes, algorithm.hash_bytes())?;
        Ok(Self::from_secret(algorithm, bytes))
    }

    pub(super) fn from_pem(text: &str, algorithm: Algorithm) -> Result<Self, KeyError> {
        let family = algorithm.family();
        let pem = Pem::parse(text)?;
        if !pem.label.is_private() {
            return Err(KeyError::Public);
        }
        if pem.label == Label::Private {
            let info =
                PrivateKeyInfoRef::try_from(pem.der.as_slice()).map_err(|_| KeyError::Pem)?;
            public::check_kind(info.algorithm.oid, info.algorithm.parameters, family)?;
            if family == Family::Rsa {
                let pair = rsa::from_pkcs1(info.private_key.as_bytes())?;
                return Ok(Self::new(algorithm, rsa::halves(&pair)?));
            }
        }
        match (pem.label, family) {
            (Label::RsaPrivate, Family::Rsa) => rsa::halves(&rsa::from_pkcs1(&pem.der)?),
            (Label::Private, Family::Ec(curve)) => {
                curves::ec_halves(curve, &curves::ec_from_pkcs8(curve, &pem.der)?)
            }
            (Label::EcPrivate, Family::Ec(curve)) => {
                curves::ec_halves(curve, &curves::ec_from_sec1(curve, &pem.der)?)
            }
            (Label::Private, Family::Ed25519) => {
                curves::ed_halves(&curves::ed_from_pkcs8(&pem.der)?)
            }
            _ => Err(public::kind(family)),
        }
        .map(|halves| Self::new(algorithm, halves))
    }

    pub(super) fn from_parsed(jwk: &Jwk, algorithm: Algorithm) -> Result<Self, KeyError> {
        jwk.check(algorithm, Role::Sign)?;
        let key = match algorithm.family() {
            Family::Hmac => {
                let k = jwk.k.as_ref().map(|k| k.as_str());
                if k.is_some_and(str::is_empty) {
                    return Err(KeyError::Empty);
                }
                Self::secret_from_bytes(&jwk::bytes("k", k)?, algorithm)?
            }
            Family::Rsa => Self::new(algorithm, rsa::halves(&rsa::from_jwk(jwk)?)?),
            Family::Ec(curve) => {
                // The public half first: its error says more.
                public::Public::from_jwk(jwk, algorithm)?;
                let pair = curves::ec_from_jwk(curve, jwk)?;
                Self::new(algorithm, curves::ec_halves(curve, &pair)?)
            }
            Family::Ed25519 => Self::new(algorithm, curves::ed_halves(&curves::ed_from_jwk(jwk)?)?),
        };
        match &jwk.kid {
            Some(kid) => key.with_kid(kid),
            None => Ok(key),
        }
    }

    pub(super) fn with_kid(&self, kid: &str) -> Result<Self, KeyError> {
        Ok(Self(Arc::new(Parts {
            key: self.0.key.clone(),
            verifying: self.0.verifying.with_kid(kid)?,
        })))
    }

    pub(super) fn to_members(&self) -> Result<Jwk, KeyError> {
        let mut jwk = self.0.verifying.to_public_members();
        let key = self.0.key.as_bytes();
        match self.algorithm().family() {
            Family::Hmac => jwk.k = Some(jwk::encode_secret(key)),
            Family::Rsa => rsa::write_jwk(key, &mut jwk)?,
            Family::Ec(curve) => curves::write_ec(curve, key, &mut jwk)?,
            Family::Ed25519 => curves::write_ed(key, &mut jwk)?,
        }
        Ok(jwk)
    }

    pub(super) fn to_pem(&self) -> Result<Secret<String>, KeyError> {
        let key = self.0.key.as_bytes();
        match self.algorithm().family() {
            Family::Hmac => Err(KeyError::Unavailable),
            Family::Rsa => pem::write_private(&rsa::to_pkcs8(key)?),
            Family::Ec(_) | Family::Ed25519 => pem::write_private(key),
        }
    }

    fn new(algorithm: Algorithm, (key, public): (EncodingKey, public::Public)) -> Self {
        Self(Arc::new(Parts {
            key,
            verifying: VerifyingKey::from_public(algorithm, public),
        }))
    }

    /// A fresh secret as long as the hash.
    pub(super) fn random_secret(algorithm: Algorithm) -> Self {
        let mut secret = Zeroizing::new(vec![0; algorithm.hash_bytes()]);
        fill_random(&mut secret);
        Self::from_secret(algorithm, &secret)
    }

    /// A secret's id is derived from it, one way, so that it says nothing about the secret.
    pub(super) fn from_secret(algorithm: Algorithm, secret: &[u8]) -> Self {
        let mut id = [0; 16];
        derive(secret, &format!("key id {algorithm}"), &mut id);
        Self(Arc::new(Parts {
            key: EncodingKey::from_secret(secret),
            verifying: VerifyingKey::from_secret(algorithm, jwk::encode(&id), secret),
        }))
    }
}

impl From<SigningKey> for VerifyingKey {
    fn from(key: SigningKey) -> Self {
        key.verifying_key()
    }
}

impl From<&SigningKey> for VerifyingKey {
    fn from(key: &SigningKey) -> Self {
        key.verifying_key()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, [redacted])", self.algorithm())
    }
}
