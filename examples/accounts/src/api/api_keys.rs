//! The caller's API keys: what programs sign in with. No key makes another one.

use std::time::Duration;

use actix_web::{
    HttpResponse, Responder,
    http::StatusCode,
    web::{Json, Path},
};
use secure_runtime::{
    api_key::{ApiKeyInfo, DEFAULT_OVERLAP, NewApiKey},
    policy::ScopeWord as _,
    prelude::*,
};
use serde::Serialize;

use crate::domain::{Scope, accounts::Account};

pub(crate) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A key to be made.
#[validated]
pub(crate) struct KeyRequest {
    /// What its owner calls it.
    #[validate(length(min = 1, max = 100), non_control_character)]
    name: String,
    #[validate(length(min = 1, max = 10))]
    scopes: Vec<Scope>,
    /// `None`: until it is revoked.
    #[validate(range(min = 1, max = 3650))]
    expires_in_days: Option<u32>,
    /// Addresses and networks (`192.0.2.0/24`) that it is used from. None is from anywhere.
    #[unbounded = "because a key takes twenty, and each is read as an address"]
    #[serde(default)]
    allowed_addresses: Vec<String>,
}

/// Which of them.
#[validated]
pub(crate) struct KeyId {
    #[validate(length(max = 64))]
    pub(crate) id: String,
}

/// The keys of an account, the newest first.
#[derive(Serialize)]
struct KeyList {
    items: Vec<ApiKeyInfo>,
}

#[get("/me/api-keys")]
#[protected(scopes = "profile:read")]
pub(crate) async fn list(
    user: CurrentUser<Account>,
    security: Security,
) -> Result<impl Responder, Problem> {
    let items = security.api_keys().list(user.subject()).await?;
    Ok(Json(KeyList { items }))
}

/// The answer holds the key, and nothing holds it afterwards.
#[post("/me/api-keys")]
#[protected(scopes = "profile:write")]
#[rate_limit("10/minute", by = "user")]
#[validated]
pub(crate) async fn create(
    user: CurrentUser<Account>,
    security: Security,
    request: Json<KeyRequest>,
) -> Result<impl Responder, Problem> {
    let request = request.into_inner();
    let new = NewApiKey {
        name: request.name,
        scopes: request
            .scopes
            .iter()
            .map(|scope| scope.word().to_owned())
            .collect(),
        expires_in: request.expires_in_days.map(|days| DAY * days),
        allowed_addresses: request.allowed_addresses,
    };
    let key = security.api_keys().create(&user, new).await?;
    Ok(key.customize().with_status(StatusCode::CREATED))
}

/// A new secret for a key; the one before works beside it for a day.
#[post("/me/api-keys/{id}/rotate")]
#[protected(scopes = "profile:write")]
#[rate_limit("10/minute", by = "user")]
#[validated]
pub(crate) async fn rotate(
    user: CurrentUser<Account>,
    security: Security,
    key: Path<KeyId>,
) -> Result<impl Responder, Problem> {
    let keys = security.api_keys();
    let rotated = keys.rotate(&user, &key.id, DEFAULT_OVERLAP).await?;
    rotated.ok_or_else(Problem::not_found)
}

#[delete("/me/api-keys/{id}")]
#[protected(scopes = "profile:write")]
#[validated]
pub(crate) async fn revoke(
    user: CurrentUser<Account>,
    security: Security,
    key: Path<KeyId>,
) -> Result<impl Responder, Problem> {
    match security.api_keys().revoke(user.subject(), &key.id).await? {
        true => Ok(HttpResponse::NoContent()),
        false => Err(Problem::not_found()),
    }
}
