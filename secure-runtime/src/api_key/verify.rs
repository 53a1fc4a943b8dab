//! What a key that a request presents is worth.

use std::{net::IpAddr, sync::Arc, time::Duration};

use super::{
    ApiKeys, KEYS,
    addresses::Addresses,
    record::{Record, Secrets, lifetime, owner_of},
    text::{KeyId, Presented},
    usage::Counter,
};
use crate::{
    Problem,
    audit::AuditKind,
    clock::{millis, moment::LATEST},
    policy::Via,
    principal::{Parts, Principal},
    token::Grant,
};

/// What was found out about a key.
pub(super) struct Verified {
    /// By the monotonic clock: before the store was asked.
    pub(super) asked: Duration,
    pub(super) secrets: Secrets,
    pub(super) addresses: Addresses,
    /// Since 1970.
    pub(super) expires_at: Option<Duration>,
    /// Who calls with it; `None` where the owner's account is gone or disabled.
    pub(super) principal: Option<Principal>,
    pub(super) counter: Arc<Counter>,
}

impl ApiKeys {
    /// What a key is worth, as far as that is remembered. `None`: somebody has to be asked.
    pub(crate) fn judge(
        &self,
        presented: &Presented,
        client: Option<IpAddr>,
    ) -> Option<Result<Principal, Problem>> {
        let verified = self.fresh(presented)?;
        Some(self.admit(&presented.id, &verified, client))
    }

    /// What a key is worth. Whoever comes first asks, and all who wait get the same answer.
    ///
    /// # Errors
    /// 401 where it is worth nothing, with one text for whatever is wrong; 503 where the store does not
    /// answer; what the accounts of the app answer where they cannot say.
    pub(crate) async fn verify(
        &self,
        presented: &Presented,
        client: Option<IpAddr>,
    ) -> Result<Principal, Problem> {
        let before = self.before_asking(presented);
        let read = match self.is_known(presented) {
            true => None,
            // Before there is a turn to wait for: a wrong secret keeps nobody waiting.
            false => Some(self.read(presented).await?),
        };
        let turn = self.remembered.turn(&presented.id);
        let asking = turn.ask(async || match self.fresh(presented) {
            Some(verified) => Ok(verified),
            None => {
                self.look_up(presented, read.map(|record| (record, before)))
                    .await
            }
        });
        let verified = asking.await?;
        self.admit(&presented.id, &verified, client)
    }

    /// Asks what is to be known of the key, beginning with its record where that was not read before.
    async fn look_up(
        &self,
        presented: &Presented,
        read: Option<(Record, (Duration, u64))>,
    ) -> Result<Arc<Verified>, Problem> {
        let (record, (asked, epoch)) = match read {
            Some(read) => read,
            None => {
                let before = self.before_asking(presented);
                (self.read(presented).await?, before)
            }
        };
        let may = self.owners()?.renew(&record.subject).await?;
        let verified = Arc::new(self.verified(&presented.id, &record, may, asked)?);
        self.remembered.remember(&presented.id, &verified, epoch);
        Ok(verified)
    }

    /// When somebody begins to ask, and the epoch: what changes from then on makes the answer worthless
    /// rather than too good.
    fn before_asking(&self, presented: &Presented) -> (Duration, u64) {
        let epoch = self.remembered.epoch(&presented.id);
        (self.clock.monotonic(), epoch)
    }

    /// What was found out about the key, if that is new enough and the secret is right.
    fn fresh(&self, presented: &Presented) -> Option<Arc<Verified>> {
        let verified = self.remembered.find(&presented.id)?;
        let age = self.clock.monotonic().saturating_sub(verified.asked);
        let now = self.clock.unix();
        (age < self.bound && verified.secrets.include(&presented.secret, now)).then_some(verified)
    }

    /// Whether the secret was right when somebody asked last.
    fn is_known(&self, presented: &Presented) -> bool {
        let verified = self.remembered.find(&presented.id);
        let now = self.clock.unix();
        verified.is_some_and(|verified| verified.secrets.include(&presented.secret, now))
    }

    /// What the store holds of the key, if the secret is right.
    async fn read(&self, presented: &Presented) -> Result<Record, Problem> {
        let stored = self.store.get(KEYS.key(presented.id.as_str())).await?;
        let Some(stored) = stored else {
            return Err(Problem::invalid_token("there is no such API key"));
        };
        let (record, now) = (Record::from_bytes(&stored)?, self.clock.unix());
        if !record.secrets()?.include(&presented.secret, now) {
            return Err(Problem::invalid_token("the secret of the API key is wrong"));
        }
        match record.lifetime(now) {
            Some(_) => Ok(record),
            None => Err(expired()),
        }
    }

    fn verified(
        &self,
        id: &KeyId,
        record: &Record,
        may: Option<Grant>,
        asked: Duration,
    ) -> Result<Verified, Problem> {
        if may
            .as_ref()
            .is_some_and(|may| may.subject() != record.subject)
        {
            return Err(Problem::internal(
                "the renewed grant is for another subject than the API key",
            ));
        }
        let expires_at = record.expires_at.map(Duration::from_millis);
        let owner = owner_of(&record.subject);
        Ok(Verified {
            asked,
            secrets: record.secrets()?,
            addresses: record.addresses()?,
            expires_at,
            principal: may.map(|may| self.principal(id, record, &may)),
            counter: self.usage.counter(*id, &owner, expires_at),
        })
    }

    /// Whoever calls with the key: its owner, with what the key may do of what the owner may do now.
    fn principal(&self, id: &KeyId, record: &Record, may: &Grant) -> Principal {
        let scopes = record.scopes.iter();
        let scopes: Vec<&str> = scopes
            .filter(|scope| may.scopes().contains(scope))
            .map(String::as_str)
            .collect();
        let created_at = Duration::from_millis(record.created_at);
        let parts = Parts {
            via: Via::ApiKey,
            subject: record.subject.clone(),
            client_id: String::new(),
            token_id: id.as_str().to_owned(),
            family: None,
            api_key: Some(id.as_str().to_owned()),
            roles: may.roles().to_vec(),
            scope: scopes.join(" "),
            restricted: true,
            signed_in_at: created_at,
            issued_at: created_at,
            expires_at: record.expires_at.map_or(LATEST, Duration::from_millis),
            claims: None,
        };
        Principal::new(parts, self.words.get().copied().unwrap_or_default())
    }

    /// Lets somebody in whose secret is right, or says why not; and counts the use.
    fn admit(
        &self,
        id: &KeyId,
        verified: &Verified,
        client: Option<IpAddr>,
    ) -> Result<Principal, Problem> {
        let now = self.clock.unix();
        if lifetime(verified.expires_at, now).is_none() {
            return Err(expired());
        }
        let Some(principal) = &verified.principal else {
            return Err(Problem::invalid_token("the owner of the API key is gone"));
        };
        if !verified.addresses.admit(client) {
            self.record(AuditKind::ApiKeyRefused, principal.subject(), id);
            return Err(Problem::invalid_token(format_args!(
                "the API key {} is not for {client:?}",
                id.as_str(),
            )));
        }
        self.usage.count(&verified.counter, millis(now));
        Ok(principal.clone())
    }
}

fn expired() -> Problem {
    Problem::invalid_token("the API key has expired")
}
