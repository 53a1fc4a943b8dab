//! Refresh tokens: opaque, used once, and known again when they are used twice.
//!
//! All refresh tokens of one sign-in are a *family* with one record in the store. Each use makes the
//! next generation; a token of an older generation is a replay, and ends the family (RFC 9700 §4.14.2):
//! whoever holds the newest token, thief or owner, has to sign in again.
//!
//! An honest client may send a token twice: its connection broke, or two of its tabs refreshed at once.
//! So within a *grace* (10 seconds by default), and only until the successor is used for the first time,
//! a replay gets the same successor again. The successor is derived, not drawn, so that this needs no
//! token in the store.

mod record;
mod text;

use std::{fmt, sync::Arc, time::Duration};

use record::Record;
use text::Parts;
pub(crate) use text::TagKey;

use super::{Refresh, Token};
use crate::{
    clock::Clock,
    store::{Entry, Space, Store, StoreError},
};

const FAMILIES: Space<'static> = Space::new("refresh");

/// How long refresh tokens live.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RefreshSettings {
    /// From one use to the next.
    pub(crate) idle: Duration,
    /// From the sign-in on, however often they are used.
    pub(crate) absolute: Duration,
    /// For how long a replay gets the same successor; zero is never.
    pub(crate) grace: Duration,
}

/// 7 and 30 days, 10 seconds (requirement A7).
impl Default for RefreshSettings {
    fn default() -> Self {
        const DAY: Duration = Duration::from_secs(24 * 60 * 60);
        Self {
            idle: DAY * 7,
            absolute: DAY * 30,
            grace: Duration::from_secs(10),
        }
    }
}

/// A sign-in that lives on by refresh tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Family {
    /// Its name: `sid` in its access tokens. It opens nothing.
    pub id: String,
    /// Whose it is.
    pub subject: String,
    /// The client that it was issued to.
    pub client_id: String,
    /// What was granted at sign-in.
    pub scopes: Vec<String>,
    /// When the caller proved who it is, since 1970-01-01T00:00:00Z.
    pub signed_in_at: Duration,
    /// When it began, since 1970-01-01T00:00:00Z.
    pub started_at: Duration,
    /// When it was last refreshed, since 1970-01-01T00:00:00Z.
    pub refreshed_at: Duration,
}

/// What a request to refresh asks for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Wanted<'a> {
    /// Which client says that it asks; the token is worth nothing to another one (RFC 6749 §6).
    pub(super) client_id: Option<&'a str>,
    /// Which of the scopes; all of them where it says nothing.
    pub(super) scopes: Option<&'a [String]>,
}

/// What a refresh token was found to be.
pub(super) enum Rotation {
    /// The newest of its family, or its predecessor within the grace: here is the one successor.
    Rotated { successor: Token<Refresh> },
    /// Used before. The family has ended by that.
    Reused(Family),
    /// None of ours, expired, another client's, or of a family that has ended.
    Invalid,
    /// Scopes are asked for that were never granted. Nothing is used up.
    ScopeNotGranted,
}

/// The families in the store.
pub(super) struct Families {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    settings: RefreshSettings,
    /// Makes tokens.
    key: TagKey,
    /// Recognise tokens that were made with them.
    previous: Vec<TagKey>,
}

/// How a family begins.
pub(super) struct Start<'a> {
    pub(super) subject: &'a str,
    pub(super) client_id: &'a str,
    pub(super) scopes: &'a [String],
    /// Since 1970.
    pub(super) signed_in_at: Duration,
}

