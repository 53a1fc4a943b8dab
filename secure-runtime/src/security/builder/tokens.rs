//! What the builder is told about tokens.

use std::{sync::Arc, time::Duration};

use serde::de::DeserializeOwned;

use super::Builder;
use crate::{crypto::ServerSecret, oauth::ResourceOwners};

impl<I, A, K> Builder<I, A, K> {
    /// The secret of this service, from which every key is derived that is not a signing key. Defaults
    /// to what is derived from an HMAC signing key; required beside an asymmetric one.
    pub fn secret(mut self, secret: ServerSecret) -> Self {
        self.options.tokens.secret = Some(secret);
        self
    }

    /// A secret that was in use before. What was made with it is still recognised, and nothing is made
    /// with it any more.
    pub fn previous_secret(mut self, secret: ServerSecret) -> Self {
        self.options.tokens.previous_secrets.push(secret);
        self
    }

    /// How long an access token lives: 1 second to 1 hour. Defaults to 10 minutes.
    pub fn access_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.options.tokens.lifetime = lifetime;
        self
    }

    /// How far the clocks of two machines may be apart: at most 60 seconds. Defaults to 30.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.options.tokens.leeway = leeway;
        self
    }

    /// The type of the claims of the app's own, which [`Grant::with_claims`](crate::token::Grant::with_claims)
    /// writes and [`Principal::claims`](crate::Principal::claims) reads. A token whose claims do not
    /// read as `T` is refused.
    pub fn token_claims<T: DeserializeOwned + Send + Sync + 'static>(mut self) -> Self {
        self.options.tokens.own_claims::<T>();
        self
    }

    /// How many verified access tokens are remembered, so that they are not verified again; 0 is
    /// none. Defaults to 10 000.
    pub fn remembered_tokens(mut self, tokens: usize) -> Self {
        self.options.tokens.remembered = tokens;
        self
    }

    /// How long a refresh token may lie unused. Defaults to 7 days.
    pub fn refresh_idle_lifetime(mut self, lifetime: Duration) -> Self {
        self.options.tokens.refresh.idle = lifetime;
        self
    }

    /// After which time a sign-in ends, however often it is refreshed. Defaults to 30 days.
    pub fn refresh_absolute_lifetime(mut self, lifetime: Duration) -> Self {
        self.options.tokens.refresh.absolute = lifetime;
        self
    }

    /// For how long a refresh token that is sent twice gets the same successor again, unless that
    /// was used: at most 60 seconds, and 0 is never. Defaults to 10 seconds.
    pub fn refresh_grace(mut self, grace: Duration) -> Self {
        self.options.tokens.refresh.grace = grace;
        self
    }

    /// How many sign-ins of one subject can be refreshed at a time: 1 to 1000. Beyond that the one that
    /// was refreshed longest ago ends. Defaults to 20.
    pub fn sign_ins_per_subject(mut self, most: usize) -> Self {
        self.options.tokens.most_sign_ins = most;
        self
    }

    /// After which time a revocation counts on every instance of the app: 100 milliseconds to 60
    /// seconds. On the instance that revokes it counts at once. Defaults to 1 second.
    pub fn revocation_bound(mut self, bound: Duration) -> Self {
        self.options.tokens.revocation_bound = bound;
        self
    }

    /// For how much longer than the bound tokens are accepted while the store does not answer. What
    /// others revoke in that time does not count here. Defaults to 0: protected routes answer 503 then.
    pub fn accept_unchecked_tokens_for(mut self, outage: Duration) -> Self {
        self.options.tokens.tolerated_outage = outage;
        self
    }

    /// How long others may keep the public keys (`max-age` of the JWKS), and so how long a new key is
    /// published before it signs. Defaults to 5 minutes.
    pub fn jwks_max_age(mut self, max_age: Duration) -> Self {
        self.options.tokens.jwks_max_age = max_age;
        self
    }

    /// What a subject may have when its tokens are renewed ([`oauth`](crate::oauth)). Said by
    /// [`accounts`](Self::accounts), too, so [`build`](Self::build) refuses both calls together.
    pub fn resource_owners(mut self, owners: impl ResourceOwners) -> Self {
        self.options.owners = Some(Arc::new(owners));
        self
    }
}
