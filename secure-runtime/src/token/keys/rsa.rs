//! RSA keys (RFC 8017, RFC 7518 §6.3): how long they must be, and what they must not be.

use aws_lc_rs::{
    encoding::AsDer,
    rsa::{KeyPair, KeyPairComponents, KeySize, PublicKeyComponents},
    signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256},
};
use jsonwebtoken::EncodingKey;
use pkcs1::{RsaPrivateKeyRef, RsaPublicKeyRef, UintRef};
use pkcs8::{PrivateKeyInfoRef, der::Decode};
use zeroize::Zeroizing;

use super::{
    KeyError,
    jwk::{self, Jwk},
    public::Public,
};

/// RFC 7518 §3.3 asks 2048 bits.
const LEAST_TO_VERIFY: usize = 2048;
/// NIST SP 800-57 part 1: 112 bits of security, which 2048 bits have, end with 2030.
const LEAST_TO_SIGN: usize = 3072;
/// More takes a verifier too long.
const MOST: usize = 8192;

pub(super) fn generate() -> Result<KeyPair, KeyError> {
    KeyPair::generate(KeySize::Rsa3072).map_err(|_| KeyError::Unavailable)
}

pub(super) fn from_pkcs1(der: &[u8]) -> Result<KeyPair, KeyError> {
    let key = RsaPrivateKeyRef::from_der(der).map_err(|_| KeyError::Pem)?;
    // Said before the parts are compared, which a key of an odd size would not outlive.
    public(key.modulus.as_bytes(), key.public_exponent.as_bytes())?;
    KeyPair::from_der(der).map_err(|_| KeyError::Inconsistent)
}

/// All members of RFC 7518 §6.3.2 must be there, and no further primes.
pub(super) fn from_jwk(jwk: &Jwk) -> Result<KeyPair, KeyError> {
    if jwk.oth.is_some() {
        return Err(KeyError::Member { name: "oth" });
    }
    let n = jwk::number("n", jwk.n.as_deref())?;
    let e = jwk::number("e", jwk.e.as_deref())?;
    public(&n, &e)?;
    let secret = |name, member: &Option<Zeroizing<String>>| {
        jwk::number(name, member.as_ref().map(|text| text.as_str()))
    };
    KeyPair::from_components(&KeyPairComponents {
        public_key: PublicKeyComponents {
            n: n.as_slice(),
            e: e.as_slice(),
        },
        d: secret("d", &jwk.d)?.as_slice(),
        p: secret("p", &jwk.p)?.as_slice(),
        q: secret("q", &jwk.q)?.as_slice(),
        dP: secret("dp", &jwk.dp)?.as_slice(),
        dQ: secret("dq", &jwk.dq)?.as_slice(),
        qInv: secret("qi", &jwk.qi)?.as_slice(),
    })
    .map_err(|_| KeyError::Inconsistent)
}

/// The halves of a key that may sign.
pub(super) fn halves(pair: &KeyPair) -> Result<(EncodingKey, Public), KeyError> {
    let public = public_from_pkcs1(pair.public_key().as_ref())?;
    if let Public::Rsa { n, .. } = &public {
        check_size(n, LEAST_TO_SIGN)?;
    }
    let der = pair.as_der().map_err(|_| KeyError::Unavailable)?;
    let info = PrivateKeyInfoRef::try_from(der.as_ref()).map_err(|_| KeyError::Unavailable)?;
    Ok((
        EncodingKey::from_rsa_der(info.private_key.as_bytes()),
        public,
    ))
}

pub(super) fn public_from_pkcs1(der: &[u8]) -> Result<Public, KeyError> {
    let key = RsaPublicKeyRef::from_der(der).map_err(|_| KeyError::Pem)?;
    public(key.modulus.as_bytes(), key.public_exponent.as_bytes())
}

/// A public key that may verify.
pub(super) fn public(n: &[u8], e: &[u8]) -> Result<Public, KeyError> {
    check_size(n, LEAST_TO_VERIFY)?;
    let odd = e.last().is_some_and(|last| last % 2 == 1);
    // 65537 is the least number of three bytes that is not below it and odd: 01 00 01.
    if !odd || e.len() < 3 {
        return Err(KeyError::RsaExponent);
    }
    if looks_like_roca(n) {
        return Err(KeyError::RsaRoca);
    }
    PublicKeyComponents { n, e }
        .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
        .map_err(|_| KeyError::Inconsistent)?;
    Ok(Public::Rsa {
        n: n.to_vec(),
        e: e.to_vec(),
    })
}

/// The private members of the JWK.
pub(super) fn write_jwk(pkcs1: &[u8], jwk: &mut Jwk) -> Result<(), KeyError> {
    let key = RsaPrivateKeyRef::from_der(pkcs1).map_err(|_| KeyError::Unavailable)?;
    let secret = |number: &UintRef<'_>| Some(jwk::encode_secret(number.as_bytes()));
    jwk.d = secret(&key.private_exponent);
    jwk.p = secret(&key.prime1);
    jwk.q = secret(&key.prime2);
    jwk.dp = secret(&key.exponent1);
    jwk.dq = secret(&key.exponent2);
    jwk.qi = secret(&key.coefficient);
    Ok(())
}

/// PKCS#8.
pub(super) fn to_pkcs8(pkcs1: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let pair = KeyPair::from_der(pkcs1).map_err(|_| KeyError::Unavailable)?;
    let der = pair.as_der().map_err(|_| KeyError::Unavailable)?;
    Ok(Zeroizing::new(der.as_ref().to_vec()))
}

fn check_size(n: &[u8], least: usize) -> Result<(), KeyError> {
    let leading = n.first().map_or(0, |first| first.leading_zeros() as usize);
    let bits = n.len() * 8 - leading;
    if (least..=MOST).contains(&bits) {
        Ok(())
    } else {
        Err(KeyError::RsaSize { bits, least })
    }
}

/// Whether a modulus has the fingerprint of CVE-2017-15361 (Nemec and others, "The Return of
/// Coppersmith's Attack", §2.2): modulo each of these primes it is a power of 65537. Of other moduli
/// fewer than one in 10^8 are so.
pub(super) fn looks_like_roca(n: &[u8]) -> bool {
    const PRIMES: [u32; 17] = [
        11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157,
    ];
    PRIMES.into_iter().all(|prime| {
        let rest = n
            .iter()
            .fold(0, |rest, byte| (rest * 256 + u32::from(*byte)) % prime);
        let mut power = 1;
        (0..prime).any(|_| {
            power = power * 65537 % prime;
            power == rest
        })
    })
}
