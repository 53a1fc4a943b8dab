//! What counts requests, where the environment says so.

use std::env::VarError;

use super::{Purpose, reader::Reader};
use crate::limit::Limiter;

const URL: &str = "SECURE_LIMITS_URL";
const WHEN_DOWN: &str = "SECURE_LIMITS_WHEN_DOWN";
const PREFIX: &str = "SECURE_LIMITS_PREFIX";

/// The Redis of `SECURE_LIMITS_URL`. Its address may hold a password, so no finding shows it.
pub(super) fn limiter(
    reader: &mut Reader<'_, impl Fn(&str) -> Result<String, VarError>>,
    purpose: Purpose,
) -> Option<Box<dyn Limiter>> {
    let before = reader.findings.len();
    let url = reader.secret(URL);
    let when_down = reader.text(WHEN_DOWN);
    let prefix = reader.text(PREFIX);
    let Some(url) = url else {
        // One that cannot be read is one that is meant.
        if reader.findings.len() == before {
            for (name, text) in [(WHEN_DOWN, &when_down), (PREFIX, &prefix)] {
                if text.is_some() {
                    let why = format!("`{name}` says nothing without `{URL}`, which is not set");
                    reader.findings.push(why);
                }
            }
        }
        return None;
    };
    let when_down = when_down.as_deref().map(str::trim);
    match make(&url.text, when_down, prefix.as_deref(), purpose) {
        Ok(limiter) => Some(limiter),
        Err(why) => {
            reader.findings.push(why);
            None
        }
    }
}

#[cfg(feature = "redis")]
fn make(
    url: &str,
    when_down: Option<&str>,
    prefix: Option<&str>,
    purpose: Purpose,
) -> Result<Box<dyn Limiter>, String> {
    use crate::limit::{RedisLimiter, UnknownChoice, WhenDown};

    let Some(when_down) = when_down else {
        return Err(format!(
            "`{WHEN_DOWN}` is not set, and `{URL}` needs it: what happens while Redis is down has no default; \
             {UnknownChoice}"
        ));
    };
    let when_down: WhenDown = when_down
        .parse()
        .map_err(|why| format!("`{WHEN_DOWN}`: `{when_down}` is no choice; {why}"))?;
    let limiter = RedisLimiter::lazy(url, when_down).map_err(|why| format!("`{URL}`: {why}"))?;
    let limiter = match prefix {
        Some(prefix) => limiter.with_prefix(prefix),
        None => limiter,
    };
    if purpose == Purpose::Start {
        limiter.look_around();
    }
    Ok(Box::new(limiter))
}

#[cfg(not(feature = "redis"))]
fn make(_: &str, _: Option<&str>, _: Option<&str>, _: Purpose) -> Result<Box<dyn Limiter>, String> {
    Err(format!(
        "`{URL}` is set, and this program cannot count in Redis: build it with the feature `redis` of \
         secure-runtime, or `redis-tls` for `rediss://`"
    ))
}
