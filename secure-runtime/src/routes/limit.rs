//! A limit as it is charged: its quotas, and the counters that they are counted under.

use std::{
    fmt::{self, Write as _},
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use secure_grammar::Quota;

use super::allowed::Scales;
use crate::{
    limit::{Counter, Rule},
    policy::{Count, LimitKey, RateLimit},
};

/// Gives each counter of an app its number.
#[derive(Debug, Default)]
pub(crate) struct CounterIds(AtomicU32);

impl CounterIds {
    pub(crate) fn next(&self) -> u32 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

/// One limit that requests are charged to.
#[derive(Debug)]
pub(crate) struct MountedLimit {
    /// Whom it counts, and what. Its quotas are those of the meter.
    pub(crate) policy: RateLimit,
    own: Meter,
    /// What the allowances of callers have made of it.
    scales: Scales,
}

/// Quotas, and the counters that they are counted under: one set for the whole process.
#[derive(Debug)]
pub(crate) struct Meter {
    id: u32,
    /// The same for all instances of the app.
    shared_name: String,
    rule: Rule,
    /// Whom and what it counts, as a name in the RateLimit fields.
    name: String,
    /// Its quotas, as `RateLimit-Policy` lists them.
    listed: String,
}

impl MountedLimit {
    /// A limit under the name that every instance of the app knows it by. Where several of one kind may stand
    /// beside each other, `place` tells them apart.
    pub(crate) fn new(
        id: u32,
        shared_name: String,
        policy: RateLimit,
        rule: Rule,
        place: usize,
    ) -> Self {
        let name = field_name(&policy, place);
        Self::named(id, shared_name, policy, rule, name)
    }

    /// A limit of the whole app.
    pub(crate) fn of_app(id: u32, policy: RateLimit, rule: Rule, place: usize) -> Self {
        let name = format!("app-{}", field_name(&policy, place));
        let shared_name = format!("app, limit {place}, {}", policy.describe());
        Self::named(id, shared_name, policy, rule, name)
    }

    /// A limit with a name of its own in the RateLimit fields.
    pub(crate) fn named(
        id: u32,
        shared_name: String,
        policy: RateLimit,
        rule: Rule,
        name: String,
    ) -> Self {
        Self {
            policy,
            own: Meter::new(id, shared_name, rule, name),
            scales: Scales::default(),
        }
    }

    /// What a caller with no allowance is charged to.
    pub(crate) const fn meter(&self) -> &Meter {
        &self.own
    }

    /// What a caller is charged to who is allowed so many times as much; `None` where that is the same.
    pub(crate) fn scaled(&self, times: NonZeroU32, ids: &CounterIds) -> Option<Arc<Meter>> {
        self.scales
            .meter(times, || self.own.times(times, ids.next()))
    }
}

/// Whom and what a limit counts, as a name in the RateLimit fields.
fn field_name(policy: &RateLimit, place: usize) -> String {
    let mut name = match policy.key() {
        LimitKey::Ip => "ip".to_owned(),
        LimitKey::User => "user".to_owned(),
        LimitKey::ApiKey => "api-key".to_owned(),
        LimitKey::Global => "global".to_owned(),
        LimitKey::Header(header) => header.to_owned(),
        LimitKey::Function(..) => format!("key{place}"),
        #[cfg(feature = "actix-governor")]
        LimitKey::Extractor(..) => format!("key{place}"),
    };
    if policy.count() == Count::Failures {
        name.push_str("-failures");
    }
    name
}

impl Meter {
    fn new(id: u32, shared_name: String, rule: Rule, name: String) -> Self {
        let mut listed = String::new();
        for quota in rule.quotas() {
            if !listed.is_empty() {
                listed.push_str(", ");
            }
            let (amount, period) = (quota.amount(), quota.period_seconds());
            // Writing into a String cannot fail.
            let _ = write!(listed, "\"{name}/{period}s\";q={amount};w={period}");
        }
        Self {
            id,
            shared_name,
            rule,
            name,
            listed,
        }
    }

    /// The same for somebody who is allowed so many times as much.
    fn times(&self, times: NonZeroU32, id: u32) -> Self {
        let shared_name = format!("{}, times {times}", self.shared_name);
        Self::new(id, shared_name, self.rule.times(times), self.name.clone())
    }

    pub(crate) fn counter(&self) -> Counter<'_> {
        Counter {
            id: self.id,
            name: &self.shared_name,
        }
    }

    pub(crate) const fn rule(&self) -> &Rule {
        &self.rule
    }

    /// Its quotas, as items of `RateLimit-Policy`.
    pub(crate) fn listed(&self) -> &str {
        &self.listed
    }

    /// Writes the name of one of its quotas in the RateLimit fields: whom it counts, and the window.
    pub(crate) fn write_name(&self, quota: &Quota, text: &mut impl fmt::Write) -> fmt::Result {
        write!(text, "\"{}/{}s\"", self.name, quota.period_seconds())
    }
}
