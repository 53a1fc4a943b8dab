//! API keys: for programs that call in the name of somebody who signs in otherwise.
//!
//! A key has a name, at least one scope and an owner. It may do what its scopes say and its owner may do
//! at that moment, and no more: it opens only routes that name it
//! (`#[protected(scopes = "…", via = ["bearer", "api_key"])]`). It comes as `X-API-Key`, or as a bearer
//! token.
//!
//! `acct_` + 12 characters that name it + 43 that are secret (256 random bits) + 6 that tell a typo. The
//! store holds the SHA-256 of the secret, so that a key is shown once, when it is made.
//!
//! What is found out about a key is remembered for as long as a revocation may take to count everywhere
//! ([`Builder::revocation_bound`](crate::Builder::revocation_bound), 1 second by default): a key that is
//! used all the time asks the store and the owner's account once in that time. What this instance revokes
//! counts here at once.
//!
//! ```no_run
//! use actix_web::{Responder, web::Json};
//! use secure_runtime::{Problem, api_key::NewApiKey, prelude::*};
//!
//! #[validated]
//! struct Wanted {
//!     #[validate(length(min = 1, max = 100))]
//!     name: String,
//! }
//!
//! #[derive(Scope)]
//! enum Scope {
//!     ArticlesWrite,
//! }
//!
//! #[post("/me/api-keys")]
//! #[protected]
//! #[validated]
//! async fn create(
//!     caller: CurrentUser,
//!     wanted: Json<Wanted>,
//!     security: Security,
//! ) -> Result<impl Responder, Problem> {
//!     let new = NewApiKey {
//!         name: wanted.into_inner().name,
//!         scopes: vec!["articles:write".to_owned()],
//!         ..NewApiKey::default()
//!     };
//!     Ok(security.api_keys().create(&caller, new).await?)
//! }
//!
//! #[post("/articles")]
//! #[protected(scopes = "articles:write", via = ["bearer", "api_key"])]
//! #[rate_limit("60/minute", by = "api_key")]
//! async fn write(caller: CurrentUser) -> impl Responder {
//!     format!("{} with key {:?}", caller.subject(), caller.api_key_id())
//! }
//! # fn main() {}
//! ```

mod addresses;
mod error;
mod info;
mod make;
mod new;
mod record;
mod settings;
mod text;
mod usage;
mod verify;

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

pub use error::ApiKeyError;
pub use info::{ApiKeyInfo, IssuedApiKey};
pub use new::{KeyOwner, NewApiKey};
pub(crate) use settings::ApiKeySettings;
pub(crate) use text::{Prefix, Presented};

use crate::{
    Problem,
    audit::{AuditEvent, AuditKind, AuditSink},
    clock::Clock,
    crypto::Sealer,
    oauth::ErasedOwners,
    principal::Vocabularies,
    remembered::Remembered,
    store::{Listed, Space, Store, StoreError},
    token::Revocations,
};
use record::{Record, owner_of};
use text::KeyId;
use usage::{USES, Usage, Use};
use verify::Verified;

/// For how long a key that was made anew is good in its old form too, where nothing else is called for:
/// 24 hours.
pub const DEFAULT_OVERLAP: Duration = Duration::from_secs(24 * 60 * 60);

const KEYS: Space<'static> = Space::new("api-key");
/// What names are sealed for.
const NAME: &str = "secure-runtime API key name";
/// How often a change is tried anew that somebody else was quicker with.
const TRIES: usize = 16;

/// The API keys of an app: made, shown, made anew, called back.
///
/// They are at hand as [`Security::api_keys`](crate::Security::api_keys).
pub struct ApiKeys {
    prefix: Prefix,
    in_query: bool,
    /// For how long what was found out about a key is remembered.
    bound: Duration,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    audit: Arc<dyn AuditSink>,
    owners: Option<Arc<dyn ErasedOwners>>,
    revocations: Arc<Revocations>,
    sealer: Sealer,
    remembered: Remembered<KeyId, Verified>,
    usage: Arc<Usage>,
    /// What the words of a key mean to the mounted routes.
    words: OnceLock<Vocabularies>,
}

/// What the keys of an app are kept with.
pub(crate) struct Surroundings {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) audit: Arc<dyn AuditSink>,
    pub(crate) owners: Option<Arc<dyn ErasedOwners>>,
    pub(crate) revocations: Arc<Revocations>,
    pub(crate) sealer: Sealer,
    /// After which time a revocation counts everywhere.
    pub(crate) bound: Duration,
}

impl ApiKeys {
    pub(crate) fn new(settings: ApiKeySettings, around: Surroundings) -> Self {
        let usage = Usage::new(around.store.clone(), around.clock.clone());
        Self {
            prefix: settings.prefix.unwrap_or_default(),
            in_query: settings.in_query,
            bound: around.bound,
            store: around.store,
            clock: around.clock,
            audit: around.audit,
            owners: around.owners,
            revocations: around.revocations,
            sealer: around.sealer,
            remembered: Remembered::new(),
            usage: Arc::new(usage),
            words: OnceLock::new(),
        }
    }

