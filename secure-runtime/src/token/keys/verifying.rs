use std::{fmt, sync::Arc};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use jsonwebtoken::{DecodingKey, crypto::aws_lc::DEFAULT_PROVIDER};
use zeroize::Zeroizing;

use super::{
    Algorithm, Compact, JwsError, KeyError, PublicJwk,
    jwk::{self, Jwk, Role},
    pem::{self, Pem},
    public::Public,
};
use crate::crypto::derive;

/// A key that verifies, of whatever algorithm: it knows its own, and nothing else decides it.
///
/// All public keys and all signing keys convert into it.
#[derive(Clone)]
pub struct VerifyingKey(Arc<Parts>);

struct Parts {
    algorithm: Algorithm,
    kid: String,
    key: DecodingKey,
    /// None where one secret both signs and verifies.
    public: Option<Public>,
}

impl VerifyingKey {
    /// The algorithm, the only one that the key verifies.
    pub fn algorithm(&self) -> Algorithm {
        self.0.algorithm
    }

    /// The key's id.
    pub fn kid(&self) -> &str {
        &self.0.kid
    }

    /// The key as a JWK Set publishes it. None for a symmetric key, which has no public half.
    pub fn public_jwk(&self) -> Option<PublicJwk> {
        let public = self.0.public.as_ref()?;
        Some(PublicJwk::new(self.0.algorithm, &self.0.kid, public))
    }

    /// Verifies a compact JWS (RFC 7515 §5.2) and gives its payload, in whatever form it has.
    ///
    /// This stands below the claims of a token: it says who signed, and nothing about issuer,
    /// audience, purpose or time. The form is checked strictly:
    /// - exactly three parts, each in base64url without padding and without stray bits;
    /// - a header that is a JSON object in which no member stands twice;
    /// - `alg` is exactly this key's algorithm;
    /// - `kid`, if there is one, is exactly this key's id: a token that names another key is not for
    ///   this one, even where the signature would fit;
    /// - no `crit`, and no `b64` (RFC 7797), whatever they say: we understand no extension;
    /// - `jwk`, `jku`, `x5c` and `x5u` are never looked at: a token does not bring its own key.
    ///
    /// # Errors
    /// When one of these does not hold, or the signature does not fit.
    pub fn verify_compact(&self, token: &str) -> Result<Vec<u8>, JwsError> {
        let compact = Compact::parse(token)?;
        if compact.header().alg() != self.algorithm().name() {
            return Err(JwsError::Algorithm);
        }
        if compact.header().kid().is_some_and(|kid| kid != self.kid()) {
            return Err(JwsError::Kid);
        }
        if !self.verify(&compact) {
            return Err(JwsError::Signature);
        }
        compact.payload()
    }

    /// Whether the token's algorithm is this key's, and its signature fits. The key id is not
    /// compared: it is what the key was looked up by.
    pub(crate) fn verify(&self, compact: &Compact<'_>) -> bool {
        let algorithm = self.algorithm();
        if compact.header().alg() != algorithm.name() {
            return false;
        }
        // The library's own provider, not the process's: an app may install another.
        (DEFAULT_PROVIDER.verifier_factory)(&algorithm.library(), &self.0.key).is_ok_and(
            |verifier| {
                verifier
                    .verify(compact.message().as_bytes(), compact.signature())
                    .is_ok()
            },
        )
    }

    pub(super) fn public_from_pem(text: &str, algorithm: Algorithm) -> Result<Self, KeyError> {
        let public = Public::from_pem(&Pem::parse(text)?, algorithm)?;
        Ok(Self::from_public(algorithm, public))
    }

    pub(super) fn public_from_jwk(jwk: &Jwk, algorithm: Algorithm) -> Result<Self, KeyError> {
        jwk.check(algorithm, Role::Verify)?;
        let key = Self::from_public(algorithm, Public::from_jwk(jwk, algorithm)?);
        match &jwk.kid {
            Some(kid) => key.with_kid(kid),
            None => Ok(key),
        }
    }

    pub(super) fn from_public(algorithm: Algorithm, public: Public) -> Self {
        Self(Arc::new(Parts {
            algorithm,
            kid: jwk::thumbprint(&public),
            key: public.decoding_key(),
            public: Some(public),
        }))
    }

    pub(super) fn from_secret(algorithm: Algorithm, kid: String, secret: &[u8]) -> Self {
        Self(Arc::new(Parts {
            algorithm,
            kid,
            key: DecodingKey::from_secret(secret),
            public: None,
        }))
    }

    pub(super) fn with_kid(&self, kid: &str) -> Result<Self, KeyError> {
        let printable = kid.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        if kid.is_empty() || kid.len() > 128 || !printable {
            return Err(KeyError::Kid);
        }
        Ok(Self(Arc::new(Parts {
            algorithm: self.0.algorithm,
            kid: kid.to_owned(),
            key: self.0.key.clone(),
            public: self.0.public.clone(),
        })))
    }

    /// See [`KeyRing::for_purpose`](super::KeyRing::for_purpose).
    pub(super) fn for_purpose(&self, purpose: &str) -> Self {
        let algorithm = self.algorithm();
        let Some(secret) = self.secret() else {
            return self.clone();
        };
        let mut key = Zeroizing::new(vec![0; algorithm.hash_bytes()]);
        // HKDF's output of another length begins alike; a key of another algorithm must not.
        match algorithm {
            Algorithm::Hs256 => derive(secret, purpose, &mut key),
            other => derive(secret, &format!("{purpose} {other}"), &mut key),
        }
        Self::from_secret(algorithm, self.kid().to_owned(), &key)
    }

    /// Whether both are one key, under whatever id and for whatever algorithm.
    pub(in crate::token) fn is_same_key(&self, other: &Self) -> bool {
        match (&self.0.public, &other.0.public) {
            (Some(one), Some(two)) => one == two,
            _ => self
                .secret()
                .zip(other.secret())
                .is_some_and(|(one, two)| verify_slices_are_equal(one, two).is_ok()),
        }
    }

    pub(in crate::token) fn secret(&self) -> Option<&[u8]> {
        match self.0.public {
            Some(_) => None,
            None => self.0.key.try_get_as_bytes().ok(),
        }
    }

    /// All members of the JWK but those that are secret.
    pub(super) fn to_public_members(&self) -> Jwk {
        let algorithm = self.algorithm();
        let family = algorithm.family();
        let mut jwk = Jwk {
            kty: Some(family.kty().to_owned()),
            kid: Some(self.kid().to_owned()),
            alg: Some(algorithm.name().to_owned()),
            usage: Some("sig".to_owned()),
            crv: family.crv().map(str::to_owned),
            ..Jwk::default()
        };
        if let Some(public) = &self.0.public {
            public.write_jwk(&mut jwk);
        }
        jwk
    }

    pub(super) fn to_public_pem(&self) -> Result<String, KeyError> {
        let public = self.0.public.as_ref().ok_or(KeyError::Unavailable)?;
        pem::write_public(&public.to_der()?)
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({}, [redacted])", self.algorithm())
    }
}
