//! What clients and verifiers read of us: RFC 8414 and RFC 7517 (A9).

use std::time::Duration;

use actix_web::Responder;
use secure_runtime::{
    LaunchError, Routes, ServerSecret, oauth,
    prelude::*,
    test::{TestApp, TestResponse},
    token::{EdDsaKey, Es256Key, Hs256Key, KeyRing, Ps256Key, Rs256Key, keys::VerifyingKey},
};
use serde_json::{Value, json};

use crate::support::{Complete, OAuthApp, Owners, Scope, all};

const METADATA: &str = "/.well-known/oauth-authorization-server";
const JWKS: &str = "/.well-known/jwks.json";

#[get("/notes")]
#[protected(scopes = "notes:read")]
async fn notes() -> impl Responder {
    "notes"
}

fn assert_published(response: &TestResponse, content_type: &str, max_age: u64) {
    assert_eq!(response.status(), 200);
    assert_eq!(all(response, "content-type"), [content_type]);
    let cache = format!("public, max-age={max_age}");
    assert_eq!(all(response, "cache-control"), [cache]);
    assert_eq!(
        all(response, "cross-origin-resource-policy"),
        ["cross-origin"]
    );
    assert_eq!(all(response, "access-control-allow-origin"), ["*"]);
    assert_eq!(all(response, "x-content-type-options"), ["nosniff"]);
}

fn es256() -> Es256Key {
    Es256Key::generate().expect("a key")
}

#[actix_web::test]
async fn the_public_keys_are_those_that_verify_and_nothing_private() {
    let (current, next) = (Rs256Key::generate().expect("a key"), es256());
    let [ed, pss] = [
        VerifyingKey::from(EdDsaKey::generate().expect("a key")),
        Ps256Key::generate().expect("a key").into(),
    ];
    let hmac = Hs256Key::random();
    let ring = KeyRing::new(current.clone())
        .with_next(next.clone())
        .and_then(|ring| ring.with_previous(ed.clone()))
        .and_then(|ring| ring.with_previous(pss.clone()))
        .and_then(|ring| ring.with_previous(hmac.clone()));
    let ring = ring.expect("a ring");
    let oauth = OAuthApp::with(
        |settings| {
            let settings = settings.signing_key(ring).secret(ServerSecret::random());
            settings.jwks_max_age(Duration::from_secs(77))
        },
        |routes| {
            routes.service(oauth::jwks);
        },
    )
    .await;
    let answer = oauth.app.get(JWKS).send().await;
    assert_published(&answer, "application/jwk-set+json", 77);
    let body = answer.json();
    let keys = body["keys"].as_array().expect("keys");
    let member = |name: &str| -> Vec<&str> {
        keys.iter()
            .map(|key| key[name].as_str().expect("a text"))
            .collect()
    };
    assert_eq!(
        member("kid"),
        [current.kid(), next.kid(), ed.kid(), pss.kid()]
    );
    assert_eq!(member("alg"), ["RS256", "ES256", "EdDSA", "PS256"]);
    assert_eq!(member("kty"), ["RSA", "EC", "OKP", "RSA"]);
    assert_eq!(member("use"), ["sig"; 4]);
    for key in keys {
        let members: Vec<_> = key.as_object().expect("an object").keys().collect();
        for name in members {
            let public = ["kty", "crv", "alg", "use", "kid", "n", "e", "x", "y"];
            assert!(public.contains(&name.as_str()), "{name}");
        }
    }
    let text = answer.text();
    for private in [
        "\"d\"",
        "\"p\"",
        "\"q\"",
        "\"dp\"",
        "\"dq\"",
        "\"qi\"",
        "\"k\"",
        "\"oct\"",
        hmac.kid(),
    ] {
        assert!(!text.contains(private), "{private}");
    }
    // Whoever sends a credential gets the same.
    let with_credential = oauth.app.get(JWKS).header("authorization", "Bearer x");
    let with_credential = with_credential.send().await;
    assert_published(&with_credential, "application/jwk-set+json", 77);
    assert_eq!(with_credential.text(), text);
    assert_eq!(oauth.app.post(JWKS).send().await.status(), 405);
}

#[actix_web::test]
async fn secrets_are_never_published() {
    let oauth = OAuthApp::new(|routes| {
        routes.service(oauth::jwks);
    })
    .await;
    let answer = oauth.app.get(JWKS).send().await;
    assert_published(&answer, "application/jwk-set+json", 300);
    assert_eq!(answer.json(), json!({"keys": []}));
}

#[actix_web::test]
async fn the_published_keys_are_those_of_now() {
    let [one, two] = [es256(), es256()];
    let oauth = OAuthApp::with(
        |settings| {
            settings
                .signing_key(one.clone())
                .secret(ServerSecret::random())
        },
        |routes| {
            routes.service(oauth::jwks);
        },
    )
    .await;
    let kids = async || -> Vec<String> {
        let body = oauth.app.get(JWKS).send().await.json();
        let keys = body["keys"].as_array().expect("keys").iter();
        keys.map(|key| key["kid"].as_str().expect("an id").to_owned())
            .collect()
    };
    assert_eq!(kids().await, [one.kid()]);
    let tokens = oauth.app.security().tokens();
    let ring = KeyRing::new(one.clone())
        .with_next(two.clone())
        .expect("a ring");
    tokens.rotate_keys(ring).expect("nothing new signs");
    assert_eq!(kids().await, [one.kid(), two.kid()]);
    tokens.replace_keys_at_once(two.clone());
    assert_eq!(kids().await, [two.kid()]);
}

