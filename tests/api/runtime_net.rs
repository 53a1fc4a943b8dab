//! Deny by default, net (d): what the compiler cannot see is refused at run time.

use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::{
    App, HttpResponse, Responder,
    dev::Service as _,
    http::Method,
    test::{TestRequest, call_service, init_service, read_body},
    web,
};
use secure_runtime::{
    prelude::*,
    test::{TestApp, TestClock},
};

use crate::support::{Role, problem, seen, settings};

#[get("/mine")]
#[public]
async fn mine() -> impl Responder {
    "mine"
}

#[get("/users/{id}")]
#[protected(roles = "user")]
async fn user() -> impl Responder {
    "user"
}

fn refused() -> (u16, serde_json::Value) {
    (500, problem(500, "Internal Server Error"))
}

/// A handler of somebody else's, and whether it ran.
macro_rules! foreign {
    ($flag:ident $handler:ident) => {
        static $flag: AtomicBool = AtomicBool::new(false);

        async fn $handler() -> impl Responder {
            $flag.store(true, Ordering::SeqCst);
            "open to everybody"
        }
    };
}

foreign! { RESOURCE_RAN resource }
foreign! { ROUTE_RAN route }
foreign! { SCOPED_RAN scoped }
foreign! { PATTERN_RAN pattern }
foreign! { ATTRIBUTE_RAN not_this_one }

#[actix_web::get("/theirs")]
async fn theirs() -> impl Responder {
    not_this_one().await
}

#[actix_web::test]
async fn a_foreign_route_is_refused_and_does_not_run() {
    let app = TestApp::with(
        |settings| settings,
        |routes| {
            routes.service(mine);
        },
        |config| {
            config
                .service(web::resource("/resource").to(resource))
                .route("/route", web::post().to(route))
                .service(web::scope("/scope").route("/inner", web::get().to(scoped)))
                .service(web::resource("/pattern/{id}").to(pattern))
                .service(theirs);
        },
    )
    .await;
    let cases = [
        (Method::GET, "/resource", &RESOURCE_RAN),
        (Method::DELETE, "/resource", &RESOURCE_RAN),
        (Method::POST, "/route", &ROUTE_RAN),
        (Method::GET, "/scope/inner", &SCOPED_RAN),
        (Method::GET, "/pattern/1", &PATTERN_RAN),
        (Method::GET, "/theirs", &ATTRIBUTE_RAN),
    ];
    for (method, path, ran) in cases {
        let response = app
            .request(method.clone(), path)
            .as_user("ada")
            .send()
            .await;
        assert_eq!(seen(&response), refused(), "{method} {path}");
        assert!(!ran.load(Ordering::SeqCst), "{method} {path} ran");
    }
    assert_eq!(app.get("/mine").send().await.text(), "mine");
}

foreign! { UNMOUNTED_RAN unmounted }

#[actix_web::test]
async fn without_any_route_of_ours_everything_is_refused() {
    let security = settings(&TestClock::default()).build().expect("settings");
    let app = App::new()
        .service(web::resource("/x").to(unmounted))
        .wrap(security.middleware());
    let app = init_service(app).await;
    let response = call_service(&app, TestRequest::with_uri("/x").to_request()).await;
    assert_eq!(response.status(), 500);
    assert!(!UNMOUNTED_RAN.load(Ordering::SeqCst));
    let response = call_service(&app, TestRequest::with_uri("/y").to_request()).await;
    assert_eq!(response.status(), 404);
}

async fn shadow() -> impl Responder {
    "the answer of a shadow"
}

