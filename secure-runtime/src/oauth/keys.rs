use actix_web::{
    HttpResponse,
    http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, HeaderName},
};

use crate::{Security, get, public};

const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-resource-policy");

/// `GET /.well-known/jwks.json`: the public keys that verify our tokens (RFC 7517 §5), the next one
/// among them. Where all keys are HMAC keys there are none.
///
/// Others may keep it as long as [`Builder::jwks_max_age`](crate::Builder::jwks_max_age) says, and a
/// script of any site may read it.
#[get("/.well-known/jwks.json")]
#[public]
pub async fn jwks(security: Security) -> HttpResponse {
    let keys = security
        .access_tokens()
        .with_keys(|keys| serde_json::to_string(&keys.public_jwks()).unwrap_or_default());
    let max_age = security.oauth().jwks_max_age.as_secs();
    published(max_age)
        .content_type("application/jwk-set+json")
        .body(keys)
}

/// An answer that everybody may read and keep.
pub(super) fn published(max_age: u64) -> actix_web::HttpResponseBuilder {
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((CACHE_CONTROL, format!("public, max-age={max_age}")))
        .insert_header((CROSS_ORIGIN_RESOURCE_POLICY, "cross-origin"))
        .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"));
    answer
}
