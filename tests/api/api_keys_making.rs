//! How keys are made: for whom, with which scopes, how many (K2, K3).

use std::time::Duration;

use actix_web::{Responder, http::StatusCode};
use futures_util::future::join_all;
use secure_runtime::{
    api_key::{ApiKeyError, IssuedApiKey, NewApiKey},
    audit::AuditKind,
    prelude::*,
    store::{Space, Store as _},
    test::TestApp,
    token::Grant,
};
use serde_json::{Value, json};

use crate::support::{Keys, Operation, Owners, Recorder, Scope, all, asking, new_key};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[post("/keys")]
#[protected]
async fn make(caller: CurrentUser, security: Security) -> Result<impl Responder, Problem> {
    let new = NewApiKey {
        expires_in: Some(DAY),
        allowed_addresses: vec!["192.0.2.0/24".to_owned()],
        ..new_key(&["notes:read"])
    };
    let made = security.api_keys().create(&caller, new).await?;
    Ok(made.customize().with_status(StatusCode::CREATED))
}

#[post("/broken")]
#[protected]
async fn make_badly(caller: CurrentUser, security: Security) -> Result<impl Responder, Problem> {
    let new = NewApiKey {
        name: String::new(),
        scopes: Vec::new(),
        expires_in: Some(Duration::ZERO),
        allowed_addresses: vec!["::1".to_owned(), "nowhere".to_owned()],
    };
    Ok(security.api_keys().create(&caller, new).await?)
}

#[post("/by-key")]
#[protected(scopes = "notes:read", via = "api_key")]
async fn make_by_key(caller: CurrentUser, security: Security) -> Result<impl Responder, Problem> {
    let new = new_key(&["notes:read"]);
    Ok(security.api_keys().create(&caller, new).await?)
}

#[get("/list")]
#[protected(scopes = "notes:read", via = ["bearer", "api_key"])]
async fn list(caller: CurrentUser, security: Security) -> Result<impl Responder, Problem> {
    let keys = security.api_keys().list(caller.subject()).await?;
    Ok(actix_web::web::Json(keys))
}

async fn app(audit: &Recorder) -> TestApp {
    let owners = Owners::with_ada();
    TestApp::with(
        |settings| settings.resource_owners(owners).audit(audit.clone()),
        |routes| {
            routes.service(make).service(make_badly);
            routes.service(make_by_key).service(list);
        },
        |_| {},
    )
    .await
}

#[actix_web::test]
async fn a_key_is_shown_once() {
    let audit = Recorder::default();
    let app = app(&audit).await;
    let made = app.post("/keys").with_grant(&asking("ada")).send().await;
    assert_eq!(all(&made, "cache-control"), ["no-store"]);
    assert_eq!(all(&made, "content-type"), ["application/json"]);
    let mut body = made.json();
    assert_eq!(made.status(), 201, "{body}");
    let key = body["key"].as_str().expect("a text").to_owned();
    let id = body["id"].as_str().expect("a text").to_owned();
    let expected = json!({
        "id": id, "name": "import", "scopes": ["notes:read"],
        "allowed_addresses": ["192.0.2.0/24"],
        "created_at": "2030-01-01T00:00:00Z", "rotated_at": "2030-01-01T00:00:00Z",
        "overlap_ends_at": null, "expires_at": "2030-01-02T00:00:00Z",
        "last_used_at": null, "uses": 0,
    });
    body.as_object_mut().expect("an object").remove("key");
    assert_eq!(body, expected);
    let [event] = &audit.events()[..] else {
        panic!("one event")
    };
    assert_eq!(event.kind, AuditKind::ApiKeyCreated);
    assert_eq!(event.subject.as_deref(), Some("ada"));
    assert_eq!(event.api_key.as_deref(), Some(id.as_str()));
    assert_eq!(event.request_id.as_deref(), made.header("x-request-id"));

    let listed = app.get("/list").header("x-api-key", &key).send().await;
    assert_eq!(listed.status(), 200);
    let mut used = expected;
    used["uses"] = json!(1);
    used["last_used_at"] = json!("2030-01-01T00:00:00Z");
    assert_eq!(listed.json(), json!([used]));
    assert!(!listed.text().contains(&key[16..]));
}