impl Families {
    /// `key` makes tokens; tokens that were made with one of `previous` are recognised.
    pub(super) fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        settings: RefreshSettings,
        key: TagKey,
        previous: Vec<TagKey>,
    ) -> Self {
        Self {
            store,
            clock,
            settings,
            key,
            previous,
        }
    }

    /// Begins a family, with its first token.
    pub(super) async fn start(
        &self,
        start: &Start<'_>,
    ) -> Result<(Family, Token<Refresh>), StoreError> {
        let now = millis(self.clock.unix());
        let record = Record {
            subject: start.subject.to_owned(),
            client_id: start.client_id.to_owned(),
            scopes: start.scopes.to_vec(),
            signed_in_at: millis(start.signed_in_at),
            started_at: now,
            rotated_at: now,
            generation: 0,
            key: self.key.id().to_owned(),
        };
        let parts = Parts::first(&self.key);
        let id = parts.family_id();
        let value = record.to_bytes();
        let entry = Entry {
            value: &value,
            owner: Some(start.subject),
            lifetime: self.settings.idle.min(self.settings.absolute),
        };
        // The seed has 256 random bits: nothing is there.
        self.store.put_if_absent(FAMILIES.key(&id), entry).await?;
        Ok((family(id, record), parts.token()))
    }

    /// Uses a token.
    pub(super) async fn rotate(
        &self,
        token: &Token<Refresh>,
        wanted: &Wanted<'_>,
    ) -> Result<Rotation, StoreError> {
        let parts = Parts::parse(token).filter(|parts| self.recognises(parts));
        let Some(parts) = parts else {
            return Ok(Rotation::Invalid);
        };
        let id = parts.family_id();
        // Each turn but the last means that somebody else has used the family meanwhile.
        loop {
            let Some(stored) = self.store.get(FAMILIES.key(&id)).await? else {
                return Ok(Rotation::Invalid);
            };
            let record = Record::from_bytes(&stored)?;
            let now = self.clock.unix();
            if record.lifetime(&self.settings, now).is_none() {
                self.end(&id).await?;
                return Ok(Rotation::Invalid);
            }
            let (used, newest) = (parts.generation(), record.generation);
            let is_graced =
                used.checked_add(1) == Some(newest) && record.is_in_grace(&self.settings, now);
            if (used == newest || is_graced)
                && let Some(refusal) = wanted.refusal(&record)
            {
                return Ok(refusal);
            }
            if used == newest {
                match self.advance(&id, &stored, &record, &parts, now).await? {
                    Some(rotation) => return Ok(rotation),
                    None => continue,
                }
            }
            if is_graced {
                let Some(key) = self.keys().find(|key| key.id() == record.key) else {
                    return Ok(Rotation::Invalid);
                };
                let successor = parts.of_generation(newest, key).token();
                return Ok(Rotation::Rotated { successor });
            }
            // Older, or newer than what the store knows, which has then forgotten something: either
            // way two parties hold tokens of the family. Who ends it is the one who reports it.
            return Ok(match self.end(&id).await? {
                Some(ended) => Rotation::Reused(ended),
                None => Rotation::Invalid,
            });
        }
    }

    /// The family of a token of ours, newest or not; nothing is used up.
    pub(super) async fn find(&self, token: &Token<Refresh>) -> Result<Option<Family>, StoreError> {
        let parts = Parts::parse(token).filter(|parts| self.recognises(parts));
        let Some(id) = parts.map(|parts| parts.family_id()) else {
            return Ok(None);
        };
        let stored = self.store.get(FAMILIES.key(&id)).await?;
        let record = stored.map(|bytes| Record::from_bytes(&bytes)).transpose()?;
        Ok(record.map(|record| family(id, record)))
    }

    /// Ends a family: none of its tokens gets anything any more.
    pub(super) async fn end(&self, id: &str) -> Result<Option<Family>, StoreError> {
        let stored = self.store.take(FAMILIES.key(id)).await?;
        let record = stored.map(|bytes| Record::from_bytes(&bytes)).transpose()?;
        Ok(record.map(|record| family(id.to_owned(), record)))
    }

    /// The families of a subject, the newest first.
    pub(super) async fn of_subject(&self, subject: &str) -> Result<Vec<Family>, StoreError> {
        let mut families = Vec::new();
        for listed in self.store.list(FAMILIES, subject).await? {
            families.push(family(listed.id, Record::from_bytes(&listed.value)?));
        }
        families.sort_by_key(|family| std::cmp::Reverse(family.refreshed_at));
        Ok(families)
    }

    /// The successor, if the record is still as it was read.
    async fn advance(
        &self,
        id: &str,
        stored: &[u8],
        record: &Record,
        parts: &Parts,
        now: Duration,
    ) -> Result<Option<Rotation>, StoreError> {
        let Some(generation) = record.generation.checked_add(1) else {
            self.end(id).await?;
            return Ok(Some(Rotation::Invalid));
        };
        let next = Record {
            generation,
            rotated_at: millis(now),
            key: self.key.id().to_owned(),
            ..record.clone()
        };
        let Some(lifetime) = next.lifetime(&self.settings, now) else {
            return Ok(Some(Rotation::Invalid));
        };
        let value = next.to_bytes();
        let entry = Entry {
            value: &value,
            owner: Some(&next.subject),
            lifetime,
        };
        let key_of_entry = FAMILIES.key(id);
        let won = self.store.compare_and_swap(key_of_entry, stored, entry);
        Ok(won.await?.then(|| Rotation::Rotated {
            successor: parts.of_generation(generation, &self.key).token(),
        }))
    }

    fn recognises(&self, parts: &Parts) -> bool {
        self.keys().any(|key| parts.is_of(key))
    }

    fn keys(&self) -> impl Iterator<Item = &TagKey> {
        std::iter::once(&self.key).chain(&self.previous)
    }
}

impl Wanted<'_> {
    fn refusal(&self, record: &Record) -> Option<Rotation> {
        if self.client_id.is_some_and(|id| id != record.client_id) {
            return Some(Rotation::Invalid);
        }
        let mut scopes = self.scopes.into_iter().flatten();
        scopes
            .any(|scope| !record.scopes.contains(scope))
            .then_some(Rotation::ScopeNotGranted)
    }
}

fn family(id: String, record: Record) -> Family {
    Family {
        id,
        subject: record.subject,
        client_id: record.client_id,
        scopes: record.scopes,
        signed_in_at: Duration::from_millis(record.signed_in_at),
        started_at: Duration::from_millis(record.started_at),
        refreshed_at: Duration::from_millis(record.rotated_at),
    }
}

fn millis(moment: Duration) -> u64 {
    u64::try_from(moment.as_millis()).unwrap_or(u64::MAX)
}

impl fmt::Debug for Families {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Families")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
