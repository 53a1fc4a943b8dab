//! One type for each algorithm.

use std::fmt;

use super::{Algorithm, KeyError, KeyRing, PublicJwk, SigningKey, VerifyingKey, jwk::Jwk};
use crate::crypto::{Secret, ServerSecret};

/// What all keys that sign have in common.
macro_rules! key {
    ($(#[$doc:meta])+ $key:ident, $algorithm:ident) => {
        $(#[$doc])+
        ///
        /// It does not print, serialize or compare.
        #[derive(Clone)]
        pub struct $key(SigningKey);

        impl $key {
            /// The algorithm.
            pub const ALGORITHM: Algorithm = Algorithm::$algorithm;

            /// Reads a private or secret key from a JWK (RFC 7517, RFC 7518 §6, RFC 8037 §2). Its
            /// `kid` becomes the key's id.
            ///
            /// # Errors
            /// When the text is no JWK, its members disagree with one another or with this type
            /// (`kty`, `crv`, `alg`, `use`, `key_ops`), its numbers do not belong together, or the
            /// key is public or weak.
            pub fn from_jwk(text: &str) -> Result<Self, KeyError> {
                SigningKey::from_parsed(&Jwk::parse(text)?, Self::ALGORITHM).map(Self)
            }

            /// Gives the key another id: what tokens carry as `kid`. Defaults to the thumbprint of a
            /// public key (RFC 7638), or to a text derived from a secret that says nothing about it.
            ///
            /// # Errors
            /// When the id is empty, longer than 128 bytes or not printable ASCII.
            pub fn with_kid(self, kid: impl AsRef<str>) -> Result<Self, KeyError> {
                self.0.with_kid(kid.as_ref()).map(Self)
            }

            /// The key's id.
            pub fn kid(&self) -> &str {
                self.0.kid()
            }

            /// The private or secret key as a JWK.
            ///
            /// # Errors
            /// When the library cannot read its own key, which does not happen.
            pub fn to_jwk(&self) -> Result<Secret<String>, KeyError> {
                self.0.to_jwk()
            }
        }

        impl fmt::Debug for $key {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($key), "([redacted])"))
            }
        }

        impl From<$key> for SigningKey {
            fn from(key: $key) -> Self {
                key.0
            }
        }

        impl From<$key> for VerifyingKey {
            fn from(key: $key) -> Self {
                key.0.verifying_key()
            }
        }

        impl From<$key> for KeyRing {
            fn from(key: $key) -> Self {
                Self::new(key)
            }
        }
    };
}

/// Keys that are one secret (RFC 7518 §3.2).
macro_rules! secrets {
    ($($key:ident, $algorithm:ident, $bytes:literal, $hash:literal;)+) => {$(
        key! {
            #[doc = concat!("A secret for HMAC with ", $hash, ": at least ", $bytes, " bytes.")]
            $key, $algorithm
        }

        impl $key {
            #[doc = concat!(
                "Takes a secret as base64 (standard or URL-safe, padded or not) or hexadecimal of at \
                 least ", $bytes, " random bytes. `openssl rand -base64 ", $bytes, "` makes one."
            )]
            ///
            /// # Errors
            /// When the text is neither, too short, or visibly not random: a repeated pattern,
            /// running text, or a secret that a well-known guide prints.
            pub fn from_text(text: &str) -> Result<Self, KeyError> {
                SigningKey::secret_from_text(text, Self::ALGORITHM).map(Self)
            }

            #[doc = concat!("Takes at least ", $bytes, " random bytes.")]
            ///
            /// # Errors
            /// When there are fewer, or when they are visibly not random.
            pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
                SigningKey::secret_from_bytes(bytes, Self::ALGORITHM).map(Self)
            }

            /// Makes a fresh random secret. Tokens signed with it end with the process.
            #[must_use]
            pub fn random() -> Self {
                Self(SigningKey::random_secret(Self::ALGORITHM))
            }
        }
    )+};
}

