//! What a limit is to callers who are allowed more.

use std::{
    collections::BTreeMap,
    num::NonZeroU32,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};

use super::limit::Meter;

/// How many different factors one limit has counters for.
const MOST: usize = 128;

/// The meters of one limit by the factor of the allowance.
#[derive(Debug, Default)]
pub(super) struct Scales {
    by_factor: RwLock<BTreeMap<u32, Arc<Meter>>>,
    /// Whether it was said that there are too many.
    told: AtomicBool,
}

impl Scales {
    /// The meter of a factor, made by `make` where there is none yet; `None` for once as much. Where too many
    /// are known it is that of the next smaller one.
    pub(super) fn meter(
        &self,
        times: NonZeroU32,
        make: impl FnOnce() -> Meter,
    ) -> Option<Arc<Meter>> {
        let times = times.get();
        if times == 1 {
            return None;
        }
        let known = self
            .by_factor
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&times)
            .cloned();
        if known.is_some() {
            return known;
        }
        let mut meters = self
            .by_factor
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let is_known = meters.contains_key(&times);
        if !is_known && meters.len() < MOST {
            let meter = Arc::new(make());
            meters.insert(times, meter.clone());
            return Some(meter);
        }
        if !is_known && !self.told.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "callers have more than {MOST} different allowances: others are rounded down"
            );
        }
        let (_, smaller) = meters.range(..=times).next_back()?;
        Some(smaller.clone())
    }
}
