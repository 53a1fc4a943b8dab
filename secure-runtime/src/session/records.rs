use std::{fmt, sync::Arc};

use super::{
    record::{Record, Secrets},
    text::{Presented, SessionId},
    verify::Verified,
};
use crate::{
    clock::Clock,
    remembered::Remembered,
    store::{Entry, Listed, Space, Store, StoreError},
};

const SESSIONS: Space<'static> = Space::new("session");

/// The sessions in the store, and what is remembered of them here.
pub(crate) struct Records {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    pub(super) remembered: Remembered<SessionId, Verified>,
}

/// A record as the store holds it.
pub(super) struct Stored {
    bytes: Vec<u8>,
    pub(super) record: Record,
}

/// A session as it was listed.
pub(crate) struct Named {
    pub(crate) id: SessionId,
    /// `None` where it cannot be read.
    pub(super) record: Option<Record>,
}

impl Records {
    pub(crate) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            clock,
            remembered: Remembered::new(),
        }
    }

    /// What the store holds of a session, if the secret is right.
    pub(super) async fn read(&self, presented: &Presented) -> Result<Option<Stored>, StoreError> {
        let now = self.clock.unix();
        let stored = self.stored(presented.id).await?;
        Ok(stored
            .filter(|(_, secrets)| secrets.include(&presented.secret, now))
            .map(|(it, _)| it))
    }

    /// What the store holds of a session, whoever asks. What cannot be read is none: it would keep its holder
    /// from signing in, and out, for as long as it lies there.
    pub(super) async fn stored(
        &self,
        id: SessionId,
    ) -> Result<Option<(Stored, Secrets)>, StoreError> {
        let id = id.to_text();
        let Some(bytes) = self.store.get(SESSIONS.key(&id)).await? else {
            return Ok(None);
        };
        let read = Record::from_bytes(&bytes)
            .and_then(|record| Ok((record.secrets()?, record)))
            .inspect_err(|error| tracing::error!(%error, id, "a session is passed over"));
        Ok(read
            .ok()
            .map(|(secrets, record)| (Stored { bytes, record }, secrets)))
    }

    /// Writes a session that has just begun.
    pub(super) async fn begin(
        &self,
        id: SessionId,
        record: &Record,
        lifetime: std::time::Duration,
    ) -> Result<(), StoreError> {
        let (id, value) = (id.to_text(), record.to_bytes());
        let entry = Entry {
            value: &value,
            owner: Some(&record.subject),
            lifetime,
        };
        match self.store.put_if_absent(SESSIONS.key(&id), entry).await? {
            true => Ok(()),
            // 128 random bits: not to be hoped for.
            false => Err(StoreError::Corrupt("a session")),
        }
    }

    /// Writes what a session is now, if it is still as it was read. One that has ended meanwhile stays so.
    pub(super) async fn replace(
        &self,
        id: SessionId,
        stored: &Stored,
        record: &Record,
        lifetime: std::time::Duration,
    ) -> Result<bool, StoreError> {
        let (id, value) = (id.to_text(), record.to_bytes());
        let entry = Entry {
            value: &value,
            owner: Some(&record.subject),
            lifetime,
        };
        let key = SESSIONS.key(&id);
        self.store.compare_and_swap(key, &stored.bytes, entry).await
    }

    /// Ends a session; `false` where there was none (any more). Whatever the store answers, nobody is let in
    /// here again without asking it.
    pub(crate) async fn end(&self, id: SessionId) -> Result<bool, StoreError> {
        let _forget = Forget(self, id);
        let id = id.to_text();
        Ok(self.store.take(SESSIONS.key(&id)).await?.is_some())
    }

    /// The sessions of a subject, in no particular order.
    pub(crate) async fn of_subject(&self, subject: &str) -> Result<Vec<Named>, StoreError> {
        let listed = self.store.list(SESSIONS, subject).await?;
        let named = listed.into_iter().filter_map(|Listed { id, value }| {
            let record = Record::from_bytes(&value)
                .inspect_err(|error| tracing::error!(%error, id, "a session is passed over"));
            Some(Named {
                id: SessionId::parse(&id)?,
                record: record.ok(),
            })
        });
        Ok(named.collect())
    }
}

/// Has a session forgotten, whether or not its end comes about.
struct Forget<'a>(&'a Records, SessionId);

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        self.0.remembered.forget(&self.1);
    }
}

impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Records").finish_non_exhaustive()
    }
}
