use actix_web::HttpResponse;
use serde::Serialize;

use super::{jwks, keys::published, legacy, revoke, token};
use crate::{Problem, Security, get, public};

/// Where clients look for it (RFC 8414 §3).
pub(super) const PATH: &str = "/.well-known/oauth-authorization-server";

/// RFC 8414 §2. What the server does not have is left out, but `response_types_supported`, which must
/// be there and must not be empty (§3.2). The type `none` is the one that returns nothing.
#[derive(Serialize)]
struct Metadata<'a> {
    issuer: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_endpoint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revocation_endpoint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jwks_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scopes_supported: Option<Vec<&'a str>>,
    response_types_supported: [&'a str; 1],
    grant_types_supported: Vec<&'a str>,
    token_endpoint_auth_methods_supported: [&'a str; 1],
    revocation_endpoint_auth_methods_supported: [&'a str; 1],
}

/// `GET /.well-known/oauth-authorization-server` (RFC 8414): which of the endpoints are mounted, and
/// where.
#[get("/.well-known/oauth-authorization-server")]
#[public]
pub async fn metadata(security: Security) -> Result<HttpResponse, Problem> {
    let (oauth, table) = security.mounted_oauth()?;
    let origin = oauth.origin.as_deref().unwrap_or_default();
    let url = |path: &str| format!("{origin}{path}");
    let password = table.path_of::<legacy::token>();
    let endpoint = password.or_else(|| table.path_of::<token>());
    let grants = [
        endpoint.map(|_| "refresh_token"),
        password.map(|_| "password"),
    ];
    let has_public_keys = security
        .access_tokens()
        .with_keys(|keys| !keys.public_jwks().is_empty());
    let jwks_path = table.path_of::<jwks>().filter(|_| has_public_keys);
    let metadata = Metadata {
        issuer: &oauth.issuer,
        token_endpoint: endpoint.map(url),
        revocation_endpoint: table.path_of::<revoke>().map(url),
        jwks_uri: jwks_path.map(url),
        scopes_supported: table
            .vocabularies()
            .scopes
            .map(|scopes| scopes.words().to_vec()),
        response_types_supported: ["none"],
        grant_types_supported: grants.into_iter().flatten().collect(),
        token_endpoint_auth_methods_supported: ["none"],
        revocation_endpoint_auth_methods_supported: ["none"],
    };
    Ok(published(oauth.jwks_max_age.as_secs()).json(metadata))
}
