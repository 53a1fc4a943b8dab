use std::fmt;

/// How much work one Argon2id hash is: memory, passes over it, and lanes.
///
/// There are no weak ones. In a `const`, parameters below the floor do not build:
///
/// ```
/// use secure_runtime::password::Argon2Params;
///
/// const PARAMS: Argon2Params = Argon2Params::new(19 * 1024, 2, 1);
/// assert_eq!(PARAMS, Argon2Params::default());
/// ```
///
/// ```compile_fail
/// # use secure_runtime::password::Argon2Params;
/// const TOO_LITTLE: Argon2Params = Argon2Params::new(4 * 1024, 3, 1);
/// ```
///
/// The floor is OWASP's: memory and passes are at least those of one of its five sets, which it
/// calls equally strong ([`Argon2Params::OWASP`]). The ceiling keeps a slip in a setting from taking
/// the machine down: 1 GiB, 32 passes, 16 lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Argon2Params {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl Argon2Params {
    /// The sets that the OWASP Password Storage Cheat Sheet calls equally strong, the one with the
    /// most memory first.
    pub const OWASP: [Self; 5] = [
        Self::unchecked(46 * 1024, 1),
        Self::unchecked(19 * 1024, 2),
        Self::unchecked(12 * 1024, 3),
        Self::unchecked(9 * 1024, 4),
        Self::unchecked(7 * 1024, 5),
    ];

    /// The most memory, in KiB: 1 GiB.
    pub const MAX_MEMORY_KIB: u32 = 1024 * 1024;

    /// The most passes.
    pub const MAX_PASSES: u32 = 32;

    /// The most lanes.
    pub const MAX_LANES: u32 = 16;

    /// Parameters that are known when the program is compiled: memory in KiB, passes, lanes.
    ///
    /// # Panics
    /// When they are below the floor or above the ceiling, which in a `const` means that the program
    /// does not build. Values from settings go through [`try_new`](Self::try_new).
    #[allow(clippy::panic)]
    #[must_use]
    #[track_caller]
    pub const fn new(memory_kib: u32, passes: u32, lanes: u32) -> Self {
        match Self::try_new(memory_kib, passes, lanes) {
            Ok(params) => params,
            Err(ParamsError::Weak) => panic!(
                "these Argon2id parameters are too weak: they reach none of OWASP's five sets
                help: `Argon2Params::new(19 * 1024, 2, 1)` is 19 MiB, two passes, one lane
                help: the sets (MiB/passes) are 46/1, 19/2, 12/3, 9/4, 7/5; more of either is fine"
            ),
            Err(ParamsError::Memory) => panic!(
                "an Argon2id hash may take 1 GiB at most, and the memory is given in KiB
                help: `Argon2Params::new(19 * 1024, 2, 1)` is 19 MiB, two passes, one lane"
            ),
            Err(ParamsError::Passes) => panic!(
                "an Argon2id hash may take 32 passes at most
                help: `Argon2Params::new(19 * 1024, 2, 1)` is 19 MiB, two passes, one lane"
            ),
            Err(ParamsError::Lanes) => panic!(
                "an Argon2id hash has 1 to 16 lanes
                help: `Argon2Params::new(19 * 1024, 2, 1)` is 19 MiB, two passes, one lane"
            ),
        }
    }

    /// Parameters from settings: memory in KiB, passes, lanes.
    ///
    /// # Errors
    /// When they are below the floor or above the ceiling.
    pub const fn try_new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, ParamsError> {
        if memory_kib > Self::MAX_MEMORY_KIB {
            return Err(ParamsError::Memory);
        }
        if passes > Self::MAX_PASSES {
            return Err(ParamsError::Passes);
        }
        if lanes == 0 || lanes > Self::MAX_LANES {
            return Err(ParamsError::Lanes);
        }
        let params = Self {
            memory_kib,
            passes,
            lanes,
        };
        let mut set = 0;
        while set < Self::OWASP.len() {
            if params.reaches(Self::OWASP[set]) {
                return Ok(params);
            }
            set += 1;
        }
        Err(ParamsError::Weak)
    }

    /// The memory that one hash takes, in KiB.
    #[must_use]
    pub const fn memory_kib(self) -> u32 {
        self.memory_kib
    }

    /// How often the memory is gone over.
    #[must_use]
    pub const fn passes(self) -> u32 {
        self.passes
    }

    /// How many lanes the memory has. They are computed one after the other here, so more than one
    /// gives nothing; it is for hashes that others verify too.
    #[must_use]
    pub const fn lanes(self) -> u32 {
        self.lanes
    }

    /// Whether neither memory nor passes are less than those of `floor`.
    #[must_use]
    pub const fn reaches(self, floor: Self) -> bool {
        self.memory_kib >= floor.memory_kib
            && self.passes >= floor.passes
            && self.lanes >= floor.lanes
    }

    /// The least that Argon2 can do: far below the floor.
    #[cfg(feature = "test")]
    pub(crate) const CHEAP: Self = Self::unchecked(8, 1);

    const fn unchecked(memory_kib: u32, passes: u32) -> Self {
        Self {
            memory_kib,
            passes,
            lanes: 1,
        }
    }
}

