//! What signing out ends, and what it does not, on one instance (A8).

use std::time::Duration;

use actix_web::Responder;
use secure_runtime::{
    audit::AuditKind,
    prelude::*,
    test::TestApp,
    token::{Family, Grant, IssuedTokens, RefreshError, Token},
};

use crate::support::{Forge, Recorder, SignIns, assert_accepted, assert_refused, claims};

const MOMENT: Duration = Duration::from_millis(1);

#[get("/me")]
#[protected]
async fn who(user: CurrentUser) -> impl Responder {
    user.subject().to_owned()
}

async fn app(audit: &Recorder) -> TestApp {
    TestApp::with(
        |settings| settings.signing_key(Forge::key()).audit(audit.clone()),
        |routes| {
            routes.service(who);
        },
        |_| {},
    )
    .await
}

async fn sign_in(app: &TestApp) -> IssuedTokens {
    let issued = app.security().tokens().sign_in(&Grant::new("ada")).await;
    issued.expect("tokens")
}

async fn refresh(app: &TestApp, issued: &IssuedTokens) -> Result<IssuedTokens, RefreshError> {
    let renew = async |family: &Family| Ok(Some(Grant::new(&family.subject)));
    let tokens = app.security().tokens();
    tokens.refresh(issued.refresh(), None, None, renew).await
}

/// Two sign-ins of one subject: `(first, first refreshed, second)`. All of it is in the cache.
async fn two_sign_ins(app: &TestApp) -> (IssuedTokens, IssuedTokens, IssuedTokens) {
    let (first, second) = (sign_in(app).await, sign_in(app).await);
    app.clock().advance(Duration::from_secs(60));
    let refreshed = refresh(app, &first).await.expect("tokens");
    for issued in [&first, &refreshed, &second] {
        for _ in 0..2 {
            assert_accepted(app, "before", issued.access().expose()).await;
        }
    }
    (first, refreshed, second)
}

async fn assert_ended(app: &TestApp, name: &str, issued: &IssuedTokens) {
    assert_refused(app, name, issued.access().expose()).await;
    let refused = refresh(app, issued).await;
    assert!(
        matches!(refused, Err(RefreshError::Invalid)),
        "{name}: {refused:?}"
    );
}

#[actix_web::test]
async fn a_sign_out_ends_the_sign_in_that_the_token_came_from() {
    let audit = Recorder::default();
    let app = app(&audit).await;
    let (first, refreshed, second) = two_sign_ins(&app).await;
    let tokens = app.security().tokens();
    let caller = tokens
        .access()
        .verify(first.access())
        .await
        .expect("a caller");
    audit.events();
    tokens.sign_out(&caller).await.expect("done");
    let [event] = &audit.events()[..] else {
        panic!("one event")
    };
    assert_eq!(
        (event.kind, event.subject.as_deref()),
        (AuditKind::SignedOut, Some("ada"))
    );
    assert_eq!(event.family.as_deref(), caller.family());
    assert_ended(&app, "the token itself", &first).await;
    assert_ended(&app, "what came of the same sign-in", &refreshed).await;
    assert_accepted(&app, "another sign-in", second.access().expose()).await;
    let _ = refresh(&app, &second).await.expect("another sign-in");
}

/// A token that no refresh token stands behind.
#[actix_web::test]
async fn a_sign_out_ends_a_token_without_a_family() {
    let app = app(&Recorder::default()).await;
    let [one, other] = [(); 2].map(|()| app.token(&Grant::new("ada")));
    for token in [&one, &other] {
        assert_accepted(&app, "before", token).await;
    }
    let tokens = app.security().tokens();
    let caller = tokens.access().verify(&Token::from_untrusted(&*one)).await;
    let caller = caller.expect("a caller");
    assert_eq!(caller.family(), None);
    tokens.sign_out(&caller).await.expect("done");
    assert_refused(&app, "it", &one).await;
    assert_accepted(&app, "the other", &other).await;
    tokens.sign_out(&caller).await.expect("twice does no harm");
}

#[actix_web::test]
async fn a_sign_out_everywhere_ends_all_that_there_is_and_nothing_that_comes() {
    let audit = Recorder::default();
    let app = app(&audit).await;
    let (first, refreshed, second) = two_sign_ins(&app).await;
    let alone = app.token(&Grant::new("ada"));
    let eve = app.security().tokens().sign_in(&Grant::new("eve")).await;
    let eve = eve.expect("tokens");
    audit.events();
    app.clock().advance(MOMENT);
    let tokens = app.security().tokens();
    tokens.sign_out_everywhere("ada").await.expect("done");
    assert_eq!(audit.kinds(), [AuditKind::SignedOutEverywhere]);
    for (name, issued) in [("1", &first), ("2", &refreshed), ("3", &second)] {
        assert_ended(&app, name, issued).await;
    }
    assert_refused(&app, "without a family", &alone).await;
    assert_eq!(tokens.sign_ins("ada").await.expect("a list"), []);
    assert_eq!(tokens.sign_ins("eve").await.expect("a list").len(), 1);
    assert!(
        tokens.access().verify(eve.access()).await.is_ok(),
        "somebody else"
    );
    app.clock().advance(MOMENT);
    let after = sign_in(&app).await;
    assert_accepted(&app, "a sign-in afterwards", after.access().expose()).await;
    let _ = refresh(&app, &after).await.expect("a sign-in afterwards");
}

