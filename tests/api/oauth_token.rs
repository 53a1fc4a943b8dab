//! `POST /token` with a refresh token (A2, RFC 6749 §5 and §6).

use std::time::Duration;

use actix_web::Responder;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use secure_runtime::{oauth, prelude::*, test::TestClock, token::Grant};

use crate::support::{
    OAuthApp, SharedStore, all, assert_accepted, assert_error, assert_issued, problem, seen,
};

#[get("/me")]
#[protected(roles = "user", scopes = "notes:read")]
async fn who(user: CurrentUser) -> impl Responder {
    user.subject().to_owned()
}

use crate::support::{Role, Scope};

async fn app() -> OAuthApp {
    OAuthApp::new(|routes| {
        routes.service(oauth::token).service(who);
    })
    .await
}

fn refresh(token: &str) -> String {
    format!("grant_type=refresh_token&refresh_token={token}")
}

fn basic(pair: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(pair))
}

#[actix_web::test]
async fn a_refresh_token_gets_the_next_pair() {
    let oauth = app().await;
    let issued = oauth.sign_in().await;
    let mut token = issued.refresh().expose().to_owned();
    for _ in 0..3 {
        oauth.app.clock().advance(Duration::from_secs(15));
        let answer = assert_issued("refreshed", &oauth.token(&refresh(&token)).await);
        assert_eq!(answer["scope"], "notes:read notes:write");
        let access = answer["access_token"].as_str().expect("a text");
        assert_accepted(&oauth.app, "its access token", access).await;
        let next = answer["refresh_token"].as_str().expect("a text");
        assert_ne!(next, token);
        token = next.to_owned();
    }
    let first = oauth.token(&refresh(issued.refresh().expose())).await;
    assert_error("the first one again", &first, 400, "invalid_grant");
    let newest = oauth.token(&refresh(&token)).await;
    assert_error("so the family has ended", &newest, 400, "invalid_grant");
}

#[actix_web::test]
async fn each_thing_that_is_wrong_has_its_word() {
    let oauth = app().await;
    let issued = oauth.sign_in().await;
    let token = issued.refresh().expose();
    let good = refresh(token);
    for (body, word) in [
        ("", "invalid_request"),
        ("grant_type=", "invalid_request"),
        ("grant_type", "invalid_request"),
        (&format!("refresh_token={token}"), "invalid_request"),
        ("grant_type=refresh_token", "invalid_request"),
        ("grant_type=refresh_token&refresh_token=", "invalid_request"),
        (
            &format!("{good}&grant_type=refresh_token"),
            "invalid_request",
        ),
        (&format!("{good}&refresh_token={token}"), "invalid_request"),
        (&format!("{good}&scope=a&scope=b"), "invalid_request"),
        (&format!("{good}&x=1&x=2"), "invalid_request"),
        (&format!("{good}&gr%61nt_type=password"), "invalid_request"),
        (&format!("{good}&x=%FF"), "invalid_request"),
        (&format!("{good}&x=%c0%af"), "invalid_request"),
        (&format!("{good}&x=%"), "invalid_request"),
        (
            &format!("{good}&x={}", "y".repeat(33 * 1024)),
            "invalid_request",
        ),
        ("grant_type=refresh_token&refresh_token=x", "invalid_grant"),
        (&refresh(issued.access().expose()), "invalid_grant"),
        (&format!("{}%20", good), "invalid_grant"),
        (&format!("{}%00", good), "invalid_grant"),
        (
            &good.replace("refresh_token&", "Refresh_Token&"),
            "unsupported_grant_type",
        ),
        (
            "grant_type=password&username=ada&password=ada's+password",
            "unsupported_grant_type",
        ),
        (
            "grant_type=authorization_code&code=x",
            "unsupported_grant_type",
        ),
        ("grant_type=client_credentials", "unsupported_grant_type"),
        ("grant_type=refresh_token%20", "unsupported_grant_type"),
        (&format!("{good}&scope=notes:erase"), "invalid_scope"),
        (
            &format!("{good}&scope=notes:read+notes:erase"),
            "invalid_scope",
        ),
        (&format!("{good}&scope=NOTES:READ"), "invalid_scope"),
        (&format!("{good}&client_id=another"), "invalid_grant"),
    ] {
        assert_error(body, &oauth.token(body).await, 400, word);
        // One address may ask sixty times a minute.
        oauth.app.clock().advance(Duration::from_secs(2));
    }
    // All the while the token was not used up.
    assert_issued("the token", &oauth.token(&good).await);
}