/// 19 MiB, two passes, one lane: OWASP's second set. The memory is little enough to hash on many
/// cores at once.
impl Default for Argon2Params {
    fn default() -> Self {
        Self::OWASP[1]
    }
}

/// As a PHC string has them: `m=19456,t=2,p=1`.
impl fmt::Display for Argon2Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "m={},t={},p={}",
            self.memory_kib, self.passes, self.lanes
        )
    }
}

/// Why parameters for Argon2id are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParamsError {
    /// They reach none of OWASP's sets.
    Weak,
    /// They ask for more than 1 GiB.
    Memory,
    /// They ask for more than 32 passes.
    Passes,
    /// They ask for no lane, or for more than 16.
    Lanes,
}

impl fmt::Display for ParamsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Weak => {
                "the Argon2id parameters reach none of OWASP's sets (MiB/passes): 46/1, 19/2, 12/3, 9/4, 7/5"
            }
            Self::Memory => "an Argon2id hash may take 1 GiB at most",
            Self::Passes => "an Argon2id hash may take 32 passes at most",
            Self::Lanes => "an Argon2id hash has 1 to 16 lanes",
        })
    }
}

impl std::error::Error for ParamsError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_floor_is_where_owasp_has_it() {
        let table = [
            (46 * 1024, 1, Ok(())),
            (46 * 1024 - 1, 1, Err(ParamsError::Weak)),
            (19 * 1024, 2, Ok(())),
            (19 * 1024 - 1, 2, Err(ParamsError::Weak)),
            (12 * 1024, 3, Ok(())),
            (12 * 1024 - 1, 3, Err(ParamsError::Weak)),
            (9 * 1024, 4, Ok(())),
            (9 * 1024 - 1, 4, Err(ParamsError::Weak)),
            (7 * 1024, 5, Ok(())),
            (7 * 1024 - 1, 5, Err(ParamsError::Weak)),
            (7 * 1024 - 1, 32, Err(ParamsError::Weak)),
            (1024 * 1024, 32, Ok(())),
            (1024 * 1024, 0, Err(ParamsError::Weak)),
            (1024 * 1024 + 1, 1, Err(ParamsError::Memory)),
            (1024 * 1024, 33, Err(ParamsError::Passes)),
        ];
        for (memory, passes, expected) in table {
            let made = Argon2Params::try_new(memory, passes, 1).map(drop);
            assert_eq!(made, expected, "{memory} KiB, {passes} passes");
        }
    }

    #[test]
    fn lanes_are_bounded() {
        let lanes = |lanes| Argon2Params::try_new(19 * 1024, 2, lanes).map(drop);
        assert_eq!(lanes(0), Err(ParamsError::Lanes));
        assert_eq!(lanes(1), Ok(()));
        assert_eq!(lanes(16), Ok(()));
        assert_eq!(lanes(17), Err(ParamsError::Lanes));
    }

    #[test]
    #[should_panic(expected = "these Argon2id parameters are too weak")]
    fn weak_ones_panic_at_run_time_too() {
        let _ = Argon2Params::new(1024, 1, 1);
    }

    #[test]
    fn the_default_is_one_of_the_sets() {
        let default = Argon2Params::default();
        assert_eq!(default.to_string(), "m=19456,t=2,p=1");
        assert_eq!(default, Argon2Params::new(19 * 1024, 2, 1));
    }

    proptest! {
        #[test]
        fn accepted_is_what_reaches_one_of_the_five(
            memory in 0..100_000_u32,
            passes in 0..8_u32,
            lanes in 1..=16_u32,
        ) {
            let sets = [(47_104, 1), (19_456, 2), (12_288, 3), (9_216, 4), (7_168, 5)];
            let reaches = sets.iter().any(|&(m, t)| memory >= m && passes >= t);
            prop_assert_eq!(Argon2Params::try_new(memory, passes, lanes).is_ok(), reaches);
        }
    }
}
