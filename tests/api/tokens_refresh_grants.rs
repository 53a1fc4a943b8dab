//! What a refresh gives: never more than the sign-in was granted, never what the account has no more (A7).

use std::time::Duration;

use secure_runtime::{
    Problem,
    audit::AuditKind,
    token::{Family, Grant, IssuedTokens, Refresh, RefreshError, Token},
};

use crate::support::{SharedStore, SignIns};

const MINUTE: Duration = Duration::from_secs(60);

fn scopes(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

async fn refresh(
    app: &SignIns,
    token: &Token<Refresh>,
    client_id: Option<&str>,
    wanted: Option<&[&str]>,
) -> Result<IssuedTokens, RefreshError> {
    let wanted = wanted.map(scopes);
    let renew = async |family: &Family| {
        let all = ["notes:read", "notes:write", "notes:erase"];
        Ok(Some(Grant::new(&family.subject).with_scopes(all)))
    };
    let tokens = app.security.tokens();
    tokens
        .refresh(token, client_id, wanted.as_deref(), renew)
        .await
}

async fn principal(app: &SignIns, issued: &IssuedTokens) -> secure_runtime::Principal {
    let verified = app.security.access_tokens().verify(issued.access()).await;
    verified.expect("a principal")
}

#[actix_web::test]
async fn a_token_is_worth_nothing_to_another_client() {
    let app = SignIns::with(|settings| settings.refresh_grace(Duration::ZERO));
    let issued = app
        .sign_in_with(&Grant::new("ada").with_client_id("phone"))
        .await;
    app.audit.events();
    for other in ["laptop", "Phone", "phone ", "", "https://auth.test"] {
        let refused = refresh(&app, issued.refresh(), Some(other), None).await;
        assert!(matches!(refused, Err(RefreshError::Invalid)), "{other:?}");
    }
    assert_eq!(app.audit.kinds(), []);
    let next = refresh(&app, issued.refresh(), Some("phone"), None).await;
    let next = next.expect("it was not used up");
    assert_eq!(principal(&app, &next).await.client_id(), "phone");
    let next = refresh(&app, next.refresh(), None, None).await;
    let next = next.expect("a client need not say who it is");
    assert_eq!(principal(&app, &next).await.client_id(), "phone");
}

#[actix_web::test]
async fn scopes_are_narrowed_for_one_access_token() {
    let app = SignIns::with(|settings| settings.refresh_grace(Duration::ZERO));
    let grant = Grant::new("ada").with_scopes(["notes:read", "notes:write"]);
    let issued = app.sign_in_with(&grant).await;
    let narrow = refresh(&app, issued.refresh(), None, Some(&["notes:read"])).await;
    let narrow = narrow.expect("tokens");
    assert_eq!(narrow.scope(), "notes:read");
    // RFC 6749 §6: the refresh token stays what it was.
    let wide = refresh(&app, narrow.refresh(), None, None)
        .await
        .expect("tokens");
    assert_eq!(wide.scope(), "notes:read notes:write");
    for more in [
        &["notes:erase"][..],
        &["notes:read", "notes:erase"],
        &["NOTES:READ"],
        &["notes:read "],
        &["*"],
    ] {
        let refused = refresh(&app, wide.refresh(), None, Some(more)).await;
        let is_refused = matches!(refused, Err(RefreshError::ScopeNotGranted));
        assert!(is_refused, "{more:?}: {refused:?}");
    }
    let next = refresh(
        &app,
        wide.refresh(),
        None,
        Some(&["notes:write", "notes:write"]),
    )
    .await;
    assert_eq!(next.expect("nothing was used up").scope(), "notes:write");
}

#[actix_web::test]
async fn a_scope_that_the_account_has_no_more_is_left_out() {
    let app = SignIns::new();
    let grant = Grant::new("ada").with_scopes(["notes:read", "notes:write"]);
    let issued = app.sign_in_with(&grant).await;
    let renewed = Grant::new("ada").with_scopes(["notes:erase", "notes:write"]);
    let next = app.refresh_as(issued.refresh(), Ok(Some(renewed))).await;
    assert_eq!(next.expect("tokens").scope(), "notes:write");
}

#[actix_web::test]
async fn roles_are_those_of_now_and_the_sign_in_is_that_of_then() {
    let app = SignIns::new();
    let grant = Grant::new("ada").with_roles(["admin"]);
    let issued = app.sign_in_with(&grant).await;
    let before = principal(&app, &issued).await;
    app.pass(MINUTE);
    let renewed = Grant::new("ada")
        .with_roles(["user"])
        .with_client_id("another");
    let renewed = renewed.with_signed_in_at(before.signed_in_at() + MINUTE);
    let next = app.refresh_as(issued.refresh(), Ok(Some(renewed))).await;
    let after = principal(&app, &next.expect("tokens")).await;
    assert!(before.has_role(&crate::support::Role::Admin));
    assert!(!after.has_role(&crate::support::Role::Admin));
    assert!(after.has_role(&crate::support::Role::User));
    assert_eq!(after.signed_in_at(), before.signed_in_at());
    assert_eq!(after.issued_at(), before.issued_at() + MINUTE);
    assert_eq!(after.client_id(), before.client_id());
    assert_eq!(after.family(), before.family());
}

#[actix_web::test]
async fn an_account_that_is_gone_ends_the_family() {
    let app = SignIns::new();
    let issued = app.sign_in("ada").await;
    app.audit.events();
    let refused = app.refresh_as(issued.refresh(), Ok(None)).await;
    assert!(matches!(refused, Err(RefreshError::Invalid)), "{refused:?}");
    assert_eq!(app.audit.kinds(), [AuditKind::TokenRevoked]);
    assert!(!app.is_good(issued.access()).await);
    app.assert_invalid("though it is there again", issued.refresh())
        .await;
}

#[actix_web::test]
async fn a_server_that_cannot_ask_costs_the_caller_nothing() {
    let app = SignIns::with(|settings| settings.refresh_grace(Duration::ZERO));
    let issued = app.sign_in("ada").await;
    for status in [500, 503] {
        let status = actix_web::http::StatusCode::from_u16(status).expect("a status");
        let failed = app
            .refresh_as(issued.refresh(), Err(Problem::new(status)))
            .await;
        let Err(RefreshError::Failed(problem)) = failed else {
            panic!("{failed:?}");
        };
        assert_eq!(problem.status(), status);
    }
    let failed = app
        .refresh_as(issued.refresh(), Ok(Some(Grant::new("eve"))))
        .await;
    assert!(
        matches!(failed, Err(RefreshError::Failed(_))),
        "for another: {failed:?}"
    );
    let _ = app.refresh(issued.refresh()).await.expect("still good");
}

#[actix_web::test]
async fn what_fits_no_token_costs_the_caller_nothing() {
    let app = SignIns::with(|settings| settings.refresh_grace(Duration::ZERO));
    let issued = app.sign_in("ada").await;
    let large = serde_json::json!({"x": "x".repeat(10_000)});
    let large = Grant::new("ada").with_claims(&large).expect("claims");
    let failed = app.refresh_as(issued.refresh(), Ok(Some(large))).await;
    assert!(matches!(failed, Err(RefreshError::Failed(_))), "{failed:?}");
    let _ = app.refresh(issued.refresh()).await.expect("still good");
}

#[actix_web::test]
async fn a_store_that_fails_costs_the_caller_nothing() {
    let clock = secure_runtime::test::TestClock::default();
    let store = SharedStore::new(&clock);
    let app = SignIns::with(|settings| {
        let settings = settings.store(store.clone());
        settings.refresh_grace(Duration::ZERO)
    });
    let issued = app.sign_in("ada").await;
    store.fails();
    let failed = app.refresh(issued.refresh()).await;
    let Err(RefreshError::Failed(problem)) = failed else {
        panic!("{failed:?}");
    };
    assert_eq!(problem.status(), 503);
    store.works();
    let _ = app.refresh(issued.refresh()).await.expect("still good");
}

/// The clocks of two instances are never quite the same.
#[actix_web::test]
async fn an_instance_whose_clock_is_behind_refreshes_too() {
    let clock = secure_runtime::test::TestClock::default();
    let store = SharedStore::new(&clock);
    let secret = secure_runtime::ServerSecret::random();
    let with = || {
        SignIns::with(|settings| {
            let settings = settings.store(store.clone());
            settings.secret(secret.clone())
        })
    };
    let (ahead, behind) = (with(), with());
    ahead.pass(Duration::from_millis(1500));
    let issued = ahead.sign_in("ada").await;
    let next = behind.refresh(issued.refresh()).await.expect("tokens");
    assert!(behind.is_good(next.access()).await);
}