#[actix_web::test]
async fn the_answer_of_a_foreign_route_that_shadows_ours_does_not_go_out() {
    let security = settings(&TestClock::default()).build().expect("settings");
    let routes = security
        .routes(|routes| {
            routes.service(mine).service(user);
        })
        .expect("routes");
    let app = App::new()
        .route("/mine", web::get().to(shadow))
        .service(web::resource("/users/{id}").to(shadow))
        .configure(routes.mount())
        .wrap(security.middleware());
    let app = init_service(app).await;
    for path in ["/mine", "/users/1"] {
        let response = call_service(&app, TestRequest::with_uri(path).to_request()).await;
        assert_eq!(response.status(), 500, "{path}");
        let body = read_body(response).await;
        let body = String::from_utf8_lossy(&body);
        assert!(
            !body.contains("shadow") && body.contains("about:blank"),
            "{path}: {body}"
        );
    }
}

#[actix_web::test]
async fn the_answer_of_a_foreign_scopes_default_does_not_go_out() {
    let app = TestApp::with(
        |settings| settings,
        |routes| {
            routes.service(mine);
        },
        |config| {
            let default = web::scope("/files").default_service(web::to(shadow));
            config.service(default);
        },
    )
    .await;
    let response = app.get("/files/anything").send().await;
    assert_eq!(seen(&response), refused());
}

foreign! { UNLISTED_RAN unlisted }

#[actix_web::test]
async fn unlisted_routes_pass_where_that_is_said_and_ours_stay_guarded() {
    let app = TestApp::with(
        |settings| settings.unlisted_routes("because we move over this month"),
        |routes| {
            routes.service(mine).service(user);
        },
        |config| {
            config
                .service(web::resource("/unlisted").to(unlisted))
                .route("/mine", web::post().to(HttpResponse::Accepted));
        },
    )
    .await;
    let response = app.get("/unlisted").send().await;
    assert_eq!(
        (response.status(), response.text().as_str()),
        (200, "open to everybody")
    );
    assert!(UNLISTED_RAN.load(Ordering::SeqCst));
    assert_eq!(response.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(
        app.post("/mine").send().await.status(),
        202,
        "theirs beside ours"
    );
    assert_eq!(app.get("/users/1").send().await.status(), 401, "ours");
    let nobodys = app.delete("/users/1").send().await;
    assert_eq!(
        (nobodys.status(), nobodys.header("allow")),
        (405, Some("GET"))
    );
    assert_eq!(app.get("/nothing").send().await.status(), 404);
}

static GUARDED_RAN: AtomicBool = AtomicBool::new(false);

#[get("/guarded")]
#[public]
async fn guarded() -> impl Responder {
    GUARDED_RAN.store(true, Ordering::SeqCst);
    "guarded"
}

/// actix-web's attribute above ours: the guard stands, and nobody knows the route.
#[actix_web::get("/above")]
#[public]
async fn above() -> impl Responder {
    GUARDED_RAN.store(true, Ordering::SeqCst);
    "above"
}

#[actix_web::test]
async fn a_guard_that_is_not_wired_lets_nobody_pass() {
    // Without the middleware.
    let security = settings(&TestClock::default()).build().expect("settings");
    let routes = security
        .routes(|r| {
            r.service(guarded);
        })
        .expect("routes");
    let bare = init_service(App::new().configure(routes.mount()).service(above)).await;
    for path in ["/guarded", "/above"] {
        let answer = bare.call(TestRequest::with_uri(path).to_request()).await;
        let response = answer.expect("actix-web answers for the handler");
        assert_eq!(response.status(), 500, "{path}");
        let body = read_body(response).await;
        let body: serde_json::Value = serde_json::from_slice(&body).expect("a problem");
        assert_eq!(body, refused().1, "{path}");
    }
    // With the middleware, and unknown to `security.routes(…)`: let in as unlisted or unchecked.
    let app = TestApp::with(
        |settings| settings.unlisted_routes("because we move over"),
        |routes| {
            routes.service(mine);
            routes.service(unchecked("because it is guarded", above));
        },
        |config| {
            config.service(guarded);
        },
    )
    .await;
    for path in ["/guarded", "/above"] {
        assert_eq!(seen(&app.get(path).send().await), refused(), "{path}");
    }
    assert!(!GUARDED_RAN.load(Ordering::SeqCst));
}
