//! `unchecked("because …", service)`: the way round, in writing.

use actix_web::{
    HttpResponse, Responder,
    dev::{AppService, HttpServiceFactory, ResourceDef, ServiceRequest, fn_service},
    http::Method,
    web,
};
use secure_runtime::{floor, prelude::*, test::TestApp};

use crate::support::Role;

#[get("/api/mine")]
#[protected]
async fn mine() -> impl Responder {
    "mine"
}

#[get("/inside")]
#[protected]
async fn inside() -> impl Responder {
    "inside"
}

async fn metrics() -> impl Responder {
    "metrics"
}

#[actix_web::get("/attributed/{id}")]
async fn attributed(id: web::Path<u32>) -> impl Responder {
    id.to_string()
}

fn list(routes: &mut Routes) {
    let files = web::scope("/files")
        .route("/{name}", web::get().to(metrics))
        .service(web::scope("/deep").route("/{name}", web::put().to(metrics)));
    routes
        .service(mine)
        .service(unchecked(
            "because of reasons",
            web::resource("/metrics").to(metrics),
        ))
        .service(unchecked("because files are public", files))
        .service(unchecked("because it is theirs", attributed));
    routes.scope("/scope", |routes| {
        routes.service(inside);
        let resource = web::resource("/metrics").to(metrics);
        routes.service(unchecked("because of the scope", resource));
        routes.scope("/{tenant}", |routes| {
            let resource = web::resource("/metrics").to(metrics);
            routes.service(unchecked("because it is deep", resource));
        });
    });
}

#[actix_web::test]
async fn an_unchecked_service_passes_wherever_it_is_mounted() {
    let app = TestApp::with(
        |settings| settings,
        list,
        |config| {
            config.service(web::resource("/foreign").to(HttpResponse::Ok));
        },
    )
    .await;
    let cases = [
        (Method::GET, "/metrics", 200),
        (Method::DELETE, "/metrics", 200),
        (Method::GET, "/files/a", 200),
        (Method::PUT, "/files/deep/a", 200),
        (Method::GET, "/attributed/7", 200),
        (Method::GET, "/attributed/x", 404),
        (Method::GET, "/scope/metrics", 200),
        (Method::GET, "/scope/acme/metrics", 200),
        // What is ours stays guarded, what is nobody's stays refused.
        (Method::GET, "/api/mine", 401),
        (Method::GET, "/scope/inside", 401),
        (Method::GET, "/foreign", 500),
        (Method::GET, "/scope/acme/other", 404),
        (Method::GET, "/nothing", 404),
        (Method::PUT, "/api/mine", 405),
    ];
    for (method, path, status) in cases {
        let response = app.request(method.clone(), path).send().await;
        assert_eq!(
            response.status(),
            status,
            "{method} {path}: {}",
            response.text()
        );
        let nosniff = response.header("x-content-type-options");
        assert_eq!(nosniff, Some("nosniff"), "{method} {path}");
    }
}

#[actix_web::test]
async fn every_reason_stands_in_the_matrix() {
    let app = TestApp::new(list).await;
    let report = app.security().report();
    let rows: Vec<(&str, &str)> = report
        .unchecked()
        .iter()
        .map(|row| (row.prefix.as_str(), row.because.as_str()))
        .collect();
    let expected = [
        ("", "because of reasons"),
        ("", "because files are public"),
        ("", "because it is theirs"),
        ("/scope", "because of the scope"),
        ("/scope/{tenant}", "because it is deep"),
    ];
    assert_eq!(rows, expected);
}

/// As `actix_files::Files` registers itself: everything below a prefix, without resources.
struct Files;

impl HttpServiceFactory for Files {
    fn register(self, config: &mut AppService) {
        let service = fn_service(|request: ServiceRequest| async {
            Ok::<_, actix_web::Error>(request.into_response(HttpResponse::Ok().body("a file")))
        });
        config.register_service(ResourceDef::prefix("/static"), None, service, None);
    }
}

#[actix_web::test]
async fn an_unchecked_service_may_answer_everything_below_a_prefix() {
    let app = TestApp::new(|routes| {
        routes.service(mine);
        routes.service(unchecked("because files are public", Files));
        let scope = web::scope("/pages").default_service(web::to(metrics));
        routes.service(unchecked("because pages are public", scope).below("/pages"));
        routes.scope("/v1", |routes| {
            routes.service(unchecked("because files are public", Files));
        });
    })
    .await;
    for (path, text) in [
        ("/static/a.txt", "a file"),
        ("/static/a/b/c.txt", "a file"),
        ("/static", "a file"),
        ("/v1/static/a.txt", "a file"),
        ("/pages/anything", "metrics"),
        ("/pages/any/thing", "metrics"),
    ] {
        let response = app.get(path).send().await;
        assert_eq!(
            (response.status(), response.text().as_str()),
            (200, text),
            "{path}"
        );
    }
    assert_eq!(app.get("/api/mine").send().await.status(), 401);
}

/// A service beside a scope answers below its prefix, and hides that until it is asked.
#[actix_web::test]
async fn what_is_mounted_beside_a_floor_is_no_way_around_it() {
    let list: fn(&mut Routes) = |routes| {
        let resource = |path: &str| web::resource(path.to_owned()).to(metrics);
        let beside = ["/admin/metrics", "/{section}/more", "/administration"];
        for path in beside {
            routes.service(unchecked("because of reasons", resource(path)));
        }
        routes
            .service(unchecked(
                "because it is old",
                web::scope("/tenants/acme").route("/old", web::get().to(metrics)),
            ))
            .scope("/admin", |admin| {
                admin.floor(floor!(roles = "admin")).get("/inside", plain);
            })
            .scope("/tenants/{tenant}", |tenant| {
                tenant.floor(floor!(owner = "tenant")).get("/inside", plain);
            })
            .scope("/drawings", |drawings| {
                let files = unchecked("because they are drawings", resource("/files"));
                drawings
                    .floor(floor!(roles = "admin"))
                    .service(files.without_floor());
            });
    };
    let app = TestApp::with(|settings| settings, list, |_| {}).await;
    for (path, status) in [
        ("/admin/metrics", 500),
        ("/admin/more", 500),
        ("/tenants/acme/old", 500),
        ("/other/more", 200),
        ("/administration", 200),
        ("/drawings/files", 200),
        ("/admin/inside", 401),
    ] {
        assert_eq!(app.get(path).send().await.status(), status, "{path}");
    }
}

#[protected]
async fn plain() -> impl Responder {
    "plain"
}
