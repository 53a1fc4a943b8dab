//! 405 with every method of the path, 404 for what is nowhere (F7).

use actix_web::{Responder, web::Path};
use secure_runtime::prelude::*;

use crate::support::{Reply, problem, serve};

#[get("/notes/{id}")]
#[public]
#[validated]
async fn read(id: Path<u32>) -> impl Responder {
    id.to_string()
}

#[put("/notes/{id}")]
#[protected]
async fn replace() -> impl Responder {
    "replaced"
}

#[post("/notes/all")]
#[protected]
async fn all_of_them() -> impl Responder {
    "all"
}

#[routes]
#[options("/both")]
#[head("/both")]
#[protected]
async fn both() -> impl Responder {
    "both"
}

#[protected]
async fn plain() -> impl Responder {
    "plain"
}

fn list(routes: &mut Routes) {
    routes
        .service(read)
        .service(replace)
        .service(all_of_them)
        .service(both);
    routes.scope("/v1", |routes| {
        routes.get("/plain", plain).delete("/plain", plain);
    });
}

#[actix_web::test]
async fn a_known_path_with_another_method_is_405_with_all_its_methods() {
    let server = serve(list).await;
    let cases = [
        ("DELETE", "/notes/1", "GET, PUT"),
        ("BREW", "/notes/1", "GET, PUT"),
        ("get", "/notes/1", "GET, PUT"),
        ("HEAD", "/notes/1", "GET, PUT"),
        ("OPTIONS", "/notes/1", "GET, PUT"),
        ("TRACE", "/notes/1?x=1", "GET, PUT"),
        // Two patterns of one path.
        ("PATCH", "/notes/all", "GET, POST, PUT"),
        ("GET", "/both", "HEAD, OPTIONS"),
        ("POST", "/v1/plain", "DELETE, GET"),
    ];
    for (method, path, allow) in cases {
        let reply = Reply::of(server.request(method, path)).await;
        assert_eq!(reply.status, 405, "{method} {path}: {reply:?}");
        assert_eq!(
            reply.header("allow").as_deref(),
            Some(allow),
            "{method} {path}"
        );
        if method != "HEAD" {
            let expected = problem(405, "Method Not Allowed");
            assert_eq!(reply.json(), expected, "{method} {path}");
        }
        let kind = reply.header("content-type");
        assert_eq!(
            kind.as_deref(),
            Some("application/problem+json"),
            "{method} {path}"
        );
    }
    // The methods that are listed do answer.
    for (method, path, status) in [
        ("GET", "/notes/1", 200),
        ("PUT", "/notes/1", 401),
        ("POST", "/notes/all", 401),
        ("HEAD", "/both", 401),
        ("DELETE", "/v1/plain", 401),
    ] {
        let reply = Reply::of(server.request(method, path)).await;
        assert_eq!(reply.status, status, "{method} {path}: {reply:?}");
    }
}

#[actix_web::test]
async fn what_is_nowhere_is_404_and_a_problem() {
    let server = serve(list).await;
    for (method, path) in [
        ("GET", "/"),
        ("GET", "/nothing"),
        ("POST", "/notes"),
        ("GET", "/notes/"),
        ("GET", "/notes/1/2"),
        ("GET", "/NOTES/1"),
        ("GET", "/plain"),
        ("GET", "/v1"),
        ("GET", "/v1/other"),
        ("BREW", "/nothing"),
        // Found, and no number.
        ("GET", "/notes/x"),
        ("GET", "/notes/-1"),
        ("GET", "/notes/4294967296"),
    ] {
        let reply = Reply::of(server.request(method, path)).await;
        assert_eq!(reply.status, 404, "{method} {path}: {reply:?}");
        assert_eq!(reply.json(), problem(404, "Not Found"), "{method} {path}");
        let kind = reply.header("content-type");
        assert_eq!(
            kind.as_deref(),
            Some("application/problem+json"),
            "{method} {path}"
        );
        assert_eq!(reply.header("allow"), None, "{method} {path}");
    }
}
