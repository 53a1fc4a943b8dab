//! What the service asks of passwords, and how much work their hashes are.

use secure_runtime::password::{Argon2Params, PasswordPolicy};

/// 19 MiB, two passes, one lane. `accounts calibrate` says what else the machine can do.
pub(crate) const PARAMS: Argon2Params = Argon2Params::new(19 * 1024, 2, 1);

/// Which passwords are taken.
pub(crate) fn policy() -> PasswordPolicy {
    PasswordPolicy::default().context_word("accounts")
}