/// Keys with a private and a public half.
macro_rules! pairs {
    ($($key:ident, $public:ident, $algorithm:ident, $name:literal;)+) => {$(
        key! {
            #[doc = concat!("A private key for ", $name, ".")]
            $key, $algorithm
        }

        impl $key {
            /// Makes a fresh random key. RSA keys have 3072 bits, and take a moment.
            ///
            /// # Errors
            /// When the operating system or the library cannot make one.
            pub fn generate() -> Result<Self, KeyError> {
                SigningKey::generate(Self::ALGORITHM).map(Self)
            }

            /// Reads a private key from one PEM block: PKCS#8, for RSA also PKCS#1, for EC also
            /// SEC 1. RSA keys need 3072 to 8192 bits to sign.
            ///
            /// # Errors
            /// When the text is no such block, encrypted, a key of another kind or a public one, or
            /// weak.
            pub fn from_pem(text: &str) -> Result<Self, KeyError> {
                SigningKey::from_pem(text, Self::ALGORITHM).map(Self)
            }

            /// The private key as PEM (PKCS#8).
            ///
            /// # Errors
            /// When the library cannot read its own key, which does not happen.
            pub fn to_pem(&self) -> Result<Secret<String>, KeyError> {
                self.0.to_pem()
            }

            /// The public half.
            pub fn public_key(&self) -> $public {
                $public(self.0.verifying_key())
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

        #[doc = concat!("A public key for ", $name, ".")]
        #[derive(Clone)]
        pub struct $public(VerifyingKey);

        impl $public {
            /// The algorithm.
            pub const ALGORITHM: Algorithm = Algorithm::$algorithm;

            /// Reads a public key from one PEM block: SubjectPublicKeyInfo, for RSA also PKCS#1. RSA
            /// keys need 2048 to 8192 bits to verify.
            ///
            /// # Errors
            /// When the text is no such block, a key of another kind or a private one, or weak.
            pub fn from_pem(text: &str) -> Result<Self, KeyError> {
                VerifyingKey::public_from_pem(text, Self::ALGORITHM).map(Self)
            }

            /// Reads a public key from a JWK (RFC 7517, RFC 7518 §6, RFC 8037 §2). Its `kid` becomes
            /// the key's id.
            ///
            /// # Errors
            /// When the text is no JWK, its members disagree with one another or with this type, or
            /// the key is weak; and when it is private: that half is not needed to verify, and should
            /// not be where it is not needed.
            pub fn from_jwk(text: &str) -> Result<Self, KeyError> {
                VerifyingKey::public_from_jwk(&Jwk::parse(text)?, Self::ALGORITHM).map(Self)
            }

            /// Gives the key another id. Defaults to the key's thumbprint (RFC 7638).
            ///
            /// # Errors
            /// When the id is empty, longer than 128 bytes or not printable ASCII.
            pub fn with_kid(self, kid: impl AsRef<str>) -> Result<Self, KeyError> {
                self.0.with_kid(kid.as_ref()).map(Self)
            }

            /// The key's id.
            pub fn kid(&self) -> &str {
                self.0.kid()
            }

            /// The key as PEM (SubjectPublicKeyInfo).
            ///
            /// # Errors
            /// When the library cannot read its own key, which does not happen.
            pub fn to_pem(&self) -> Result<String, KeyError> {
                self.0.to_public_pem()
            }

            /// The key as a JWK.
            ///
            /// # Errors
            /// When the key has no public half, which does not happen.
            pub fn to_jwk(&self) -> Result<PublicJwk, KeyError> {
                self.0.public_jwk().ok_or(KeyError::Unavailable)
            }
        }

        impl fmt::Debug for $public {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($public), "({})"), self.kid())
            }
        }

        impl From<$public> for VerifyingKey {
            fn from(key: $public) -> Self {
                key.0
            }
        }
    )+};
}

secrets! {
    Hs256Key, Hs256, "32", "SHA-256";
    Hs384Key, Hs384, "48", "SHA-384";
    Hs512Key, Hs512, "64", "SHA-512";
}

pairs! {
    Rs256Key, Rs256PublicKey, Rs256, "RSASSA-PKCS1-v1_5 with SHA-256";
    Rs384Key, Rs384PublicKey, Rs384, "RSASSA-PKCS1-v1_5 with SHA-384";
    Rs512Key, Rs512PublicKey, Rs512, "RSASSA-PKCS1-v1_5 with SHA-512";
    Ps256Key, Ps256PublicKey, Ps256, "RSASSA-PSS with SHA-256";
    Ps384Key, Ps384PublicKey, Ps384, "RSASSA-PSS with SHA-384";
    Ps512Key, Ps512PublicKey, Ps512, "RSASSA-PSS with SHA-512";
    Es256Key, Es256PublicKey, Es256, "ECDSA on P-256 with SHA-256";
    Es384Key, Es384PublicKey, Es384, "ECDSA on P-384 with SHA-384";
    EdDsaKey, EdDsaPublicKey, EdDsa, "EdDSA on Ed25519";
}

impl Hs256Key {
    /// The key that a deployment's one secret stands for, where no other signing key is configured.
    #[must_use]
    pub fn from_secret(secret: &ServerSecret) -> Self {
        Self(SigningKey::from_secret(Algorithm::Hs256, secret.bytes()))
    }
}
