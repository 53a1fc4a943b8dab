//! Many callers, and many at once.

use std::{
    num::NonZeroU32,
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::Duration,
};

use secure_runtime::limit::{Amount, Charge, Decision, InProcess, Limiter, Rule};

use super::{
    at_once,
    promise::{SECOND, counter, number, quota, take},
    small,
};

#[test]
fn counters_and_keys_do_not_mix() {
    let (limiter, rule) = (InProcess::default(), Rule::window(quota(1, 60)));
    for id in 0..3 {
        for key in [&b""[..], b"a", b"aa", &[b'a'; 256]] {
            let charge = Charge {
                counter: counter(id),
                key,
                rule: &rule,
                amount: Amount::Take(NonZeroU32::MIN),
                now: Duration::ZERO,
            };
            assert!(at_once(limiter.check(&charge)).is_allowed());
            assert!(!at_once(limiter.check(&charge)).is_allowed());
        }
    }
}

#[test]
fn keys_that_are_too_long_share_a_counter() {
    let (limiter, rule) = (InProcess::default(), Rule::window(quota(1, 60)));
    let passed = [300, 301, 100_000].map(|len| {
        let charge = Charge {
            counter: counter(0),
            key: &vec![b'a'; len],
            rule: &rule,
            amount: Amount::Take(NonZeroU32::MIN),
            now: Duration::ZERO,
        };
        at_once(limiter.check(&charge)).is_allowed()
    });
    assert_eq!(passed, [true, false, false]);
}

#[test]
fn a_flood_of_new_keys_resets_nobody() {
    let (limiter, rule) = (small(1 << 20), Rule::window(quota(5, 60)));
    let check = |key: u32, now: u64| {
        at_once(limiter.check(&Charge {
            counter: counter(0),
            // An IPv4 address, spread over all networks.
            key: &key.wrapping_mul(0x9e37_79b1).to_be_bytes(),
            rule: &rule,
            amount: Amount::Take(NonZeroU32::MIN),
            now: Duration::from_nanos(now),
        }))
    };
    for key in 0..1000 {
        for _ in 0..5 {
            assert!(check(key, 0).is_allowed());
        }
    }
    let passed = (1000..200_000)
        .filter(|key| check(*key, SECOND).is_allowed())
        .count();
    let keys = limiter.keys();
    assert!((4000..8000).contains(&keys), "{keys}");
    assert!(limiter.used_memory() <= 1 << 20);
    // Some places, and one quota for each of the neighbourhoods in each of the sixteen parts.
    assert!(
        (keys - 1000..keys + 16 * 257 * 5).contains(&passed),
        "{passed}"
    );
    assert!((0..1000).all(|key| !check(key, 59 * SECOND).is_allowed()));
    // When the minute is over, there is room for everybody again.
    let passed = (500_000..504_000).filter(|key| check(*key, 61 * SECOND).is_allowed());
    assert_eq!(passed.count(), 4000);
    assert!(limiter.used_memory() <= 1 << 20);
}

#[test]
fn one_provider_cannot_use_up_the_table() {
    let (limiter, rule) = (small(1 << 20), Rule::window(quota(5, 60)));
    let check = |key: &[u8], now: u64| {
        at_once(limiter.check(&Charge {
            counter: counter(0),
            key,
            rule: &rule,
            amount: Amount::Take(NonZeroU32::MIN),
            now: Duration::from_nanos(now),
        }))
    };
    for subnet in 0..100_000u32 {
        let [_, a, b, c] = subnet.to_be_bytes();
        let _ = check(&[0x2a, 0x01, 0x05, 0x58, a, b, c], 0);
    }
    let taken = limiter.keys();
    let others = (0..1000u32).map(|key| key.wrapping_mul(0x9e37_79b1).to_be_bytes());
    let served = others
        .filter(|key| (0..5).all(|_| check(key, SECOND).is_allowed()))
        .count();
    // One in 256 has the same number as the flood.
    assert!(served > 970, "{served}");
    assert!(
        limiter.keys() >= taken + served,
        "each in a place of its own"
    );
}

#[test]
fn two_hundred_at_once_on_five_a_minute() {
    let rules = [
        Rule::window(quota(5, 60)),
        Rule::new(vec![quota(5, 60), quota(100, 3600)], None).unwrap(),
        Rule::smooth(quota(60, 3600), number(5)),
    ];
    for rule in &rules {
        let limiter = InProcess::default();
        let passed = AtomicU64::new(0);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..25 {
                        if take(&limiter, rule, 1, 1, SECOND).is_allowed() {
                            passed.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                });
            }
        });
        assert_eq!(passed.into_inner(), 5);
    }
}

#[test]
fn threads_whose_clocks_disagree_keep_the_promise() {
    for amount in [5, 100] {
        let (limiter, rule) = (InProcess::default(), Rule::window(quota(amount, 1)));
        let mut taken: Vec<u64> = Vec::new();
        thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|thread| {
                    let (limiter, rule) = (&limiter, &rule);
                    scope.spawn(move || {
                        let mut taken = Vec::new();
                        for step in 0..5000u64 {
                            let now = step * SECOND / 500 + thread * 77_777;
                            if let Decision::Allowed(standing) = take(limiter, rule, 1, 1, now) {
                                taken.push(standing.receipt.unwrap().at().as_nanos() as u64);
                            }
                        }
                        taken
                    })
                })
                .collect();
            for thread in threads {
                taken.extend(thread.join().unwrap());
            }
        });
        taken.sort_unstable();
        assert!(taken.len() > amount as usize);
        for window in taken.windows(amount as usize + 1) {
            assert!(window[amount as usize] - window[0] >= SECOND);
        }
    }
}
