//! Switches that make an app less safe, each named for what it does. There is a reason for each; none
//! is a default.

#[cfg(any(feature = "password-legacy", feature = "test"))]
use crate::password::Builder;

/// Takes API keys from the query string too, as `?api_key=…`.
///
/// A URL is no place for a secret: it stands in the logs of every proxy on the way, in the history of a
/// browser and in the `Referer` of the next request (ASVS 14.2.1). For clients that can send no header;
/// their keys are best bound to addresses. It is said in the log at every start. A validated query string
/// needs `#[validated(unknown = "ignore")]` to let the parameter pass.
pub fn api_keys_in_query<I, A, K>(settings: crate::Builder<I, A, K>) -> crate::Builder<I, A, K> {
    settings.api_keys_in_query()
}

/// Limits nothing, for load tests in development: no request is counted by any limit, and no answer speaks of one.
/// `SECURE_DANGEROUS_NO_LIMITS=1` says the same.
///
/// Production refuses to start with it, and it is said in the log at every start. How often the password of one
/// account may be wrong is still counted.
pub fn no_limits<I, A, K>(settings: crate::Builder<I, A, K>) -> crate::Builder<I, A, K> {
    settings.without_limits()
}

/// Verifies a bcrypt hash by the first 72 bytes of a longer password, as the library did that made it.
///
/// For accounts that come from a program whose bcrypt cut passwords off: their owners have typed more than
/// 72 bytes ever since, and could not sign in otherwise. Such a password is as strong as its first 72
/// bytes; the next sign-in hashes it whole.
#[cfg(feature = "password-legacy")]
pub fn bcrypt_truncating(passwords: Builder) -> Builder {
    passwords.truncate_bcrypt()
}

/// Hashes passwords with the least work that Argon2 knows: 8 KiB, one pass. Whoever gets at such a hash
/// has the password.
///
/// For tests alone, which sign in thousands of times; it exists with the feature `test` and nowhere else.
/// [`Passwords::params`](crate::password::Passwords::params) tells such a service from others: it reaches none
/// of [`Argon2Params::OWASP`](crate::password::Argon2Params::OWASP).
#[cfg(feature = "test")]
pub fn cheap_hashes(passwords: Builder) -> Builder {
    passwords.cheapen()
}
