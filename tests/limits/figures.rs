//! How long it takes to notice an outage, and to notice its end; and what a question costs.

use std::time::{Duration, Instant};

use secure_runtime::limit::{RedisLimiter, Rule, WhenDown};

use crate::{
    outages::recovered,
    services::Redis,
    support::{allowed, quota, take},
};

/// `cargo test -p secure-tests --test limits figures -- --ignored --nocapture`
#[tokio::test(flavor = "multi_thread")]
#[ignore = "it prints figures, and checks them against what the docs say"]
async fn how_long_it_takes() {
    const ROUNDS: usize = 9;
    let Some(mut redis) = Redis::start() else {
        return;
    };
    let limiter = RedisLimiter::connect(&redis.url(), WhenDown::FailOpen).await;
    let limiter = limiter.unwrap();
    let rule = Rule::window(quota(1_000_000, 60));
    let mut costs: Vec<Duration> = Vec::new();
    for _ in 0..2000 {
        let start = Instant::now();
        let _ = allowed(take(&limiter, b"a", &rule).await);
        costs.push(start.elapsed());
    }
    println!("a question, one after the other: {:?}", median(costs));
    for (what, goes, comes_back) in [
        (
            "killed",
            Redis::kill as fn(&mut Redis),
            Redis::start_again as fn(&mut Redis),
        ),
        ("hangs", |redis| redis.hang(), |redis| redis.go_on()),
        (
            "refuses to write",
            |redis| redis.tell("CONFIG SET min-replicas-to-write 1"),
            |redis| redis.tell("CONFIG SET min-replicas-to-write 0"),
        ),
    ] {
        let [mut notice, mut alone, mut recover] = [Vec::new(), Vec::new(), Vec::new()];
        for _ in 0..ROUNDS {
            goes(&mut redis);
            let start = Instant::now();
            while !limiter.is_down() {
                let _ = take(&limiter, b"a", &rule).await;
            }
            notice.push(start.elapsed());
            let start = Instant::now();
            let _ = take(&limiter, b"a", &rule).await;
            alone.push(start.elapsed());
            comes_back(&mut redis);
            recover.push(recovered(&limiter).await);
            // So that the next outage is a new one.
            tokio::time::sleep(Duration::from_millis(10_100)).await;
        }
        println!(
            "{what}: to notice {:?} (at most {:?}), a request meanwhile {:?}, to recover {:?} (at most {:?})",
            median(notice.clone()),
            notice.iter().max().unwrap(),
            median(alone),
            median(recover.clone()),
            recover.iter().max().unwrap(),
        );
        assert!(recover.iter().max().unwrap() < &Duration::from_secs(1));
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
