//! Which parameters this machine can do in a given time.

use std::time::{Duration, Instant};

use super::{
    Argon2Params, PasswordError,
    argon2id::{Memory, Recipe},
};

/// The memory sizes that are tried, in MiB: those of OWASP's sets, and more.
const MEMORY_MIB: [u32; 8] = [7, 9, 12, 19, 46, 64, 128, 256];

/// What a calibration found.
#[derive(Debug, Clone)]
#[must_use]
pub struct Calibration {
    target: Duration,
    measured: Vec<Measured>,
}

/// One set of parameters, and how long a hash with it took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured {
    /// The parameters.
    pub params: Argon2Params,
    /// How long one hash took.
    pub took: Duration,
}

/// Measures which parameters this machine can do in about `target`, with one hash at a time: for each
/// amount of memory up to 256 MiB as many passes as fit, and at least as many as the floor asks for.
/// Nothing weaker is tried. It takes some 50 times `target`.
///
/// ```no_run
/// use std::time::Duration;
/// use secure_runtime::password::calibrate;
///
/// let found = calibrate(Duration::from_millis(250))?;
/// for row in found.measured() {
///     println!("{}: {:?}", row.params, row.took);
/// }
/// println!("best: {:?}", found.best(64 * 1024));
/// # Ok::<(), secure_runtime::password::PasswordError>(())
/// ```
///
/// # Errors
/// When there is not even memory for the smallest.
pub fn calibrate(target: Duration) -> Result<Calibration, PasswordError> {
    calibrate_with(target, stopwatch)
}

/// The same with a stopwatch of the caller's: `time` says how long a hash with these parameters takes.
///
/// # Errors
/// When `time` fails for every set. A set that does not fit into memory is left out.
pub fn calibrate_with(
    target: Duration,
    mut time: impl FnMut(Argon2Params) -> Result<Duration, PasswordError>,
) -> Result<Calibration, PasswordError> {
    let mut measured = Vec::new();
    let mut failed = None;
    for mib in MEMORY_MIB {
        match fit(target, mib * 1024, &mut time) {
            Ok(Some(row)) => measured.push(row),
            Ok(None) => {}
            Err(error) => failed = Some(error),
        }
    }
    match (measured.is_empty(), failed) {
        (true, Some(error)) => Err(error),
        _ => Ok(Calibration { target, measured }),
    }
}

impl Calibration {
    /// What was asked for.
    #[must_use]
    pub fn target(&self) -> Duration {
        self.target
    }

    /// All sets that were measured, the one with the least memory first. Those that take longer than the
    /// target are the weakest that there are with their memory.
    #[must_use]
    pub fn measured(&self) -> &[Measured] {
        &self.measured
    }

    /// The set to take: of those within the target and `memory_kib`, the one with the most memory,
    /// which is what makes guessing on special hardware dear (RFC 9106 §4). `None` when none fits: then
    /// the machine is too slow for the target, and the target has to be longer.
    ///
    /// An app hashes as many passwords at once as it has cores, so `memory_kib` is what the machine can
    /// spare divided by them.
    #[must_use]
    pub fn best(&self, memory_kib: u32) -> Option<Argon2Params> {
        let fits =
            |row: &&Measured| row.took <= self.target && row.params.memory_kib() <= memory_kib;
        self.measured.iter().rev().find(fits).map(|row| row.params)
    }
}

/// The most passes over this much memory that fit into the target, and at least the fewest that are
/// strong enough.
fn fit(
    target: Duration,
    memory_kib: u32,
    time: &mut impl FnMut(Argon2Params) -> Result<Duration, PasswordError>,
) -> Result<Option<Measured>, PasswordError> {
    let with = |passes| Argon2Params::try_new(memory_kib, passes, 1).ok();
    let Some(least) = (1..=Argon2Params::MAX_PASSES).find_map(with) else {
        return Ok(None);
    };
    let mut best = Measured {
        params: least,
        took: time(least)?,
    };
    loop {
        // What one pass takes says how many fit; the estimate is then measured too.
        let passes = best.params.passes();
        let one = best.took / passes;
        let fitting = target.as_nanos() / one.as_nanos().max(1);
        let fitting = u32::try_from(fitting).unwrap_or(u32::MAX);
        let Some(params) = with(fitting.min(Argon2Params::MAX_PASSES)) else {
            return Ok(Some(best));
        };
        if params.passes() <= passes {
            return Ok(Some(best));
        }
        let took = time(params)?;
        if took > target {
            return Ok(Some(best));
        }
        best = Measured { params, took };
    }
}

