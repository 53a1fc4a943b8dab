//! `routes.mount()` belongs at the root of the app: elsewhere the launch stops.

use std::{panic::AssertUnwindSafe, time::Duration};

use actix_web::{App, HttpServer, Responder, test::init_service, web};
use futures_util::FutureExt as _;
use secure_runtime::{
    prelude::*,
    test::{TestApp, TestClock},
};

use crate::support::settings;

#[get("/mine")]
#[protected]
async fn mine() -> impl Responder {
    "mine"
}

#[get("")]
#[public]
async fn root() -> impl Responder {
    "root"
}

#[public]
async fn plain_root() -> impl Responder {
    "plain root"
}

#[actix_web::test]
async fn mounting_below_a_scope_panics_and_says_what_to_write() {
    let security = settings(&TestClock::default()).build().expect("settings");
    let routes = security
        .routes(|r| {
            r.service(mine);
        })
        .expect("routes");
    let app = App::new()
        .service(web::scope("/api").configure(routes.mount()))
        .wrap(security.middleware());
    let mounted = AssertUnwindSafe(init_service(app)).catch_unwind().await;
    let panic = mounted.err().expect("a panic");
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let text = text.expect("a text");
    assert!(
        text.contains("web::scope") && text.contains("routes.scope("),
        "{text}"
    );
}

#[actix_web::test]
async fn mounting_below_a_scope_stops_the_launch_of_a_server() {
    let security = settings(&TestClock::default()).build().expect("settings");
    let routes = security
        .routes(|r| {
            r.service(mine);
        })
        .expect("routes");
    let server = HttpServer::new(move || {
        App::new()
            .service(web::scope("/api").configure(routes.mount()))
            .wrap(security.middleware())
    })
    .workers(1)
    .disable_signals()
    .bind(("127.0.0.1", 0))
    .expect("a free port")
    .run();
    let ended = tokio::time::timeout(Duration::from_secs(30), server).await;
    assert!(ended.expect("the server ends").is_err(), "with an error");
}

#[actix_web::test]
async fn an_empty_path_is_the_root_of_its_scope() {
    let app = TestApp::new(|routes| {
        routes.scope("/a", |routes| {
            routes.service(root);
        });
        routes.scope("/b", |routes| {
            routes.get("", plain_root);
        });
        routes.scope("/c", |routes| {
            routes.get("/", plain_root);
        });
    })
    .await;
    for (path, status) in [("/a", 200), ("/b", 200), ("/c/", 200), ("/c", 404)] {
        assert_eq!(app.get(path).send().await.status(), status, "{path}");
    }
}

/// actix-web's router matches an empty path at the root of the app with nothing. So it is either
/// refused or taken for `/`, as the matrix says; a route that is never reached is neither.
#[actix_web::test]
async fn an_empty_path_at_the_root_of_the_app_is_refused_or_answers() {
    let list = |routes: &mut Routes| {
        routes.service(root);
    };
    if let Ok(app) = TestApp::try_with(|settings| settings, list, |_| {}).await {
        let report = app.security().report();
        assert_eq!(report.routes()[0].path, "/");
        assert_eq!(
            app.get("/").send().await.status(),
            200,
            "the matrix lists it"
        );
    }
}
