//! `POST /revoke` (RFC 7009), `/logout` and `/logout-everywhere` (A8).

use std::time::Duration;

use actix_web::Responder;
use secure_runtime::{oauth, prelude::*, test::TestClock, token::IssuedTokens};

use crate::support::{
    CHALLENGE, INVALID_TOKEN, OAuthApp, SharedStore, all, assert_accepted, assert_error,
    assert_issued, assert_refused, problem, seen,
};

#[get("/me")]
#[protected]
async fn who(user: CurrentUser) -> impl Responder {
    user.subject().to_owned()
}

fn listing(routes: &mut secure_runtime::Routes) {
    routes.service(oauth::token).service(oauth::revoke);
    routes
        .service(oauth::logout)
        .service(oauth::logout_everywhere);
    routes.service(who);
}

async fn app() -> OAuthApp {
    OAuthApp::new(listing).await
}

async fn refresh(oauth: &OAuthApp, issued: &IssuedTokens) -> secure_runtime::test::TestResponse {
    let token = issued.refresh().expose();
    let body = format!("grant_type=refresh_token&refresh_token={token}");
    oauth.token(&body).await
}

async fn revoke(oauth: &OAuthApp, body: &str) {
    let answer = oauth.form("/revoke", body).send().await;
    assert_eq!(
        (answer.status(), answer.text().as_str()),
        (200, ""),
        "{body}"
    );
}

#[actix_web::test]
async fn a_refresh_token_is_revoked_with_all_that_came_of_it() {
    for hint in [
        "",
        "&token_type_hint=refresh_token",
        "&token_type_hint=access_token",
        "&token_type_hint=x",
    ] {
        let oauth = app().await;
        let (issued, other) = (oauth.sign_in().await, oauth.sign_in().await);
        for _ in 0..2 {
            assert_accepted(&oauth.app, "before", issued.access().expose()).await;
        }
        revoke(
            &oauth,
            &format!("token={}{hint}", issued.refresh().expose()),
        )
        .await;
        assert_refused(&oauth.app, "its access token", issued.access().expose()).await;
        let refused = refresh(&oauth, &issued).await;
        assert_error("it", &refused, 400, "invalid_grant");
        assert_accepted(&oauth.app, "another", other.access().expose()).await;
        assert_issued("another", &refresh(&oauth, &other).await);
    }
}

#[actix_web::test]
async fn an_access_token_is_revoked_alone() {
    for hint in [
        "",
        "&token_type_hint=refresh_token",
        "&token_type_hint=access_token",
    ] {
        let oauth = app().await;
        let issued = oauth.sign_in().await;
        revoke(&oauth, &format!("token={}{hint}", issued.access().expose())).await;
        assert_refused(&oauth.app, "it", issued.access().expose()).await;
        assert_issued("its sign-in", &refresh(&oauth, &issued).await);
    }
}

/// RFC 7009 §2.2: what is no token needs no revoking.
#[actix_web::test]
async fn what_is_no_token_is_revoked_already() {
    let oauth = app().await;
    let issued = oauth.sign_in().await;
    let long = "A".repeat(20_000);
    for token in ["x", "a.b.c", "%00", "..", &long, "' OR 1=1"] {
        revoke(&oauth, &format!("token={token}")).await;
    }
    revoke(&oauth, &format!("token={}", issued.refresh().expose())).await;
    revoke(&oauth, &format!("token={}", issued.refresh().expose())).await;
    oauth.app.clock().advance(Duration::from_secs(3600));
    revoke(&oauth, &format!("token={}", issued.access().expose())).await;
}

#[actix_web::test]
async fn a_revocation_is_a_form_too() {
    let oauth = app().await;
    let issued = oauth.sign_in().await;
    let body = format!("token={}", issued.refresh().expose());
    for wrong in [
        "",
        "token=",
        "token",
        "token_type_hint=access_token",
        "token=x&token=y",
        "token=%FF",
    ] {
        let answer = oauth.form("/revoke", wrong).send().await;
        assert_error(wrong, &answer, 400, "invalid_request");
    }
    let json = oauth
        .app
        .post("/revoke")
        .body("application/json", body.clone());
    assert_error("JSON", &json.send().await, 400, "invalid_request");
    for more in ["&client_secret=x", "&client_id=%0a"] {
        let answer = oauth.form("/revoke", &format!("{body}{more}")).send().await;
        assert_error(more, &answer, 401, "invalid_client");
    }
    let bearer = oauth.form("/revoke", &body).as_user("ada").send().await;
    assert_error("a bearer is no client", &bearer, 401, "invalid_client");
    assert_accepted(&oauth.app, "all the while", issued.access().expose()).await;
    for _ in 0..60 {
        oauth
            .form("/revoke", "")
            .from_address("192.0.2.7")
            .send()
            .await;
    }
    let limited = oauth.form("/revoke", &body).from_address("192.0.2.7");
    assert_eq!(limited.send().await.status(), 429);
}

