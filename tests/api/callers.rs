//! Where a credential may stand, and who is called by it (A1, C3).

use actix_web::{Responder, web::Json};
use secure_runtime::{
    prelude::*,
    test::{TestApp, TestResponse},
    token::Grant,
};
use serde_json::json;

use crate::support::{CHALLENGE, INVALID_TOKEN, Role, Scope, all, problem, seen};

#[get("/me")]
#[protected]
async fn who_am_i(user: CurrentUser) -> impl Responder {
    format!(
        "{} of {}, {} to {}, editor {}, writes {}",
        user.subject(),
        user.client_id(),
        user.signed_in_at().as_secs(),
        user.expires_at().as_secs(),
        user.has_role(&Role::Editor),
        user.has_scope(&Scope::NotesWrite),
    )
}

/// The vocabularies come from the routes.
#[get("/words")]
#[protected(roles = "admin", scopes = "notes:read")]
async fn words() -> impl Responder {
    "words"
}

#[get("/greeting")]
#[public]
async fn greeting(user: Option<CurrentUser>) -> impl Responder {
    match user {
        Some(user) => format!("hello {}", user.subject()),
        None => "hello".to_owned(),
    }
}

#[get("/open")]
#[public]
async fn open_route() -> impl Responder {
    "open"
}

#[validated]
struct Credentials {
    #[validate(length(max = 4000))]
    access_token: Secret<String>,
}

#[post("/body")]
#[protected]
#[validated]
async fn body(_credentials: Json<Credentials>) -> impl Responder {
    "body"
}

async fn app() -> TestApp {
    TestApp::new(|routes| {
        routes.service(who_am_i).service(words).service(greeting);
        routes.service(open_route).service(body);
    })
    .await
}

fn assert_unauthorized(name: &str, response: &TestResponse, challenge: &str) {
    assert_eq!(
        seen(response),
        (401, problem(401, "Unauthorized")),
        "{name}"
    );
    assert_eq!(all(response, "www-authenticate"), [challenge], "{name}");
    assert_eq!(all(response, "cache-control"), ["no-store"], "{name}");
}

#[actix_web::test]
async fn without_a_credential_the_challenge_names_no_error() {
    let app = app().await;
    assert_unauthorized("nothing", &app.get("/me").send().await, CHALLENGE);
    let token = app.token(&Grant::new("ada"));
    for path in [
        format!("/me?access_token={token}"),
        format!("/me?token={token}&authorization=Bearer%20{token}"),
    ] {
        assert_unauthorized(&path, &app.get(&path).send().await, CHALLENGE);
    }
    let body_token = app.post("/body").json(&json!({"access_token": token}));
    assert_unauthorized("in a JSON body", &body_token.send().await, CHALLENGE);
    let form = app.post("/body").body(
        "application/x-www-form-urlencoded",
        format!("access_token={token}"),
    );
    assert_unauthorized("in a form", &form.send().await, CHALLENGE);
    for (name, value) in [
        (
            "cookie",
            format!("token={token}; session={token}; access_token={token}"),
        ),
        ("x-authorization", format!("Bearer {token}")),
        ("proxy-authorization", format!("Bearer {token}")),
        ("x-forwarded-user", "ada".to_owned()),
        ("x-user-id", "ada".to_owned()),
    ] {
        let response = app.get("/me").header(name, &value).send().await;
        assert_unauthorized(name, &response, CHALLENGE);
    }
}

#[actix_web::test]
async fn a_token_in_the_query_beside_one_in_the_header_does_nothing() {
    let app = app().await;
    let eve = app.token(&Grant::new("eve"));
    let path = format!("/me?access_token={eve}");
    let response = app.get(&path).as_user("ada").send().await;
    assert!(
        response.text().starts_with("ada of "),
        "{}",
        response.text()
    );
}

