//! `cargo run --release -p secure-benches --bin limiter_memory [addresses]`
//!
//! Ten million distinct addresses against the limiter of one process: what it takes, and how known callers and
//! newcomers fare. Each filling is a process of its own, so that what it takes is seen.

use std::{
    env, fs,
    net::Ipv4Addr,
    num::{NonZeroU32, NonZeroU64, NonZeroUsize},
    process::Command,
    time::Duration,
};

use secure_benches::Failure;
use secure_grammar::Quota;
use secure_runtime::limit::{Amount, Answer, Charge, Counter, Decision, InProcess, Limiter, Rule};

const ADDRESSES: u32 = 10_000_000;
const KNOWN: u32 = 10_000;
const NEWCOMERS: u32 = 10_000;
const COUNTER: Counter<'static> = Counter { id: 0, name: "" };

/// Where a flood comes from.
#[derive(Debug, Clone, Copy)]
enum From {
    /// IPv4 addresses from everywhere.
    V4,
    /// The /56s of everywhere.
    V6,
    /// The /56s of one provider, a /29.
    OneProvider,
}

const FROM: [(From, &str); 3] = [
    (From::V4, "IPv4, everywhere"),
    (From::V6, "/56s, everywhere"),
    (From::OneProvider, "/56s of one /29"),
];

/// Under which rule: what the attribute would say.
const RULES: [(&str, &[(u32, u64)]); 3] = [
    ("5/minute", &[(5, 60)]),
    ("600/minute", &[(600, 60)]),
    ("10/minute; 1000/day", &[(10, 60), (1000, 86_400)]),
];

const MEBIBYTES: [usize; 2] = [256, 64];

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [filling, from, rule, mebibytes, addresses] = &arguments[..]
        && filling == "filling"
    {
        return fill(
            from.parse()?,
            rule.parse()?,
            mebibytes.parse()?,
            addresses.parse()?,
        );
    }
    let addresses = match &arguments[..] {
        [] => ADDRESSES,
        [addresses] => addresses.parse()?,
        _ => return Err("one argument: how many addresses".into()),
    };
    println!(
        "{addresses} addresses, one request each within a second, after {KNOWN} known callers\n"
    );
    println!(
        "{:<18}{:<21}{:>9}{:>10}{:>10}{:>9}{:>10}{:>12}{:>12}{:>10}",
        "flood",
        "rule",
        "memory",
        "resident",
        "keys",
        "B a key",
        "a check",
        "known kept",
        "newcomers",
        "after"
    );
    for from in 0..FROM.len() {
        for rule in 0..RULES.len() {
            for mebibytes in MEBIBYTES {
                let arguments = [from, rule, mebibytes, addresses as usize].map(|n| n.to_string());
                let done = Command::new(env::current_exe()?)
                    .arg("filling")
                    .args(arguments)
                    .status()?;
                if !done.success() {
                    return Err("a filling did not end well".into());
                }
            }
        }
    }
    Ok(())
}

