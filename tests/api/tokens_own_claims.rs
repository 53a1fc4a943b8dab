//! Claims of the app's own, and subjects of its own type (A5).

use std::time::Duration;

use actix_web::{Responder, web::Json};
use secure_runtime::{
    prelude::*,
    test::TestApp,
    token::{Family, Grant, Token},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Forge, assert_accepted, assert_refused, claims, me};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Plan {
    plan: String,
    seats: u32,
    #[serde(default)]
    trial: Option<bool>,
}

fn plan(name: &str, seats: u32) -> Plan {
    Plan {
        plan: name.to_owned(),
        seats,
        trial: None,
    }
}

#[get("/me")]
#[protected]
async fn who(user: CurrentUser) -> impl Responder {
    user.subject().to_owned()
}

#[get("/plan")]
#[protected]
async fn read_plan(user: CurrentUser) -> Json<Value> {
    assert!(user.claims::<String>().is_none(), "of no other type");
    Json(json!(user.claims::<Plan>()))
}

#[get("/account")]
#[protected]
async fn account(user: CurrentUser) -> Result<String, Problem> {
    let id: Uuid = user.subject_as()?;
    Ok(id.simple().to_string())
}

async fn app() -> TestApp {
    TestApp::with(
        |settings| settings.signing_key(Forge::key()).token_claims::<Plan>(),
        |routes| {
            routes.service(who).service(read_plan).service(account);
        },
        |_| {},
    )
    .await
}

fn grant(plan: &Plan) -> Grant {
    Grant::new("ada").with_claims(plan).expect("claims")
}

async fn plan_of(app: &TestApp, token: &str) -> Value {
    let request = app
        .get("/plan")
        .header("authorization", &format!("Bearer {token}"));
    let response = request.send().await;
    assert_eq!(response.status(), 200, "{}", response.text());
    response.json()
}

#[actix_web::test]
async fn claims_come_back_as_what_they_are() {
    let app = app().await;
    let plan = Plan {
        plan: "große Größe \u{1f511} \"\\".to_owned(),
        seats: u32::MAX,
        trial: Some(true),
    };
    let token = app.token(&grant(&plan));
    let read = plan_of(&app, &token).await;
    assert_eq!(read, json!(plan));
    assert_eq!(plan_of(&app, &token).await, read, "a second time");
    let principal = app.security().access_tokens();
    let principal = principal.verify(&Token::from_untrusted(token)).await;
    let principal = principal.expect("a principal");
    assert_eq!(principal.claims::<Plan>(), Some(&plan));
}

#[actix_web::test]
async fn a_token_without_them_is_none() {
    let (app, forge) = (app().await, Forge::new());
    // What would be refused is not issued.
    let issued = app.security().access_tokens().issue(&Grant::new("ada"));
    assert!(issued.is_err_and(|error| error.to_string().contains("the app's own")));
    assert_refused(&app, "without", &forge.token(&claims())).await;
    let with = |own: Value| {
        let mut claims = claims();
        let members = claims.as_object_mut().expect("an object");
        members.extend(own.as_object().expect("an object").clone());
        forge.token(&claims)
    };
    assert_accepted(
        &app,
        "with them",
        &with(json!({"plan": "free", "seats": 1})),
    )
    .await;
    for own in [
        json!({"plan": "free"}),
        json!({"seats": 1}),
        json!({"plan": "free", "seats": "1"}),
        json!({"plan": "free", "seats": -1}),
        json!({"plan": null, "seats": 1}),
        json!({"plan": "free", "seats": 1, "trial": "yes"}),
        json!({"own": {"plan": "free", "seats": 1}}),
    ] {
        assert_refused(&app, &own.to_string(), &with(own)).await;
    }
    let header = forge.header().to_string();
    let payload = with(json!({"plan": "free", "seats": 1}));
    let payload = payload.split('.').nth(1).expect("a payload");
    let payload = base64::Engine::decode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, payload);
    let payload = String::from_utf8(payload.expect("base64")).expect("UTF-8");
    let twice = payload.replacen('{', r#"{"seats":2,"#, 1);
    assert_refused(&app, "twice", &forge.with_header(&header, &twice)).await;
}

