//! How often anybody at one address may try what is done to accounts, whichever account it is about and
//! whatever the routes themselves allow.
//!
//! The [throttle](super::throttle) counts by account; this is for whoever tries one password at many accounts,
//! or has letters sent to many addresses. It is charged where the password is looked at and the letter is
//! queued, and not by routes: all that can try a password share one counter, and none can leave it out.

use std::{fmt, net::IpAddr, num::NonZeroU32};

use secure_grammar::Quota;

use crate::{
    __private::quota,
    Problem,
    context::{LimitAt, LimitOutcome, RequestContext},
    guard::{Terms, check, network, note},
    limit::{Amount, Decision, Receipt, Rule},
    policy::{Count, LimitKey, Need, RateLimit},
    routes::{CounterIds, MountedLimit},
};

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AccountLimit {
    /// Passwords that were not the right ones.
    FailedSignIns,
    /// Letters that anybody can have sent.
    Mails,
    /// Links of letters that were good for nothing.
    FailedLinks,
}

impl AccountLimit {
    pub(crate) const ALL: [Self; 3] = [Self::FailedSignIns, Self::Mails, Self::FailedLinks];

    /// What holds where nobody says otherwise.
    pub(crate) const fn default_quotas(self) -> &'static [Quota] {
        const FAILURES: &[Quota] = &[quota(30, 600), quota(200, 86_400)];
        const MAILS: &[Quota] = &[quota(10, 600), quota(50, 86_400)];
        match self {
            Self::FailedSignIns | Self::FailedLinks => FAILURES,
            Self::Mails => MAILS,
        }
    }

    /// The call to the builder that changes it.
    pub(crate) const fn call(self) -> &'static str {
        match self {
            Self::FailedSignIns => Need::FailedSignIns.call(),
            Self::Mails => Need::AccountMails.call(),
            Self::FailedLinks => Need::FailedLinks.call(),
        }
    }

    /// Whom and what it counts, as a name in the RateLimit fields.
    const fn name(self) -> &'static str {
        match self {
            Self::FailedSignIns => "failed-sign-ins",
            Self::Mails => "account-mails",
            Self::FailedLinks => "failed-links",
        }
    }

    /// What it counts, in the matrix.
    const fn counted(self) -> &'static str {
        match self {
            Self::FailedSignIns => "failed sign-ins",
            Self::Mails => "account mails",
            Self::FailedLinks => "failed links",
        }
    }

    /// The limit of what a handler's argument does, if it is one.
    pub(crate) const fn of(need: Need) -> Option<Self> {
        match need {
            Need::FailedSignIns => Some(Self::FailedSignIns),
            Need::AccountMails => Some(Self::Mails),
            Need::FailedLinks => Some(Self::FailedLinks),
            _ => None,
        }
    }
}

/// The quotas, as the builder was told.
#[derive(Debug, Default)]
pub(crate) struct LimitSettings {
    said: Said,
    /// What the environment says, which comes before what the code says: under attack nobody waits for a build.
    by_operator: Said,
    /// What is wrong with what it was told.
    findings: Vec<String>,
}

/// The quotas that somebody has said.
#[derive(Debug, Default)]
struct Said {
    sign_ins: Option<Vec<Quota>>,
    mails: Option<Vec<Quota>>,
    links: Option<Vec<Quota>>,
}

impl Said {
    fn set(&mut self, which: AccountLimit, quotas: Vec<Quota>) {
        let place = match which {
            AccountLimit::FailedSignIns => &mut self.sign_ins,
            AccountLimit::Mails => &mut self.mails,
            AccountLimit::FailedLinks => &mut self.links,
        };
        *place = Some(quotas);
    }

    fn quotas(&self, which: AccountLimit) -> Option<&[Quota]> {
        let said = match which {
            AccountLimit::FailedSignIns => &self.sign_ins,
            AccountLimit::Mails => &self.mails,
            AccountLimit::FailedLinks => &self.links,
        };
        said.as_deref()
    }
}