#[actix_web::test]
async fn what_is_not_known_or_empty_is_ignored() {
    let oauth = app().await;
    let token = oauth.sign_in().await.refresh().expose().to_owned();
    let body = format!(
        "{}&scope=&client_id=&client_secret=&x=1&&y",
        refresh(&token)
    );
    let answer = assert_issued("ignored", &oauth.token(&body).await);
    assert_eq!(answer["scope"], "notes:read notes:write");
    let token = answer["refresh_token"].as_str().expect("a text");
    let body = format!("{}&scope=+notes:read++", refresh(token));
    let answer = assert_issued("spaces", &oauth.token(&body).await);
    assert_eq!(answer["scope"], "notes:read");
}

#[actix_web::test]
async fn a_request_is_a_form() {
    let oauth = app().await;
    let token = oauth.sign_in().await.refresh().expose().to_owned();
    let body = refresh(&token);
    for content_type in [
        "application/json",
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencodedx",
        "",
    ] {
        let request = oauth.app.post("/token").body(content_type, body.clone());
        let answer = request.send().await;
        assert_error(content_type, &answer, 400, "invalid_request");
    }
    let bytes = oauth.app.post("/token");
    let bytes = bytes.body("application/x-www-form-urlencoded", &b"grant_type=\xff"[..]);
    assert_error("no UTF-8", &bytes.send().await, 400, "invalid_request");
    let none = oauth.app.post("/token").send().await;
    assert_error("no body", &none, 400, "invalid_request");
    // Beyond what any body may have it is not even read to its end.
    let huge = format!("{body}&x={}", "y".repeat(300 * 1024));
    let huge = oauth.token(&huge).await;
    assert_eq!(seen(&huge), (413, problem(413, "Payload Too Large")));
    for content_type in [
        "application/x-www-form-urlencoded; charset=UTF-8",
        "Application/X-WWW-Form-URLencoded",
    ] {
        let request = oauth.app.post("/token").body(content_type, body.clone());
        assert_issued(content_type, &request.send().await);
    }
    let in_query = oauth.app.post(&format!("/token?{body}")).send().await;
    assert_error("in the query", &in_query, 400, "invalid_request");
    assert_eq!(oauth.app.get("/token").send().await.status(), 405);
}

#[actix_web::test]
async fn a_client_is_public_and_says_who_it_is_or_not() {
    let oauth = app().await;
    let grant = Grant::new("ada").with_client_id("the app:1");
    let tokens = oauth.app.security().tokens();
    let token = tokens.sign_in(&grant).await.expect("tokens");
    let body = refresh(token.refresh().expose());
    let ask = async |authorization: Option<&str>, body: &str| {
        let request = oauth.form("/token", body);
        match authorization {
            Some(value) => request.header("authorization", value).send().await,
            None => request.send().await,
        }
    };
    let encoded = basic("the%20app%3A1:");
    for (authorization, more) in [
        (Some(basic("the%20app%3A1:x")), ""),
        (Some(basic("the+app%3A1:secret")), ""),
        (Some(basic("the%20app%3A1")), ""),
        (Some(basic(":")), ""),
        (Some(basic(":secret")), ""),
        (Some(basic("%FF:")), ""),
        (Some("Basic".to_owned()), ""),
        (Some("Basic ???".to_owned()), ""),
        (Some("Bearer abc".to_owned()), ""),
        (Some("Digest username=x".to_owned()), ""),
        (Some(encoded.clone()), "&client_id=another"),
        (Some(encoded.clone()), "&client_secret=x"),
        (None, "&client_id=the+app:1&client_secret=x"),
        (None, "&client_secret=x"),
        (None, "&client_id=%0d%0a"),
        (None, "&client_id=%c3%a4"),
    ] {
        let name = format!("{authorization:?} {more}");
        let answer = ask(authorization.as_deref(), &format!("{body}{more}")).await;
        assert_error(&name, &answer, 401, "invalid_client");
    }
    let twice = oauth
        .form("/token", &body)
        .header("authorization", &encoded);
    let twice = twice.header("authorization", &encoded).send().await;
    assert_error("twice", &twice, 401, "invalid_client");
    let other = ask(Some(&basic("another:")), &body).await;
    assert_error("another client", &other, 400, "invalid_grant");
    for (authorization, more) in [
        (Some(encoded.as_str()), ""),
        (Some(encoded.as_str()), "&client_id=the+app:1"),
        (None, "&client_id=the+app%3A1"),
        (None, ""),
    ] {
        let answer = ask(authorization, &format!("{body}{more}")).await;
        assert_issued(&format!("{authorization:?} {more}"), &answer);
    }
}

