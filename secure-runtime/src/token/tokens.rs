use std::{fmt, sync::Arc, time::Duration};

use super::{
    AccessTokens, Family, Grant, KeyRing, Refresh, Token, TokenError,
    error::Reason,
    issued::IssuedTokens,
    keys::RotationError,
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
        // Whoever signs the subject out everywhere, here or on another instance, either finds the
        // family or has said so before we ask.
        let known = self.revocations.renew().await.map_err(TokenError::from);
        let access = match known.and_then(|()| self.access.issue(&grant)) {
            Ok(access) => access,
            Err(error) => {
                self.families.end(&family.id).await?;
                return Err(error);
            }
        };
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
        let grant = grant
            .narrowed_to(&family.scopes)
            .with_client_id(&family.client_id)
            // The clock of the instance that signed in may be ahead of ours.
            .with_signed_in_at(family.signed_in_at.min(self.clock.unix()))
            .in_family(&family.id);
        let grant = match wanted.scopes {
            Some(scopes) => grant.narrowed_to(scopes),
            None => grant,
        };
        // Before the token is used up, too: what cannot be issued has cost the caller nothing.
        let access = match self.access.issue(&grant) {
            Ok(access) => access,
            Err(TokenError(Reason::SignedOut)) => {
                self.families.end(&family.id).await?;
                return Err(RefreshError::Invalid);
            }
            Err(error) => return Err(RefreshError::Failed(error.into())),
        };
        match self.families.rotate(token, &wanted).await? {
            Rotation::Rotated { successor } => Ok(IssuedTokens::new(
                access,
                successor,
                self.access.lifetime(),
                &grant.scopes,
            )),
            Rotation::Reused(family) => {
                // First for the record: the family has ended, and nobody will find it again.
                self.record(AuditKind::TokenReuse, &family.subject, Some(&family.id));
                self.revoke_family(&family.id).await?;
                Err(RefreshError::Invalid)
            }
            Rotation::Invalid => Err(RefreshError::Invalid),
            Rotation::ScopeNotGranted => Err(RefreshError::ScopeNotGranted),
        }
    }

    /// Ends a caller's token and the sign-in that it came from.
    ///
    /// # Errors
    /// When the store fails: the sign-in may then live on. Call it again.
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
    /// When the store fails; call it again. This instance refuses the subject's access tokens already.
    pub async fn sign_out_everywhere(&self, subject: &str) -> Result<(), StoreError> {
        let now = self.clock.unix();
        let fact = Fact::subject(subject, now, self.horizon);
        self.revocations.revoke(&fact).await?;
        for family in self.families.of_subject(subject).await? {
            self.families.end(&family.id).await?;
            self.revoke_family(&family.id).await?;
        }
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

    async fn revoke_family(&self, family: &str) -> Result<(), StoreError> {
        let fact = Fact::family(family, self.clock.unix(), self.horizon);
        self.revocations.revoke(&fact).await
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
