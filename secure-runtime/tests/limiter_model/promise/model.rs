//! Everything that was taken, in a list.

use std::{cmp::Reverse, collections::HashMap, time::Duration};

use secure_grammar::Quota;
use secure_runtime::limit::{Decision, Receipt, Refusal, Rule, Standing};

use super::{number, period};

/// All that was taken and not given back, for each key, and the latest moment seen.
#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(crate) taken: HashMap<u8, Vec<(u64, u32)>>,
    pub(crate) latest: u64,
}

impl Model {
    pub(crate) fn counted(&self, key: u8, quota: Quota, now: u64) -> u32 {
        let taken = self.taken.get(&key).map_or(&[][..], Vec::as_slice);
        let counts = taken.iter().filter(|(at, _)| at + period(quota) > now);
        counts.map(|(_, amount)| amount).sum()
    }

    /// The moments after `now` at which something taken no longer counts.
    pub(crate) fn ends(&self, key: u8, quota: Quota, now: u64) -> Vec<u64> {
        let taken = self.taken.get(&key).map_or(&[][..], Vec::as_slice);
        let mut ends: Vec<u64> = taken.iter().map(|(at, _)| at + period(quota)).collect();
        ends.retain(|end| *end > now);
        ends.sort_unstable();
        ends
    }

    pub(crate) fn take(&mut self, rule: &Rule, key: u8, amount: u32, clock: u64) -> Decision {
        self.latest = self.latest.max(clock);
        let now = self.latest;
        let fits =
            |quota: &Quota, now| self.counted(key, *quota, now) + amount <= quota.amount().get();
        if let Some(quota) = rule
            .quotas()
            .iter()
            .find(|quota| amount > quota.amount().get())
        {
            return Decision::Refused(Refusal {
                quota: *quota,
                retry_after: quota.period() + Duration::from_nanos(now - clock),
            });
        }
        let mut longest = None;
        for quota in rule.quotas().iter().filter(|quota| !fits(quota, now)) {
            let ends = self.ends(key, *quota, now);
            let end = ends.into_iter().find(|end| fits(quota, *end)).unwrap();
            if longest.is_none_or(|(_, longest)| longest < end) {
                longest = Some((*quota, end));
            }
        }
        if let Some((quota, end)) = longest {
            return Decision::Refused(Refusal {
                quota,
                retry_after: Duration::from_nanos(end - clock),
            });
        }
        self.taken.entry(key).or_default().push((now, amount));
        let receipt = Receipt::new(number(amount), Duration::from_nanos(now));
        self.standing(rule, key, clock, Some(receipt))
    }

    pub(crate) fn give_back(
        &mut self,
        rule: &Rule,
        key: u8,
        receipt: Receipt,
        clock: u64,
    ) -> Decision {
        self.latest = self.latest.max(clock);
        let lost = (receipt.at().as_nanos() as u64, receipt.amount().get());
        let taken = self.taken.entry(key).or_default();
        let index = taken.iter().position(|taken| *taken == lost).unwrap();
        taken.remove(index);
        self.standing(rule, key, clock, None)
    }

    pub(crate) fn standing(
        &self,
        rule: &Rule,
        key: u8,
        clock: u64,
        receipt: Option<Receipt>,
    ) -> Decision {
        let mut all: Vec<Standing> = Vec::new();
        for quota in rule.quotas() {
            let ends = self.ends(key, *quota, self.latest);
            all.push(Standing {
                quota: *quota,
                remaining: quota.amount().get() - self.counted(key, *quota, self.latest),
                reset: Duration::from_nanos(ends.first().map_or(0, |end| end - clock)),
                receipt,
            });
        }
        // Stable, so that of equals the first stays first.
        all.sort_by_key(|standing| (standing.remaining, Reverse(standing.reset)));
        Decision::Allowed(all[0])
    }
}
