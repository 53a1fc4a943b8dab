//! What one writes with jsonwebtoken alone: the same header, the same claims, a strict validation.

use std::time::SystemTime;

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    error::{ErrorInternalServerError, ErrorUnauthorized},
    http::header::AUTHORIZATION,
    web::Data,
};
use jsonwebtoken::{DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};

use super::{AUDIENCE, ISSUER, ROLE, SCOPES, SUBJECT};
use crate::Failure;

/// The claims that our access tokens have.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Claims {
    iss: String,
    aud: String,
    pub(super) sub: String,
    client_id: String,
    exp: u64,
    iat: f64,
    nbf: u64,
    jti: String,
    auth_time: u64,
    roles: Vec<String>,
    scope: String,
}

/// Encodes and decodes.
pub(super) struct ByHand {
    header: Header,
    claims: Claims,
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
}

impl ByHand {
    pub(super) fn new(
        algorithm: &str,
        kid: &str,
        encoding: EncodingKey,
        decoding: DecodingKey,
    ) -> Result<Self, Failure> {
        let algorithm: jsonwebtoken::Algorithm = algorithm.parse()?;
        let mut header = Header::new(algorithm);
        header.typ = Some("at+jwt".to_owned());
        header.kid = Some(kid.to_owned());
        let mut validation = Validation::new(algorithm);
        validation.leeway = 30;
        validation.validate_nbf = true;
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        let now = SystemTime::UNIX_EPOCH.elapsed()?;
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: SUBJECT.to_owned(),
            client_id: ISSUER.to_owned(),
            exp: now.as_secs() + 3600,
            iat: (now.as_secs_f64() * 1000.0).floor() / 1000.0,
            nbf: now.as_secs(),
            jti: "0123456789abcdef0123456789abcdef".to_owned(),
            auth_time: now.as_secs(),
            roles: vec![ROLE.to_owned()],
            scope: SCOPES.join(" "),
        };
        Ok(Self {
            header,
            claims,
            encoding,
            decoding,
            validation,
        })
    }

    pub(super) fn encode(&self) -> jsonwebtoken::errors::Result<String> {
        encode(&self.header, &self.claims, &self.encoding)
    }

    pub(super) fn decode(&self, token: &str) -> jsonwebtoken::errors::Result<Claims> {
        Ok(decode(token, &self.decoding, &self.validation)?.claims)
    }
}

/// The caller, as an extractor that many apps have.
pub(super) struct Caller(pub(super) Claims);

impl FromRequest for Caller {
    type Error = actix_web::Error;
    type Future = std::future::Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(caller(request))
    }
}

fn caller(request: &HttpRequest) -> Result<Caller, actix_web::Error> {
    let by_hand = request
        .app_data::<Data<ByHand>>()
        .ok_or_else(|| ErrorInternalServerError("no keys"))?;
    let token = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "))
        .ok_or_else(|| ErrorUnauthorized("no token"))?;
    by_hand.decode(token).map(Caller).map_err(ErrorUnauthorized)
}
