//! Who may give a key another secret: nobody who would get more by it than he has (K3).

use std::time::Duration;

use actix_web::Responder;
use secure_runtime::{
    Principal, Problem,
    api_key::{ApiKeyError, IssuedApiKey, KeyOwner},
    audit::AuditKind,
    prelude::*,
    test::TestApp,
    token::Grant,
};

use crate::support::{Keys, Operation, Owners, Scope, asking, new_key};

const HOUR: Duration = Duration::from_secs(60 * 60);

/// Asks for another secret of ada's key, and gets none.
async fn refused(keys: &Keys, owner: &impl KeyOwner, key: &IssuedApiKey) -> ApiKeyError {
    let api_keys = keys.app.security().api_keys();
    keys.audit.events();
    let rotated = api_keys.rotate(owner, &key.info.id, HOUR).await;
    let error = rotated.expect_err("refused");
    assert_eq!(keys.audit.kinds(), []);
    let listed = api_keys.list("ada").await.expect("a list");
    let info = listed.iter().find(|info| info.id == key.info.id);
    let info = info.expect("the key");
    assert_eq!(
        (info.rotated_at, info.overlap_ends_at),
        (key.info.rotated_at, None),
        "it is as it was"
    );
    error
}

async fn caller(keys: &Keys, grant: &Grant) -> Principal {
    let tokens = keys.app.security().access_tokens();
    let token = tokens.issue(grant).expect("a token");
    tokens.verify(&token).await.expect("a caller")
}

fn narrower(error: ApiKeyError) {
    assert!(matches!(error, ApiKeyError::Narrower), "{error:?}");
    assert_eq!(Problem::from(error).status(), 403);
}

#[actix_web::test]
async fn a_narrowed_token_gets_no_secret() {
    let keys = Keys::new().await;
    let wide = keys.key(&["notes:read", "notes:write"]).await;
    let narrow = keys.key(&["notes:read"]).await;
    let narrowed = asking("ada").narrowed_to(&["notes:read".to_owned()]);
    let asks = caller(&keys, &narrowed).await;
    // One that may do what the token may do would outlive it all the same.
    for key in [&wide, &narrow] {
        narrower(refused(&keys, &asks, key).await);
        narrower(refused(&keys, &narrowed, key).await);
    }
}

/// Such as a token of the time before its owner was given more.
#[actix_web::test]
async fn who_lacks_a_scope_of_the_key_gets_no_secret() {
    let keys = Keys::new().await;
    let wide = keys.key(&["notes:read", "notes:write"]).await;
    let narrow = keys.key(&["notes:read"]).await;
    let grant = Grant::new("ada").with_scopes(["notes:read"]);
    let asks = caller(&keys, &grant).await;
    assert!(!asks.is_restricted());
    narrower(refused(&keys, &asks, &wide).await);
    narrower(refused(&keys, &grant, &wide).await);
    let api_keys = keys.app.security().api_keys();
    let rotated = api_keys.rotate(&asks, &narrow.info.id, HOUR).await;
    let rotated = rotated.expect("an answer").expect("a key");
    assert_eq!(keys.status(&rotated).await, 200);
    assert_eq!(keys.audit.kinds(), [AuditKind::ApiKeyRotated]);
    // What it may not have anew it may end.
    assert!(api_keys.revoke("ada", &wide.info.id).await.expect("done"));
}

#[post("/rotate/{id}")]
#[protected(scopes = "notes:read", via = ["bearer", "api_key"])]
async fn rotate(
    caller: CurrentUser,
    security: Security,
    request: actix_web::HttpRequest,
) -> Result<impl Responder, Problem> {
    let id = request.match_info().query("id");
    let rotated = security.api_keys().rotate(&caller, id, HOUR).await?;
    rotated.ok_or_else(Problem::not_found)
}

#[actix_web::test]
async fn a_key_gets_no_secret_of_its_own_or_of_another() {
    let owners = Owners::with_ada();
    let app = TestApp::with(
        |settings| settings.resource_owners(owners),
        |routes| {
            routes.service(rotate);
        },
        |_| {},
    )
    .await;
    let api_keys = app.security().api_keys();
    let scopes = ["notes:read", "notes:write"];
    let own = api_keys.create(&asking("ada"), new_key(&scopes)).await;
    let own = own.expect("a key");
    let other = api_keys.create(&asking("ada"), new_key(&scopes)).await;
    let other = other.expect("a key");
    for key in [&own, &other] {
        let path = format!("/rotate/{}", key.info.id);
        let request = app.post(&path).header("x-api-key", own.key.expose());
        let response = request.send().await;
        assert_eq!(response.status(), 403, "{}", response.text());
        let narrowed = asking("ada").narrowed_to(&["notes:read".to_owned()]);
        let response = app.post(&path).with_grant(&narrowed).send().await;
        assert_eq!(response.status(), 403, "{}", response.text());
        let response = app.post(&path).with_grant(&asking("ada")).send().await;
        assert_eq!(response.status(), 200, "{}", response.text());
    }
}

#[actix_web::test]
async fn who_was_signed_out_everywhere_gets_no_secret() {
    let keys = Keys::new().await;
    let key = keys.key(&["notes:read"]).await;
    let asks = caller(&keys, &asking("ada")).await;
    keys.pass(Duration::from_millis(5));
    let tokens = keys.app.security().tokens();
    tokens.sign_out_everywhere("ada").await.expect("done");
    let error = refused(&keys, &asks, &key).await;
    assert!(matches!(error, ApiKeyError::OwnerGone), "{error:?}");
    assert_eq!(Problem::from(error).status(), 401);
    keys.pass(Duration::from_millis(5));
    let asks = caller(&keys, &asking("ada")).await;
    let api_keys = keys.app.security().api_keys();
    let rotated = api_keys.rotate(&asks, &key.info.id, HOUR).await;
    assert!(rotated.expect("an answer").is_some());
}

/// Of somebody else's key nobody learns whether it is there.
#[actix_web::test]
async fn somebody_elses_key_is_none() {
    let keys = Keys::new().await;
    let key = keys.key(&["notes:read", "notes:write"]).await;
    let api_keys = keys.app.security().api_keys();
    for scopes in [&["notes:read", "notes:write"][..], &[]] {
        let eve = Grant::new("eve").with_scopes(scopes.iter().copied());
        let rotated = api_keys.rotate(&eve, &key.info.id, HOUR).await;
        assert!(rotated.expect("an answer").is_none());
    }
    assert_eq!(keys.status(&key).await, 200);
}

/// Who cannot say whether somebody is still signed in gives no secret out.
#[actix_web::test]
async fn where_the_store_fails_nobody_gets_a_secret() {
    let keys = Keys::new().await;
    let key = keys.key(&["notes:read"]).await;
    // There is something new to be asked for.
    let tokens = keys.app.security().tokens();
    tokens.sign_out_everywhere("eve").await.expect("done");
    keys.store.fails_to(&[Operation::List]);
    let api_keys = keys.app.security().api_keys();
    let rotated = api_keys.rotate(&asking("ada"), &key.info.id, HOUR).await;
    assert_eq!(Problem::from(rotated.expect_err("no store")).status(), 503);
    keys.store.works();
    keys.pass(Duration::from_secs(5));
    assert_eq!(keys.status(&key).await, 200);
}