impl LimitSettings {
    pub(crate) fn set_by_operator(&mut self, which: AccountLimit, quotas: Vec<Quota>) {
        self.by_operator.set(which, quotas);
    }

    /// Takes the quotas of a limit that says nothing else.
    pub(crate) fn set_limit(&mut self, which: AccountLimit, limit: &RateLimit) {
        let call = which.call();
        let mut refuse = |why: &str| self.findings.push(format!("`{call}` {why}"));
        if !matches!(limit.key(), LimitKey::Ip) {
            refuse("is counted by the client's address; say a limit without `by`");
        }
        if limit.burst().is_some() {
            refuse("can give back what it has counted, which a limit with a `burst` cannot");
        }
        if limit.cost().get() > 1 {
            refuse("counts one by one; say a limit without `cost`");
        }
        if limit.count() == Count::Failures {
            refuse("knows itself what it counts; say a limit without `count`");
        }
        self.said.set(which, limit.quotas().to_vec());
    }

    fn quotas(&self, which: AccountLimit) -> &[Quota] {
        let said = self.by_operator.quotas(which);
        let said = said.or_else(|| self.said.quotas(which));
        said.unwrap_or(which.default_quotas())
    }

    /// Those that let pass more than the default, each in a sentence.
    pub(crate) fn weaker(&self) -> impl Iterator<Item = String> {
        let weaker = AccountLimit::ALL.into_iter().filter(|which| {
            let quotas = self.quotas(*which);
            let mut defaults = which.default_quotas().iter();
            !defaults.all(|default| quotas.iter().any(|quota| implies(quota, default)))
        });
        weaker.map(|which| {
            let (quotas, default) = (self.quotas(which), which.default_quotas());
            let (counted, quotas, default) = (which.counted(), listed(quotas), listed(default));
            format!("{counted} from one address are limited to {quotas}; the default is {default}")
        })
    }

    /// What is wrong.
    pub(crate) fn findings(&self) -> Vec<String> {
        self.findings.clone()
    }

    /// The limits.
    ///
    /// # Errors
    /// What is wrong with one.
    pub(crate) fn check(&self, ids: &CounterIds) -> Result<AccountLimits, String> {
        let limit = |which: AccountLimit| {
            let rule = Rule::new(self.quotas(which).to_vec(), None);
            let rule = rule.map_err(|error| format!("`{}`: {error}", which.call()))?;
            let policy = RateLimit::new(&[], LimitKey::Ip);
            let name = which.name().to_owned();
            let shared_name = format!("{name}, {}", listed(rule.quotas()));
            Ok::<_, String>(MountedLimit::named(
                ids.next(),
                shared_name,
                policy,
                rule,
                name,
            ))
        };
        Ok(AccountLimits {
            sign_ins: limit(AccountLimit::FailedSignIns)?,
            mails: limit(AccountLimit::Mails)?,
            links: limit(AccountLimit::FailedLinks)?,
        })
    }
}

/// Whether a limit of `quota` never lets pass more than `other` does.
fn implies(quota: &Quota, other: &Quota) -> bool {
    let windows = other
        .period_seconds()
        .get()
        .div_ceil(quota.period_seconds().get());
    u64::from(quota.amount().get()).saturating_mul(windows) <= u64::from(other.amount().get())
}

fn listed(quotas: &[Quota]) -> String {
    let quotas: Vec<_> = quotas.iter().map(ToString::to_string).collect();
    quotas.join("; ")
}

/// The limits as they are charged.
#[derive(Debug)]
pub(crate) struct AccountLimits {
    sign_ins: MountedLimit,
    mails: MountedLimit,
    links: MountedLimit,
}

impl AccountLimits {
    pub(crate) const fn of(&self, which: AccountLimit) -> &MountedLimit {
        match which {
            AccountLimit::FailedSignIns => &self.sign_ins,
            AccountLimit::Mails => &self.mails,
            AccountLimit::FailedLinks => &self.links,
        }
    }

