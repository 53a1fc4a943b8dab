//! The counters of one key: whatever its rule needs.

use std::{cmp::Reverse, num::NonZeroU32, slice, time::Duration};

use secure_grammar::Quota;

use super::{
    Decision, Receipt, Refusal, Rule, Standing,
    memory::allocation,
    smooth::Arrival,
    time,
    window::{Full, Window},
};

/// Moments are in nanoseconds, and come in ascending order. The rule is always the same one.
#[derive(Debug, Clone)]
pub(super) enum State {
    Window(Window),
    /// One a quota, in the rule's order.
    Windows(Box<[Window]>),
    Smooth(Arrival),
}

impl State {
    /// Nothing has been taken yet.
    pub(super) fn new(rule: &Rule) -> Self {
        match (rule.burst(), rule.quotas().len()) {
            (Some(_), _) => Self::Smooth(Arrival::default()),
            (None, 1) => Self::Window(Window::new(rule.first())),
            (None, _) => Self::Windows(rule.quotas().iter().copied().map(Window::new).collect()),
        }
    }

    /// What a state of this rule takes besides itself at most, in bytes.
    pub(super) fn most_heap(rule: &Rule) -> usize {
        let quotas = rule.quotas();
        if rule.burst().is_some() {
            return 0;
        }
        let windows: usize = quotas.iter().copied().map(Window::most_heap).sum();
        match quotas.len() {
            1 => windows,
            several => windows + allocation(several * size_of::<Window>()),
        }
    }

    /// Takes `amount` from all quotas, or from none.
    pub(super) fn take(&mut self, rule: &Rule, amount: NonZeroU32, now: u64) -> Decision {
        if let (Self::Smooth(arrival), [quota], Some(burst)) =
            (&mut *self, rule.quotas(), rule.burst())
        {
            return arrival.take(*quota, burst, amount, now);
        }
        if let Some(refusal) = self.refusal(rule, amount, now) {
            return Decision::Refused(refusal);
        }
        for (quota, window) in pairs(rule, self.windows_mut()) {
            window.take(quota, amount, now);
        }
        Decision::Allowed(Standing {
            receipt: Some(Receipt::new(amount, Duration::from_nanos(now))),
            ..self.standing(rule, now)
        })
    }

    /// Gives back what still counts of it.
    pub(super) fn give_back(&mut self, rule: &Rule, receipt: Receipt) {
        let taken = time::moment(receipt.at());
        for (quota, window) in pairs(rule, self.windows_mut()) {
            window.give_back(quota, receipt.amount(), taken);
        }
    }

    /// How the strictest quota stands at `now`.
    pub(super) fn standing(&mut self, rule: &Rule, now: u64) -> Standing {
        let quotas = rule.quotas();
        if let (Self::Smooth(arrival), [quota], Some(burst)) = (&*self, quotas, rule.burst()) {
            return arrival.standing(*quota, burst, now);
        }
        pairs(rule, self.windows_mut())
            .map(|(quota, window)| {
                window.expire(quota, now);
                Standing {
                    quota,
                    remaining: window.remaining(quota),
                    reset: window.reset(quota, now),
                    receipt: None,
                }
            })
            .min_by_key(|standing| (standing.remaining, Reverse(standing.reset)))
            .unwrap_or(Standing {
                quota: rule.first(),
                remaining: 0,
                reset: Duration::ZERO,
                receipt: None,
            })
    }

    /// Whether nothing counts any more, so that this state is as good as a new one.
    pub(super) fn is_idle(&self, rule: &Rule, now: u64) -> bool {
        match self {
            Self::Smooth(arrival) => arrival.idle_from() <= now,
            Self::Window(_) | Self::Windows(_) => self
                .windows()
                .iter()
                .zip(rule.quotas())
                .all(|(window, quota)| window.idle_from(*quota) <= now),
        }
    }

    /// The quota that keeps `amount` waiting longest, if any does.
    fn refusal(&mut self, rule: &Rule, amount: NonZeroU32, now: u64) -> Option<Refusal> {
        if self.windows().len() != rule.quotas().len() {
            // A state from another rule, which a counter's one rule excludes: never open.
            return Some(never(rule.first()));
        }
        let mut longest: Option<Refusal> = None;
        for (quota, window) in pairs(rule, self.windows_mut()) {
            let retry_after = match window.room(quota, amount, now) {
                Ok(()) => continue,
                Err(Full::Forever) => return Some(never(quota)),
                Err(Full::For(wait)) => wait,
            };
            if longest.is_none_or(|refusal| refusal.retry_after < retry_after) {
                longest = Some(Refusal { quota, retry_after });
            }
        }
        longest
    }