/// The median of three, after one that does not count: the memory is there by then.
fn stopwatch(params: Argon2Params) -> Result<Duration, PasswordError> {
    let mut memory = Memory::for_params(params);
    let recipe = Recipe::fresh(params, None);
    recipe.compute(b"a password", &mut memory)?;
    let mut times = [Duration::ZERO; 3];
    for time in &mut times {
        let start = Instant::now();
        recipe.compute(b"a password", &mut memory)?;
        *time = start.elapsed();
    }
    times.sort_unstable();
    Ok(times[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A machine that takes this many milliseconds for 64 MiB of one pass.
    fn machine(millis: u64) -> impl FnMut(Argon2Params) -> Result<Duration, PasswordError> {
        move |params| {
            let work = u64::from(params.memory_kib()) * u64::from(params.passes());
            Ok(Duration::from_micros(work * millis * 1000 / (64 * 1024)))
        }
    }

    fn rows(found: &Calibration) -> Vec<(u32, u32)> {
        let row = |row: &Measured| (row.params.memory_kib() / 1024, row.params.passes());
        found.measured().iter().map(row).collect()
    }

    #[test]
    fn each_amount_of_memory_gets_as_many_passes_as_fit() {
        let found = calibrate_with(Duration::from_millis(250), machine(64)).expect("measured");
        assert_eq!(
            rows(&found),
            [
                (7, 32),
                (9, 27),
                (12, 20),
                (19, 13),
                (46, 5),
                (64, 3),
                (128, 1),
                (256, 1)
            ]
        );
        let best = |memory| found.best(memory).map(|best| best.to_string());
        assert_eq!(best(u32::MAX).as_deref(), Some("m=131072,t=1,p=1"));
        assert_eq!(best(64 * 1024).as_deref(), Some("m=65536,t=3,p=1"));
        assert_eq!(best(20 * 1024).as_deref(), Some("m=19456,t=13,p=1"));
        assert_eq!(best(1024), None);
    }

    #[test]
    fn a_slow_machine_gets_nothing_below_the_floor() {
        let found = calibrate_with(Duration::from_millis(10), machine(640)).expect("measured");
        let floor = [
            (7, 5),
            (9, 4),
            (12, 3),
            (19, 2),
            (46, 1),
            (64, 1),
            (128, 1),
            (256, 1),
        ];
        assert_eq!(rows(&found), floor);
        assert_eq!(found.best(u32::MAX), None);
        assert_eq!(found.target(), Duration::from_millis(10));
    }

    #[test]
    fn what_does_not_fit_into_memory_is_left_out() {
        let mut machine = machine(64);
        let small = |params: Argon2Params| match params.memory_kib() > 64 * 1024 {
            true => Err(PasswordError::Overloaded),
            false => machine(params),
        };
        let found = calibrate_with(Duration::from_millis(250), small).expect("measured");
        assert_eq!(found.measured().len(), 6);
        let none = calibrate_with(Duration::from_millis(250), |_| {
            Err(PasswordError::Overloaded)
        });
        assert_eq!(none.err(), Some(PasswordError::Overloaded));
    }

    #[test]
    fn a_stopwatch_that_stands_still_ends_too() {
        let found = calibrate_with(Duration::from_millis(1), |_| Ok(Duration::ZERO));
        let found = found.expect("measured");
        assert!(found.measured().iter().all(|row| row.params.passes() == 32));
    }
}
