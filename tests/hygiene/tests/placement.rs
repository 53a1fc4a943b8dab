//! Where handlers stand: function bodies, nested modules, blocks, under actix-web's `scope`; with
//! which visibility and which names.

use actix_web::web::Path;
use guardian::prelude::*;
use secure_hygiene::Mounted;

/// The words of the whole app.
pub mod vocabulary {
    use guardian::{Role, Scope};

    /// The roles.
    #[derive(Debug, Role)]
    pub enum Role {
        /// Everything.
        #[role(implies = "user")]
        Admin,
        /// The rest.
        User,
    }

    /// The scopes.
    #[derive(Debug, Scope)]
    pub enum Permission {
        /// Reads notes.
        NotesRead,
    }
}

pub use vocabulary::Role;

mod outer {
    use super::Role;
    use guardian::prelude::*;

    #[get("/outer")]
    #[protected(roles = "user")]
    pub(crate) async fn handler() -> &'static str {
        "outer"
    }

    pub(crate) mod inner {
        use super::super::vocabulary;
        use guardian::prelude::*;

        /// The same name as its neighbour's, and roles and scopes by their paths.
        #[get("/inner")]
        #[protected(
            roles = "user",
            role_type = super::super::Role,
            scopes = "notes:read",
            scope_type = vocabulary::Permission,
        )]
        pub(in crate::outer) async fn handler() -> &'static str {
            "inner"
        }

        #[get("/parent")]
        #[protected(roles = "admin", role_type = crate::vocabulary::Role)]
        pub(super) async fn parent() -> &'static str {
            "parent"
        }
    }

    pub(super) fn mount(routes: &mut Routes) {
        routes.service(inner::handler).service(inner::parent);
    }
}

#[get("/types/{type}")]
#[protected(owner = "type", or_roles = "admin")]
#[validated]
async fn r#type(r#type: Path<u8>) -> String {
    r#type.to_string()
}

#[validated]
struct Raw {
    r#type: u8,
    #[serde(rename = "fn")]
    r#fn: u8,
}

#[post("/raw")]
#[protected]
#[validated]
async fn r#match(raw: actix_web::web::Json<Raw>) -> String {
    format!("{} {}", raw.r#type, raw.r#fn)
}

#[protected]
async fn r#loop() -> &'static str {
    "loop"
}

#[actix_web::scope("/api")]
mod api {
    use actix_web::web::Path;
    use guardian::prelude::*;

    #[get("/scoped/{id}")]
    #[protected(owner = "id", or_roles = "admin", role_type = super::Role)]
    #[validated]
    pub(crate) async fn scoped(id: Path<u8>) -> String {
        format!("scoped {id}")
    }

    #[protected]
    #[post("/below")]
    pub(crate) async fn below() -> &'static str {
        "below"
    }

    #[routes]
    #[get("/several/1")]
    #[route("/several/2", method = "GET", method = "PUT")]
    #[protected]
    pub(crate) async fn several() -> &'static str {
        "several"
    }

    /// actix-web's `scope` knows its routes by their bare names, and leaves this one where it is.
    #[guardian::get("/qualified")]
    #[protected]
    pub(crate) async fn qualified() -> &'static str {
        "qualified"
    }
}

#[actix_web::test]
async fn in_nested_modules() {
    let app = Mounted::new(|routes| {
        routes.service(outer::handler);
        outer::mount(routes);
    })
    .await;
    assert_eq!(app.get("/outer").await, "outer");
    assert_eq!(app.get("/inner").await, "inner");
    assert_eq!(app.get("/parent").await, "parent");
    assert_eq!(
        app.report(),
        [
            "GET /inner protected placement::outer::inner::handler",
            "GET /outer protected placement::outer::handler",
            "GET /parent protected placement::outer::inner::parent",
        ]
    );
}

#[actix_web::test]
async fn in_function_bodies() {
    #[derive(Role)]
    enum Role {
        Admin,
    }

    #[validated]
    struct Page {
        number: u8,
    }

    #[get("/local")]
    #[protected(roles = "admin")]
    #[validated]
    async fn local(page: actix_web::web::Query<Page>) -> String {
        page.number.to_string()
    }

    #[protected]
    async fn plain() -> &'static str {
        "plain"
    }

    let app = {
        #[get("/block")]
        #[protected]
        async fn local() -> &'static str {
            "block"
        }

        let in_block = |routes: &mut Routes| {
            routes.service(local);
        };
        Mounted::new(move |routes| {
            in_block(routes);
            mount(routes);
            routes.get("/plain", plain);
        })
        .await
    };

    fn mount(routes: &mut Routes) {
        #[get("/function")]
        #[protected]
        async fn handler() -> &'static str {
            "function"
        }
        routes.service(handler);
    }

    assert_eq!(app.get("/block").await, "block");
    assert_eq!(app.get("/function").await, "function");
    assert_eq!(app.get("/plain").await, "plain");
    let app = Mounted::new(|routes| {
        routes.service(local);
    })
    .await;
    assert_eq!(app.get("/local?number=3").await, "3");
}

#[actix_web::test]
async fn under_raw_names() {
    let app = Mounted::new(|routes| {
        routes.service(r#type).service(r#match);
        routes.get("/loop", r#loop);
    })
    .await;
    assert_eq!(app.get("/types/7").await, "7");
    assert_eq!(app.post("/raw", r#"{"type":1,"fn":2}"#).await, "1 2");
    assert_eq!(app.get("/loop").await, "loop");
    assert_eq!(
        app.report(),
        [
            "GET /loop protected placement::loop",
            "POST /raw protected placement::match",
            "GET /types/{type} protected placement::type",
        ]
    );
}

#[actix_web::test]
async fn under_the_scope_of_actix() {
    let app = Mounted::new(|routes| {
        routes.service(api::scoped).service(api::below);
        routes.service(api::several).service(api::qualified);
    })
    .await;
    assert_eq!(app.get("/api/scoped/7").await, "scoped 7");
    assert_eq!(app.post("/api/below", "").await, "below");
    assert_eq!(app.get("/api/several/1").await, "several");
    assert_eq!(app.get("/qualified").await, "qualified");
    assert_eq!(
        app.report(),
        [
            "POST /api/below protected placement::api::below",
            "GET /api/scoped/{id} protected placement::api::scoped",
            "GET /api/several/1 protected placement::api::several",
            "GET /api/several/2 protected placement::api::several",
            "PUT /api/several/2 protected placement::api::several",
            "GET /qualified protected placement::api::qualified",
        ]
    );
}
