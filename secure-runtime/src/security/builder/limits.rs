//! What the builder is told about limits.

use std::num::NonZeroUsize;

use super::Builder;
use crate::{
    account::limits::AccountLimit,
    allowance::{Allowance, Allowances, CallerLimit},
    limit::{Answer, Charge, Decision, Limiter},
    policy::RateLimit,
    principal::Principal,
};

impl<I, A, K> Builder<I, A, K> {
    /// What callers are allowed beyond what `#[rate_limit]` says, such as the customers of a plan that costs
    /// more. It is asked about every limit by caller or API key that a request is charged to, once the caller
    /// is known, and what it reads of its own configuration may change while the app runs.
    ///
    /// ```
    /// use secure_runtime::{Allowance, Security, prelude::*};
    ///
    /// #[derive(Role)]
    /// enum Role {
    ///     Pro,
    ///     Partner,
    /// }
    ///
    /// # fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// let security = Security::builder_from_env()?
    ///     .allowances(|caller, _limit| match caller {
    ///         caller if caller.has_role(&Role::Partner) => Allowance::unlimited(),
    ///         caller if caller.has_role(&Role::Pro) => Allowance::times(10),
    ///         _ => Allowance::standard(),
    ///     })
    ///     .build()?;
    /// # Ok(()) }
    /// ```
    ///
    /// Each factor has counters of its own: a caller whose allowance changes starts anew. One limit has them for
    /// 128 different factors; what comes then is rounded down to one of those. The answer's RateLimit fields
    /// show what the caller itself is allowed.
    pub fn allowances(
        mut self,
        allowances: impl Fn(&Principal, &CallerLimit<'_>) -> Allowance + Send + Sync + 'static,
    ) -> Self {
        self.options.allowances = Some(Allowances::new(allowances));
        self
    }

    /// How much memory counters in this process take at most, in bytes, for all limits together. Defaults to
    /// 256 MiB ([`InProcess`](crate::limit::InProcess) says how many callers that is, and what happens to
    /// those who find no room), and is 1 MiB at least; `SECURE_LIMITS_MEMORY` says the same.
    ///
    /// It means nothing beside a [`limiter`](Self::limiter) of your own.
    pub fn limits_memory(mut self, bytes: NonZeroUsize) -> Self {
        self.options.limits_memory = bytes;
        self
    }

    /// How many passwords from one address (an IPv4 address, the /56 of an IPv6 one) may be wrong, whichever
    /// accounts they are tried at, and on whichever routes. Defaults to 30 in 10 minutes and 200 a day; more
    /// is said in the log at every start. A password is counted when it comes, and given back unless it was wrong; it
    /// does not count on a device where the account has signed in before. `SECURE_FAILED_SIGN_INS` comes before what
    /// is said here.
    ///
    /// It stands beside what is counted of each account ([`account`](crate::account)), and against whoever
    /// tries one password at many.
    pub fn failed_sign_ins(self, limit: RateLimit) -> Self {
        self.account_limit(AccountLimit::FailedSignIns, limit)
    }

    /// How many letters one address may have sent: of sign-ups, resets and changes of an address, all together.
    /// Defaults to 10 in 10 minutes and 50 a day; more is said in the log at every start. `SECURE_ACCOUNT_MAILS`
    /// comes before what is said here.
    pub fn account_mails(self, limit: RateLimit) -> Self {
        self.account_limit(AccountLimit::Mails, limit)
    }

    /// How many links from one address may be good for nothing. Defaults to 30 in 10 minutes and 200 a day;
    /// more is said in the log at every start. `SECURE_FAILED_LINKS` comes before what is said here.
    pub fn failed_links(self, limit: RateLimit) -> Self {
        self.account_limit(AccountLimit::FailedLinks, limit)
    }

    fn account_limit(mut self, which: AccountLimit, limit: RateLimit) -> Self {
        self.options.accounts.limits.set_limit(which, &limit);
        self
    }

    /// For [`dangerous`](crate::dangerous).
    pub(crate) fn without_limits(mut self) -> Self {
        self.options.no_limits = true;
        self
    }
}

/// With less, a few thousand addresses would make newcomers wait.
const LEAST_MEMORY: usize = 1 << 20;

/// What is wrong with the memory for counters, if anything is.
pub(super) fn finding_of_memory(bytes: NonZeroUsize) -> Option<String> {
    (bytes.get() < LEAST_MEMORY).then(|| {
        format!("{bytes} bytes are too few to count in (`SECURE_LIMITS_MEMORY`): give limits 1MiB or more")
    })
}

/// What is wrong with having no limits, if anything is.
pub(super) fn finding_of_none(production: bool) -> Option<String> {
    if production {
        return Some(
            "nothing is limited: `SECURE_DANGEROUS_NO_LIMITS` and `dangerous::no_limits` are for load tests \
             in development; remove it"
                .to_owned(),
        );
    }
    tracing::warn!("nothing is limited: this is for load tests alone");
    None
}

/// Counts nothing.
#[derive(Debug)]
pub(super) struct NoLimits;

impl Limiter for NoLimits {
    fn check<'a>(&'a self, _: &Charge<'a>) -> Answer<'a> {
        Decision::Uncounted.into()
    }
}
