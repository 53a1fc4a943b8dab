use std::{fmt, sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, crypto};
use serde::de::DeserializeOwned;

use super::{
    Access, Token,
    claims::{Audience, Claims, Header, NumericDate},
    keys::Hs256Key,
};
use crate::{
    clock::Clock,
    crypto::random_hex,
    principal::{Parts, Principal, Vocabularies},
};

/// How long an access token lives where nothing else is said.
pub(crate) const DEFAULT_LIFETIME: Duration = Duration::from_secs(10 * 60);
/// Longer than this is no access token (requirement A7: 5 to 15 minutes by default; an hour is
/// where we draw the line).
const LONGEST_LIFETIME: Duration = Duration::from_secs(60 * 60);
/// How far the clocks of two machines may be apart.
const LEEWAY: Duration = Duration::from_secs(30);
/// Longer than any token that we write; what is longer is not even looked at.
const LONGEST_TOKEN: usize = 8 * 1024;

const PURPOSE: &str = "access token";
const TYP: &str = "at+jwt";

/// Issues and verifies access tokens (RFC 9068).
///
/// It is at hand as [`Security::access_tokens`](crate::Security::access_tokens).
pub struct AccessTokens {
    issuer: String,
    audience: String,
    lifetime: Duration,
    signing: EncodingKey,
    verifying: DecodingKey,
    clock: Arc<dyn Clock>,
}

/// What an access token says about its bearer.
///
/// ```
/// use secure_runtime::token::Grant;
///
/// let grant = Grant::new("7f9c24e8").with_roles(["user"]);
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Grant {
    subject: String,
    client_id: Option<String>,
    roles: Vec<String>,
    scopes: Vec<String>,
    signed_in_at: Option<Duration>,
}

impl Grant {
    /// A token for `subject`, the caller's id.
    pub fn new(subject: impl Into<String>) -> Self {
        Self {
            subject: subject.into(),
            client_id: None,
            roles: Vec::new(),
            scopes: Vec::new(),
            signed_in_at: None,
        }
    }

    /// Adds roles, by their words.
    pub fn with_roles<W: Into<String>>(mut self, roles: impl IntoIterator<Item = W>) -> Self {
        self.roles.extend(roles.into_iter().map(Into::into));
        self
    }

    /// Adds scopes, by their words.
    pub fn with_scopes<W: Into<String>>(mut self, scopes: impl IntoIterator<Item = W>) -> Self {
        self.scopes.extend(scopes.into_iter().map(Into::into));
        self
    }

    /// The OAuth client that the token is for. Defaults to the issuer itself.
    pub fn with_client_id(mut self, client_id: impl Into<String>) -> Self {
        self.client_id = Some(client_id.into());
        self
    }

    /// When the caller proved who it is, since 1970-01-01T00:00:00Z. Defaults to now.
    pub fn with_signed_in_at(mut self, at: Duration) -> Self {
        self.signed_in_at = Some(at);
        self
    }
}

/// What access tokens are made with.
pub(crate) struct AccessTokenSettings {
    pub(crate) issuer: String,
    pub(crate) audience: String,
    pub(crate) lifetime: Duration,
    pub(crate) key: Hs256Key,
}

/// A lifetime that no access token may have.
#[derive(Debug)]
pub(crate) struct LifetimeError;

impl fmt::Display for LifetimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an access token lives between 1 second and 1 hour")
    }
}

impl AccessTokens {
    pub(crate) fn new(
        settings: AccessTokenSettings,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, LifetimeError> {
        if settings.lifetime < Duration::from_secs(1) || settings.lifetime > LONGEST_LIFETIME {
            return Err(LifetimeError);
        }
        // Another crate of the app may turn a second provider on, and the library would then choose
        // none. Where the app has chosen one itself, that one stays.
        let _ = crypto::aws_lc::DEFAULT_PROVIDER.install_default();
        let key = settings.key.derive(PURPOSE);
        Ok(Self {
            issuer: settings.issuer,
            audience: settings.audience,
            lifetime: settings.lifetime,
            signing: EncodingKey::from_secret(&*key),
            verifying: DecodingKey::from_secret(&*key),
            clock,
        })
    }

    /// How long a token lives from the moment it is issued.
    pub fn lifetime(&self) -> Duration {
        self.lifetime
    }

    /// Issues a token.
    ///
    /// # Errors
    /// When the subject is empty, a scope holds a space, the sign-in lies in the future, or the token
    /// would be longer than any that is verified (8 KiB).
    pub fn issue(&self, grant: &Grant) -> Result<Token<Access>, TokenError> {
        let broken = |scope: &String| scope.is_empty() || scope.contains(' ');
        let now = Duration::from_secs(self.clock.unix().as_secs());
        let signed_in_at = grant.signed_in_at.unwrap_or(now);
        if grant.subject.is_empty() || grant.scopes.iter().any(broken) || signed_in_at > now {
            return Err(TokenError(Reason::Grant));
        }
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: Audience::One(self.audience.clone()),
            sub: grant.subject.clone(),
            client_id: grant
                .client_id
                .clone()
                .unwrap_or_else(|| self.issuer.clone()),
            exp: NumericDate(now + self.lifetime),
            iat: NumericDate(now),
            nbf: NumericDate(now),
            jti: random_hex::<16>(),
            auth_time: NumericDate(signed_in_at),
            roles: grant.roles.clone(),
            scope: grant.scopes.join(" "),
        };
        let mut header = jsonwebtoken::Header::new(Algorithm::HS256);
        header.typ = Some(TYP.to_owned());
        let token = jsonwebtoken::encode(&header, &claims, &self.signing);
        token
            .ok()
            .filter(|token| token.len() <= LONGEST_TOKEN)
            .map(Token::from_untrusted)
            .ok_or(TokenError(Reason::Grant))
    }