    /// A limit as it stands in the matrix.
    pub(crate) fn described(&self, which: AccountLimit) -> String {
        let quotas = listed(self.of(which).meter().rule().quotas());
        format!("{quotas} by ip, {}", which.counted())
    }
}

/// What an address was charged. It stays charged unless it is given back.
#[must_use = "what has not failed is to be given back"]
pub(crate) struct AddressCharge<'a> {
    context: &'a RequestContext,
    which: AccountLimit,
    key: Vec<u8>,
    receipt: Option<Receipt>,
    /// Whether there is room for no other.
    is_last: bool,
}

/// Charges the address of a request.
///
/// # Errors
/// 429 with `Retry-After` where there is no room; 503 where nobody can count.
pub(crate) async fn charge(
    context: &RequestContext,
    which: AccountLimit,
) -> Result<AddressCharge<'_>, Problem> {
    let key = key(context.client_address());
    let decision = ask(context, which, &key, Amount::Take(NonZeroU32::MIN)).await;
    let (receipt, is_last) = match decision {
        Decision::Allowed(standing) => (standing.receipt, standing.remaining == 0),
        _ => (None, false),
    };
    noted(context, which, decision)?;
    Ok(AddressCharge {
        context,
        which,
        key,
        receipt,
        is_last,
    })
}

impl AddressCharge<'_> {
    /// Whether nobody at the address is looked at for a while after it, if it stays charged.
    pub(crate) const fn is_last(&self) -> bool {
        self.is_last
    }

    /// It was no failure, or nobody could say.
    pub(crate) async fn give_back(self) {
        let Some(receipt) = self.receipt else {
            return;
        };
        let (context, which) = (self.context, self.which);
        let decision = ask(context, which, &self.key, Amount::GiveBack(receipt)).await;
        if decision.is_allowed() {
            // What is allowed is no problem.
            let _ = noted(context, which, decision);
        }
    }
}

async fn ask(
    context: &RequestContext,
    which: AccountLimit,
    key: &[u8],
    amount: Amount,
) -> Decision {
    let limit = context.security.account_limits().of(which);
    check(context, limit.meter(), key, amount).decision().await
}

/// Notes how the address stands, in the place of what was noted before.
fn noted(context: &RequestContext, which: AccountLimit, decision: Decision) -> Result<(), Problem> {
    let at = LimitAt::Account(which);
    context
        .limits()
        .retain(|outcome: &mut LimitOutcome| outcome.limit != at);
    let noted = note(context, at, Terms::Own, Vec::new(), decision);
    // It is not the answer that says whether this is given back.
    if let Some(outcome) = context.limits().last_mut().filter(|last| last.limit == at) {
        outcome.receipt = None;
    }
    noted
}

/// Those whose address is not known share one counter.
fn key(address: Option<IpAddr>) -> Vec<u8> {
    address.map_or_else(Vec::new, network)
}

impl fmt::Debug for AddressCharge<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AddressCharge")
            .field("which", &self.which)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lets_pass_more_than_the_default_is_weaker() {
        let weaker = |quotas: &str| {
            let mut settings = LimitSettings::default();
            let quotas = secure_grammar::parse_quotas(quotas).expect("quotas");
            settings.said.set(AccountLimit::FailedSignIns, quotas);
            settings.weaker().count() == 1
        };
        for strict in [
            "30/10 minutes; 200/day",
            "200/day; 30/10 minutes",
            "30/day",
            "1/minute; 150/day",
            "30/10 minutes; 100/12 hours",
            "1/second; 10/hour; 200/week",
        ] {
            assert!(!weaker(strict), "{strict}");
        }
        for weak in [
            "31/10 minutes; 200/day",
            "30/10 minutes; 201/day",
            "30/10 minutes",
            "200/day",
            "4/minute; 200/day",
            "30/10 minutes; 101/12 hours",
        ] {
            assert!(weaker(weak), "{weak}");
        }
        assert_eq!(LimitSettings::default().weaker().count(), 0);
    }
}
