//! What is said of an outage, to whoever can end it.

use ::redis::RedisError;

use crate::redis_link::LinkError;

const RIGHTS: &str = "the user lacks a right: it needs `+@scripting +get +set +del +time +ping` on the keys \
                      with the prefix of this limiter";

/// What to do about it, for those failures that do not end by themselves.
pub(super) fn advice(error: &LinkError) -> &'static str {
    let LinkError::Refused(refusal) = error else {
        return "it hangs, is overloaded, or the network drops packets";
    };
    match refusal.code() {
        Some("READONLY") => "it is a read-only replica: name the primary",
        Some("MASTERDOWN") => "it is a replica that has lost its primary: name the primary",
        Some("NOREPLICAS") => {
            "it refuses writes until enough replicas follow it: see `min-replicas-to-write`"
        }
        Some("LOADING") => "it is loading its data, and answers when it is done",
        Some("OOM") => {
            "it is full: raise its `maxmemory`, and leave `maxmemory-policy` at `noeviction`"
        }
        Some("MISCONF") => {
            "it cannot save its data and refuses writes: see its log, or turn \
             `stop-writes-on-bgsave-error` off, since counters need not be saved"
        }
        Some("NOAUTH") => "it wants a password: write `redis://user:password@host`",
        Some("WRONGPASS") => "it does not know the user and password of the address",
        Some("NOPERM") => RIGHTS,
        Some("BUSY") => "a script of somebody else keeps it busy: `SCRIPT KILL` ends that",
        Some("MOVED" | "ASK" | "CLUSTERDOWN" | "TRYAGAIN") => {
            "it is a node of a cluster that does not hold every slot: name a server that does, or a proxy \
             that leads to the right node"
        }
        Some("CORRUPT" | "WRONGTYPE") => {
            "somebody else writes to keys with the prefix of this limiter"
        }
        // What a script may not do is an error without a code of its own.
        _ if has(refusal, "user executing the script can't") => RIGHTS,
        _ if has(refusal, "unknown command") => {
            "it runs no scripts: name a Redis 6.2 or later, or a Valkey"
        }
        _ if refusal.is_io_error() => "it is not there, or nobody can reach it",
        _ => "see what it says",
    }
}

fn has(refusal: &RedisError, words: &str) -> bool {
    refusal
        .detail()
        .is_some_and(|detail| detail.contains(words))
}
