//! Two processes on one Redis, under load.

use std::{
    env,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use secure_runtime::limit::{Amount, Decision, Limiter as _, RedisLimiter, Rule, WhenDown};

use crate::{
    services::Redis,
    support::{PATIENCE, charge, number, quota},
};

/// What a process is told that is to load the server.
const TOLD: &str = "SECURE_TEST_LIMITS_URL";

/// How long they do.
const LOAD: Duration = Duration::from_secs(4);

/// How many ask at the same time in each process.
const AT_ONCE: u64 = 32;

/// One that is exact, one that is not, and two of both in one.
fn rules() -> [Rule; 3] {
    [
        Rule::window(quota(10, 1)),
        Rule::window(quota(500, 1)),
        Rule::new(vec![quota(40, 1), quota(100, 3)], None).unwrap(),
    ]
}

/// What passed in both, by the server's clock: never more in any window than the quota, and no less than it
/// lets pass either, since somebody always asks.
#[test]
fn never_more_than_the_quota_passes_in_any_window() {
    let Some(server) = Redis::start() else {
        return;
    };
    let processes = [(); 2].map(|()| {
        let mut process = Command::new(env::current_exe().unwrap());
        process.args(["--exact", "processes::load", "--nocapture", "--ignored"]);
        process.env(TOLD, server.url()).stdout(Stdio::piped());
        process.spawn().unwrap()
    });
    let said = processes.map(|process| {
        let output = process.wait_with_output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    });
    for said in &said {
        assert!(said.contains("passed 0 "), "each had its share: {said}");
    }
    for (index, rule) in rules().iter().enumerate() {
        let start = format!("passed {index} ");
        let moments = said.iter().flat_map(|said| said.lines());
        let moments = moments.filter_map(|line| line.strip_prefix(&start));
        let mut moments: Vec<u64> = moments.map(|moment| moment.parse().unwrap()).collect();
        moments.sort_unstable();
        for quota in rule.quotas() {
            let most = quota.amount().get() as usize;
            let period = quota.period().as_micros() as u64;
            for window in moments.windows(most + 1) {
                let [first, .., last] = window else {
                    unreachable!("it is longer than one");
                };
                assert!(last - first >= period, "{quota:?}: {first} to {last}");
            }
        }
        let strictest = match index {
            0 => 10 * 3,
            1 => 500 * 3,
            _ => 100,
        };
        assert!(moments.len() >= strictest, "{rule:?}: {}", moments.len());
    }
}

/// One of the processes. It says the moment of each request that passed.
#[test]
#[ignore = "the test above starts it"]
fn load() {
    let Ok(url) = env::var(TOLD) else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let limiter = RedisLimiter::connect(&url, WhenDown::FailClosed).await;
        let limiter = limiter.unwrap().with_timeout(PATIENCE);
        let rules = rules();
        let start = Instant::now();
        let asks = (0..AT_ONCE).map(|asker| {
            let (limiter, rules) = (&limiter, &rules);
            async move {
                let index = asker as usize % rules.len();
                let mut asked = 0_u64;
                while start.elapsed() < LOAD {
                    let one = Amount::Take(number(1));
                    let charge = charge("load", b"everybody", &rules[index], one);
                    asked += 1;
                    match limiter.check(&charge).decision().await {
                        Decision::Allowed(standing) => {
                            let at = standing.receipt.unwrap().at();
                            println!("passed {index} {}", at.as_micros());
                        }
                        Decision::Refused(_) => {}
                        other => panic!("{other:?}"),
                    }
                }
                asked
            }
        });
        let asked: u64 = join_all(asks).await.into_iter().sum();
        println!("asked {asked}");
    });
}
