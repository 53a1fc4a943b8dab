//! What stands in Redis, for how long, and that a cluster takes it.

use std::{num::NonZeroU32, time::Duration};

use redis::{AsyncCommands as _, aio::MultiplexedConnection};
use secure_runtime::limit::{Amount, Limiter as _, RedisLimiter, Rule, WhenDown};

use crate::{
    services::Redis,
    support::{PATIENCE, allowed, charge, connect, give_back, number, quota, refused, take},
};

async fn client(redis: &Redis) -> MultiplexedConnection {
    let client = redis::Client::open(redis.url()).unwrap();
    client.get_multiplexed_async_connection().await.unwrap()
}

async fn keys(client: &mut MultiplexedConnection) -> Vec<Vec<u8>> {
    client.keys("*").await.unwrap()
}

/// In how many milliseconds the one key expires.
async fn expiry(client: &mut MultiplexedConnection) -> u128 {
    let [key] = &keys(client).await[..] else {
        panic!("one key for one counter");
    };
    let left: i64 = client.pttl(key).await.unwrap();
    u128::try_from(left).expect("every key expires")
}

#[tokio::test]
async fn a_key_expires_when_nothing_of_it_counts_any_more() {
    let Some(redis) = Redis::start() else {
        return;
    };
    let mut client = client(&redis).await;
    // How long the last unit of each counts.
    let rules = [
        (Rule::window(quota(2, 60)), 60_000),
        (Rule::window(quota(64_000, 6400)), 6_500_000),
        (
            Rule::new(vec![quota(2, 60), quota(3, 600)], None).unwrap(),
            600_000,
        ),
        (Rule::smooth(quota(60, 60), number(5)), 1000),
    ];
    for (rule, longest) in rules {
        redis.tell("FLUSHALL");
        let limiter = connect(&redis.url()).await;
        let _ = allowed(take(&limiter, b"a", &rule).await);
        let left = expiry(&mut client).await;
        assert!(left <= longest, "{rule:?}: {left}");
        // A busy machine takes its time between the two.
        assert!(left + 900 > longest * 63 / 65, "{rule:?}: {left}");
    }
}

#[tokio::test]
async fn what_is_over_is_gone_and_passes_again() {
    let Some(redis) = Redis::start() else {
        return;
    };
    let mut client = client(&redis).await;
    let limiter = connect(&redis.url()).await;
    let rule = Rule::window(quota(1, 1));
    let _ = allowed(take(&limiter, b"a", &rule).await);
    let key = keys(&mut client).await.remove(0);
    let _ = refused(take(&limiter, b"a", &rule).await);
    // The server's clock is the only one that counts, and no test can move it: this one waits a second.
    while client.exists(&key).await.unwrap() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let _ = allowed(take(&limiter, b"a", &rule).await);
}

#[tokio::test]
async fn what_is_refused_writes_nothing_and_what_is_given_back_leaves_nothing() {
    let Some(redis) = Redis::start() else {
        return;
    };
    let mut client = client(&redis).await;
    let limiter = connect(&redis.url()).await;
    let rule = Rule::window(quota(1, 60));
    let standing = allowed(take(&limiter, b"a", &rule).await);
    let key = keys(&mut client).await.remove(0);
    let before: Vec<u8> = client.get(&key).await.unwrap();
    let left: i64 = client.pexpire_time(&key).await.unwrap();
    for _ in 0..3 {
        let _ = refused(take(&limiter, b"a", &rule).await);
    }
    assert_eq!(before, client.get::<_, Vec<u8>>(&key).await.unwrap());
    assert_eq!(left, client.pexpire_time::<_, i64>(&key).await.unwrap());
    let receipt = standing.receipt.unwrap();
    let _ = allowed(give_back(&limiter, b"a", &rule, receipt).await);
    assert!(keys(&mut client).await.is_empty());
}

