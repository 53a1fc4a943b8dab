//! 300 sign-ins at once: what becomes of them, of the memory, and of everybody else.

use std::{
    cell::Cell,
    collections::BTreeMap,
    time::{Duration, Instant},
};

use futures_util::future::{join, join_all};
use reqwest::StatusCode;

use super::{
    server::{PASSWORD, Server, known, unknown},
    statistics::quantile,
};
use crate::Failure;

const AT_ONCE: usize = 300;
/// How many of them have an account, and know the password.
const KNOWN: usize = 100;
/// How often the others ask meanwhile.
const PROBE_EVERY: Duration = Duration::from_millis(5);
const IDLE_PROBES: usize = 1000;

pub(super) async fn run() -> Result<(), Failure> {
    let server = Server::start()?;
    server.people(KNOWN + 1).await?;
    let first = server.sign_in(&known(KNOWN), PASSWORD).await?;
    let token = first.body["access_token"].as_str();
    let token = token.ok_or("nobody is signed in")?.to_owned();

    let mut idle = Vec::new();
    for _ in 0..IDLE_PROBES {
        idle.push(probe(&server, &token).await?);
    }
    let before = server.memory("VmRSS")?;

    let over = Cell::new(false);
    let start = Instant::now();
    let flood = async {
        let attempts = join_all((0..AT_ONCE).map(|at| sign_in(&server, at))).await;
        over.set(true);
        attempts
    };
    let others = async {
        let mut times = Vec::new();
        while !over.get() {
            times.push(probe(&server, &token).await);
        }
        times
    };
    let (attempts, busy) = join(flood, others).await;
    let took = start.elapsed();
    let mut busy = busy.into_iter().collect::<Result<Vec<_>, _>>()?;

    let mut first_answers: BTreeMap<u16, usize> = BTreeMap::new();
    let (mut signed_in, mut refused) = (0, 0);
    for attempt in attempts {
        let Attempt { first, last } = attempt?;
        *first_answers.entry(first.as_u16()).or_default() += 1;
        match last {
            StatusCode::OK => signed_in += 1,
            StatusCode::UNAUTHORIZED => refused += 1,
            other => return Err(format!("a sign-in ends with {other}").into()),
        }
    }
    println!(
        "{AT_ONCE} sign-ins at once, {KNOWN} of them good; who gets 503 comes again after `Retry-After`"
    );
    println!("first answers            {first_answers:?}");
    println!("in the end               {signed_in} signed in, {refused} refused, in {took:.1?}");
    println!(
        "memory                   {} MiB before, {} MiB at most",
        before / 1024,
        server.memory("VmHWM")? / 1024
    );
    for (what, share) in [("median", 0.5), ("p99", 0.99)] {
        let (idle, busy) = (quantile(&mut idle, share), quantile(&mut busy, share));
        let ratio = busy.as_secs_f64() / idle.as_secs_f64();
        println!("GET /me {what:<16} {idle:.2?} idle, {busy:.2?} meanwhile: {ratio:.1} ×");
    }
    println!(
        "GET /me                  asked {} times meanwhile",
        busy.len()
    );
    Ok(())
}

/// How a sign-in was answered at first, and in the end.
struct Attempt {
    first: StatusCode,
    last: StatusCode,
}

async fn sign_in(server: &Server, at: usize) -> Result<Attempt, Failure> {
    let email = if at < KNOWN { known(at) } else { unknown(at) };
    let mut answer = server.sign_in(&email, PASSWORD).await?;
    let first = answer.status;
    while answer.status == StatusCode::SERVICE_UNAVAILABLE {
        let wait = answer.retry_after.ok_or("503 without `Retry-After`")?;
        // Not all at the same moment again.
        tokio::time::sleep(wait + Duration::from_millis(at as u64 * 7)).await;
        answer = server.sign_in(&email, PASSWORD).await?;
    }
    Ok(Attempt {
        first,
        last: answer.status,
    })
}

async fn probe(server: &Server, token: &str) -> Result<Duration, Failure> {
    tokio::time::sleep(PROBE_EVERY).await;
    let answer = server.get("/me", token).await?;
    match answer.status {
        StatusCode::OK => Ok(answer.took),
        other => Err(format!("GET /me answers {other}").into()),
    }
}
