//! Cookie sessions: how the pages of an app know who calls.
//!
//! An app has them once the builder is told so. A handler signs somebody in with
//! [`SessionSignIn`](crate::account::SessionSignIn), [`sign_out`] is mounted as `POST /logout`, and every
//! route that names nothing else takes a session beside a bearer token: the same handlers serve both.
//!
//! ```
//! use actix_web::{HttpResponse, Responder, http::header::LOCATION, web::Json};
//! use secure_runtime::{account::SessionSignIn, prelude::*, session::{self, SessionSettings}};
//! # use secure_runtime::{account::{AccountRecord, AccountRecords, HashChange}, oauth::ResourceOwners, token::Grant};
//! # use secure_runtime::password::{PasswordHash, Passwords};
//! # use secure_runtime::test::{TestApp, cheap_hash, cheap_passwords};
//! # struct Accounts;
//! # impl ResourceOwners for Accounts {
//! #     async fn renew(&self, subject: &str) -> Result<Option<Grant>, Problem> { Ok(Some(Grant::new(subject))) }
//! # }
//! # impl AccountRecords for Accounts {
//! #     async fn by_identifier(&self, name: &str) -> Result<Option<AccountRecord>, Problem> {
//! #         Ok(Some(AccountRecord::new(name).with_password_hash(cheap_hash("correct horse"))))
//! #     }
//! #     async fn by_subject(&self, _: &str) -> Result<Option<AccountRecord>, Problem> { Ok(None) }
//! #     async fn replace_hash(&self, _: &str, _: Option<&PasswordHash>, _: &PasswordHash, _: HashChange) -> Result<bool, Problem> { Ok(true) }
//! # }
//!
//! #[validated]
//! struct Credentials {
//!     #[validate(length(max = 254))]
//!     email: String,
//!     #[validate(length(max = 1024))]
//!     password: Secret<String>,
//! }
//!
//! #[post("/login")]
//! #[public]
//! #[rate_limit("60/minute")]
//! #[validated]
//! async fn login(
//!     sign_in: SessionSignIn,
//!     credentials: Json<Credentials>,
//! ) -> Result<impl Responder, Problem> {
//!     let Credentials { email, password } = credentials.into_inner();
//!     sign_in.with_password(&email, password).await?;
//!     Ok(HttpResponse::SeeOther().insert_header((LOCATION, "/me")).finish())
//! }
//!
//! #[get("/me")]
//! #[protected]
//! async fn me(caller: CurrentUser) -> impl Responder {
//!     caller.subject().to_owned()
//! }
//!
//! # #[actix_web::main]
//! # async fn main() {
//! let app = TestApp::with(
//!     |settings| {
//!         settings
//!             .accounts(Accounts, cheap_passwords())
//!             .sessions(SessionSettings::new())
//!     },
//!     |routes| {
//!         routes.service(login).service(me).service(session::sign_out);
//!     },
//!     |_| {},
//! )
//! .await;
//! let credentials = serde_json::json!({"email": "ada", "password": "correct horse"});
//! let request = app.post("/login").header("sec-fetch-site", "same-origin");
//! let session = request.json(&credentials).send().await.session().unwrap();
//! assert_eq!(app.get("/me").with_session(&session).send().await.text(), "ada");
//!
//! app.post("/logout").with_session(&session).send().await;
//! assert_eq!(app.get("/me").with_session(&session).send().await.status(), 401);
//! # }
//! ```
//!
//! # What the cookie is worth
//!
//! `__Host-session` holds the name of the session and 256 random bits, of which the store has the SHA-256.
//! Whatever a browser had before somebody signs in, it has another one afterwards, and what it had is dead.
//! The cookie is looked at where the route takes sessions and the request has no other credential:
//! `Authorization` and `X-API-Key` come first, also where they are bad. A cookie that is none of ours, whose
//! session has ended, or of which there are two, is nobody's, and the answer removes it. A store that does
//! not answer is a 503, and nobody is taken for a stranger.
//!
//! What somebody may do is asked of [`ResourceOwners::renew`](crate::oauth::ResourceOwners::renew) at each
//! use; the answer is remembered for as long as a revocation may take to count everywhere
//! ([`Builder::revocation_bound`](crate::Builder::revocation_bound), 1 second by default). Where the roles or
//! scopes are others than they were, the session gets another secret with that very answer, and the one
//! before is good for 10 seconds more, for requests that are under way.
//!
//! # How a session ends
//!
//! After 30 minutes without a request, counted to the minute, and after 12 hours however much it is used
//! ([`SessionSettings`]); when its account is gone or disabled; when there are more than 20 of a subject;
//! when somebody signs in over it; from a list ([`Sessions::of_subject`], [`Sessions::end`],
//! [`Sessions::end_others`]); and with all the others that
//! [`Tokens::sign_out`](crate::token::Tokens::sign_out) and its like end, since a session is a sign-in as
//! a refresh family is. Whichever handler ends the caller's own session, its answer has the browser forget
//! the cookie and what it has kept of the site (`Clear-Site-Data: "cache", "storage"`).
//!
//! There is no variable of the environment for sessions: whether an app has them is a matter of its routes,
//! and each of those that take them has to be safe from other sites' forms.

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
    cmp::Reverse,
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
        infos.sort_by_key(|info| Reverse((info.last_used_at, info.started_at)));
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