#[tokio::test]
async fn a_value_is_bounded_whatever_is_sent() {
    let Some(redis) = Redis::start() else {
        return;
    };
    let mut client = client(&redis).await;
    let limiter = connect(&redis.url()).await.with_time_of_charges();
    for amount in [64, 65, u32::MAX] {
        redis.tell("FLUSHALL");
        let rule = Rule::window(quota(amount, 1));
        for step in 0..2000 {
            let one = Amount::Take(NonZeroU32::MIN);
            let mut charge = charge("a", b"a", &rule, one);
            charge.now = Duration::from_millis(step);
            let _ = limiter.check(&charge).decision().await;
        }
        let key = keys(&mut client).await.remove(0);
        let length: usize = client.strlen(&key).await.unwrap();
        assert!(length < 1024, "{amount}: {length}");
    }
}

#[tokio::test]
async fn nobody_is_named_in_a_key_or_a_value() {
    let Some(redis) = Redis::start() else {
        return;
    };
    let mut client = client(&redis).await;
    let limiter = RedisLimiter::connect(&redis.url(), WhenDown::FailClosed).await;
    let limiter = limiter.unwrap().with_prefix("shop:").with_timeout(PATIENCE);
    let rule = Rule::window(quota(5, 60));
    let one = Amount::Take(NonZeroU32::MIN);
    for key in [&b"ada@example.com"[..], &[203, 0, 113, 7], b"203.0.113.7"] {
        let charge = charge("POST /sign-in, limit 0 by user", key, &rule, one);
        let _ = allowed(limiter.check(&charge).decision().await);
    }
    let names = keys(&mut client).await;
    assert_eq!(names.len(), 3);
    for name in &names {
        let value: Vec<u8> = client.get(name).await.unwrap();
        assert!(name.starts_with(b"shop:limit:"));
        for there in [name, &value] {
            for word in [
                &b"ada"[..],
                b"example",
                &[203, 0, 113, 7],
                b"113",
                b"sign-in",
            ] {
                assert!(!there.windows(word.len()).any(|part| part == word));
            }
        }
    }
}

/// Every slot at one node, which is as strict about keys as one of many: whatever a pattern or a header says,
/// a charge is a script on one key, in a slot that only its hash decides.
#[tokio::test]
async fn a_cluster_takes_every_key() {
    let Some(redis) = Redis::start_with(&["--cluster-enabled", "yes"]) else {
        return;
    };
    redis.tell("CLUSTER ADDSLOTSRANGE 0 16383");
    while !redis
        .say("CLUSTER INFO")
        .unwrap()
        .contains("cluster_state:ok")
    {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let limiter = connect(&redis.url()).await;
    let rules = [
        Rule::window(quota(1, 60)),
        Rule::new(vec![quota(1, 60), quota(100, 600)], None).unwrap(),
        Rule::smooth(quota(1, 60), number(1)),
    ];
    let one = Amount::Take(NonZeroU32::MIN);
    for rule in &rules {
        for name in ["GET /users/{id}, limit 0 by ip", "{", "}{", "{a}{b}"] {
            for key in [&b""[..], b"{a}", b"{203.0.113.7}", b"{}", b"\r\n{"] {
                let charge = charge(name, key, rule, one);
                let _ = allowed(limiter.check(&charge).decision().await);
                let _ = refused(limiter.check(&charge).decision().await);
            }
        }
    }
    let mut client = client(&redis).await;
    let mut slots = Vec::new();
    for key in keys(&mut client).await {
        assert!(!key.contains(&b'{'));
        let mut slot = redis::cmd("CLUSTER");
        slot.arg("KEYSLOT").arg(&key);
        slots.push(slot.query_async::<u16>(&mut client).await.unwrap());
    }
    let all = slots.len();
    assert_eq!(all, 60);
    slots.sort_unstable();
    slots.dedup();
    assert!(slots.len() > all * 9 / 10, "they are spread: {slots:?}");
}

/// A node that holds some slots only: what leads to another one is an outage, and not a pass.
#[tokio::test]
async fn a_node_without_the_slot_is_an_outage() {
    let Some(redis) = Redis::start_with(&["--cluster-enabled", "yes"]) else {
        return;
    };
    let limiter = connect(&redis.url()).await;
    let decision = take(&limiter, b"a", &Rule::window(quota(1, 60))).await;
    assert!(limiter.is_down() && !decision.is_allowed(), "{decision:?}");
}
