//! The crates that one wires together, as a careful team would: actix-web-httpauth, jsonwebtoken,
//! actix-web-grants, actix-governor, actix-cors, `DefaultHeaders` and validator.

use std::sync::Arc;

use actix_cors::Cors;
use actix_governor::{
    Governor, GovernorConfig, GovernorConfigBuilder, PeerIpKeyExtractor,
    governor::middleware::StateInformationMiddleware,
};
use actix_web::{
    App, Error, HttpMessage as _, Responder,
    body::MessageBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    error::{ErrorInternalServerError, ErrorUnprocessableEntity},
    get,
    http::header,
    middleware::DefaultHeaders,
    post,
    web::{Data, Json, JsonConfig, ReqData},
};
use actix_web_grants::{authorities::AttachAuthorities as _, protect};
use actix_web_httpauth::{
    extractors::{
        AuthenticationError,
        bearer::{self, BearerAuth},
    },
    headers::www_authenticate::bearer::Bearer,
    middleware::HttpAuthentication,
};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::Deserialize;
use validator::Validate;

use super::{Note, PAGE, fixture::Fixture};
use crate::Failure;

/// As ours sends them.
const HEADERS: [(&str, &str); 10] = [
    ("cache-control", "no-store"),
    (
        "content-security-policy",
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()",
    ),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("x-permitted-cross-domain-policies", "none"),
    ("x-xss-protection", "0"),
];

/// What counts the requests.
pub(super) type Limits = GovernorConfig<PeerIpKeyExtractor, StateInformationMiddleware>;

/// Each request is counted for a second, and there is room for more than any run asks for.
///
/// # Errors
/// When actix-governor does not take the numbers.
pub(super) fn limits() -> Result<Limits, Failure> {
    let limits = GovernorConfigBuilder::default()
        .seconds_per_request(1)
        .burst_size(super::LIMIT)
        .use_headers()
        .finish();
    Ok(limits.ok_or("no such limit")?)
}

/// What is checked of a token.
#[derive(Debug)]
pub(super) struct Verifier {
    key: DecodingKey,
    validation: Validation,
}

/// What the service needs of a token; the library looks at the others.
#[derive(Debug, Deserialize)]
struct Claims {
    sub: String,
    roles: Vec<Role>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Role {
    User,
    #[serde(other)]
    Other,
}

#[derive(Debug, Clone)]
struct Caller(String);

#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct NewNote {
    #[validate(length(min = 1, max = 100))]
    title: String,
    #[validate(length(min = 1, max = 2000))]
    text: String,
    #[validate(email, length(max = 254))]
    reply_to: String,
    #[validate(range(min = 1, max = 5))]
    priority: u8,
}

#[get("/notes", wrap = "HttpAuthentication::bearer(authenticate)")]
#[protect("Role::User", ty = "Role")]
async fn read(caller: ReqData<Caller>) -> impl Responder {
    Json(Note::first(caller.into_inner().0))
}

#[post("/notes", wrap = "HttpAuthentication::bearer(authenticate)")]
#[protect("Role::User", ty = "Role")]
async fn create(caller: ReqData<Caller>, note: Json<NewNote>) -> Result<impl Responder, Error> {
    note.validate().map_err(ErrorUnprocessableEntity)?;
    let note = note.into_inner();
    Ok(Json(Note {
        id: 2,
        author: caller.into_inner().0.into(),
        title: note.title.into(),
        text: note.text.into(),
        reply_to: note.reply_to.into(),
        priority: note.priority,
    }))
}

impl Verifier {
    pub(super) fn new(secret: &[u8], issuer: &str, audience: &str) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = 30;
        validation.validate_nbf = true;
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        Self {
            key: DecodingKey::from_secret(secret),
            validation,
        }
    }

    fn claims(&self, token: &str) -> jsonwebtoken::errors::Result<Claims> {
        Ok(decode(token, &self.key, &self.validation)?.claims)
    }
}

async fn authenticate(
    request: ServiceRequest,
    bearer: BearerAuth,
) -> Result<ServiceRequest, (Error, ServiceRequest)> {
    let Some(verifier) = request.app_data::<Data<Verifier>>() else {
        return Err((ErrorInternalServerError("no key"), request));
    };
    match verifier.claims(bearer.token()) {
        Ok(claims) => {
            request.attach(claims.roles);
            request.extensions_mut().insert(Caller(claims.sub));
            Ok(request)
        }
        Err(_) => {
            let challenge = Bearer::build().error(bearer::Error::InvalidToken).finish();
            Err((AuthenticationError::new(challenge).into(), request))
        }
    }
}

fn cors() -> Cors {
    Cors::default()
        .allowed_origin(PAGE)
        .allowed_methods(["GET", "POST"])
        .allowed_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
        .expose_headers(["x-ratelimit-limit", "x-ratelimit-remaining", "retry-after"])
        .max_age(3600)
}

fn headers() -> DefaultHeaders {
    let headers = DefaultHeaders::new();
    HEADERS.into_iter().fold(headers, DefaultHeaders::add)
}

/// The service. A limit that says how many are left has to be the innermost middleware of an app, since its type
/// asks for a future that can be moved; callers are found out at the routes, so that requests are counted before.
pub fn app(
    fixture: Arc<Fixture>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    App::new()
        .app_data(fixture.verifier.clone())
        .app_data(JsonConfig::default().limit(256 * 1024))
        .wrap(Governor::new(&fixture.limits))
        .wrap(cors())
        .wrap(headers())
        .service(read)
        .service(create)
}
