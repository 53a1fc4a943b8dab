//! What somebody else's services answer does not go out, however they got to answer.

use std::cell::Cell;

use actix_web::{
    HttpResponse, Responder,
    dev::{AppService, HttpServiceFactory, ResourceDef, ServiceRequest, fn_service},
    guard,
    web::{self, ServiceConfig},
};
use secure_runtime::{
    prelude::*,
    test::{TestApp, TestResponse},
};

#[get("/mine")]
#[public]
async fn mine() -> impl Responder {
    "mine"
}

async fn foreign() -> impl Responder {
    HttpResponse::Ok()
        .insert_header(("set-cookie", "session=stolen"))
        .insert_header(("x-inner", "secret"))
        .body("foreign")
}

/// Answers everything below a prefix of no length, as files at the root do.
struct Everything;

impl HttpServiceFactory for Everything {
    fn register(self, config: &mut AppService) {
        let service = fn_service(|request: ServiceRequest| async {
            Ok::<_, actix_web::Error>(request.into_response(HttpResponse::Ok().body("foreign")))
        });
        config.register_service(ResourceDef::root_prefix(""), None, service, None);
    }
}

async fn app(configure: impl FnOnce(&mut ServiceConfig)) -> TestApp {
    let list = |routes: &mut Routes| {
        routes.service(mine);
    };
    TestApp::with(|settings| settings, list, configure).await
}

fn assert_withheld(response: &TestResponse, what: &str) {
    assert_eq!(response.status(), 500, "{what}");
    assert!(!response.text().contains("foreign"), "{what}");
    for header in ["set-cookie", "x-inner"] {
        assert_eq!(response.header(header), None, "{what}: {header}");
    }
}

#[actix_web::test]
async fn a_prefix_of_no_length_and_the_defaults_of_scopes_and_apps() {
    let app_default = |config: &mut ServiceConfig| {
        config.default_service(web::to(foreign));
    };
    let root_scope = |config: &mut ServiceConfig| {
        config.service(web::scope("").default_service(web::to(foreign)));
    };
    let proxy = |config: &mut ServiceConfig| {
        config.service(web::scope("/proxy").default_service(web::to(foreign)));
    };
    let everything = |config: &mut ServiceConfig| {
        let host = web::scope("").guard(guard::Host("admin.example.com"));
        config.service(host).service(Everything);
    };
    assert_withheld(
        &app(app_default).await.get("/x").send().await,
        "App::default_service",
    );
    assert_withheld(&app(root_scope).await.get("/x").send().await, "scope \"\"");
    assert_withheld(
        &app(proxy).await.get("/proxy/x").send().await,
        "scope default",
    );
    assert_withheld(
        &app(everything).await.get("/x").send().await,
        "files at the root",
    );
    assert_withheld(
        &app(everything).await.post("/x").send().await,
        "files at the root",
    );
}

#[actix_web::test]
async fn a_body_that_says_404_does_not_go_out_either() {
    let configure = |config: &mut ServiceConfig| {
        let hidden = || async { HttpResponse::NotFound().body("foreign") };
        config.service(web::scope("/proxy").default_service(web::to(hidden)));
    };
    let response = app(configure).await.get("/proxy/x").send().await;
    assert_eq!(response.status(), 404);
    assert!(!response.text().contains("foreign"));
}

#[actix_web::test]
async fn the_page_that_an_app_shows_where_nothing_is_stays_its_own() {
    let configure = |config: &mut ServiceConfig| {
        let page = || async { HttpResponse::NotFound().body("nothing here") };
        config.default_service(web::to(page));
    };
    let response = app(configure).await.get("/nowhere").send().await;
    assert_eq!(
        (response.status(), response.text().as_str()),
        (404, "nothing here")
    );
}

#[actix_web::test]
async fn paths_that_middleware_could_tidy_up_are_refused_before_a_handler_runs() {
    thread_local!(static RAN: Cell<bool> = const { Cell::new(false) });
    let configure = |config: &mut ServiceConfig| {
        let wipe = || async {
            RAN.set(true);
            "wiped"
        };
        config.service(web::resource("/admin/wipe").to(wipe));
    };
    let app = app(configure).await;
    for path in [
        "/admin/wipe",
        "/admin/wipe/",
        "//admin/wipe",
        "/admin//wipe//",
    ] {
        assert_withheld(&app.post(path).send().await, path);
        assert!(!RAN.get(), "{path}");
    }
    for path in ["/mine/", "//mine"] {
        assert_eq!(app.get(path).send().await.status(), 404, "{path}");
    }
}

