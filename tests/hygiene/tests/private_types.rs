//! Handlers that are seen further than the types of their arguments.
#![deny(warnings)]

mod handlers {
    use actix_web::web::{Json, Query};
    use guardian::prelude::*;

    #[validated]
    struct NewNote {
        #[validate(length(max = 9))]
        text: String,
    }

    #[validated]
    pub(super) struct Page {
        number: Number,
    }

    #[validated]
    enum Number {
        #[serde(rename = "1")]
        One,
    }

    #[derive(Role)]
    enum Role {
        Admin,
    }

    #[post("/notes")]
    #[protected(roles = "admin")]
    #[validated]
    pub async fn create(note: Json<NewNote>) -> String {
        note.into_inner().text
    }

    #[get("/page")]
    #[protected]
    #[validated]
    pub(crate) async fn page(page: Query<Page>) -> &'static str {
        match page.number {
            Number::One => "one",
        }
    }

    #[protected]
    #[validated]
    async fn plain(Json(note): Json<NewNote>) -> String {
        note.text
    }

    /// A plain function shows its types to whoever mounts it, as every function does.
    pub(super) fn mount(routes: &mut Routes) {
        routes.post("/plain", plain);
    }

    #[protected]
    #[validated]
    #[actix_web::post("/below")]
    pub async fn below(Json(note): Json<NewNote>) -> String {
        note.text
    }
}

#[actix_web::test]
async fn private_types_stay_private() {
    let app = secure_hygiene::Mounted::new(|routes| {
        routes.service(handlers::create).service(handlers::page);
        routes.service(handlers::below);
        handlers::mount(routes);
    })
    .await;
    let note = r#"{"text":"a"}"#;
    for path in ["/notes", "/below", "/plain"] {
        assert_eq!(app.post(path, note).await, "a");
    }
    assert_eq!(app.get("/page?number=1").await, "one");
}