#[actix_web::test]
async fn a_logout_ends_one_sign_in_and_the_other_all() {
    let oauth = app().await;
    let [one, two, three] = [
        oauth.sign_in().await,
        oauth.sign_in().await,
        oauth.sign_in().await,
    ];
    let post = async |path: &str, issued: &IssuedTokens| {
        let bearer = format!("Bearer {}", issued.access().expose());
        oauth
            .app
            .post(path)
            .header("authorization", &bearer)
            .send()
            .await
    };
    let answer = post("/logout", &one).await;
    assert_eq!((answer.status(), answer.text().as_str()), (204, ""));
    assert_eq!(all(&answer, "cache-control"), ["no-store"]);
    assert_refused(&oauth.app, "it", one.access().expose()).await;
    assert_error("it", &refresh(&oauth, &one).await, 400, "invalid_grant");
    assert_accepted(&oauth.app, "another", two.access().expose()).await;
    let again = post("/logout", &one).await;
    assert_eq!(
        all(&again, "www-authenticate"),
        [INVALID_TOKEN],
        "nobody is signed in"
    );

    oauth.app.clock().advance(Duration::from_millis(1));
    let answer = post("/logout-everywhere", &two).await;
    assert_eq!((answer.status(), answer.text().as_str()), (204, ""));
    for issued in [&two, &three] {
        assert_refused(&oauth.app, "all", issued.access().expose()).await;
        assert_error("all", &refresh(&oauth, issued).await, 400, "invalid_grant");
    }
    oauth.app.clock().advance(Duration::from_millis(1));
    let after = oauth.sign_in().await;
    assert_accepted(&oauth.app, "afterwards", after.access().expose()).await;
}

#[actix_web::test]
async fn a_logout_is_a_callers_own() {
    let oauth = app().await;
    let issued = oauth.sign_in().await;
    for path in ["/logout", "/logout-everywhere"] {
        let stranger = oauth.app.post(path).send().await;
        assert_eq!(stranger.status(), 401, "{path}");
        assert_eq!(all(&stranger, "www-authenticate"), [CHALLENGE], "{path}");
        // A refresh token opens nothing.
        let bearer = format!("Bearer {}", issued.refresh().expose());
        let answer = oauth
            .app
            .post(path)
            .header("authorization", &bearer)
            .send()
            .await;
        assert_eq!(answer.status(), 401, "{path}");
        let bearer = format!("Bearer {}", issued.access().expose());
        let get = oauth
            .app
            .get(path)
            .header("authorization", &bearer)
            .send()
            .await;
        assert_eq!(get.status(), 405, "{path}: a link signs nobody out");
        oauth.app.clock().advance(Duration::from_millis(1));
        let eve = oauth.app.post(path).as_user("eve").send().await;
        assert_eq!(eve.status(), 204, "{path}");
    }
    assert_accepted(&oauth.app, "ada", issued.access().expose()).await;
}

#[actix_web::test]
async fn while_the_store_is_down_nobody_is_told_that_it_was_done() {
    let store = SharedStore::new(&TestClock::default());
    let oauth = OAuthApp::with(|settings| settings.store(store.clone()), listing).await;
    let issued = oauth.sign_in().await;
    assert_accepted(&oauth.app, "before", issued.access().expose()).await;
    store.fails();
    let bearer = format!("Bearer {}", issued.access().expose());
    let refresh_token = format!("token={}", issued.refresh().expose());
    for request in [
        oauth.form("/revoke", &refresh_token),
        oauth.app.post("/logout").header("authorization", &bearer),
        oauth
            .app
            .post("/logout-everywhere")
            .header("authorization", &bearer),
    ] {
        let answer = request.send().await;
        assert_eq!(seen(&answer), (503, problem(503, "Service Unavailable")));
        assert_eq!(all(&answer, "retry-after"), ["1"]);
    }
}
