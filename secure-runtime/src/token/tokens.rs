use std::{fmt, sync::Arc, time::Duration};

use super::{
    AccessTokens, Family, Grant, KeyRing, Refresh, Token, TokenError,
    error::Reason,
    issued::IssuedTokens,
    keys::{RotationError, RotationTimes},
    refresh::{Families, Rotation, Start, Wanted},
    revocation::{Fact, Revocations},
};
use crate::{
    Problem,
    audit::{AuditEvent, AuditKind, AuditSink},
    clock::Clock,
    principal::Principal,
    store::StoreError,
};

/// The life of a sign-in: its tokens from the first to the last.
///
/// It is at hand as [`Security::tokens`](crate::Security::tokens).
pub struct Tokens {
    pub(super) access: AccessTokens,
    pub(super) families: Families,
    pub(super) revocations: Arc<Revocations>,
    pub(super) audit: Arc<dyn AuditSink>,
    pub(super) clock: Arc<dyn Clock>,
    /// No access token lives longer than this, leeway included.
    pub(super) horizon: Duration,
    /// How long others may keep the public keys.
    pub(super) jwks_max_age: Duration,
    /// How many sign-ins of one subject can be refreshed.
    pub(super) most_sign_ins: usize,
}

/// Why a refresh token gets nothing.
#[derive(Debug)]
#[non_exhaustive]
pub enum RefreshError {
    /// It is none of ours, expired, used up, another client's, or its account is gone: the caller
    /// has to sign in again. There is one answer for all of them.
    Invalid,
    /// A scope was asked for that the sign-in was not granted. The token is still good.
    ScopeNotGranted,
    /// The server could not do its work. The token is still good.
    Failed(Problem),
}

impl Tokens {
    /// Issues an access token and begins a refresh family, for a caller who has just proved who it is.
    /// Where the subject has as many sign-ins as it may have, the one that was refreshed longest ago
    /// ends.
    ///
    /// # Errors
    /// As [`AccessTokens::issue`], and when the store fails.
    pub async fn sign_in(&self, grant: &Grant) -> Result<IssuedTokens, TokenError> {
        // Before there is a family: what cannot be issued begins none.
        let signed_in_at = self.access.admit(grant)?;
        let start = Start {
            subject: &grant.subject,
            client_id: self.access.client_id(grant),
            scopes: &grant.scopes,
            signed_in_at,
        };
        let (family, refresh) = self.families.start(&start).await?;
        let grant = grant
            .clone()
            .with_signed_in_at(signed_in_at)
            .in_family(&family.id);
        // Whoever signs the subject out everywhere writes that down, and then ends the families that
        // there are. So either this reads it, or the family just begun is among them.
        self.revocations.refresh().await?;
        let access = match self.access.issue(&grant) {
            Ok(access) => access,
            Err(error) => {
                self.families.end(&family.id).await?;
                return Err(error);
            }
        };
        self.make_room(&family).await?;
        self.record(AuditKind::TokenCreated, &grant.subject, Some(&family.id));
        Ok(IssuedTokens::new(
            access,
            refresh,
            self.access.lifetime(),
            &grant.scopes,
        ))
    }

