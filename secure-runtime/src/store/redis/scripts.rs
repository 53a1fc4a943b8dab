//! The scripts. Each touches one key, so that it runs on a cluster, too, and each is one atomic step.

use ::redis::Script;

/// Sets `KEYS[1]` to `ARGV[2]` for `ARGV[3]` ms if nothing is there that lives at `ARGV[1]`. Nil if
/// something is; else the header of what was there and is over, or nothing.
const PUT_IF_ABSENT: &str = r"
local found = redis.call('GET', KEYS[1])
if found then
    local ends = tonumber(string.sub(found, 2, 17))
    local owner = tonumber(string.sub(found, 34, 36))
    if string.sub(found, 1, 1) ~= '1' or not ends or not owner then
        return redis.error_reply('CORRUPT the value at this key is not one of ours')
    end
    if ends > tonumber(ARGV[1]) then return false end
    found = string.sub(found, 1, 36 + owner)
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return found or ''";

/// Sets `KEYS[1]` to `ARGV[2]` for `ARGV[3]` ms if what is there lives at `ARGV[1]` and its value is
/// `ARGV[4]`. Nil if not; else the header of what was there.
const COMPARE_AND_SWAP: &str = r"
local found = redis.call('GET', KEYS[1])
if not found then return false end
local ends = tonumber(string.sub(found, 2, 17))
local owner = tonumber(string.sub(found, 34, 36))
if string.sub(found, 1, 1) ~= '1' or not ends or not owner then
    return redis.error_reply('CORRUPT the value at this key is not one of ours')
end
if ends <= tonumber(ARGV[1]) or string.sub(found, 37 + owner) ~= ARGV[4] then return false end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return string.sub(found, 1, 36 + owner)";

/// Adds the member `ARGV[2]`, which is over at `ARGV[3]`, to the index `KEYS[1]`; removes the members
/// that were over at `ARGV[1]`; lets the index live for at least `ARGV[4]` ms.
const INDEX: &str = r"
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[2])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[4]) then
    redis.call('PEXPIRE', KEYS[1], ARGV[4])
end
return 1";

#[derive(Debug)]
pub(super) struct Scripts {
    pub(super) put_if_absent: Script,
    pub(super) compare_and_swap: Script,
    pub(super) index: Script,
}

impl Scripts {
    pub(super) fn new() -> Self {
        Self {
            put_if_absent: Script::new(PUT_IF_ABSENT),
            compare_and_swap: Script::new(COMPARE_AND_SWAP),
            index: Script::new(INDEX),
        }
    }
}