    /// The keys of a subject, the newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list(&self, subject: &str) -> Result<Vec<ApiKeyInfo>, StoreError> {
        let (keys, now) = (self.listed(subject).await?, self.clock.unix());
        let uses = self.store.list(USES, &owner_of(subject)).await?;
        let mut infos: Vec<_> = keys
            .iter()
            .filter_map(|Listed { id, value }| {
                let record = readable(id, value)?;
                let id = KeyId::parse(id)?;
                let written = uses.iter().find(|used| used.id == id.as_str());
                let written = written.map(|used| Use::from_bytes(&used.value));
                let used = written.unwrap_or_default().plus(self.usage.counted(&id));
                if record.subject != subject {
                    return None;
                }
                let name = self.open(&record.name, &id).unwrap_or_default();
                Some(ApiKeyInfo::new(&id, name, record, used, now))
            })
            .collect();
        infos.sort_by(|a, b| (b.created_at, &b.id).cmp(&(a.created_at, &a.id)));
        Ok(infos)
    }

    /// Calls a key back; `false` where the subject has none of that id. It ends here at once, and on other
    /// instances within [`Builder::revocation_bound`](crate::Builder::revocation_bound).
    ///
    /// # Errors
    /// When the store fails; call it again.
    pub async fn revoke(&self, subject: &str, id: &str) -> Result<bool, StoreError> {
        let keys = self.listed(subject).await?;
        match keys.iter().find(|key| key.id == id) {
            Some(key) => self.end(subject, key).await,
            None => Ok(false),
        }
    }

    /// Calls all keys of a subject back, and says how many there were: for an account that is gone, or
    /// whose password somebody else may know.
    ///
    /// Where [`Tokens::sign_out_everywhere`](crate::token::Tokens::sign_out_everywhere) comes before it,
    /// no key is made meanwhile that would outlive it.
    ///
    /// # Errors
    /// When the store fails; call it again.
    pub async fn revoke_all(&self, subject: &str) -> Result<usize, StoreError> {
        let mut ended = 0;
        for key in self.listed(subject).await? {
            ended += usize::from(self.end(subject, &key).await?);
        }
        Ok(ended)
    }

    /// Writes what is known of the use of keys and is not written yet: for the end of the app. Otherwise
    /// it is written ten seconds after a key is used.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn flush(&self) -> Result<(), StoreError> {
        self.usage.flush().await
    }

    /// What the words of keys mean from now on: what they mean to the mounted routes.
    pub(crate) fn speak(&self, words: Vocabularies) {
        // Routes are mounted once.
        let _ = self.words.set(words);
    }

    pub(crate) fn prefix(&self) -> &Prefix {
        &self.prefix
    }

    /// Whether a key may stand in the query string.
    pub(crate) fn may_stand_in_query(&self) -> bool {
        self.in_query
    }

    /// Whether somebody says what the owners of keys may do.
    pub(crate) fn has_owners(&self) -> bool {
        self.owners.is_some()
    }

    /// The entries of a subject. Where its owner's name is a hash, one may be another subject's.
    async fn listed(&self, subject: &str) -> Result<Vec<Listed>, StoreError> {
        self.store.list(KEYS, &owner_of(subject)).await
    }

    /// A name that cannot be opened any more must not keep its owner from the key.
    fn open(&self, sealed: &str, id: &KeyId) -> Option<String> {
        let opened = self.sealer.open_for(NAME, sealed, id.as_str().as_bytes());
        opened
            .inspect_err(
                |error| tracing::error!(%error, id = id.as_str(), "an API key has lost its name"),
            )
            .ok()
    }

    /// Ends one of the entries that were listed for a subject.
    async fn end(&self, subject: &str, key: &Listed) -> Result<bool, StoreError> {
        let record = readable(&key.id, &key.value);
        if record.is_some_and(|record| record.subject != subject) {
            return Ok(false);
        }
        let taken = match KeyId::parse(&key.id) {
            Some(id) => {
                let _forget = Forget(self, id);
                self.store.take(KEYS.key(&key.id)).await?.is_some()
            }
            None => self.store.take(KEYS.key(&key.id)).await?.is_some(),
        };
        if !taken {
            return Ok(false);
        }
        if let Some(id) = KeyId::parse(&key.id) {
            self.record(AuditKind::ApiKeyRevoked, subject, &id);
            self.usage.forget(&id);
        }
        if let Err(error) = self.store.take(USES.key(&key.id)).await {
            tracing::warn!(%error, id = ?key.id, "the use of an API key that is gone is left behind");
        }
        Ok(true)
    }

    fn owners(&self) -> Result<&dyn ErasedOwners, Problem> {
        let owners = self.owners.as_deref();
        owners.ok_or_else(|| Problem::internal("nobody said `.resource_owners(…)`"))
    }

    fn record(&self, kind: AuditKind, subject: &str, id: &KeyId) {
        let event = AuditEvent::new(kind, self.clock.unix()).about(subject);
        self.audit.record(&event.of_api_key(id.as_str()));
    }
}

/// Has a key forgotten, whether or not the change comes to its end.
struct Forget<'a>(&'a ApiKeys, KeyId);

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        self.0.remembered.forget(&self.1);
    }
}

/// One that nobody can read must not keep its owner from the others.
fn readable(id: &str, value: &[u8]) -> Option<Record> {
    Record::from_bytes(value)
        .inspect_err(|error| tracing::error!(%error, ?id, "an API key is passed over"))
        .ok()
}

impl fmt::Debug for ApiKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKeys")
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}
