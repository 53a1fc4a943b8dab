//! What the service asks of passwords, and how much work their hashes are.

use secure_runtime::{
    Secret,
    password::{
        Argon2Params, NewPassword, PasswordPolicy,
        policy::{PasswordContext, PasswordRefused},
    },
};

use super::accounts::Address;

/// 19 MiB, two passes, one lane. `accounts calibrate` says what else the machine can do.
pub(crate) const PARAMS: Argon2Params = Argon2Params::new(19 * 1024, 2, 1);

/// A password for the account with this address and display name, if it is one.
pub(crate) fn choose(
    password: Secret<String>,
    address: &Address,
    username: &str,
) -> Result<NewPassword, PasswordRefused> {
    let account = PasswordContext::new()
        .email(address.as_str())
        .username(username);
    PasswordPolicy::default()
        .context_word("accounts")
        .check(password, &account)
}