#[actix_web::test]
async fn every_mistake_is_named_at_its_place() {
    let app = app(&Recorder::default()).await;
    let refused = app.post("/broken").with_grant(&asking("ada")).send().await;
    let body = refused.json();
    assert_eq!(refused.status(), 422, "{body}");
    let errors = body["errors"].as_array().expect("a list");
    let pointers: Vec<&Value> = errors.iter().map(|error| &error["pointer"]).collect();
    let expected = [
        "#/name",
        "#/scopes",
        "#/expires_in",
        "#/allowed_addresses/1",
    ];
    assert_eq!(pointers, expected);
    assert!(
        !refused.text().contains("nowhere"),
        "what was sent is not repeated"
    );
}

#[actix_web::test]
async fn a_key_makes_no_key() {
    let audit = Recorder::default();
    let app = app(&audit).await;
    let made = app.post("/keys").with_grant(&asking("ada")).send().await;
    let made = made.json();
    let key = made["key"].as_str().expect("a text");
    let refused = app.post("/by-key").header("x-api-key", key).send().await;
    assert_eq!(refused.status(), 403, "{}", refused.text());
    let keys = app.security().api_keys().list("ada").await.expect("a list");
    assert_eq!(keys.len(), 1);
}

/// What the app's accounts say now, and what the credential says of whoever asks.
#[actix_web::test]
async fn never_more_scopes_than_the_owner_and_who_asks() {
    let keys = Keys::new().await;
    let api_keys = keys.app.security().api_keys();
    let refused = async |asking: &Grant, scopes: &[&str]| {
        let made = api_keys.create(asking, new_key(scopes)).await;
        let Err(ApiKeyError::Invalid(errors)) = &made else {
            panic!("{scopes:?}: {made:?}")
        };
        let pointers: Vec<_> = errors.iter().map(|error| error.pointer()).collect();
        assert_eq!(pointers, [Some("#/scopes")], "{scopes:?}");
        let problem = Problem::from(made.expect_err("refused"));
        assert_eq!(problem.status(), 422);
    };
    refused(&asking("ada"), &[]).await;
    refused(&asking("ada"), &["notes:erase"]).await;
    refused(&asking("ada"), &["notes:read", "notes:erase"]).await;
    refused(&asking("ada"), &["notes:read "]).await;
    refused(&asking("ada"), &[""]).await;
    // A grant that says more than the accounts do.
    let more = asking("ada").with_scopes(["notes:erase"]);
    refused(&more, &["notes:erase"]).await;
    // A credential that says less.
    let less = Grant::new("ada").with_scopes(["notes:read"]);
    refused(&less, &["notes:write"]).await;
    // The scopes of another account.
    keys.owners
        .set("eve", Grant::new("eve").with_scopes(["notes:read"]));
    refused(&asking("eve"), &["notes:write"]).await;
    assert_eq!(keys.audit.kinds(), []);
    let made = api_keys.create(&less, new_key(&["notes:read"])).await;
    assert_eq!(made.expect("a key").info.scopes, ["notes:read"]);
}

#[actix_web::test]
async fn nobody_without_an_account_gets_a_key() {
    let keys = Keys::new().await;
    let api_keys = keys.app.security().api_keys();
    let made = api_keys
        .create(&asking("mallory"), new_key(&["notes:read"]))
        .await;
    assert!(matches!(made, Err(ApiKeyError::OwnerGone)), "{made:?}");
    assert_eq!(Problem::from(made.expect_err("refused")).status(), 401);
    keys.owners.is_down(true);
    let made = api_keys
        .create(&asking("ada"), new_key(&["notes:read"]))
        .await;
    let Err(ApiKeyError::Failed(problem)) = made else {
        panic!("{made:?}")
    };
    assert_eq!(problem.status(), 500);
    let keys = api_keys.list("ada").await.expect("a list");
    assert_eq!(keys, []);
}