#[actix_web::test]
async fn an_app_that_names_no_type_reads_none() {
    let app = Forge::app(|routes| {
        routes.service(who).service(read_plan);
    })
    .await;
    let token = app.token(&grant(&plan("free", 1)));
    assert_accepted(&app, "claims that nobody reads", &token).await;
    assert_eq!(plan_of(&app, &token).await, Value::Null);
}

#[actix_web::test]
async fn names_of_ours_are_refused() {
    for name in [
        "iss",
        "aud",
        "sub",
        "client_id",
        "exp",
        "iat",
        "nbf",
        "jti",
        "sid",
        "auth_time",
        "acr",
        "amr",
        "azp",
        "cnf",
        "roles",
        "scope",
    ] {
        let claims = json!({"plan": "free", name: "x"});
        assert!(Grant::new("ada").with_claims(&claims).is_err(), "{name}");
    }
    for none in [json!(null), json!(1), json!("x"), json!(["x"])] {
        assert!(Grant::new("ada").with_claims(&none).is_err(), "{none}");
    }
    // Names have a case (RFC 7519 §4): these are others.
    let other = json!({"Sub": "eve", "SCOPE": "all"});
    let app = Forge::app(|routes| {
        routes.service(who);
    })
    .await;
    let grant = Grant::new("ada").with_claims(&other).expect("claims");
    assert_accepted(&app, "of another case", &app.token(&grant)).await;
}

#[actix_web::test]
async fn what_does_not_fit_a_token_is_not_issued() {
    let app = app().await;
    let tokens = app.security().tokens();
    let large = grant(&plan(&"x".repeat(8 * 1024), 1));
    assert!(tokens.access().issue(&large).is_err());
    assert!(tokens.sign_in(&large).await.is_err());
    let sign_ins = tokens.sign_ins("ada").await.expect("sign-ins");
    assert_eq!(sign_ins, [], "nothing began");
}

#[actix_web::test]
async fn a_refresh_renews_them() {
    let app = app().await;
    let tokens = app.security().tokens();
    let issued = tokens
        .sign_in(&grant(&plan("free", 1)))
        .await
        .expect("tokens");
    let read = plan_of(&app, issued.access().expose()).await;
    assert_eq!(read, json!(plan("free", 1)));
    app.clock().advance(Duration::from_secs(60));
    let renew = async |_: &Family| Ok(Some(grant(&plan("paid", 5))));
    let renewed = tokens.refresh(issued.refresh(), None, None, renew).await;
    let renewed = renewed.expect("tokens");
    let read = plan_of(&app, renewed.access().expose()).await;
    assert_eq!(read, json!(plan("paid", 5)));
    let read = plan_of(&app, issued.access().expose()).await;
    assert_eq!(read, json!(plan("free", 1)), "what was said stays said");
}

#[actix_web::test]
async fn a_subject_that_is_no_id_is_nobody() {
    let app = app().await;
    let ask = async |subject: &str| {
        let grant = Grant::new(subject).with_claims(&plan("free", 1));
        let request = app.get("/account").with_grant(&grant.expect("claims"));
        request.send().await
    };
    let id = Uuid::from_u128(7);
    let known = ask(&id.to_string()).await;
    assert_eq!(
        (known.status(), known.text()),
        (200, id.simple().to_string())
    );
    for subject in ["ada", "7", "00000000-0000-0000-0000-00000000000g", " "] {
        let response = ask(subject).await;
        assert_eq!(response.status(), 401, "{subject:?}");
        let challenge = response.header("www-authenticate").expect("a challenge");
        assert!(challenge.starts_with("Bearer realm=\"api\""), "{challenge}");
    }
    let token = app.token(&grant(&plan("free", 1)));
    assert_eq!(me(&app, &token).await.0, 200, "elsewhere it is somebody");
}
