//! Tokens that are mailed and used once.
//!
//! A token is 256 random bits. The store holds under their SHA-256 what the token says and when it ends;
//! whoever redeems it takes that out, which of any number of callers one can do. The purpose stands in the
//! key, so that a token for one is none for another.
//!
//! What is stored is personal: it is sealed, and its owner is an HMAC, so that nobody who reads the store
//! reads an address.

mod claims;
#[cfg(test)]
mod tests;
mod text;

use std::{fmt, sync::Arc, time::Duration};

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
pub use claims::{ChangeEmailClaims, OneTime, ResetClaims, VerifyEmailClaims};
use serde::{Deserialize, Serialize};
use text::Secret;

use super::{Token, millis};
use crate::{
    clock::Clock,
    crypto::{Sealer, SecretRing},
    store::{Entry, Space, Store, StoreError},
};

/// Issues and redeems tokens that are used once: for the reset of a password, and to show that an address
/// is somebody's.
///
/// ```
/// # #[actix_web::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use secure_runtime::{
///     Security,
///     token::{ChangeEmail, ChangeEmailClaims, Hs256Key},
/// };
///
/// let security = Security::builder()
///     .issuer("https://auth.example.com")
///     .audience("https://api.example.com")
///     .signing_key(Hs256Key::random())
///     .build()?;
/// let tokens = security.one_time_tokens();
///
/// let claims = ChangeEmailClaims {
///     subject: "ada".to_owned(),
///     from: "ada@example.com".to_owned(),
///     to: "ada@example.org".to_owned(),
/// };
/// let token = tokens.issue::<ChangeEmail>("ada", &claims).await?;
/// let redeemed = tokens.redeem(&token).await?.expect("good, and unused");
/// assert_eq!(redeemed.claims().to, "ada@example.org");
/// assert!(tokens.redeem(&token).await?.is_none());
/// # Ok(())
/// # }
/// ```
pub struct OneTimeTokens {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    sealer: Sealer,
    /// Write owners; the current one first.
    owner_keys: Vec<hmac::Key>,
}

/// A token that was redeemed, and what it says.
#[must_use]
pub struct Redeemed<P: OneTime> {
    /// Where it stood.
    id: String,
    stored: Stored<P::Claims>,
}

/// What the store holds of a token, sealed.
#[derive(Serialize, Deserialize)]
struct Stored<C> {
    /// By whom it is listed.
    owner: String,
    /// When it ends, in milliseconds since 1970.
    until: u64,
    claims: C,
}