    /// Verifies a token and says who its bearer is.
    ///
    /// # Errors
    /// When anything at all is wrong with it. The error says what, for the log; the caller of an
    /// API is only told that the token is invalid.
    pub fn verify(&self, token: &Token<Access>) -> Result<Principal, TokenError> {
        self.verify_text(token.expose(), Vocabularies::default())
    }

    pub(crate) fn verify_text(
        &self,
        token: &str,
        words: Vocabularies,
    ) -> Result<Principal, TokenError> {
        let claims = self.verified_claims(token).map_err(TokenError)?;
        self.check(&claims).map_err(TokenError)?;
        Ok(Principal::new(
            Parts {
                subject: &claims.sub,
                client_id: &claims.client_id,
                roles: &claims.roles,
                scope: &claims.scope,
                signed_in_at: claims.auth_time.0,
                expires_at: claims.exp.0,
            },
            words,
        ))
    }

    /// The claims of a token that carries our signature. Nothing of the payload is looked at before
    /// the signature is known to be good.
    fn verified_claims(&self, token: &str) -> Result<Claims, Reason> {
        if token.len() > LONGEST_TOKEN {
            return Err(Reason::Shape);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(Reason::Shape)?;
        let (header, payload) = message.split_once('.').ok_or(Reason::Shape)?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| Reason::Shape);

        let header: Header = object(&decode(header)?).ok_or(Reason::Header)?;
        if header.alg != "HS256" || header.crit.is_some() {
            return Err(Reason::Header);
        }
        // RFC 9068 §4, RFC 7515 §4.1.9: `application/` may stand before it; media types have no case.
        let typ = header.typ.to_ascii_lowercase();
        if typ.strip_prefix("application/").unwrap_or(&typ) != TYP {
            return Err(Reason::Purpose);
        }
        match crypto::verify(
            signature,
            message.as_bytes(),
            &self.verifying,
            Algorithm::HS256,
        ) {
            Ok(true) => {}
            Ok(false) | Err(_) => return Err(Reason::Signature),
        }
        object(&decode(payload)?).ok_or(Reason::Claims)
    }

    fn check(&self, claims: &Claims) -> Result<(), Reason> {
        let now = self.clock.unix();
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
        if now >= claims.exp.0 + LEEWAY {
            return Err(Reason::Expired);
        }
        let latest = now + LEEWAY;
        if claims.nbf.0 > latest || claims.iat.0 > latest || claims.auth_time.0 > latest {
            return Err(Reason::NotYet);
        }
        Ok(())
    }
}

/// A JSON object. Serde would take a list for a struct too, and RFC 7515 §5.2 and RFC 7519 §7.2 do not.
fn object<T: DeserializeOwned>(json: &[u8]) -> Option<T> {
    let first = json.iter().find(|byte| !byte.is_ascii_whitespace());
    (first == Some(&b'{')).then(|| serde_json::from_slice(json).ok())?
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

/// Why a token was refused or could not be issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenError(Reason);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    Grant,
    Shape,
    Header,
    Purpose,
    Signature,
    Claims,
    Issuer,
    Audience,
    Expired,
    NotYet,
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Reason::Grant => {
                "the grant has an empty subject, a scope that is empty or holds a space, a sign-in in the future, or too much to fit a token"
            }
            Reason::Shape => "the token is not three base64url parts",
            Reason::Header => "the token's header is not one of ours",
            Reason::Purpose => "the token is not an access token",
            Reason::Signature => "the token's signature is not ours",
            Reason::Claims => "a claim is absent, of the wrong type or written twice",
            Reason::Issuer => "the token is from another issuer",
            Reason::Audience => "the token is for another audience",
            Reason::Expired => "the token has expired",
            Reason::NotYet => "the token is from the future",
        })
    }
}

impl std::error::Error for TokenError {}
