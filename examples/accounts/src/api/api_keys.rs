//! The caller's API keys: what programs sign in with. No key makes another one.

use std::time::Duration;

use actix_web::{
    HttpResponse, Responder,
    web::{Json, Path},
};
use secure_runtime::{
    api_key::{ApiKeyInfo, IssuedApiKey, NewApiKey},
    prelude::*,
};
use serde::Serialize;
use time::OffsetDateTime;

use crate::domain::{Scope, accounts::Account};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How long the old key works beside the new one.
const OVERLAP: Duration = DAY;

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
    /// Addresses and networks (`192.0.2.0/24`) that it is used from. `None`, or none: from anywhere.
    #[validate(length(max = 20))]
    #[validated(each(length(max = 64)))]
    allowed_addresses: Option<Vec<String>>,
}
