//! Tokens that are mailed and used once.
//!
//! A token is 256 random bits. The store holds their SHA-256, with what the token says and when it ends;
//! whoever redeems it takes that out, which of any number of callers one can do. The purpose stands in the
//! key, so that a token for one is none for another.

mod claims;
#[cfg(test)]
mod tests;
mod text;

use std::{fmt, marker::PhantomData, sync::Arc, time::Duration};

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
pub use claims::{ChangeEmailClaims, OneTime, ResetClaims, VerifyEmailClaims};
use serde::{Deserialize, Serialize};
use text::Secret;

use super::{Token, millis};
use crate::{
    clock::Clock,
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
}

/// A token that was redeemed, and what it says.
#[must_use]
pub struct Redeemed<P: OneTime> {
    claims: P::Claims,
    /// Where it stood.
    id: String,
    stored: Stored,
    purpose: PhantomData<fn() -> P>,
}

/// What the store holds of a token.
#[derive(Serialize, Deserialize)]
struct Stored {
    /// The owner, as [`owner_key`] writes it.
    owner: String,
    /// When it ends, in milliseconds since 1970.
    until: u64,
    /// What it says, as JSON.
    claims: String,
}

impl OneTimeTokens {
    pub(crate) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    /// Issues a token. [`end_all`](Self::end_all) finds it by `owner`, which may be a subject or an
    /// address, of any length.
    ///
    /// # Errors
    /// When the store does not take it, or the claims cannot be written.
    pub async fn issue<P: OneTime>(
        &self,
        owner: &str,
        claims: &P::Claims,
    ) -> Result<Token<P>, StoreError> {
        let secret = Secret::random();
        let stored = Stored {
            owner: owner_key(owner),
            until: millis(self.clock.unix() + P::LIFETIME),
            claims: serde_json::to_string(claims).map_err(|_| StoreError::Invalid("claims"))?,
        };
        // The id has 256 random bits: nothing is there.
        self.write::<P>(&secret.id(), &stored, P::LIFETIME).await?;
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
        let read = value.and_then(|value| self.read::<P>(id, &value));
        Ok(read.map(|redeemed| redeemed.claims))
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
        let Some(secret) = Secret::parse(token) else {
            return Ok(None);
        };
        let id = secret.id();
        let key = space::<P>().key(&id);
        // What cannot be read here stays: another instance may have a secret that this one has not.
        let there = self.store.get(key).await?;
        if there.is_none_or(|value| self.read::<P>(id.clone(), &value).is_none()) {
            return Ok(None);
        }
        let taken = self.store.take(key).await?;
        Ok(taken.and_then(|value| self.read(id, &value)))
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
        self.write::<P>(&redeemed.id, &redeemed.stored, rest).await
    }

    /// Ends every token that an owner has for this purpose.
    ///
    /// # Errors
    /// When the store does not answer. Some may have ended by then.
    pub async fn end_all<P: OneTime>(&self, owner: &str) -> Result<(), StoreError> {
        let space = space::<P>();
        for listed in self.store.list(space, &owner_key(owner)).await? {
            self.store.take(space.key(&listed.id)).await?;
        }
        Ok(())
    }

    async fn write<P: OneTime>(
        &self,
        id: &str,
        stored: &Stored,
        lifetime: Duration,
    ) -> Result<(), StoreError> {
        let value = serde_json::to_vec(stored).map_err(|_| StoreError::Invalid("claims"))?;
        let entry = Entry {
            value: &value,
            owner: Some(&stored.owner),
            lifetime,
        };
        self.store.put(space::<P>().key(id), entry).await
    }

    /// `None` where it cannot be read, or has ended by this clock.
    fn read<P: OneTime>(&self, id: String, value: &[u8]) -> Option<Redeemed<P>> {
        let stored: Stored = serde_json::from_slice(value).ok()?;
        if stored.until <= millis(self.clock.unix()) {
            return None;
        }
        Some(Redeemed {
            claims: serde_json::from_str(&stored.claims).ok()?,
            id,
            stored,
            purpose: PhantomData,
        })
    }
}

impl<P: OneTime> Redeemed<P> {
    /// What the token says.
    pub fn claims(&self) -> &P::Claims {
        &self.claims
    }
}

const fn space<P: OneTime>() -> Space<'static> {
    Space::new(P::NAME)
}

/// An owner of any length and alphabet, as the store takes it.
fn owner_key(owner: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, owner.as_bytes()))
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
