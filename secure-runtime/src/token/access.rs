use std::{
    any::Any,
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use serde::de::DeserializeOwned;

use super::{
    Access, Grant, Token, TokenError,
    cache::{Verified, VerifiedTokens},
    claims::{Audience, Claims, NumericDate, object},
    error::Reason,
    keys::{Compact, JwsError, KeyRing},
    keys_in_use::{KeysInUse, Ring},
    revocation::{Freshness, Revocable, Revocations},
};
use crate::{
    clock::Clock,
    crypto::random_hex,
    policy::Via,
    principal::{Parts, Principal, Vocabularies},
};

/// How long an access token lives where nothing else is said.
pub(crate) const DEFAULT_LIFETIME: Duration = Duration::from_secs(10 * 60);
/// Longer than this is no access token (requirement A7: 5 to 15 minutes by default; an hour is
/// where we draw the line).
pub(super) const LONGEST_LIFETIME: Duration = Duration::from_secs(60 * 60);
/// How far the clocks of two machines may be apart, where nothing else is said.
pub(super) const DEFAULT_LEEWAY: Duration = Duration::from_secs(30);
/// More than this is no leeway (requirement A5).
pub(super) const LONGEST_LEEWAY: Duration = Duration::from_secs(60);
/// How many verified tokens are remembered, where nothing else is said.
pub(super) const DEFAULT_REMEMBERED: usize = 10_000;
/// Longer than any token that we write; what is longer is not even looked at.
const LONGEST_TOKEN: usize = 8 * 1024;
/// Subjects own entries of the store, and that is how long an owner may be there, in bytes.
const LONGEST_SUBJECT: usize = 255;

const PURPOSE: &str = "access token";
const TYP: &str = "at+jwt";

/// Issues and verifies access tokens (RFC 9068).
///
/// It is at hand as [`Security::access_tokens`](crate::Security::access_tokens).
pub struct AccessTokens {
    issuer: String,
    audience: String,
    lifetime: Duration,
    leeway: Duration,
    keys: KeysInUse,
    own_claims: Option<OwnClaims>,
    revocations: Arc<Revocations>,
    verified: VerifiedTokens,
    /// The words of the mounted routes, once there are any: only what was read with them is
    /// remembered.
    words: OnceLock<Vocabularies>,
    clock: Arc<dyn Clock>,
}

/// What access tokens are made with.
pub(super) struct AccessTokenSettings {
    pub(super) issuer: String,
    pub(super) audience: String,
    pub(super) lifetime: Duration,
    pub(super) leeway: Duration,
    pub(super) remembered: usize,
    pub(super) keys: KeyRing,
    pub(super) own_claims: Option<OwnClaims>,
}

/// How the claims of the app's own are read.
#[derive(Clone, Copy)]
pub(crate) struct OwnClaims(fn(&[u8]) -> Option<Arc<dyn Any + Send + Sync>>);

impl OwnClaims {
    pub(super) fn of<T: DeserializeOwned + Send + Sync + 'static>() -> Self {
        Self(|payload| Some(Arc::new(object::<T>(payload)?)))
    }

    /// Those of a grant, as a token would carry them; `None` where they do not read.
    pub(crate) fn of_grant(self, grant: &Grant) -> Option<Arc<dyn Any + Send + Sync>> {
        let Self(read) = self;
        read(&serde_json::to_vec(&grant.claims).ok()?)
    }
}

