use std::{fmt, sync::Arc, time::Duration};

use super::{
    AccessTokens, Family, Grant, KeyRing, Refresh, Token, TokenError,
    endings::Endings,
    error::Reason,
    issued::IssuedTokens,
    keys::{RotationError, RotationTimes},
    refresh::{Families, Found, Rotation, Start, Wanted},
    revocation::Revocations,
};
use crate::{
    Problem, audit::AuditKind, clock::Clock, principal::Principal, session::SessionId,
    store::StoreError,
};

/// The life of a sign-in: its tokens from the first to the last.
///
/// It is at hand as [`Security::tokens`](crate::Security::tokens).
pub struct Tokens {
    pub(super) access: AccessTokens,
    pub(super) endings: Arc<Endings>,
    pub(super) clock: Arc<dyn Clock>,
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
            restricted: grant.restricted,
            signed_in_at,
        };
        let (family, refresh) = self.families().start(&start).await?;
        match self.complete(grant, signed_in_at, &family).await {
            Ok(access) => {
                let (kind, subject) = (AuditKind::TokenCreated, &grant.subject);
                self.endings.record(kind, subject, Some(&family.id));
                let lifetime = self.access.lifetime();
                Ok(IssuedTokens::new(access, refresh, lifetime, &grant.scopes))
            }
            Err(error) => {
                // Nobody has a token of it. What is left of it where the store fails ends by itself.
                let _ = self.families().forget(&family.id).await;
                Err(error)
            }
        }
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
        let wanted = Wanted {
            client_id,
            scopes: wanted,
        };
        let family = match self.families().find(token, &wanted).await? {
            Found::Good(family) => family,
            refused => return Err(self.refuse(refused).await),
        };
        // Before the token is used up: a server that cannot ask has cost the caller nothing.
        let Some(grant) = renew(&family).await.map_err(RefreshError::Failed)? else {
            self.endings
                .end(&family.id, AuditKind::TokenRevoked)
                .await?;
            return Err(RefreshError::Invalid);
        };
        if grant.subject != family.subject {
            return Err(RefreshError::Failed(Problem::internal(
                "the renewed grant is for another subject than the refresh token",
            )));
        }
        // Before it is used up, too: what cannot be issued has cost the caller nothing.
        self.revocations().refresh().await?;
        let grant = grant.in_family(&family, wanted.scopes);
        let access = match self.access.issue(&grant) {
            Ok(access) => access,
            Err(TokenError(Reason::SignedOut)) => {
                let why = AuditKind::TokenRevoked;
                self.endings.end(&family.id, why).await?;
                return Err(RefreshError::Invalid);
            }
            Err(error) => return Err(RefreshError::Failed(error.into())),
        };
        match self.families().rotate(token, &wanted).await? {
            Rotation::Rotated { successor } => {
                let (lifetime, scopes) = (self.access.lifetime(), &grant.scopes);
                Ok(IssuedTokens::new(access, successor, lifetime, scopes))
            }
            Rotation::Refused(refused) => Err(self.refuse(refused).await),
        }
    }

    /// Ends a caller's token and the sign-in that it came from, or the [session](crate::session) that it came
    /// with; the answer to that request then has the browser forget the cookie. Who calls by API key has no sign-in, and
    /// nothing ends: that is [`ApiKeys::revoke`](crate::api_key::ApiKeys::revoke).
    ///
    /// # Errors
    /// When the store fails. The token is then still good, so that its holder can try again.
    pub async fn sign_out(&self, caller: &Principal) -> Result<(), StoreError> {
        if caller.api_key_id().is_some() {
            return Ok(());
        }
        self.endings.sign_out(caller, self.access.leeway()).await
    }

    /// Ends every token and every session that a subject has: logout everywhere, a password that was reset, a disabled account.
    /// What is issued afterwards is good.
    ///
    /// # Errors
    /// When the store fails; call it again.
    pub async fn sign_out_everywhere(&self, subject: &str) -> Result<(), StoreError> {
        self.endings.everywhere(subject).await
    }

    /// Ends every token and every session that the caller's subject has, but those of the sign-in that the caller itself came
    /// from: a changed password. That one goes on, and can be refreshed.
    ///
    /// A caller whose token belongs to no sign-in ([`AccessTokens::issue`]) has nothing that could be left
    /// out: this is then [`sign_out_everywhere`](Self::sign_out_everywhere), and its own token ends too.
    ///
    /// # Errors
    /// When the store fails; call it again.
    pub async fn sign_out_elsewhere(&self, caller: &Principal) -> Result<(), StoreError> {
        let subject = caller.subject();
        match caller.family() {
            Some(family) => self.endings.elsewhere(subject, family).await,
            None => self.endings.everywhere(subject).await,
        }
    }

    /// The sign-ins of a subject that can still be refreshed, the last refreshed first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sign_ins(&self, subject: &str) -> Result<Vec<Family>, StoreError> {
        self.families().of_subject(subject).await
    }

    /// Ends one sign-in of a subject, by the id that [`sign_ins`](Self::sign_ins) or
    /// [`Sessions::of_subject`](crate::session::Sessions::of_subject) lists; `false`
    /// where the subject has none of that id, or it has ended before.
    ///
    /// # Errors
    /// When the store fails; call it again.
    pub async fn end_sign_in(&self, subject: &str, id: &str) -> Result<bool, StoreError> {
        if let Some(session) = SessionId::parse(id) {
            let sessions = self.endings.sessions.of_subject(subject).await?;
            return match sessions.iter().any(|known| known.id == session) {
                true => {
                    let why = AuditKind::SessionEnded;
                    self.endings.end_session(subject, session, why).await
                }
                false => Ok(false),
            };
        }
        let families = self.families().all_of_subject(subject).await?;
        let Some((_, lives)) = families.iter().find(|(known, _)| known == id) else {
            return Ok(false);
        };
        // One that has ended, too: whoever ended it may not have done so to the end.
        self.endings.end(id, AuditKind::TokenRevoked).await?;
        Ok(lives.is_some())
    }

    /// Revokes whatever token this is (RFC 7009): a refresh token with its family and their access
    /// tokens, or an access token. What is no valid token of ours needs no revoking.
    ///
    /// # Errors
    /// When the store fails; call it again.
    pub async fn revoke(&self, token: &str) -> Result<(), StoreError> {
        let refresh = Token::from_untrusted(token);
        match self.families().find(&refresh, &Wanted::default()).await? {
            Found::Good(family) | Found::Replayed(family) | Found::Ended(family) => {
                return self.endings.end(&family.id, AuditKind::TokenRevoked).await;
            }
            Found::Invalid | Found::ScopeNotGranted => {}
        }
        match self.access.verify(&Token::from_untrusted(token)).await {
            Ok(bearer) => {
                let leeway = self.access.leeway();
                self.endings.revoke_token(&bearer, leeway).await?;
                let (kind, subject) = (AuditKind::TokenRevoked, bearer.subject());
                self.endings.record(kind, subject, bearer.family());
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

    /// How sign-ins end.
    pub(crate) fn endings(&self) -> &Arc<Endings> {
        &self.endings
    }

    /// Whether a session may begin for the grant; and when its subject proved who it is.
    pub(crate) fn admit(&self, grant: &Grant) -> Result<Duration, TokenError> {
        Ok(self.access.admit(grant)?)
    }

    /// Whether a session that has just begun may go on: nobody has signed its subject out meanwhile.
    pub(crate) async fn admit_again(
        &self,
        subject: &str,
        session: &str,
        signed_in_at: Duration,
    ) -> Result<(), TokenError> {
        let revocations = self.revocations();
        revocations.refresh().await?;
        match revocations.is_signed_out_since(subject, Some(session), signed_in_at) {
            true => Err(TokenError(Reason::SignedOut)),
            false => Ok(()),
        }
    }

    pub(crate) fn revocations(&self) -> &Arc<Revocations> {
        &self.endings.revocations
    }

    /// The time at which somebody who is about to prove who it is does so.
    pub(crate) fn now(&self) -> Duration {
        self.clock.unix()
    }

    fn families(&self) -> &Families {
        &self.endings.families
    }

    /// The access token of a family that has just begun.
    async fn complete(
        &self,
        grant: &Grant,
        signed_in_at: Duration,
        family: &Family,
    ) -> Result<Token<super::Access>, TokenError> {
        // Whoever signs the subject out everywhere writes that down, and then ends the families that
        // there are. So either this reads it, or the family just begun is among them.
        self.revocations().refresh().await?;
        let grant = grant.clone().with_signed_in_at(signed_in_at);
        let access = self.access.issue(&grant.of_family(&family.id))?;
        self.make_room(family).await?;
        Ok(access)
    }

    /// Ends the families for which there is no room beside the one that has just begun. Of two that began
    /// at once, the later one makes room.
    async fn make_room(&self, begun: &Family) -> Result<(), StoreError> {
        let age = |family: &Family| (family.started_at, family.id.clone());
        let families = self.families().of_subject(&begun.subject).await?;
        let others = families.iter().filter(|other| age(other) < age(begun));
        for family in others.skip(self.most_sign_ins - 1) {
            self.endings
                .end(&family.id, AuditKind::TokenRevoked)
                .await?;
        }
        Ok(())
    }

    /// What is due where a refresh token gets nothing.
    async fn refuse(&self, found: Found) -> RefreshError {
        let ended = match found {
            Found::Replayed(family) => self.endings.reused(&family.id).await,
            // Again, in case that whoever ended it could not do so to the end.
            Found::Ended(family) => self.endings.end(&family.id, AuditKind::TokenRevoked).await,
            Found::Good(_) | Found::Invalid => Ok(()),
            Found::ScopeNotGranted => return RefreshError::ScopeNotGranted,
        };
        ended.map_or_else(RefreshError::from, |()| RefreshError::Invalid)
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