    /// Exchanges a refresh token for an access token and the next refresh token.
    ///
    /// `renew` says what the subject of the family may have now, by the app's own records; `None` where
    /// its account is gone or disabled, which ends the family. The new access token has the roles and
    /// claims of that grant, and those of its scopes that the sign-in was granted; `auth_time` stays
    /// that of the sign-in.
    ///
    /// `wanted` narrows the scopes of the access token; `client_id` is the client that asks, where it
    /// says so.
    ///
    /// # Errors
    /// [`RefreshError`]. A token that was used before ends its family and revokes its access tokens.
    pub async fn refresh(
        &self,
        token: &Token<Refresh>,
        client_id: Option<&str>,
        wanted: Option<&[String]>,
        renew: impl AsyncFnOnce(&Family) -> Result<Option<Grant>, Problem>,
    ) -> Result<IssuedTokens, RefreshError> {
        let found = self.families.find(token).await?;
        let family = found.ok_or(RefreshError::Invalid)?;
        // Before the token is used up: a server that cannot ask has cost the caller nothing.
        let Some(grant) = renew(&family).await.map_err(RefreshError::Failed)? else {
            self.end(&family.id, &family.subject, AuditKind::TokenRevoked)
                .await?;
            return Err(RefreshError::Invalid);
        };
        if grant.subject != family.subject {
            return Err(RefreshError::Failed(Problem::internal(
                "the renewed grant is for another subject than the refresh token",
            )));
        }
        let wanted = Wanted {
            client_id,
            scopes: wanted,
        };
        let (family, successor) = match self.families.rotate(token, &wanted).await? {
            Rotation::Rotated { family, successor } => (family, successor),
            Rotation::Reused(family) => {
                self.record(AuditKind::TokenReuse, &family.subject, Some(&family.id));
                // The family has ended; so have its access tokens, here even if the store fails now:
                // nobody will come and end it again.
                let fact = self.family_fact(&family.id);
                self.revocations.revoke_here(&fact)?;
                self.revocations.revoke(&fact).await?;
                return Err(RefreshError::Invalid);
            }
            Rotation::Invalid => return Err(RefreshError::Invalid),
            Rotation::ScopeNotGranted => return Err(RefreshError::ScopeNotGranted),
        };
        let grant = grant
            .narrowed_to(&family.scopes)
            .with_client_id(&family.client_id)
            .with_signed_in_at(family.signed_in_at)
            .in_family(&family.id);
        let grant = match wanted.scopes {
            Some(scopes) => grant.narrowed_to(scopes),
            None => grant,
        };
        match self.access.issue(&grant) {
            Ok(access) => Ok(IssuedTokens::new(
                access,
                successor,
                self.access.lifetime(),
                &grant.scopes,
            )),
            Err(TokenError(Reason::SignedOut)) => {
                self.families.end(&family.id).await?;
                Err(RefreshError::Invalid)
            }
            Err(error) => Err(RefreshError::Failed(error.into())),
        }
    }

    /// Ends a caller's token and the sign-in that it came from.
    ///
    /// # Errors
    /// When the store fails. The token is then still good, so that its holder can try again.
    pub async fn sign_out(&self, caller: &Principal) -> Result<(), StoreError> {
        if let Some(family) = caller.family() {
            self.families.end(family).await?;
            self.revoke_family(family).await?;
        }
        self.revoke_access(caller).await?;
        self.record(AuditKind::SignedOut, caller.subject(), caller.family());
        Ok(())
    }

    /// Ends every token that a subject has: logout everywhere, a changed password, a disabled account.
    /// What is issued afterwards is good.
    ///
    /// # Errors
    /// When the store fails; call it again.
    pub async fn sign_out_everywhere(&self, subject: &str) -> Result<(), StoreError> {
        // First, so that a subject who does it for itself can do it again when the store fails.
        self.end_families(subject).await?;
        let fact = Fact::subject(subject, self.clock.unix(), self.horizon);
        self.revocations.revoke(&fact).await?;
        // Families that were begun meanwhile by whoever could not know of it yet; see `sign_in`.
        self.end_families(subject).await?;
        self.record(AuditKind::SignedOutEverywhere, subject, None);
        Ok(())
    }

