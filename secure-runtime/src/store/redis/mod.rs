mod envelope;
mod keys;
mod scripts;

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use ::redis::{Cmd, cmd};

use super::{
    Entry, Key, Listed, Space, Store, StoreError, StoreFuture, entry::check_owner,
    key::check_space, time,
};
use crate::{
    clock::{Clock, SystemClock},
    redis_link::{Limit, Link, LinkError},
};
use envelope::{Envelope, Tag, id_of_member, pack};
use keys::Keys;
use scripts::Scripts;

/// A store in Redis 6.2 or later, or in Valkey.
///
/// Every instance of the app that uses the same server and prefix shares it. Every key has an expiry in
/// the server too, so that what is over goes by itself.
///
/// It makes one connection and sends everything over that. When the server is gone or hangs, operations
/// end in time with [`StoreError::Unavailable`], and work again once the server does.
///
/// The server must not evict: with a `maxmemory`, set `maxmemory-policy noeviction`. Otherwise it drops
/// entries that still live, and with them what they protect from; see `docs/threats.md`.
///
/// # Examples
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use secure_runtime::store::RedisStore;
///
/// let store = RedisStore::connect("redis://cache.internal:6379")
///     .await?
///     .with_prefix("shop:");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct RedisStore {
    link: Link,
    keys: Keys,
    scripts: Scripts,
    clock: Arc<dyn Clock>,
    timeout: Duration,
}