impl OneTimeTokens {
    pub(crate) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, secrets: &SecretRing) -> Self {
        let keys = secrets.keys("one-time token owner").into_iter();
        Self {
            store,
            clock,
            sealer: Sealer::new(secrets.clone()),
            owner_keys: keys
                .map(|key| hmac::Key::new(hmac::HMAC_SHA256, &*key.key))
                .collect(),
        }
    }

    /// Issues a token. [`end_all`](Self::end_all) finds it by `owner`, which may be a subject or an
    /// address, of any length.
    ///
    /// # Errors
    /// When the store does not take it, or the claims are too long for it: more than about 48 KiB.
    pub async fn issue<P: OneTime>(
        &self,
        owner: &str,
        claims: &P::Claims,
    ) -> Result<Token<P>, StoreError> {
        let secret = Secret::random();
        let owner = self.owners(owner).next();
        let stored = Stored {
            owner: owner.ok_or(StoreError::Invalid("owner"))?,
            until: millis(self.clock.unix() + P::LIFETIME),
            claims,
        };
        // The id has 256 random bits: nothing is there.
        self.write::<P, _>(&secret.id(), &stored, P::LIFETIME)
            .await?;
        Ok(secret.token())
    }

    /// What a token says, without using it up: to show a form for what it is redeemed for.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn find<P: OneTime>(
        &self,
        token: &Token<P>,
    ) -> Result<Option<P::Claims>, StoreError> {
        let Some(secret) = Secret::parse(token) else {
            return Ok(None);
        };
        let id = secret.id();
        let value = self.store.get(space::<P>().key(&id)).await?;
        let stored = value.and_then(|value| self.read::<P>(&id, &value));
        Ok(stored.map(|stored| stored.claims))
    }

    /// Uses a token up. Of any number of callers at once, exactly one gets it; `None` for one that was
    /// used, has ended, or is none.
    ///
    /// # Errors
    /// When the store does not answer. The token may be used up all the same.
    pub async fn redeem<P: OneTime>(
        &self,
        token: &Token<P>,
    ) -> Result<Option<Redeemed<P>>, StoreError> {
        // What cannot be read here stays: another instance may have a secret that this one has not.
        if self.find(token).await?.is_none() {
            return Ok(None);
        }
        let Some(secret) = Secret::parse(token) else {
            return Ok(None);
        };
        let id = secret.id();
        let taken = self.store.take(space::<P>().key(&id)).await?;
        let stored = taken.and_then(|value| self.read::<P>(&id, &value));
        Ok(stored.map(|stored| Redeemed { id, stored }))
    }

    /// Makes a token good again for the rest of its time, because what it was redeemed for has failed.
    ///
    /// It comes back even where [`end_all`](Self::end_all) was called in the meantime: whoever redeems a
    /// token asks whether what it is for is still due.
    ///
    /// # Errors
    /// When the store does not take it.
    pub async fn put_back<P: OneTime>(&self, redeemed: Redeemed<P>) -> Result<(), StoreError> {
        let now = millis(self.clock.unix());
        let rest = redeemed.stored.until.saturating_sub(now);
        if rest == 0 {
            return Ok(());
        }
        let rest = Duration::from_millis(rest);
        self.write::<P, _>(&redeemed.id, &redeemed.stored, rest)
            .await
    }

    /// Ends every token that an owner has for this purpose.
    ///
    /// # Errors
    /// When the store does not answer. Some may have ended by then.
    pub async fn end_all<P: OneTime>(&self, owner: &str) -> Result<(), StoreError> {
        let space = space::<P>();
        for owner in self.owners(owner) {
            for listed in self.store.list(space, &owner).await? {
                self.store.take(space.key(&listed.id)).await?;
            }
        }
        Ok(())
    }

    async fn write<P: OneTime, C: Serialize>(
        &self,
        id: &str,
        stored: &Stored<C>,
        lifetime: Duration,
    ) -> Result<(), StoreError> {
        let sealed = self
            .sealer
            .seal_for(&sealed_as::<P>(), stored, id.as_bytes());
        let sealed = sealed.map_err(|_| StoreError::Invalid("claims"))?;
        let entry = Entry {
            value: sealed.as_bytes(),
            owner: Some(&stored.owner),
            lifetime,
        };
        self.store.put(space::<P>().key(id), entry).await
    }

    /// `None` where it does not open, or has ended by this clock.
    fn read<P: OneTime>(&self, id: &str, value: &[u8]) -> Option<Stored<P::Claims>> {
        let sealed = str::from_utf8(value).ok()?;
        let opened = self
            .sealer
            .open_for(&sealed_as::<P>(), sealed, id.as_bytes());
        let stored: Stored<P::Claims> = opened
            .inspect_err(|error| {
                tracing::error!(%error, purpose = P::NAME, "a one-time token is passed over");
            })
            .ok()?;
        (stored.until > millis(self.clock.unix())).then_some(stored)
    }

    /// An owner of any length and alphabet, as the store takes it: with each key, the current one first.
    fn owners(&self, owner: &str) -> impl Iterator<Item = String> {
        let owner = owner.as_bytes();
        let tags = self.owner_keys.iter().map(|key| hmac::sign(key, owner));
        tags.map(|tag| URL_SAFE_NO_PAD.encode(tag))
    }
}

impl<P: OneTime> Redeemed<P> {
    /// What the token says.
    pub fn claims(&self) -> &P::Claims {
        &self.stored.claims
    }
}

const fn space<P: OneTime>() -> Space<'static> {
    Space::new(P::NAME)
}

/// What its records are sealed for.
fn sealed_as<P: OneTime>() -> String {
    format!("one-time token: {}", P::NAME)
}

impl fmt::Debug for OneTimeTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OneTimeTokens").finish_non_exhaustive()
    }
}

impl<P: OneTime> fmt::Debug for Redeemed<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redeemed<{}>([redacted])", P::NAME)
    }
}