    /// The sign-ins of a subject that can still be refreshed, the last refreshed first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sign_ins(&self, subject: &str) -> Result<Vec<Family>, StoreError> {
        self.families.of_subject(subject).await
    }

    /// Ends one sign-in of a subject, by the id that [`sign_ins`](Self::sign_ins) lists; `false`
    /// where the subject has none of that id.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn end_sign_in(&self, subject: &str, id: &str) -> Result<bool, StoreError> {
        let families = self.families.of_subject(subject).await?;
        let is_theirs = families.iter().any(|family| family.id == id);
        if is_theirs {
            self.end(id, subject, AuditKind::TokenRevoked).await?;
        }
        Ok(is_theirs)
    }

    /// Revokes whatever token this is (RFC 7009): a refresh token with its family and their access
    /// tokens, or an access token. What is no valid token of ours needs no revoking.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn revoke(&self, token: &str) -> Result<(), StoreError> {
        if let Some(family) = self.families.find(&Token::from_untrusted(token)).await? {
            return self
                .end(&family.id, &family.subject, AuditKind::TokenRevoked)
                .await;
        }
        match self.access.verify(&Token::from_untrusted(token)).await {
            Ok(bearer) => {
                self.revoke_access(&bearer).await?;
                self.record(AuditKind::TokenRevoked, bearer.subject(), bearer.family());
                Ok(())
            }
            Err(TokenError(Reason::Store(error))) => Err(error),
            Err(_) => Ok(()),
        }
    }

    /// Goes over to another ring of keys, while requests are under way: a token that was issued before is
    /// verified as long as its key is in the ring, and refused from the moment it is not.
    ///
    /// A key that others verify (an asymmetric one) has to be published first, as the next key of the
    /// ring that there is, for as long as they may keep what they have read.
    ///
    /// ```
    /// use secure_runtime::{Security, ServerSecret, token::{Es256Key, KeyRing, keys::RotationError}};
    ///
    /// let old = Es256Key::generate()?;
    /// let security = Security::builder()
    ///     .issuer("https://auth.example.com")
    ///     .audience("https://api.example.com")
    ///     .signing_key(old.clone())
    ///     .secret(ServerSecret::random())
    ///     .build()?;
    /// let new = Es256Key::generate()?;
    /// let too_early = security.tokens().rotate_keys(KeyRing::new(new).with_previous(old)?);
    /// assert!(matches!(too_early, Err(RotationError::TooEarly { .. })));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the key that is to sign has not been published long enough. The keys stay as they are.
    pub fn rotate_keys(&self, keys: impl Into<KeyRing>) -> Result<(), RotationError> {
        let keys = keys.into();
        let wait = self.access.publishing_time_left(&keys, self.jwks_max_age);
        if !wait.is_zero() {
            return Err(RotationError::TooEarly { wait });
        }
        self.access.replace_keys(&keys);
        Ok(())
    }

    /// Goes over to another ring of keys at once, for the day on which a key has leaked. Whoever keeps
    /// the old public keys refuses our tokens until it reads the new ones.
    pub fn replace_keys_at_once(&self, keys: impl Into<KeyRing>) {
        self.access.replace_keys(&keys.into());
    }

    /// The times that a rotation of these keys keeps to, for
    /// [`KeySet::rotate`](super::keys::KeySet::rotate).
    pub fn rotation_times(&self) -> RotationTimes {
        RotationTimes {
            jwks_max_age: self.jwks_max_age,
            token_lifetime: self.access.lifetime(),
        }
    }

    /// Publishes the keys of a ring that are new here; the same key signs as before.
    pub(crate) fn publish_keys(&self, keys: &KeyRing) {
        self.access.publish_keys(keys);
    }

    /// Issues and verifies access tokens.
    pub fn access(&self) -> &AccessTokens {
        &self.access
    }

    pub(crate) fn revocations(&self) -> &Arc<Revocations> {
        &self.revocations
    }

    async fn end(&self, family: &str, subject: &str, why: AuditKind) -> Result<(), StoreError> {
        self.families.end(family).await?;
        self.revoke_family(family).await?;
        self.record(why, subject, Some(family));
        Ok(())
    }

    /// Ends the families of a subject that there are at this moment.
    async fn end_families(&self, subject: &str) -> Result<(), StoreError> {
        let families = self.families.of_subject(subject).await?;
        self.end_all(families.iter()).await
    }

    /// Ends the families beside the one that has just begun for which there is no room.
    async fn make_room(&self, begun: &Family) -> Result<(), StoreError> {
        let families = self.families.of_subject(&begun.subject).await?;
        let others = families.iter().filter(|family| family.id != begun.id);
        self.end_all(others.skip(self.most_sign_ins - 1)).await
    }

    async fn end_all(&self, families: impl Iterator<Item = &Family>) -> Result<(), StoreError> {
        for family in families {
            self.families.end(&family.id).await?;
            self.revoke_family(&family.id).await?;
        }
        Ok(())
    }

    async fn revoke_family(&self, family: &str) -> Result<(), StoreError> {
        self.revocations.revoke(&self.family_fact(family)).await
    }

    fn family_fact(&self, family: &str) -> Fact {
        Fact::family(family, self.clock.unix(), self.horizon)
    }

    async fn revoke_access(&self, bearer: &Principal) -> Result<(), StoreError> {
        let until = bearer.expires_at() + self.access.leeway();
        let fact = Fact::token(bearer.token_id(), until);
        self.revocations.revoke(&fact).await
    }

    fn record(&self, kind: AuditKind, subject: &str, family: Option<&str>) {
        self.audit.record(&AuditEvent {
            kind,
            at: self.clock.unix(),
            subject: subject.to_owned(),
            family: family.map(str::to_owned),
        });
    }
}

impl From<StoreError> for RefreshError {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens")
            .field("access", &self.access)
            .finish_non_exhaustive()
    }
}