#[actix_web::test]
async fn what_is_no_single_bearer_token_is_a_bad_credential() {
    let app = app().await;
    let token = app.token(&Grant::new("ada"));
    for value in [
        "Basic YWRhOnNlY3JldA==".to_owned(),
        format!("Basic {token}"),
        format!("Token {token}"),
        format!("Bearer{token}"),
        format!("Bearer\t{token}"),
        format!("Bearer {token} "),
        format!("Bearer {token} x"),
        format!("Bearer {token}, Bearer {token}"),
        format!("Bearer \"{token}\""),
        format!(" Bearer {token}"),
        format!("Bearer {}", token.replace('.', " ")),
        format!("Bearer Bearer {token}"),
        token.clone(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        "Bearer é".to_owned(),
        String::new(),
    ] {
        let response = app.get("/me").header("authorization", &value).send().await;
        assert_unauthorized(&value, &response, INVALID_TOKEN);
        // No route falls back to "nobody".
        let response = app.get("/greeting").header("authorization", &value);
        assert_unauthorized(&value, &response.send().await, INVALID_TOKEN);
    }
    for scheme in ["bearer", "BEARER", "bEaReR", "Bearer  "] {
        let value = format!("{scheme} {token}");
        let response = app.get("/me").header("authorization", &value).send().await;
        assert_eq!(response.status(), 200, "{scheme}");
    }
}

#[actix_web::test]
async fn two_credentials_are_a_bad_one() {
    let app = app().await;
    let grant = Grant::new("ada");
    let twice = app.get("/me").with_grant(&grant).with_grant(&grant);
    assert_unauthorized("twice the same", &twice.send().await, INVALID_TOKEN);
    let two = app.get("/me").as_user("ada").as_user("eve");
    assert_unauthorized("two callers", &two.send().await, INVALID_TOKEN);
    let empty = app.get("/me").as_user("ada").header("authorization", "");
    assert_unauthorized("an empty one too", &empty.send().await, INVALID_TOKEN);
}

#[actix_web::test]
async fn a_public_route_takes_whoever_comes_but_no_bad_credential() {
    let app = app().await;
    let nobody = app.get("/greeting").send().await;
    assert_eq!((nobody.status(), nobody.text().as_str()), (200, "hello"));
    let ada = app.get("/greeting").as_user("ada").send().await;
    assert_eq!((ada.status(), ada.text().as_str()), (200, "hello ada"));
    assert_eq!(
        all(&ada, "cache-control"),
        ["no-store"],
        "it depends on who calls"
    );
    assert_eq!(
        all(&nobody, "cache-control"),
        ["no-store"],
        "so does the other one"
    );
    let bad = app.get("/greeting").header("authorization", "Bearer a.b.c");
    assert_unauthorized("a bad token", &bad.send().await, INVALID_TOKEN);

    // A route that does not ask who calls does not look.
    let open = app.get("/open").header("authorization", "Bearer a.b.c");
    let open = open.send().await;
    assert_eq!((open.status(), open.text().as_str()), (200, "open"));
    assert_eq!(all(&open, "cache-control"), [""; 0]);
}

#[actix_web::test]
async fn the_handler_sees_what_the_token_says() {
    let app = app().await;
    let me = async |grant: &Grant| app.get("/me").with_grant(grant).send().await.text();
    let issuer = "https://auth.test";
    let plain = format!("ada of {issuer}, 1893456000 to 1893456600, editor false, writes false");
    assert_eq!(me(&Grant::new("ada")).await, plain);
    let full = Grant::new("søren/1 ")
        .with_client_id("app")
        .with_roles(["admin"])
        .with_scopes(["notes:write"])
        .with_signed_in_at(std::time::Duration::from_secs(1_893_450_000));
    let expected = "søren/1  of app, 1893450000 to 1893456600, editor true, writes true";
    assert_eq!(me(&full).await, expected);
}

#[actix_web::test]
async fn a_grant_that_no_claim_can_carry_is_not_issued() {
    let app = app().await;
    let tokens = app.security().access_tokens();
    for grant in [
        Grant::new(""),
        Grant::new("ada").with_scopes([""]),
        Grant::new("ada").with_scopes(["notes:read notes:write"]),
    ] {
        assert!(tokens.issue(&grant).is_err(), "{grant:?}");
    }
    let token = tokens.issue(&Grant::new("ada")).expect("a token");
    assert_eq!(
        tokens.verify(&token).await.expect("a principal").subject(),
        "ada"
    );
    assert!(!format!("{token:?}").contains(token.expose()));
}
