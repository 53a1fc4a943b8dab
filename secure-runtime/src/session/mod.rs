//! Cookie sessions: how the pages of an app know who calls.

mod begin;
mod cookie;
mod info;
mod leave;
mod record;
mod records;
mod settings;
mod signed_in;
mod text;
mod verify;

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

pub(crate) use begin::Device;
pub(crate) use cookie::Sent;
pub use info::SessionInfo;
pub use leave::{SessionSignOut, sign_out};
pub(crate) use records::Records;
pub use settings::SessionSettings;
pub use signed_in::SignedIn;
pub(crate) use text::{Presented, SessionId};
pub(crate) use verify::Known;

use crate::{
    Principal, Problem,
    audit::AuditKind,
    clock::Clock,
    oauth::ErasedOwners,
    principal::Vocabularies,
    store::StoreError,
    token::{Endings, OwnClaims, Revocations},
};

/// The sessions of an app: listed and ended.
///
/// They are at hand as [`Security::sessions`](crate::Security::sessions).
pub struct Sessions {
    settings: SessionSettings,
    /// Whether the builder was told to have any.
    is_configured: bool,
    records: Arc<Records>,
    /// For how long what was found out about a session is remembered.
    bound: Duration,
    clock: Arc<dyn Clock>,
    owners: Option<Arc<dyn ErasedOwners>>,
    endings: Arc<Endings>,
    revocations: Arc<Revocations>,
    /// How the claims of the app's own are read.
    own_claims: Option<OwnClaims>,
    /// What the words of a grant mean to the mounted routes.
    words: OnceLock<Vocabularies>,
}

/// What sessions are kept with.
pub(crate) struct Surroundings {
    pub(crate) records: Arc<Records>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) owners: Option<Arc<dyn ErasedOwners>>,
    pub(crate) endings: Arc<Endings>,
    pub(crate) own_claims: Option<OwnClaims>,
    /// After which time a revocation counts everywhere.
    pub(crate) bound: Duration,
}

impl Sessions {
    pub(crate) fn new(settings: Option<SessionSettings>, around: Surroundings) -> Self {
        Self {
            is_configured: settings.is_some(),
            settings: settings.unwrap_or_default(),
            records: around.records,
            bound: around.bound,
            clock: around.clock,
            owners: around.owners,
            revocations: around.endings.revocations.clone(),
            endings: around.endings,
            own_claims: around.own_claims,
            words: OnceLock::new(),
        }
    }

    /// The sessions of a subject, the one that was used last first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn of_subject(&self, subject: &str) -> Result<Vec<SessionInfo>, StoreError> {
        let named = self.records.of_subject(subject).await?;
        let infos = named.into_iter().filter_map(|named| {
            let info = SessionInfo::new(named.id, named.record?, &self.settings);
            // The store may not have noticed yet.
            (self.clock.unix() < info.expires_at).then_some(info)
        });
        let mut infos: Vec<_> = infos.collect();
        infos.sort_by(|a, b| (b.last_used_at, b.started_at).cmp(&(a.last_used_at, a.started_at)));
        Ok(infos)
    }

    /// Ends a session of a subject, by the id that [`of_subject`](Self::of_subject) lists; `false` where the
    /// subject has none of that id. It ends here at once, and on other instances within
    /// [`Builder::revocation_bound`](crate::Builder::revocation_bound).
    ///
    /// # Errors
    /// When the store fails; call it again.
    pub async fn end(&self, subject: &str, id: &str) -> Result<bool, StoreError> {
        let Some(id) = SessionId::parse(id) else {
            return Ok(false);
        };
        let sessions = self.records.of_subject(subject).await?;
        match sessions.iter().any(|session| session.id == id) {
            true => {
                let ended = self
                    .endings
                    .end_session(subject, id, AuditKind::SessionEnded);
                ended.await
            }
            false => Ok(false),
        }
    }

    /// Ends the sessions of the caller's subject but the one that the caller itself came with, and says how
    /// many there were. Who has come otherwise, such as with a token, has none that would be left out.
    ///
    /// Its tokens go on: [`Tokens::sign_out_elsewhere`](crate::token::Tokens::sign_out_elsewhere) ends both.
    ///
    /// # Errors
    /// When the store fails. Some may have ended by then: call it again.
    pub async fn end_others(&self, caller: &Principal) -> Result<usize, StoreError> {
        let mut ended = 0;
        for session in self.records.of_subject(caller.subject()).await? {
            if caller.family().and_then(SessionId::parse) == Some(session.id) {
                continue;
            }
            let (subject, why) = (caller.subject(), AuditKind::SessionEnded);
            ended += usize::from(self.endings.end_session(subject, session.id, why).await?);
        }
        Ok(ended)
    }

    /// Where the browser goes that has signed out.
    pub(crate) fn after_sign_out(&self) -> &str {
        &self.settings.after_sign_out
    }

    /// Whether the app has sessions at all.
    pub(crate) fn are_configured(&self) -> bool {
        self.is_configured
    }

    /// What the words of grants mean from now on: what they mean to the mounted routes.
    pub(crate) fn speak(&self, words: Vocabularies) {
        // Routes are mounted once.
        let _ = self.words.set(words);
    }

    fn owners(&self) -> Result<&dyn ErasedOwners, Problem> {
        let owners = self.owners.as_deref();
        owners.ok_or_else(|| Problem::internal("nobody said `.resource_owners(…)`"))
    }

    fn record(&self, kind: AuditKind, subject: &str, id: SessionId) {
        self.endings.record(kind, subject, Some(&id.to_text()));
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