impl RedisStore {
    /// Connects to a server, `redis://[user:password@]host[:port][/database]` or
    /// `redis+unix:///path`, and asks whether it answers and evicts: an eviction policy is a warning in
    /// the log. `rediss://` is TLS and needs the feature `redis-tls`; the certificate must be one that
    /// the machine trusts (`SSL_CERT_FILE` names others), and nothing in the address turns that off.
    ///
    /// # Errors
    /// When the address is none, or the server does not answer within a second: an app that needs it
    /// says so at start. From then on an outage is an error of each operation, and no more.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        let store = Self {
            link: Link::new(url).map_err(StoreError::unavailable)?,
            keys: Keys::new("secure:"),
            scripts: Scripts::new(),
            clock: Arc::new(SystemClock::default()),
            timeout: super::DEFAULT_TIMEOUT,
        };
        let limit = store.limit();
        let _: String = store.link.command(&cmd("PING"), limit).await?;
        store.warn_of_eviction(limit).await;
        Ok(store)
    }

    /// What every key starts with. Defaults to `secure:`. Stores with the same prefix are one store.
    #[must_use]
    pub fn with_prefix(mut self, prefix: &str) -> Self {
        self.keys = Keys::new(prefix);
        self
    }

    /// Where the time comes from. Defaults to the machine's clock. The server ends entries by its own
    /// clock as well; the earlier of the two counts.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// How long an operation may take, together with the wait for a connection. Defaults to one second.
    #[must_use]
    pub const fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    async fn fetch(&self, key: Key<'_>) -> Result<Option<Vec<u8>>, StoreError> {
        key.check()?;
        let get = Cmd::get(self.keys.value(key));
        let found: Option<Vec<u8>> = self.link.command(&get, self.limit()).await?;
        self.living(found)
    }

    async fn write(&self, key: Key<'_>, entry: Entry<'_>) -> Result<(), StoreError> {
        let write = self.prepare(key, entry)?;
        self.index(&write).await?;
        let mut set = cmd("SET");
        set.arg(self.keys.value(key))
            .arg(&write.packed)
            .arg("PX")
            .arg(entry.milliseconds())
            .arg("GET");
        let before: Option<Vec<u8>> = self.link.command(&set, write.limit).await?;
        self.forget(key, before.as_deref(), write.limit).await;
        Ok(())
    }

    async fn write_if_absent(&self, key: Key<'_>, entry: Entry<'_>) -> Result<bool, StoreError> {
        let write = self.prepare(key, entry)?;
        self.index(&write).await?;
        let mut script = self.scripts.put_if_absent.key(self.keys.value(key));
        script
            .arg(write.now)
            .arg(&write.packed)
            .arg(entry.milliseconds());
        let before: Option<Vec<u8>> = self.link.script(&script, write.limit).await?;
        self.settle(&write, before).await
    }

    async fn remove(&self, key: Key<'_>) -> Result<Option<Vec<u8>>, StoreError> {
        key.check()?;
        let limit = self.limit();
        let getdel = Cmd::get_del(self.keys.value(key));
        let found: Option<Vec<u8>> = self.link.command(&getdel, limit).await?;
        self.forget(key, found.as_deref(), limit).await;
        self.living(found)
    }

    async fn swap(
        &self,
        key: Key<'_>,
        expected: &[u8],
        entry: Entry<'_>,
    ) -> Result<bool, StoreError> {
        let write = self.prepare(key, entry)?;
        self.index(&write).await?;
        let mut script = self.scripts.compare_and_swap.key(self.keys.value(key));
        script
            .arg(write.now)
            .arg(&write.packed)
            .arg(entry.milliseconds())
            .arg(expected);
        let before: Option<Vec<u8>> = self.link.script(&script, write.limit).await?;
        self.settle(&write, before).await
    }

    /// The index has a member for each write, from before it until after it. So every entry that lives is
    /// in it, and some that do not: those are passed over.
    ///
    /// An entry that is gone since the index was read may stand under another id by now, which was not in
    /// the index then. So where one is missing the index is read again, and if it has changed (no two
    /// writes have the same member), the look is repeated, until the time is over.
    async fn owned(&self, space: Space<'_>, owner: &str) -> Result<Vec<Listed>, StoreError> {
        check_space(space)?;
        check_owner(owner)?;
        let limit = self.limit();
        let mut members = self.members(space, owner, limit).await?;
        loop {
            let look = self.look(space, owner, &members, limit).await?;
            if look.complete {
                return Ok(look.listed);
            }
            let after = self.members(space, owner, limit).await?;
            if after == members {
                return Ok(look.listed);
            }
            members = after;
        }
    }

    /// The writes in the index of an owner.
    async fn members(
        &self,
        space: Space<'_>,
        owner: &str,
        limit: Limit,
    ) -> Result<Vec<String>, StoreError> {
        let mut range = cmd("ZRANGEBYSCORE");
        range
            .arg(self.keys.index(space, owner))
            .arg(format!("({}", self.now()))
            .arg("+inf");
        Ok(self.link.command(&range, limit).await?)
    }

    /// What is there of the writes in an index, all at one moment.
    async fn look(
        &self,
        space: Space<'_>,
        owner: &str,
        members: &[String],
        limit: Limit,
    ) -> Result<Look, StoreError> {
        let mut look = Look {
            listed: Vec::new(),
            complete: true,
        };
        let ids: BTreeSet<&str> = members
            .iter()
            .filter_map(|member| id_of_member(member))
            .collect();
        if ids.is_empty() {
            return Ok(look);
        }
        let mut mget = cmd("MGET");
        for id in &ids {
            mget.arg(self.keys.value(space.key(id)));
        }
        let found: Vec<Option<Vec<u8>>> = self.link.command(&mget, limit).await?;
        let now = self.now();
        for (id, found) in ids.into_iter().zip(found) {
            let envelope = found.as_deref().map(Envelope::open).transpose()?;
            match envelope.filter(|found| found.end > now && found.owner == owner) {
                Some(envelope) => look.listed.push(Listed {
                    id: id.to_owned(),
                    value: envelope.value.to_vec(),
                }),
                None => look.complete = false,
            }
        }
        Ok(look)
    }

    /// Checks what is asked for, and packs it.
    fn prepare<'a>(&self, key: Key<'a>, entry: Entry<'a>) -> Result<Write<'a>, StoreError> {
        key.check()?;
        entry.check()?;
        let now = self.now();
        let tag = Tag::random();
        Ok(Write {
            key,
            entry,
            now,
            packed: pack(entry, entry.end(now), &tag),
            member: tag.member(key.id()),
            limit: self.limit(),
        })
    }

    /// Puts a write into the index of its owner. Before the value: what lives is always listed.
    async fn index(&self, write: &Write<'_>) -> Result<(), StoreError> {
        let Some(owner) = write.entry.owner else {
            return Ok(());
        };
        let mut script = self
            .scripts
            .index
            .key(self.keys.index(write.key.space(), owner));
        script
            .arg(write.now.saturating_sub(time::KEPT_AFTER_END))
            .arg(&write.member)
            .arg(write.entry.end(write.now))
            .arg(write.entry.milliseconds() + time::KEPT_AFTER_END);
        let _: u8 = self.link.script(&script, write.limit).await?;
        Ok(())
    }

    /// Whether a write under a condition took place, with the index as it must be then.
    async fn settle(&self, write: &Write<'_>, before: Option<Vec<u8>>) -> Result<bool, StoreError> {
        let done = before.is_some();
        let superfluous = before.as_deref().unwrap_or(&write.packed);
        self.forget(write.key, Some(superfluous), write.limit).await;
        Ok(done)
    }

    /// Takes a write that is no more out of the index of its owner. What was asked for is done by then:
    /// if this fails, the member stays until its end, and `list` passes it over.
    async fn forget(&self, key: Key<'_>, packed: Option<&[u8]>, limit: Limit) {
        let Some(envelope) = packed.and_then(|packed| Envelope::open(packed).ok()) else {
            return;
        };
        let Some(member) = envelope.member(key.id()) else {
            return;
        };
        let zrem = Cmd::zrem(self.keys.index(key.space(), envelope.owner), member);
        let forgotten: Result<u8, _> = self.link.command(&zrem, limit).await;
        if let Err(error) = forgotten {
            tracing::debug!(%error, "a member of an index stays until its end");
        }
    }

    /// The value of what was found, if it lives.
    fn living(&self, found: Option<Vec<u8>>) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(found) = found else {
            return Ok(None);
        };
        let envelope = Envelope::open(&found)?;
        let lives = envelope.end > self.now();
        Ok(lives.then(|| envelope.value.to_vec()))
    }

    /// A server that evicts breaks the promise that nothing is dropped. Where it does not tell, nothing
    /// is said.
    async fn warn_of_eviction(&self, limit: Limit) {
        if let Ok(Some(policy)) = self.link.eviction(limit).await {
            tracing::warn!(
                policy,
                "Redis may evict entries that still live: set maxmemory-policy to noeviction"
            );
        }
    }

    fn limit(&self) -> Limit {
        Limit::new(self.timeout)
    }

    fn now(&self) -> u64 {
        time::milliseconds(&*self.clock)
    }
}