impl AccessTokens {
    /// The settings are checked by whoever has them from somebody.
    pub(super) fn new(
        settings: AccessTokenSettings,
        revocations: Arc<Revocations>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            issuer: settings.issuer,
            audience: settings.audience,
            lifetime: settings.lifetime,
            leeway: settings.leeway,
            keys: KeysInUse::new(settings.keys.for_purpose(PURPOSE), clock.clone()),
            own_claims: settings.own_claims,
            revocations,
            verified: VerifiedTokens::new(settings.remembered),
            words: OnceLock::new(),
            clock,
        }
    }

    /// How long a token lives from the moment it is issued.
    pub fn lifetime(&self) -> Duration {
        self.lifetime
    }

    /// Issues a token on its own: it belongs to no sign-in, cannot be refreshed, and is called back only by
    /// itself or with all others of its subject. A sign-in is [`Tokens::sign_in`](super::Tokens::sign_in).
    ///
    /// # Errors
    /// When the subject is empty or longer than 255 bytes, a scope is none of RFC 6749 §3.3, the sign-in
    /// lies in the future, the claims of the app's own do not read as the type that was named for them,
    /// the token would be longer than any that is verified (8 KiB), or the subject was signed out
    /// everywhere, or elsewhere, after it signed in.
    pub fn issue(&self, grant: &Grant) -> Result<Token<Access>, TokenError> {
        let signed_in_at = self.admit(grant)?;
        let now = self.clock.unix();
        let seconds = Duration::from_secs(now.as_secs());
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: Audience::One(self.audience.clone()),
            sub: grant.subject.clone(),
            client_id: self.client_id(grant).to_owned(),
            exp: NumericDate(seconds + self.lifetime),
            iat: NumericDate(now),
            nbf: NumericDate(seconds),
            jti: random_hex::<16>(),
            auth_time: NumericDate(Duration::from_secs(signed_in_at.as_secs())),
            sid: grant.family.clone(),
            roles: grant.roles.clone(),
            scope: grant.scopes.join(" "),
            restricted: grant.restricted,
            own: grant.claims.clone(),
        };
        // Texts, numbers and JSON values always serialize.
        let payload = serde_json::to_vec(&claims).map_err(|_| Reason::Grant)?;
        // What would be refused is not issued.
        if let Some(OwnClaims(read)) = self.own_claims
            && read(&payload).is_none()
        {
            return Err(Reason::OwnClaims.into());
        }
        let ring = self.keys.load();
        let token = ring
            .keys
            .current()
            .sign_compact(TYP, &payload)
            .map_err(|_| Reason::Signing)?;
        if token.len() > LONGEST_TOKEN {
            return Err(Reason::Grant.into());
        }
        Ok(Token::from_untrusted(token))
    }

    /// Verifies a token and says who its bearer is.
    ///
    /// # Errors
    /// When anything at all is wrong with it. The error says what, for the log; the caller of an
    /// API is only told that the token is invalid. Also when the store does not answer, so that
    /// nobody can say whether the token is revoked ([`TokenError::is_unavailable`]).
    pub async fn verify(&self, token: &Token<Access>) -> Result<Principal, TokenError> {
        if self.revocations.freshness() != Freshness::Fresh {
            self.revocations.refresh_or_tolerate().await?;
        }
        self.judge(token.expose())
    }

    /// Verifies a token by the revocations that are known here.
    pub(crate) fn judge(&self, token: &str) -> Result<Principal, TokenError> {
        let now = self.clock.unix();
        let words = self.words.get().copied();
        if words.is_some()
            && let Some(verified) = self.verified.find(token)
            && verified.epoch == self.keys.epoch()
        {
            self.still_good(&verified, now)?;
            return Ok(verified.principal.clone());
        }
        // Before the keys and the facts are read: what changes meanwhile makes the entry worthless
        // rather than too good.
        let (ring, revocations) = (self.keys.load(), self.revocations.version());
        let claims = self.verified_claims(token, &ring)?;
        self.check(&claims.standard, now)?;
        let accepted =
            claims.latest_start().saturating_sub(self.leeway)..claims.standard.exp.0 + self.leeway;
        let principal = claims.into_principal(words.unwrap_or_default());
        if self.revocations.is_revoked(&revocable(&principal)) {
            return Err(Reason::Revoked.into());
        }
        if words.is_some() && self.verified.has_room_for(token) {
            let known = (ring.epoch, revocations);
            self.verified
                .insert(Verified::new(token, principal.clone(), accepted, known));
        }
        Ok(principal)
    }

    /// What the words of tokens mean from now on: what they mean to the mounted routes.
    pub(crate) fn speak(&self, words: Vocabularies) {
        // Routes are mounted once.
        let _ = self.words.set(words);
    }

    /// How long the key that is to sign has still to be published.
    pub(super) fn publishing_time_left(&self, keys: &KeyRing, max_age: Duration) -> Duration {
        self.keys.publishing_time_left(keys, max_age)
    }

    /// The keys that there are from now on. Tokens of keys that are gone are refused at once.
    pub(super) fn replace_keys(&self, keys: &KeyRing) {
        self.keys.replace(&keys.for_purpose(PURPOSE));
        self.verified.clear();
    }

    /// Publishes and verifies with keys that are new, beside those that there are; the same one signs.
    pub(super) fn publish_keys(&self, keys: &KeyRing) {
        self.keys.publish(&keys.for_purpose(PURPOSE));
    }

    pub(crate) fn leeway(&self) -> Duration {
        self.leeway
    }

    /// How the claims of the app's own are read.
    pub(crate) fn own_claims(&self) -> Option<OwnClaims> {
        self.own_claims
    }

    /// The client that a grant is for.
    pub(super) fn client_id<'a>(&'a self, grant: &'a Grant) -> &'a str {
        grant.client_id.as_deref().unwrap_or(&self.issuer)
    }

    /// With the keys that there are now.
    pub(crate) fn with_keys<T>(&self, read: impl FnOnce(&KeyRing) -> T) -> T {
        read(&self.keys.load().keys)
    }

    /// Whether a token can be issued for the grant; and when its subject proved who it is.
    pub(super) fn admit(&self, grant: &Grant) -> Result<Duration, Reason> {
        let now = self.clock.unix();
        let signed_in_at = grant.signed_in_at.unwrap_or(now);
        // Another instance, whose clock is ahead, may have measured it.
        if !is_sound(grant) || signed_in_at > now + self.leeway {
            return Err(Reason::Grant);
        }
        let revocations = &self.revocations;
        let family = grant.family.as_deref();
        if revocations.is_signed_out_since(&grant.subject, family, signed_in_at) {
            return Err(Reason::SignedOut);
        }
        Ok(signed_in_at)
    }

    fn still_good(&self, verified: &Verified, now: Duration) -> Result<(), Reason> {
        if now >= verified.accepted.end {
            return Err(Reason::Expired);
        }
        if now < verified.accepted.start {
            return Err(Reason::NotYet);
        }
        let revocations = self.revocations.version();
        if !verified.is_checked_at(revocations) {
            if self.revocations.is_revoked(&revocable(&verified.principal)) {
                return Err(Reason::Revoked);
            }
            verified.checked_at(revocations);
        }
        Ok(())
    }

    /// The claims of a token that carries our signature. Nothing of the payload is looked at before
    /// the signature is known to be good.
    fn verified_claims(&self, token: &str, ring: &Ring) -> Result<ReadClaims, Reason> {
        if token.len() > LONGEST_TOKEN {
            return Err(Reason::Shape);
        }
        let compact = Compact::parse(token).map_err(|error| match error {
            JwsError::Shape => Reason::Shape,
            _ => Reason::Header,
        })?;
        let header = compact.header();
        let typ = header.typ().ok_or(Reason::Purpose)?.to_ascii_lowercase();
        // RFC 9068 §4, RFC 7515 §4.1.9: `application/` may stand before it; media types have no case.
        if typ.strip_prefix("application/").unwrap_or(&typ) != TYP {
            return Err(Reason::Purpose);
        }
        let key = header.kid().and_then(|kid| ring.keys.find(kid));
        if !key.ok_or(Reason::Key)?.verify(&compact) {
            return Err(Reason::Signature);
        }
        let payload = compact.payload().map_err(|_| Reason::Shape)?;
        let own = match self.own_claims {
            Some(OwnClaims(read)) => Some(read(&payload).ok_or(Reason::Claims)?),
            None => None,
        };
        let standard = object(&payload).ok_or(Reason::Claims)?;
        Ok(ReadClaims { standard, own })
    }

    fn check(&self, claims: &Claims, now: Duration) -> Result<(), Reason> {
        if claims.iss != self.issuer {
            return Err(Reason::Issuer);
        }
        if !claims.aud.contains(&self.audience) {
            return Err(Reason::Audience);
        }
        if claims.sub.is_empty() || claims.jti.is_empty() {
            return Err(Reason::Claims);
        }
        // RFC 7519 §4.1.4: on or after `exp` it must not be accepted.
        if now >= claims.exp.0 + self.leeway {
            return Err(Reason::Expired);
        }
        let latest = now + self.leeway;
        if claims.nbf.0 > latest || claims.iat.0 > latest || claims.auth_time.0 > latest {
            return Err(Reason::NotYet);
        }
        Ok(())
    }
}

