//! What is counted, by the server's own clock.

use std::{num::NonZeroU32, time::Duration};

use futures_util::future::join_all;
use secure_runtime::limit::{Amount, Decision, Limiter as _, Rule};

use crate::{
    services::Redis,
    support::{allowed, charge, connect, give_back, limiter, number, quota, refused, take},
};

#[tokio::test]
async fn a_window_counts_down_and_refuses() {
    let Some(limiter) = limiter().await else {
        return;
    };
    let rule = Rule::window(quota(3, 60));
    for remaining in [2, 1, 0] {
        let standing = allowed(take(&limiter, b"a", &rule).await);
        assert_eq!(
            (standing.quota, standing.remaining),
            (quota(3, 60), remaining)
        );
        assert!(standing.reset <= Duration::from_secs(60));
        assert!(standing.reset > Duration::from_secs(30));
        assert_eq!(standing.receipt.unwrap().amount(), NonZeroU32::MIN);
    }
    for _ in 0..3 {
        let refusal = refused(take(&limiter, b"a", &rule).await);
        assert_eq!(refusal.quota, quota(3, 60));
        assert!(refusal.retry_after <= Duration::from_secs(60));
        assert!(refusal.retry_after > Duration::from_secs(30));
    }
    let _ = allowed(take(&limiter, b"b", &rule).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_at_once_on_five_a_minute() {
    let Some(server) = Redis::shared() else {
        return;
    };
    let rules = [
        Rule::window(quota(5, 60)),
        Rule::new(vec![quota(5, 60), quota(100, 3600)], None).unwrap(),
        Rule::smooth(quota(60, 3600), number(5)),
    ];
    for (index, rule) in rules.iter().enumerate() {
        // Two instances of an app, each with a connection of its own.
        let prefix = format!("at-once-{index}:");
        let [one, other] = [connect(&server.url()).await, connect(&server.url()).await]
            .map(|limiter| limiter.with_prefix(&prefix));
        let answers = (0..100).flat_map(|_| [take(&one, b"a", rule), take(&other, b"a", rule)]);
        let answers = join_all(answers).await;
        let passed = answers.iter().filter(|answer| answer.is_allowed()).count();
        assert_eq!(passed, 5);
    }
}

#[tokio::test]
async fn units_come_back() {
    let Some(limiter) = limiter().await else {
        return;
    };
    for rule in [
        Rule::window(quota(2, 60)),
        Rule::new(vec![quota(2, 60), quota(100, 3600)], None).unwrap(),
    ] {
        let first = allowed(take(&limiter, b"a", &rule).await);
        let _ = allowed(take(&limiter, b"a", &rule).await);
        let _ = refused(take(&limiter, b"a", &rule).await);
        let receipt = first.receipt.unwrap();
        let after = allowed(give_back(&limiter, b"a", &rule, receipt).await);
        assert_eq!((after.remaining, after.receipt), (1, None));
        // A receipt is good once.
        let after = allowed(give_back(&limiter, b"a", &rule, receipt).await);
        assert_eq!(after.remaining, 1);
        let _ = allowed(take(&limiter, b"a", &rule).await);
        let _ = refused(take(&limiter, b"a", &rule).await);
    }
}

#[tokio::test]
async fn more_than_a_rule_holds_never_passes() {
    let Some(limiter) = limiter().await else {
        return;
    };
    for (rule, most) in [
        (Rule::window(quota(3, 60)), 3),
        (
            Rule::new(vec![quota(9, 60), quota(3, 70)], None).unwrap(),
            3,
        ),
        (Rule::smooth(quota(60, 60), number(3)), 3),
    ] {
        let cost = |cost| Amount::Take(number(cost));
        let too_much = charge("a", b"a", &rule, cost(most + 1));
        let refusal = refused(limiter.check(&too_much).decision().await);
        assert_eq!(refusal.retry_after, refusal.quota.period());
        let whole = charge("a", b"a", &rule, cost(most));
        assert!(limiter.check(&whole).decision().await.is_allowed());
        assert!(!take(&limiter, b"a", &rule).await.is_allowed());
    }
}

#[tokio::test]
async fn counters_callers_and_rules_do_not_mix() {
    let Some(limiter) = limiter().await else {
        return;
    };
    let one = Amount::Take(NonZeroU32::MIN);
    let rules = [
        Rule::window(quota(1, 60)),
        Rule::window(quota(1, 61)),
        Rule::smooth(quota(1, 60), number(1)),
    ];
    for rule in &rules {
        for name in ["", "a", "ab", "GET /{a}, limit 0 by header {b}"] {
            for key in [&b""[..], b"a", b"b", b"{a}", &[b'a'; 256], b"\0\r\n\xff"] {
                let charge = charge(name, key, rule, one);
                assert!(limiter.check(&charge).decision().await.is_allowed());
                assert!(!limiter.check(&charge).decision().await.is_allowed());
            }
        }
    }
}

#[tokio::test]
async fn a_smooth_rule_refills_unit_by_unit() {
    let Some(limiter) = limiter().await else {
        return;
    };
    let rule = Rule::smooth(quota(60, 3600), number(3));
    for remaining in [2, 1, 0] {
        let standing = allowed(take(&limiter, b"a", &rule).await);
        assert_eq!((standing.remaining, standing.receipt), (remaining, None));
        assert!(standing.reset <= Duration::from_secs(60));
        assert!(standing.reset > Duration::from_secs(30));
    }
    let refusal = refused(take(&limiter, b"a", &rule).await);
    assert!(refusal.retry_after <= Duration::from_secs(60));
    assert!(refusal.retry_after > Duration::from_secs(30));
}

#[tokio::test]
async fn extremes_neither_fail_nor_open() {
    let Some(limiter) = limiter().await else {
        return;
    };
    for amount in [1, 64, 65, 1_000_003, u32::MAX] {
        for seconds in [1, 31_536_000, u64::MAX] {
            let quota = quota(amount, seconds);
            let bursts = [1, 2, u32::MAX].map(|burst| Rule::smooth(quota, number(burst)));
            for rule in [Rule::window(quota)].iter().chain(&bursts) {
                for cost in [1, 2, amount, u32::MAX] {
                    let charge = charge("a", b"a", rule, Amount::Take(number(cost)));
                    match limiter.check(&charge).decision().await {
                        Decision::Allowed(_) | Decision::Refused(_) => {}
                        other => panic!("{rule:?}, {cost}: {other:?}"),
                    }
                }
            }
            let rule = Rule::window(quota);
            let whole = charge("b", b"a", &rule, Amount::Take(number(amount)));
            assert!(limiter.check(&whole).decision().await.is_allowed());
            let again = limiter.check(&whole).decision().await;
            assert!(!again.is_allowed(), "{rule:?}");
        }
    }
}
