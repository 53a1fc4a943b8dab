use super::{Argon2Params, PasswordError};

/// How much work a stored hash may ask for. What asks for more is not computed: whoever can write a
/// hash into the database cannot stop the app with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct VerifyLimits {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    bcrypt_cost: u32,
    pbkdf2_rounds: u32,
}

impl VerifyLimits {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// The most memory, for Argon2 and scrypt, in KiB. Defaults to 256 MiB.
    pub fn memory_kib(mut self, kib: u32) -> Self {
        self.memory_kib = kib;
        self
    }

    /// The most passes of Argon2. Defaults to 32.
    pub fn passes(mut self, passes: u32) -> Self {
        self.passes = passes;
        self
    }

    /// The most lanes of Argon2, and the highest `p` of scrypt. Defaults to 16.
    pub fn lanes(mut self, lanes: u32) -> Self {
        self.lanes = lanes;
        self
    }

    /// The highest cost of bcrypt. Defaults to 14; one more is twice the work.
    pub fn bcrypt_cost(mut self, cost: u32) -> Self {
        self.bcrypt_cost = cost;
        self
    }

    /// The most rounds of PBKDF2. Defaults to 2 000 000.
    pub fn pbkdf2_rounds(mut self, rounds: u32) -> Self {
        self.pbkdf2_rounds = rounds;
        self
    }

    /// What new hashes ask for is never too much.
    pub(super) fn at_least(mut self, params: Argon2Params) -> Self {
        self.memory_kib = self.memory_kib.max(params.memory_kib());
        self.passes = self.passes.max(params.passes());
        self.lanes = self.lanes.max(params.lanes());
        self
    }

    pub(super) fn argon2(self, memory: u32, passes: u32, lanes: u32) -> Result<(), PasswordError> {
        within(
            memory.into(),
            self.memory_kib.into(),
            "the memory of Argon2",
        )?;
        within(passes.into(), self.passes.into(), "the passes of Argon2")?;
        within(lanes.into(), self.lanes.into(), "the lanes of Argon2")
    }
}

#[cfg(feature = "password-legacy")]
impl VerifyLimits {
    pub(super) fn scrypt(self, log_n: u8, r: u32, p: u32) -> Result<(), PasswordError> {
        within(log_n.into(), 40, "the N of scrypt")?;
        within(p.into(), self.lanes.into(), "the p of scrypt")?;
        // RFC 7914 §2: 128·r·N bytes, and 128·r·p.
        let bytes = u128::from(r) * 128 * ((1 << log_n) + u128::from(p));
        let limit = (u128::from(self.memory_kib) + 64) * 1024;
        within(bytes, limit, "the memory of scrypt")
    }

    pub(super) fn bcrypt(self, cost: u32) -> Result<(), PasswordError> {
        within(cost.into(), self.bcrypt_cost.into(), "the cost of bcrypt")
    }

    pub(super) fn pbkdf2(self, rounds: u32) -> Result<(), PasswordError> {
        let limit = self.pbkdf2_rounds.into();
        within(rounds.into(), limit, "the rounds of PBKDF2")
    }
}

impl Default for VerifyLimits {
    fn default() -> Self {
        Self {
            memory_kib: 256 * 1024,
            passes: Argon2Params::MAX_PASSES,
            lanes: Argon2Params::MAX_LANES,
            bcrypt_cost: 14,
            pbkdf2_rounds: 2_000_000,
        }
    }
}

fn within(value: u128, limit: u128, what: &'static str) -> Result<(), PasswordError> {
    match value <= limit {
        true => Ok(()),
        false => Err(PasswordError::Excessive(what)),
    }
}