/// Whether a grant can be written into a token.
fn is_sound(grant: &Grant) -> bool {
    // RFC 6749 §3.3.
    let legal = |byte: u8| (0x21..0x7f).contains(&byte) && byte != b'"' && byte != b'\\';
    let broken = |scope: &String| scope.is_empty() || !scope.bytes().all(legal);
    !grant.subject.is_empty()
        && grant.subject.len() <= LONGEST_SUBJECT
        && !grant.subject.contains('\0')
        && !grant.scopes.iter().any(broken)
}

/// What a revocation asks of a caller.
pub(crate) fn revocable(principal: &Principal) -> Revocable<'_> {
    Revocable {
        token_id: principal.token_id(),
        family: principal.family(),
        subject: principal.subject(),
        issued_at: principal.issued_at(),
    }
}

/// The claims of a token whose signature is good.
struct ReadClaims {
    standard: Claims,
    own: Option<Arc<dyn Any + Send + Sync>>,
}

impl ReadClaims {
    /// The latest of the moments before which the token is not valid.
    fn latest_start(&self) -> Duration {
        let claims = &self.standard;
        claims.nbf.0.max(claims.iat.0).max(claims.auth_time.0)
    }

    fn into_principal(self, words: Vocabularies) -> Principal {
        let claims = self.standard;
        Principal::new(
            Parts {
                via: Via::Bearer,
                subject: claims.sub,
                client_id: claims.client_id,
                token_id: claims.jti,
                family: claims.sid,
                api_key: None,
                roles: claims.roles,
                scope: claims.scope,
                restricted: claims.restricted,
                signed_in_at: claims.auth_time.0,
                issued_at: claims.iat.0,
                expires_at: claims.exp.0,
                claims: self.own,
            },
            words,
        )
    }
}

impl fmt::Debug for AccessTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessTokens")
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}
