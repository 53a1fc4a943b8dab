//! What a public key is made of.

use aws_lc_rs::{
    encoding::AsDer,
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ParsedPublicKey,
        RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, VerificationAlgorithm,
    },
};
use jsonwebtoken::DecodingKey;
use pkcs8::{
    ObjectIdentifier,
    der::{Decode, asn1::AnyRef},
    spki::SubjectPublicKeyInfoRef,
};

use super::{
    Algorithm, KeyError,
    algorithm::{Curve, Family},
    jwk::{self, Jwk},
    pem::{Label, Pem},
    rsa,
};

/// RFC 8017 §A.1, RFC 5480 §2.1.1 and RFC 8410 §3.
pub(super) const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
pub(super) const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
pub(super) const ED25519_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");

/// The parts of a public key, in the form that a JWK has. Checked when it is made.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Public {
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    Ec {
        curve: Curve,
        x: Vec<u8>,
        y: Vec<u8>,
    },
    Ed25519 {
        x: Vec<u8>,
    },
}

impl Public {
    pub(super) fn from_pem(pem: &Pem, algorithm: Algorithm) -> Result<Self, KeyError> {
        let family = algorithm.family();
        match pem.label {
            Label::RsaPublic if family == Family::Rsa => rsa::public_from_pkcs1(&pem.der),
            Label::RsaPublic => Err(kind(family)),
            Label::Public => {
                let info =
                    SubjectPublicKeyInfoRef::from_der(&pem.der).map_err(|_| KeyError::Pem)?;
                check_kind(info.algorithm.oid, info.algorithm.parameters, family)?;
                let key = info.subject_public_key.as_bytes().ok_or(KeyError::Pem)?;
                match family {
                    Family::Rsa => rsa::public_from_pkcs1(key),
                    Family::Ec(curve) => Self::from_point(curve, key),
                    Family::Ed25519 => Self::from_ed25519(key),
                    Family::Hmac => Err(kind(family)),
                }
            }
            Label::Private | Label::RsaPrivate | Label::EcPrivate => Err(KeyError::Private),
        }
    }

    pub(super) fn from_jwk(jwk: &Jwk, algorithm: Algorithm) -> Result<Self, KeyError> {
        match algorithm.family() {
            Family::Rsa => {
                let n = jwk::number("n", jwk.n.as_deref())?;
                let e = jwk::number("e", jwk.e.as_deref())?;
                rsa::public(&n, &e)
            }
            Family::Ec(curve) => {
                let x = jwk::exactly("x", jwk.x.as_deref(), curve.bytes())?;
                let y = jwk::exactly("y", jwk.y.as_deref(), curve.bytes())?;
                Self::from_point(curve, &point(&x, &y))
            }
            Family::Ed25519 => Self::from_ed25519(&jwk::exactly("x", jwk.x.as_deref(), 32)?),
            family @ Family::Hmac => Err(kind(family)),
        }
    }

    /// A point in its uncompressed form (SEC 1 §2.3.3), which lies on the curve.
    pub(super) fn from_point(curve: Curve, point: &[u8]) -> Result<Self, KeyError> {
        let size = curve.bytes();
        if point.len() != 1 + 2 * size || point.first() != Some(&4) {
            return Err(KeyError::Inconsistent);
        }
        ParsedPublicKey::new(verification(curve), point).map_err(|_| KeyError::Inconsistent)?;
        Ok(Self::Ec {
            curve,
            x: point[1..=size].to_vec(),
            y: point[1 + size..].to_vec(),
        })
    }

    pub(super) fn from_ed25519(x: &[u8]) -> Result<Self, KeyError> {
        if x.len() != 32 {
            return Err(KeyError::Inconsistent);
        }
        ParsedPublicKey::new(&ED25519, x).map_err(|_| KeyError::Inconsistent)?;
        if has_small_order(x) {
            return Err(KeyError::Inconsistent);
        }
        Ok(Self::Ed25519 { x: x.to_vec() })
    }