#[actix_web::test]
async fn a_subject_has_fifty_keys_at_most() {
    let keys = Keys::new().await;
    let api_keys = keys.app.security().api_keys();
    for _ in 0..45 {
        keys.key(&["notes:read"]).await;
    }
    // At once, so that each of them sees room.
    let (ada, new) = (asking("ada"), new_key(&["notes:read"]));
    let attempts = (0..20).map(|_| api_keys.create(&ada, new.clone()));
    let made: Vec<Result<IssuedApiKey, ApiKeyError>> = join_all(attempts).await;
    let refused = made.iter().filter_map(|made| made.as_ref().err());
    for refused in refused {
        assert!(matches!(refused, ApiKeyError::TooMany), "{refused}");
    }
    let good = made.iter().flatten().count();
    assert!(good <= 5, "{good}");
    let listed = api_keys.list("ada").await.expect("a list");
    assert_eq!(listed.len(), 45 + good, "what was refused is not there");
    for _ in good..5 {
        keys.key(&["notes:read"]).await;
    }
    let one_more = api_keys.create(&ada, new.clone()).await;
    assert!(
        matches!(one_more, Err(ApiKeyError::TooMany)),
        "{one_more:?}"
    );
    assert_eq!(Problem::from(one_more.expect_err("refused")).status(), 409);
    // Room is made by one that is revoked, and by one that has expired.
    let id = &listed[0].id;
    assert!(api_keys.revoke("ada", id).await.expect("an answer"));
    let short = NewApiKey {
        expires_in: Some(DAY),
        ..new.clone()
    };
    keys.make(short).await;
    assert!(api_keys.create(&ada, new.clone()).await.is_err());
    keys.pass(DAY);
    assert!(api_keys.create(&ada, new).await.is_ok());
}

/// Whoever signs somebody out everywhere and calls the keys back must not leave one behind that was being
/// made meanwhile.
#[actix_web::test]
async fn who_is_signed_out_meanwhile_gets_no_key() {
    let keys = Keys::new().await;
    let security = keys.app.security();
    let api_keys = security.api_keys();
    let token = security.access_tokens().issue(&asking("ada"));
    let ada = security
        .access_tokens()
        .verify(&token.expect("a token"))
        .await;
    let ada = ada.expect("a caller");
    keys.pass(Duration::from_millis(5));
    security
        .tokens()
        .sign_out_everywhere("ada")
        .await
        .expect("the store works");
    let made = api_keys.create(&ada, new_key(&["notes:read"])).await;
    assert!(matches!(made, Err(ApiKeyError::OwnerGone)), "{made:?}");
    assert_eq!(api_keys.list("ada").await.expect("a list"), []);
    // Who signs in again may.
    keys.pass(Duration::from_millis(5));
    let token = security.access_tokens().issue(&asking("ada"));
    let ada = security
        .access_tokens()
        .verify(&token.expect("a token"))
        .await;
    let made = api_keys
        .create(&ada.expect("a caller"), new_key(&["notes:read"]))
        .await;
    assert!(made.is_ok(), "{made:?}");
}

#[actix_web::test]
async fn the_store_holds_neither_the_secret_nor_the_name() {
    let keys = Keys::new().await;
    let key = keys.key(&["notes:read"]).await;
    let stored = keys
        .store
        .list(Space::new("api-key"), "ada")
        .await
        .expect("a list");
    let [entry] = &stored[..] else {
        panic!("one entry")
    };
    assert_eq!(entry.id, key.info.id);
    let text = String::from_utf8_lossy(&entry.value);
    assert!(!text.contains(&key.key.expose()[16..59]), "{text}");
    assert!(!text.contains("import"), "{text}");
    let shown = format!("{key:?} {:?}", keys.app.security().api_keys());
    assert!(!shown.contains(&key.key.expose()[16..]), "{shown}");
}

#[actix_web::test]
async fn where_the_store_fails_no_key_is_made() {
    let keys = Keys::new().await;
    let api_keys = keys.app.security().api_keys();
    for operation in [Operation::List, Operation::PutIfAbsent] {
        keys.store.fails_to(&[operation]);
        let made = api_keys
            .create(&asking("ada"), new_key(&["notes:read"]))
            .await;
        let problem = Problem::from(made.expect_err("no store"));
        assert_eq!(problem.status(), 503, "{operation:?}");
    }
    keys.store.works();
    assert_eq!(api_keys.list("ada").await.expect("a list"), []);
    assert_eq!(keys.audit.kinds(), []);
}