/// Of two things in one millisecond nobody knows which came first.
#[actix_web::test]
async fn what_is_issued_in_the_millisecond_of_the_sign_out_is_refused() {
    let (app, forge) = (app(&Recorder::default()).await, Forge::new());
    let at = |seconds: f64| {
        let mut claims = claims();
        claims["iat"] = serde_json::json!(crate::support::START as f64 + seconds);
        forge.token(&claims)
    };
    let (early, same, late) = (at(5.122), at(5.123), at(5.124));
    app.clock().advance(Duration::from_micros(5_123_400));
    for token in [&early, &same, &late] {
        assert_accepted(&app, "before", token).await;
    }
    let tokens = app.security().tokens();
    tokens.sign_out_everywhere("ada").await.expect("done");
    let refused = tokens.sign_in(&Grant::new("ada")).await;
    assert!(refused.expect_err("the same moment").is_signed_out());
    assert!(
        app.security()
            .access_tokens()
            .issue(&Grant::new("ada"))
            .is_err()
    );
    app.clock().advance(Duration::from_micros(599));
    let refused = tokens.sign_in(&Grant::new("ada")).await;
    assert!(refused.expect_err("the same millisecond").is_signed_out());
    assert_eq!(tokens.sign_ins("ada").await.expect("a list"), []);
    assert_refused(&app, "early", &early).await;
    assert_refused(&app, "at the same time", &same).await;
    assert_accepted(&app, "late", &late).await;
    app.clock().advance(Duration::from_micros(1));
    let issued = sign_in(&app).await;
    assert_accepted(&app, "the next one", issued.access().expose()).await;
}

#[actix_web::test]
async fn a_sign_in_that_is_under_way_gets_no_token() {
    let app = SignIns::new();
    let began = app.security.tokens().access();
    // The password is asked for, and its hash is computed for half a second.
    let before = secure_runtime::Clock::unix(&app.clock);
    app.pass(Duration::from_millis(200));
    let tokens = app.security.tokens();
    tokens.sign_out_everywhere("ada").await.expect("done");
    app.pass(Duration::from_millis(300));
    let grant = Grant::new("ada").with_signed_in_at(before);
    let refused = tokens
        .sign_in(&grant)
        .await
        .expect_err("signed out meanwhile");
    assert!(refused.is_signed_out());
    assert!(
        began
            .issue(&grant)
            .expect_err("nor a token alone")
            .is_signed_out()
    );
    assert_eq!(tokens.sign_ins("ada").await.expect("a list"), []);
    assert_eq!(app.audit.kinds(), [AuditKind::SignedOutEverywhere]);
    // Who does not measure it before gets one.
    let _ = tokens.sign_in(&Grant::new("ada")).await.expect("tokens");
    let ahead = grant.with_signed_in_at(before + Duration::from_secs(31));
    assert!(
        tokens.sign_in(&ahead).await.is_err(),
        "a sign-in in the future"
    );
}

#[actix_web::test]
async fn whoever_has_a_token_can_revoke_it() {
    let audit = Recorder::default();
    let app = app(&audit).await;
    let (first, refreshed, second) = two_sign_ins(&app).await;
    let tokens = app.security().tokens();
    audit.events();
    for none in ["", "x", "a.b.c", &"A".repeat(100_000)] {
        tokens.revoke(none).await.expect("nothing to do");
    }
    assert_eq!(audit.kinds(), []);

    // An access token goes alone.
    tokens.revoke(second.access().expose()).await.expect("done");
    assert_eq!(audit.kinds(), [AuditKind::TokenRevoked]);
    assert_refused(&app, "revoked", second.access().expose()).await;
    let again = refresh(&app, &second).await.expect("its sign-in lives on");
    assert_accepted(&app, "again", again.access().expose()).await;
    tokens
        .revoke(second.access().expose())
        .await
        .expect("a second time");

    // A refresh token goes with all that came of it, also one that was used.
    audit.events();
    tokens.revoke(first.refresh().expose()).await.expect("done");
    assert_eq!(audit.kinds(), [AuditKind::TokenRevoked]);
    assert_ended(&app, "first", &first).await;
    assert_ended(&app, "refreshed", &refreshed).await;
    tokens
        .revoke(first.refresh().expose())
        .await
        .expect("a second time");
    let _ = refresh(&app, &again).await.expect("another sign-in");
}

/// What expires takes the fact with it; what lives does not lose it.
#[actix_web::test]
async fn a_revocation_lasts_as_long_as_the_token_does() {
    let app = SignIns::with(|settings| {
        let settings = settings.access_token_lifetime(Duration::from_secs(3600));
        settings.leeway(Duration::from_secs(60))
    });
    let [one, family] = [app.sign_in("ada").await, app.sign_in("ada").await];
    let everywhere = app.sign_in("eve").await;
    let tokens = app.security.tokens();
    tokens.revoke(one.access().expose()).await.expect("done");
    tokens
        .revoke(family.refresh().expose())
        .await
        .expect("done");
    tokens.sign_out_everywhere("eve").await.expect("done");
    let last = Duration::from_secs(3660) - MOMENT;
    for step in [
        Duration::ZERO,
        Duration::from_secs(1800),
        last - Duration::from_secs(1800),
    ] {
        app.pass(step);
        // Enough of others for the expired ones to be looked for.
        for number in 0..1100 {
            let other = format!("{number}-{step:?}");
            tokens.sign_out_everywhere(&other).await.expect("done");
        }
        for (name, issued) in [("jti", &one), ("sid", &family), ("sub", &everywhere)] {
            assert!(!app.is_good(issued.access()).await, "{name} after {step:?}");
        }
    }
}
