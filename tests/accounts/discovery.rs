//! What clients and verifiers read by themselves: the metadata (RFC 8414) and the public keys.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::{Server, keys::new_keys, server::fresh_folder};

const METADATA: &str = "/.well-known/oauth-authorization-server";
const JWKS: &str = "/.well-known/jwks.json";

#[actix_rt::test]
async fn the_metadata_leads_to_the_endpoints() {
    let server = Server::start();
    let answer = server.get(METADATA).send().await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("cache-control"), "public, max-age=300");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    let base = &server.base;
    let found = answer.json();
    assert_eq!(found["issuer"], *base);
    assert_eq!(found["token_endpoint"], format!("{base}/auth/token"));
    assert_eq!(found["revocation_endpoint"], format!("{base}/auth/revoke"));
    assert_eq!(
        found["grant_types_supported"],
        json!(["refresh_token", "password"])
    );
    assert_eq!(found["response_types_supported"], json!(["none"]));
    assert_eq!(
        found["token_endpoint_auth_methods_supported"],
        json!(["none"])
    );
    let scopes = found["scopes_supported"].as_array().expect("scopes");
    assert!(scopes.contains(&json!("articles:write")), "{scopes:?}");
    // With the HMAC key of development there is nothing to verify with.
    assert_eq!(found.get("jwks_uri"), None);
    assert_eq!(server.get(JWKS).send().await.json(), json!({ "keys": [] }));
}

#[actix_rt::test]
async fn the_public_keys_hold_nothing_private() {
    let folder = fresh_folder();
    new_keys(&folder, "keys.json", &[]);
    let server = Server::start_with(&folder, &[("SECURE_KEYS_FILE", "keys.json")]);
    let metadata = server.get(METADATA).send().await.json();
    assert_eq!(metadata["jwks_uri"], format!("{}{JWKS}", server.base));

    let answer = server.get(JWKS).send().await;
    assert_eq!(
        answer.header("content-type"),
        "application/jwk-set+json",
        "{answer:?}"
    );
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    let keys = answer.json()["keys"].as_array().expect("keys").clone();
    assert_eq!(keys.len(), 1);
    assert_eq!(keys[0]["alg"], "ES256");
    let mut members: Vec<_> = keys[0].as_object().expect("a key").keys().collect();
    members.sort();
    assert_eq!(members, ["alg", "crv", "kid", "kty", "use", "x", "y"]);

    // And they are the ones that sign.
    let tokens = server.join("ada@example.com").await;
    let header = header(&tokens.access);
    assert_eq!(header["kid"], keys[0]["kid"]);
    assert_eq!(header["alg"], "ES256");
}

pub(crate) fn header(token: &str) -> Value {
    part(token, 0)
}

pub(crate) fn claims(token: &str) -> Value {
    part(token, 1)
}

fn part(token: &str, number: usize) -> Value {
    let part = token.split('.').nth(number).expect("three parts");
    let bytes = URL_SAFE_NO_PAD.decode(part).expect("base64url");
    serde_json::from_slice(&bytes).expect("JSON")
}
