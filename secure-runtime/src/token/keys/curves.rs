//! Private keys on curves: EC (RFC 5915, RFC 7518 §6.2) and Ed25519 (RFC 8410, RFC 8037 §2).

use aws_lc_rs::{
    encoding::{AsBigEndian, Curve25519SeedBin, EcPrivateKeyBin},
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
        EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _,
    },
};
use jsonwebtoken::EncodingKey;
use zeroize::Zeroizing;

use super::{
    KeyError,
    algorithm::Curve,
    jwk::{self, Jwk},
    public::{Public, point},
};

pub(super) fn generate_ec(curve: Curve) -> Result<EcdsaKeyPair, KeyError> {
    EcdsaKeyPair::generate(signing(curve)).map_err(|_| KeyError::Unavailable)
}

pub(super) fn ec_from_pkcs8(curve: Curve, der: &[u8]) -> Result<EcdsaKeyPair, KeyError> {
    EcdsaKeyPair::from_pkcs8(signing(curve), der).map_err(|_| KeyError::Inconsistent)
}

pub(super) fn ec_from_sec1(curve: Curve, der: &[u8]) -> Result<EcdsaKeyPair, KeyError> {
    EcdsaKeyPair::from_private_key_der(signing(curve), der).map_err(|_| KeyError::Inconsistent)
}

pub(super) fn ec_from_jwk(curve: Curve, jwk: &Jwk) -> Result<EcdsaKeyPair, KeyError> {
    let part = |name, member| jwk::exactly(name, member, curve.bytes());
    let x = part("x", jwk.x.as_deref())?;
    let y = part("y", jwk.y.as_deref())?;
    let d = part("d", jwk.d.as_ref().map(|d| d.as_str()))?;
    EcdsaKeyPair::from_private_key_and_public_key(signing(curve), &d, &point(&x, &y))
        .map_err(|_| KeyError::Inconsistent)
}

pub(super) fn ec_halves(
    curve: Curve,
    pair: &EcdsaKeyPair,
) -> Result<(EncodingKey, Public), KeyError> {
    let der = pair.to_pkcs8v1().map_err(|_| KeyError::Unavailable)?;
    let public = Public::from_point(curve, pair.public_key().as_ref())?;
    Ok((EncodingKey::from_ec_der(der.as_ref()), public))
}

/// The private member of the JWK.
pub(super) fn write_ec(curve: Curve, pkcs8: &[u8], jwk: &mut Jwk) -> Result<(), KeyError> {
    let pair = ec_from_pkcs8(curve, pkcs8)?;
    let d: EcPrivateKeyBin<'_> = pair
        .private_key()
        .as_be_bytes()
        .map_err(|_| KeyError::Unavailable)?;
    jwk.d = Some(jwk::encode_secret(d.as_ref()));
    Ok(())
}

pub(super) fn generate_ed() -> Result<Ed25519KeyPair, KeyError> {
    Ed25519KeyPair::generate().map_err(|_| KeyError::Unavailable)
}

pub(super) fn ed_from_pkcs8(der: &[u8]) -> Result<Ed25519KeyPair, KeyError> {
    Ed25519KeyPair::from_pkcs8(der).map_err(|_| KeyError::Inconsistent)
}

pub(super) fn ed_from_jwk(jwk: &Jwk) -> Result<Ed25519KeyPair, KeyError> {
    let x = jwk::exactly("x", jwk.x.as_deref(), 32)?;
    let d = jwk::exactly("d", jwk.d.as_ref().map(|d| d.as_str()), 32)?;
    Ed25519KeyPair::from_seed_and_public_key(&d, &x).map_err(|_| KeyError::Inconsistent)
}

pub(super) fn ed_halves(pair: &Ed25519KeyPair) -> Result<(EncodingKey, Public), KeyError> {
    let der = pair.to_pkcs8v1().map_err(|_| KeyError::Unavailable)?;
    let public = Public::from_ed25519(pair.public_key().as_ref())?;
    Ok((EncodingKey::from_ed_der(der.as_ref()), public))
}

/// The private member of the JWK.
pub(super) fn write_ed(pkcs8: &[u8], jwk: &mut Jwk) -> Result<(), KeyError> {
    let pair = ed_from_pkcs8(pkcs8)?;
    let seed = pair.seed().map_err(|_| KeyError::Unavailable)?;
    let seed: Curve25519SeedBin<'_> = seed.as_be_bytes().map_err(|_| KeyError::Unavailable)?;
    let seed = Zeroizing::new(seed.as_ref().to_vec());
    jwk.d = Some(jwk::encode_secret(&seed));
    Ok(())
}

fn signing(curve: Curve) -> &'static EcdsaSigningAlgorithm {
    match curve {
        Curve::P256 => &ECDSA_P256_SHA256_FIXED_SIGNING,
        Curve::P384 => &ECDSA_P384_SHA384_FIXED_SIGNING,
    }
}
