//! `accounts calibrate`: which parameters for hashing passwords this machine can do.

use std::{fmt::Write as _, time::Duration};

use secure_runtime::password;

use crate::startup::StartupError;

/// What one hash may take where the memory of all cores is to spare, in KiB.
const MEMORY_KIB: u32 = 64 * 1024;

/// Measures, and says what was found.
pub(crate) fn run(target: Duration) -> Result<String, StartupError> {
    let found = password::calibrate(target)
        .map_err(|error| StartupError::new("passwords cannot be hashed here", &error))?;
    let mut text = String::from("memory     passes  one hash takes\n");
    for row in found.measured() {
        let (mib, passes) = (row.params.memory_kib() / 1024, row.params.passes());
        // Writing into a String cannot fail.
        let _ = writeln!(
            text,
            "{mib:>3} MiB  {passes:>7}  {:>8} ms",
            row.took.as_millis()
        );
    }
    match found.best(MEMORY_KIB) {
        Some(best) => {
            let (memory, passes) = (best.memory_kib(), best.passes());
            let _ = write!(text, "\nArgon2Params::new({memory}, {passes}, 1)");
        }
        None => text.push_str("\nNo set that is strong enough takes so little time here."),
    }
    Ok(text)
}

/// A time such as `250ms` or `1s`.
pub(crate) fn target(text: &str) -> Result<Duration, String> {
    let parsed = match text.strip_suffix("ms") {
        Some(number) => number.parse().map(Duration::from_millis).ok(),
        None => {
            let number = text.strip_suffix('s').and_then(|text| text.parse().ok());
            number.map(Duration::from_secs)
        }
    };
    let bounds = Duration::from_millis(10)..=Duration::from_secs(5);
    parsed
        .filter(|time| bounds.contains(time))
        .ok_or_else(|| "it is a time between `10ms` and `5s`".to_owned())
}