/// Fills a limiter and prints a line.
fn fill(from: usize, rule: usize, mebibytes: usize, addresses: u32) -> Result<(), Failure> {
    let (from, from_name) = FROM[from];
    let (rule_name, quotas) = RULES[rule];
    let rule = self::rule(quotas)?;
    let bytes = NonZeroUsize::new(mebibytes << 20).ok_or("no memory")?;
    let before = resident()?;
    let limiter = InProcess::with_memory(bytes);
    let check = |key: &[u8], now: Duration| -> Result<bool, Failure> {
        let answer = limiter.check(&Charge {
            counter: COUNTER,
            key,
            rule: &rule,
            amount: Amount::Take(NonZeroU32::MIN),
            now,
        });
        match answer {
            Answer::Now(decision) => Ok(matches!(decision, Decision::Allowed(_))),
            Answer::Later(_) => Err("nobody is asked".into()),
        }
    };
    // Known callers have used up their quota, so that one more request shows whether it still counts.
    let start = Duration::from_secs(1);
    let most = rule.quotas().iter().map(|quota| quota.amount().get()).min();
    let most = most.ok_or("no quota")?;
    for caller in 0..KNOWN {
        for turn in 0..most {
            let now = start + Duration::from_millis(turn.into());
            if !check(&known(caller), now)? {
                return Err("a known caller is refused too early".into());
            }
        }
    }
    let began = on_processor()?;
    for number in 0..addresses {
        let now = Duration::from_secs(2) + Duration::from_nanos(u64::from(number) * 100);
        let _ = flood(from, number, &|key| check(key, now))?;
    }
    let each = (on_processor()? - began) / u64::from(addresses).max(1);
    let resident = resident()?.saturating_sub(before);
    let keys = limiter.keys();
    let now = Duration::from_secs(4);
    let mut kept = 0;
    for caller in 0..KNOWN {
        kept += u32::from(!check(&known(caller), now)?);
    }
    // A newcomer sends three requests, from elsewhere; served is who has all of them answered.
    let mut served = [0, 0];
    for (served, now) in served.iter_mut().zip([now, Duration::from_secs(3 + 60)]) {
        for caller in 0..NEWCOMERS {
            let key = newcomer(caller.wrapping_add(now.as_secs() as u32 * NEWCOMERS));
            let mut all = true;
            for _ in 0..3 {
                all &= check(&key, now)?;
            }
            *served += u32::from(all);
        }
    }
    if limiter.used_memory() > bytes.get() {
        return Err("it uses more than it may".into());
    }
    let percent =
        |part: u32, whole: u32| format!("{:.1} %", 100.0 * f64::from(part) / f64::from(whole));
    println!(
        "{from_name:<18}{rule_name:<21}{:>9}{:>10}{keys:>10}{:>9}{:>10}{:>12}{:>12}{:>10}",
        format!("{mebibytes} MiB"),
        format!("{} MiB", resident >> 20),
        resident / keys.max(1),
        format!("{each} ns"),
        percent(kept, KNOWN),
        percent(served[0], NEWCOMERS),
        percent(served[1], NEWCOMERS),
    );
    Ok(())
}

fn rule(quotas: &[(u32, u64)]) -> Result<Rule, Failure> {
    let mut all = Vec::new();
    for (amount, seconds) in quotas {
        let amount = NonZeroU32::new(*amount).ok_or("no amount")?;
        all.push(Quota::new(
            amount,
            NonZeroU64::new(*seconds).ok_or("no period")?,
        ));
    }
    Ok(Rule::new(all, None)?)
}

/// Somebody who was there before: of the networks that a flood from everywhere comes from, too.
fn known(number: u32) -> [u8; 4] {
    Ipv4Addr::from((number * 7).wrapping_mul(2_654_435_761) | 1).octets()
}

fn newcomer(number: u32) -> [u8; 4] {
    Ipv4Addr::from(number.wrapping_mul(2_246_822_519) & !1).octets()
}

/// The address of this number in the flood, as the limiter gets it: four bytes, or the seven of a /56.
fn flood<T>(from: From, number: u32, use_key: &dyn Fn(&[u8]) -> T) -> T {
    match from {
        // An odd factor: no two numbers have the same product.
        From::V4 => use_key(&number.wrapping_mul(2_654_435_761).to_be_bytes()),
        From::V6 => {
            let [a, b, c, d] = number.wrapping_mul(2_654_435_761).to_be_bytes();
            use_key(&[0x20 | a >> 5, a, b, c, d, 0, 1])
        }
        From::OneProvider => {
            let [a, b, c, d] = number.to_be_bytes();
            use_key(&[0x2a, 0x01, 0x05, 0x58 | a & 7, b, c, d])
        }
    }
}

/// How long this process has been on a processor, in nanoseconds: others may be busy, too.
fn on_processor() -> Result<u64, Failure> {
    let statistics = fs::read_to_string("/proc/self/schedstat")?;
    let first = statistics.split_whitespace().next();
    Ok(first.ok_or("no schedstat")?.parse()?)
}

/// What this process has in memory, in bytes.
fn resident() -> Result<usize, Failure> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().next());
    Ok(kibibytes.ok_or("no VmRSS")?.parse::<usize>()? << 10)
}