async fn metadata(
    change: impl FnOnce(Complete) -> Complete,
    listing: impl Fn(&mut Routes) + Send + Sync + 'static,
) -> Value {
    let oauth = OAuthApp::with(change, listing).await;
    let answer = oauth.app.get(METADATA).send().await;
    assert_published(&answer, "application/json", 300);
    answer.json()
}

#[actix_web::test]
async fn the_document_says_what_is_mounted_and_where() {
    let everything = metadata(
        |settings| settings.signing_key(es256()).secret(ServerSecret::random()),
        |routes| {
            routes.service(oauth::metadata).service(oauth::jwks);
            routes.service(notes);
            routes.scope("/v1", |v1| {
                v1.scope("/auth", |auth| {
                    auth.service(oauth::token).service(oauth::revoke);
                });
            });
        },
    )
    .await;
    let expected = json!({
        "issuer": "https://auth.test",
        "token_endpoint": "https://auth.test/v1/auth/token",
        "revocation_endpoint": "https://auth.test/v1/auth/revoke",
        "jwks_uri": "https://auth.test/.well-known/jwks.json",
        "scopes_supported": ["notes:read", "notes:write"],
        "response_types_supported": ["none"],
        "grant_types_supported": ["refresh_token"],
        "token_endpoint_auth_methods_supported": ["none"],
        "revocation_endpoint_auth_methods_supported": ["none"],
    });
    assert_eq!(everything, expected);

    let little = metadata(
        |settings| settings,
        |routes| {
            routes.service(oauth::metadata);
        },
    );
    let little = little.await;
    for name in [
        "token_endpoint",
        "revocation_endpoint",
        "jwks_uri",
        "scopes_supported",
    ] {
        assert_eq!(little.get(name), None, "{name}");
    }
    assert_eq!(little["grant_types_supported"], json!([]));
}

#[actix_web::test]
async fn the_document_follows_keys_grants_and_origin() {
    let legacy = metadata(
        |settings| settings.public_origin("https://api.example.com"),
        |routes| {
            routes.service(oauth::metadata).service(oauth::jwks);
            routes.service(oauth::legacy::token);
        },
    )
    .await;
    assert_eq!(
        legacy["issuer"], "https://auth.test",
        "as the tokens have it"
    );
    assert_eq!(legacy["token_endpoint"], "https://api.example.com/token");
    assert_eq!(
        legacy["grant_types_supported"],
        json!(["refresh_token", "password"])
    );
    assert_eq!(
        legacy.get("jwks_uri"),
        None,
        "secrets have no public halves"
    );
    let slash = metadata(
        |settings| settings.issuer("https://auth.test/"),
        |routes| {
            routes.service(oauth::metadata).service(oauth::token);
        },
    )
    .await;
    assert_eq!(slash["issuer"], "https://auth.test/");
    assert_eq!(slash["token_endpoint"], "https://auth.test/token");
}

async fn launch(
    settings: impl FnOnce(Complete) -> Complete,
    listing: impl Fn(&mut Routes) + Send + Sync + 'static,
) -> Result<TestApp, LaunchError> {
    TestApp::try_with(settings, listing, |_| {}).await
}

fn assert_finding(launched: Result<TestApp, LaunchError>, parts: &[&str]) {
    let error = launched.expect_err("a finding").to_string();
    for part in parts {
        assert!(error.contains(part), "{part}\nin\n{error}");
    }
}

#[actix_web::test]
async fn endpoints_that_cannot_work_do_not_start() {
    for legacy in [false, true] {
        let launched = launch(
            |settings| settings,
            move |routes| {
                match legacy {
                    false => routes.service(oauth::token),
                    true => routes.service(oauth::legacy::token),
                };
            },
        );
        let (name, call) = match legacy {
            true => ("`token`", "`.accounts(…)`"),
            false => ("`oauth::token`", "`.resource_owners(…)`"),
        };
        assert_finding(launched.await, &[name, "/token", call]);
    }
    let both = launch(
        |settings| settings.resource_owners(Owners::default()),
        |routes| {
            routes.service(oauth::token);
            routes.scope("/old", |old| {
                old.service(oauth::legacy::token);
            });
        },
    );
    assert_finding(
        both.await,
        &["`oauth::legacy::token` at /old/token", "keep one of them"],
    );
    let prefixed = launch(
        |settings| settings,
        |routes| {
            routes.scope("/auth", |auth| {
                auth.service(oauth::metadata);
            });
        },
    );
    let place = "/auth/.well-known/oauth-authorization-server";
    assert_finding(
        prefixed.await,
        &["`oauth::metadata`", place, "outside of any scope"],
    );
}

#[actix_web::test]
async fn metadata_needs_an_issuer_that_is_an_origin() {
    for issuer in [
        "auth.test",
        "urn:auth:test",
        "https://",
        "https:///",
        "https://auth.test/v1",
        "https://auth.test?x",
        "https://auth.test#x",
        "https://ada@auth.test",
        "ftp://auth.test",
    ] {
        for origin in [None, Some("https://auth.test")] {
            let launched = launch(
                |settings| {
                    let settings = settings.issuer(issuer);
                    match origin {
                        Some(origin) => settings.public_origin(origin),
                        None => settings,
                    }
                },
                |routes| {
                    routes.service(oauth::metadata);
                },
            );
            assert_finding(
                launched.await,
                &["`oauth::metadata` needs an issuer", issuer],
            );
        }
    }
    // An issuer of any kind is good for tokens.
    let launched = launch(
        |settings| {
            settings
                .issuer("urn:auth:test")
                .resource_owners(Owners::default())
        },
        |routes| {
            routes.service(oauth::token).service(oauth::jwks);
        },
    );
    assert!(launched.await.is_ok());
}