#[actix_web::test]
async fn an_unchecked_service_lets_only_itself_in() {
    let list = |routes: &mut Routes| {
        routes.service(mine);
        let page = web::resource("/{tail:.*}")
            .guard(guard::Get())
            .to(|| async { "page" });
        routes.service(unchecked("because the page is public", page));
    };
    let configure = |config: &mut ServiceConfig| {
        config.service(web::resource("/admin/wipe").route(web::post().to(foreign)));
    };
    let app = TestApp::with(|settings| settings, list, configure).await;
    assert_eq!(app.get("/anything").send().await.text(), "page");
    assert_eq!(app.get("/mine").send().await.text(), "mine");
    assert_withheld(&app.post("/admin/wipe").send().await, "behind the page");
}

#[actix_web::test]
async fn an_unchecked_service_before_a_route_of_ours_that_takes_everything() {
    #[get("/{tail}*")]
    #[protected]
    async fn everything() -> impl Responder {
        "ours"
    }
    let app = TestApp::new(|routes| {
        let assets = web::resource("/assets/{name}").to(|| async { "asset" });
        routes.service(unchecked("because assets are public", assets));
        routes.service(everything);
    })
    .await;
    assert_eq!(app.get("/assets/app.js").send().await.text(), "asset");
    assert_eq!(app.get("/other").send().await.status(), 401);
    assert_eq!(app.get("/other").as_user("ada").send().await.text(), "ours");
}

#[actix_web::test]
async fn no_unchecked_service_runs_before_it_is_asked() {
    thread_local!(static RUNS: Cell<u32> = const { Cell::new(0) });
    let app = TestApp::new(|routes| {
        let count = || async {
            RUNS.set(RUNS.get() + 1);
            "counted"
        };
        let all = web::resource("/{tail:.*}").to(count);
        routes.service(unchecked("because it counts", all));
    })
    .await;
    assert_eq!(RUNS.get(), 0);
    assert_eq!(app.get("/x").send().await.text(), "counted");
    assert_eq!(RUNS.get(), 1);
}

#[actix_web::test]
async fn a_500_that_a_handler_has_built_says_nothing_and_its_503_does() {
    #[get("/500")]
    #[public]
    async fn fault() -> impl Responder {
        HttpResponse::InternalServerError().body("the password is hunter2")
    }
    #[get("/503")]
    #[public]
    async fn not_ready() -> impl Responder {
        HttpResponse::ServiceUnavailable().body("starting")
    }
    let app = TestApp::new(|routes| {
        routes.service(fault).service(not_ready);
    })
    .await;
    let response = app.get("/500").send().await;
    assert_eq!(response.status(), 500);
    assert!(!response.text().contains("hunter2"));
    assert_eq!(
        response.header("content-type"),
        Some("application/problem+json")
    );
    assert_eq!(app.get("/503").send().await.text(), "starting");
}

#[actix_web::test]
async fn a_middleware_of_the_route_itself_may_answer() {
    #[get("/wrapped", wrap = "actix_web::middleware::from_fn(answers)")]
    #[protected]
    async fn wrapped() -> impl Responder {
        "ours"
    }
    async fn answers(
        request: ServiceRequest,
        next: actix_web::middleware::Next<impl actix_web::body::MessageBody + 'static>,
    ) -> Result<actix_web::dev::ServiceResponse<impl actix_web::body::MessageBody>, actix_web::Error>
    {
        if request.headers().contains_key("if-none-match") {
            let response = HttpResponse::NotModified().finish();
            return Ok(request.into_response(response).map_into_right_body());
        }
        Ok(next.call(request).await?.map_into_left_body())
    }
    let app = TestApp::new(|routes| {
        routes.service(wrapped);
    })
    .await;
    let cached = app.get("/wrapped").header("if-none-match", "\"a\"");
    assert_eq!(cached.send().await.status(), 304);
    assert_eq!(app.get("/wrapped").send().await.status(), 401);
}
