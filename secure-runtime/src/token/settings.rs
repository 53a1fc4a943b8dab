use std::{fmt, sync::Arc, time::Duration};

use serde::de::DeserializeOwned;

use super::{
    AccessTokens, HORIZON, KeyRing, Tokens,
    access::{
        AccessTokenSettings, DEFAULT_LEEWAY, DEFAULT_LIFETIME, DEFAULT_REMEMBERED, LONGEST_LEEWAY,
        LONGEST_LIFETIME, OwnClaims,
    },
    endings::Endings,
    refresh::{Families, RefreshSettings, TagKey},
    revocation::{RevocationSettings, Revocations},
};
use crate::{
    audit::AuditSink,
    clock::Clock,
    crypto::{PurposeKey, SecretRing, ServerSecret},
    session::Records,
    store::Store,
};

const REFRESH: &str = "refresh token";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const LONGEST_GRACE: Duration = Duration::from_secs(60);
const LONGEST_SIGN_IN: Duration = DAY.saturating_mul(400);
const MOST_SIGN_INS: usize = 1000;
const SHORTEST_BOUND: Duration = Duration::from_millis(100);
const LONGEST_BOUND: Duration = Duration::from_secs(60);
const LONGEST_MAX_AGE: Duration = DAY;

/// Everything about tokens that has a default.
pub(crate) struct TokenSettings {
    pub(crate) lifetime: Duration,
    pub(crate) leeway: Duration,
    pub(crate) remembered: usize,
    pub(crate) refresh: RefreshSettings,
    pub(crate) revocation_bound: Duration,
    pub(crate) tolerated_outage: Duration,
    pub(crate) jwks_max_age: Duration,
    pub(crate) most_sign_ins: usize,
    pub(crate) secret: Option<ServerSecret>,
    pub(crate) previous_secrets: Vec<ServerSecret>,
    own_claims: Option<OwnClaims>,
}

impl Default for TokenSettings {
    fn default() -> Self {
        Self {
            lifetime: DEFAULT_LIFETIME,
            leeway: DEFAULT_LEEWAY,
            remembered: DEFAULT_REMEMBERED,
            refresh: RefreshSettings::default(),
            revocation_bound: Duration::from_secs(1),
            tolerated_outage: Duration::ZERO,
            jwks_max_age: Duration::from_secs(5 * 60),
            most_sign_ins: 20,
            secret: None,
            previous_secrets: Vec::new(),
            own_claims: None,
        }
    }
}

impl TokenSettings {
    pub(crate) fn own_claims<T: DeserializeOwned + Send + Sync + 'static>(&mut self) {
        self.own_claims = Some(OwnClaims::of::<T>());
    }

    /// What is out of range, one sentence each.
    pub(crate) fn findings(&self) -> Vec<String> {
        let second = Duration::from_secs(1);
        let within =
            |value: Duration, least: Duration, most: Duration| least <= value && value <= most;
        let refresh = &self.refresh;
        let rules = [
            (
                within(self.lifetime, second, LONGEST_LIFETIME),
                "an access token lives between 1 second and 1 hour",
            ),
            (
                self.leeway <= LONGEST_LEEWAY,
                "the leeway is at most 60 seconds",
            ),
            (
                within(refresh.idle, second, refresh.absolute),
                "a refresh token may lie unused for 1 second at least, and no longer than a sign-in lasts",
            ),
            (
                refresh.absolute <= LONGEST_SIGN_IN,
                "a sign-in lasts 400 days at most",
            ),
            (
                refresh.grace <= LONGEST_GRACE,
                "the grace of refresh tokens is at most 60 seconds",
            ),
            (
                within(self.revocation_bound, SHORTEST_BOUND, LONGEST_BOUND),
                "the bound of revocations is between 100 milliseconds and 60 seconds",
            ),
            (
                (1..=MOST_SIGN_INS).contains(&self.most_sign_ins),
                "a subject has between 1 and 1000 sign-ins",
            ),
            (
                self.tolerated_outage <= LONGEST_LIFETIME,
                "unchecked tokens are accepted for 1 hour at most",
            ),
            (
                within(self.jwks_max_age, second, LONGEST_MAX_AGE),
                "others keep the public keys between 1 second and 1 day",
            ),
        ];
        let broken = rules.into_iter().filter(|(holds, _)| !holds);
        broken.map(|(_, rule)| rule.to_owned()).collect()
    }

    /// What every key is derived from that is no signing key: the secrets where there are any, else the
    /// HMAC keys of the ring.
    ///
    /// # Errors
    /// When there is neither.
    pub(crate) fn secrets(&self, keys: &KeyRing) -> Result<SecretRing, String> {
        if let Some(secret) = &self.secret {
            let all = std::iter::once(secret).chain(&self.previous_secrets);
            return Ok(SecretRing::new(all));
        }
        if keys.current().verifying_key().secret().is_none() {
            return Err(
                "beside an asymmetric signing key `.secret(…)` is required: refresh tokens are \
                 derived from it"
                    .to_owned(),
            );
        }
        let named = keys
            .verifying_keys()
            .filter_map(|key| Some((key.kid().to_owned(), key.secret()?.to_vec())));
        Ok(SecretRing::named(named))
    }
}

impl Tokens {
    /// # Errors
    /// What is missing, in one sentence.
    pub(crate) fn new(
        (issuer, audience, keys): (String, String, KeyRing),
        settings: TokenSettings,
        secrets: &SecretRing,
        (store, clock, audit): (Arc<dyn Store>, Arc<dyn Clock>, Arc<dyn AuditSink>),
        sessions: Arc<Records>,
    ) -> Result<Self, String> {
        let mut tag_keys = secrets.keys(REFRESH).into_iter();
        let tag_key = |key: PurposeKey| TagKey::new(key.id, &*key.key);
        let Some(key) = tag_keys.next().map(tag_key) else {
            return Err("there is no secret".to_owned());
        };
        let previous = tag_keys.map(tag_key).collect();
        let revocations = Arc::new(Revocations::new(
            store.clone(),
            clock.clone(),
            RevocationSettings {
                bound: settings.revocation_bound,
                tolerated_outage: settings.tolerated_outage,
                horizon: HORIZON,
            },
        ));
        let access = AccessTokens::new(
            AccessTokenSettings {
                issuer,
                audience,
                lifetime: settings.lifetime,
                leeway: settings.leeway,
                remembered: settings.remembered,
                keys,
                own_claims: settings.own_claims,
            },
            revocations.clone(),
            clock.clone(),
        );
        let families = Families::new(store, clock.clone(), settings.refresh, key, previous);
        Ok(Self {
            access,
            endings: Arc::new(Endings {
                families,
                sessions,
                revocations,
                audit,
                clock: clock.clone(),
            }),
            clock,
            jwks_max_age: settings.jwks_max_age,
            most_sign_ins: settings.most_sign_ins,
        })
    }
}

impl fmt::Debug for TokenSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSettings")
            .field("lifetime", &self.lifetime)
            .field("refresh", &self.refresh)
            .finish_non_exhaustive()
    }
}
