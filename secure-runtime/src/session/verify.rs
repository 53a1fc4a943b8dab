//! What a cookie that a request presents is worth.

use std::{any::Any, sync::Arc, time::Duration};

use zeroize::Zeroizing;

use super::{
    Sessions,
    record::{Record, Secrets},
    records::Stored,
    text::{NewSecret, Presented, SessionId},
};
use crate::{
    Problem,
    audit::AuditKind,
    policy::Via,
    principal::{Parts, Principal},
    store::StoreError,
    token::{Grant, Revocable, revocable},
};

/// Claims of the app's own.
type Claims = Arc<dyn Any + Send + Sync>;

/// How often a change is tried anew that somebody else was quicker with.
const TRIES: usize = 16;

/// What was found out about a session.
pub(super) struct Verified {
    /// By the monotonic clock: before the store was asked.
    asked: Duration,
    secrets: Secrets,
    principal: Principal,
}

/// Somebody who calls with a session.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) principal: Principal,
    /// The cookie that takes the place of the one that was sent.
    pub(crate) new_cookie: Option<Zeroizing<String>>,
}

/// What the store was found to hold.
type Found = Option<(Arc<Verified>, Option<Zeroizing<String>>)>;

impl Sessions {
    /// Who calls with a cookie, as far as that is remembered. `None`: somebody has to be asked.
    pub(crate) fn judge(&self, presented: &Presented) -> Option<Known> {
        let verified = self.fresh(presented)?;
        self.admit(&verified, None)
    }

    /// Who calls with a cookie; `None` where it is none of ours, or its session has ended. Whoever comes
    /// first asks, and all who wait get the same answer.
    ///
    /// # Errors
    /// 503 where the store does not answer; what the accounts of the app answer where they cannot say.
    pub(crate) async fn verify(&self, presented: &Presented) -> Result<Option<Known>, Problem> {
        let before = self.before_asking(presented);
        let read = match self.is_known(presented) {
            true => None,
            // Before there is a turn to wait for: a wrong secret keeps nobody waiting.
            false => match self.records.read(presented).await? {
                Some(stored) => Some((stored, before)),
                None => return Ok(None),
            },
        };
        let turn = self.records.remembered.turn(&presented.id);
        let asking = turn.ask(async || match self.fresh(presented) {
            Some(verified) => Ok(Some((verified, None))),
            None => self.look_up(presented, read).await,
        });
        let found = asking.await?;
        Ok(found.and_then(|(verified, new_cookie)| self.admit(&verified, new_cookie)))
    }

    /// Gives the session of a caller who has just changed what opens the account another secret, and says what
    /// its cookie is from now on: who has stolen the one before is not signed in with it any more. `None` where
    /// the session has ended, and where the caller has come with something else.
    ///
    /// # Errors
    /// 503 where the store does not answer.
    pub(crate) async fn renew_secret(
        &self,
        caller: &Principal,
    ) -> Result<Option<Zeroizing<String>>, Problem> {
        let id = match caller.via() {
            Via::Session => caller.family().and_then(SessionId::parse),
            Via::Bearer | Via::ApiKey => None,
        };
        let Some(id) = id else {
            return Ok(None);
        };
        for _ in 0..TRIES {
            let Some((stored, _)) = self.records.stored(id).await? else {
                return Ok(None);
            };
            let new = NewSecret::draw(id);
            let renewed = stored.record.with_secret(&new.hash, self.clock.unix());
            if self.replace(id, &stored, &renewed).await? {
                self.records.remembered.forget(&id);
                self.record(AuditKind::SessionRenewed, &renewed.subject, id);
                return Ok(Some(new.cookie));
            }
        }
        Err(changed_all_the_time())
    }

    /// Asks what is to be known of a session, beginning with its record where that was not read before.
    async fn look_up(
        &self,
        presented: &Presented,
        mut read: Option<(Stored, (Duration, u64))>,
    ) -> Result<Found, Problem> {
        let mut may = None;
        for _ in 0..TRIES {
            let (stored, before) = match read.take() {
                Some(read) => read,
                None => {
                    let before = self.before_asking(presented);
                    match self.records.read(presented).await? {
                        Some(stored) => (stored, before),
                        None => return Ok(None),
                    }
                }
            };
            let renewed = match &may {
                _ if !self.lasts(presented, &stored).await? => return Ok(None),
                Some(may) => Grant::clone(may),
                None => match self.renewed(presented, &stored).await? {
                    Some(renewed) => may.insert(renewed).clone(),
                    None => return Ok(None),
                },
            };
            let Some((record, new_cookie)) = self.written(presented, &stored, &renewed).await?
            else {
                continue;
            };
            let principal = self.principal(presented, &record, &renewed)?;
            let (asked, epoch) = before;
            let verified = Arc::new(Verified {
                asked,
                secrets: record.secrets()?,
                principal,
            });
            let remembered = &self.records.remembered;
            remembered.remember(&presented.id, &verified, epoch);
            return Ok(Some((verified, new_cookie)));
        }
        Err(changed_all_the_time())
    }

