//! The test kit itself (I7): what it says of an app must be what a server would do.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, Responder, http::Method, web};
use secure_runtime::{
    Clock as _, Profile,
    prelude::*,
    test::{TestApp, TestClock},
    token::Grant,
};
use serde_json::json;

use crate::support::{Role, START};

#[get("/echo")]
#[public]
async fn echo(request: HttpRequest) -> impl Responder {
    let peer = request.peer_addr().map(|peer| peer.ip().to_string());
    let headers = request.headers().get_all("x-many").count();
    format!("{} {headers}", peer.unwrap_or_default())
}

#[get("/me")]
#[protected(roles = "user")]
async fn me(user: CurrentUser) -> impl Responder {
    let roles = [Role::Admin, Role::Editor, Role::User, Role::Auditor];
    let held = roles.iter().filter(|role| user.has_role(*role)).count();
    HttpResponse::Ok().json(json!({"subject": user.subject(), "roles": held}))
}

#[routes]
#[get("/any")]
#[post("/any")]
#[put("/any")]
#[patch("/any")]
#[delete("/any")]
#[options("/any")]
#[public]
#[rate_limit("100/minute")]
async fn any(method: Method) -> impl Responder {
    method.to_string()
}

#[get("/data")]
#[public]
async fn data(data: web::Data<String>) -> impl Responder {
    data.to_string()
}

async fn app() -> TestApp {
    TestApp::with(
        |settings| settings,
        |routes| {
            routes.service(echo).service(me).service(any).service(data);
        },
        |config| {
            config.app_data(web::Data::new("the app's data".to_owned()));
        },
    )
    .await
}

#[actix_web::test]
async fn a_caller_is_one_line() {
    let app = app().await;
    assert_eq!(app.get("/me").send().await.status(), 401);
    assert_eq!(app.get("/me").as_user("ada").send().await.status(), 403);
    let ada = app.get("/me").with_role("ada", "editor").send().await;
    assert_eq!(ada.json(), json!({"subject": "ada", "roles": 2}));
    let grant = Grant::new("root").with_roles(["admin", "auditor"]);
    let root = app.get("/me").with_grant(&grant).send().await;
    assert_eq!(root.json(), json!({"subject": "root", "roles": 4}));
    let token = app.token(&grant);
    let by_header = app
        .get("/me")
        .header("authorization", &format!("Bearer {token}"));
    assert_eq!(by_header.send().await.status(), 200);
}

#[actix_web::test]
async fn a_request_comes_from_where_it_says_with_all_its_headers() {
    let app = app().await;
    assert_eq!(app.get("/echo").send().await.text(), "192.0.2.1 0");
    let request = app.get("/echo").from_address("2001:db8::7");
    let request = request.header("x-many", "a").header("x-many", "b");
    assert_eq!(request.send().await.text(), "2001:db8::7 2");
    for (name, request) in [
        ("GET", app.get("/any")),
        ("POST", app.post("/any")),
        ("PUT", app.put("/any")),
        ("PATCH", app.patch("/any")),
        ("DELETE", app.delete("/any")),
        ("OPTIONS", app.request(Method::OPTIONS, "/any")),
    ] {
        assert_eq!(request.send().await.text(), name);
    }
    assert_eq!(app.get("/data").send().await.text(), "the app's data");
}

#[actix_web::test]
async fn the_clock_stands_still_until_it_is_moved() {
    let app = app().await;
    let clock: TestClock = app.clock().clone();
    assert_eq!(clock.unix(), Duration::from_secs(START));
    let token = app.token(&Grant::new("ada").with_roles(["user"]));
    let call = async || {
        let request = app.get("/me");
        let request = request.header("authorization", &format!("Bearer {token}"));
        request.send().await.status()
    };
    assert_eq!(call().await, 200);
    clock.advance(Duration::from_secs(3600));
    assert_eq!(app.clock().unix(), Duration::from_secs(START + 3600));
    assert_eq!(call().await, 401);
    assert_eq!(
        app.get("/me")
            .with_role("ada", "user")
            .send()
            .await
            .status(),
        200
    );
}

#[actix_web::test]
async fn an_app_is_in_production_unless_it_says_otherwise() {
    assert_eq!(app().await.security().profile(), Profile::Production);
    let development = TestApp::with(
        |settings| settings.profile(Profile::Development),
        |routes| {
            routes.service(echo);
        },
        |_| {},
    )
    .await;
    assert_eq!(development.security().profile(), Profile::Development);
}

#[actix_web::test]
async fn tokens_of_one_app_are_nothing_in_another() {
    let (one, two) = (app().await, app().await);
    let token = one.token(&Grant::new("ada").with_roles(["user"]));
    let request = two
        .get("/me")
        .header("authorization", &format!("Bearer {token}"));
    assert_eq!(request.send().await.status(), 401);
}

#[actix_web::test]
async fn a_launch_error_comes_back() {
    let twice = |routes: &mut Routes| {
        routes.service(echo).service(echo);
    };
    let error = TestApp::try_with(|settings| settings, twice, |_| {}).await;
    let error = error.expect_err("two policies");
    assert!(
        error
            .to_string()
            .contains("GET /echo (`echo`) has two policies"),
        "{error}"
    );
}
