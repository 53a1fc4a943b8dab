//! The same kind of key for both sides of a comparison.

use jsonwebtoken::{DecodingKey, EncodingKey, jwk::Jwk};
use pkcs8::PrivateKeyInfoRef;
use secure_runtime::token::{
    EdDsaKey, Es256Key, Es384Key, KeyRing, Ps256Key, Ps384Key, Ps512Key, Rs256Key, Rs384Key,
    Rs512Key,
    keys::{Algorithm, SigningKey},
};

use crate::Failure;

/// A key as this crate and as jsonwebtoken have it.
pub(super) struct KeyPair {
    pub(super) ours: KeyRing,
    pub(super) encoding: EncodingKey,
    pub(super) decoding: DecodingKey,
}

/// One private key for each kind of them; RSA keys take their time.
pub(super) struct Keys {
    rsa: String,
    es256: String,
    es384: String,
    ed25519: String,
}

impl Keys {
    pub(super) fn generate() -> Result<Self, Failure> {
        Ok(Self {
            rsa: Rs256Key::generate()?.to_pem()?.expose().clone(),
            es256: Es256Key::generate()?.to_pem()?.expose().clone(),
            es384: Es384Key::generate()?.to_pem()?.expose().clone(),
            ed25519: EdDsaKey::generate()?.to_pem()?.expose().clone(),
        })
    }

    pub(super) fn of(&self, algorithm: Algorithm) -> Result<KeyPair, Failure> {
        let (ours, pem): (SigningKey, _) = match algorithm {
            Algorithm::Rs256 => (Rs256Key::from_pem(&self.rsa)?.into(), &self.rsa),
            Algorithm::Rs384 => (Rs384Key::from_pem(&self.rsa)?.into(), &self.rsa),
            Algorithm::Rs512 => (Rs512Key::from_pem(&self.rsa)?.into(), &self.rsa),
            Algorithm::Ps256 => (Ps256Key::from_pem(&self.rsa)?.into(), &self.rsa),
            Algorithm::Ps384 => (Ps384Key::from_pem(&self.rsa)?.into(), &self.rsa),
            Algorithm::Ps512 => (Ps512Key::from_pem(&self.rsa)?.into(), &self.rsa),
            Algorithm::Es256 => (Es256Key::from_pem(&self.es256)?.into(), &self.es256),
            Algorithm::Es384 => (Es384Key::from_pem(&self.es384)?.into(), &self.es384),
            Algorithm::EdDsa => (EdDsaKey::from_pem(&self.ed25519)?.into(), &self.ed25519),
            // One secret each, so there is nothing to share: of the length that the hash has.
            hmac => return secrets(hmac),
        };
        let jwk = ours.verifying_key().public_jwk().ok_or("no public half")?;
        let jwk: Jwk = serde_json::from_value(serde_json::to_value(jwk)?)?;
        Ok(KeyPair {
            encoding: encoding_key(algorithm, pem)?,
            decoding: DecodingKey::from_jwk(&jwk)?,
            ours: ours.into(),
        })
    }
}

fn secrets(algorithm: Algorithm) -> Result<KeyPair, Failure> {
    let length = match algorithm {
        Algorithm::Hs256 => 32,
        Algorithm::Hs384 => 48,
        _ => 64,
    };
    let secret = vec![7; length];
    Ok(KeyPair {
        ours: SigningKey::generate(algorithm)?.into(),
        encoding: EncodingKey::from_secret(&secret),
        decoding: DecodingKey::from_secret(&secret),
    })
}

/// What the library wants of a private key: PKCS#1 for RSA, else PKCS#8.
fn encoding_key(algorithm: Algorithm, pem: &str) -> Result<EncodingKey, Failure> {
    let (_, der) = pem_rfc7468::decode_vec(pem.as_bytes()).map_err(|error| error.to_string())?;
    Ok(match algorithm {
        Algorithm::Es256 | Algorithm::Es384 => EncodingKey::from_ec_der(&der),
        Algorithm::EdDsa => EncodingKey::from_ed_der(&der),
        _ => {
            let info = PrivateKeyInfoRef::try_from(&*der).map_err(|error| error.to_string())?;
            EncodingKey::from_rsa_der(info.private_key.as_bytes())
        }
    })
}
