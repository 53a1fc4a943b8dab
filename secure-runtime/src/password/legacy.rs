//! Hashes that other programs left: bcrypt, scrypt, PBKDF2. They are verified, never made.

use std::{num::NonZeroU32, str::FromStr as _};

use aws_lc_rs::{constant_time::verify_slices_are_equal, pbkdf2};

use super::{
    PasswordError, VerifyLimits,
    phc::{self, Phc},
};

/// bcrypt takes no more bytes into account.
const BCRYPT_BYTES: usize = 72;

pub(super) enum Legacy {
    Bcrypt {
        text: String,
        truncates: bool,
    },
    Scrypt {
        params: scrypt::Params,
        salt: Vec<u8>,
        hash: Vec<u8>,
    },
    Pbkdf2 {
        algorithm: pbkdf2::Algorithm,
        rounds: NonZeroU32,
        salt: Vec<u8>,
        hash: Vec<u8>,
    },
}

impl Legacy {
    pub(super) fn read(
        text: &str,
        limits: VerifyLimits,
        truncates: bool,
    ) -> Result<Self, PasswordError> {
        if text.starts_with("$2") {
            return bcrypt(text, limits, truncates);
        }
        if text.starts_with("$scrypt$") {
            return scrypt(Phc::parse(text)?, limits);
        }
        let algorithm = match text.starts_with("$pbkdf2-sha256$") {
            true => pbkdf2::PBKDF2_HMAC_SHA256,
            false => pbkdf2::PBKDF2_HMAC_SHA512,
        };
        match passlib(text) {
            Some(parts) => pbkdf2(algorithm, parts?, limits),
            None => {
                let mut phc = Phc::parse(text)?;
                let rounds = phc.needed("i")?;
                let length = phc.number("l")?;
                phc.nothing_else()?;
                if length.is_some_and(|length| length as usize != phc.hash.len()) {
                    return Err(PasswordError::Malformed("the hash has another length"));
                }
                pbkdf2(algorithm, (rounds, phc.salt, phc.hash), limits)
            }
        }
    }

    pub(super) fn matches(&self, password: &str) -> Result<bool, PasswordError> {
        match self {
            Self::Bcrypt { text, truncates } => {
                let matches = bcrypt::verify(password, text).map_err(|_| BCRYPT)?;
                // Refused after the same work. A NUL ends a password in C, and bcrypt repeats what it
                // is given with a NUL between: `a` and `a\0a` would be the same.
                let whole = password.len() <= BCRYPT_BYTES || *truncates;
                Ok(matches && whole && !password.contains('\0'))
            }
            Self::Scrypt { params, salt, hash } => {
                let mut computed = vec![0; hash.len()];
                scrypt::scrypt(password.as_bytes(), salt, params, &mut computed)
                    .map_err(|_| PasswordError::Aborted)?;
                Ok(verify_slices_are_equal(&computed, hash).is_ok())
            }
            Self::Pbkdf2 {
                algorithm,
                rounds,
                salt,
                hash,
            } => {
                let password = password.as_bytes();
                Ok(pbkdf2::verify(*algorithm, *rounds, salt, password, hash).is_ok())
            }
        }
    }
}

const BCRYPT: PasswordError = PasswordError::Malformed("it is no bcrypt hash");

fn bcrypt(text: &str, limits: VerifyLimits, truncates: bool) -> Result<Legacy, PasswordError> {
    let parts = bcrypt::HashParts::from_str(text).map_err(|_| BCRYPT)?;
    if !(4..=31).contains(&parts.get_cost()) {
        return Err(BCRYPT);
    }
    limits.bcrypt(parts.get_cost())?;
    Ok(Legacy::Bcrypt {
        text: text.to_owned(),
        truncates,
    })
}

fn scrypt(mut phc: Phc<'_>, limits: VerifyLimits) -> Result<Legacy, PasswordError> {
    const PARAMS: PasswordError =
        PasswordError::Malformed("the parameters are not those of scrypt");
    let (log_n, r, p) = (phc.needed("ln")?, phc.needed("r")?, phc.needed("p")?);
    phc.nothing_else()?;
    let log_n = u8::try_from(log_n).map_err(|_| PasswordError::Excessive("the N of scrypt"))?;
    limits.scrypt(log_n, r, p)?;
    if log_n == 0 {
        return Err(PARAMS);
    }
    Ok(Legacy::Scrypt {
        params: scrypt::Params::new(log_n, r, p).map_err(|_| PARAMS)?,
        salt: phc.salt,
        hash: phc.hash,
    })
}

type Rounds = (u32, Vec<u8>, Vec<u8>);

fn pbkdf2(
    algorithm: pbkdf2::Algorithm,
    (rounds, salt, hash): Rounds,
    limits: VerifyLimits,
) -> Result<Legacy, PasswordError> {
    limits.pbkdf2(rounds)?;
    let rounds = NonZeroU32::new(rounds).ok_or(PasswordError::Malformed("it has no rounds"))?;
    Ok(Legacy::Pbkdf2 {
        algorithm,
        rounds,
        salt,
        hash,
    })
}

/// As Python's passlib writes it: `$pbkdf2-sha256$29000$salt$hash`, with `.` for `+`. `None` where it
/// is a PHC string.
fn passlib(text: &str) -> Option<Result<Rounds, PasswordError>> {
    let mut parts = text.split('$').skip(2);
    let (rounds, salt, hash) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || !rounds.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let decode = |text: &str| phc::decode(&text.replace('.', "+"));
    Some((|| {
        let hash = phc::hash_of(&decode(hash)?)?;
        Ok((phc::decimal(rounds)?, decode(salt)?, hash))
    })())
}
