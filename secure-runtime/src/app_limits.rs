//! Limits of the whole app, beside those of its routes.

use std::{collections::HashSet, ptr};

use secure_grammar::{GrammarError, Quota, parse_quotas};

use crate::{
    limit::Rule,
    policy::{LimitKey, RateLimit},
    routes::{CounterIds, MountedLimit},
};

/// The limits, as the builder and the environment were told.
#[derive(Debug, Default)]
pub(crate) struct AppLimits(Vec<RateLimit>);

impl AppLimits {
    pub(crate) fn push(&mut self, limit: RateLimit) {
        self.0.push(limit);
    }

    /// The limits as they are charged, and what is wrong with them.
    pub(crate) fn check(&self, ids: &CounterIds) -> (Vec<MountedLimit>, Vec<String>) {
        let (mut limits, mut findings) = (Vec::new(), Vec::new());
        for (place, limit) in self.0.iter().enumerate() {
            if self.0[..place]
                .iter()
                .any(|other| never_matters(limit, other))
            {
                findings.push(format!(
                    "two limits of the app have the same key and the same period, and one never matters: \
                     `{}`; keep the stricter one, in `.app_limit(…)` or in `SECURE_APP_LIMITS`",
                    limit.describe(),
                ));
                continue;
            }
            match Rule::new(limit.quotas(), limit.burst()) {
                Ok(rule) => limits.push(MountedLimit::of_app(ids.next(), *limit, rule, place)),
                Err(error) => findings.push(format!("`.app_limit(…)`: {error}")),
            }
        }
        (limits, findings)
    }
}

/// The limit by address that a text such as `600/minute; 10000/day` says. It stays for as long as the process
/// runs.
pub(crate) fn parse(text: &str) -> Result<RateLimit, GrammarError> {
    let quotas = parse_quotas(text)?;
    Ok(RateLimit::new(Vec::leak(quotas), LimitKey::Ip))
}

/// Whether two limits count the same in windows of the same length.
fn never_matters(one: &RateLimit, other: &RateLimit) -> bool {
    let is_same_key = match (one.key(), other.key()) {
        (LimitKey::Function(_, one), LimitKey::Function(_, other)) => ptr::fn_addr_eq(one, other),
        (one, other) => one.describe() == other.describe(),
    };
    let periods: HashSet<_> = one.quotas().iter().map(Quota::period_seconds).collect();
    let mut others = other.quotas().iter().map(Quota::period_seconds);
    is_same_key && one.count() == other.count() && others.any(|period| periods.contains(&period))
}

#[cfg(test)]
mod tests {
    use actix_web::HttpRequest;

    use super::*;
    use crate::limit;

    fn findings(limits: &[RateLimit]) -> usize {
        let (mounted, findings) = AppLimits(limits.to_vec()).check(&CounterIds::default());
        assert_eq!(mounted.len() + findings.len(), limits.len());
        findings.len()
    }

    #[allow(clippy::unnecessary_wraps)]
    fn path(request: &HttpRequest) -> Option<String> {
        Some(request.path().to_owned())
    }

    #[allow(clippy::unnecessary_wraps)]
    fn method(request: &HttpRequest) -> Option<String> {
        Some(request.method().to_string())
    }

    #[test]
    fn two_that_count_the_same_are_found() {
        let minute = limit!("600/minute");
        assert_eq!(findings(&[minute, minute]), 1);
        assert_eq!(findings(&[minute, limit!("10/60 seconds")]), 1);
        assert_eq!(findings(&[minute, limit!("9/second; 500/minute")]), 1);
        let one = limit!("6/minute", key = path);
        assert_eq!(findings(&[one, limit!("7/minute", key = self::path)]), 1);
        let header = limit!("6/minute", header = "x-tenant");
        assert_eq!(findings(&[header, header, header]), 2);
    }

    #[test]
    fn others_stand_beside_each_other() {
        let limits = [
            limit!("600/minute"),
            limit!("10000/day"),
            limit!("600/minute", count = "failures"),
            limit!("600/minute", by = "global"),
            limit!("600/minute", by = "user"),
            limit!("600/minute", by = "api_key"),
            limit!("600/minute", header = "x-tenant"),
            limit!("600/minute", header = "x-other"),
            limit!("600/minute", key = path),
            limit!("600/minute", key = method),
        ];
        assert_eq!(findings(&limits), 0);
    }

    #[test]
    fn a_text_is_a_limit_by_address() {
        let limit = parse("600/minute; 10000/day").expect("a limit");
        assert_eq!(limit.describe(), "600/minute; 10000/day by ip");
        assert!(parse("600/minuet").is_err());
        assert!(parse("").is_err());
    }
}
