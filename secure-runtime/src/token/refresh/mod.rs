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

use super::{HORIZON, Refresh, Token, millis};
use crate::{
    clock::Clock,
    store::{Entry, Listed, Space, Store, StoreError},
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
    /// How long a family is known that has ended: as long as an access token could live.
    pub(crate) remembered_after_end: Duration,
}

/// 7 and 30 days, 10 seconds (requirement A7).
impl Default for RefreshSettings {
    fn default() -> Self {
        const DAY: Duration = Duration::from_secs(24 * 60 * 60);
        Self {
            idle: DAY * 7,
            absolute: DAY * 30,
            grace: Duration::from_secs(10),
            remembered_after_end: HORIZON,
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
    /// Whether that is less than the subject could have had.
    pub restricted: bool,
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
pub(super) enum Found {
    /// The newest of its family, or its predecessor within the grace.
    Good(Family),
    /// Used before, or newer than what the store knows, which has then forgotten something: either way two
    /// parties hold tokens of the family.
    Replayed(Family),
    /// Of a family that has ended.
    Ended(Family),
    /// None of ours, expired or another client's.
    Invalid,
    /// Good, and scopes are asked for that were never granted.
    ScopeNotGranted,
}

/// What the use of a token has come to.
pub(super) enum Rotation {
    /// Here is the one successor.
    Rotated { successor: Token<Refresh> },
    /// Nothing was changed.
    Refused(Found),
}

/// A family that has ended.
pub(super) struct Ended {
    pub(super) family: Family,
    /// Whether it was this call that ended it.
    pub(super) just_now: bool,
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
    pub(super) restricted: bool,
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
            restricted: start.restricted,
            ended: false,
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
        Ok((family(&id, &record), parts.token()))
    }

    /// What a token is. Nothing is changed by that.
    pub(super) async fn find(
        &self,
        token: &Token<Refresh>,
        wanted: &Wanted<'_>,
    ) -> Result<Found, StoreError> {
        let Some(parts) = self.parse(token) else {
            return Ok(Found::Invalid);
        };
        let id = parts.family_id();
        let stored = self.store.get(FAMILIES.key(&id)).await?;
        let record = stored.map(|bytes| Record::from_bytes(&bytes)).transpose()?;
        Ok(match record {
            Some(record) => self.judge(&id, &record, parts.generation(), wanted),
            None => Found::Invalid,
        })
    }

    /// Uses a token.
    pub(super) async fn rotate(
        &self,
        token: &Token<Refresh>,
        wanted: &Wanted<'_>,
    ) -> Result<Rotation, StoreError> {
        let Some(parts) = self.parse(token) else {
            return Ok(Rotation::Refused(Found::Invalid));
        };
        let id = parts.family_id();
        // Each turn but the last means that somebody else has used the family meanwhile.
        loop {
            let Some(stored) = self.store.get(FAMILIES.key(&id)).await? else {
                return Ok(Rotation::Refused(Found::Invalid));
            };
            let record = Record::from_bytes(&stored)?;
            match self.judge(&id, &record, parts.generation(), wanted) {
                Found::Good(_) => {}
                refused => return Ok(Rotation::Refused(refused)),
            }
            if parts.generation() == record.generation {
                match self.advance(&id, &stored, &record, &parts).await? {
                    Some(rotation) => return Ok(rotation),
                    None => continue,
                }
            }
            let key = self.keys().find(|key| key.id() == record.key);
            return Ok(match key {
                Some(key) => Rotation::Rotated {
                    successor: parts.of_generation(record.generation, key).token(),
                },
                None => Rotation::Refused(Found::Invalid),
            });
        }
    }

    /// Ends a family: none of its tokens gets anything any more.
    pub(super) async fn end(&self, id: &str) -> Result<Option<Ended>, StoreError> {
        let key = FAMILIES.key(id);
        loop {
            let Some(stored) = self.store.get(key).await? else {
                return Ok(None);
            };
            let Ok(record) = Record::from_bytes(&stored) else {
                // Whatever it was, it is no family after this.
                tracing::error!(
                    family = id,
                    "a refresh family cannot be read, and is removed"
                );
                self.store.take(key).await?;
                return Ok(None);
            };
            let family = family(id, &record);
            if record.ended {
                let just_now = false;
                return Ok(Some(Ended { family, just_now }));
            }
            let ended = Record {
                ended: true,
                ..record
            };
            let value = ended.to_bytes();
            let entry = Entry {
                value: &value,
                owner: Some(&ended.subject),
                lifetime: self.settings.remembered_after_end,
            };
            if self.store.compare_and_swap(key, &stored, entry).await? {
                let just_now = true;
                return Ok(Some(Ended { family, just_now }));
            }
        }
    }

    /// Removes a family that nobody has a token of.
    pub(super) async fn forget(&self, id: &str) -> Result<(), StoreError> {
        self.store.take(FAMILIES.key(id)).await.map(drop)
    }

    /// The families of a subject, the last refreshed first; those that have ended are not among them.
    pub(super) async fn of_subject(&self, subject: &str) -> Result<Vec<Family>, StoreError> {
        let all = self.all_of_subject(subject).await?;
        let mut families: Vec<Family> = all.into_iter().filter_map(|(_, lives)| lives).collect();
        families.sort_by_key(|family| std::cmp::Reverse(family.refreshed_at));
        Ok(families)
    }

    /// All families of a subject by their ids: `None` where one has ended or cannot be read.
    pub(super) async fn all_of_subject(
        &self,
        subject: &str,
    ) -> Result<Vec<(String, Option<Family>)>, StoreError> {
        let listed = self.store.list(FAMILIES, subject).await?;
        let families = listed.into_iter().map(|Listed { id, value }| {
            let lives = match Record::from_bytes(&value) {
                Ok(record) => (!record.ended).then(|| family(&id, &record)),
                Err(error) => {
                    tracing::error!(%error, family = id, "a refresh family is passed over");
                    None
                }
            };
            (id, lives)
        });
        Ok(families.collect())
    }

    /// The successor, if the record is still as it was read.
    async fn advance(
        &self,
        id: &str,
        stored: &[u8],
        record: &Record,
        parts: &Parts,
    ) -> Result<Option<Rotation>, StoreError> {
        let now = self.clock.unix();
        let Some(generation) = record.generation.checked_add(1) else {
            return Ok(Some(Rotation::Refused(Found::Invalid)));
        };
        let next = Record {
            generation,
            rotated_at: millis(now),
            key: self.key.id().to_owned(),
            ..record.clone()
        };
        let Some(lifetime) = next.lifetime(&self.settings, now) else {
            return Ok(Some(Rotation::Refused(Found::Invalid)));
        };
        let value = next.to_bytes();
        let entry = Entry {
            value: &value,
            owner: Some(&next.subject),
            lifetime,
        };
        let won = self.store.compare_and_swap(FAMILIES.key(id), stored, entry);
        Ok(won.await?.then(|| Rotation::Rotated {
            successor: parts.of_generation(generation, &self.key).token(),
        }))
    }

    /// What the token of a generation is worth.
    fn judge(&self, id: &str, record: &Record, used: u32, wanted: &Wanted<'_>) -> Found {
        let now = self.clock.unix();
        let family = family(id, record);
        if record.ended {
            return Found::Ended(family);
        }
        if record.lifetime(&self.settings, now).is_none() {
            return Found::Invalid;
        }
        let is_graced = used.checked_add(1) == Some(record.generation)
            && record.is_in_grace(&self.settings, now);
        if used != record.generation && !is_graced {
            return Found::Replayed(family);
        }
        if wanted.client_id.is_some_and(|id| id != record.client_id) {
            return Found::Invalid;
        }
        let mut scopes = wanted.scopes.into_iter().flatten();
        if scopes.any(|scope| !record.scopes.contains(scope)) {
            return Found::ScopeNotGranted;
        }
        Found::Good(family)
    }

    /// A token of ours, taken apart.
    fn parse(&self, token: &Token<Refresh>) -> Option<Parts> {
        Parts::parse(token).filter(|parts| self.keys().any(|key| parts.is_of(key)))
    }

    fn keys(&self) -> impl Iterator<Item = &TagKey> {
        std::iter::once(&self.key).chain(&self.previous)
    }
}

fn family(id: &str, record: &Record) -> Family {
    Family {
        id: id.to_owned(),
        subject: record.subject.clone(),
        client_id: record.client_id.clone(),
        scopes: record.scopes.clone(),
        restricted: record.restricted,
        signed_in_at: Duration::from_millis(record.signed_in_at),
        started_at: Duration::from_millis(record.started_at),
        refreshed_at: Duration::from_millis(record.rotated_at),
    }
}

impl fmt::Debug for Families {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Families")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
