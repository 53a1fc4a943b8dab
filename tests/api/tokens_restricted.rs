//! Tokens narrower than their owner: good for what they name, and for nothing else, whatever the roles of
//! their bearer (C1, DESIGN §1).

use actix_web::Responder;
use secure_runtime::{oauth, prelude::*, test::TestApp, token::Grant};

use crate::support::{OAuthApp, Role, Scope, all, assert_issued};

#[get("/read")]
#[protected(scopes = "notes:read")]
async fn read() -> impl Responder {
    ""
}

#[post("/wipe")]
#[protected(roles = "user")]
async fn wipe() -> impl Responder {
    ""
}

#[get("/me")]
#[protected]
async fn me() -> impl Responder {
    ""
}

#[get("/both")]
#[protected(roles = "user", scopes = "notes:read")]
async fn both() -> impl Responder {
    ""
}

#[get("/greeting")]
#[public]
async fn greeting(caller: Option<CurrentUser>) -> impl Responder {
    caller.map_or_else(
        || "stranger".to_owned(),
        |caller| caller.subject().to_owned(),
    )
}

fn list(routes: &mut Routes) {
    routes.service(greeting);
    routes.service(read).service(wipe).service(me).service(both);
    routes.service(oauth::legacy::token);
}

const ADA: &str = "grant_type=password&username=ada&password=ada%27s+password";

async fn statuses(app: &TestApp, token: &str) -> [u16; 4] {
    let authorization = format!("Bearer {token}");
    let mut statuses = [0; 4];
    let routes = [
        ("GET", "/read"),
        ("POST", "/wipe"),
        ("GET", "/me"),
        ("GET", "/both"),
    ];
    for (status, (method, path)) in statuses.iter_mut().zip(routes) {
        let method = method.parse().expect("a method");
        let request = app.request(method, path);
        let answer = request.header("authorization", &authorization).send().await;
        *status = answer.status();
    }
    statuses
}

fn text(answer: &serde_json::Value, name: &str) -> String {
    answer[name].as_str().expect("a text").to_owned()
}

#[actix_web::test]
async fn a_narrowed_token_opens_no_route_that_names_no_scope() {
    let oauth = OAuthApp::new(list).await;
    let whole = assert_issued("whole", &oauth.token(ADA).await);
    let whole = text(&whole, "access_token");
    assert_eq!(statuses(&oauth.app, &whole).await, [200, 200, 200, 200]);

    let narrow = oauth.token(&format!("{ADA}&scope=notes:read")).await;
    let narrow = assert_issued("narrow", &narrow);
    let access = text(&narrow, "access_token");
    assert_eq!(statuses(&oauth.app, &access).await, [200, 403, 403, 200]);
    let refused = oauth.app.post("/wipe");
    let refused = refused.header("authorization", &format!("Bearer {access}"));
    let challenge = "Bearer realm=\"api\", error=\"insufficient_scope\"";
    assert_eq!(all(&refused.send().await, "www-authenticate"), [challenge]);

    // A refresh does not widen it.
    let refresh = format!(
        "grant_type=refresh_token&refresh_token={}",
        text(&narrow, "refresh_token")
    );
    let refreshed = assert_issued("refreshed", &oauth.token(&refresh).await);
    let access = text(&refreshed, "access_token");
    assert_eq!(statuses(&oauth.app, &access).await, [200, 403, 403, 200]);
}

/// A public route names no scope that it could hold.
#[actix_web::test]
async fn a_narrowed_token_is_nobody_on_a_public_route() {
    let OAuthApp { app, .. } = OAuthApp::new(list).await;
    let whole = Grant::new("ada").with_scopes(["notes:read", "notes:write"]);
    let narrow = whole.clone().narrowed_to(&["notes:read".to_owned()]);
    for (grant, greeted) in [(&whole, "ada"), (&narrow, "stranger")] {
        let answer = app.get("/greeting").with_grant(grant).send().await;
        assert_eq!((answer.status(), answer.text()), (200, greeted.to_owned()));
    }
    // One that does not verify is none there either.
    let forged = app
        .get("/greeting")
        .header("authorization", "Bearer forged");
    assert_eq!(forged.send().await.status(), 401);
}

#[actix_web::test]
async fn a_refresh_narrows_one_token_and_not_the_sign_in() {
    let oauth = OAuthApp::new(list).await;
    let whole = assert_issued("whole", &oauth.token(ADA).await);
    let refresh = format!(
        "grant_type=refresh_token&refresh_token={}",
        text(&whole, "refresh_token")
    );
    let narrow = oauth.token(&format!("{refresh}&scope=notes:read")).await;
    let narrow = assert_issued("narrow", &narrow);
    let access = text(&narrow, "access_token");
    assert_eq!(statuses(&oauth.app, &access).await, [200, 403, 403, 200]);

    let refresh = format!(
        "grant_type=refresh_token&refresh_token={}",
        text(&narrow, "refresh_token")
    );
    let again = assert_issued("again", &oauth.token(&refresh).await);
    let access = text(&again, "access_token");
    assert_eq!(statuses(&oauth.app, &access).await, [200, 200, 200, 200]);
}

#[actix_web::test]
async fn all_scopes_asked_for_are_no_narrowing() {
    let oauth = OAuthApp::new(list).await;
    let asked = oauth
        .token(&format!("{ADA}&scope=notes:write+notes:read"))
        .await;
    let access = text(&assert_issued("all", &asked), "access_token");
    assert_eq!(statuses(&oauth.app, &access).await, [200, 200, 200, 200]);

    // An app narrows a grant of its own in the same way.
    let grant = Grant::new("ada")
        .with_roles(["user"])
        .with_scopes(["notes:read", "notes:write"]);
    let narrow = grant.narrowed_to(&["notes:read".to_owned()]);
    let access = oauth.app.token(&narrow);
    assert_eq!(statuses(&oauth.app, &access).await, [200, 403, 403, 200]);
}
