//! The script, what goes into it and what comes out.

use std::{sync::LazyLock, time::Duration};

use ::redis::{Cmd, Script, cmd};
use secure_grammar::Quota;

use crate::limit::{Amount, Charge, Decision, Receipt, Refusal, Rule, Standing};

/// The server's time, and what is kept until a moment of it. An expiry counts in whole milliseconds; up, so
/// that nothing goes which still counts.
const BY_THE_SERVER: &str = r"
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local function keep(state, till)
    redis.call('SET', KEYS[1], cmsgpack.pack(state), 'PXAT', string.format('%.0f', math.ceil(till / 1000)))
end
";

/// The time of the charge, which is no time of the server's: nothing expires before the test is over.
#[cfg(feature = "test")]
const BY_THE_CHARGE: &str = r"
local now = tonumber(table.remove(ARGV))
local function keep(state)
    redis.call('SET', KEYS[1], cmsgpack.pack(state), 'EX', 3600)
end
";

const CHARGE: &str = include_str!("script.lua");

/// The longest period, in microseconds: a hundred years. With the time of day it is below 2^53.
const LONGEST: u64 = 100 * 31_557_600 * 1_000_000;

/// The furthest that a smooth rule looks ahead, in microseconds: 73 years, as in this process.
const FURTHEST: u64 = u64::MAX / 8 / 1000;

/// Up to this amount each unit has its own moment, and above it a period has as many parts.
const EXACT: u32 = 64;

/// Up to which a script has every whole number, with one bit to spare for a sum of two.
const WHOLE: u64 = 1 << 52;

/// By whose time charges are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Time {
    Server,
    #[cfg(feature = "test")]
    Charge,
}

/// A script, and the hash by which a server knows it that has seen it before.
pub(super) struct Program {
    text: String,
    hash: String,
}

impl Program {
    fn new(before: &str) -> Self {
        let text = [before, CHARGE].concat();
        let hash = Script::new(&text).get_hash().to_owned();
        Self { text, hash }
    }

    pub(super) fn by(time: Time) -> &'static Self {
        static SERVER: LazyLock<Program> = LazyLock::new(|| Program::new(BY_THE_SERVER));
        #[cfg(feature = "test")]
        static CHARGE: LazyLock<Program> = LazyLock::new(|| Program::new(BY_THE_CHARGE));
        match time {
            Time::Server => &SERVER,
            #[cfg(feature = "test")]
            Time::Charge => &CHARGE,
        }
    }

    /// Runs the script if the server knows it.
    pub(super) fn known(&self, key: &str, call: &Call) -> Cmd {
        call.command("EVALSHA", &self.hash, key)
    }

    /// Runs the script, which the server knows from then on.
    pub(super) fn new_to_it(&self, key: &str, call: &Call) -> Cmd {
        call.command("EVAL", &self.text, key)
    }
}

/// What the script is called with.
pub(super) struct Call {
    act: &'static str,
    numbers: Vec<u64>,
}

impl Call {
    /// What a charge asks for. A charge of more units than the rule holds does not get here.
    pub(super) fn new(charge: &Charge<'_>, time: Time) -> Self {
        let (amount, taken) = match charge.amount {
            Amount::Take(amount) => (amount.get(), 0),
            Amount::GiveBack(receipt) => (receipt.amount().get(), microseconds(receipt.at())),
        };
        let (act, mut numbers) = match (charge.rule.burst(), charge.amount) {
            (Some(burst), Amount::Take(_)) => {
                ("smooth", smooth(charge.rule, amount.into(), burst.get()))
            }
            // Nothing comes back to a smooth rule, which is only looked at.
            (Some(burst), Amount::GiveBack(_)) => ("smooth", smooth(charge.rule, 0, burst.get())),
            (None, Amount::Take(_)) => ("take", windows(charge.rule, amount, 0)),
            (None, Amount::GiveBack(_)) => ("back", windows(charge.rule, amount, taken)),
        };
        numbers.extend(match time {
            Time::Server => None::<u64>,
            #[cfg(feature = "test")]
            Time::Charge => Some(microseconds(charge.now)),
        });
        Self { act, numbers }
    }

    /// Whether it lets more pass than before.
    pub(super) fn gives_back(&self) -> bool {
        self.act == "back"
    }

    fn command(&self, how: &str, script: &str, key: &str) -> Cmd {
        let mut command = cmd(how);
        command.arg(script).arg(1).arg(key).arg(self.act);
        for number in &self.numbers {
            command.arg(number);
        }
        command
    }
}

fn windows(rule: &Rule, amount: u32, taken: u64) -> Vec<u64> {
    let mut numbers = vec![amount.into(), taken];
    for quota in rule.quotas() {
        let most = quota.amount().get();
        let period = period(*quota);
        let grain = match most {
            ..=EXACT => 1,
            _ => period / u64::from(EXACT),
        };
        numbers.extend([most.into(), period, grain]);
    }
    numbers
}

/// The time between two units is rounded up to ticks, which are as fine as the whole burst still is a number
/// that a script has exactly: at least as fine as microseconds.
fn smooth(rule: &Rule, amount: u64, burst: u32) -> Vec<u64> {
    let quota = rule.first();
    let units = u64::from(quota.amount().get());
    let period = period(quota);
    let coarse = period.div_ceil(units).min(FURTHEST);
    let burst = u64::from(burst).min(FURTHEST / coarse);
    let mut scale = 1;
    while scale < 1 << 20 && burst.saturating_mul(coarse) <= WHOLE / (2 * scale) {
        scale *= 2;
    }
    let ticks = (u128::from(period) * u128::from(scale)).div_ceil(u128::from(units));
    let ticks = u64::try_from(ticks).unwrap_or(WHOLE).min(coarse * scale);
    vec![amount, 0, burst, ticks, scale]
}

/// What is never allowed, whatever stands in the counter.
pub(super) fn never(charge: &Charge<'_>) -> Option<Decision> {
    let Amount::Take(amount) = charge.amount else {
        return None;
    };
    let too_much = match charge.rule.burst() {
        None => {
            let mut quotas = charge.rule.quotas().iter();
            quotas.find(|quota| amount > quota.amount()).copied()
        }
        Some(burst) => {
            let numbers = smooth(charge.rule, 0, burst.get());
            let holds = numbers.get(2).copied().unwrap_or_default();
            (u64::from(amount.get()) > holds).then(|| charge.rule.first())
        }
    };
    too_much.map(|quota| {
        Decision::Refused(Refusal {
            quota,
            retry_after: quota.period(),
        })
    })
}

/// What the script has answered.
pub(super) fn decision(charge: &Charge<'_>, answer: &[u64]) -> Option<Decision> {
    let quota = |number: u64| {
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        charge.rule.quotas().get(index).copied()
    };
    match *answer {
        [0, number, wait] => Some(Decision::Refused(Refusal {
            quota: quota(number)?,
            retry_after: Duration::from_micros(wait),
        })),
        [1, number, remaining, reset, now] => {
            let receipt = match (charge.amount, charge.rule.burst()) {
                (Amount::Take(amount), None) => {
                    Some(Receipt::new(amount, Duration::from_micros(now)))
                }
                _ => None,
            };
            Some(Decision::Allowed(Standing {
                quota: quota(number)?,
                remaining: u32::try_from(remaining).unwrap_or(u32::MAX),
                reset: Duration::from_micros(reset),
                receipt,
            }))
        }
        _ => None,
    }
}

fn period(quota: Quota) -> u64 {
    microseconds(quota.period()).min(LONGEST)
}

fn microseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).map_or(WHOLE, |micros| micros.min(WHOLE))
}
