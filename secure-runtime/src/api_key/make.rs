//! How keys are made, and made anew.

use std::time::Duration;

use super::{
    ApiKeyError, ApiKeyInfo, ApiKeys, Forget, IssuedApiKey, KEYS, KeyOwner, NAME, NewApiKey, TRIES,
    millis,
    record::{Record, entry, owner_of},
    text::KeyId,
    usage::{USES, Use},
};
use crate::{FieldError, Problem, audit::AuditKind, store::StoreError};

/// How many keys a subject may have.
const MOST_KEYS: usize = 50;
const LONGEST_OVERLAP: Duration = Duration::from_secs(30 * 24 * 60 * 60);

impl ApiKeys {
    /// Makes a key. Its text is in the answer, and nowhere else afterwards.
    ///
    /// Its scopes are among those of `owner`'s own credential and among those that the app's accounts
    /// grant its owner at this moment. A subject has 50 keys at most.
    ///
    /// # Errors
    /// [`ApiKeyError`]; as a [`Problem`] each is the answer to whoever asked.
    pub async fn create(
        &self,
        owner: &impl KeyOwner,
        new: NewApiKey,
    ) -> Result<IssuedApiKey, ApiKeyError> {
        if owner.is_api_key() {
            return Err(ApiKeyError::AskedByKey);
        }
        let (asked, subject) = (self.clock.unix(), owner.subject());
        let new = new.check()?;
        let may = self.owners()?.renew(subject).await?;
        let may = may.ok_or(ApiKeyError::OwnerGone)?;
        new.within(owner, &may)?;
        if self.listed(subject).await?.len() >= MOST_KEYS {
            return Err(ApiKeyError::TooMany);
        }
        let now = self.clock.unix();
        let expires_at = new.expires_at(now);
        let text = self.prefix.draw();
        let record = Record {
            subject: subject.to_owned(),
            name: self.seal(&new.name, &text.id)?,
            scopes: new.scopes,
            created_at: millis(now),
            rotated_at: millis(now),
            expires_at: expires_at.map(millis),
            allowed_addresses: new.addresses.texts(),
            secret: text.secret.to_text(),
            previous: Vec::new(),
        };
        let is_new = self.add(text.id, &record).await?;
        if !is_new {
            // It would take 2^35 keys for that to happen by chance.
            return Err(Problem::internal("two API keys have one id").into());
        }
        if let Err(refused) = self.still_welcome(owner, asked).await {
            self.store.take(KEYS.key(text.id.as_str())).await?;
            return Err(refused);
        }
        self.record(AuditKind::ApiKeyCreated, subject, &text.id);
        let info = ApiKeyInfo::new(&text.id, new.name, record, Use::default(), now);
        Ok(IssuedApiKey::new(text.text, info))
    }

    /// Gives a key another secret, which is in the answer and nowhere else afterwards. The one before is
    /// good until the overlap is over, 30 days at most; without an overlap it ends at once. `None` where
    /// the subject has no key of that id.
    ///
    /// # Errors
    /// When the overlap is too long, or the store fails.
    pub async fn rotate(
        &self,
        subject: &str,
        id: &str,
        overlap: Duration,
    ) -> Result<Option<IssuedApiKey>, ApiKeyError> {
        if overlap > LONGEST_OVERLAP {
            let error = FieldError::at("#/overlap", "range", "must be 30 days at most");
            return Err(ApiKeyError::Invalid(vec![error]));
        }
        let Some(id) = KeyId::parse(id) else {
            return Ok(None);
        };
        // Before anything is changed: afterwards nothing may fail, since the secret is shown once.
        let used = self.used(&id).await?;
        let key = KEYS.key(id.as_str());
        for _ in 0..TRIES {
            let Some(stored) = self.store.get(key).await? else {
                return Ok(None);
            };
            let (record, now) = (Record::from_bytes(&stored)?, self.clock.unix());
            let Some(lifetime) = record.lifetime(now) else {
                return Ok(None);
            };
            if record.subject != subject {
                return Ok(None);
            }
            let text = self.prefix.draw_for(id);
            let mut record = record.rotated(&text.secret, millis(now), millis(now + overlap));
            let name = self.open(&record.name, &id);
            if let Some(name) = &name {
                // With the present secret of the app.
                record.name = self.seal(name, &id)?;
            }
            let (value, owner) = (record.to_bytes(), owner_of(subject));
            let entry = entry(&value, &owner, lifetime);
            let forget = Forget(self, id);
            if self.store.compare_and_swap(key, &stored, entry).await? {
                drop(forget);
                self.record(AuditKind::ApiKeyCreated, subject, &id);
                let info = ApiKeyInfo::new(&id, name.unwrap_or_default(), record, used, now);
                return Ok(Some(IssuedApiKey::new(text.text, info)));
            }
        }
        Err(StoreError::unavailable("the API key changes all the time").into())
    }

    async fn add(&self, id: KeyId, record: &Record) -> Result<bool, StoreError> {
        let lifetime = record.lifetime(self.clock.unix());
        let value = record.to_bytes();
        let owner = owner_of(&record.subject);
        let entry = entry(&value, &owner, lifetime.unwrap_or(Duration::from_millis(1)));
        self.store.put_if_absent(KEYS.key(id.as_str()), entry).await
    }

    /// What can only be said once the key is there. Of several that are made at once, none may be one too
    /// many; and whoever signs the owner out everywhere and then calls the keys back either finds this
    /// one, or is found here.
    async fn still_welcome(
        &self,
        owner: &impl KeyOwner,
        asked: Duration,
    ) -> Result<(), ApiKeyError> {
        if self.listed(owner.subject()).await?.len() > MOST_KEYS {
            return Err(ApiKeyError::TooMany);
        }
        self.revocations.refresh().await?;
        let since = owner.issued_at().unwrap_or(asked);
        let (subject, family) = (owner.subject(), owner.family());
        let revocations = &self.revocations;
        match revocations.is_signed_out_since(subject, family, since) {
            true => Err(ApiKeyError::OwnerGone),
            false => Ok(()),
        }
    }

    /// What a person has typed is sealed, so that nobody who reads the store reads it.
    fn seal(&self, name: &str, id: &KeyId) -> Result<String, Problem> {
        let sealed = self.sealer.seal_for(NAME, &name, id.as_str().as_bytes());
        Ok(sealed?)
    }

    async fn used(&self, id: &KeyId) -> Result<Use, StoreError> {
        let written = self.store.get(USES.key(id.as_str())).await?;
        let written = written.as_deref().map(Use::from_bytes);
        Ok(written.unwrap_or_default().plus(self.usage.counted(id)))
    }
}
