use aws_lc_rs::digest::{Context, SHA256};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::limit::{Charge, LONGEST_KEY};

/// How much of a hash a key has, in bytes: no two counters meet, whoever chooses them.
const LENGTH: usize = 24;

/// What a value looks like. Another layout has keys of its own.
const LAYOUT: &[u8] = b"1";

/// The names of keys in Redis: `<prefix>limit:` and 32 characters of a hash over the counter's name, its
/// quotas and whose it is.
///
/// So a name shows neither an address nor a subject, has no braces that a cluster would read, and is short,
/// whatever a header says. A limit that has changed has another counter.
#[derive(Debug, Clone)]
pub(super) struct Names {
    prefix: Box<str>,
}

impl Names {
    pub(super) fn new(prefix: &str) -> Self {
        Self {
            prefix: prefix.into(),
        }
    }

    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    pub(super) fn of(&self, charge: &Charge<'_>) -> String {
        let mut hash = Context::new(&SHA256);
        let mut part = |bytes: &[u8]| {
            hash.update(&(bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        };
        part(LAYOUT);
        part(charge.counter.name.as_bytes());
        let burst = charge.rule.burst().map_or(0, |burst| burst.get());
        part(&burst.to_be_bytes());
        for quota in charge.rule.quotas() {
            part(&quota.amount().get().to_be_bytes());
            part(&quota.period_seconds().get().to_be_bytes());
        }
        part(&charge.key[..charge.key.len().min(LONGEST_KEY)]);
        let hash = hash.finish();
        let bytes = hash.as_ref();
        let hash = URL_SAFE_NO_PAD.encode(&bytes[..bytes.len().min(LENGTH)]);
        [&self.prefix, "limit:", &hash].concat()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::{
        num::{NonZeroU32, NonZeroU64},
        time::Duration,
    };

    use secure_grammar::Quota;

    use super::*;
    use crate::limit::{Amount, Counter, Rule};

    fn name(counter: &str, key: &[u8], rule: &Rule) -> String {
        Names::new("shop:").of(&Charge {
            counter: Counter {
                id: 0,
                name: counter,
            },
            key,
            rule,
            amount: Amount::Take(NonZeroU32::MIN),
            now: Duration::ZERO,
        })
    }

    fn quota(amount: u32) -> Quota {
        Quota::new(
            NonZeroU32::new(amount).unwrap(),
            NonZeroU64::new(60).unwrap(),
        )
    }

    #[test]
    fn no_two_counters_have_the_same() {
        let five = Rule::window(quota(5));
        let others = [
            Rule::window(quota(6)),
            Rule::smooth(quota(5), NonZeroU32::MIN),
            Rule::new(vec![quota(5), quota(6)], None).unwrap(),
            Rule::new(vec![quota(6), quota(5)], None).unwrap(),
        ];
        let mut names = vec![
            name("a", b"b", &five),
            name("ab", b"", &five),
            name("", b"ab", &five),
            name("a", b"c", &five),
        ];
        names.extend(others.iter().map(|rule| name("a", b"b", rule)));
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn a_name_shows_nobody_and_makes_no_hash_tag() {
        let rule = Rule::window(quota(5));
        let key = name(
            "GET /users/{id}, limit 0 by header x-{a}",
            b"{203.0.113.7}",
            &rule,
        );
        let hash = key.strip_prefix("shop:limit:").unwrap();
        assert_eq!(hash.len(), 32);
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        assert!(hash.bytes().all(is_plain), "{hash}");
    }

    #[test]
    fn keys_that_are_too_long_share_a_counter() {
        let rule = Rule::window(quota(5));
        let long = |length| name("a", &vec![b'x'; length], &rule);
        assert_eq!(long(256), long(300));
        assert_ne!(long(255), long(256));
    }
}
