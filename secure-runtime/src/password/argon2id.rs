//! Argon2 itself (RFC 9106), and the strings that carry its hashes.

use std::mem;

use argon2::{Algorithm, Argon2, Block, Params, Version};

use super::{
    Argon2Params, PasswordError, PasswordHash, VerifyLimits,
    phc::{self, Phc},
};
use crate::crypto::fill_random;

/// Bytes of the salt and of the hash: what RFC 9106 §4 recommends.
pub(super) const SALT: usize = 16;
pub(super) const HASH: usize = 32;

/// What is needed to compute one hash, but for the password.
#[derive(Clone)]
pub(super) struct Recipe {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    salt: Vec<u8>,
    /// The id of the pepper, where there is one.
    pub(super) pepper: Option<String>,
}

impl Recipe {
    /// For a new hash: Argon2id, version 1.3, a fresh salt.
    pub(super) fn fresh(params: Argon2Params, pepper: Option<String>) -> Self {
        let mut salt = vec![0; SALT];
        fill_random(&mut salt);
        Self {
            algorithm: Algorithm::Argon2id,
            version: Version::V0x13,
            params: checked(params),
            salt,
            pepper,
        }
    }

    /// Of a stored hash, with the hash.
    pub(super) fn stored(
        mut phc: Phc<'_>,
        limits: VerifyLimits,
    ) -> Result<(Self, Vec<u8>), PasswordError> {
        let algorithm = phc.id.parse().map_err(|_| UNKNOWN)?;
        // Without a version it is the first one, 1.0.
        let version = phc.version.unwrap_or(16).try_into().map_err(|_| UNKNOWN)?;
        let (memory, passes, lanes) = (phc.needed("m")?, phc.needed("t")?, phc.needed("p")?);
        let pepper = phc.text("keyid").map(ToOwned::to_owned);
        phc.nothing_else()?;
        limits.argon2(memory, passes, lanes)?;
        let params = Params::new(memory, passes, lanes, Some(phc.hash.len()))
            .map_err(|_| PasswordError::Malformed("the parameters are not those of Argon2"))?;
        if phc.salt.len() < argon2::MIN_SALT_LEN {
            return Err(PasswordError::Malformed("the salt is too short"));
        }
        let recipe = Self {
            algorithm,
            version,
            params,
            salt: phc.salt,
            pepper,
        };
        Ok((recipe, phc.hash))
    }

    /// Whether a new hash would be made in the same way.
    pub(super) fn is_current(&self, params: Argon2Params, pepper: Option<&str>) -> bool {
        self.algorithm == Algorithm::Argon2id
            && self.version == Version::V0x13
            && self.params == checked(params)
            && self.salt.len() >= SALT
            && self.pepper.as_deref() == pepper
    }

    /// Computes the hash of `input`.
    pub(super) fn compute(
        &self,
        input: &[u8],
        memory: &mut Memory,
    ) -> Result<Vec<u8>, PasswordError> {
        let mut hash = vec![0; self.params.output_len().unwrap_or(HASH)];
        let argon2 = Argon2::new(self.algorithm, self.version, self.params.clone());
        memory.with(self.params.block_count(), |blocks| {
            argon2
                .hash_password_into_with_memory(input, &self.salt, &mut hash, blocks)
                .map_err(|_| PasswordError::Aborted)
        })?;
        Ok(hash)
    }

    /// The string to store.
    pub(super) fn write(&self, hash: &[u8]) -> PasswordHash {
        let params = &self.params;
        let (m, t, p) = (params.m_cost(), params.t_cost(), params.p_cost());
        let version = u32::from(self.version);
        let pepper = self.pepper.as_ref();
        let pepper = pepper.map_or_else(String::new, |id| format!(",keyid={id}"));
        PasswordHash::new(format!(
            "${}$v={version}$m={m},t={t},p={p}{pepper}${}${}",
            self.algorithm.as_str(),
            phc::encode(&self.salt),
            phc::encode(hash),
        ))
    }
}

const UNKNOWN: PasswordError = PasswordError::Unsupported("its version of Argon2 is unknown");

/// Ours are within Argon2's own bounds, all of them; its defaults would be above the floor too.
fn checked(params: Argon2Params) -> Params {
    let (memory, passes) = (params.memory_kib(), params.passes());
    Params::new(memory, passes, params.lanes(), Some(HASH)).unwrap_or_default()
}

/// The memory that hashes are computed in, kept from one to the next: fresh memory costs a page
/// fault for each 4 KiB. It is overwritten after each use, since what stands in it would make guessing
/// the password cheap.
#[derive(Default)]
pub(super) struct Memory {
    blocks: Vec<Block>,
    keep: usize,
}

impl Memory {
    /// Memory that stays as large as a hash with `params` needs.
    pub(super) fn for_params(params: Argon2Params) -> Self {
        Self {
            blocks: Vec::new(),
            keep: checked(params).block_count(),
        }
    }

    fn with<T>(
        &mut self,
        count: usize,
        task: impl FnOnce(&mut [Block]) -> Result<T, PasswordError>,
    ) -> Result<T, PasswordError> {
        let missing = count.saturating_sub(self.blocks.len());
        // A machine without memory is overloaded; it must not abort.
        self.blocks
            .try_reserve_exact(missing)
            .map_err(|_| PasswordError::Overloaded)?;
        self.blocks
            .resize(self.blocks.len() + missing, Block::new());
        let result = task(&mut self.blocks[..count]);
        self.blocks[..count].fill(Block::new());
        if self.blocks.len() > self.keep {
            drop(mem::take(&mut self.blocks));
        }
        result
    }
}