#[actix_web::test]
async fn it_asks_what_the_account_may_now() {
    let oauth = app().await;
    let issued = oauth.sign_in().await;
    let fewer = Grant::new("ada").with_roles(["auditor"]);
    oauth
        .owners
        .set("ada", fewer.with_scopes(["notes:read", "notes:erase"]));
    let answer = oauth.token(&refresh(issued.refresh().expose())).await;
    let answer = assert_issued("renewed", &answer);
    assert_eq!(answer["scope"], "notes:read");
    let access = answer["access_token"].as_str().expect("a text");
    assert_eq!(
        crate::support::me(&oauth.app, access).await.0,
        403,
        "no user any more"
    );

    oauth.owners.is_down(true);
    let token = refresh(answer["refresh_token"].as_str().expect("a text"));
    let failed = oauth.token(&token).await;
    assert_eq!(seen(&failed), (500, problem(500, "Internal Server Error")));
    oauth.owners.is_down(false);
    let answer = assert_issued("still good", &oauth.token(&token).await);

    oauth.owners.remove("ada");
    let token = refresh(answer["refresh_token"].as_str().expect("a text"));
    let gone = oauth.token(&token).await;
    assert_error("gone", &gone, 400, "invalid_grant");
    let access = answer["access_token"].as_str().expect("a text");
    assert_eq!(crate::support::me(&oauth.app, access).await.0, 401);
}

#[actix_web::test]
async fn nobody_is_asked_about_a_token_that_is_none() {
    let oauth = app().await;
    for body in [refresh("x"), "grant_type=x".to_owned(), String::new()] {
        oauth.token(&body).await;
    }
    assert_eq!(oauth.owners.asked(), 0);
}

#[actix_web::test]
async fn one_address_asks_sixty_times_a_minute() {
    let oauth = app().await;
    for number in 0..60 {
        let answer = oauth.token(&refresh("x")).await;
        assert_error(&number.to_string(), &answer, 400, "invalid_grant");
    }
    let answer = oauth.token(&refresh("x")).await;
    assert_eq!(seen(&answer), (429, problem(429, "Too Many Requests")));
    assert!(answer.header("retry-after").is_some());
    let other = oauth
        .form("/token", &refresh("x"))
        .from_address("192.0.2.99");
    assert_eq!(other.send().await.status(), 400);
}

#[actix_web::test]
async fn a_store_that_is_down_is_no_fault_of_the_client() {
    let store = SharedStore::new(&TestClock::default());
    let oauth = OAuthApp::with(
        |settings| settings.store(store.clone()),
        |routes| {
            routes.service(oauth::token).service(who);
        },
    )
    .await;
    let token = refresh(oauth.sign_in().await.refresh().expose());
    store.fails();
    let answer = oauth.token(&token).await;
    assert_eq!(seen(&answer), (503, problem(503, "Service Unavailable")));
    assert_eq!(all(&answer, "retry-after"), ["1"]);
    assert_eq!(all(&answer, "content-type"), ["application/problem+json"]);
    store.works();
    assert_issued("it is back", &oauth.token(&token).await);
}
