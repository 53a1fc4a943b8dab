//! Other attributes beside ours: docs, lints, `cfg`, `cfg_attr`, inert ones and macros; paths and
//! orders of our own.

use actix_web::{http::Method, web::Json};
use guardian::prelude::*;
use secure_hygiene::Mounted;

#[derive(Role)]
enum Role {
    Admin,
}

#[validated]
struct Note {
    #[validate(length(max = 9))]
    text: String,
}

#[guardian::get("/qualified")]
#[guardian::protected(roles = "admin")]
#[guardian::rate_limit("50/minute")]
async fn qualified() -> &'static str {
    "qualified"
}

#[::guardian::prelude::protected]
#[::guardian::prelude::validated]
#[guardian::post("/upside_down")]
async fn upside_down(note: Json<Note>) -> String {
    note.into_inner().text
}

#[rate_limit("50/minute")]
#[get("/in_the_middle")]
#[protected]
async fn in_the_middle() -> &'static str {
    "in the middle"
}

#[rate_limit("60/minute", by = "global")]
#[protected]
#[actix_web::get("/of_actix")]
async fn of_actix() -> &'static str {
    "of actix"
}

#[r#get("/raw_attributes")]
#[r#protected]
async fn raw_attributes() -> &'static str {
    "raw attributes"
}

/// Active conditions say as much as what stands there plainly.
#[get("/active")]
#[cfg_attr(all(), protected)]
#[cfg_attr(all(), rate_limit("1/minute"))]
#[cfg_attr(any(), public)]
async fn active() -> &'static str {
    "active"
}

#[cfg_attr(all(), get("/inactive"))]
#[cfg_attr(any(), get("/never"))]
#[cfg_attr(any(), rate_limit("1/minute", by = "global"), validated)]
#[cfg_attr(all(), allow(unused_variables), protected)]
async fn inactive() -> &'static str {
    let unused = 0;
    "inactive"
}

#[cfg(not(any()))]
#[get("/cfg")]
#[protected]
async fn cfg() -> &'static str {
    "this"
}

#[get("/cfg")]
#[public]
#[cfg(any())]
async fn cfg() -> &'static str {
    "the other"
}

/// First line.
///
/// Second paragraph, with `code` and "quotes".
#[doc = "Third."]
#[get("/documented")]
#[doc(alias = "docs")]
#[protected]
/// Last.
#[must_use]
#[inline]
#[cold]
#[allow(unused_variables, clippy::no_effect_underscore_binding)]
async fn documented() -> &'static str {
    let unused = 0;
    "documented"
}

#[get("/expected")]
#[protected]
#[expect(unused_variables)]
async fn expected() -> &'static str {
    let unused = 0;
    "expected"
}

#[deny(deprecated)]
mod deprecated {
    use guardian::prelude::*;

    #[get("/deprecated")]
    #[protected]
    #[deprecated(note = "it is here to be looked at")]
    pub(super) async fn attribute() -> &'static str {
        "deprecated"
    }

    #[protected]
    #[deprecated]
    pub(super) async fn plain() -> &'static str {
        "plain"
    }
}

#[get("/CamelCase")]
#[protected]
#[allow(non_snake_case)]
async fn CamelCase() -> &'static str {
    "CamelCase"
}

#[routes]
#[get("/several/1")]
#[cfg_attr(all(), post("/several/2"))]
#[cfg_attr(any(), get("/several/3"))]
#[protected]
async fn several() -> &'static str {
    "several"
}

#[actix_web::test]
async fn paths_and_orders_mean_the_same() {
    let app = Mounted::new(|routes| {
        routes.service(qualified).service(upside_down);
        routes.service(in_the_middle).service(of_actix);
        routes.service(raw_attributes);
    })
    .await;
    assert_eq!(app.get("/qualified").await, "qualified");
    assert_eq!(app.post("/upside_down", r#"{"text":"a"}"#).await, "a");
    assert_eq!(app.get("/in_the_middle").await, "in the middle");
    assert_eq!(app.get("/of_actix").await, "of actix");
    assert_eq!(app.get("/raw_attributes").await, "raw attributes");
}

#[actix_web::test]
async fn conditions_hold() {
    let app = Mounted::new(|routes| {
        routes
            .service(active)
            .service(inactive)
            .service(cfg)
            .service(several);
    })
    .await;
    assert_eq!(app.status(Method::GET, "/active").await, 401);
    assert_eq!(app.status(Method::GET, "/active").await, 429);
    for _ in 0..2 {
        assert_eq!(app.get("/inactive").await, "inactive");
    }
    assert_eq!(app.get("/cfg").await, "this");
    assert_eq!(app.get("/several/1").await, "several");
    assert_eq!(app.post("/several/2", "").await, "several");
    for path in ["/never", "/several/3"] {
        assert_eq!(app.status(Method::GET, path).await, 404);
    }
}

#[actix_web::test]
async fn foreign_attributes_keep_their_meaning() {
    #[allow(deprecated)]
    let app = Mounted::new(|routes| {
        routes.service(documented).service(expected);
        routes.service(deprecated::attribute);
        routes.get("/plain", deprecated::plain);
        routes.service(CamelCase);
    })
    .await;
    for path in ["documented", "expected", "deprecated", "plain", "CamelCase"] {
        assert_eq!(app.get(&format!("/{path}")).await, path);
    }
}