    /// Writes down what has to be: another secret for somebody who may do something else now, and the last
    /// use. `None` where somebody else was quicker, and it has to be read again.
    async fn written(
        &self,
        presented: &Presented,
        stored: &Stored,
        may: &Grant,
    ) -> Result<Option<(Record, Option<Zeroizing<String>>)>, Problem> {
        let (record, now) = (&stored.record, self.clock.unix());
        // With the secret before, which is good for a moment yet, nobody gets the next one.
        let is_present = record.secrets()?.is_present(&presented.secret);
        if is_present && record.differs_from(may) {
            let new = NewSecret::draw(presented.id);
            let renewed = record.renewed(&new.hash, may, now);
            if !self.replace(presented.id, stored, &renewed).await? {
                return Ok(None);
            }
            self.record(AuditKind::SessionRenewed, &record.subject, presented.id);
            return Ok(Some((renewed, Some(new.cookie))));
        }
        if record.is_to_be_touched(&self.settings, now) {
            let touched = record.touched(now);
            match self.replace(presented.id, stored, &touched).await {
                Ok(true) => return Ok(Some((touched, None))),
                Ok(false) => return Ok(None),
                // It was read a moment ago, so it is good; it only seems to have been used earlier.
                Err(error) => {
                    tracing::warn!(%error, "the last use of a session could not be written");
                }
            }
        }
        Ok(Some((record.clone(), None)))
    }

    /// Whether a session has neither expired nor been ended by what is known here.
    async fn lasts(&self, presented: &Presented, stored: &Stored) -> Result<bool, Problem> {
        let (record, now) = (&stored.record, self.clock.unix());
        if record.lifetime(&self.settings, now).is_none() {
            return Ok(false);
        }
        let id = presented.id.to_text();
        let is_revoked = self.revocations.is_revoked(&Revocable {
            token_id: &id,
            family: Some(&id),
            subject: &record.subject,
            issued_at: Duration::from_millis(record.started_at),
        });
        if is_revoked {
            // Whoever revoked it could not end it to the end.
            self.records.end(presented.id).await?;
        }
        Ok(!is_revoked)
    }

    /// What the session may do now. Where its subject is gone or disabled, `None`, and it ends.
    async fn renewed(
        &self,
        presented: &Presented,
        stored: &Stored,
    ) -> Result<Option<Grant>, Problem> {
        let record = &stored.record;
        let Some(may) = self.owners()?.renew(&record.subject).await? else {
            if self.records.end(presented.id).await? {
                self.record(AuditKind::SessionEnded, &record.subject, presented.id);
            }
            return Ok(None);
        };
        if may.subject() != record.subject {
            return Err(Problem::internal(
                "the renewed grant is for another subject than the session",
            ));
        }
        Ok(Some(record.narrowed(may)))
    }

    /// Writes what a session is now; the store keeps it for as long as it lasts.
    async fn replace(
        &self,
        id: SessionId,
        stored: &Stored,
        record: &Record,
    ) -> Result<bool, StoreError> {
        match record.lifetime(&self.settings, self.clock.unix()) {
            Some(lifetime) => {
                let replaced = self.records.replace(id, stored, record, lifetime);
                replaced.await
            }
            None => Ok(false),
        }
    }

    fn principal(
        &self,
        presented: &Presented,
        record: &Record,
        may: &Grant,
    ) -> Result<Principal, Problem> {
        let id = presented.id.to_text();
        let parts = Parts {
            via: Via::Session,
            subject: record.subject.clone(),
            client_id: String::new(),
            token_id: id.clone(),
            family: Some(id),
            api_key: None,
            roles: may.roles().to_vec(),
            scope: may.scopes().join(" "),
            restricted: may.is_restricted() || record.restricted,
            signed_in_at: Duration::from_millis(record.signed_in_at),
            issued_at: Duration::from_millis(record.started_at),
            expires_at: record.expires_at(&self.settings),
            claims: self.own_claims(may)?,
        };
        let words = self.words.get().copied().unwrap_or_default();
        Ok(Principal::new(parts, words))
    }

    /// The claims of the app's own, as a token would carry them.
    fn own_claims(&self, may: &Grant) -> Result<Option<Claims>, Problem> {
        let Some(own) = self.own_claims else {
            return Ok(None);
        };
        let claims = own.of_grant(may).ok_or_else(|| {
            Problem::internal(
                "the claims of the grant do not read as the type that was named for them",
            )
        });
        claims.map(Some)
    }

    /// What was found out about the session, if that is new enough and the secret is right.
    fn fresh(&self, presented: &Presented) -> Option<Arc<Verified>> {
        let verified = self.records.remembered.find(&presented.id)?;
        let age = self.clock.monotonic().saturating_sub(verified.asked);
        let now = self.clock.unix();
        (age < self.bound && verified.secrets.include(&presented.secret, now)).then_some(verified)
    }

    /// Whether the secret was right when somebody asked last.
    fn is_known(&self, presented: &Presented) -> bool {
        let verified = self.records.remembered.find(&presented.id);
        let now = self.clock.unix();
        verified.is_some_and(|verified| verified.secrets.include(&presented.secret, now))
    }

    /// When somebody begins to ask, and the epoch: what changes from then on makes the answer worthless
    /// rather than too good.
    fn before_asking(&self, presented: &Presented) -> (Duration, u64) {
        let epoch = self.records.remembered.epoch(&presented.id);
        (self.clock.monotonic(), epoch)
    }

    /// Lets somebody in whose secret is right, unless the session has ended meanwhile.
    fn admit(&self, verified: &Verified, new_cookie: Option<Zeroizing<String>>) -> Option<Known> {
        let principal = &verified.principal;
        let lasts = self.clock.unix() < principal.expires_at();
        let is_good = lasts && !self.revocations.is_revoked(&revocable(principal));
        is_good.then(|| Known {
            principal: principal.clone(),
            new_cookie,
        })
    }
}

fn changed_all_the_time() -> Problem {
    let wait = Duration::from_secs(1);
    Problem::unavailable(wait).because("the session is changed all the time")
}