    fn windows_mut(&mut self) -> &mut [Window] {
        match self {
            Self::Window(window) => slice::from_mut(window),
            Self::Windows(windows) => windows,
            Self::Smooth(_) => &mut [],
        }
    }

    fn windows(&self) -> &[Window] {
        match self {
            Self::Window(window) => slice::from_ref(window),
            Self::Windows(windows) => windows,
            Self::Smooth(_) => &[],
        }
    }
}

fn pairs<'a>(
    rule: &'a Rule,
    windows: &'a mut [Window],
) -> impl Iterator<Item = (Quota, &'a mut Window)> {
    rule.quotas().iter().copied().zip(windows)
}

/// What a charge gets that is larger than `quota`.
const fn never(quota: Quota) -> Refusal {
    Refusal {
        quota,
        retry_after: quota.period(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use std::num::NonZeroU64;

    use super::*;

    const SECOND: u64 = 1_000_000_000;

    fn quota(amount: u32, seconds: u64) -> Quota {
        Quota::new(
            NonZeroU32::new(amount).unwrap(),
            NonZeroU64::new(seconds).unwrap(),
        )
    }

    fn stacked() -> Rule {
        Rule::new(vec![quota(2, 10), quota(3, 100)], None).unwrap()
    }

    #[test]
    fn a_key_is_small() {
        assert!(size_of::<State>() <= 32);
    }

    #[test]
    fn all_quotas_have_room_or_none_is_charged() {
        let (rule, one) = (stacked(), NonZeroU32::MIN);
        let mut state = State::new(&rule);
        assert!(state.take(&rule, one, 0).is_allowed());
        let Decision::Allowed(standing) = state.take(&rule, one, SECOND) else {
            panic!("both have room");
        };
        assert_eq!((standing.quota, standing.remaining), (quota(2, 10), 0));
        assert_eq!(standing.reset, Duration::from_secs(9));

        // The day's quota has room, the minute's has not: neither is charged.
        let refused = Refusal {
            quota: quota(2, 10),
            retry_after: Duration::from_secs(8),
        };
        let decision = state.take(&rule, one, 2 * SECOND);
        assert_eq!(decision, Decision::Refused(refused));

        assert!(state.take(&rule, one, 10 * SECOND).is_allowed());
        let refused = Refusal {
            quota: quota(3, 100),
            retry_after: Duration::from_secs(89),
        };
        let decision = state.take(&rule, one, 11 * SECOND);
        assert_eq!(decision, Decision::Refused(refused));
    }

    #[test]
    fn units_come_back_to_all_quotas() {
        let (rule, two) = (stacked(), NonZeroU32::new(2).unwrap());
        let mut state = State::new(&rule);
        let Decision::Allowed(standing) = state.take(&rule, two, 5) else {
            panic!("a new state has room");
        };
        state.give_back(&rule, standing.receipt.unwrap());
        assert!(state.is_idle(&rule, 5));
        assert_eq!(state.standing(&rule, 5).remaining, 2);
    }

    #[test]
    fn units_come_back_to_the_quotas_where_they_still_count() {
        let rule = Rule::new(vec![quota(3, 100), quota(2, 10)], None).unwrap();
        let mut state = State::new(&rule);
        let Decision::Allowed(standing) = state.take(&rule, NonZeroU32::MIN, 0) else {
            panic!("a new state has room");
        };
        assert_eq!(state.standing(&rule, 10 * SECOND).remaining, 2);
        state.give_back(&rule, standing.receipt.unwrap());
        assert!(state.is_idle(&rule, 10 * SECOND));
        state.give_back(&rule, standing.receipt.unwrap());
        assert_eq!(state.standing(&rule, 10 * SECOND).remaining, 2);
    }

    #[test]
    fn a_smooth_rule_gives_no_receipt() {
        let rule = Rule::smooth(quota(60, 60), NonZeroU32::MIN);
        let mut state = State::new(&rule);
        let Decision::Allowed(standing) = state.take(&rule, NonZeroU32::MIN, 0) else {
            panic!("a new state has room");
        };
        assert_eq!(standing.receipt, None);
        assert!(!state.is_idle(&rule, SECOND - 1));
        assert!(state.is_idle(&rule, SECOND));
    }

    #[test]
    fn a_state_of_another_rule_refuses() {
        let mut state = State::new(&stacked());
        for other in [
            Rule::window(quota(9, 9)),
            Rule::smooth(quota(9, 9), NonZeroU32::MIN),
        ] {
            assert!(!state.take(&other, NonZeroU32::MIN, 0).is_allowed());
        }
    }
}