impl From<LinkError> for StoreError {
    fn from(error: LinkError) -> Self {
        let code = match &error {
            LinkError::Late(_) => None,
            LinkError::Refused(refusal) => refusal.code(),
        };
        match code {
            // More memory than `maxmemory`, and nothing may be evicted.
            Some("OOM") => Self::Full,
            Some("CORRUPT" | "WRONGTYPE") => Self::Corrupt("a value"),
            _ => Self::unavailable(error),
        }
    }
}

/// What `list` has seen.
struct Look {
    listed: Vec<Listed>,
    /// Whether everything that is in the index is there.
    complete: bool,
}

/// An entry on its way to the server.
struct Write<'a> {
    key: Key<'a>,
    entry: Entry<'a>,
    now: u64,
    packed: Vec<u8>,
    /// Of the owner's index.
    member: String,
    limit: Limit,
}

impl Store for RedisStore {
    fn get<'a>(&'a self, key: Key<'a>) -> StoreFuture<'a, Option<Vec<u8>>> {
        Box::pin(self.fetch(key))
    }

    fn put<'a>(&'a self, key: Key<'a>, entry: Entry<'a>) -> StoreFuture<'a, ()> {
        Box::pin(self.write(key, entry))
    }

    fn put_if_absent<'a>(&'a self, key: Key<'a>, entry: Entry<'a>) -> StoreFuture<'a, bool> {
        Box::pin(self.write_if_absent(key, entry))
    }

    fn take<'a>(&'a self, key: Key<'a>) -> StoreFuture<'a, Option<Vec<u8>>> {
        Box::pin(self.remove(key))
    }

    fn compare_and_swap<'a>(
        &'a self,
        key: Key<'a>,
        expected: &'a [u8],
        entry: Entry<'a>,
    ) -> StoreFuture<'a, bool> {
        Box::pin(self.swap(key, expected, entry))
    }

    fn list<'a>(&'a self, space: Space<'a>, owner: &'a str) -> StoreFuture<'a, Vec<Listed>> {
        Box::pin(self.owned(space, owner))
    }
}
