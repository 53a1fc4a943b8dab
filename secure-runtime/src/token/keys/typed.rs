use std::{fmt, marker::PhantomData};

use super::{
    Algorithm, Asymmetric, KeyError, Named, PublicJwk, SigningKey, Symmetric, VerifyingKey,
    algorithm::{
        EdDsa, Es256, Es384, Hs256, Hs384, Hs512, Ps256, Ps384, Ps512, Rs256, Rs384, Rs512,
    },
    jwk::Jwk,
};
use crate::crypto::{Secret, ServerSecret};

/// A private or secret key for the algorithm `A`, and for no other.
///
/// It does not print, serialize or compare.
pub struct Key<A: Named> {
    key: SigningKey,
    algorithm: PhantomData<fn() -> A>,
}

/// The public half of a [`Key`], for the algorithm `A` and for no other.
pub struct PublicKey<A: Asymmetric> {
    key: VerifyingKey,
    algorithm: PhantomData<fn() -> A>,
}

/// A secret for HMAC with SHA-256.
pub type Hs256Key = Key<Hs256>;
/// A secret for HMAC with SHA-384.
pub type Hs384Key = Key<Hs384>;
/// A secret for HMAC with SHA-512.
pub type Hs512Key = Key<Hs512>;
/// A private key for RSASSA-PKCS1-v1_5 with SHA-256.
pub type Rs256Key = Key<Rs256>;
/// A private key for RSASSA-PKCS1-v1_5 with SHA-384.
pub type Rs384Key = Key<Rs384>;
/// A private key for RSASSA-PKCS1-v1_5 with SHA-512.
pub type Rs512Key = Key<Rs512>;
/// A private key for RSASSA-PSS with SHA-256.
pub type Ps256Key = Key<Ps256>;
/// A private key for RSASSA-PSS with SHA-384.
pub type Ps384Key = Key<Ps384>;
/// A private key for RSASSA-PSS with SHA-512.
pub type Ps512Key = Key<Ps512>;
/// A private key for ECDSA on P-256 with SHA-256.
pub type Es256Key = Key<Es256>;
/// A private key for ECDSA on P-384 with SHA-384.
pub type Es384Key = Key<Es384>;
/// A private key for EdDSA on Ed25519.
pub type EdDsaKey = Key<EdDsa>;

/// The public half of an [`Rs256Key`].
pub type Rs256PublicKey = PublicKey<Rs256>;
/// The public half of an [`Rs384Key`].
pub type Rs384PublicKey = PublicKey<Rs384>;
/// The public half of an [`Rs512Key`].
pub type Rs512PublicKey = PublicKey<Rs512>;
/// The public half of a [`Ps256Key`].
pub type Ps256PublicKey = PublicKey<Ps256>;
/// The public half of a [`Ps384Key`].
pub type Ps384PublicKey = PublicKey<Ps384>;
/// The public half of a [`Ps512Key`].
pub type Ps512PublicKey = PublicKey<Ps512>;
/// The public half of an [`Es256Key`].
pub type Es256PublicKey = PublicKey<Es256>;
/// The public half of an [`Es384Key`].
pub type Es384PublicKey = PublicKey<Es384>;
/// The public half of an [`EdDsaKey`].
pub type EdDsaPublicKey = PublicKey<EdDsa>;

impl<A: Named> Key<A> {
    /// Reads a private or secret key from a JWK (RFC 7517, RFC 7518 §6, RFC 8037 §2). Its `kid`
    /// becomes the key's id.
    ///
    /// # Errors
    /// When the text is no JWK, its members disagree with one another or with this type (`kty`, `crv`,
    /// `alg`, `use`, `key_ops`), its numbers do not belong together, or the key is public or weak.
    pub fn from_jwk(text: &str) -> Result<Self, KeyError> {
        SigningKey::from_parsed(&Jwk::parse(text)?, A::ALGORITHM).map(Self::wrap)
    }

    /// Gives the key another id: what tokens carry as `kid`. Defaults to the key's thumbprint
    /// (RFC 7638), or to a text derived from a secret that says nothing about it.
    ///
    /// # Errors
    /// When the id is empty, longer than 128 bytes or not printable ASCII.
    pub fn with_kid(self, kid: impl AsRef<str>) -> Result<Self, KeyError> {
        self.key.with_kid(kid.as_ref()).map(Self::wrap)
    }

    /// The key's id.
    pub fn kid(&self) -> &str {
        self.key.kid()
    }

    /// The algorithm, which the type says.
    pub fn algorithm(&self) -> Algorithm {
        A::ALGORITHM
    }

    /// The private or secret key as a JWK.
    ///
    /// # Errors
    /// When the library cannot read its own key, which does not happen.
    pub fn to_jwk(&self) -> Result<Secret<String>, KeyError> {
        self.key.to_jwk()
    }

    fn wrap(key: SigningKey) -> Self {
        Self {
            key,
            algorithm: PhantomData,
        }
    }
}

impl<A: Symmetric> Key<A> {
    /// Takes a secret as base64 (standard or URL-safe, padded or not) or hexadecimal of at least
    /// as many random bytes as the hash has: 32, 48 or 64 (RFC 7518 §3.2).
    /// `openssl rand -base64 32` makes one of 32.
    ///
    /// # Errors
    /// When the text is neither, too short, or visibly not random: a repeated pattern, running
    /// text, or a secret that a well-known guide prints.
    pub fn from_text(text: &str) -> Result<Self, KeyError> {
        SigningKey::secret_from_text(text, A::ALGORITHM).map(Self::wrap)
    }

