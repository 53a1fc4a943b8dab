//! How many, in which time.

use std::{borrow::Cow, error::Error, fmt, num::NonZeroU32, slice};

use secure_grammar::Quota;

/// One or several quotas which are one limit.
///
/// Rules that mean nothing cannot be built: none is without a quota, and only one quota can be smooth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    shape: Shape,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Shape {
    Window(Quota),
    /// All quotas, and the first of them again, which proves that there is one.
    Windows(Quota, Cow<'static, [Quota]>),
    Smooth(Quota, NonZeroU32),
}

impl Rule {
    /// A rule of these quotas, all of which must have room; with a `burst`, in units, the smooth limiter.
    ///
    /// # Errors
    ///
    /// Without any quota, since that would limit nothing, and with a burst for more than one quota.
    pub fn new(
        quotas: impl Into<Cow<'static, [Quota]>>,
        burst: Option<NonZeroU32>,
    ) -> Result<Self, RuleError> {
        let quotas = quotas.into();
        match (&*quotas, burst) {
            ([], _) => Err(RuleError::NoQuota),
            ([quota], None) => Ok(Self::window(*quota)),
            ([quota], Some(burst)) => Ok(Self::smooth(*quota, burst)),
            (_, Some(_)) => Err(RuleError::BurstOfSeveral),
            ([first, ..], None) => Ok(Self {
                shape: Shape::Windows(*first, quotas),
            }),
        }
    }

    /// Never more than the quota's amount in any window of its period.
    #[must_use]
    pub const fn window(quota: Quota) -> Self {
        Self {
            shape: Shape::Window(quota),
        }
    }

    /// `burst` units at once, which come back one by one at the quota's rate (GCRA, by `governor`).
    ///
    /// The time between two units is rounded up to whole nanoseconds. A burst that takes more than 73
    /// years to come back counts as one that takes 73 years.
    #[must_use]
    pub const fn smooth(quota: Quota, burst: NonZeroU32) -> Self {
        Self {
            shape: Shape::Smooth(quota, burst),
        }
    }

    /// The quotas, in the order in which they were given; at least one.
    #[must_use]
    pub fn quotas(&self) -> &[Quota] {
        match &self.shape {
            Shape::Window(quota) | Shape::Smooth(quota, _) => slice::from_ref(quota),
            Shape::Windows(_, quotas) => quotas,
        }
    }

    /// The same for somebody who is allowed so many times as much: every quota, and the burst. More than fits
    /// is the most that does.
    pub(crate) fn times(&self, times: NonZeroU32) -> Self {
        let scaled = |quota: &Quota| {
            Quota::new(quota.amount().saturating_mul(times), quota.period_seconds())
        };
        Self {
            shape: match &self.shape {
                Shape::Window(quota) => Shape::Window(scaled(quota)),
                Shape::Windows(first, quotas) => {
                    Shape::Windows(scaled(first), quotas.iter().map(scaled).collect())
                }
                Shape::Smooth(quota, burst) => {
                    Shape::Smooth(scaled(quota), burst.saturating_mul(times))
                }
            },
        }
    }

    /// The first of the quotas.
    pub(super) const fn first(&self) -> Quota {
        match self.shape {
            Shape::Window(quota) | Shape::Smooth(quota, _) | Shape::Windows(quota, _) => quota,
        }
    }

    /// The burst of a smooth rule, in units.
    #[must_use]
    pub const fn burst(&self) -> Option<NonZeroU32> {
        match self.shape {
            Shape::Smooth(_, burst) => Some(burst),
            Shape::Window(_) | Shape::Windows(..) => None,
        }
    }
}

impl From<Quota> for Rule {
    fn from(quota: Quota) -> Self {
        Self::window(quota)
    }
}

/// Why a rule cannot be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RuleError {
    /// It has no quota.
    NoQuota,
    /// It has a burst and more than one quota.
    BurstOfSeveral,
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoQuota => "a rate limit needs at least one quota",
            Self::BurstOfSeveral => "`burst` needs exactly one quota",
        })
    }
}

impl Error for RuleError {}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::num::NonZeroU64;

    use super::*;

    const MINUTE: Quota = Quota::new(NonZeroU32::new(5).unwrap(), NonZeroU64::new(60).unwrap());
    const DAY: Quota = Quota::new(
        NonZeroU32::new(100).unwrap(),
        NonZeroU64::new(86_400).unwrap(),
    );
    const QUOTAS: &[Quota] = &[MINUTE, DAY];

    #[test]
    fn only_meaningful_rules_can_be_built() {
        let three = NonZeroU32::new(3);
        assert_eq!(Rule::new(Vec::new(), None), Err(RuleError::NoQuota));
        assert_eq!(Rule::new(Vec::new(), three), Err(RuleError::NoQuota));
        assert_eq!(Rule::new(QUOTAS, three), Err(RuleError::BurstOfSeveral));
        assert_eq!(Rule::new(vec![MINUTE], None), Ok(Rule::window(MINUTE)));

        let stacked = Rule::new(QUOTAS, None).unwrap();
        assert_eq!((stacked.quotas(), stacked.burst()), (QUOTAS, None));
        let smooth = Rule::new(vec![DAY], three).unwrap();
        assert_eq!((smooth.quotas(), smooth.burst()), (&[DAY][..], three));
    }
}