    /// SubjectPublicKeyInfo (RFC 5280 §4.1).
    pub(super) fn to_der(&self) -> Result<Vec<u8>, KeyError> {
        let parsed = match self {
            Self::Rsa { n, e } => {
                RsaPublicKeyComponents { n, e }.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
            }
            Self::Ec { curve, x, y } => ParsedPublicKey::new(verification(*curve), point(x, y)),
            Self::Ed25519 { x } => ParsedPublicKey::new(&ED25519, x),
        };
        let der = parsed
            .map_err(|_| KeyError::Unavailable)?
            .as_der()
            .map_err(|_| KeyError::Unavailable)?;
        Ok(der.as_ref().to_vec())
    }

    /// The public members of the JWK.
    pub(super) fn write_jwk(&self, jwk: &mut Jwk) {
        match self {
            Self::Rsa { n, e } => {
                jwk.n = Some(jwk::encode(n));
                jwk.e = Some(jwk::encode(e));
            }
            Self::Ec { x, y, .. } => {
                jwk.x = Some(jwk::encode(x));
                jwk.y = Some(jwk::encode(y));
            }
            Self::Ed25519 { x } => jwk.x = Some(jwk::encode(x)),
        }
    }

    pub(super) fn decoding_key(&self) -> DecodingKey {
        match self {
            Self::Rsa { n, e } => DecodingKey::from_rsa_raw_components(n, e),
            Self::Ec { x, y, .. } => DecodingKey::from_ec_der(&point(x, y)),
            Self::Ed25519 { x } => DecodingKey::from_ed_der(x),
        }
    }
}

/// Whether a key's algorithm identifier is that of `family`. Keys that are bound to RSASSA-PSS
/// (RFC 4055 §3.1) are not taken: their parameters would have to be kept, too.
pub(super) fn check_kind(
    id: ObjectIdentifier,
    parameters: Option<AnyRef<'_>>,
    family: Family,
) -> Result<(), KeyError> {
    let curve = || parameters.and_then(|any| any.decode_as::<ObjectIdentifier>().ok());
    let fits = match family {
        Family::Rsa => id == RSA,
        Family::Ec(Curve::P256) => id == EC && curve() == Some(P256),
        Family::Ec(Curve::P384) => id == EC && curve() == Some(P384),
        Family::Ed25519 => id == ED25519_ID,
        Family::Hmac => false,
    };
    if fits { Ok(()) } else { Err(kind(family)) }
}

pub(super) fn kind(family: Family) -> KeyError {
    KeyError::Kind {
        expected: match family {
            Family::Hmac => "a secret",
            Family::Rsa => "an RSA key",
            Family::Ec(Curve::P256) => "an EC key on P-256",
            Family::Ec(Curve::P384) => "an EC key on P-384",
            Family::Ed25519 => "an Ed25519 key",
        },
    }
}

pub(super) fn point(x: &[u8], y: &[u8]) -> Vec<u8> {
    [&[4], x, y].concat()
}

fn verification(curve: Curve) -> &'static dyn VerificationAlgorithm {
    match curve {
        Curve::P256 => &ECDSA_P256_SHA256_FIXED,
        Curve::P384 => &ECDSA_P384_SHA384_FIXED,
    }
}

/// Whether an Ed25519 public key is one of the points of order 1, 2, 4 or 8, under which anybody can sign
/// (RFC 8032 §5.1.7; "Taming the many EdDSAs", table 1), also where it is not encoded as it should be.
fn has_small_order(x: &[u8]) -> bool {
    const ORDER_8: [[u8; 32]; 2] = [
        [
            0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef,
            0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88,
            0x6d, 0x53, 0xfc, 0x05,
        ],
        [
            0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10,
            0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77,
            0x92, 0xac, 0x03, 0x7a,
        ],
    ];
    let Some((first, rest)) = x.split_first() else {
        return true;
    };
    let Some((last, middle)) = rest.split_last() else {
        return true;
    };
    // The sign does not change the order.
    let last = last & 0x7f;
    let is_near_zero = *first <= 1 && last == 0 && middle.iter().all(|byte| *byte == 0);
    // p - 1, p and p + 1, where p = 2^255 - 19.
    let is_near_p =
        (0xec..=0xee).contains(first) && last == 0x7f && middle.iter().all(|byte| *byte == 0xff);
    let is_order_8 = ORDER_8
        .iter()
        .any(|point| point[..31] == x[..31] && point[31] == last);
    is_near_zero || is_near_p || is_order_8
}