    /// Takes at least as many random bytes as the hash has: 32, 48 or 64.
    ///
    /// # Errors
    /// When there are fewer, or when they are visibly not random.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        SigningKey::secret_from_bytes(bytes, A::ALGORITHM).map(Self::wrap)
    }

    /// Makes a fresh random secret. Tokens signed with it end with the process.
    #[must_use]
    pub fn random() -> Self {
        Self::wrap(SigningKey::random_secret(A::ALGORITHM))
    }
}

impl Key<Hs256> {
    /// The key that a deployment's one secret stands for, where no other signing key is configured.
    #[must_use]
    pub fn from_secret(secret: &ServerSecret) -> Self {
        Self::wrap(SigningKey::from_secret(Algorithm::Hs256, secret.bytes()))
    }
}

impl<A: Asymmetric> Key<A> {
    /// Makes a fresh random key. RSA keys have 3072 bits, and take a moment.
    ///
    /// # Errors
    /// When the operating system or the library cannot make one.
    pub fn generate() -> Result<Self, KeyError> {
        SigningKey::generate(A::ALGORITHM).map(Self::wrap)
    }

    /// Reads a private key from one PEM block: PKCS#8, for RSA also PKCS#1, for EC also SEC 1.
    ///
    /// # Errors
    /// When the text is no such block, encrypted, a key of another kind or a public one, or weak.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        SigningKey::from_pem(text, A::ALGORITHM).map(Self::wrap)
    }

    /// The private key as PEM (PKCS#8).
    ///
    /// # Errors
    /// When the library cannot read its own key, which does not happen.
    pub fn to_pem(&self) -> Result<Secret<String>, KeyError> {
        self.key.to_pem()
    }

    /// The public half.
    pub fn public_key(&self) -> PublicKey<A> {
        PublicKey::wrap(self.key.verifying_key())
    }

    /// The public half as PEM (SubjectPublicKeyInfo).
    ///
    /// # Errors
    /// When the library cannot read its own key, which does not happen.
    pub fn to_public_pem(&self) -> Result<String, KeyError> {
        self.public_key().to_pem()
    }

    /// The public half as a JWK.
    ///
    /// # Errors
    /// When the library cannot read its own key, which does not happen.
    pub fn to_public_jwk(&self) -> Result<PublicJwk, KeyError> {
        self.public_key().to_jwk()
    }
}

impl<A: Asymmetric> PublicKey<A> {
    /// Reads a public key from one PEM block: SubjectPublicKeyInfo, for RSA also PKCS#1.
    ///
    /// # Errors
    /// When the text is no such block, a key of another kind or a private one, or weak.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        VerifyingKey::public_from_pem(text, A::ALGORITHM).map(Self::wrap)
    }

    /// Reads a public key from a JWK (RFC 7517, RFC 7518 §6, RFC 8037 §2). Its `kid` becomes the
    /// key's id.
    ///
    /// # Errors
    /// As [`Key::from_jwk`], and when the key is private: it is not needed to verify, and should not
    /// be where it is not needed.
    pub fn from_jwk(text: &str) -> Result<Self, KeyError> {
        VerifyingKey::public_from_jwk(&Jwk::parse(text)?, A::ALGORITHM).map(Self::wrap)
    }

    /// Gives the key another id. Defaults to the key's thumbprint (RFC 7638).
    ///
    /// # Errors
    /// When the id is empty, longer than 128 bytes or not printable ASCII.
    pub fn with_kid(self, kid: impl AsRef<str>) -> Result<Self, KeyError> {
        self.key.with_kid(kid.as_ref()).map(Self::wrap)
    }

    /// The key's id.
    pub fn kid(&self) -> &str {
        self.key.kid()
    }

    /// The algorithm, which the type says.
    pub fn algorithm(&self) -> Algorithm {
        A::ALGORITHM
    }

    /// The key as PEM (SubjectPublicKeyInfo).
    ///
    /// # Errors
    /// When the library cannot read its own key, which does not happen.
    pub fn to_pem(&self) -> Result<String, KeyError> {
        self.key.to_public_pem()
    }

    /// The key as a JWK.
    ///
    /// # Errors
    /// When the key has no public half, which does not happen.
    pub fn to_jwk(&self) -> Result<PublicJwk, KeyError> {
        self.key.public_jwk().ok_or(KeyError::Unavailable)
    }

    fn wrap(key: VerifyingKey) -> Self {
        Self {
            key,
            algorithm: PhantomData,
        }
    }
}

impl<A: Named> Clone for Key<A> {
    fn clone(&self) -> Self {
        Self::wrap(self.key.clone())
    }
}

impl<A: Asymmetric> Clone for PublicKey<A> {
    fn clone(&self) -> Self {
        Self::wrap(self.key.clone())
    }
}

impl<A: Named> fmt::Debug for Key<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({}, [redacted])", A::ALGORITHM)
    }
}

impl<A: Asymmetric> fmt::Debug for PublicKey<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({}, {})", A::ALGORITHM, self.kid())
    }
}

impl<A: Named> From<Key<A>> for SigningKey {
    fn from(key: Key<A>) -> Self {
        key.key
    }
}

impl<A: Named> From<Key<A>> for VerifyingKey {
    fn from(key: Key<A>) -> Self {
        key.key.verifying_key()
    }
}

impl<A: Asymmetric> From<PublicKey<A>> for VerifyingKey {
    fn from(key: PublicKey<A>) -> Self {
        key.key
    }
}
